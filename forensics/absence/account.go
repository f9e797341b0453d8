package absence

import (
	"cmp"
	"slices"
	"strings"

	"keytrail/forensics"
)

const (
	second = int64(1e9)
	minute = 60 * second
	hour   = 60 * minute
	day    = 24 * hour
)

// work is one account being looked at.
type work struct {
	account string
	copies  []*Copy // by the time at which they were taken
	named   []Named
	signals []Signal // by time
	spaces  []*space
	pairs   []*pair // folders that are one by what is in them
	boxes   []*box  // the folders that were looked at for it

	lost      []lost
	byKey     map[Key]int   // index in lost
	deletions map[Key][]int // in named: what records say was deleted
	additions map[int64]*Addition
	inTrash   map[*Mail]bool // those that are among the lost
}

// lost is a Lost with what is needed while it is put together.
type lost struct {
	Lost
	given  int64  // the row of the record that tells of it already
	space  *space // where it was, and
	run    *run   // the run of UIDs it stands for
	notice bool
	mail   *Mail // the one in the Trash
	nth    int   // tells losses apart that follow from one record
}

// Infer looks at everything and gives the deletions that follow, in an order that depends on the input only.
func Infer(in *Input) *Result {
	byAccount := map[string]*work{}
	of := func(account string) *work {
		w := byAccount[account]
		if w == nil {
			w = &work{account: account, byKey: map[Key]int{}, deletions: map[Key][]int{}, additions: map[int64]*Addition{}, inTrash: map[*Mail]bool{}}
			byAccount[account] = w
		}
		return w
	}
	for _, c := range in.Copies {
		w := of(c.Account)
		w.copies = append(w.copies, c)
	}
	for _, n := range in.Named {
		if w := byAccount[n.Account]; w != nil {
			w.named = append(w.named, n)
		}
	}
	for _, s := range in.Signals {
		for _, w := range byAccount { // one without an account, such as a transfer, counts for all
			if s.Account == "" || s.Account == w.account {
				w.signals = append(w.signals, s)
			}
		}
	}
	accounts := make([]string, 0, len(byAccount))
	for a := range byAccount {
		accounts = append(accounts, a)
	}
	slices.Sort(accounts)
	var r Result
	for _, a := range accounts {
		byAccount[a].infer(&r)
	}
	return &r
}

// infer adds what one account gives.
func (w *work) infer(r *Result) {
	slices.SortStableFunc(w.copies, func(a, b *Copy) int { return cmp.Compare(a.at(), b.at()) })
	slices.SortStableFunc(w.signals, func(a, b Signal) int { return cmp.Or(cmp.Compare(a.Time, b.Time), cmp.Compare(a.Row, b.Row)) })
	slices.SortStableFunc(w.named, func(a, b Named) int { return cmp.Or(cmp.Compare(a.Time, b.Time), cmp.Compare(a.Row, b.Row)) })
	for _, c := range w.copies {
		c.index()
	}
	for i, n := range w.named {
		if n.ID != 0 && (n.Kind == forensics.MailDeleted || n.Kind == forensics.MailPurged) {
			w.deletions[n.ID] = append(w.deletions[n.ID], i)
		}
	}
	w.spaces = spaces(w.copies)
	w.trash()
	w.compare()
	w.compareFiles()
	w.threads()
	w.replies()
	w.elsewhere()
	w.given()
	w.match()
	w.gapEvents()
	w.siblings()
	w.finish(r)
}

// at is when a copy was taken, for their order: of one that nothing describes, its newest mail tells it best.
func (c *Copy) at() int64 {
	at := int64(0)
	for _, f := range c.Folders {
		at = max(at, cmp.Or(f.PresentAt, f.AbsentAt))
	}
	return at
}

// until is by when a copy was taken.
func (c *Copy) until() int64 {
	at := int64(0)
	for _, f := range c.Folders {
		at = max(at, f.PresentAt, f.AbsentAt)
	}
	return at
}

// index finds the mails of a copy by what identifies them.
func (c *Copy) index() {
	c.keys, c.trash = map[Key]*Mail{}, map[Key]bool{}
	for _, f := range c.Folders {
		slices.SortStableFunc(f.Mails, func(a, b Mail) int { return cmp.Or(cmp.Compare(a.UID, b.UID), cmp.Compare(a.Arrived, b.Arrived)) })
		if len(f.UIDs) == 0 && len(f.Mails) > 0 && f.Mails[0].UID != 0 {
			for i := range f.Mails {
				if n := len(f.UIDs); n > 0 && f.UIDs[n-1].Last+1 >= f.Mails[i].UID {
					f.UIDs[n-1].Last = f.Mails[i].UID
				} else {
					f.UIDs = append(f.UIDs, Range{f.Mails[i].UID, f.Mails[i].UID})
				}
			}
		}
		for i := range f.Mails {
			for _, k := range f.Mails[i].keys() {
				if k == 0 {
					continue
				}
				c.keys[k] = &f.Mails[i]
				if f.Role == RoleTrash {
					c.trash[k] = true
				}
			}
		}
	}
}

// find gives a mail of the copy that is the same one, nil where there is none.
func (c *Copy) find(m *Mail) *Mail {
	for _, k := range m.keys() {
		if k != 0 && c.keys[k] != nil {
			return c.keys[k]
		}
	}
	return nil
}

// folder gives the copy's folder of that name.
func (c *Copy) folder(f *Folder) *Folder {
	for _, g := range c.Folders {
		if strings.EqualFold(g.Name, f.Name) || f.Role == RoleInbox && g.Role == RoleInbox {
			return g
		}
	}
	return nil
}

// near reports whether something that happened between from and to is close to a signal: an hour before it to
// three hours behind. What can have been in a whole week is close to nothing.
func (w *work) near(from, to int64) bool {
	if from == 0 || to == 0 || to-from > 7*day {
		return false
	}
	i, _ := slices.BinarySearchFunc(w.signals, from-3*hour, func(s Signal, t int64) int { return cmp.Compare(s.Time, t) })
	return i < len(w.signals) && w.signals[i].Time <= to+hour
}

// add keeps a lost mail; one that is known by its Message-ID already gets the further reason.
func (w *work) add(l lost) {
	if l.ID != 0 {
		if i, ok := w.byKey[l.ID]; ok {
			w.lost[i].merge(&l)
			return
		}
		w.byKey[l.ID] = len(w.lost)
	}
	l.Account = w.account
	if l.Count == 0 {
		l.Count = 1
	}
	w.lost = append(w.lost, l)
}

// merge takes over what another way of knowing the same deletion adds.
func (l *lost) merge(m *lost) {
	for _, r := range m.Reasons {
		l.reason(r)
	}
	if m.Ref != (forensics.Ref{}) {
		l.refs(m.Ref)
	}
	l.refs(m.Refs...)
	l.NotBefore = max(l.NotBefore, m.NotBefore)
	l.NotAfter = least(l.NotAfter, m.NotAfter)
	l.ArrivedNotBefore = max(l.ArrivedNotBefore, m.ArrivedNotBefore)
	l.ArrivedNotAfter = least(l.ArrivedNotAfter, m.ArrivedNotAfter)
	l.ArrivedNotBefore, l.ArrivedNotAfter = ordered(l.ArrivedNotBefore, l.ArrivedNotAfter)
	l.Moment = cmp.Or(l.Moment, m.Moment)
	l.Row, l.Folder, l.Service = cmp.Or(l.Row, m.Row), cmp.Or(l.Folder, m.Folder), cmp.Or(l.Service, m.Service)
	l.notice = l.notice || m.notice
	if l.Source == 0 {
		l.Source, l.Nth = m.Source, m.Nth
	}
	if l.space == nil {
		l.space = m.space
	}
	if len(l.UIDs) == 0 {
		l.UIDs = m.UIDs
	}
}

// ordered puts two bounds in order that disagree: one clock wrote a log, another one the mail's header.
func ordered(from, to int64) (int64, int64) {
	if to != 0 && from > to {
		return to, from
	}
	return from, to
}

func (l *lost) reason(r string) {
	if !slices.Contains(l.Reasons, r) {
		l.Reasons = append(l.Reasons, r)
	}
}

// maxRefs bounds the further refs of one deletion.
const maxRefs = 16

func (l *lost) refs(refs ...forensics.Ref) {
	for _, r := range refs {
		if r != (forensics.Ref{}) && r != l.Ref && !slices.Contains(l.Refs, r) && len(l.Refs) < maxRefs {
			l.Refs = append(l.Refs, r)
		}
	}
}

// addTo notes a reason for a deletion that a record tells of itself.
func (w *work) addTo(row int64, reason string, refs ...forensics.Ref) *Addition {
	a := w.additions[row]
	if a == nil {
		a = &Addition{Row: row}
		w.additions[row] = a
	}
	if !slices.Contains(a.Reasons, reason) {
		a.Reasons = append(a.Reasons, reason)
	}
	for _, r := range refs {
		if r != (forensics.Ref{}) && !slices.Contains(a.Refs, r) && len(a.Refs) < maxRefs {
			a.Refs = append(a.Refs, r)
		}
	}
	return a
}
