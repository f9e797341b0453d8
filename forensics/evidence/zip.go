package evidence

import (
	"fmt"
	"hash"
	"hash/crc32"
	"io"

	"github.com/klauspost/compress/flate"
)

// zip visits the members of a zip archive in the order of its central directory, or where that is
// missing in the order of the local headers. ra is nil where the archive comes from
// another one: then it is spooled first.
func (w *walker) zip(name string, s *stream, m meta, depth int, ra io.ReaderAt) error {
	size, spooled := m.size, ra == nil
	if spooled {
		sp, err := w.spool(s)
		if err != nil {
			if ctxErr := w.ctx.Err(); ctxErr != nil {
				return ctxErr
			}
			w.warn(name, "the zip inside the archive cannot be spooled for reading: %v", err)
			return nil
		}
		defer sp.close()
		ra, size = sp, sp.size
	}
	dir, err := openZip(ra, size)
	switch {
	case err != nil:
		w.warn(name, "the zip archive has no usable directory (%v): its members are looked for from the front", err)
	case dir.isDocument():
		if spooled {
			again := w.open(io.NewSectionReader(ra, 0, size))
			defer w.close(name, again)
			return w.leaf(name, again, meta{size: size, mod: m.mod})
		}
		return w.leaf(name, s, m)
	}
	if !spooled && w.only == nil {
		if _, _, err := s.finish(); err != nil && w.ctx.Err() != nil { // the file's digest, before the members; damage is told by close
			return w.ctx.Err()
		}
	}
	next := newSalvage(ra, size).next
	if err == nil {
		next = dir.next
	}
	found := 0
	for {
		e, err := next()
		if err == io.EOF {
			break
		}
		if err != nil {
			w.warn(name, "the zip archive is damaged after %d members; what stood before is kept: %v", found, err)
			break
		}
		found++
		if e.isDir() {
			continue
		}
		if !w.count(name) {
			return nil
		}
		if err := w.zipMember(name, ra, size, e, depth); err != nil {
			return err
		}
	}
	return nil
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
		fr := flate.NewReader(packed)
		defer func() { _ = fr.Close() }() // only ever fails on reading, which was told
		r = fr
	}
	b := &bounded{w: w, r: &zipCheck{r: r, e: e, sum: crc32.NewIEEE()}, in: func() int64 { return packed.n }}
	in := w.open(b)
	defer w.close(full, in)
	return w.content(full, in, meta{size: e.size, mod: e.modified}, depth, nil)
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
	if err != io.EOF {
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
