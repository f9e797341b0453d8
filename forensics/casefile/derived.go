package casefile

import (
	"bufio"
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"os"
	"path/filepath"
	"unsafe"
)

// The derived file is the state, written as it stands in memory, so that a start
// reads it in one go. A header tells which case and which events it is of; whatever
// does not fit - another case, another byte order, a checksum, a number out of
// range - makes the columns anew from the database. Its sections lie one after the
// other, each starting at a multiple of 8:
//
//	time row offset fact wordsEnd textEnd     int64
//	item asn session message texts... order   uint32
//	kind nth status words textBlob            bytes
const (
	derivedMagic   = "KTROWS03"
	byteOrderMark  = 0x0102030405060708
	derivedCaseLen = 32
)

// derivedHeader is the head of the file, in the machine's byte order.
type derivedHeader struct {
	Magic     [8]byte
	Order     uint64 // byteOrderMark
	Case      [derivedCaseLen]byte
	Epoch     int64
	Rows      int64
	Texts     int64 // with the text 0
	WordBytes int64
	TextBytes int64
	Checksum  uint64 // CRC-32C of everything behind the header
}

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// layout walks the sections of the file; the same walk writes and reads them.
type layout interface {
	int64s(s *[]int64, n int64)
	uint32s(s *[]uint32, n int64)
	bytes(s *[]byte, n int64)
}

func (s *state) walk(l layout, h *derivedHeader) {
	c := &s.columns
	for _, column := range []*[]int64{&c.time, &c.row, &c.offset, &c.fact, &c.wordsEnd} {
		l.int64s(column, h.Rows)
	}
	l.int64s(&s.texts.end, h.Texts)
	l.uint32s(&c.item, h.Rows)
	l.uint32s(&c.asn, h.Rows)
	l.uint32s(&c.session, h.Rows)
	l.uint32s(&c.message, h.Rows)
	for i := range c.texts {
		l.uint32s(&c.texts[i], h.Rows)
	}
	l.uint32s(&s.order, h.Rows)
	l.bytes(&c.kind, h.Rows)
	l.bytes(&c.nth, h.Rows)
	l.bytes(&c.status, h.Rows)
	l.bytes(&c.words, h.WordBytes)
	l.bytes(&s.texts.blob, h.TextBytes)
}

// number is what a column holds.
type number interface{ int64 | uint32 }

// asBytes shows the memory of a column.
func asBytes[T number](s []T) []byte {
	if len(s) == 0 {
		return nil
	}
	return unsafe.Slice((*byte)(unsafe.Pointer(&s[0])), len(s)*int(unsafe.Sizeof(s[0])))
}

// asNumbers shows bytes, aligned for T, as a column.
func asNumbers[T number](b []byte) []T {
	var zero T
	n := len(b) / int(unsafe.Sizeof(zero))
	if n == 0 {
		return nil
	}
	return unsafe.Slice((*T)(unsafe.Pointer(&b[0])), n)
}

func padding(n int64) int64 { return -n & 7 }

// columnWriter writes the sections.
type columnWriter struct {
	w   io.Writer
	err error
}

func (w *columnWriter) bytes(s *[]byte, _ int64) {
	var zeroes [8]byte
	for _, b := range [][]byte{*s, zeroes[:padding(int64(len(*s)))]} {
		if w.err == nil {
			_, w.err = w.w.Write(b)
		}
	}
}

func (w *columnWriter) int64s(s *[]int64, n int64)   { b := asBytes(*s); w.bytes(&b, n) }
func (w *columnWriter) uint32s(s *[]uint32, n int64) { b := asBytes(*s); w.bytes(&b, n) }

// columnReader cuts the sections out of what was read.
type columnReader struct {
	rest []byte
	bad  bool
}

func (r *columnReader) take(n int64) []byte {
	padded := n + padding(n)
	if r.bad || n < 0 || padded < n || padded > int64(len(r.rest)) {
		r.bad = true
		return nil
	}
	b := r.rest[:n:n]
	r.rest = r.rest[padded:]
	return b
}

func (r *columnReader) bytes(s *[]byte, n int64)     { *s = r.take(n) }
func (r *columnReader) int64s(s *[]int64, n int64)   { *s = asNumbers[int64](r.take(sized(n, 8))) }
func (r *columnReader) uint32s(s *[]uint32, n int64) { *s = asNumbers[uint32](r.take(sized(n, 4))) }

// sized multiplies, giving -1 for a count that cannot be.
func sized(n, size int64) int64 {
	if n < 0 || n > 1<<40 {
		return -1
	}
	return n * size
}

// loadDerived reads the derived file, nil where there is none that fits.
func (c *Case) loadDerived(ctx context.Context) *state {
	id, err := c.identity(ctx)
	if err != nil {
		return nil
	}
	f, err := os.Open(filepath.Join(c.path, derivedDir, rowsName))
	if err != nil {
		return nil
	}
	defer f.Close()
	info, err := f.Stat()
	size := int64(binary.Size(derivedHeader{}))
	if err != nil || !info.Mode().IsRegular() || info.Size() < size || info.Size() > 1<<40 {
		return nil
	}
	data := make([]byte, info.Size())
	if _, err := io.ReadFull(f, data); err != nil {
		return nil
	}
	var h derivedHeader
	if err := binary.Read(bytes.NewReader(data[:size]), binary.NativeEndian, &h); err != nil {
		return nil
	}
	if string(h.Magic[:]) != derivedMagic || h.Order != byteOrderMark || h.Case != id ||
		h.Checksum != uint64(crc32.Checksum(data[size:], castagnoli)) {
		return nil
	}
	s := &state{epoch: h.Epoch}
	r := columnReader{rest: data[size:]}
	s.walk(&r, &h)
	if r.bad || len(r.rest) != 0 || !s.sound() {
		return nil
	}
	s.settled = s.columns.len()
	s.countDated()
	return s
}

// sound checks that no number of a state that was read points outside of it.
func (s *state) sound() bool {
	c := &s.columns
	n := uint32(c.len())
	if int(n) != c.len() || len(s.texts.end) == 0 || s.texts.end[0] != 0 {
		return false
	}
	return ascending(c.wordsEnd, int64(len(c.words))) && ascending(s.texts.end, int64(len(s.texts.blob))) &&
		below(s.order, n) && s.textsBelow(uint32(len(s.texts.end)))
}

func (s *state) textsBelow(limit uint32) bool {
	for i := range s.columns.texts {
		if !below(s.columns.texts[i], limit) {
			return false
		}
	}
	return true
}

func below(s []uint32, limit uint32) bool {
	top := uint32(0)
	for _, v := range s {
		top = max(top, v)
	}
	return len(s) == 0 || top < limit
}

// ascending checks that ends go up to exactly last.
func ascending(ends []int64, last int64) bool {
	at := int64(0)
	for _, e := range ends {
		if e < at {
			return false
		}
		at = e
	}
	return at == last
}

// identity tells a case from every other one: its salt.
func (c *Case) identity(ctx context.Context) (id [derivedCaseLen]byte, err error) {
	var salt string
	if err := c.read.QueryRowContext(ctx, `SELECT value FROM meta WHERE name = ?`, metaSalt).Scan(&salt); err != nil {
		return id, err
	}
	copy(id[:], salt)
	return id, nil
}

// Settle writes the derived columns after evidence was added, so that the next start is
// fast. A case without them works, only its first look takes longer.
func (c *Case) Settle() error {
	if c.write == nil {
		return nil
	}
	c.writeMu.Lock()
	defer c.writeMu.Unlock()
	if err := c.flush(); err != nil {
		return err
	}
	return c.settle()
}

func (c *Case) settle() error {
	ctx := context.Background()
	id, err := c.identity(ctx)
	if err != nil {
		return fmt.Errorf("settle the case: %w", err)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	s, err := c.current(ctx)
	if err != nil {
		return err
	}
	s.sort()
	if s.settled == s.columns.len() {
		return nil
	}
	if err := s.save(filepath.Join(c.path, derivedDir), id); err != nil {
		return fmt.Errorf("settle the case: %w", err)
	}
	s.settled = s.columns.len()
	return nil
}

// save writes the file beside its place and moves it there.
func (s *state) save(dir string, id [derivedCaseLen]byte) (err error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	f, err := os.CreateTemp(dir, rowsName+".*")
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, f.Close(), os.Remove(f.Name()))
		}
	}()
	h := derivedHeader{Order: byteOrderMark, Case: id, Epoch: s.epoch, Rows: int64(s.columns.len()), Texts: int64(len(s.texts.end)),
		WordBytes: int64(len(s.columns.words)), TextBytes: int64(len(s.texts.blob))}
	copy(h.Magic[:], derivedMagic)
	sum := crc32.New(castagnoli)
	if err := binary.Write(f, binary.NativeEndian, &h); err != nil { // its place; the checksum comes last
		return err
	}
	buffered := bufio.NewWriterSize(f, 1<<18)
	w := columnWriter{w: io.MultiWriter(buffered, sum)}
	s.walk(&w, &h)
	if w.err != nil {
		return w.err
	}
	if err := buffered.Flush(); err != nil {
		return err
	}
	h.Checksum = uint64(sum.Sum32())
	if _, err := f.Seek(0, io.SeekStart); err != nil {
		return err
	}
	if err := binary.Write(f, binary.NativeEndian, &h); err != nil {
		return err
	}
	if err := f.Close(); err != nil {
		return err
	}
	return os.Rename(f.Name(), filepath.Join(dir, rowsName))
}
