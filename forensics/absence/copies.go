package absence

import (
	"cmp"
	"slices"

	"keytrail/forensics"
)

// trash makes a deletion of every mail that lies in the Trash or is marked as deleted, as the newest copy shows it.
func (w *work) trash() {
	if len(w.copies) == 0 {
		return
	}
	var found []lost
	for i := len(w.copies) - 1; i >= 0; i-- {
		c := w.copies[i]
		for _, f := range c.Folders {
			if w.newer(i, f) {
				continue
			}
			var marked *marks
			for k := range f.Mails {
				m := &f.Mails[k]
				if f.Role != RoleTrash && !m.Deleted || m.Row == 0 && m.Ref == (forensics.Ref{}) || f.Role == RoleDrafts {
					continue
				}
				l := lost{Lost: Lost{Kind: forensics.MailDeleted, Folder: f.Name, Row: m.Row, ID: m.ID, Ref: m.Ref, NotAfter: f.AbsentAt,
					ArrivedNotBefore: m.Arrived, ArrivedNotAfter: m.Arrived, NotBefore: m.Arrived}, notice: m.Notice}
				if m.UID != 0 {
					l.UIDs = []uint32{m.UID}
				}
				if f.Role == RoleTrash {
					l.Reasons = []string{ReasonTrash}
					if m.Saved >= m.Arrived {
						l.Moment, l.NotAfter = m.Saved, least(l.NotAfter, m.Saved)
					}
				} else {
					l.Reasons = []string{ReasonMarked}
					if marked == nil {
						marked = marksOf(f)
					}
					l.NotBefore = marked.notBefore(m)
				}
				l.refs(f.Ref)
				l.mail = m
				found = append(found, l)
			}
		}
	}
	for _, l := range found {
		if len(found) <= maxTrash || l.notice || w.near(l.NotBefore, least(l.Moment, l.NotAfter)) || w.near(l.ArrivedNotBefore, l.ArrivedNotAfter) {
			w.add(l)
			w.inTrash[l.mail] = true
		}
	}
}

// maxTrash is up to how many mails in the Trash all are told; of more, the notices and those near a signal.
const maxTrash = 500

// newer reports whether a newer copy has the folder too.
func (w *work) newer(i int, f *Folder) bool {
	for _, c := range w.copies[i+1:] {
		if c.folder(f) != nil {
			return true
		}
	}
	return false
}

// marks bounds when mails were marked, by the order in which the server counts changes (RFC 7162): one was changed
// behind every mail with a smaller count, so after that one came.
type marks struct {
	counts []uint64 // ascending
	came   []int64  // the latest arrival of the mails up to there
}

func marksOf(f *Folder) *marks {
	order := make([]*Mail, 0, len(f.Mails))
	for i := range f.Mails {
		if f.Mails[i].ModSeq != 0 {
			order = append(order, &f.Mails[i])
		}
	}
	slices.SortFunc(order, func(a, b *Mail) int { return cmp.Compare(a.ModSeq, b.ModSeq) })
	x := &marks{}
	top := int64(0)
	for _, m := range order {
		top = max(top, min(m.Arrived, f.AbsentAt))
		x.counts, x.came = append(x.counts, m.ModSeq), append(x.came, top)
	}
	return x
}

// notBefore is the earliest that a mail can have been marked.
func (x *marks) notBefore(m *Mail) int64 {
	if i, _ := slices.BinarySearch(x.counts, m.ModSeq); i > 0 && m.ModSeq != 0 {
		return max(m.Arrived, x.came[i-1])
	}
	return m.Arrived
}

// compare looks for what an older copy has and a newer one of the same folder does not.
func (w *work) compare() {
	if w.account == "" { // two mailboxes of nobody known need not be one
		return
	}
	for j, older := range w.copies {
		for _, f := range older.Folders {
			if !f.Role.counts() || f.Role == RoleAll && len(older.Folders) > 1 {
				continue
			}
			checks := make([]*check, len(w.copies))
			for k := range f.Mails {
				m := &f.Mails[k]
				if m.ID == 0 && m.Object == 0 && m.Content == 0 && m.UID == 0 {
					continue
				}
				w.follow(j, f, m, checks)
			}
		}
	}
}

// follow looks for a mail of copy j in the newer copies.
func (w *work) follow(j int, f *Folder, m *Mail, checks []*check) {
	for i := j + 1; i < len(w.copies); i++ {
		c := w.copies[i]
		if checks[i] == nil {
			checks[i] = newCheck(f, c)
		}
		if c.find(m) != nil {
			return // there, or moved; a newer copy of it is looked at when its turn comes
		}
		g := checks[i].g
		if !checks[i].covers(m) {
			continue
		}
		for _, later := range w.copies[i+1:] {
			if later.find(m) != nil {
				return // it was only left out
			}
		}
		l := lost{Lost: Lost{Kind: forensics.MailMissing, Folder: f.Name, Row: m.Row, ID: m.ID, Ref: m.Ref, Reasons: []string{ReasonCompared},
			NotBefore: max(f.PresentAt, m.Arrived), NotAfter: g.AbsentAt, ArrivedNotBefore: m.Arrived, ArrivedNotAfter: m.Arrived}, notice: m.Notice}
		if !f.stood(w.copies[j], m) {
			l.NotBefore = m.Arrived
		}
		if l.NotBefore > l.NotAfter && l.NotAfter != 0 {
			l.NotBefore = min(m.Arrived, l.NotAfter)
		}
		if m.UID != 0 {
			l.UIDs = []uint32{m.UID}
			if g.UIDValidity == f.UIDValidity && withinAny(g.Vanished, m.UID) {
				l.reason(ReasonVanished)
			}
		}
		if !c.Whole {
			l.Detail = "the newer copy does not hold all folders"
		}
		l.refs(g.Ref)
		w.add(l)
		return
	}
}

func withinAny(set []Range, uid uint32) bool { return within(set, uid, uid) }

// check says what a newer copy can tell about the mails of a folder.
type check struct {
	c           *Copy
	g           *Folder // the same folder there, nil where it is not
	numbered    bool    // both count UIDs under one UIDVALIDITY
	first, last int64   // what its mails span, where nothing describes it
	alike       bool    // enough of the older copy is in it to call it a copy of the same folder
	gaps        *gapCheck
}

func newCheck(f *Folder, c *Copy) *check {
	k := &check{c: c, g: c.folder(f)}
	if k.g == nil || c.AddOnly {
		k.g = nil
		return k
	}
	k.numbered = k.g.Listed && f.UIDValidity != 0 && f.UIDValidity == k.g.UIDValidity
	for i := range k.g.Mails {
		if at := k.g.Mails[i].Arrived; at != 0 {
			k.first, k.last = least(k.first, at), max(k.last, at)
		}
	}
	if c.Described {
		return k
	}
	k.gaps = newGapCheck(f, k.g, func(*Mail) bool { return true }, func(m *Mail) bool { return c.find(m) != nil }, k.first, k.last)
	inside, shared := len(k.gaps.mails), k.gaps.here[len(k.gaps.mails)]
	k.alike = shared >= 3 && 2*shared >= inside
	return k
}

// covers reports whether the absence of a mail from the newer copy says anything.
func (k *check) covers(m *Mail) bool {
	switch {
	case k.g == nil:
		return false
	case k.numbered && m.UID != 0:
		return !k.g.has(m.UID)
	case k.c.Described:
		return k.g.Listed && k.g.Complete && (k.c.Since == 0 || m.Arrived >= k.c.Since) && (k.c.Before == 0 || m.Arrived < k.c.Before) && m.Arrived <= k.g.AbsentAt
	}
	i, ok := k.gaps.gone[m]
	if ok {
		_, ok = k.gaps.says(i)
	}
	return ok && k.alike
}
