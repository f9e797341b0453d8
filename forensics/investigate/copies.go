package investigate

import (
	"context"
	"fmt"
	"hash/maphash"
	"strings"

	"keytrail/forensics"
	"keytrail/forensics/absence"
	"keytrail/forensics/casefile"
	"keytrail/forensics/format/mailbox"
)

// Which copies of mailboxes are in the case, and how one is put together.

// copyBuilder makes of a case what package absence looks at: the copies of mailboxes in it, folder by folder. A mail that
// several copies have is one event of the case; here it stands in each of them, with that copy's number and flags.
type copyBuilder struct {
	c        *casefile.Case
	seed     maphash.Seed // keys are equal or not within one run, and nobody can make two meet
	items    map[int64]*forensics.Item
	twins    map[forensics.Digest][]*forensics.Item // items whose bytes stand in another item
	evidence []forensics.Evidence
	boxes    map[int64]map[string]*store // by evidence and the folder that the copy begins in
	order    []*store
	place    map[int64]*copyPlace // by item
	aside    *asideReader
}

// store is one copy of one mailbox while it is put together.
type store struct {
	copy     *absence.Copy
	evidence *forensics.Evidence
	folders  map[string]*absence.Folder // by where their messages lie in the evidence
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
	if b.evidence, err = c.Evidence(); err != nil {
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
	if err := b.findStores(items); err != nil {
		return nil, err
	}
	if err := b.addMails(ctx); err != nil {
		return nil, err
	}
	b.finish()
	return b, nil
}

// findStores finds where each copy begins and puts the items into their folders.
func (b *copyBuilder) findStores(items []forensics.Item) error {
	byEvidence := map[int64][]*forensics.Item{}
	for i := range items {
		byEvidence[items[i].Evidence] = append(byEvidence[items[i].Evidence], &items[i])
	}
	for e := range b.evidence {
		ev := &b.evidence[e]
		var beside, mails []*forensics.Item
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
			return fmt.Errorf("files beside the mails of %s: %w", ev.Name, err)
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
		s = &store{copy: &absence.Copy{Evidence: ev.ID, EvidenceName: ev.Name}, evidence: ev,
			folders: map[string]*absence.Folder{}, listings: map[*absence.Folder]*listing{}, accounts: map[string]int{}, other: map[*absence.Folder]int{}, shared: map[string]int{}}
		b.boxes[ev.ID][root] = s
		b.order = append(b.order, s)
	}
	return s
}

// folder gives the folder of a copy whose messages lie at dir.
func (s *store) folder(dir, name string, attributes []string) *absence.Folder {
	f := s.folders[dir]
	if f == nil {
		f = &absence.Folder{Name: name, Role: roleOf(name, attributes)}
		s.folders[dir] = f
		s.copy.Folders = append(s.copy.Folders, f)
	}
	return f
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
			s.settle(f)
		}
	}
}

// settle bounds when a folder looked as it does, where no file beside it says so: still when its newest mail came, already when
// it became evidence.
func (s *store) settle(f *absence.Folder) {
	added, last := s.evidence.Added.UnixNano(), int64(0)
	for i := range f.Mails {
		m := &f.Mails[i]
		m.Sent = m.Sent || f.Role == absence.RoleSent
		if m.Arrived <= added {
			last = max(last, m.Arrived)
		}
	}
	if f.AbsentAt == 0 || f.AbsentAt < last || f.AbsentAt > added && !s.copy.Described {
		f.AbsentAt = max(last, added)
	}
	if f.PresentAt == 0 {
		f.PresentAt = last
	}
}

// eachEvent reads the wanted events of a view, some at a time.
func (b *copyBuilder) eachEvent(ctx context.Context, view *casefile.View, wanted func(k int) bool, f func(*forensics.Event)) error {
	const atOnce = 1024
	briefs, err := b.c.Briefs(ctx)
	if err != nil {
		return err
	}
	rows := make([]int64, 0, atOnce)
	for k := range view.Len() {
		if wanted(k) {
			rows = append(rows, view.Row(k))
		}
		if len(rows) == atOnce || k == view.Len()-1 {
			events, err := briefs.Events(rows)
			if err != nil {
				return err
			}
			for i := range events {
				f(&events[i])
			}
			rows = rows[:0]
			if err := ctx.Err(); err != nil {
				return err
			}
		}
	}
	return nil
}
