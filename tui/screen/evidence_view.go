package screen

import (
	"path"
	"strconv"
	"strings"
	"time"

	"keytrail/forensics"
	"keytrail/tui/kit"
	"keytrail/tui/widget"
)

const evidenceDetails = 6 // lines under the table

// evidenceColumns are the widths of the table's columns; 0 leaves one out.
type evidenceColumns struct {
	name, format, status, records, events, skipped, broken, warnings, size, bar int
}

func evidenceColumnsFor(width int) evidenceColumns {
	c := evidenceColumns{status: 12, records: 9, events: 9, warnings: 8}
	switch {
	case width >= 140:
		c.format, c.skipped, c.broken, c.size = 24, 9, 8, 9
	case width >= 110:
		c.format, c.skipped, c.broken, c.size = 13, 8, 6, 8
	}
	used := 1
	for _, w := range []int{c.format, c.status, c.records, c.events, c.skipped, c.broken, c.warnings, c.size} {
		if w > 0 {
			used += w + 1
		}
	}
	c.bar = max(10, (width-used)*9/20)
	c.name = max(10, width-used-c.bar-2)
	return c
}

func (s *Evidence) headHeight() int {
	h := 2
	if s.height >= 28 {
		h++ // a blank line for air
	}
	if s.progress != nil {
		h += 3
	}
	return h
}

func (s *Evidence) tableHeight() int { return max(1, s.height-s.headHeight()-evidenceDetails-2) }

// View draws the screen.
func (s *Evidence) View() []string {
	if s.warnings != nil {
		return s.warnings.view()
	}
	if s.folders != nil {
		return s.folders.view()
	}
	st := s.ctx.Styles
	var out []string
	if s.progress != nil {
		out = append(out, st.HRule(s.width))
		out = append(out, widget.ProgressLong(st, *s.progress, s.width)...)
	}
	if s.height >= 28 {
		out = append(out, kit.NewLine(s.width).String())
	}
	c := evidenceColumnsFor(s.width)
	out = append(out, s.columnHeads(c), st.HRule(s.width))
	height := s.tableHeight()
	var body []string
	for i := s.scroll.Top; i < len(s.rows) && len(body) < height; i++ {
		body = append(body, s.row(c, s.rows[i], i == s.scroll.Cursor))
	}
	for len(body) < height {
		body = append(body, kit.NewLine(s.width).String())
	}
	if len(s.rows) == 0 {
		s.empty(body)
	}
	out = append(out, body...)
	out = append(out, s.totalLine(c), st.HRule(s.width))
	return append(out, s.details()...)[:s.height]
}

func (s *Evidence) columnHeads(c evidenceColumns) string {
	st := s.ctx.Styles
	l := kit.NewLine(s.width).Space(2).Cell(st.Muted, "evidence", c.name)
	if c.format > 0 {
		l.Space(1).Cell(st.Muted, "format", c.format)
	}
	l.Space(1).Cell(st.Muted, "status", c.status).Space(1).Number(st.Muted, "records", c.records)
	l.Space(1).Number(st.Muted, "events", c.events)
	if c.skipped > 0 {
		l.Space(1).Number(st.Muted, "skipped", c.skipped).Space(1).Number(st.Muted, "broken", c.broken)
	}
	l.Space(1).Number(st.Muted, "warnings", c.warnings)
	if c.size > 0 {
		l.Space(1).Number(st.Muted, "size", c.size)
	}
	return l.Space(1).Add(st.Muted, s.axisText(l.Left())).String()
}

// axisText writes the ends of the common time over the bars.
func (s *Evidence) axisText(width int) string {
	if s.span == [2]int64{} {
		return "coverage"
	}
	layout := "2006-01-02"
	switch {
	case width < 16:
		layout = "2006"
	case width < 22:
		layout = "2006-01"
	}
	a := time.Unix(0, s.span[0]).In(s.ctx.Zone).Format(layout)
	b := time.Unix(0, s.span[1]).In(s.ctx.Zone).Format(layout)
	return a + strings.Repeat(" ", max(1, width-len(a)-len(b))) + b
}

func (s *Evidence) row(c evidenceColumns, r evidenceRow, chosen bool) string {
	st, n := s.ctx.Styles, &s.evidence[r.node]
	l := kit.NewLine(s.width)
	mark := " "
	if chosen {
		l.On(st.Row)
		mark = "▌"
	}
	l.Add(st.Accent, mark)
	name, format, counts, size := n.Name, n.format, n.counts, n.Size
	word, status := n.status()
	sign, look := "  ", st.Text
	switch {
	case r.item >= 0:
		it := &n.items[r.item]
		name, format, counts, size = it.Name, it.Format, it.Counts, it.Size
		word, status = it.Status.String(), it.Status
		sign, look = "    ", st.Muted
	case n.plain() || len(n.items) == 0:
	case s.unfolded[n.ID]:
		sign = "▾ "
	default:
		sign = "▸ "
	}
	if chosen {
		look = st.Strong
	}
	l.Cell(look, sign+kit.CutLeft(name, c.name+1-kit.Width(sign)), c.name+1)
	if c.format > 0 {
		l.Space(1).Cell(st.Muted, shortFormat(format, c.format), c.format)
	}
	l.Space(1).Cell(statusStyle(st, status), word, c.status)
	s.numbers(l, c, counts)
	if c.size > 0 {
		l.Space(1).Number(st.Muted, kit.Bytes(size), c.size)
	}
	l.Space(1)
	s.bar(l, n, r.item, min(c.bar, l.Left()))
	return l.String()
}

func (s *Evidence) numbers(l *kit.Line, c evidenceColumns, n forensics.Counts) {
	st := s.ctx.Styles
	l.Space(1).Number(st.Text, kit.Count(n.Records), c.records).Space(1).Number(st.Text, kit.Count(n.Events), c.events)
	if c.skipped > 0 {
		l.Space(1).Number(quiet(st, n.Skipped, st.Muted), kit.Count(n.Skipped), c.skipped)
		l.Space(1).Number(quiet(st, n.Broken, st.Warn), kit.Count(n.Broken), c.broken)
	}
	l.Space(1).Number(quiet(st, n.Warnings, st.Warn), kit.Count(n.Warnings), c.warnings)
}

// quiet is the look of a number: zero is faint.
func quiet(st *kit.Styles, n int64, look kit.Style) kit.Style {
	if n == 0 {
		return st.Faint
	}
	return look
}

// bar draws which part of the common time the evidence or item speaks for.
func (s *Evidence) bar(l *kit.Line, n *evidenceNode, item, width int) {
	st := s.ctx.Styles
	if s.span == [2]int64{} || width < 1 {
		return
	}
	cover := n.cover
	switch {
	case item >= 0:
		cover = make([]bool, width)
		s.mark(cover, &n.items[item])
	case n.barOf != width:
		n.cover, n.barOf = make([]bool, width), width
		for i := range n.items {
			s.mark(n.cover, &n.items[i])
		}
		cover = n.cover
	}
	for i := 0; i < width; {
		j := i
		for j < width && cover[j] == cover[i] {
			j++
		}
		if cover[i] {
			l.Add(st.Group[forensics.GroupLogin], strings.Repeat("━", j-i))
		} else {
			l.Add(st.Faint, strings.Repeat("·", j-i))
		}
		i = j
	}
}

func (s *Evidence) mark(cover []bool, it *forensics.Item) {
	if it.First == 0 && it.Last == 0 {
		return
	}
	axis := widget.Strip{From: s.span[0], To: s.span[1] + 1}
	for i := axis.CellOf(it.First, len(cover)); i <= axis.CellOf(it.Last, len(cover)); i++ {
		cover[i] = true
	}
}

func (s *Evidence) totalLine(c evidenceColumns) string {
	if len(s.evidence) == 0 {
		return kit.NewLine(s.width).String()
	}
	st := s.ctx.Styles
	l := kit.NewLine(s.width).Space(2).Cell(st.Muted, "  total of "+kit.Count(int64(len(s.evidence))), c.name)
	if c.format > 0 {
		l.Space(1).Cell(st.Muted, "", c.format)
	}
	l.Space(1).Cell(st.Muted, "", c.status)
	s.numbers(l, c, s.total)
	return l.String()
}

// details tell where the evidence under the cursor is, what proves it, and that its counts
// add up.
func (s *Evidence) details() []string {
	st := s.ctx.Styles
	out := make([]string, 0, evidenceDetails)
	line := func(name, value string, look kit.Style) {
		if value != "" && len(out) < evidenceDetails {
			out = append(out, kit.NewLine(s.width).Space(2).Cell(st.Muted, name, 10).Add(look, value).String())
		}
	}
	if n := s.node(); n != nil {
		it, c := s.item(), n.counts
		line("path", n.Path, st.Text)
		digest := n.Digest
		if it != nil && it.Name != "" {
			line("item", it.Name, st.Text)
			digest, c = it.Digest, it.Counts
		}
		if !digest.IsZero() {
			line("sha256", digest.String(), st.Text)
		}
		if it == nil {
			line("items", n.itemsText(), st.Text)
			for i, text := range kit.Wrap(countsText(c), s.width-13, 2) { // a folder has a line to spare
				line([]string{"counts", ""}[i], text, st.Text)
			}
		} else {
			line("counts", countsText(c), st.Text)
		}
		if it != nil {
			line("reason", it.Reason, st.Warn)
			line("format", words(it.Format, in("clock:", it.Clock)), st.Text)
		}
		line("added", addedText(n, s.ctx.Zone), st.Muted)
	}
	for len(out) < evidenceDetails {
		out = append(out, kit.NewLine(s.width).String())
	}
	return out
}

// countsText shows that every record is accounted for.
func countsText(c forensics.Counts) string {
	if c.Records == 0 {
		return ""
	}
	s := kit.Plural(c.Records, "record") + " = " + kit.Count(c.Read) + " read + " + kit.Count(c.Skipped) + " skipped + " + kit.Count(c.Broken) + " broken"
	if c.Records != c.Read+c.Skipped+c.Broken {
		s += " (does NOT add up)"
	}
	s += "; " + kit.Plural(c.Events, "event")
	if c.Duplicates > 0 {
		s += ", " + kit.Count(c.Duplicates) + " known already"
	}
	return s
}

func addedText(n *evidenceNode, zone *time.Location) string {
	if n.Added.IsZero() {
		return ""
	}
	at := n.Added.In(zone)
	return words(at.Format("2006-01-02 15:04:05"), kit.OffsetOf(at), in("by", n.Tool))
}

func (s *Evidence) empty(body []string) {
	st := s.ctx.Styles
	text := []string{"No evidence yet.", "a adds some: a mailbox, a log, an archive, or a folder of them"}
	if s.ctx.Acquire != nil {
		text = append(text, "i copies a mailbox from its server")
	}
	switch {
	case s.err != nil:
		text = []string{"The list could not be read.", s.err.Error()}
	case !s.loaded:
		return
	}
	centred(st, s.width, body, text)
}

func statusStyle(st *kit.Styles, s forensics.Status) kit.Style {
	switch s {
	case forensics.StatusOK:
		return st.Good
	case forensics.StatusFailed:
		return st.Bad
	case forensics.StatusPartial, forensics.StatusUnrecognised:
		return st.Warn
	case forensics.StatusReading:
		return st.Accent
	}
	return st.Muted
}

// shortFormat leaves the family out where the column is narrow.
func shortFormat(f string, width int) string {
	if len(f) > width {
		return path.Base(f)
	}
	return f
}

func itoa(n int64) string { return strconv.FormatInt(n, 10) }
