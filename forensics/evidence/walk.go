package evidence

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"time"

	"keytrail/forensics"
)

// walker is one walk over a source.
type walker struct {
	ctx   context.Context
	src   *Source
	lim   Limits
	visit func(*Member) error
	tell  func(item, text string)

	members     int  // unpacked from the current file
	over        bool // a bound on the whole was reached: no further members of this file
	overTold    bool
	total       int64 // bytes unpacked so far
	totalBefore int64 // the same when the current file began
	packed      int64 // the size of the current file
	warnings    int   // of the current file

	used   names     // of the current file's members
	rings  []*ring   // memory that no stream uses
	flates []*flater // inflaters that no member uses

	only *string // ReadAt: the one member that is wanted; nothing is hashed
}

// meta is what a container states about a member.
type meta struct {
	size int64 // -1 where unknown
	mod  time.Time
}

// warn tells a warning, as long as there are not too many.
func (w *walker) warn(item, format string, args ...any) {
	if w.warnings++; w.warnings > maxWarnings {
		return
	}
	w.tell(item, fmt.Sprintf(format, args...))
}

// flushWarnings tells how many warnings were held back since the last call.
func (w *walker) flushWarnings(item string) {
	if more := w.warnings - maxWarnings; more > 0 {
		w.tell(item, fmt.Sprintf("%d further warnings of this file are not listed", more))
	}
	w.warnings = 0
}

// open makes a stream, which close must end.
func (w *walker) open(src io.Reader) *stream {
	var mem *ring
	if n := len(w.rings); n > 0 {
		mem, w.rings = w.rings[n-1], w.rings[:n-1]
	} else {
		mem = new(ring)
	}
	s := newStream(w.ctx, src, mem)
	s.noHash = w.only != nil
	return s
}

// close ends a stream and tells why it ended early, if it did.
func (w *walker) close(name string, s *stream) {
	s.stop()
	w.rings = append(w.rings, s.mem)
	var cut *CutError
	if errors.As(s.failure(), &cut) {
		w.warn(name, "%s", cut.Error())
	}
}

// file visits what is in one file on disk and gives the file's own digest.
func (w *walker) file(name string, f *os.File, before fs.FileInfo) (forensics.Digest, error) {
	w.totalBefore, w.packed, w.used = w.total, before.Size(), names{}
	w.members = 0
	w.over, w.overTold = w.total >= w.lim.MaxTotalBytes, false
	s := w.open(f)
	defer w.close(name, s)
	err := w.content(name, s, meta{size: before.Size(), mod: before.ModTime()}, 0, f)
	if err != nil || w.only != nil {
		return forensics.Digest{}, err
	}
	if s.known {
		return s.digest, nil
	}
	d, n, err := s.finish()
	if w.ctx.Err() != nil {
		return d, w.ctx.Err()
	}
	if err != nil {
		return d, nil // told by close: the readable part is kept
	}
	if after, err := f.Stat(); err != nil || after.Size() != before.Size() || !after.ModTime().Equal(before.ModTime()) || n != after.Size() {
		w.warn(name, "the file changed while it was read: %d bytes at first, %d read", before.Size(), n)
	}
	return d, nil
}

// content looks at the first bytes and unpacks an archive or visits a member. ra is set
// where the content can be read at any place.
func (w *walker) content(name string, s *stream, m meta, depth int, ra io.ReaderAt) error {
	head, _ := s.head()
	k := sniff(head)
	if k == plain {
		return w.leaf(name, s, m)
	}
	if depth >= w.lim.MaxDepth {
		w.warn(name, "bound MaxDepth reached: the %s is nested deeper than %d archives and is not unpacked", k, w.lim.MaxDepth)
		return w.leaf(name, s, m)
	}
	switch k {
	case zipped:
		return w.zip(name, s, m, depth+1, ra)
	case tarred:
		if depth > 0 {
			s.dropHash()
		}
		return w.tar(name, s, depth+1)
	case xzipped:
		w.warn(name, "xz is not unpacked: unpack it with `xz -dk` and add the result")
		return w.leaf(name, s, m)
	}
	return w.compressed(name, k, s, m, depth+1)
}

// leaf hands a member to the visitor.
func (w *walker) leaf(name string, s *stream, m meta) error {
	if w.only != nil && *w.only != name {
		return nil
	}
	if err := w.ctx.Err(); err != nil {
		return err
	}
	return w.visit(&Member{Name: name, Size: m.size, Modified: m.mod, s: s})
}

// wanted says whether a member, or one inside it, has to be opened.
func (w *walker) wanted(name string) bool {
	if w.only == nil || name == "" || name == *w.only {
		return true
	}
	only := *w.only
	return len(only) > len(name) && only[:len(name)] == name && only[len(name)] == '/'
}

// count takes one more member of an archive, or says that there are too many.
func (w *walker) count(archive string) bool {
	switch {
	case !w.over && w.members < w.lim.MaxMembers:
		w.members++
		return true
	case w.overTold:
	case w.over:
		w.warn(archive, "a bound on the whole was reached: the rest of the archive is passed over")
	default:
		w.warn(archive, "bound MaxMembers reached: %d members were unpacked, the rest is passed over", w.lim.MaxMembers)
	}
	w.overTold = true
	return false
}

// member names a member of an archive.
func (w *walker) member(archive, stated string) string {
	safe, changed := safeName(stated)
	full, twice := w.used.unique(join(archive, safe))
	if changed != "" {
		w.warn(full, "%s in the archive: %s", changed, quote(stated))
	}
	if twice {
		w.warn(full, "the archive has several members of the name %s", quote(stated))
	}
	return full
}

// quote shows a name of evidence in a warning, without control characters and not too long.
func quote(s string) string {
	const most = 200
	if len(s) > most {
		return fmt.Sprintf("%q...", s[:most])
	}
	return fmt.Sprintf("%q", s)
}
