package absence

import "keytrail/forensics"

// What a newer copy lacks of a folder that an older one has under the same name.

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
		l := missingFrom(w.copies[j], f, m, g)
		if m.UID != 0 {
			l.UIDs = []uint32{m.UID}
			if g.UIDValidity == f.UIDValidity && withinAny(g.Vanished, m.UID) {
				l.reason(ReasonVanished)
			}
		}
		if !c.Whole {
			l.Detail = "the newer copy does not hold all folders"
		}
		w.add(l)
		return
	}
}

// missingFrom makes a loss of a mail that a folder of an older copy has and that folder of a newer copy has not.
func missingFrom(older *Copy, f *Folder, m *Mail, newer *Folder) lost {
	l := lost{notice: m.Notice, Lost: Lost{Kind: forensics.MailMissing, Folder: f.Name, Row: m.Row, ID: m.ID, Ref: m.Ref, Reasons: []string{ReasonCompared},
		NotBefore: m.Arrived, NotAfter: newer.AbsentAt, ArrivedNotBefore: m.Arrived, ArrivedNotAfter: m.Arrived}}
	if f.stood(older, m) {
		l.NotBefore = max(l.NotBefore, f.PresentAt)
	}
	if l.NotBefore > l.NotAfter && l.NotAfter != 0 {
		l.NotBefore = min(m.Arrived, l.NotAfter)
	}
	l.refs(newer.Ref)
	return l
}

// stood reports whether a mail in a copy was in the server's folder when the copy was taken. A program that fetches mails and does
// not follow the server keeps what is deleted there: then the copy tells of its mails only that they came.
func (f *Folder) stood(c *Copy, m *Mail) bool {
	return !c.AddOnly && (c.Described || f.Synced && !m.Deleted)
}

func withinAny(set []Range, uid uint32) bool { return within(set, uid, uid) }

// check says what a newer copy can tell about the mails of a folder.
type check struct {
	c           *Copy
	g           *Folder // the same folder there, nil where it is not
	numbered    bool    // both count UIDs under one UIDVALIDITY
	first, last int64   // what its mails span, where nothing describes it
	alike       bool    // enough of the older copy is in it to call it a copy of the same folder
	compared    *comparison
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
	k.compared = newComparison(f, k.g, func(*Mail) bool { return true }, func(m *Mail) bool { return c.find(m) != nil }, k.first, k.last)
	inside, shared := len(k.compared.mails), k.compared.here[len(k.compared.mails)]
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
	i, ok := k.compared.gone[m]
	if ok {
		_, ok = k.compared.says(i)
	}
	return ok && k.alike
}
