package screen

import (
	"errors"
	"strings"
	"time"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"keytrail/forensics/filter"
	"keytrail/tui/kit"
	"keytrail/tui/widget"
)

// filterLine is the line in which a filter is typed: it points at mistakes while
// they are made, completes keys and values, and walks through the history.
type filterLine struct {
	ctx    *kit.Context
	input  widget.Input
	typing bool

	mistake *filter.SyntaxError // of what stands in the line now
	history []string            // oldest first
	walk    int                 // place in the history; len(history) is the line itself
	draft   string              // the line while the history is walked

	request    int // number of the last question for candidates
	answered   int // number of the last answer
	early      int // tab was pressed before the candidates came: which way
	start      int // the candidates replace the runes from here to the caret
	candidates []string
	chosen     int // candidate put in by tab, -1 for none
}

// candidatesFound answers the question what could stand at the caret.
type candidatesFound struct {
	request, start int
	candidates     []string
}

// historyRead brings the filters typed before.
type historyRead struct{ history []string }

func (f *filterLine) open(text string) tea.Cmd {
	f.input = widget.NewInput(text)
	f.typing, f.mistake, f.draft, f.walk = true, nil, text, len(f.history)
	return tea.Batch(f.historyCmd(), f.changed())
}

func (f *filterLine) close() {
	f.typing, f.candidates, f.mistake = false, nil, nil
	f.request++
}

// parse reads the text; moments in it are in the zone of the screen.
func (f *filterLine) parse(text string) (filter.Expr, *filter.SyntaxError) {
	expr, err := filter.ParseIn(text, f.zone())
	var mistake *filter.SyntaxError
	if err != nil && !errors.As(err, &mistake) {
		mistake = &filter.SyntaxError{Column: 1, Text: err.Error()}
	}
	return expr, mistake
}

func (f *filterLine) zone() *time.Location {
	if f.ctx.Zone == nil {
		return time.UTC
	}
	return f.ctx.Zone
}

// update takes a key while typing. accepted reports that the text is to be used now.
func (f *filterLine) update(msg tea.Msg) (accepted bool, cmd tea.Cmd) {
	switch msg := msg.(type) {
	case candidatesFound:
		if msg.request == f.request && f.typing {
			f.answered, f.start, f.candidates, f.chosen = msg.request, msg.start, msg.candidates, -1
			if step := f.early; step != 0 {
				f.complete(step)
			}
		}
	case historyRead:
		f.history, f.walk = msg.history, len(msg.history)
	case tea.PasteMsg:
		f.input.Update(msg)
		return false, f.changed()
	case tea.KeyPressMsg:
		k := f.ctx.Keys
		switch {
		case key.Matches(msg, k.Accept):
			return f.mistake == nil, nil
		case key.Matches(msg, k.Cancel):
			f.close()
		case key.Matches(msg, k.Complete):
			f.complete(1)
		case key.Matches(msg, k.CompleteBack):
			f.complete(-1)
		case key.Matches(msg, k.HistoryUp):
			return false, f.recall(-1)
		case key.Matches(msg, k.HistoryDown):
			return false, f.recall(1)
		case f.input.Update(msg):
			return false, f.changed()
		}
	}
	return false, nil
}

// changed looks at the text anew.
func (f *filterLine) changed() tea.Cmd {
	_, f.mistake = f.parse(f.input.Value())
	f.candidates, f.chosen, f.early = nil, -1, 0
	f.request++
	return f.candidatesCmd()
}

// complete puts the next candidate in the place of what is typed of it.
func (f *filterLine) complete(step int) {
	if f.early = 0; f.answered != f.request {
		f.early = step
		return
	}
	n := len(f.candidates)
	if n == 0 {
		return
	}
	f.chosen = (max(f.chosen, -1) + step + n) % n
	if f.chosen < 0 {
		f.chosen = 0
	}
	f.input.Replace(f.start, f.candidates[f.chosen])
	_, f.mistake = f.parse(f.input.Value())
}

func (f *filterLine) recall(step int) tea.Cmd {
	if f.walk == len(f.history) {
		f.draft = f.input.Value()
	}
	f.walk = max(0, min(f.walk+step, len(f.history)))
	text := f.draft
	if f.walk < len(f.history) {
		text = f.history[f.walk]
	}
	f.input.Set(text)
	return f.changed()
}

// line draws the filter: what is typed, or what holds now; right stands at its end.
func (f *filterLine) line(width int, applied, right string) string {
	st := f.ctx.Styles
	l := kit.NewLine(width).Space(1)
	rightWidth := kit.Width(right) + 1
	switch {
	case f.typing:
		l.Add(st.Title, "/ ")
		f.input.Render(l, st, l.Left()-rightWidth-1)
	case applied == "":
		l.Add(st.Accent, "/ ").Add(st.Faint, kit.Cut("all events", l.Left()-rightWidth))
	default:
		l.Add(st.Accent, "/ ").Add(st.Strong, kit.Cut(applied, l.Left()-rightWidth))
	}
	return l.Gap(rightWidth).Add(st.Muted, right).String()
}

// below draws what hangs under the line while typing: the mistake with its
// place, or the candidates. At most height lines.
func (f *filterLine) below(width, height int) []string {
	if !f.typing || height < 1 {
		return nil
	}
	if f.mistake != nil && (f.mistake.Column-1 < f.wordStart() || len(f.candidates) == 0) {
		lines := f.mistakeLines(width)
		return lines[:min(len(lines), height)]
	}
	if len(f.candidates) == 0 {
		return nil
	}
	return f.candidateLines(width, min(height, 8))
}

// wordStart is where the word at the caret begins: while it can still become right, a mistake
// in it is not held against it.
func (f *filterLine) wordStart() int {
	runes := []rune(f.input.Value())
	i := min(f.input.Caret(), len(runes))
	for i > 0 && runes[i-1] != ' ' {
		i--
	}
	return i
}

// mistakeLines point at the mistake and say what it is: beside the pointer where there is
// room, else below.
func (f *filterLine) mistakeLines(width int) []string {
	st := f.ctx.Styles
	runes := []rune(f.input.Value())
	at := kit.Width(string(runes[:max(0, min(f.mistake.Column-1, len(runes)))])) + 3
	at = min(at, width-2)
	text := f.mistake.Text
	if s := f.mistake.Suggestion; s != "" {
		text += ": did you mean " + s + "?"
	}
	l := kit.NewLine(width)
	switch tw := kit.Width(text) + 3; {
	case at+tw <= width:
		return []string{l.Space(at).Add(st.Bad.Bold(), "▲ ").Add(st.Bad, text).String()}
	case at > tw:
		return []string{l.Space(at-tw+2).Add(st.Bad, text).Add(st.Bad.Bold(), " ▲").String()}
	}
	out := []string{l.Space(at).Add(st.Bad.Bold(), "▲").String()}
	for _, s := range kit.Wrap(text, width-4, 3) {
		out = append(out, kit.NewLine(width).Space(3).Add(st.Bad, s).String())
	}
	return out
}

func (f *filterLine) candidateLines(width, height int) []string {
	st := f.ctx.Styles
	first := 0
	if f.chosen >= height {
		first = f.chosen - height + 1
	}
	runes := []rune(f.input.Value())
	indent := kit.Width(string(runes[:min(f.start, len(runes))])) + 3
	indent = min(indent, width/2)
	var out []string
	for i := first; i < len(f.candidates) && len(out) < height; i++ {
		l := kit.NewLine(width).Space(indent - 2)
		look, mark := st.Muted, "  "
		if i == f.chosen {
			look, mark = st.Strong, "▸ "
		}
		text := f.candidates[i]
		l.Add(st.Accent, mark).Cell(look, text, min(34, l.Left()))
		if name, ok := strings.CutSuffix(text, ":"); ok {
			if k, known := filter.Lookup(name); known {
				l.Space(1).Add(st.Faint, k.Help)
			}
		}
		out = append(out, l.String())
	}
	if more := len(f.candidates) - first - len(out); more > 0 && len(out) > 1 {
		out[len(out)-1] = kit.NewLine(width).Space(indent).Add(st.Faint, "and "+kit.Count(int64(more+1))+" more").String()
	}
	return out
}

// hints are the keys of the line while typing.
func (f *filterLine) hints() []key.Binding {
	k := f.ctx.Keys
	return []key.Binding{k.Accept, k.Complete, k.HistoryUp, k.HistoryDown, k.Cancel}
}

func (f *filterLine) candidatesCmd() tea.Cmd {
	request, text, caret, c := f.request, f.input.Value(), f.input.Caret(), f.ctx.Case
	return func() tea.Msg {
		start, found := filter.Complete(text, caret, func(k string) []string { return c.Values(k, "", 200) })
		if len(found) > 200 {
			found = found[:200]
		}
		return candidatesFound{request, start, found}
	}
}

func (f *filterLine) historyCmd() tea.Cmd {
	c := f.ctx.Case
	return func() tea.Msg { return historyRead{c.History()} }
}
