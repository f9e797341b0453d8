package widget

import (
	"cmp"
	"slices"
	"strconv"
	"time"
)

// Axis lays a few moments out over a width. Where most of the time between them is one long silence, the silence
// is cut out and said in words, so that what happened within minutes is still seen apart. Every part between two cuts
// has a scale of its own.
type Axis struct {
	Parts  []AxisPart
	Breaks []AxisBreak
	width  int
}

// AxisPart is a time that is drawn to scale.
type AxisPart struct {
	From, To    int64 // nanoseconds since 1970
	Cell, Cells int
}

// AxisBreak is a silence that was cut out.
type AxisBreak struct {
	Gap         time.Duration
	Cell, Cells int
}

const (
	maxBreaks     = 3
	breakFrom     = 30 * time.Minute // shorter silences are never cut out
	breakRatio    = 4                // how much longer than the next one a silence must be to be cut out
	breakCells    = 7                // "┊ 12 d ┊"
	fewestOfPart  = 6                // cells of a part with more than one moment
	roomForBreaks = 22               // cells: a narrower axis has no breaks
)

// NewAxis lays moments out over width cells.
func NewAxis(moments []int64, width int) *Axis {
	times := slices.Compact(slices.Sorted(slices.Values(moments)))
	if len(times) == 0 || width < 1 {
		return &Axis{}
	}
	cuts := longSilences(times, width)
	a := &Axis{width: width}
	from := 0
	for i := range times {
		if i == len(times)-1 || slices.Contains(cuts, i) {
			a.Parts = append(a.Parts, AxisPart{From: times[from], To: times[i]})
			from = i + 1
		}
	}
	a.place(width)
	return a
}

// longSilences lists the moments after which a silence is cut out: the few longest, where they are much longer than
// all others.
func longSilences(times []int64, width int) []int {
	order := make([]int, len(times)-1)
	for i := range order {
		order[i] = i
	}
	gap := func(i int) int64 { return times[i+1] - times[i] }
	slices.SortStableFunc(order, func(i, j int) int { return cmp.Compare(gap(j), gap(i)) })
	most, best, cut := min(maxBreaks, width/roomForBreaks), int64(0), 0
	for n := 1; n <= most && n < len(order) && gap(order[n-1]) >= int64(breakFrom); n++ {
		if ratio := gap(order[n-1]) / max(1, gap(order[n])); ratio >= breakRatio && ratio > best {
			best, cut = ratio, n
		}
	}
	return order[:cut]
}

// place gives the parts their cells: by their length, each with as many as its moments need to be told apart.
func (a *Axis) place(width int) {
	free := width - breakCells*(len(a.Parts)-1)
	least := free / (2 * len(a.Parts)) // half of the room is dealt out evenly
	total, taken := int64(0), 0
	for i, p := range a.Parts {
		total += p.To - p.From
		a.Parts[i].Cells = 1
		if p.To > p.From {
			a.Parts[i].Cells = min(max(fewestOfPart, least), max(2, free/len(a.Parts)))
		}
		taken += a.Parts[i].Cells
	}
	free -= taken
	rest := free
	for i, p := range a.Parts {
		if total > 0 && free > 0 {
			more := int(float64(free) * (float64(p.To-p.From) / float64(total)))
			a.Parts[i].Cells += more
			rest -= more
		}
	}
	if total > 0 && rest > 0 { // what rounding left goes to the longest
		longest := 0
		for i, p := range a.Parts {
			if p.To-p.From > a.Parts[longest].To-a.Parts[longest].From {
				longest = i
			}
		}
		a.Parts[longest].Cells += rest
	}
	cell := 0
	for i := range a.Parts {
		a.Parts[i].Cell = cell
		cell += a.Parts[i].Cells
		if i+1 < len(a.Parts) {
			a.Breaks = append(a.Breaks, AxisBreak{time.Duration(a.Parts[i+1].From - a.Parts[i].To), cell, breakCells})
			cell += breakCells
		}
	}
}

// CellOf is the cell of a moment, the nearest one for a moment that was not given to NewAxis.
func (a *Axis) CellOf(nano int64) int { return max(0, min(a.cellOf(nano), a.width-1)) }

func (a *Axis) cellOf(nano int64) int {
	for i, p := range a.Parts {
		if nano > p.To && i+1 < len(a.Parts) && nano-p.To > a.Parts[i+1].From-nano {
			continue
		}
		if nano > p.To && i+1 < len(a.Parts) && nano >= a.Parts[i+1].From {
			continue
		}
		if p.To == p.From || nano <= p.From {
			return p.Cell
		}
		f := float64(nano-p.From) / float64(p.To-p.From)
		return p.Cell + min(p.Cells-1, int(f*float64(p.Cells-1)+0.5))
	}
	return 0
}

// ShortSpan writes a distance in its largest unit: 40 s, 3 min, 5 h, 12 d.
func ShortSpan(d time.Duration) string {
	switch {
	case d < time.Minute:
		return strconv.Itoa(int(d/time.Second)) + " s"
	case d < time.Hour:
		return strconv.Itoa(int(d/time.Minute)) + " min"
	case d < 48*time.Hour:
		return strconv.Itoa(int(d/time.Hour)) + " h"
	}
	return strconv.Itoa(int(d/(24*time.Hour))) + " d"
}

// Span writes a distance in its two largest units: 40 s, 2 min 45 s, 5 h 3 min, 12 d 4 h.
func Span(d time.Duration) string {
	two := func(a int64, ua string, b int64, ub string) string {
		s := strconv.FormatInt(a, 10) + " " + ua
		if b > 0 {
			s += " " + strconv.FormatInt(b, 10) + " " + ub
		}
		return s
	}
	s := int64(d.Round(time.Second) / time.Second)
	switch {
	case s < 60:
		return strconv.FormatInt(s, 10) + " s"
	case s < 3600:
		return two(s/60, "min", s%60, "s")
	case s < 48*3600:
		return two(s/3600, "h", s/60%60, "min")
	}
	return two(s/86400, "d", s/3600%24, "h")
}
