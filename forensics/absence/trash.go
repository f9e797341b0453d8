package absence

import (
	"cmp"
	"slices"

	"keytrail/forensics"
)

// The mails that lie in the Trash or are marked as deleted.

// maxTrash is up to how many mails in the Trash all are told; of more, the notices and those near a signal.
const maxTrash = 500

// trash makes a deletion of every mail that lies in the Trash or is marked as deleted, as the newest copy shows it.
func (w *work) trash() {
	var found []lost
	for i := len(w.copies) - 1; i >= 0; i-- {
		for _, f := range w.copies[i].Folders {
			if f.Role != RoleDrafts && !w.newer(i, f) {
				found = append(found, thrownAway(f)...)
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

// thrownAway gives the mails of a folder that lie in the Trash, if it is that, or are marked.
func thrownAway(f *Folder) (found []lost) {
	var marked *marks
	for i := range f.Mails {
		m := &f.Mails[i]
		if f.Role != RoleTrash && !m.Deleted || m.Row == 0 && m.Ref == (forensics.Ref{}) {
			continue
		}
		l := lost{mail: m, notice: m.Notice, Lost: Lost{Kind: forensics.MailDeleted, Folder: f.Name, Row: m.Row, ID: m.ID, Ref: m.Ref, NotAfter: f.AbsentAt,
			ArrivedNotBefore: m.Arrived, ArrivedNotAfter: m.Arrived, NotBefore: m.Arrived}}
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
		found = append(found, l)
	}
	return found
}

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
