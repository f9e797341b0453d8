package investigate

import (
	"fmt"

	"keytrail/forensics"
	"keytrail/forensics/absence"
)

// What the files beside the messages say of a copy.

// describe takes in what a file beside the messages says of a folder.
func (b *copyBuilder) describe(ev *forensics.Evidence, l *listing) {
	s := b.storeAt(ev, l.root)
	s.named = l.Account
	if s.anchor == (forensics.Ref{}) {
		s.anchor = l.ref
	}
	c := s.copy
	if l.copied != nil {
		c.Described, c.Whole = true, l.copied.Whole && len(l.copied.Folders) == 0
		c.Since, c.Before = nanos(l.copied.Since), nanos(l.copied.Before)
	}
	c.AddOnly = c.AddOnly || l.addOnly
	if l.dir == noDir {
		return
	}
	f := s.folder(l.dir, l.Folder, l.Attributes)
	f.UIDValidity, f.UIDNext = l.UIDValidity, l.UIDNext
	f.Listed, f.Complete = l.Listed, l.Complete
	f.Synced = l.Listed && !l.addOnly // the server's own, or a copy of its list
	f.PresentAt, f.AbsentAt = nanos(l.Until), nanos(l.At)
	if f.PresentAt == 0 && l.copied != nil {
		f.PresentAt = f.AbsentAt
	}
	for _, r := range l.UIDs {
		f.UIDs = append(f.UIDs, absence.Range(r))
	}
	for _, r := range l.Vanished {
		f.Vanished = append(f.Vanished, absence.Range(r))
	}
	f.VanishedSince = nanos(l.VanishedSince)
	f.Ref = l.ref
	s.listings[f] = l
}

// fill takes over what a file beside says of one message.
func (b *copyBuilder) fill(m *absence.Mail, n *numbered) {
	if n.arrived != 0 {
		m.Arrived, m.Internal = n.arrived, true
	}
	m.Saved, m.ModSeq, m.Gmail, m.Thread = n.saved, n.modSeq, n.gmail, n.thread
	m.Deleted, m.Fresh = m.Deleted || n.deleted, n.fresh
	switch {
	case n.gmail != 0:
		m.Object = b.key("gmail", fmt.Sprint(n.gmail))
	case n.object != "":
		m.Object = b.key("object", n.object)
	}
}

// listedOnly adds the mails that the server listed and that were not copied.
func (b *copyBuilder) listedOnly(f *absence.Folder, l *listing) {
	have := make(map[uint32]bool, len(f.Mails))
	for i := range f.Mails {
		have[f.Mails[i].UID] = true
	}
	for uid, n := range l.numbered {
		if !have[uid] && n.notCopied {
			m := absence.Mail{UID: uid}
			b.fill(&m, &n)
			f.Mails = append(f.Mails, m)
		}
	}
}
