package investigate

import (
	"context"
	"fmt"
	"hash/maphash"
	"slices"
	"strings"

	"keytrail/forensics"
	"keytrail/forensics/absence"
)

// In which folders of which copies a mail of the case stands.

// addMails puts every mail of the case into the folders that have it.
func (b *copyBuilder) addMails(ctx context.Context) error {
	view, err := b.c.Query(ctx, nil)
	if err != nil {
		return err
	}
	return b.eachEvent(ctx, view, func(k int) bool { return b.place[view.Item(k)] != nil }, func(e *forensics.Event) {
		if e.Certainty != forensics.Inferred {
			b.addMail(e)
		}
	})
}

// addMail adds a mail to every folder that has it.
func (b *copyBuilder) addMail(e *forensics.Event) {
	m := b.mailOf(e)
	account := ""
	if e.Kind != forensics.MailSent && e.Kind != forensics.Other { // notices came by mail too
		account = strings.ToLower(e.Account)
	}
	first := b.place[e.Ref.Item]
	first.store.accounts[account]++
	one := m
	one.UID = e.UID
	b.addTo(first, &one, e.Ref, e.Folder)
	for _, ref := range b.elsewhere(e) {
		if p := b.place[ref.Item]; p != nil {
			other := m
			b.addTo(p, &other, ref, "")
			p.store.shared[account]++
		}
	}
}

// mailOf makes of an event what all copies of the mail have in common.
func (b *copyBuilder) mailOf(e *forensics.Event) absence.Mail {
	m := absence.Mail{ID: b.messageKey(e.MessageID), Content: b.key("row", fmt.Sprint(e.Row)), Row: e.Row, Sent: e.Kind == forensics.MailSent,
		Notice: e.Kind.Group() != forensics.GroupMail && e.Kind != forensics.Other}
	if !e.Time.Unreliable {
		m.Arrived = e.Time.Nano
	}
	for _, t := range append([]forensics.Time{e.Time}, e.Others...) {
		if strings.HasPrefix(t.Desc, "Received") && !t.Unreliable && !t.IsZero() {
			m.Received = t.Nano
		}
	}
	if len(e.References) > 0 {
		m.Answers = b.messageKey(e.References[0])
	}
	m.Deleted = slices.Contains(e.Reasons, "flag:deleted")
	if e.From != "" {
		m.From = b.key("address", strings.ToLower(e.From))
	}
	if e.Account != "" && e.Kind != forensics.MailSent {
		m.For = b.key("address", strings.ToLower(e.Account))
	}
	return m
}

// elsewhere lists where a mail stands beside its first place: in records that say the same, and in items whose bytes are those
// of an item that has it.
func (b *copyBuilder) elsewhere(e *forensics.Event) []forensics.Ref {
	refs := b.inTwins(nil, e.Ref)
	for _, ref := range e.SeenIn {
		refs = append(refs, ref)
		if ref.Item != e.Ref.Item {
			refs = b.inTwins(refs, ref)
		}
	}
	return refs
}

// inTwins adds the same record of the items that have the same bytes.
func (b *copyBuilder) inTwins(refs []forensics.Ref, ref forensics.Ref) []forensics.Ref {
	it := b.items[ref.Item]
	if it == nil {
		return refs
	}
	for _, twin := range b.twins[it.Digest] {
		if twin.ID != it.ID {
			ref.Evidence, ref.Item = twin.Evidence, twin.ID
			refs = append(refs, ref)
		}
	}
	return refs
}

// addTo puts a mail into one place, with what that copy says of it.
func (b *copyBuilder) addTo(p *copyPlace, m *absence.Mail, ref forensics.Ref, labels string) {
	f := p.folder
	m.Ref = ref
	l := p.store.listings[f]
	switch {
	case p.maildir:
		m.UID, m.Deleted, m.Fresh = p.UID, p.Deleted, p.Fresh
		if !p.Internal.IsZero() {
			m.Arrived, m.Internal = p.Internal.UnixNano(), true
		}
	case l != nil && l.byOffset != nil:
		m.UID = l.byOffset[ref.Offset]
	case m.UID == 0:
		m.UID = b.aside.numberIn(p.store.evidence, p.item, ref)
	}
	if m.UID != 0 && !p.maildir { // a server's own file
		f.Synced = true
	}
	if labels != "" && labels != f.Name && !p.maildir { // Gmail's labels in a Takeout
		f.Synced = true // an export of the server's own
		if !isInbox(labels) {
			p.store.other[f]++
		}
		for label := range strings.SplitSeq(labels, ",") {
			switch label = strings.TrimSpace(label); roleOf(label, nil) {
			case absence.RoleTrash:
				f = p.store.folder(p.folder.Name+"\x00trash", label, nil)
			case absence.RoleJunk:
				f = p.store.folder(p.folder.Name+"\x00junk", label, nil)
			}
		}
	}
	if l != nil {
		if n, ok := l.numbered[m.UID]; ok && m.UID != 0 {
			b.fill(m, &n)
		}
	}
	f.Mails = append(f.Mails, *m)
}

func (b *copyBuilder) key(domain, text string) absence.Key {
	return absence.Key(max(maphash.String(b.seed, domain+"\x00"+text), 1))
}

// messageKey makes a key of a Message-ID; the case of the domain does not count.
func (b *copyBuilder) messageKey(id string) absence.Key {
	id = strings.Trim(strings.TrimSpace(id), "<>")
	if id == "" {
		return 0
	}
	if at := strings.LastIndexByte(id, '@'); at >= 0 {
		id = id[:at] + strings.ToLower(id[at:])
	}
	return b.key("id", id)
}
