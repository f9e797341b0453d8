package investigate

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"keytrail/forensics"
	"keytrail/forensics/format/mailbox"
)

// The files beside a copy that keytrail made: acquisition.json, folder.json and messages.jsonl.

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
