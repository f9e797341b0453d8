package absence

import (
	"cmp"
	"container/heap"
	"slices"
	"strings"

	"keytrail/forensics"
)

// point is a mail that is known to have come at a time and can be what a missing UID stood for.
type point struct {
	from, to int64
	slack    int64 // by how much its time may be off
	keys     [3]Key
	index    int  // in lost; -1 for a mail that was moved to where it is
	inbox    bool // it can have come by way of INBOX: there is a gap for it, or a copy that had it there
}

// match gives the missing UIDs to what explains or names them: first by number, then by the time of arrival. A mail
// fits a run where it came between the run's neighbours. Points are taken in the order of time, each by the fitting run
// that ends first: for intervals over points that leaves as few runs unexplained as can be (Glover 1967), so that
// nothing is called a deletion that moves can explain.
func (w *work) match() {
	w.byNumber()
	var runs []*slot
	homes := map[*space]map[Key]bool{}
	for _, s := range w.spaces {
		if !s.role.counts() || len(s.runs) == 0 {
			continue
		}
		home := map[Key]bool{}
		for i := range s.known {
			if m := s.known[i].mail; m != nil {
				for _, k := range m.keys() {
					home[k] = true
				}
			}
		}
		homes[s] = home
		for i := range s.runs {
			if r := &s.runs[i]; r.left() > 0 {
				runs = append(runs, newSlot(s, r))
			}
		}
	}
	if len(runs) == 0 {
		return
	}
	points := w.points(runs)
	w.markByMoves(runs)
	slices.SortStableFunc(runs, func(a, b *slot) int { return cmp.Compare(a.from, b.from) })
	// First to the second; then what is left, since two mails that come at once can get their
	// numbers and their dates in different order.
	left := w.pass(points, runs, homes, false)
	w.pass(left, runs, homes, true)
}

// markByMoves finds the folders to which nothing is delivered, where INBOX is numbered: what stood in them stood in INBOX before.
func (w *work) markByMoves(runs []*slot) {
	if !slices.ContainsFunc(w.spaces, func(s *space) bool { return s.role == RoleInbox }) {
		return
	}
	gaps, inbox := inboxGaps(runs), w.inboxKeys()
	known := map[*space]bool{}
	for _, r := range runs {
		moves, ok := known[r.space]
		if !ok {
			moves = r.space.role == RoleOther && gaps.byMoves(r.space.newest().f, inbox)
			known[r.space] = moves
		}
		r.byMoves = moves
	}
}

// pass gives points to runs and returns those that found none.
func (w *work) pass(points []point, runs []*slot, homes map[*space]map[Key]bool, loose bool) (left []point) {
	if loose {
		points = slices.Clone(points)
		for i := range points {
			p := &points[i]
			p.from, p.to = p.from-p.slack, p.to+p.slack
		}
	}
	slices.SortStableFunc(points, func(a, b point) int {
		return cmp.Or(cmp.Compare(a.to, b.to), cmp.Compare(a.from, b.from), cmp.Compare(b.index, a.index))
	})
	open := map[*space]*slots{} // a heap for each folder, because a mail that is in a folder explains none of its gaps
	var order []*slots
	next := 0
	for i := range points {
		p := &points[i]
		for ; next < len(runs) && runs[next].from <= p.to; next++ {
			s := runs[next]
			if open[s.space] == nil {
				open[s.space] = &slots{}
				order = append(order, open[s.space])
			}
			heap.Push(open[s.space], s)
		}
		if !w.place(order, p, homes) {
			left = append(left, *p)
		}
	}
	return left
}

// place gives a point to the run that fits and ends first, and reports whether there is one.
func (w *work) place(open []*slots, p *point, homes map[*space]map[Key]bool) bool {
	var best *slot
	for _, h := range open {
		for h.Len() > 0 && ((*h)[0].to < p.from || (*h)[0].run.left() <= 0) {
			heap.Pop(h)
		}
		if h.Len() == 0 {
			continue
		}
		s := (*h)[0]
		if best != nil && s.to >= best.to || !p.inbox && s.byMoves || p.isIn(homes[s.space]) || p.index >= 0 && !w.lost[p.index].canBeIn(s.space) {
			continue
		}
		best = s
	}
	if best == nil {
		return false
	}
	best.run.taken++
	if p.index < 0 {
		best.run.moved++
	} else {
		w.lost[p.index].take(best.space, best.run)
		best.run.lost = append(best.run.lost, p.index)
	}
	return true
}

func (p *point) isIn(home map[Key]bool) bool {
	for _, k := range p.keys {
		if k != 0 && home[k] {
			return true
		}
	}
	return false
}

// canBeIn reports whether a lost mail can have stood in a folder: in the one that is named, else in INBOX.
func (l *lost) canBeIn(s *space) bool {
	if l.Kind == forensics.MailDeleted || l.Folder == "" {
		return true
	}
	return sameFolder(l.Folder, s)
}

func sameFolder(name string, s *space) bool {
	name = strings.Trim(name, `\/`)
	return strings.EqualFold(name, s.name) || s.role == RoleInbox && (strings.EqualFold(name, "inbox") || name == "")
}

// take notes that a lost mail stood in a run of missing UIDs; a run of one is its own number.
func (l *lost) take(s *space, r *run) {
	l.reason(ReasonGap)
	if r.vanished {
		l.reason(ReasonVanished)
	}
	if r.size() == 1 && l.Kind == forensics.MailMissing {
		l.UIDs = []uint32{r.first}
	}
	if l.Folder == "" {
		l.Folder = s.name
	}
	best, further := s.ref(r)
	l.refs(best)
	l.refs(further...)
}

// byNumber takes out the UIDs of which a record says that they were deleted, and those of mails lost by name.
func (w *work) byNumber() {
	for i := range w.named {
		n := &w.named[i]
		if n.UID == 0 || n.Kind != forensics.MailDeleted && n.Kind != forensics.MailPurged && n.Kind != forensics.MailMoved {
			continue
		}
		for _, s := range w.spaces {
			if !sameFolder(n.Folder, s) {
				continue
			}
			r := s.find(n.UID)
			if r == nil || r.left() == 0 || r.lower > n.Time+minute || s.counted(n.UID) {
				continue
			}
			s.count(n.UID)
			r.taken++
			if n.Kind == forensics.MailMoved {
				r.moved++
				continue
			}
			best, _ := s.ref(r)
			a := w.addTo(n.Row, ReasonGap, best)
			a.ArrivedNotBefore, a.ArrivedNotAfter = r.lower, least(r.upper, n.Time)
			break
		}
	}
}

// points lists the mails that can stand for missing UIDs.
func (w *work) points(runs []*slot) []point {
	gaps := inboxGaps(runs)
	inbox := w.inboxKeys()
	var out []point
	told := map[Key]bool{}
	for _, c := range w.copies {
		for _, f := range c.Folders {
			if f.Role == RoleDrafts || f.Role == RoleSent {
				continue
			}
			for i := range f.Mails {
				m := &f.Mails[i]
				if m.Sent || m.Arrived == 0 || m.direct(f) {
					continue
				}
				if w.inTrash[m] { // it stands among the lost
					continue
				}
				key := cmp.Or(m.ID, m.Object, m.Content)
				if key == 0 || told[key] {
					continue
				}
				told[key] = true
				at := m.Arrived
				slack := 2 * second
				if !m.Internal {
					slack = 2 * minute
				}
				out = append(out, point{from: at, to: at, slack: slack, keys: m.keys(), index: -1, inbox: gaps.covers(at) || has(inbox, m)})
			}
		}
	}
	for i := range w.lost {
		l := &w.lost[i]
		if l.ArrivedNotBefore != 0 && l.ArrivedNotAfter != 0 && l.ArrivedNotAfter-l.ArrivedNotBefore <= minute && l.run == nil && !w.numbered(l) {
			p := point{from: l.ArrivedNotBefore, to: l.ArrivedNotAfter, slack: 2 * minute, index: i, inbox: true, keys: [3]Key{l.ID}}
			if l.mail != nil {
				p.keys = l.mail.keys()
				if l.mail.Internal {
					p.slack = 2 * second
				}
			}
			out = append(out, p)
		}
	}
	return out
}

// numbered reports whether a lost mail's UID is known from a copy that has it: then no gap is its own.
func (w *work) numbered(l *lost) bool {
	return l.Kind == forensics.MailMissing && l.Row != 0 && len(l.UIDs) > 0
}

// direct reports whether a mail was delivered to its folder and never stood in another one: it stands in INBOX, or it came into
// the folder in the very second in which it came at all. Whether a folder is one that rules deliver to says nothing of one
// mail: people move mails there too.
func (m *Mail) direct(f *Folder) bool {
	return f.Role == RoleInbox || m.Internal && m.Saved != 0 && m.Saved == m.Arrived
}

// gapTimes are the times at which mails came to INBOX that are not there any more, as intervals that do not touch.
type gapTimes []slot

func inboxGaps(runs []*slot) gapTimes {
	var all gapTimes
	for _, r := range runs {
		if r.space.role == RoleInbox {
			all = append(all, slot{from: r.from - 2*second, to: r.to + 2*second})
		}
	}
	slices.SortFunc(all, func(a, b slot) int { return cmp.Compare(a.from, b.from) })
	out := all[:0]
	for _, g := range all {
		if n := len(out); n > 0 && g.from <= out[n-1].to {
			out[n-1].to = max(out[n-1].to, g.to)
		} else {
			out = append(out, g)
		}
	}
	return out
}

// byMoves reports whether a folder is filled by moves out of INBOX alone, as far as that shows: each of its mails, and there
// are some, came when INBOX has a gap, or a copy had it there.
func (g gapTimes) byMoves(f *Folder, inbox map[Key]bool) bool {
	n := 0
	for i := range f.Mails {
		m := &f.Mails[i]
		if m.Arrived == 0 || m.Saved != 0 && m.Saved == m.Arrived || !g.covers(m.Arrived) && !has(inbox, m) {
			return false
		}
		n++
	}
	return n >= 3
}

// covers reports whether a mail that came at a time can have stood in one of the gaps.
func (g gapTimes) covers(at int64) bool {
	k, _ := slices.BinarySearchFunc(g, at, func(s slot, t int64) int { return cmp.Compare(s.to, t) })
	return k < len(g) && g[k].from <= at
}

func has(keys map[Key]bool, m *Mail) bool {
	for _, k := range m.keys() {
		if k != 0 && keys[k] {
			return true
		}
	}
	return false
}

// inboxKeys are the mails that any copy has in INBOX.
func (w *work) inboxKeys() map[Key]bool {
	keys := map[Key]bool{}
	for _, c := range w.copies {
		for _, f := range c.Folders {
			if f.Role != RoleInbox {
				continue
			}
			for i := range f.Mails {
				for _, k := range f.Mails[i].keys() {
					keys[k] = true
				}
			}
		}
	}
	return keys
}

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
