package investigate

import (
	"sync"

	"keytrail/forensics"
)

// mostKept is how many events that were read in full are kept: some 40 MB.
const mostKept = 1 << 15

// reread hands out a snapshot whose events are asked for again and again: to find out what an answer would change, an account
// is looked at anew, and each look reads nearly the same events as the one before. Nothing is kept until the questions are looked for: most
// analyses are looked at once. Two goroutines may ask at once.
type reread struct {
	forensics.Briefs
	mu   sync.Mutex
	kept map[int64]*forensics.Event // nil: nothing is kept yet
}

// keep makes it keep what is asked for from now on.
func (r *reread) keep() {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.kept == nil {
		r.kept = map[int64]*forensics.Event{}
	}
}

// Events implements forensics.Briefs. What is kept is of the time it was first read: the user's verdicts on events and their incidents, which
// neither rules nor incidents look at, can be older ones.
func (r *reread) Events(rows []int64) ([]forensics.Event, error) {
	out := make([]forensics.Event, len(rows))
	var ask []int64
	var at []int
	r.mu.Lock()
	for i, row := range rows {
		if e := r.kept[row]; e != nil {
			out[i] = *e
		} else {
			ask, at = append(ask, row), append(at, i)
		}
	}
	r.mu.Unlock()
	if len(ask) == 0 {
		return out, nil
	}
	fresh, err := r.Briefs.Events(ask)
	if err != nil {
		return nil, err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	for i := range fresh {
		out[at[i]] = fresh[i]
		if r.kept == nil {
			continue
		}
		own := fresh[i] // a pointer into fresh would keep all of it
		r.room()
		r.kept[ask[i]] = &own
	}
	return out, nil
}

// room makes some where there is none: a quarter of what is kept goes, whatever it is. What is asked for in turns with more than fits is then
// still there most of the time.
func (r *reread) room() {
	if len(r.kept) < mostKept {
		return
	}
	gone := 0
	for row := range r.kept {
		if gone == mostKept/4 {
			return
		}
		delete(r.kept, row)
		gone++
	}
}
