package evidence

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"keytrail/forensics"
)

// Source is one piece of evidence: a file or a folder. It is used by one goroutine at a
// time.
type Source struct {
	info   forensics.Evidence
	lim    Limits
	file   *os.File // of a file
	stat   fs.FileInfo
	root   *os.Root // of a folder
	digest forensics.Digest
}

// Open looks at a file or folder and opens it read-only. Of a folder it counts what
// is in it, without opening the files. Errors are *forensics.Error with a hint.
func Open(path string, lim Limits) (*Source, error) {
	abs, err := filepath.Abs(path)
	if err != nil {
		return nil, openError(path, err)
	}
	fi, err := os.Stat(abs)
	if err != nil {
		return nil, openError(path, err)
	}
	s := &Source{lim: lim.withDefaults(), info: forensics.Evidence{Name: filepath.Base(abs), Path: abs}}
	switch {
	case fi.IsDir():
		if strings.HasSuffix(abs, forensics.CaseSuffix) {
			return nil, &forensics.Error{What: "is a case folder, not evidence", File: path, Byte: -1, Hint: "give the files or folders that the case is to be made from"}
		}
		s.root, err = os.OpenRoot(abs)
		if err != nil {
			return nil, openError(path, err)
		}
		s.info.IsFolder = true
		s.info.Size, s.info.Modified = s.survey()
		return s, nil
	case !fi.Mode().IsRegular():
		return nil, refusal(path, fi.Mode())
	}
	if s.file, err = openFile(func(flag int) (*os.File, error) { return os.OpenFile(abs, flag, 0) }); err != nil {
		return nil, openError(path, err)
	}
	if s.stat, err = s.file.Stat(); err == nil && !s.stat.Mode().IsRegular() {
		err = refusal(path, s.stat.Mode())
	}
	if err != nil {
		_ = s.file.Close() // opened for reading only: nothing can be lost
		return nil, openError(path, err)
	}
	s.info.Size, s.info.Modified = s.stat.Size(), s.stat.ModTime()
	return s, nil
}

// openFile opens for reading and nothing else, without touching the time of the last
// access where that is permitted.
func openFile(open func(flag int) (*os.File, error)) (*os.File, error) {
	if noAccessTime != 0 {
		if f, err := open(os.O_RDONLY | openFlags | noAccessTime); err == nil || !errors.Is(err, fs.ErrPermission) {
			return f, err
		}
	}
	return open(os.O_RDONLY | openFlags)
}

func refusal(path string, mode fs.FileMode) error {
	return &forensics.Error{What: "is " + modeName(mode) + ", not a file or folder", File: path, Byte: -1, Hint: "copy its content into a file and give that"}
}

// modeName says in words what a file that is not regular is.
func modeName(mode fs.FileMode) string {
	switch {
	case mode&fs.ModeSymlink != 0:
		return "a symbolic link"
	case mode&fs.ModeNamedPipe != 0:
		return "a FIFO"
	case mode&fs.ModeSocket != 0:
		return "a socket"
	case mode&fs.ModeDevice != 0:
		return "a device"
	case mode.IsDir():
		return "a folder"
	}
	return "a special file"
}

func openError(path string, err error) error {
	var known *forensics.Error
	if errors.As(err, &known) {
		return known
	}
	e := &forensics.Error{What: "cannot open evidence", File: path, Byte: -1, Err: cause(err)}
	switch {
	case errors.Is(err, fs.ErrNotExist):
		e.What, e.Err = "no such file or folder", nil
		e.Hint = "check the path; a name with blanks must be quoted"
	case errors.Is(err, fs.ErrPermission):
		e.What, e.Err = "no permission to read it", nil
		e.Hint = "copy it to a place that you may read, or run as a user who may"
	}
	return e
}

// cause strips the path, which the message names already.
func cause(err error) error {
	var pe *fs.PathError
	if errors.As(err, &pe) {
		return pe.Err
	}
	return err
}

// Info tells what was opened. Name is the base name, Path absolute as given. Size and
// Modified are the file's; of a folder, the sum and the latest of its regular files, so
// that a changed file shows. Digest is set after Walk.
func (s *Source) Info() forensics.Evidence {
	info := s.info
	info.Digest = s.digest
	return info
}

// Digest gives, after a Walk that returned nil, the SHA-256 of the file. It is zero before.
//
// Of a folder it is the SHA-256 of a list as coreutils' sha256sum writes it: one line
// "hex  relative/path\n" for each regular file, sorted by the bytes of the path. On
// GNU systems, inside the folder:
//
//	find . -name '?*.keytrail' -type d -prune -o -type f -printf '%P\0' | LC_ALL=C sort -z | xargs -0r sha256sum | sha256sum
//
// As with sha256sum, a line whose path holds a newline, a carriage return or a backslash
// starts with a backslash, and these are written \n, \r and \\. A file that could not be opened is
// not in the list (and was told to warn); of one that could not be read to its
// end the digest of the readable part stands there.
func (s *Source) Digest() forensics.Digest { return s.digest }

// Close releases the file or folder.
func (s *Source) Close() error {
	if s.root != nil {
		return s.root.Close()
	}
	return s.file.Close()
}

// Walk visits every member in a fixed order. The visitor reads the member, or calls Known,
// or does neither: then Walk reads what the digest needs. An error of visit ends the walk and
// is returned, as is the end of ctx; damage never does, it is told to warn with the
// member's name (empty: the evidence itself).
//
// Archives are recognised by content: zip, gzip, bzip2, zstd, tar, compressed tar, and these
// inside each other up to MaxDepth. An archive is then a folder in the names of its members,
// except where it is the evidence itself. Office documents (zip with [Content_Types].xml and _rels/.rels,
// or with a leading mimetype) are members as they are. So are archives that
// cannot be unpacked (xz, too deep, damaged in the header), each with a warning.
//
// A zip file is read twice: once for its SHA-256, once for its members.
func (s *Source) Walk(ctx context.Context, visit func(*Member) error, warn func(item, text string)) error {
	s.digest = forensics.Digest{}
	if warn == nil {
		warn = func(string, string) {}
	}
	w := &walker{ctx: ctx, src: s, lim: s.lim, visit: visit, tell: warn}
	if s.root != nil {
		d, err := w.folder()
		if err != nil {
			return err
		}
		w.flushWarnings("")
		s.digest = d
		return nil
	}
	if _, err := s.file.Seek(0, io.SeekStart); err != nil {
		return &forensics.Error{What: "cannot read evidence", File: s.info.Path, Byte: -1, Err: cause(err)}
	}
	d, err := w.file("", s.file, s.stat)
	if err != nil {
		return err
	}
	w.flushWarnings("")
	s.digest = d
	return nil
}
