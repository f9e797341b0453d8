package screen

import (
	"strings"
	"time"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"keytrail/forensics"
	"keytrail/tui/kit"
	"keytrail/tui/widget"
)

// findings lists what rules found that is part of no incident.
type findings struct {
	ctx    *kit.Context
	list   []*forensics.Finding
	sorted bool
	scroll widget.Scroll
	height int
}

// findingsSorted brings the findings that no incident tells.
type findingsSorted struct {
	of   *findings
	list []*forensics.Finding
}

// newFindingsSheet lists the findings outside the incidents.
func newFindingsSheet(ctx *kit.Context) kit.Sheet { return &findings{ctx: ctx, height: 10} }

// Init looks which findings stand in no incident.
func (f *findings) Init() tea.Cmd {
	a := f.ctx.Analysis
	return func() tea.Msg {
		out := findingsSorted{of: f}
		if a == nil {
			return out
		}
		told := map[int64]bool{}
		for i := range a.Incidents {
			for _, l := range lanesOf(&a.Incidents[i]) {
				for _, row := range l.Step.Rows {
					told[row] = true
				}
			}
		}
		for i := range a.Findings {
			if fd := &a.Findings[i]; len(fd.Rows) == 0 || !told[fd.Rows[0]] {
				out.list = append(out.list, fd)
			}
		}
		return out
	}
}

func (f *findings) Title() string { return "findings outside the incidents" }

func (f *findings) Hints() []key.Binding {
	k := f.ctx.Keys
	return []key.Binding{k.Up, k.Down, k.ShowHere, k.Cancel}
}

func (f *findings) Update(msg tea.Msg) (kit.Sheet, tea.Cmd) {
	switch msg := msg.(type) {
	case findingsSorted:
		if msg.of == f {
			f.list, f.sorted = msg.list, true
		}
	case kit.Analysed:
		if msg.Err == nil {
			return f, f.Init()
		}
	case tea.KeyPressMsg:
		return f, f.key(msg)
	}
	return f, nil
}

func (f *findings) key(msg tea.KeyPressMsg) tea.Cmd {
	k := f.ctx.Keys
	move := func(n int) { f.scroll.Move(f.scroll.Cursor+n, len(f.list), f.height) }
	switch {
	case key.Matches(msg, k.Up):
		move(-1)
	case key.Matches(msg, k.Down):
		move(1)
	case key.Matches(msg, k.PageUp):
		move(-f.height)
	case key.Matches(msg, k.PageDown):
		move(f.height)
	case key.Matches(msg, k.First):
		move(-len(f.list))
	case key.Matches(msg, k.Last):
		move(len(f.list))
	case key.Matches(msg, k.ShowHere) && f.scroll.Cursor < len(f.list):
		if fd := f.list[f.scroll.Cursor]; len(fd.Rows) > 0 {
			return f.ctx.Post(kit.SheetClosed{Answer: kit.EventsChosen{Row: fd.Rows[0], Marked: fd.Rows, Sheet: f}})
		}
	case key.Matches(msg, k.Cancel, k.Findings):
		return f.ctx.Post(kit.SheetClosed{})
	}
	return nil
}

// View draws the list and the reason of the chosen one.
func (f *findings) View(width, height int) []string {
	st := f.ctx.Styles
	p := &pane{ctx: f.ctx, width: width}
	if len(f.list) == 0 {
		text := "Everything that rules found is told by the incidents."
		switch {
		case !f.sorted:
			text = "Looking."
		case f.ctx.Analysis == nil || len(f.ctx.Analysis.Findings) == 0:
			text = "No rule found anything. n shows which could not be asked."
		}
		p.wrapped(st.Muted, text)
		return p.lines
	}
	f.height = max(1, min(len(f.list), height-6))
	f.scroll.Move(f.scroll.Cursor, len(f.list), f.height)
	for i := f.scroll.Top; i < min(len(f.list), f.scroll.Top+f.height); i++ {
		f.row(p, f.list[i], i == f.scroll.Cursor)
	}
	p.rule(kit.Count(int64(f.scroll.Cursor+1)) + " of " + kit.Count(int64(len(f.list))))
	fd := f.list[f.scroll.Cursor]
	p.atMost(3, "why", st.Muted, fd.Why, st.Text)
	if fd.Title != "" {
		p.atMost(1, "rule", st.Muted, words(fd.Rule, fd.Technique), st.Text)
	}
	p.atMost(1, "innocent if", st.Muted, fd.InnocentIf, st.Text)
	for len(p.lines) < min(height, f.height+5) {
		p.add(kit.NewLine(width))
	}
	return p.lines[:min(len(p.lines), height)]
}

// ruleWord is a rule in a narrow column: that it is one of Sigma's, whose own names are long.
func ruleWord(rule string) string {
	if kind, _, sigma := strings.Cut(rule, ":"); sigma {
		return kind
	}
	return rule
}

func (f *findings) row(p *pane, fd *forensics.Finding, chosen bool) {
	st := f.ctx.Styles
	l := kit.NewLine(p.width)
	mark, look := " ", st.Text
	if chosen {
		l.On(st.Row)
		mark, look = "▌", st.Strong
	}
	when := "–"
	if fd.Start != 0 {
		when = time.Unix(0, fd.Start).In(f.ctx.Zone).Format("2006-01-02 15:04")
	}
	g := stepGroup(fd.Step)
	l.Add(st.Accent, mark).Space(1).Cell(look, when, 16).Space(1).Add(st.GroupStyle(g).Bold(), kit.GroupLetter(g)).Space(1)
	l.Cell(st.Muted, ruleWord(fd.Rule), 8).Space(1)
	if p.width >= 100 {
		l.Cell(st.Muted, fd.Account, 22).Space(1)
	}
	p.add(l.Add(look, fd.Why))
}
