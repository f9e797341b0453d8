package tui

import (
	"strings"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"keytrail/tui/kit"
	"keytrail/tui/screen"
	"keytrail/tui/widget"
)

// The smallest terminal that can be drawn on.
const (
	minWidth  = 40
	minHeight = 10
)

// tabsLine is the line of the tabs; the header stands above it, the screen below.
const tabsLine = 1

func (a *app) headHeight() int {
	if a.ctx.Case == nil {
		return 0
	}
	return 2
}

// bodyHeight is what the screens get: all but header, tabs and the bottom line.
func (a *app) bodyHeight() int { return max(1, a.height-a.headHeight()-1) }

// View draws everything.
func (a *app) View() tea.View {
	v := tea.NewView(frame{a}.content())
	v.AltScreen = true
	v.MouseMode = tea.MouseModeCellMotion
	v.WindowTitle = "keytrail"
	if a.ctx.Case != nil {
		v.WindowTitle = "keytrail " + kit.Clean(a.ctx.Case.Name())
	}
	return v
}

// frame draws the root model: what stands around the screens.
type frame struct{ *app }

func (a frame) content() string {
	if a.width == 0 {
		return ""
	}
	if a.width < minWidth || a.height < minHeight {
		return a.ctx.Styles.Text.Render(kit.Cut("keytrail needs 40x10 cells", a.width))
	}
	lines := make([]string, 0, a.height)
	if a.ctx.Case != nil {
		lines = append(lines, a.header(), a.tabLine())
	}
	body := a.screen().View()
	body = body[:min(len(body), a.bodyHeight())]
	if n := len(a.sheets); n > 0 {
		body = a.rise(body, a.sheets[n-1])
	}
	lines = append(lines, body...)
	return strings.Join(append(lines, a.bottom()), "\n")
}

// rise lays a dialogue over the lower lines of the screen.
func (a frame) rise(body []string, s kit.Sheet) []string {
	st := a.ctx.Styles
	inside := s.View(a.width, max(1, len(body)-1))
	title := kit.NewLine(a.width).Add(st.Accent, "── ").Add(st.Title, s.Title()).Add(st.Accent, " ")
	title.Add(st.Accent, strings.Repeat("─", title.Left()))
	sheet := append([]string{title.String()}, inside...)
	out := append([]string{}, body...)
	copy(out[max(0, len(out)-len(sheet)):], sheet)
	return out
}

// header says which case, in which zone, how much, and what is being added.
func (a frame) header() string {
	st := a.ctx.Styles
	right := kit.NewLine(a.width / 2)
	rightWidth := 0
	zone := kit.ZoneName(a.ctx.Zone, a.ctx.Now())
	if t, ok := a.tabs[0].screen.(*screen.Timeline); ok {
		if _, all := t.Counts(); all > 0 {
			zone = a.found() + kit.Plural(all, "event") + "   " + zone
		}
	}
	l := kit.NewLine(a.width).Space(1).Add(st.Title, "keytrail").Space(2)
	if a.add.running {
		right = kit.NewLine(max(20, a.width-kit.Width(zone)-min(30, kit.Width(a.ctx.Case.Name()))-18))
		widget.ProgressShort(right, st, a.add.progress)
		rightWidth = right.Used() + 3
	}
	l.Add(st.Strong, kit.Cut(a.ctx.Case.Name(), max(8, l.Left()-rightWidth-kit.Width(zone)-2)))
	l.Gap(rightWidth + kit.Width(zone) + 1)
	if rightWidth > 0 {
		l.Raw(right).Space(3)
	}
	return l.Add(st.Text, zone).String()
}

// found is how many incidents there are, once that is known.
func (a frame) found() string {
	if a.add.running && a.width < 100 || a.ctx.Analysis == nil || len(a.ctx.Analysis.Incidents) == 0 {
		return ""
	}
	return kit.Plural(int64(len(a.ctx.Analysis.Incidents)), "incident") + "   "
}

// tabLine shows the screens that exist, and what the present one says beside them.
func (a frame) tabLine() string {
	st := a.ctx.Styles
	l := kit.NewLine(a.width).Space(1)
	for i, t := range a.tabs {
		if i == a.active {
			l.Add(st.Accent.Bold(), t.key.Help().Key+" "+t.name)
		} else {
			l.Add(st.Muted, t.key.Help().Key+" "+t.name)
		}
		l.Space(3)
	}
	help := a.ctx.Keys.Help.Help()
	if s, ok := a.screen().(interface{ Aside(*kit.Line) }); ok {
		aside := kit.NewLine(max(0, l.Left()-8))
		s.Aside(aside)
		l.Gap(aside.Used() + 8).Raw(aside)
	}
	return l.Gap(7).Add(st.Key, help.Key).Space(1).Add(st.Muted, help.Desc).String()
}

// helpSection is the part of the help that belongs to what is shown.
func helpSection(a *app) string {
	if a.ctx.Case == nil {
		return "Start"
	}
	return a.tabs[a.active].name
}

// tabAt is the tab at a column, -1 where there is none.
func (a frame) tabAt(x int) int {
	at := 1
	for i, t := range a.tabs {
		w := kit.Width(t.key.Help().Key + " " + t.name)
		if x >= at && x < at+w {
			return i
		}
		at += w + 3
	}
	return -1
}

// bottom is the line of keys, or a word that the user has to know.
func (a frame) bottom() string {
	st := a.ctx.Styles
	l := kit.NewLine(a.width).Space(1)
	status, hints := a.screen().Status(), a.screen().Hints()
	if n := len(a.sheets); n > 0 {
		status, hints = "", a.sheets[n-1].Hints()
	}
	if a.notice.Text != "" && kit.Width(a.notice.Text)+kit.Width(status)+6 > a.width {
		status = "" // a word to the user is more than the place in a list
	}
	room := kit.Width(status) + 2
	switch {
	case a.quitting:
		l.Add(st.Accent, "quits when the add has ended")
	case a.notice.Bad:
		l.Add(st.Bad, kit.Cut("✗ "+a.notice.Text, l.Left()-room))
	case a.notice.Text != "":
		l.Add(st.Good, "● ").Add(st.Text, kit.Cut(a.notice.Text, l.Left()-room))
	default:
		a.hints(l, hints, room)
	}
	return l.Gap(kit.Width(status)+1).Add(st.Muted, status).String()
}

// hints writes as many keys as fit.
func (a frame) hints(l *kit.Line, hints []key.Binding, room int) {
	st := a.ctx.Styles
	for _, b := range hints {
		h := b.Help()
		if l.Left()-room < kit.Width(h.Key)+kit.Width(h.Desc)+3 {
			return
		}
		l.Add(st.Key, h.Key).Space(1).Add(st.Muted, h.Desc).Space(2)
	}
}
