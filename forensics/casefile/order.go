package casefile

import (
	"slices"
	"sort"
)

// The order of the timeline in memory, kept whole while events come and go.

// sort brings order up to all columns: the new events are sorted and merged into
// those that are in order already. Older snapshots keep their own order.
func (s *state) sort() {
	n := s.columns.len()
	if len(s.order) == n {
		return
	}
	fresh := make([]uint32, 0, n-len(s.order))
	for i := len(s.order); i < n; i++ {
		fresh = append(fresh, uint32(i))
	}
	compare := func(a, b uint32) int { return s.columns.compare(s.evidence, a, b) }
	if !slices.IsSortedFunc(fresh, compare) {
		slices.SortFunc(fresh, compare)
	}
	if len(s.order) == 0 {
		s.order = fresh
	} else {
		s.order = merge(s.order, fresh, compare)
	}
	s.countDated()
}

// countDated finds where the events without a reliable time begin.
func (s *state) countDated() {
	s.dated = sort.Search(len(s.order), func(k int) bool { return s.columns.status[s.order[k]]&statusUnreliable != 0 })
}

// merge joins two ordered lists into a new one.
func merge(a, b []uint32, compare func(a, b uint32) int) []uint32 {
	if len(a) > 0 && len(b) > 0 && compare(a[len(a)-1], b[0]) < 0 {
		out := make([]uint32, 0, len(a)+len(b))
		return append(append(out, a...), b...)
	}
	out := make([]uint32, 0, len(a)+len(b))
	for len(a) > 0 && len(b) > 0 {
		if compare(a[0], b[0]) < 0 {
			out, a = append(out, a[0]), a[1:]
		} else {
			out, b = append(out, b[0]), b[1:]
		}
	}
	return append(append(out, a...), b...)
}

// remove takes away the events of an item. The order is made anew when it is next
// needed.
func (s *state) remove(item uint32) {
	start := slices.Index(s.columns.item, item)
	if start < 0 {
		return
	}
	old := s.columns
	s.columns = old.truncated(start)
	for from := start; from < old.len(); {
		if old.item[from] == item {
			from++
			continue
		}
		to := from + 1
		for to < old.len() && old.item[to] != item {
			to++
		}
		s.columns.extend(&old, from, to)
		from = to
	}
	s.order, s.dated, s.settled = nil, 0, 0
}

// replace takes rows away, gives rows other contents, and adds some at the end; the
// order stays whole.
func (s *state) replace(gone []int64, altered map[int64]*record, fresh []*record) {
	s.sort()
	old := s.columns
	var removed []uint32 // indexes, ascending
	for _, row := range gone {
		if i, ok := old.find(row); ok {
			removed = append(removed, uint32(i))
		}
	}
	touched := slices.Clone(removed)
	for row := range altered {
		if i, ok := old.find(row); ok {
			touched = append(touched, uint32(i))
		}
	}
	slices.Sort(removed)
	slices.Sort(touched)
	if len(touched) > 0 {
		s.columns = old.truncated(int(touched[0]))
		s.settled = 0
	}
	var sorted []uint32 // indexes of what has another or a new place in the order
	for k, i := range touched {
		if r := altered[old.row[i]]; r != nil {
			sorted = append(sorted, uint32(s.columns.len()))
			s.columns.append(r)
		}
		end := old.len()
		if k+1 < len(touched) {
			end = int(touched[k+1])
		}
		s.columns.extend(&old, int(i)+1, end)
	}
	for _, r := range fresh {
		sorted = append(sorted, uint32(s.columns.len()))
		s.columns.append(r)
	}
	kept := s.order
	if len(touched) > 0 {
		kept = make([]uint32, 0, len(s.order))
		for _, i := range s.order {
			if _, found := slices.BinarySearch(touched, i); found {
				continue
			}
			before, _ := slices.BinarySearch(removed, i)
			kept = append(kept, i-uint32(before))
		}
	}
	compare := func(a, b uint32) int { return s.columns.compare(s.evidence, a, b) }
	slices.SortFunc(sorted, compare)
	s.order = merge(kept, sorted, compare)
	s.countDated()
}
