package screen

import (
	"context"
	"strings"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"keytrail/forensics"
	"keytrail/tui/kit"
)

// sure shows how much a verdict touches before it counts: one on several entities, or one that is likely a mistake.
type sure struct {
	ctx     *kit.Context
	names   []string
	verdict string

	reach    *forensics.Reach // nil while it is counted
	err      error
	accepted bool // before it was counted
}

// reached brings what a verdict touches.
type reached struct {
	of    any // the dialogue that asked
	name  string
	reach *forensics.Reach
	err   error
}

// reachCmd counts what a verdict touches; name says which of several questions of a dialogue it was.
func reachCmd(ctx *kit.Context, of any, name string, entities []string) tea.Cmd {
	c := ctx.Case
	return func() tea.Msg {
		r, err := c.Reach(context.Background(), entities)
		return reached{of, name, r, err}
	}
}

// openSure asks whether a verdict is meant.
func openSure(ctx *kit.Context, verdict string, names []string) tea.Cmd {
	return ctx.Post(kit.SheetOpened{Sheet: &sure{ctx: ctx, names: names, verdict: verdict}})
}

// verdictKey is the key that gives a verdict: pressed again, it says that it is meant.
func verdictKey(k *kit.Keys, verdict string) key.Binding {
	return map[string]key.Binding{"mine": k.Mine, "not-mine": k.NotMine, "unknown": k.Unjudge}[verdict]
}

func (s *sure) Init() tea.Cmd { return reachCmd(s.ctx, s, "", s.names) }

func (s *sure) Title() string {
	what := kit.Count(int64(len(s.names))) + " chosen"
	if len(s.names) == 1 {
		what, _ = entityText(s.names[0])
	}
	return strings.ReplaceAll(s.verdict, "-", " ") + ": " + kit.Cut(kit.Clean(what), 40)
}

func (s *sure) Hints() []key.Binding { return []key.Binding{s.ctx.Keys.Accept, s.ctx.Keys.Cancel} }

func (s *sure) Update(msg tea.Msg) (kit.Sheet, tea.Cmd) {
	switch msg := msg.(type) {
	case reached:
		if msg.of != any(s) {
			return s, nil
		}
		s.reach, s.err = msg.reach, msg.err
		if s.accepted && s.err == nil && s.reach.Wide(s.verdict) == "" {
			return s, s.say()
		}
		s.accepted = false // what it touches is seen first
	case tea.KeyPressMsg:
		k := s.ctx.Keys
		switch {
		case key.Matches(msg, k.Cancel):
			return s, s.ctx.Post(kit.SheetClosed{})
		case s.err == nil && key.Matches(msg, k.Accept, verdictKey(&k, s.verdict)):
			if s.reach == nil {
				s.accepted = true
				return s, nil
			}
			return s, s.say()
		}
	}
	return s, nil
}

func (s *sure) say() tea.Cmd {
	return s.ctx.Post(kit.SheetClosed{Answer: kit.VerdictChosen{Entities: s.names, Verdict: s.verdict}})
}

// View names what is judged, how much that touches, and what speaks against it.
func (s *sure) View(width, height int) []string {
	st := s.ctx.Styles
	p := &pane{ctx: s.ctx, width: width}
	values := make([]string, len(s.names))
	for i, name := range s.names {
		values[i], _ = entityText(name)
	}
	p.atMost(2, "what", st.Muted, strings.Join(values, ", "), st.Text)
	switch {
	case s.err != nil:
		p.wrapped(st.Bad, "It could not be counted: "+s.err.Error())
	case s.reach == nil:
		p.atMost(1, "touches", st.Muted, "counting", st.Muted)
	default:
		reachLines(p, s.reach, s.verdict)
	}
	return p.lines[:min(len(p.lines), height)]
}

// reachLines says how much a verdict touches, and why it is likely a mistake.
func reachLines(p *pane, r *forensics.Reach, verdict string) {
	st := p.ctx.Styles
	p.atMost(2, "touches", st.Muted, kit.ReachText(r), st.Strong)
	if why := r.Wide(verdict); why != "" {
		p.atMost(3, "careful", st.Warn, why, st.Text)
	}
}
