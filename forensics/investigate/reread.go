package investigate

import (
	"sync"

	"keytrail/forensics"
)

// mostKept is how many events that were read in full are kept while questions are weighed: some 40 MB.
const mostKept = 1 << 15

// reread hands out a snapshot whose events are asked for again and again: what an answer would change is found by looking at an account anew,
// and each look reads the same events as the one before. Two goroutines may ask at once.
type reread struct {
	forensics.Briefs
	mu   sync.Mutex
	kept map[int64]*forensics.Event
}

func newReread(b forensics.Briefs) *reread {
	return &reread{Briefs: b, kept: map[int64]*forensics.Event{}}
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
		if len(r.kept) >= mostKept {
			clear(r.kept)
		}
		r.kept[ask[i]] = &fresh[i]
	}
	return out, nil
}
