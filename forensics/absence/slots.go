package absence

// Runs of missing UIDs, in the order in which the mails that they stood for came.

// slot is a run with the times between which a mail must have come to fit.
type slot struct {
	space    *space
	run      *run
	from, to int64
	byMoves  bool // the folder is filled by moves out of INBOX, whose own gaps are known
}

// newSlot widens the run's own bounds where its neighbours came into the folder long after they
// came to the mailbox, as after a move to another server: then their own dates count too.
func newSlot(s *space, r *run) *slot {
	t := &slot{space: s, run: r, from: r.lower, to: r.upper}
	for _, k := range []*known{r.below, r.above} {
		if k != nil && k.mail != nil && k.mail.Saved-k.mail.Arrived > hour && k.mail.Arrived != 0 {
			t.from, t.to = min(t.from, k.mail.Arrived), max(t.to, k.mail.Arrived)
		}
	}
	if t.to == 0 {
		t.to = s.newest().f.AbsentAt
	}
	if t.to == 0 {
		t.to = 1<<63 - 1
	}
	return t
}

// slots is a heap of runs, the one that ends first on top.
type slots []*slot

func (s slots) Len() int { return len(s) }
func (s slots) Less(i, j int) bool {
	return s[i].to < s[j].to || s[i].to == s[j].to && s[i].from > s[j].from
}
func (s slots) Swap(i, j int) { s[i], s[j] = s[j], s[i] }

// Push implements heap.Interface.
func (s *slots) Push(x any) { *s = append(*s, x.(*slot)) }

// Pop implements heap.Interface.
func (s *slots) Pop() any {
	old := *s
	x := old[len(old)-1]
	*s = old[:len(old)-1]
	return x
}
