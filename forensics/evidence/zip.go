package evidence

import (
	"bufio"
	"errors"
	"fmt"
	"hash"
	"hash/crc32"
	"io"

	"github.com/klauspost/compress/flate"
)

// packedBuffer is how much of a packed member is read at once.
const packedBuffer = 64 << 10

// zip visits the members of a zip archive in the order of its central directory, or where that is
// missing in the order of the local headers. ra is nil where the archive comes from
// another one: then it is spooled first.
func (w *walker) zip(name string, s *stream, m meta, depth int, ra io.ReaderAt) error {
	size, nested := m.size, ra == nil
	if nested {
		sp, err := w.spool(s)
		if ctxErr := w.ctx.Err(); ctxErr != nil {
			return ctxErr
		}
		if err != nil {
			w.warn(name, "the zip inside the archive cannot be spooled for reading: %v", err)
			return nil
		}
		defer sp.close()
		ra, size = sp, sp.size
	}
	dir, err := openZip(ra, size)
	if err == nil && dir.isDocument() {
		if nested {
			return w.again(name, ra, size, m)
		}
		return w.leaf(name, s, m)
	}
	if !nested && w.only == nil {
		// The file's digest, before the members. What cannot be read is told by close.
		if _, _, err := s.finish(); err != nil && w.ctx.Err() != nil {
			return w.ctx.Err()
		}
	}
	if err == nil {
		return w.zipMembers(name, ra, size, depth, dir.next)
	}
	members := newSalvage(ra, size)
	first, _ := members.next() // only ever fails at the end
	if first == nil {
		w.warn(name, "looks like a zip archive but has no members that can be found (its directory: %v): read as it is", err)
		return w.again(name, ra, size, m)
	}
	w.warn(name, "the zip archive has no usable directory (%v): its members are looked for from the front", err)
	return w.zipMembers(name, ra, size, depth, newSalvage(ra, size).next)
}

// again visits a content as it is that has been read already.
func (w *walker) again(name string, ra io.ReaderAt, size int64, m meta) error {
	s := w.open(io.NewSectionReader(ra, 0, size))
	defer w.close(name, s)
	return w.leaf(name, s, meta{size: size, mod: m.mod})
}

// zipMembers visits what next finds.
func (w *walker) zipMembers(name string, ra io.ReaderAt, size int64, depth int, next func() (*zipEntry, error)) error {
	for files := 0; ; {
		e, err := next()
		if err != nil {
			switch {
			case !errors.Is(err, io.EOF):
				w.warn(name, "the zip archive is damaged; what stood before is kept: %v", err)
			case files == 0:
				w.warn(name, "the zip archive holds no files")
			}
			return nil
		}
		if e.isDir() {
			continue
		}
		files++
		if !w.count(name) {
			return nil
		}
		if err := w.zipMember(name, ra, size, e, depth); err != nil {
			return err
		}
	}
}

// zipMember visits one member of a zip archive.
func (w *walker) zipMember(archive string, ra io.ReaderAt, size int64, e *zipEntry, depth int) error {
	full := w.member(archive, e.name)
	if !w.wanted(full) {
		return nil
	}
	switch {
	case e.isLink():
		w.warn(full, "a link in the archive is not followed")
		return nil
	case e.flags&flagEncrypted != 0:
		w.warn(full, "encrypted in the zip archive: not read; unpack it with its password and add the result")
		return nil
	case e.method != methodStore && e.method != methodDeflate:
		w.warn(full, "compressed with zip method %d, which is not supported: not read", e.method)
		return nil
	}
	at, err := e.dataOffset(ra, size)
	if err != nil {
		w.warn(full, "not read: %v", err)
		return nil
	}
	packed := &countReader{r: io.NewSectionReader(ra, at, min(e.packed, size-at))}
	var r io.Reader = packed
	if e.method == methodDeflate {
		f := w.inflate(packed)
		defer func() { w.flates = append(w.flates, f) }()
		r = f.out
	}
	in := w.open(&bounded{w: w, r: &zipCheck{r: r, e: e, sum: crc32.NewIEEE()}, in: func() int64 { return packed.n }})
	defer w.close(full, in)
	return w.content(full, in, meta{size: e.size, mod: e.modified}, depth, nil)
}

// flater is an inflater and its buffer, used for one member after the other.
type flater struct {
	in  *bufio.Reader
	out io.ReadCloser
}

// inflate takes an inflater that is free, or makes one.
func (w *walker) inflate(packed io.Reader) *flater {
	if n := len(w.flates); n > 0 {
		f := w.flates[n-1]
		w.flates = w.flates[:n-1]
		f.in.Reset(packed)
		if r, ok := f.out.(flate.Resetter); ok && r.Reset(f.in, nil) == nil {
			return f
		}
	}
	in := bufio.NewReaderSize(packed, packedBuffer)
	return &flater{in: in, out: flate.NewReader(in)}
}

// countReader counts what is read.
type countReader struct {
	r io.Reader
	n int64
}

func (c *countReader) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	c.n += int64(n)
	return n, err
}

// zipCheck compares a member's size and sum with what the directory states. The
// bytes are handed out as they are.
type zipCheck struct {
	r   io.Reader
	e   *zipEntry
	sum hash.Hash32
	n   int64
}

func (c *zipCheck) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	c.n += int64(n)
	_, _ = c.sum.Write(p[:n]) // a hash never fails
	if !errors.Is(err, io.EOF) {
		return n, err
	}
	switch {
	case c.e.sizesLater:
	case c.n != c.e.size:
		return n, fmt.Errorf("the archive states %d bytes, it holds %d", c.e.size, c.n)
	case c.sum.Sum32() != c.e.crc:
		return n, fmt.Errorf("the checksum does not match: stated %08x, computed %08x", c.e.crc, c.sum.Sum32())
	}
	return n, io.EOF
}
