package absence

import (
	"cmp"
	"container/heap"
	"slices"
	"strings"

	"keytrail/forensics"
)

// Which missing UIDs are explained by which mails.

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
