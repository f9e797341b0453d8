package evidence

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
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
	at := &forensics.Error{File: name, Byte: offset}
	if item != "" {
		at.File = name + " (" + item + ")"
	}
	if offset < 0 || length < 0 || length > MaxReadAt {
		at.What = fmt.Sprintf("cannot show %d bytes", length)
		at.Hint = fmt.Sprintf("at most %d bytes are read at once", MaxReadAt)
		return nil, at
	}
	out, err := readAt(name, item, offset, length, lim.withDefaults())
	switch {
	case err == nil:
		return out, nil
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

func readAt(name, item string, offset, length int64, lim Limits) ([]byte, error) {
	fi, err := os.Stat(name)
	if err != nil {
		return nil, err
	}
	src := &Source{lim: lim, info: forensics.Evidence{Name: filepath.Base(name), Path: name}}
	rel := ""
	switch {
	case fi.IsDir():
		if src.root, err = os.OpenRoot(name); err != nil {
			return nil, err
		}
		defer func() { _ = src.root.Close() }() // opened for reading only: nothing can be lost
		var at int
		src.file, fi, at, err = find(src.root, item)
		rel = item[:at]
	case fi.Mode().IsRegular():
		src.file, err = openFile(func(flag int) (*os.File, error) { return os.OpenFile(name, flag, 0) })
	default:
		return nil, errNoItem
	}
	if err != nil {
		return nil, err
	}
	defer func() { _ = src.file.Close() }() // opened for reading only: nothing can be lost
	if item == rel {
		return slice(src.file, offset, length)
	}
	return src.unpackAt(rel, fi, item, offset, length)
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

// unpackAt walks one file up to the wanted bytes of the wanted member.
func (s *Source) unpackAt(rel string, fi fs.FileInfo, item string, offset, length int64) ([]byte, error) {
	var out []byte
	var inner error
	w := &walker{ctx: context.Background(), src: s, lim: s.lim, only: &item, tell: func(string, string) {}}
	w.visit = func(m *Member) error {
		if _, err := io.CopyN(io.Discard, m, offset); err != nil {
			inner = noEOF(err)
			return errFound
		}
		var b strings.Builder
		if _, err := io.CopyN(&b, m, length); err != nil {
			inner = noEOF(err)
			return errFound
		}
		out = []byte(b.String())
		return errFound
	}
	_, err := w.file(rel, s.file, fi)
	switch {
	case err == nil:
		return nil, errNoItem
	case !errors.Is(err, errFound):
		return nil, err
	}
	return out, inner
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
