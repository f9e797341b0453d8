package evidence

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"
)

// The directory is read here and not by archive/zip, which holds all of it in memory, by
// counts that the archive states, and gives up the whole archive for one bad entry.
// Layouts: PKWARE APPNOTE.TXT 6.3.10, sections 4.3.7 (local header), 4.3.12 (directory entry),
// 4.3.14 to 4.3.16 (its end), 4.5.3 (zip64 extra field).
const (
	sigLocal      = "PK\x03\x04"
	sigEntry      = "PK\x01\x02"
	sigEnd        = "PK\x05\x06"
	sigEnd64      = "PK\x06\x06"
	sigLocator64  = "PK\x06\x07"
	localLen      = 30
	entryLen      = 46
	endLen        = 22
	end64Len      = 56
	locator64Len  = 20
	methodStore   = 0
	methodDeflate = 8
	flagEncrypted = 1 << 0
	flagSizeLater = 1 << 3
)

var le = binary.LittleEndian

// zipEntry is a member as the directory states it.
type zipEntry struct {
	name     string
	flags    uint16
	method   uint16
	crc      uint32
	packed   int64
	size     int64 // -1 where it stands behind the data
	header   int64 // place of the local header
	modified time.Time
	unixMode uint32 // zero where not stated
	// sizesLater: found by its local header, which does not know size and sum.
	sizesLater bool
}

func (e *zipEntry) isDir() bool {
	return e.size <= 0 && (strings.HasSuffix(e.name, "/") || e.unixMode&0o170000 == 0o040000)
}

func (e *zipEntry) isLink() bool { return e.unixMode&0o170000 == 0o120000 }

// dataOffset finds where the member's bytes begin.
func (e *zipEntry) dataOffset(r io.ReaderAt, size int64) (int64, error) {
	var b [localLen]byte
	if e.header < 0 || e.header > size-localLen {
		return 0, errors.New("its place lies outside the archive")
	}
	if _, err := r.ReadAt(b[:], e.header); err != nil {
		return 0, fmt.Errorf("its header cannot be read: %w", err)
	}
	if string(b[:4]) != sigLocal {
		return 0, errors.New("no member stands at its place")
	}
	at := e.header + localLen + int64(le.Uint16(b[26:])) + int64(le.Uint16(b[28:]))
	if at > size {
		return 0, errors.New("the archive ends before its data")
	}
	return at, nil
}

// zipDir reads a central directory entry by entry.
type zipDir struct {
	ra    io.ReaderAt
	start int64 // of the directory
	base  int64 // what stands before the archive
	end   int64 // of the archive
	want  uint64
	r     *bufio.Reader
	n     uint64
}

// openZip finds the central directory.
func openZip(ra io.ReaderAt, size int64) (*zipDir, error) {
	tail := make([]byte, min(size, endLen+0xffff))
	if _, err := ra.ReadAt(tail, size-int64(len(tail))); err != nil && !errors.Is(err, io.EOF) {
		return nil, err
	}
	at := -1
	for i := len(tail) - endLen; i >= 0; i-- {
		if string(tail[i:i+4]) == sigEnd && i+endLen+int(le.Uint16(tail[i+20:])) <= len(tail) {
			at = i
			break
		}
	}
	if at < 0 {
		return nil, errors.New("its end is missing")
	}
	end := tail[at:]
	d := &zipDir{ra: ra, want: uint64(le.Uint16(end[10:])), end: size}
	length, offset := uint64(le.Uint32(end[12:])), uint64(le.Uint32(end[16:]))
	endAt := size - int64(len(tail)) + int64(at)
	if d.want == 0xffff || length == 0xffffffff || offset == 0xffffffff {
		if e64, pos := readEnd64(ra, endAt); e64 != nil {
			d.want, length, offset = le.Uint64(e64[32:]), le.Uint64(e64[40:]), le.Uint64(e64[48:])
			endAt = pos
		}
	}
	if d.want == 0 {
		d.start = endAt
		d.rewind()
		return d, nil
	}
	if offset > uint64(endAt) || length > uint64(endAt) {
		return nil, errors.New("it lies outside the archive")
	}
	d.start = int64(offset)
	if !hasAt(ra, d.start, sigEntry) {
		d.base = endAt - int64(length) - int64(offset)
		d.start += d.base
		if d.base < 0 || !hasAt(ra, d.start, sigEntry) {
			return nil, errors.New("it is not where it should be")
		}
	}
	d.rewind()
	return d, nil
}

// readEnd64 gives the zip64 end of the directory and its place, nil where there is none.
func readEnd64(ra io.ReaderAt, endAt int64) ([]byte, int64) {
	var loc [locator64Len]byte
	if endAt < locator64Len {
		return nil, 0
	}
	if _, err := ra.ReadAt(loc[:], endAt-locator64Len); err != nil || string(loc[:4]) != sigLocator64 {
		return nil, 0
	}
	pos := le.Uint64(loc[8:])
	if pos > uint64(endAt) {
		return nil, 0
	}
	b := make([]byte, end64Len)
	if _, err := ra.ReadAt(b, int64(pos)); err != nil || string(b[:4]) != sigEnd64 {
		return nil, 0
	}
	return b, int64(pos)
}

func hasAt(ra io.ReaderAt, at int64, sig string) bool {
	var b [4]byte
	_, err := ra.ReadAt(b[:], at)
	return err == nil && string(b[:]) == sig
}

func (d *zipDir) rewind() {
	d.n = 0
	d.r = bufio.NewReaderSize(io.NewSectionReader(d.ra, d.start, d.end-d.start), 64<<10)
}

// next gives the next entry, io.EOF behind the last.
func (d *zipDir) next() (*zipEntry, error) {
	if d.want == 0 {
		return nil, io.EOF
	}
	sig, err := d.r.Peek(4)
	if err != nil || string(sig) != sigEntry {
		if d.n&0xffff == d.want&0xffff { // a 16-bit count wraps in archives without zip64
			return nil, io.EOF
		}
		return nil, fmt.Errorf("its directory states %d members and breaks off after %d", d.want, d.n)
	}
	var b [entryLen]byte
	if _, err := io.ReadFull(d.r, b[:]); err != nil {
		return nil, errors.New("its directory breaks off")
	}
	text := make([]byte, int(le.Uint16(b[28:]))+int(le.Uint16(b[30:])))
	if _, err := io.ReadFull(d.r, text); err != nil {
		return nil, errors.New("its directory breaks off")
	}
	if _, err := d.r.Discard(int(le.Uint16(b[32:]))); err != nil {
		return nil, errors.New("its directory breaks off")
	}
	d.n++
	nameLen := int(le.Uint16(b[28:]))
	e := &zipEntry{
		name:     string(text[:nameLen]),
		flags:    le.Uint16(b[8:]),
		method:   le.Uint16(b[10:]),
		modified: dosTime(le.Uint16(b[14:]), le.Uint16(b[12:])),
		crc:      le.Uint32(b[16:]),
		packed:   int64(le.Uint32(b[20:])),
		size:     int64(le.Uint32(b[24:])),
		header:   int64(le.Uint32(b[42:])),
	}
	if made := le.Uint16(b[4:]) >> 8; made == 3 || made == 19 { // Unix, macOS
		e.unixMode = le.Uint32(b[38:]) >> 16
	}
	e.extra(text[nameLen:], &e.size, &e.packed, &e.header)
	if e.size < 0 || e.packed < 0 || e.header < 0 {
		return nil, errors.New("its directory states a size beyond any file")
	}
	e.header += d.base
	return e, nil
}

// extra reads the zip64 sizes, for those fields that are all ones, and the time in UTC.
func (e *zipEntry) extra(b []byte, fields ...*int64) {
	for len(b) >= 4 {
		id, n := le.Uint16(b), int(le.Uint16(b[2:]))
		if b = b[4:]; n > len(b) {
			return
		}
		data := b[:n]
		b = b[n:]
		switch id {
		case 0x0001:
			for _, f := range fields {
				if *f == 0xffffffff && len(data) >= 8 {
					*f = int64(le.Uint64(data))
					data = data[8:]
				}
			}
		case 0x5455: // Info-ZIP extended timestamp
			if len(data) >= 5 && data[0]&1 != 0 {
				e.modified = time.Unix(int64(int32(le.Uint32(data[1:]))), 0).UTC()
			}
		}
	}
}

// dosTime reads a DOS date and time, which have no zone: they count as UTC.
func dosTime(date, clock uint16) time.Time {
	if date == 0 {
		return time.Time{}
	}
	return time.Date(int(date>>9)+1980, time.Month(date>>5&15), int(date&31), int(clock>>11), int(clock>>5&63), int(clock&31)*2, 0, time.UTC)
}

// isDocument tells an Office or OpenDocument file: an archive that is one thing to its user. ECMA-376
// part 2 asks for both names; OpenDocument 1.2 part 3 section 3.3 for a first member of the name mimetype.
func (d *zipDir) isDocument() bool {
	defer d.rewind()
	head := make([]byte, localLen+8)
	if _, err := d.ra.ReadAt(head, 0); err == nil && le.Uint16(head[26:]) == 8 && bytes.Equal(head[localLen:], []byte("mimetype")) {
		return true
	}
	types, rels := false, false
	for !types || !rels {
		e, err := d.next()
		if err != nil {
			return false
		}
		types = types || e.name == "[Content_Types].xml"
		rels = rels || e.name == "_rels/.rels"
	}
	return true
}
