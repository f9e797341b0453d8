package absence

import (
	"cmp"
	"math"
	"slices"
	"strings"

	"keytrail/forensics"
)

// space is the numbering of one folder under one UIDVALIDITY, as all copies together show it.
type space struct {
	account, name string
	validity      uint32
	role          Role
	in            []instance      // oldest first
	known         []known         // by UID
	runs          []run           // of UIDs that no copy has
	done          map[uint32]bool // UIDs in runs that a record explains by number
}

// instance is the folder in one copy.
type instance struct {
	c *Copy
	f *Folder
}

// known is a UID of which some copy has the mail, or a run of which some copy has the numbers.
type known struct {
	uid, last    uint32 // both ends in it; the same where there is a mail
	lower, upper int64  // of when it came into the folder; 0 not known
	mail         *Mail  // nil: only the numbers
	from         int    // the newest instance that has it
}

// run is a run of UIDs that no copy has, all between the same neighbours and copies.
type run struct {
	first, last  uint32
	lower, upper int64 // of when they came into the folder
	absentAt     int64 // gone by then
	tail, head   bool  // behind the newest known mail, before the first
	taken        int   // slots that mails explain or name
	moved        int   // of these, moved away
	vanished     bool
	lost         []int // Lost that take slots here
	below, above *known
}

func (r *run) size() int { return int(r.last-r.first) + 1 }
func (r *run) left() int { return r.size() - r.taken }

// newest is the instance that the folder's present state is taken from.
func (s *space) newest() instance { return s.in[len(s.in)-1] }

type spaceKey struct {
	account, name string
	validity      uint32
}

// spaces groups the numbered folders of all copies.
func spaces(copies []*Copy) []*space {
	byKey := map[spaceKey]*space{}
	var out []*space
	for _, c := range copies {
		for _, f := range c.Folders {
			if len(f.Mails) > 0 && f.Mails[0].UID == 0 && len(f.UIDs) == 0 || len(f.Mails) == 0 && f.UIDNext == 0 {
				continue
			}
			k := spaceKey{c.Account, strings.ToLower(f.Name), f.UIDValidity}
			s := byKey[k]
			if s == nil {
				s = &space{account: c.Account, name: f.Name, validity: f.UIDValidity}
				byKey[k] = s
				out = append(out, s)
			}
			if s.role == RoleOther {
				s.role = f.Role
			}
			s.in = append(s.in, instance{c, f})
		}
	}
	for _, s := range out {
		slices.SortStableFunc(s.in, func(a, b instance) int { return cmp.Compare(a.f.AbsentAt, b.f.AbsentAt) })
		s.learn()
		s.gaps()
	}
	slices.SortStableFunc(out, func(a, b *space) int {
		return cmp.Or(cmp.Compare(a.account, b.account), cmp.Compare(a.name, b.name), cmp.Compare(a.validity, b.validity))
	})
	return out
}

// learn collects the UIDs that any copy has: those with mails one by one, those that are only listed in runs, as a
// listing can claim billions.
func (s *space) learn() {
	n := 0
	for _, in := range s.in {
		n += len(in.f.Mails)
	}
	s.known = make([]known, 0, n)
	for i, in := range s.in {
		for k := range in.f.Mails {
			if m := &in.f.Mails[k]; m.UID != 0 {
				s.known = append(s.known, known{uid: m.UID, last: m.UID, lower: m.Arrived, upper: m.Saved, mail: m, from: i})
			}
		}
	}
	slices.SortStableFunc(s.known, func(a, b known) int { return cmp.Compare(a.uid, b.uid) })
	out := s.known[:0]
	for _, k := range s.known {
		if n := len(out); n > 0 && out[n-1].uid == k.uid {
			p := &out[n-1]
			p.from, p.mail = max(p.from, k.from), k.mail
			p.lower, p.upper = max(p.lower, k.lower), least(p.upper, k.upper)
			continue
		}
		out = append(out, k)
	}
	s.known = out
	for i := range s.known {
		k := &s.known[i]
		for from := len(s.in) - 1; from > k.from; from-- {
			if s.in[from].f.has(k.uid) {
				k.from = from
			}
		}
	}
	for i := len(s.in) - 1; i >= 0; i-- { // the newest first: what it lists, an older one need not
		s.list(s.in[i].f.UIDs, i)
	}
	s.trust()
}

// list adds the runs of a listing that are not known yet.
func (s *space) list(set []Range, from int) {
	var runs []known
	k := 0
	for _, r := range set {
		first := uint64(r.First)
		for k < len(s.known) && s.known[k].last < r.First {
			k++
		}
		for ; k < len(s.known) && s.known[k].uid <= r.Last; k++ {
			if x := &s.known[k]; uint64(x.uid) > first {
				runs = append(runs, known{uid: uint32(first), last: x.uid - 1, from: from})
			}
			first = max(first, uint64(s.known[k].last)+1)
			if s.known[k].last > r.Last { // it reaches into the next run of the set too
				break
			}
		}
		if first <= uint64(r.Last) {
			runs = append(runs, known{uid: uint32(first), last: r.Last, from: from})
		}
	}
	if len(runs) == 0 {
		return
	}
	s.known = append(s.known, runs...)
	slices.SortFunc(s.known, func(a, b known) int { return cmp.Compare(a.uid, b.uid) })
}

// trust decides which INTERNALDATEs say when a mail came into this folder, beyond "not before". A move keeps the date, so
// only in INBOX, where mails are delivered, and only in ascending order is it taken for that. A SAVEDATE says "not
// after" only: Dovecot takes the time of a Maildir file's last change for it, which every flag that is set puts off.
func (s *space) trust() {
	last := s.newest().f.AbsentAt
	top := int64(0)
	for i := range s.known {
		k := &s.known[i]
		if last != 0 && k.lower > last {
			k.lower = 0 // a date behind the copy cannot be right
		}
		if s.role == RoleInbox && k.mail != nil && k.lower != 0 && k.lower >= top {
			k.upper = least(k.upper, k.lower)
		}
		if k.upper != 0 && k.upper < k.lower {
			k.upper = 0
		}
		top = max(top, k.lower)
	}
}

// border is where the numbering stood when a copy was taken.
type border struct {
	next            uint32
	present, absent int64
	exact           bool // UIDNEXT was told: later numbers came later
}

func (s *space) borders() []border {
	var out []border
	for _, in := range s.in {
		b := border{next: in.f.UIDNext, present: in.f.PresentAt, absent: in.f.AbsentAt, exact: in.f.UIDNext != 0}
		if n := len(in.f.UIDs); n > 0 && in.f.UIDs[n-1].Last >= b.next {
			b.next = saturate(in.f.UIDs[n-1].Last)
		}
		if n := len(in.f.Mails); n > 0 && in.f.Mails[n-1].UID >= b.next {
			b.next = saturate(in.f.Mails[n-1].UID)
		}
		out = append(out, b)
	}
	return out
}

func saturate(uid uint32) uint32 {
	if uid == math.MaxUint32 {
		return uid
	}
	return uid + 1
}

// gaps finds the runs of UIDs that were given and that no copy has.
func (s *space) gaps() {
	borders := s.borders()
	end := uint32(0) // the first UID that nobody knows to be given
	for _, b := range borders {
		end = max(end, b.next)
	}
	// upper[i] is the least upper bound of known[i:]
	upper := make([]int64, len(s.known)+1)
	for i := len(s.known) - 1; i >= 0; i-- {
		upper[i] = least(upper[i+1], s.known[i].upper)
	}
	lower, at := int64(0), uint32(1)
	for i := 0; i <= len(s.known); i++ {
		next := end
		if i < len(s.known) {
			next = s.known[i].uid
		}
		if next > at {
			s.cut(at, next-1, i, lower, upper[i], borders)
		}
		if i < len(s.known) {
			lower = max(lower, s.known[i].lower)
			at = saturate(s.known[i].last)
		}
	}
}

// cut adds the gap between known[i-1] and known[i], in pieces where a copy was taken in between.
func (s *space) cut(first, last uint32, i int, lower, upper int64, borders []border) {
	for first <= last {
		end := last
		for _, b := range borders {
			if b.next > first && b.next-1 < end {
				end = b.next - 1
			}
		}
		r := run{first: first, last: end, lower: lower, upper: upper, head: i == 0, tail: i == len(s.known)}
		for _, b := range borders {
			if b.exact && b.next <= first {
				r.lower = max(r.lower, b.present)
			}
			if b.next > end {
				r.upper = least(r.upper, b.absent)
				r.absentAt = least(r.absentAt, b.absent)
			}
		}
		if r.upper != 0 && r.lower > r.upper { // a neighbour was moved here: it says nothing
			r.upper = max(r.absentAt, r.lower)
		}
		if i > 0 {
			r.below = &s.known[i-1]
		}
		if i < len(s.known) {
			r.above = &s.known[i]
		}
		for _, in := range s.in {
			if within(in.f.Vanished, first, end) {
				r.vanished = true
			}
		}
		s.runs = append(s.runs, r)
		if end == math.MaxUint32 {
			return
		}
		first = end + 1
	}
}

// within reports whether all UIDs from first to last are in the set.
func within(set []Range, first, last uint32) bool {
	for _, r := range set {
		if r.First <= first && last <= r.Last {
			return true
		}
	}
	return false
}

// least is the smaller of two bounds, of which 0 is none.
func least(a, b int64) int64 {
	if a == 0 || b != 0 && b < a {
		return b
	}
	return a
}

// find gives the run of a UID, nil where a copy has it.
func (s *space) find(uid uint32) *run {
	i, _ := slices.BinarySearchFunc(s.runs, uid, func(r run, uid uint32) int { return cmp.Compare(r.last, uid) })
	if i < len(s.runs) && s.runs[i].first <= uid {
		return &s.runs[i]
	}
	return nil
}

// ref is the record that proves a run best: its upper neighbour's, else the lower one's, else what describes the folder.
func (s *space) ref(r *run) (best forensics.Ref, further []forensics.Ref) {
	var all []forensics.Ref
	for _, k := range []*known{r.above, r.below} {
		if k != nil && k.mail != nil && k.mail.Ref != (forensics.Ref{}) {
			all = append(all, k.mail.Ref)
		}
	}
	if d := s.newest().f.Ref; d != (forensics.Ref{}) {
		all = append(all, d)
	}
	if len(all) == 0 {
		return best, nil
	}
	return all[0], all[1:]
}
