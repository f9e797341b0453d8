package widget

import (
	"math"
	"strings"
	"time"

	"keytrail/forensics"
	"keytrail/tui/kit"
)

// Strip shows how many events there are over time, each cell in the colour of
// its loudest group. It draws itself; its owner counts.
type Strip struct {
	From, To int64 // nanoseconds since 1970: the time it spans
	Cells    []kit.Cell
	Base     []kit.Cell // counts without the filter, shown as a faint ground; may be nil
	Zone     *time.Location
}

// loudness orders the groups for the colour of a cell: the step of an attack
// that is rarest in an honest mailbox first.
var loudness = [...]forensics.Group{
	forensics.GroupMoney, forensics.GroupKey, forensics.GroupDeletion, forensics.GroupReset,
	forensics.GroupSettings, forensics.GroupLogin, forensics.GroupOther, forensics.GroupMail,
}

// Loudest is the group that gives a cell its colour.
func Loudest(c kit.Cell) (g forensics.Group, ok bool) {
	for _, g := range loudness {
		if c[g] > 0 {
			return g, true
		}
	}
	return forensics.GroupOther, false
}

// rare holds for the groups whose cells carry their letter.
func rare(g forensics.Group) bool {
	return g != forensics.GroupMail && g != forensics.GroupOther && g != forensics.GroupLogin
}

// CellOf is the cell that a time falls into, kept inside the strip.
func (s *Strip) CellOf(nano int64, width int) int {
	if s.To <= s.From || width < 1 {
		return 0
	}
	f := (float64(nano) - float64(s.From)) / (float64(s.To) - float64(s.From))
	return max(0, min(width-1, int(f*float64(width))))
}

// TimeAt is the time at the left edge of a cell.
func (s *Strip) TimeAt(cell, width int) int64 {
	if width < 1 {
		return s.From
	}
	return s.From + int64(float64(cell)/float64(width)*(float64(s.To)-float64(s.From)))
}

// Bars draws the counts in height lines of eighth blocks; the height of a bar
// grows with the square root of the count, so that one event is seen beside thousands.
func (s *Strip) Bars(st *kit.Styles, width, height int) []string {
	blocks := []rune(" ▁▂▃▄▅▆▇█")
	top := 1.0
	for _, c := range s.Cells {
		top = max(top, math.Sqrt(float64(c.Sum())))
	}
	lines := make([]string, height)
	for row := range height {
		l := kit.NewLine(width)
		floor := (height - 1 - row) * 8
		for i := 0; i < width; {
			style, text := s.bar(st, i, row == height-1, blocks, floor, height*8, top)
			j := i + 1
			for ; j < width; j++ {
				nextStyle, next := s.bar(st, j, row == height-1, blocks, floor, height*8, top)
				if nextStyle != style {
					break
				}
				text += next
			}
			l.Add(style, text)
			i = j
		}
		lines[row] = l.String()
	}
	return lines
}

func (s *Strip) bar(st *kit.Styles, i int, bottom bool, blocks []rune, floor, full int, top float64) (kit.Style, string) {
	var c kit.Cell
	if i < len(s.Cells) {
		c = s.Cells[i]
	}
	sum := c.Sum()
	if sum == 0 {
		if bottom && i < len(s.Base) && s.Base[i].Sum() > 0 {
			return st.Faint, "▁"
		}
		return st.Faint, " "
	}
	g, _ := Loudest(c)
	eighths := max(1, int(math.Round(math.Sqrt(float64(sum))/top*float64(full))))
	if rare(g) {
		if bottom { // the letter says what the colour says
			return st.Block[g], kit.GroupLetter(g)
		}
		eighths = max(8, eighths)
	}
	return st.Bar[g], string(blocks[max(0, min(8, eighths-floor))])
}

// Axis draws the labels under the bars and the bracket around the time from a to b,
// which is what the table shows.
func (s *Strip) Axis(st *kit.Styles, width int, a, b int64) string {
	if s.To <= s.From {
		return kit.NewLine(width).String()
	}
	left, right := s.CellOf(a, width), s.CellOf(b, width)
	if a == b && a == 0 {
		left, right = -1, -1
	}
	labels := s.labels(width, left, right)
	l := kit.NewLine(width)
	for i := 0; i < width; {
		switch {
		case i == left && right > left:
			l.Add(st.Accent, "╘"+strings.Repeat("═", right-left-1)+"╛")
			i = right + 1
		case i == left:
			l.Add(st.Accent, "▲")
			i++
		default:
			end := width
			if left > i {
				end = left
			}
			l.Add(st.Muted, string(labels[i:end]))
			i = end
		}
	}
	return l.String()
}

// labels writes dates where a month, day or hour begins, as many as fit beside the
// bracket from left to right; the ends of the strip first.
func (s *Strip) labels(width, left, right int) []rune {
	out := []rune(strings.Repeat(" ", width))
	for i := max(0, left); i <= right && i < width; i++ {
		out[i] = '═'
	}
	put := func(at int, text string) bool {
		r := []rune(text)
		if at < 0 || at+len(r) > width {
			return false
		}
		for i := max(0, at-2); i < min(width, at+len(r)+2); i++ {
			if out[i] != ' ' {
				return false
			}
		}
		copy(out[at:], r)
		return true
	}
	from, to := time.Unix(0, s.From).In(s.Zone), time.Unix(0, s.To).In(s.Zone)
	step := tickStep(to.Sub(from), width)
	ends := "2006-01-02"
	if to.Sub(from) < 48*time.Hour {
		ends = "01-02 15:04"
	}
	if first := from.Format(ends); !put(0, first) {
		put(right+3, first)
	}
	if last := to.Format(ends); !put(width-len(last), last) {
		put(left-2-len(last), last)
	}
	for t := step.first(from); t.Before(to); t = step.next(t) {
		put(s.CellOf(t.UnixNano(), width), step.label(t))
	}
	return out
}

// tick is a distance between labels.
type tick struct {
	months, days int
	dur          time.Duration
}

func tickStep(span time.Duration, width int) tick {
	room := span / time.Duration(max(1, width/10)) // a label for every 10 cells at most
	const day = 24 * time.Hour
	for _, t := range []tick{
		{dur: time.Minute}, {dur: 5 * time.Minute}, {dur: 10 * time.Minute}, {dur: 30 * time.Minute},
		{dur: time.Hour}, {dur: 2 * time.Hour}, {dur: 6 * time.Hour}, {dur: 12 * time.Hour},
		{days: 1}, {days: 2}, {days: 7}, {months: 1}, {months: 3}, {months: 12}, {months: 24}, {months: 60}, {months: 240},
	} {
		if t.dur+time.Duration(t.days)*day+time.Duration(t.months)*30*day >= room {
			return t
		}
	}
	return tick{months: 1200}
}

func (k tick) first(from time.Time) time.Time {
	y, m, d := from.Date()
	switch {
	case k.months >= 12:
		return k.next(time.Date(y-y%(k.months/12), 1, 1, 0, 0, 0, 0, from.Location()))
	case k.months > 0:
		return k.next(time.Date(y, m-(m-1)%time.Month(k.months), 1, 0, 0, 0, 0, from.Location()))
	case k.days > 0:
		return k.next(time.Date(y, m, d, 0, 0, 0, 0, from.Location()))
	}
	return k.next(time.Date(y, m, d, from.Hour(), 0, 0, 0, from.Location()).Truncate(k.dur))
}

func (k tick) next(t time.Time) time.Time {
	if k.dur > 0 {
		return t.Add(k.dur)
	}
	return t.AddDate(0, k.months, k.days)
}

func (k tick) label(t time.Time) string {
	switch {
	case k.dur > 0:
		return t.Format("15:04")
	case k.days > 0:
		return t.Format("Jan 2")
	case k.months >= 12 || t.Month() == 1:
		return t.Format("2006")
	}
	return t.Format("Jan")
}
