package screen

import (
	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"keytrail/tui/kit"
	"keytrail/tui/widget"
)

// prompt is a dialogue that asks for one line of text. The functions say what
// the text means; check and done are pure, look runs in a command.
type prompt struct {
	ctx          *kit.Context
	title, label string
	hint         string // what can be typed, shown while the line is empty
	input        widget.Input
	// check says in a few words what the text means, or what is wrong with it.
	check func(text string) (info string, bad bool)
	// look answers what only a command can find out: candidates, and words
	// about the text. It may be nil.
	look func(text string) looked
	// done gives the message that the accepted text sends, nil where it is not acceptable.
	done func(text string) tea.Msg

	request    int
	found      looked
	early      int // tab was pressed before the candidates came: which way
	chosen     int
	listHeight int
}

// looked is what a command found out about the text of a prompt.
type looked struct {
	request    int
	info       string
	bad        bool
	start      int      // the candidates replace the runes from here on
	candidates []string // best first
}

func newPrompt(ctx *kit.Context, title, label, text string) *prompt {
	return &prompt{ctx: ctx, title: title, label: label, input: widget.NewInput(text), chosen: -1, listHeight: 6}
}

// Title names the dialogue.
func (p *prompt) Title() string { return p.title }

// Hints are the keys of the line.
func (p *prompt) Hints() []key.Binding {
	k := p.ctx.Keys
	if p.look != nil {
		return []key.Binding{k.Accept, k.Complete, k.Cancel}
	}
	return []key.Binding{k.Accept, k.Cancel}
}

// Init looks at the text that is there already.
func (p *prompt) Init() tea.Cmd { return p.lookCmd() }

// Update takes a key or the answer of look.
func (p *prompt) Update(msg tea.Msg) (kit.Sheet, tea.Cmd) {
	switch msg := msg.(type) {
	case looked:
		if msg.request == p.request {
			p.found, p.chosen = msg, -1
			if step := p.early; step != 0 {
				return p, p.complete(step)
			}
		}
	case tea.PasteMsg:
		p.input.Update(msg)
		return p, p.lookCmd()
	case tea.KeyPressMsg:
		return p, p.key(msg)
	}
	return p, nil
}

func (p *prompt) key(msg tea.KeyPressMsg) tea.Cmd {
	k := p.ctx.Keys
	switch {
	case key.Matches(msg, k.Cancel):
		return p.ctx.Post(kit.SheetClosed{})
	case key.Matches(msg, k.Accept):
		return p.accept()
	case key.Matches(msg, k.Complete), key.Matches(msg, k.HistoryDown) && len(p.found.candidates) > 0:
		return p.complete(1)
	case key.Matches(msg, k.CompleteBack), key.Matches(msg, k.HistoryUp) && len(p.found.candidates) > 0:
		return p.complete(-1)
	case p.input.Update(msg):
		return p.lookCmd()
	}
	return nil
}

func (p *prompt) accept() tea.Cmd {
	answer := p.done(p.input.Value())
	if answer == nil {
		return nil
	}
	return p.ctx.Post(kit.SheetClosed{Answer: answer})
}

// complete puts the next candidate into the line; a lone one is final, and what can
// follow it is looked up.
func (p *prompt) complete(step int) tea.Cmd {
	if p.early = 0; p.look != nil && p.found.request != p.request {
		p.early = step
		return nil
	}
	n := len(p.found.candidates)
	if n == 0 {
		return nil
	}
	if p.chosen < 0 && step < 0 {
		p.chosen = 0
	}
	p.chosen = (p.chosen + step + n) % n
	runes := []rune(p.input.Value())
	p.input.Set(string(runes[:min(p.found.start, len(runes))]) + p.found.candidates[p.chosen])
	if n == 1 {
		return p.lookCmd()
	}
	return nil
}

// View draws the line, what it means, and the candidates.
func (p *prompt) View(width, height int) []string {
	st := p.ctx.Styles
	l := kit.NewLine(width).Space(1).Add(st.Muted, p.label).Space(1)
	p.input.Render(l, st, l.Left()-1)
	out := []string{l.String()}
	info, bad := p.hint, false
	if text := p.input.Value(); text != "" {
		info, bad = "", false
		if p.check != nil {
			info, bad = p.check(text)
		}
		if info == "" && p.found.request == p.request {
			info, bad = p.found.info, p.found.bad
		}
	}
	look := st.Muted
	if bad {
		look = st.Bad
	}
	indent := kit.Width(p.label) + 2
	for _, text := range kit.Wrap(info, width-indent-1, 2) {
		out = append(out, kit.NewLine(width).Space(indent).Add(look, text).String())
	}
	if len(out) == 1 {
		out = append(out, kit.NewLine(width).String())
	}
	list := min(p.listHeight, height-len(out))
	first := max(0, p.chosen-list+1)
	for i := first; i < len(p.found.candidates) && i < first+list; i++ {
		look, mark := st.Muted, "  "
		if i == p.chosen {
			look, mark = st.Strong, "▸ "
		}
		out = append(out, kit.NewLine(width).Space(max(0, indent-2)).Add(st.Accent, mark).Add(look, p.found.candidates[i]).String())
	}
	return out
}

func (p *prompt) lookCmd() tea.Cmd {
	p.request++
	p.chosen, p.early = -1, 0
	if p.look == nil {
		return nil
	}
	request, text, look := p.request, p.input.Value(), p.look
	return func() tea.Msg {
		found := look(text)
		found.request = request
		return found
	}
}
