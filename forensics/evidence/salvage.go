package evidence

import (
	"bytes"
	"io"
)

// salvage finds the members of a zip archive that has no usable directory, such as one whose
// end is missing, by their local headers from the front.
type salvage struct {
	ra   io.ReaderAt
	size int64
	at   int64
}

func newSalvage(ra io.ReaderAt, size int64) *salvage { return &salvage{ra: ra, size: size} }

// next gives the next member, io.EOF behind the last.
func (s *salvage) next() (*zipEntry, error) {
	for {
		at, ok := s.find(s.at)
		if !ok {
			return nil, io.EOF
		}
		e, after := s.entry(at)
		if e == nil {
			s.at = at + 1
			continue
		}
		s.at = after
		return e, nil
	}
}

// find looks for the next local header.
func (s *salvage) find(from int64) (int64, bool) {
	buf := make([]byte, 64<<10)
	for from <= s.size-localLen {
		n, err := s.ra.ReadAt(buf[:min(int64(len(buf)), s.size-from)], from)
		if i := bytes.Index(buf[:n], []byte(sigLocal)); i >= 0 {
			return from + int64(i), true
		}
		if err != nil || n < len(sigLocal) {
			return 0, false
		}
		from += int64(n - len(sigLocal) + 1)
	}
	return 0, false
}

// entry reads a local header and tells where to look on; nil where it cannot be one.
func (s *salvage) entry(at int64) (*zipEntry, int64) {
	var b [localLen]byte
	if _, err := s.ra.ReadAt(b[:], at); err != nil {
		return nil, 0
	}
	nameLen, extraLen := int(le.Uint16(b[26:])), int(le.Uint16(b[28:]))
	data := at + localLen + int64(nameLen) + int64(extraLen)
	if version := le.Uint16(b[4:]) & 0xff; version > 63 || nameLen == 0 || nameLen > 4096 || data > s.size {
		return nil, 0
	}
	text := make([]byte, nameLen+extraLen)
	if _, err := s.ra.ReadAt(text, at+localLen); err != nil && data != s.size {
		return nil, 0
	}
	e := &zipEntry{
		name:     string(text[:nameLen]),
		flags:    le.Uint16(b[6:]),
		method:   le.Uint16(b[8:]),
		modified: dosTime(le.Uint16(b[12:]), le.Uint16(b[10:])),
		crc:      le.Uint32(b[14:]),
		packed:   int64(le.Uint32(b[18:])),
		size:     int64(le.Uint32(b[22:])),
		header:   at,
	}
	e.extra(text[nameLen:], &e.size, &e.packed)
	if e.flags&flagSizeLater != 0 && e.packed == 0 {
		return s.open(e, data)
	}
	if e.packed < 0 || e.size < 0 || e.packed > s.size-data {
		return e, s.size // cut by the end of the archive
	}
	return e, data + e.packed
}

// open measures a member whose sizes stand behind its data: it ends at the next
// header at the latest. Deflated data knows its own end.
func (s *salvage) open(e *zipEntry, data int64) (*zipEntry, int64) {
	e.sizesLater, e.size = true, -1
	next, ok := s.find(data)
	for ok {
		if s.header(next) {
			break
		}
		next, ok = s.find(next + 1)
	}
	if !ok {
		next = s.size
	}
	e.packed = next - data
	if e.method == methodStore {
		e.packed -= s.descriptor(data, next)
	}
	return e, next
}

// descriptor gives the length of the data descriptor (APPNOTE 4.3.9) that ends a
// stored member, 0 where none stands there.
func (s *salvage) descriptor(from, to int64) int64 {
	for _, n := range []int64{16, 24} { // sum and sizes of 32 or 64 bits
		if to-from >= n && hasAt(s.ra, to-n, "PK\x07\x08") {
			return n
		}
	}
	return 0
}

// header says whether a plausible local header stands at a place.
func (s *salvage) header(at int64) bool {
	var b [localLen]byte
	if _, err := s.ra.ReadAt(b[:], at); err != nil {
		return false
	}
	name := le.Uint16(b[26:])
	return le.Uint16(b[4:])&0xff <= 63 && name > 0 && name <= 4096
}
