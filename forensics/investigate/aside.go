package investigate

import (
	"errors"
	"fmt"
	"io"
	"path"
	"slices"
	"strings"
	"time"

	"keytrail/forensics"
	"keytrail/forensics/evidence"
	"keytrail/forensics/format/mailbox"
)

// The files beside the messages of a copy, which say how a server numbers them and what is there.

// asideReader reads the files beside a copy again.
type asideReader struct {
	readers
	counted map[int64]bool // mailbox files: whether a server numbered their messages
}

func newAsideReader() *asideReader {
	return &asideReader{readers: newReaders(), counted: map[int64]bool{}}
}

func (a *asideReader) reader(ev *forensics.Evidence) *evidence.Reader { return a.of(ev.ID, ev.Path) }

// noDir marks a listing that speaks of the whole copy only.
const noDir = "\x00"

// listing is what the files beside say about one folder of a copy.
type listing struct {
	mailbox.Listing
	root     string          // where the copy begins in the evidence
	dir      string          // of the folder's messages in the evidence, or its mailbox file without .mbox
	copied   *mailbox.Copied // of a copy that keytrail made
	ref      forensics.Ref   // of the file that says so
	addOnly  bool            // the copy keeps what is deleted on the server
	numbered map[uint32]numbered
	byOffset map[int64]uint32                     // UIDs by where a message begins in the mailbox file
	uidOf    func(base string, uid uint32) uint32 // of a message by its file name and the number in that
}

// numbered is mailbox.Numbered without what is not needed any more.
type numbered struct {
	arrived, saved int64
	modSeq         uint64
	gmail, thread  uint64
	object         string
	deleted, fresh bool
	notCopied      bool
}

func nanos(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return forensics.Nanos(t)
}

// file is a file beside a copy: an item of the case, or one that lies next to the evidence.
type file struct {
	name string // in the evidence
	item *forensics.Item
	open func() io.Reader
}

// itemReader reads an item of the case from its start, in blocks.
type itemReader struct {
	r    *evidence.Reader
	item string
	at   int64
	size int64
	rest []byte
	err  error
}

const asideBlock = 4 << 20

// Read implements io.Reader.
func (r *itemReader) Read(p []byte) (int, error) {
	if len(r.rest) == 0 {
		if r.err != nil {
			return 0, r.err
		}
		n := min(asideBlock, r.size-r.at)
		if n <= 0 {
			return 0, io.EOF
		}
		if r.rest, r.err = r.r.ReadAt(r.item, r.at, n); r.err != nil {
			return 0, r.err
		}
		r.at += n
	}
	n := copy(p, r.rest)
	r.rest = r.rest[n:]
	return n, nil
}

const (
	// maxSmall is how much of a file is read that describes a folder; a larger one does not parse.
	maxSmall = 64 << 20
	// maxNumbered bounds the messages of one folder that are taken from a file beside it.
	maxNumbered = 5_000_000
)

func readSmall(r io.Reader) ([]byte, error) { return io.ReadAll(io.LimitReader(r, maxSmall)) }

// read gives the listings of one evidence.
func (a *asideReader) read(ev *forensics.Evidence, items []*forensics.Item) ([]listing, error) {
	var files []file
	for _, it := range items {
		name := it.Name
		if name == "" {
			name = ev.Name
		}
		files = append(files, file{name: name, item: it, open: func() io.Reader {
			return &itemReader{r: a.reader(ev), item: it.Name, size: it.Size}
		}})
	}
	var out []listing
	var errs []error
	add := func(name string, l []listing, err error) {
		out = append(out, l...)
		if err != nil {
			errs = append(errs, fmt.Errorf("%s: %w", name, err))
		}
	}
	l, err := acquired(files, ev.ID)
	add("copy made by keytrail", l, err)
	for _, f := range files {
		var l []listing
		var err error
		switch f.item.Format {
		case "mailbox/imap-backup":
			l, err = backedUp(f, ev.ID)
		case "mailbox/dovecot-uidlist":
			l, err = uidListed(f, ev.ID)
		case "mailbox/mbsync":
			if path.Base(f.name) == ".mbsyncstate" {
				l, err = synced(f, files, ev.ID)
			}
		}
		add(f.name, l, err)
	}
	if len(files) == 0 && ev.IsFolder {
		l, err := besides(ev)
		add("files next to the mails", l, err)
	}
	return out, errors.Join(errs...)
}

func refOf(ev int64, it *forensics.Item) forensics.Ref {
	if it == nil {
		return forensics.Ref{}
	}
	return forensics.Ref{Evidence: ev, Item: it.ID, Length: it.Size, Line: 1}
}

// backedUp reads the index of imap-backup beside a mailbox file.
func backedUp(f file, ev int64) ([]listing, error) {
	head, messages, err := mailbox.ReadBackupIndex(f.open())
	if err != nil {
		return nil, err
	}
	dir := strings.TrimSuffix(f.name, ".imap")
	l := listing{Listing: head, root: rootOf(dir, false), dir: dir, ref: refOf(ev, f.item), addOnly: true, byOffset: map[int64]uint32{}, numbered: map[uint32]numbered{}}
	l.Folder = mailbox.MailboxPlace(f.name).Folder
	l.Folder = strings.TrimSuffix(l.Folder, ".imap")
	for i := range messages {
		l.byOffset[messages[i].Offset] = messages[i].UID
		n := slim(&messages[i])
		n.fresh = false // no dates and no full flags
		l.numbered[messages[i].UID] = n
	}
	l.At, l.Until = f.item.Modified, time.Time{}
	return []listing{l}, nil
}

// uidListed reads Dovecot's list of UIDs in a folder of a Maildir.
func uidListed(f file, ev int64) ([]listing, error) {
	head, messages, err := mailbox.ReadUIDList(f.open())
	if err != nil {
		return nil, err
	}
	uids := make(map[string]uint32, len(messages))
	for i := range messages {
		uids[messages[i].File] = messages[i].UID
	}
	dir := path.Dir(f.name)
	place, _ := mailbox.MaildirPlace(path.Join(dir, "cur", "x"))
	l := listing{Listing: head, root: rootOf(dir, true), dir: dir, ref: refOf(ev, f.item), uidOf: func(base string, _ uint32) uint32 { return uids[base] }}
	l.Folder, l.Listed = place.Folder, true
	return []listing{l}, nil
}

// synced reads mbsync's state in a folder of a Maildir: the numbers in its names are mbsync's own.
func synced(f file, files []file, ev int64) ([]listing, error) {
	state, err := mailbox.ReadSyncState(f.open())
	if err != nil {
		return nil, err
	}
	dir := path.Dir(f.name)
	if i := slices.IndexFunc(files, func(g file) bool { return g.name == path.Join(dir, ".uidvalidity") }); i >= 0 {
		near, err := mailbox.ReadSyncState(files[i].open())
		if err != nil {
			return nil, err
		}
		if near.Near != 0 && state.Near != 0 && near.Near != state.Near {
			return nil, nil // the state is of another numbering
		}
	}
	place, _ := mailbox.MaildirPlace(path.Join(dir, "cur", "x"))
	l := listing{root: rootOf(dir, true), dir: dir, ref: refOf(ev, f.item), uidOf: func(_ string, uid uint32) uint32 { return state.FarOf[uid] }}
	l.Folder, l.UIDValidity = place.Folder, state.Far
	return []listing{l}, nil
}
