package absence

import (
	"cmp"
	"slices"
	"strings"

	"keytrail/forensics"
)

// witness gives the first copy after a moment that would show a mail which was in the mailbox then, and the folder
// that says so; nil where no copy can.
func (w *work) witness(n *Named) (*Copy, *Folder) {
	delivered := n.Kind == forensics.MailReceived
	for _, c := range w.copies {
		if c.AddOnly {
			continue
		}
		if c.Described {
			f := c.first(func(f *Folder) bool { return f.Role == RoleInbox })
			if f == nil || !c.Whole || f.AbsentAt < n.Time {
				continue
			}
			if (c.Since != 0 || c.Before != 0) && (!delivered || n.Time < c.Since+hour || c.Before != 0 && n.Time > c.Before-hour) {
				continue
			}
			return c, f
		}
		f := c.first(func(f *Folder) bool { return strings.EqualFold(f.Name, strings.Trim(n.Folder, `\/`)) })
		if f == nil {
			f = c.first(func(f *Folder) bool { return f.Role == RoleInbox })
		}
		if f == nil || len(f.Mails) < 10 {
			continue
		}
		first, last := int64(0), int64(0)
		for i := range f.Mails {
			if at := f.Mails[i].Arrived; at != 0 {
				first, last = least(first, at), max(last, at)
			}
		}
		if n.Time >= first && n.Time <= last {
			return c, f
		}
	}
	return nil, nil
}

func (c *Copy) first(want func(*Folder) bool) *Folder {
	for _, f := range c.Folders {
		if want(f) {
			return f
		}
	}
	return nil
}

// elsewhere looks for mails that records outside of the mailbox name and that it does not have.
func (w *work) elsewhere() {
	for i := range w.named {
		n := &w.named[i]
		if n.ID == 0 {
			continue
		}
		c, f := w.witness(n)
		deleted := n.Kind == forensics.MailDeleted || n.Kind == forensics.MailPurged
		known, isLost := w.byKey[n.ID]
		if !isLost && (c == nil || c.keys[n.ID] != nil || w.later(c, n.ID)) {
			continue
		}
		if deleted {
			if !isLost {
				w.addTo(n.Row, ReasonAbsent, f.Ref)
			}
			continue // given joins it with what is lost
		}
		if isLost && w.lost[known].Kind == forensics.MailDeleted {
			w.lost[known].refs(n.Ref)
			continue
		}
		l := lost{nth: n.Nth, Lost: Lost{Kind: forensics.MailMissing, ID: n.ID, Source: n.Row, Nth: n.Nth, Ref: n.Ref, Reasons: []string{ReasonAbsent}, NotBefore: n.Time}}
		switch {
		case n.Kind == forensics.MailReceived:
			l.ArrivedNotBefore, l.ArrivedNotAfter = n.Time, n.Time
		default:
			l.Folder, l.ArrivedNotAfter = n.Folder, n.Time
		}
		if f != nil {
			l.NotAfter = f.AbsentAt
			l.refs(f.Ref)
		}
		if isLost && n.Time > w.lost[known].NotAfter && w.lost[known].NotAfter != 0 {
			continue // named again after it was gone: another of the same name
		}
		w.add(l)
	}
}

// later reports whether a newer copy has the mail.
func (w *work) later(c *Copy, id Key) bool {
	for _, o := range w.copies[slices.Index(w.copies, c)+1:] {
		if o.keys[id] != nil {
			return true
		}
	}
	return false
}

// given joins what was found lost with the records that tell of the deletion themselves.
func (w *work) given() {
	byUID := map[uint32][]int{} // records of deletions that give a number
	for i, n := range w.named {
		if n.UID != 0 && (n.Kind == forensics.MailDeleted || n.Kind == forensics.MailPurged) {
			byUID[n.UID] = append(byUID[n.UID], i)
		}
	}
	for i := range w.lost {
		l := &w.lost[i]
		var at []int
		if l.ID != 0 {
			at = w.deletions[l.ID]
		}
		if len(at) == 0 && l.Kind == forensics.MailMissing && l.Row != 0 && len(l.UIDs) == 1 {
			for _, k := range byUID[l.UIDs[0]] {
				if n := &w.named[k]; (n.ID == 0 || l.ID == 0) && strings.EqualFold(n.Folder, l.Folder) && n.Time >= l.ArrivedNotBefore && n.Time <= l.NotAfter {
					at = append(at, k)
				}
			}
		}
		if len(at) == 0 {
			continue
		}
		l.given = w.named[at[len(at)-1]].Row
		for _, k := range at {
			for _, r := range l.Reasons {
				a := w.addTo(w.named[k].Row, r, l.Ref)
				a.ArrivedNotBefore, a.ArrivedNotAfter = max(a.ArrivedNotBefore, l.ArrivedNotBefore), cmp.Or(least(a.ArrivedNotAfter, l.ArrivedNotAfter), a.ArrivedNotAfter)
				a.ArrivedNotBefore, a.ArrivedNotAfter = ordered(a.ArrivedNotBefore, a.ArrivedNotAfter)
				for _, ref := range l.Refs {
					w.addTo(w.named[k].Row, r, ref)
				}
			}
		}
	}
}

// threads dates the first mails of Gmail threads that are not there: a thread's id is that of its first mail in this
// mailbox, and the ids begin with the millisecond at which it came (the number without its last 20 bits).
func (w *work) threads() {
	for i := len(w.copies) - 1; i >= 0; i-- {
		c := w.copies[i]
		if !c.Whole || !c.Described || c.Since != 0 || c.Before != 0 {
			continue
		}
		ids := map[uint64]bool{}
		for _, f := range c.Folders {
			for k := range f.Mails {
				ids[f.Mails[k].Gmail] = true
			}
		}
		if len(ids) < 2 {
			continue
		}
		told := map[uint64]bool{}
		var found []lost
		for _, f := range c.Folders {
			for k := range f.Mails {
				m := &f.Mails[k]
				if m.Thread == 0 || ids[m.Thread] || told[m.Thread] {
					continue
				}
				at := int64(m.Thread>>20) * 1e6
				if at <= 0 || at > f.AbsentAt {
					continue
				}
				told[m.Thread] = true
				l := lost{nth: -1, Lost: Lost{Kind: forensics.MailMissing, ID: m.Answers, Source: m.Row, Ref: m.Ref, Reasons: []string{ReasonReference}, NotBefore: at, NotAfter: f.AbsentAt,
					ArrivedNotBefore: at, ArrivedNotAfter: at, Detail: "the first mail of a Gmail thread"}}
				if l.ID != 0 && c.keys[l.ID] != nil { // it answers another mail of the thread, which is here
					l.ID = 0
				}
				l.refs(f.Ref)
				found = append(found, l)
			}
		}
		w.addSome(found)
		return
	}
}

// maxQuiet is how many losses of one sort are told although nothing else points to them.
const maxQuiet = 50

// addSome keeps the losses that are few, or near a signal.
func (w *work) addSome(found []lost) {
	for _, l := range found {
		if len(found) <= maxQuiet || w.near(l.ArrivedNotBefore, l.ArrivedNotAfter) || w.near(l.ArrivedNotAfter-hour, l.ArrivedNotAfter) {
			w.add(l)
		}
	}
}

// replies looks for mails that the owner answered and that are not there: he had them when he wrote.
// Where most of what he answered is gone, that is his habit and says nothing.
func (w *work) replies() {
	for i := len(w.copies) - 1; i >= 0; i-- {
		c := w.copies[i]
		if c.AddOnly || c.Described && !c.Whole {
			continue
		}
		inbox := c.first(func(f *Folder) bool { return f.Role == RoleInbox })
		if inbox == nil {
			continue
		}
		here := 0
		var found []lost
		for _, f := range c.Folders {
			for k := range f.Mails {
				m := &f.Mails[k]
				if !m.Sent || m.Answers == 0 || m.Arrived == 0 || f.Role == RoleDrafts {
					continue
				}
				if w.anywhere(m.Answers) {
					here++
					continue
				}
				if !c.Described && (m.Arrived < earliest(inbox) || len(inbox.Mails) < 10) {
					continue
				}
				l := lost{nth: -2, Lost: Lost{Kind: forensics.MailMissing, ID: m.Answers, Source: m.Row, Ref: m.Ref, Reasons: []string{ReasonReference}, NotBefore: m.Arrived, NotAfter: f.AbsentAt,
					ArrivedNotAfter: m.Arrived, Detail: "the owner answered it"}}
				l.refs(f.Ref)
				found = append(found, l)
			}
		}
		if len(found) <= here {
			w.addSome(found)
		}
		return
	}
}

func earliest(f *Folder) int64 {
	first := int64(0)
	for i := range f.Mails {
		first = least(first, f.Mails[i].Arrived)
	}
	return first
}

// anywhere reports whether any copy has the mail.
func (w *work) anywhere(id Key) bool {
	for _, c := range w.copies {
		if c.keys[id] != nil {
			return true
		}
	}
	return false
}

// siblings looks for notices that a password was changed without the reset mail that goes before.
func (w *work) siblings() {
	for _, s := range w.signals {
		if s.Kind != forensics.PasswordChanged || !s.Notice || s.Service == "" || w.asked(s) {
			continue
		}
		// A gap that was found right before is the reset mail's place.
		best := -1
		for i := range w.lost {
			l := &w.lost[i]
			if l.run != nil && l.ArrivedNotBefore >= s.Time-day && l.ArrivedNotAfter != 0 && l.ArrivedNotAfter <= s.Time+minute &&
				(best < 0 || l.ArrivedNotAfter > w.lost[best].ArrivedNotAfter) {
				best = i
			}
		}
		if best >= 0 {
			w.lost[best].reason(ReasonSibling)
			w.lost[best].refs(s.Ref)
			w.lost[best].Service = cmp.Or(w.lost[best].Service, s.Service)
			continue
		}
		end := int64(0)
		for _, c := range w.copies {
			if !c.AddOnly && c.until() >= s.Time {
				end = c.until()
				break
			}
		}
		if end != 0 {
			w.add(lost{nth: -3, Lost: Lost{Kind: forensics.MailMissing, Source: s.Row, Ref: s.Ref, Service: s.Service, Reasons: []string{ReasonSibling}, NotBefore: s.Time - day, NotAfter: end,
				ArrivedNotBefore: s.Time - day, ArrivedNotAfter: s.Time, Detail: "the reset mail before a password change"}})
		}
	}
}

// asked reports whether the service's reset mail came in the day before the change, or was found lost by name.
func (w *work) asked(change Signal) bool {
	for _, s := range w.signals {
		if s.Time > change.Time+5*minute {
			break
		}
		if s.Time >= change.Time-day && s.Kind == forensics.ResetRequested && s.Service == change.Service {
			return true
		}
	}
	return false
}
