package investigate

import (
	"path"
	"strings"

	"keytrail/forensics"
	"keytrail/forensics/absence"
	"keytrail/forensics/format/mailbox"
)

// To which copy and folder a file with mail belongs.

// placeItem finds the copy and the folder of a file with mail.
func (b *copyBuilder) placeItem(ev *forensics.Evidence, it *forensics.Item) {
	name := it.Name
	if name == "" {
		name = ev.Name
	}
	p := &copyPlace{item: it}
	if it.Format == "mailbox/maildir" {
		var ok bool
		if p.Place, ok = mailbox.MaildirPlace(name); !ok {
			return
		}
		p.maildir = true
	} else {
		p.Place = mailbox.MailboxPlace(name)
	}
	key := p.Dir
	if !p.maildir {
		key = strings.TrimSuffix(path.Join(p.Dir, p.Base), ".mbox")
	}
	p.store, p.folder = b.described(ev, key)
	if p.store == nil {
		p.store = b.storeAt(ev, rootOf(key, p.maildir))
		p.folder = p.store.folder(key, p.Folder, nil)
		markFile(p.folder, name, p.maildir)
		if !p.maildir && !it.Modified.IsZero() { // the whole file is rewritten where a mail is taken out of it
			p.folder.AbsentAt = nanos(it.Modified)
		}
	}
	if l := p.store.listings[p.folder]; p.maildir && l != nil && l.uidOf != nil {
		p.UID = l.uidOf(p.Base, p.UID)
	}
	if p.Account != "" && p.store.named == "" {
		p.store.named = p.Account
	}
	if p.store.anchor == (forensics.Ref{}) {
		p.store.anchor = forensics.Ref{Evidence: ev.ID, Item: it.ID}
	}
	b.place[it.ID] = p
}

// described finds the folder that a file beside has described already.
func (b *copyBuilder) described(ev *forensics.Evidence, dir string) (*store, *absence.Folder) {
	for _, s := range b.boxes[ev.ID] {
		if f := s.folders[dir]; f != nil {
			return s, f
		}
	}
	return nil, nil
}

// rootOf guesses where a copy begins that nothing describes: mailbox files of several accounts lie in
// folders of their own (Thunderbird's ImapMail/SERVER, imap-backup's USER@HOST), the folders of a Maildir below one.
func rootOf(dir string, maildir bool) string {
	parts := strings.Split(dir, "/")
	for i, p := range parts {
		if strings.Contains(p, "@") {
			return strings.Join(parts[:i+1], "/")
		}
		if (p == "ImapMail" || p == "Mail") && i+1 < len(parts)-1 {
			return strings.Join(parts[:i+2], "/")
		}
		if maildir && strings.EqualFold(p, "maildir") {
			return strings.Join(parts[:i+1], "/")
		}
	}
	return ""
}
