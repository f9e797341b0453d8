package screen

import (
	"fmt"
	"strings"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"keytrail/forensics"
	"keytrail/tui/kit"
	"keytrail/tui/widget"
)

// textSheet is a dialogue that only says something.
type textSheet struct {
	ctx    *kit.Context
	title  string
	write  func(p *pane)
	text   *pane // as it was written last
	styles *kit.Styles
	scroll widget.Scroll
	lines  int
	height int
}

func (t *textSheet) Init() tea.Cmd { return nil }

func (t *textSheet) Title() string { return t.title }

func (t *textSheet) Hints() []key.Binding {
	k := t.ctx.Keys
	return []key.Binding{k.Up, k.Down, k.Cancel}
}

func (t *textSheet) Update(msg tea.Msg) (kit.Sheet, tea.Cmd) {
	press, ok := msg.(tea.KeyPressMsg)
	if !ok {
		return t, nil
	}
	k := t.ctx.Keys
	switch {
	case key.Matches(press, k.Up):
		t.scroll.Shift(-1, t.lines, t.height)
	case key.Matches(press, k.Down):
		t.scroll.Shift(1, t.lines, t.height)
	case key.Matches(press, k.PageUp):
		t.scroll.Shift(-t.height, t.lines, t.height)
	case key.Matches(press, k.PageDown):
		t.scroll.Shift(t.height, t.lines, t.height)
	default:
		return t, t.ctx.Post(kit.SheetClosed{})
	}
	return t, nil
}

func (t *textSheet) View(width, height int) []string {
	if t.text == nil || t.text.width != width || t.styles != t.ctx.Styles {
		t.text, t.styles = &pane{ctx: t.ctx, width: width}, t.ctx.Styles
		t.write(t.text)
	}
	p := t.text
	t.lines, t.height = len(p.lines), height
	t.scroll.Shift(0, t.lines, height)
	out := p.lines[t.scroll.Top:min(t.lines, t.scroll.Top+height)]
	if more := t.lines - t.scroll.Top - len(out); more > 0 && len(out) > 0 {
		text := "↓ " + kit.Plural(int64(more)+1, "more line")
		out[len(out)-1] = kit.NewLine(width).Space(1).Add(t.ctx.Styles.Faint, text).String()
	}
	return out
}

// newScoreSheet shows what a score is made of.
func newScoreSheet(ctx *kit.Context, inc *forensics.Incident) kit.Sheet {
	title := fmt.Sprintf("score of #%d: %.2f %s", inc.ID, inc.Score, inc.Strength)
	return &textSheet{ctx: ctx, title: title, write: func(p *pane) {
		st := ctx.Styles
		for _, part := range inc.Parts {
			look, text := st.Text, fmt.Sprintf("%+.2f", part.Value)
			if part.Value < 0 {
				look, text = st.Good, "−"+text[1:]
			}
			p.add(kit.NewLine(p.width).Space(1).Number(look, text, 6).Space(2).Add(st.Text, part.Text))
		}
		if len(inc.Parts) == 0 {
			p.wrapped(st.Muted, "The score is not broken down.")
		}
		p.add(kit.NewLine(p.width))
		p.wrapped(st.Muted, "The parts are added up and brought to a number from 0 (nothing speaks for an attack) to 1 (everything does). Your verdicts count more than any part: m and x change it at once.")
	}}
}

// newNotCheckedSheet shows which rules could not be asked, and what else limits the search.
func newNotCheckedSheet(ctx *kit.Context) kit.Sheet {
	return &textSheet{ctx: ctx, title: "what was not checked", write: func(p *pane) {
		st, a := ctx.Styles, ctx.Analysis
		if a == nil {
			p.wrapped(st.Muted, "Nothing has been checked yet.")
			return
		}
		for _, n := range a.Notes {
			p.named("note", st.Warn, n, st.Text)
		}
		for _, n := range notChecked(a.NotChecked) {
			name, file, sigma := strings.Cut(n.Rule, ":")
			if sigma && file != "" {
				n.Title = file + ", " + n.Title
			}
			p.named(name, st.Warn, words(n.Title+":", n.Why, strings.TrimSpace(in("for", n.Account))), st.Text)
		}
		for _, c := range a.Changed {
			p.named("changed", st.Muted, c, st.Text)
		}
		if len(p.lines) == 0 {
			p.wrapped(st.Text, "Every rule found the sources it needs.")
		}
	}}
}

// accountsNamed is how many accounts of one rule are named one by one.
const accountsNamed = 3

// alikeNamed is how many Sigma rules that were refused for one reason are named one by one.
const alikeNamed = 10

// notChecked draws the accounts of one rule together where they are many, and the Sigma rules that were refused for one reason: a
// folder of them holds thousands for other logs.
func notChecked(list []forensics.NotChecked) []forensics.NotChecked {
	count, named := map[string]int{}, map[string]int{}
	for _, n := range list {
		count[n.Rule]++
	}
	alike, seen := map[string]int{}, map[string]int{}
	for _, n := range list {
		if strings.Contains(n.Rule, ":") {
			alike[n.Why]++
		}
	}
	var out []forensics.NotChecked
	for _, n := range list {
		if strings.Contains(n.Rule, ":") && alike[n.Why] > alikeNamed {
			switch seen[n.Why]++; {
			case seen[n.Why] > alikeNamed:
				continue
			case seen[n.Why] == alikeNamed:
				name, _, _ := strings.Cut(n.Rule, ":")
				out = append(out, forensics.NotChecked{Rule: name, Title: kit.Count(int64(alike[n.Why]-alikeNamed+1)) + " more rules", Why: n.Why})
				continue
			}
		}
		if named[n.Rule]++; count[n.Rule] > accountsNamed && named[n.Rule] > 1 {
			continue
		}
		if more := count[n.Rule] - 1; more >= accountsNamed && n.Account != "" {
			n.Account += ", and the like for " + kit.Count(int64(more)) + " more accounts"
		}
		out = append(out, n)
	}
	return out
}
