package investigate

import (
	"context"
	"fmt"
	"hash/maphash"
	"path"
	"slices"
	"strings"

	"keytrail/forensics"
	"keytrail/forensics/absence"
	"keytrail/forensics/casefile"
	"keytrail/forensics/format/mailbox"
)

// copyBuilder makes of a case what package absence looks at: the copies of mailboxes in it, folder by folder. A mail that
// several copies have is one event of the case; here it stands in each of them, with that copy's number and flags.
type copyBuilder struct {
	c     *casefile.Case
	seed  maphash.Seed // keys are equal or not within one run, and nobody can make two meet
	items map[int64]*forensics.Item
	twins map[forensics.Digest][]*forensics.Item // items whose bytes stand in another item
	list  []forensics.Evidence
	boxes map[int64]map[string]*store // by evidence and the folder that the copy begins in
	order []*store
	place map[int64]*copyPlace // by item
	aside *asideReader
}

// store is one copy of one mailbox while it is put together.
type store struct {
	copy     *absence.Copy
	evidence *forensics.Evidence
	folders  map[string]*absence.Folder
	listings map[*absence.Folder]*listing
	accounts map[string]int          // as the mails say that were read from it first, by how many
	other    map[*absence.Folder]int // mails whose labels say that they are not in INBOX
	shared   map[string]int          // the same of mails that another copy had already
	named    string                  // as the copy says
	anchor   forensics.Ref           // some record of the copy, where nothing else can be pointed to
}

// copyPlace is where an item belongs: one message of a Maildir, or a mailbox file.
type copyPlace struct {
	store  *store
	folder *absence.Folder
	mailbox.Place
	maildir bool
	item    *forensics.Item
}

// readCopies gives the copies of mailboxes in the case.
func readCopies(ctx context.Context, c *casefile.Case, aside *asideReader) (*copyBuilder, error) {
	b := &copyBuilder{c: c, seed: maphash.MakeSeed(), items: map[int64]*forensics.Item{}, twins: map[forensics.Digest][]*forensics.Item{},
		boxes: map[int64]map[string]*store{}, place: map[int64]*copyPlace{}, aside: aside}
	var err error
	if b.list, err = c.Evidence(); err != nil {
		return nil, err
	}
	items, err := c.Items(0)
	if err != nil {
		return nil, err
	}
	for i := range items {
		it := &items[i]
		b.items[it.ID] = it
		if it.Status == forensics.StatusDuplicate {
			b.twins[it.Digest] = append(b.twins[it.Digest], it)
		}
	}
	if err := b.stores(items); err != nil {
		return nil, err
	}
	if err := b.mails(ctx); err != nil {
		return nil, err
	}
	b.finish()
	return b, nil
}

// stores finds where each copy begins and puts the items into their folders.
func (b *copyBuilder) stores(items []forensics.Item) error {
	byEvidence := map[int64][]*forensics.Item{}
	for i := range items {
		byEvidence[items[i].Evidence] = append(byEvidence[items[i].Evidence], &items[i])
	}
	for e := range b.list {
		ev := &b.list[e]
		var beside []*forensics.Item
		var mails []*forensics.Item
		for _, it := range byEvidence[ev.ID] {
			switch it.Format {
			case "mailbox/acquisition", "mailbox/imap-backup", "mailbox/mbsync", "mailbox/dovecot-uidlist":
				beside = append(beside, it)
			case "mailbox/maildir", "mailbox/mbox":
				mails = append(mails, it)
			}
		}
		if len(mails) == 0 && len(beside) == 0 {
			continue
		}
		b.boxes[ev.ID] = map[string]*store{}
		about, err := b.aside.read(ev, beside)
		if err != nil {
			return fmt.Errorf("%s: %w", ev.Name, err)
		}
		for i := range about {
			b.describe(ev, &about[i])
		}
		for _, it := range mails {
			b.placeItem(ev, it)
		}
	}
	return nil
}

// storeAt gives the copy that begins in a folder of the evidence.
func (b *copyBuilder) storeAt(ev *forensics.Evidence, root string) *store {
	s := b.boxes[ev.ID][root]
	if s == nil {
		s = &store{copy: &absence.Copy{Evidence: ev.ID, EvidenceName: ev.Name}, evidence: ev, folders: map[string]*absence.Folder{}, listings: map[*absence.Folder]*listing{}, accounts: map[string]int{}, other: map[*absence.Folder]int{}, shared: map[string]int{}}
		b.boxes[ev.ID][root] = s
		b.order = append(b.order, s)
	}
	return s
}

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

func (s *store) folder(dir, name string, attributes []string) *absence.Folder {
	f := s.folders[dir]
	if f == nil {
		f = &absence.Folder{Name: name, Role: roleOf(name, attributes)}
		s.folders[dir] = f
		s.copy.Folders = append(s.copy.Folders, f)
	}
	return f
}

func roleOf(name string, attributes []string) absence.Role {
	switch mailbox.FolderRole(name, attributes) {
	case mailbox.RoleInbox:
		return absence.RoleInbox
	case mailbox.RoleSent:
		return absence.RoleSent
	case mailbox.RoleDrafts:
		return absence.RoleDrafts
	case mailbox.RoleTrash:
		return absence.RoleTrash
	case mailbox.RoleJunk:
		return absence.RoleJunk
	case mailbox.RoleAll:
		return absence.RoleAll
	}
	return absence.RoleOther
}

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

// mails puts every mail of the case into the folders that have it.
func (b *copyBuilder) mails(ctx context.Context) error {
	view, err := b.c.Query(ctx, nil)
	if err != nil {
		return err
	}
	briefs, err := b.c.Briefs(ctx)
	if err != nil {
		return err
	}
	rows := make([]int64, 0, 1024)
	flush := func() error {
		events, err := briefs.Events(rows)
		if err != nil {
			return err
		}
		for i := range events {
			if events[i].Certainty != forensics.Inferred {
				b.mail(&events[i])
			}
		}
		rows = rows[:0]
		return ctx.Err()
	}
	for k := range view.Len() {
		if b.place[view.Item(k)] == nil {
			continue
		}
		if rows = append(rows, view.Row(k)); len(rows) == cap(rows) {
			if err := flush(); err != nil {
				return err
			}
		}
	}
	return flush()
}

// mail adds a mail to every folder that has it.
func (b *copyBuilder) mail(e *forensics.Event) {
	first := b.place[e.Ref.Item]
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
	one := m
	one.UID = e.UID
	b.addMail(first, &one, e.Ref, e.Folder)
	account := ""
	if e.Kind != forensics.MailSent && e.Kind != forensics.Other { // notices came by mail too
		account = strings.ToLower(e.Account)
	}
	first.store.accounts[account]++
	refs := e.SeenIn
	for _, it := range b.twins[b.items[e.Ref.Item].Digest] {
		ref := e.Ref
		ref.Evidence, ref.Item = it.Evidence, it.ID
		refs = append(refs, ref)
	}
	for _, ref := range refs {
		if p := b.place[ref.Item]; p != nil {
			other := m
			b.addMail(p, &other, ref, "")
			p.store.shared[account]++
		}
		if b.items[ref.Item] == nil || ref.Item == e.Ref.Item {
			continue
		}
		for _, it := range b.twins[b.items[ref.Item].Digest] {
			if p := b.place[it.ID]; p != nil && it.ID != ref.Item {
				other, r := m, ref
				r.Evidence, r.Item = it.Evidence, it.ID
				b.addMail(p, &other, r, "")
				p.store.shared[account]++
			}
		}
	}
}

// addMail puts a mail into one place, with what that copy says of it.
func (b *copyBuilder) addMail(p *copyPlace, m *absence.Mail, ref forensics.Ref, labels string) {
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

// finish settles accounts and times once all mails are in their places.
func (b *copyBuilder) finish() {
	for _, s := range b.order {
		s.copy.Account = strings.ToLower(s.named)
		if s.copy.Account == "" {
			s.copy.Account = b.whose(s)
		}
		if s.copy.Account != "" {
			s.copy.AccountKey = b.key("address", s.copy.Account)
		}
		for _, f := range s.copy.Folders {
			if l := s.listings[f]; l != nil {
				b.listedOnly(f, l)
			}
			if n := s.other[f]; f.Role == absence.RoleOther && n > fewOthers {
				f.Apart = true
			}
			last := int64(0)
			for i := range f.Mails {
				f.Mails[i].Sent = f.Mails[i].Sent || f.Role == absence.RoleSent
				if at := f.Mails[i].Arrived; at <= s.evidence.Added.UnixNano() {
					last = max(last, at)
				}
			}
			if f.AbsentAt == 0 || f.AbsentAt < last || f.AbsentAt > s.evidence.Added.UnixNano() && !s.copy.Described {
				f.AbsentAt = max(last, s.evidence.Added.UnixNano())
			}
			if f.PresentAt == 0 {
				f.PresentAt = last
			}
		}
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
