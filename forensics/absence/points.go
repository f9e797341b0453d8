package absence

import (
	"cmp"

	"keytrail/forensics"
)

// The mails that can be what a missing UID stood for.

// point is a mail that is known to have come at a time and can be what a missing UID stood for.
type point struct {
	from, to int64
	slack    int64 // by how much its time may be off
	keys     [3]Key
	index    int  // in lost; -1 for a mail that was moved to where it is
	inbox    bool // it can have come by way of INBOX: there is a gap for it, or a copy that had it there
}

func (p *point) isIn(home map[Key]bool) bool {
	for _, k := range p.keys {
		if k != 0 && home[k] {
			return true
		}
	}
	return false
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
