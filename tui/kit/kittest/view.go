package kittest

import (
	"sort"
	"time"

	"keytrail/forensics"
	"keytrail/tui/kit"
)

type view struct {
	all     []forensics.Event
	total   int
	dated   int
	latency time.Duration
}

func (v *view) count() {
	v.dated = sort.Search(len(v.all), func(i int) bool { return v.all[i].Time.Unreliable })
}

func (v *view) Len() int { return len(v.all) }

func (v *view) Dated() int { return v.dated }

func (v *view) Total() int { return v.total }

func (v *view) Events(from, n int) ([]forensics.Event, error) {
	if v.latency > 0 {
		time.Sleep(v.latency)
	}
	from = min(from, len(v.all))
	return v.all[from:min(len(v.all), from+n)], nil
}

func (v *view) SeekTime(nano int64) int {
	return sort.Search(v.dated, func(i int) bool { return v.all[i].Time.Nano >= nano })
}

func (v *view) IndexOf(row int64) int {
	for i := range v.all {
		if v.all[i].Row == row {
			return i
		}
	}
	return -1
}

func (v *view) Span() (first, last int64, ok bool) {
	if v.dated == 0 {
		return 0, 0, false
	}
	return v.all[0].Time.Nano, v.all[v.dated-1].Time.Nano, true
}

func (v *view) Histogram(from, to int64, cells int) []kit.Cell {
	out := make([]kit.Cell, cells)
	for i := range v.all[:v.dated] {
		e := &v.all[i]
		if e.Time.Nano >= from && e.Time.Nano < to {
			cell := int(float64(e.Time.Nano-from) / float64(to-from) * float64(cells))
			out[min(cell, cells-1)][e.Kind.Group()]++
		}
	}
	return out
}

func (v *view) GroupCounts() (c kit.Cell) {
	for i := range v.all {
		c[v.all[i].Kind.Group()]++
	}
	return c
}
