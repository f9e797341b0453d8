package evidence

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"iter"
	"os"
	"path"
	"path/filepath"
	"strings"

	"keytrail/forensics"
)

// MaxReadAt is the most that ReadAt gives: 64 MiB.
const MaxReadAt = 64 << 20

// errFound ends a walk that looks for one member.
var errFound = errors.New("found")

// ReadAt reads length bytes at offset of an item again: name is the evidence's path, item a
// Member.Name of it. In an archive everything before the place is unpacked anew, within
// lim. Errors are *forensics.Error with a hint; they say whether the evidence is gone, has
// become shorter, or no longer holds the item. That the bytes are still the same is for the
// caller to see by the record's digest.
func ReadAt(name, item string, offset, length int64, lim Limits) ([]byte, error) {
	r := NewReader(name, lim)
	defer func() { _ = r.Close() }() // opened for reading only: nothing can be lost
	return r.ReadAt(item, offset, length)
}

// Reader is ReadAt for many records of one evidence. It keeps the last item open: records asked for
// in the order of their items and offsets are read in one pass, also in archives. It is
// used by one goroutine at a time, and closed when it is no longer needed.
type Reader struct {
	name string
	lim  Limits

	src  *Source // nil while nothing is open
	item string
	m    *Member // of an archive; nil for a plain file
	pos  int64   // in m
	stop func()  // ends the walk that m belongs to
}

// NewReader makes a Reader of the evidence at a path. Nothing is opened yet.
func NewReader(name string, lim Limits) *Reader {
	return &Reader{name: name, lim: lim.withDefaults()}
}

// ReadAt is as the function of that name.
func (r *Reader) ReadAt(item string, offset, length int64) ([]byte, error) {
	at := &forensics.Error{File: r.name, Byte: offset}
	if item != "" {
		at.File = r.name + " (" + item + ")"
	}
	if offset < 0 || length < 0 || length > MaxReadAt {
		at.What = fmt.Sprintf("cannot show %d bytes", length)
		at.Hint = fmt.Sprintf("at most %d bytes are read at once", MaxReadAt)
		return nil, at
	}
	out, err := r.read(item, offset, length)
	if err == nil {
		return out, nil
	}
	_ = r.Close() // what failed is opened anew; for reading only: nothing can be lost
	switch {
	case errors.Is(err, fs.ErrNotExist):
		at.What = "the evidence is gone"
		at.Hint = "put it back at this path, or mount the disk that it is on"
	case errors.Is(err, fs.ErrPermission):
		at.What = "no permission to read the evidence"
		at.Hint = "run as a user who may read it"
	case errors.Is(err, io.ErrUnexpectedEOF):
		at.What = "the evidence is shorter than when it was read"
		at.Hint = "it was changed since: run `keytrail verify` and put the original back"
	case errors.Is(err, errNoItem):
		at.What = "the evidence no longer holds this item"
		at.Hint = "it was changed since: run `keytrail verify` and put the original back"
	default:
		at.What, at.Err = "cannot read the record", cause(err)
		at.Hint = "run `keytrail verify` to see whether the evidence was changed"
	}
	return nil, at
}

var errNoItem = errors.New("no such item")

func (r *Reader) read(item string, offset, length int64) ([]byte, error) {
	if r.src == nil || r.item != item || (r.m != nil && offset < r.pos) {
		if err := r.Close(); err != nil {
			return nil, err
		}
		if err := r.open(item); err != nil {
			return nil, err
		}
	}
	if r.m == nil {
		return slice(r.src.file, offset, length)
	}
	if err := r.copy(io.Discard, offset-r.pos); err != nil {
		return nil, err
	}
	var out bytes.Buffer // grows as bytes come: the length is not to be trusted
	if err := r.copy(&out, length); err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}

func (r *Reader) copy(to io.Writer, n int64) error {
	n, err := io.CopyN(to, r.m, n)
	r.pos += n
	return noEOF(err)
}

// open finds an item. It is a file, or a member of an archive: then a walk stops at it.
func (r *Reader) open(item string) error {
	fi, err := os.Stat(r.name)
	if err != nil {
		return err
	}
	src := &Source{lim: r.lim, info: forensics.Evidence{Name: filepath.Base(r.name), Path: r.name}}
	r.src, r.item, r.m, r.pos = src, item, nil, 0
	rel := ""
	switch {
	case fi.IsDir():
		if src.root, err = os.OpenRoot(r.name); err != nil {
			return err
		}
		var at int
		src.file, fi, at, err = find(src.root, item)
		rel = item[:at]
	case fi.Mode().IsRegular():
		src.file, err = openFile(func(flag int) (*os.File, error) { return os.OpenFile(r.name, flag, 0) })
	default:
		return errNoItem
	}
	if err != nil || item == rel {
		return err
	}
	w := &walker{ctx: context.Background(), src: src, lim: r.lim, only: &item, tell: func(string, string) {}}
	var failed error
	next, stop := iter.Pull(func(yield func(*Member) bool) {
		w.visit = func(m *Member) error {
			yield(m) // the walk stands here while records are read
			return errFound
		}
		_, failed = w.file(rel, src.file, fi)
	})
	r.stop = stop
	m, ok := next()
	if !ok {
		return cmp.Or(failed, errNoItem)
	}
	r.m = m
	return nil
}

// Close releases what is open. The Reader can be used again.
func (r *Reader) Close() error {
	if r.stop != nil {
		r.stop()
		r.stop = nil
	}
	if r.src == nil {
		return nil
	}
	src := r.src
	r.src, r.m = nil, nil
	var err error
	if src.file != nil {
		err = src.file.Close()
	}
	if src.root != nil {
		err = errors.Join(err, src.root.Close())
	}
	return err
}

// find opens the file of a folder that an item's name begins with, and gives the
// length of that beginning. The rest is inside the file.
func find(root *os.Root, item string) (f *os.File, fi fs.FileInfo, at int, err error) {
	for at < len(item) {
		if i := strings.IndexByte(item[at+1:], '/'); i >= 0 {
			at += 1 + i
		} else {
			at = len(item)
		}
		fi, err = root.Lstat(item[:at])
		switch {
		case err != nil:
			return nil, nil, 0, err
		case fi.Mode().IsRegular():
			in, err := root.OpenRoot(path.Dir(item[:at]))
			if err != nil {
				return nil, nil, 0, err
			}
			defer func() { _ = in.Close() }() // opened for reading only: nothing can be lost
			f, err = openMember(in, fi)
			return f, fi, at, err
		case !fi.IsDir():
			return nil, nil, 0, errNoItem
		}
	}
	return nil, nil, 0, errNoItem
}

// noEOF makes an end that comes too soon an error of its own.
func noEOF(err error) error {
	if errors.Is(err, io.EOF) {
		return io.ErrUnexpectedEOF
	}
	return err
}

// slice reads a part of a plain file. The memory is taken only where the file is long enough.
func slice(f *os.File, offset, length int64) ([]byte, error) {
	fi, err := f.Stat()
	if err != nil {
		return nil, err
	}
	if offset > fi.Size()-length {
		return nil, io.ErrUnexpectedEOF
	}
	b := make([]byte, length)
	if _, err := f.ReadAt(b, offset); err != nil {
		return nil, noEOF(err)
	}
	return b, nil
}
