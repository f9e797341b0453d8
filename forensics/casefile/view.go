package casefile

import (
	"math/bits"
	"slices"
	"sort"
	"sync"

	"keytrail/forensics"
)

// View is a snapshot of the events that a filter matches, in the order of the
// timeline: the dated ones first, those whose time cannot be right last.
type View struct {
	c     *Case
	s     *state
	index []uint32
	dated int

	once   sync.Once
	groups []uint8 // of each event of the view, made when first needed
}

// Cell counts events by forensics.Group.
type Cell [8]uint32

// Sum counts all events of the cell.
func (c Cell) Sum() uint32 {
	var sum uint32
	for _, n := range c {
		sum += n
	}
	return sum
}

// Len tells how many events match.
func (v *View) Len() int { return len(v.index) }

// Dated tells how many of them have a time that can be right; they are the first ones.
func (v *View) Dated() int { return v.dated }

// Total tells how many events the case has.
func (v *View) Total() int { return v.s.columns.len() }

// SeekTime gives the index of the first dated event at or after the time, Dated
// where there is none.
func (v *View) SeekTime(nano int64) int {
	return sort.Search(v.dated, func(k int) bool { return v.s.columns.time[v.index[k]] >= nano })
}

// Time gives the time of an event of the view, in nanoseconds since 1970.
func (v *View) Time(k int) int64 { return v.s.columns.time[v.index[k]] }

// Item gives the number of the item that an event of the view was read from first.
func (v *View) Item(k int) int64 { return int64(v.s.columns.item[v.index[k]]) }

// Row gives the number of an event of the view.
func (v *View) Row(k int) int64 { return v.s.columns.row[v.index[k]] }

// IndexOf gives the place of an event in the view, -1 where it is filtered out.
func (v *View) IndexOf(row int64) int {
	i, ok := v.s.columns.find(row)
	if !ok {
		return -1
	}
	k, ok := slices.BinarySearchFunc(v.index, uint32(i), func(a, b uint32) int { return v.s.columns.compare(v.s.evidence, a, b) })
	if !ok {
		return -1
	}
	return k
}

// Span gives the times of the first and the last dated event.
func (v *View) Span() (first, last int64, ok bool) {
	if v.dated == 0 {
		return 0, 0, false
	}
	return v.Time(0), v.Time(v.dated - 1), true
}

// Histogram counts the dated events from `from` up to and without `to` in cells of
// equal length; an event stands in cell (time-from)*cells/(to-from).
func (v *View) Histogram(from, to int64, cells int) []Cell {
	if cells <= 0 {
		return nil
	}
	out := make([]Cell, cells)
	if to <= from {
		return out
	}
	groups := v.allGroups()
	width := uint64(to) - uint64(from)
	start := v.SeekTime(from)
	for cell := range out {
		end := v.SeekTime(to)
		if cell+1 < cells {
			end = v.SeekTime(from + int64(muldiv(width, uint64(cell+1), uint64(cells))))
		}
		for _, g := range groups[start:max(start, end)] {
			out[cell][g]++
		}
		start = max(start, end)
	}
	return out
}

// GroupCounts counts all events of the view, the undated ones too.
func (v *View) GroupCounts() Cell {
	var c Cell
	for _, g := range v.allGroups() {
		c[g]++
	}
	return c
}

func (v *View) allGroups() []uint8 {
	v.once.Do(func() {
		v.groups = make([]uint8, len(v.index))
		for k, i := range v.index {
			v.groups[k] = groups[v.s.columns.kind[i]]
		}
	})
	return v.groups
}

// Events gives up to n events from index `from` on, filled in fully.
func (v *View) Events(from, n int) ([]forensics.Event, error) {
	from = max(0, min(from, len(v.index)))
	to := from + max(0, min(n, len(v.index)-from))
	rows := make([]int64, 0, to-from)
	for _, i := range v.index[from:to] {
		rows = append(rows, v.s.columns.row[i])
	}
	return v.c.fetch(rows)
}

// muldiv computes a*b/c without overflow; the result must fit.
func muldiv(a, b, c uint64) uint64 {
	hi, lo := bits.Mul64(a, b)
	q, _ := bits.Div64(hi, lo, c)
	return q
}
