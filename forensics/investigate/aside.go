package investigate

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"keytrail/forensics"
	"keytrail/forensics/evidence"
	"keytrail/forensics/format/mailbox"
)

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
	root     string // where the copy begins in the evidence
	dir      string // of the folder's messages in the evidence, or its mailbox file without .mbox
	copied   *mailbox.Copied
	ref      forensics.Ref
	addOnly  bool
	numbered map[uint32]numbered
	byOffset map[int64]uint32
	uidOf    func(base string, uid uint32) uint32
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
	add := func(l []listing, err error) {
		out = append(out, l...)
		errs = append(errs, err)
	}
	add(acquired(files, ev.ID))
	for _, f := range files {
		switch f.item.Format {
		case "mailbox/imap-backup":
			add(backedUp(f, ev.ID))
		case "mailbox/dovecot-uidlist":
			add(uidListed(f, ev.ID))
		case "mailbox/mbsync":
			if path.Base(f.name) == ".mbsyncstate" {
				add(synced(f, files, ev.ID))
			}
		}
	}
	if len(files) == 0 && ev.IsFolder {
		add(besides(ev))
	}
	return out, errors.Join(errs...)
}

func refOf(ev int64, it *forensics.Item) forensics.Ref {
	if it == nil {
		return forensics.Ref{}
	}
	return forensics.Ref{Evidence: ev, Item: it.ID, Length: it.Size, Line: 1}
}

// acquired reads the files of copies that keytrail made.
func acquired(files []file, ev int64) ([]listing, error) {
	var out []listing
	for _, head := range files {
		if path.Base(head.name) != "acquisition.json" {
			continue
		}
		b, err := readSmall(head.open())
		if err != nil {
			return nil, err
		}
		copied, err := mailbox.ParseAcquisition(b)
		if err != nil {
			continue // it was told when it was added
		}
		root := path.Dir(head.name)
		if root == "." {
			root = ""
		}
		list, err := acquiredFolders(files, ev, root, &copied)
		if err != nil {
			return nil, err
		}
		if len(list) == 0 {
			list = []listing{{Listing: mailbox.Listing{Account: copied.Account()}, dir: noDir, copied: &copied, ref: refOf(ev, head.item)}}
		}
		for i := range list {
			list[i].root = root
		}
		out = append(out, list...)
	}
	return out, nil
}

func acquiredFolders(files []file, ev int64, root string, copied *mailbox.Copied) ([]listing, error) {
	var out []listing
	for _, f := range files {
		if path.Base(f.name) != "folder.json" || !strings.HasPrefix(f.name, path.Join(root, "index")+"/") {
			continue
		}
		b, err := readSmall(f.open())
		if err != nil {
			return nil, err
		}
		l := listing{copied: copied, ref: refOf(ev, f.item), numbered: map[uint32]numbered{}}
		if l.Listing, err = mailbox.ParseFolder(b); err != nil {
			continue // it was told when it was added
		}
		l.Account, l.dir = copied.Account(), path.Join(root, l.Directory)
		messages := path.Join(path.Dir(f.name), "messages.jsonl")
		if i := slices.IndexFunc(files, func(g file) bool { return g.name == messages }); i >= 0 {
			err = mailbox.EachMessage(files[i].open(), func(n *mailbox.Numbered) {
				if len(l.numbered) < maxNumbered {
					l.numbered[n.UID] = slim(n)
				}
			})
			if err != nil {
				return nil, err
			}
		}
		out = append(out, l)
	}
	return out, nil
}

func slim(n *mailbox.Numbered) numbered {
	return numbered{arrived: nanos(n.InternalDate), saved: nanos(n.SaveDate), modSeq: n.ModSeq, gmail: n.GmailID, thread: n.GmailThread, object: n.EmailID,
		deleted: slices.ContainsFunc(n.Flags, func(f string) bool { return strings.EqualFold(f, `\Deleted`) }),
		fresh:   !slices.ContainsFunc(n.Flags, func(f string) bool { return !strings.EqualFold(f, `\Recent`) }), notCopied: n.NotCopied != ""}
}

// besides reads the files of a copy that keytrail made and of which only the messages are evidence: the others lie next to
// them, with their hashes in the manifest whose hash the custody log has.
func besides(ev *forensics.Evidence) ([]listing, error) {
	parent := filepath.Dir(ev.Path)
	head, err := os.Open(filepath.Join(parent, "acquisition.json"))
	if err != nil {
		return nil, nil // most folders are no such copy
	}
	b, err := readSmall(head)
	if err := errors.Join(err, head.Close()); err != nil {
		return nil, err
	}
	copied, err := mailbox.ParseAcquisition(b)
	if err != nil || copied.Mail != filepath.Base(ev.Path) {
		return nil, nil // nor is this one
	}
	root, err := os.OpenRoot(parent)
	if err != nil {
		return nil, err
	}
	defer func() { _ = root.Close() }()
	var files []file
	names, err := fs.Glob(root.FS(), "index/*/*.json*")
	if err != nil {
		return nil, err
	}
	var open []*os.File
	defer func() {
		for _, f := range open {
			_ = f.Close()
		}
	}()
	for _, name := range names {
		files = append(files, file{name: name, open: func() io.Reader {
			f, err := root.Open(name)
			if err != nil {
				return failing{err}
			}
			open = append(open, f)
			return f
		}})
	}
	list, err := acquiredFolders(files, ev.ID, "", &copied)
	for i := range list {
		list[i].dir = strings.TrimPrefix(strings.TrimPrefix(list[i].dir, copied.Mail), "/")
	}
	return list, err
}

type failing struct{ err error }

// Read implements io.Reader.
func (f failing) Read([]byte) (int, error) { return 0, f.err }

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

// numberIn reads X-UID of a message that another copy has too, because the case keeps the numbers of the first one only.
func (a *asideReader) numberIn(ev *forensics.Evidence, it *forensics.Item, ref forensics.Ref) uint32 {
	if !a.isNumbered(ev, it) {
		return 0
	}
	b, err := a.reader(ev).ReadAt(it.Name, ref.Offset, min(ref.Length, 64<<10))
	if err != nil {
		return 0
	}
	return headerNumber(string(b))
}

// isNumbered reports whether a mailbox file begins as one whose server numbers the messages.
func (a *asideReader) isNumbered(ev *forensics.Evidence, it *forensics.Item) bool {
	known, ok := a.counted[it.ID]
	if !ok {
		if b, err := a.reader(ev).ReadAt(it.Name, 0, min(it.Size, 16<<10)); err == nil {
			head, _, _ := strings.Cut(strings.ReplaceAll(string(b), "\r", ""), "\n\n")
			known = strings.Contains(head, "\nX-IMAP")
		}
		a.counted[it.ID] = known
	}
	return known
}

func headerNumber(message string) uint32 {
	head, _, _ := strings.Cut(strings.ReplaceAll(message, "\r", ""), "\n\n")
	_, rest, found := strings.Cut(head, "\nX-UID:")
	if !found {
		return 0
	}
	line, _, _ := strings.Cut(rest, "\n")
	n, err := strconv.ParseUint(strings.TrimSpace(line), 10, 32)
	if err != nil {
		return 0
	}
	return uint32(n)
}
