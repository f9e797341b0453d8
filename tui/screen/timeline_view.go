package screen

import (
	"strings"

	"keytrail/forensics"
	"keytrail/tui/kit"
)

// paneFrom is the width from which the details stand beside the table.
const paneFrom = 100

func (t *Timeline) stripHeight() int {
	if t.height >= 26 {
		return 2
	}
	return 1
}

func (t *Timeline) stripWidth() int { return max(1, t.width-2) }

// headHeight is the strip, its axis, the filter and the rule.
func (t *Timeline) headHeight() int { return t.stripHeight() + 3 }

func (t *Timeline) paneWidth() int {
	if t.width < paneFrom {
		return 0
	}
	return max(38, min(64, t.width*32/100))
}

func (t *Timeline) tableWidth() int {
	if w := t.paneWidth(); w > 0 {
		return t.width - w - 1
	}
	return t.width
}

func (t *Timeline) detailHeight() int {
	if t.mode == inDetails {
		return max(1, t.height-1)
	}
	return t.table.height
}

// layDetails lays out the details of the chosen event anew.
func (t *Timeline) layDetails() {
	t.details = nil
	w := t.paneWidth()
	if t.mode == inDetails {
		w = t.width
	}
	if e := t.table.current(); e != nil && w > 0 {
		t.details = detailLines(t.ctx, e, t.raw, w)
	}
	t.pane.Shift(0, len(t.details), t.detailHeight())
}

// View draws the screen.
func (t *Timeline) View() []string {
	if t.mode == inDetails {
		out := append([]string{t.ctx.Styles.HRule(t.width)}, t.detailWindow(t.width)...)
		return out[:min(len(out), t.height)]
	}
	out := t.strips()
	out = append(out, t.filter.line(t.width, t.text, t.countText()))
	body := t.table.lines(t.ctx.Styles, t.tableWidth(), t.mode != inPane)
	if t.table.length() == 0 {
		t.empty(body)
	}
	for i, l := range t.filter.below(t.tableWidth(), len(body)) {
		body[i] = l
	}
	pane := t.detailWindow(t.paneWidth())
	st, pw := t.ctx.Styles, t.paneWidth()
	if pw == 0 {
		out = append(out, st.HRule(t.width))
		out = append(out, body...)
		return append(out, st.HRule(t.width))
	}
	bar := st.Rule.Render("│")
	if t.mode == inPane {
		bar = st.Accent.Render("┃")
	}
	left, right := strings.Repeat("─", t.tableWidth()), strings.Repeat("─", pw)
	out = append(out, st.Rule.Render(left+"┬"+right))
	for i := range body {
		out = append(out, body[i]+bar+pane[i])
	}
	return append(out, st.Rule.Render(left+"┴"+right))
}

func (t *Timeline) strips() []string {
	w := t.stripWidth()
	var out []string
	for _, l := range t.strip.Bars(t.ctx.Styles, w, t.stripHeight()) {
		out = append(out, " "+l+" ")
	}
	a, b := t.table.window()
	return append(out, " "+t.strip.Axis(t.ctx.Styles, w, a, b)+" ")
}

// detailWindow is the visible part of the details, filled up to its height.
func (t *Timeline) detailWindow(width int) []string {
	height := t.detailHeight()
	out := make([]string, 0, height)
	if t.pane.Top < len(t.details) {
		out = append(out, t.details[t.pane.Top:min(len(t.details), t.pane.Top+height)]...)
	}
	if more := len(t.details) - t.pane.Top - len(out); more > 0 && len(out) > 0 {
		text := "↓ " + kit.Plural(int64(more)+1, "more line")
		out[len(out)-1] = kit.NewLine(width).Space(1).Add(t.ctx.Styles.Faint, text).String()
	}
	for len(out) < height {
		out = append(out, kit.NewLine(width).String())
	}
	return out
}

func (t *Timeline) countText() string {
	if t.table.view == nil {
		return "reading…"
	}
	n, all := int64(t.table.view.Len()), int64(t.table.view.Total())
	if t.waiting && !t.ctx.Adding {
		return "filtering…"
	}
	if n == all {
		return kit.Plural(all, "event")
	}
	return kit.Count(n) + " of " + kit.Plural(all, "event")
}

// empty says what would fill the table and which key does that.
func (t *Timeline) empty(body []string) {
	st, w := t.ctx.Styles, t.tableWidth()
	var text []string
	switch {
	case t.table.view == nil:
		return
	case t.text != "":
		text = []string{"No event matches this filter.", "/ changes it, esc takes it away."}
	case t.ctx.Adding:
		text = []string{"Reading the evidence.", "The first events appear here in a moment."}
	default:
		text = []string{"This case holds no events yet.", "a adds evidence: a mailbox, a log, an archive, or a folder of them."}
	}
	centred(st, w, body, text)
}

// Aside adds the legend: how many events each group has in the present filter.
func (t *Timeline) Aside(l *kit.Line) {
	st := t.ctx.Styles
	for _, g := range forensics.Groups() {
		n := t.counts[g]
		switch g {
		case forensics.GroupMail:
			n += t.counts[forensics.GroupOther]
		case forensics.GroupOther:
			continue
		}
		if text := kit.Count(int64(n)); n > 0 && l.Left() >= kit.Width(text)+4 {
			l.Add(st.GroupStyle(g).Bold(), kit.GroupLetter(g)).Space(1).Add(st.Muted, text).Space(2)
		}
	}
}

// Counts are the events that match the filter, and all of the case.
func (t *Timeline) Counts() (shown, all int64) {
	if t.table.view == nil {
		return 0, 0
	}
	return int64(t.table.view.Len()), int64(t.table.view.Total())
}

// Waiting reports whether a visible event is still being read.
func (t *Timeline) Waiting() bool {
	if t.table.view == nil {
		return true
	}
	first, last := t.table.visible()
	for i := first; i < last; i++ {
		if t.table.pages.At(i) == nil {
			return true
		}
	}
	return false
}
