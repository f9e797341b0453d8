package format

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"unicode/utf16"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
)

// MaxRecord is the longest record that is held in memory: 8 MiB. A longer one is
// counted as broken and passed over.
const MaxRecord = 8 << 20

const blockSize = 256 << 10

// encoding of a text as its byte order mark tells it.
type encoding uint8

const (
	bytewise encoding = iota // UTF-8, or a legacy code page decoded field by field
	utf16LE
	utf16BE
)

// buffer is a window over a stream that knows its place in it.
type buffer struct {
	r          io.Reader
	buf        []byte
	start, end int   // the window: buf[start:end]
	offset     int64 // of buf[start] in the stream
	line       int64 // lines that end before buf[start]
	max        int   // longest record, in bytes
	block      int   // how much is read at once
	enc        encoding
	err        error // what the reader returned, io.EOF at the end
	scratch    []byte

	// wide is set where the window holds UTF-8 that was made of UTF-16 (newWideBuffer):
	// offset still counts the bytes of the source.
	wide binary.ByteOrder
}

func newPlainBuffer(r io.Reader, limit int) *buffer {
	if limit <= 0 {
		limit = MaxRecord
	}
	block := blockSize
	if memory, ok := r.(interface{ Len() int }); ok { // the head of a file, when formats are asked: a small mail needs no large buffer
		block = min(block, memory.Len()+1)
	}
	return &buffer{r: r, max: limit, block: block, buf: make([]byte, 2*block)}
}

func newBuffer(r io.Reader, limit int) *buffer {
	b := newPlainBuffer(r, limit)
	for b.end < 3 && b.fill() { // a reader may give a byte at a time
	}
	b.skip(b.mark(b.window()))
	return b
}

// mark sets the encoding from the byte order mark that w begins with, and gives its length.
func (b *buffer) mark(w []byte) int {
	switch {
	case bytes.HasPrefix(w, []byte{0xEF, 0xBB, 0xBF}):
		return 3
	case bytes.HasPrefix(w, []byte{0xFF, 0xFE}):
		b.enc = utf16LE
		return 2
	case bytes.HasPrefix(w, []byte{0xFE, 0xFF}):
		b.enc = utf16BE
		return 2
	}
	return 0
}

func (b *buffer) window() []byte { return b.buf[b.start:b.end] }

// skip moves the window's start without counting lines.
func (b *buffer) skip(n int) {
	b.start += n
	b.offset += int64(n)
}

// pass moves the window's start, counting lines, also in a text that was UTF-16.
func (b *buffer) pass(n int) {
	span := b.buf[b.start : b.start+n]
	b.line += int64(bytes.Count(span, []byte{'\n'}))
	b.start += n
	if b.wide != nil {
		b.offset += wideLen(span)
	} else {
		b.offset += int64(n)
	}
}

// rawOf gives the next n bytes of the window as they stand in the source, valid until
// the next call.
func (b *buffer) rawOf(n int) []byte {
	if b.wide == nil {
		return b.buf[b.start : b.start+n]
	}
	b.scratch = appendWide(b.scratch[:0], b.buf[b.start:b.start+n], b.wide)
	return b.scratch
}

// fill reads one more block, moving or growing the buffer where it is full. It
// reports whether anything came.
func (b *buffer) fill() bool {
	if b.err != nil {
		return false
	}
	if len(b.buf)-b.end < b.block {
		if b.start > 0 {
			copy(b.buf, b.buf[b.start:b.end])
			b.end -= b.start
			b.start = 0
		}
		if len(b.buf)-b.end < b.block {
			bigger := make([]byte, 2*len(b.buf))
			copy(bigger, b.buf[:b.end])
			b.buf = bigger
		}
	}
	for tries := 0; tries < 100; tries++ {
		n, err := b.r.Read(b.buf[b.end:])
		b.end += n
		if err != nil {
			b.err = err
		}
		if n > 0 || err != nil {
			return n > 0
		}
	}
	b.err = io.ErrNoProgress
	return false
}

// failure is the error that ended the stream, nil at its regular end.
func (b *buffer) failure() error {
	if errors.Is(b.err, io.EOF) {
		return nil
	}
	return b.err
}

// lineEnd finds the end of the line that holds byte from of the window, behind its
// newline. ok is false where the window up to there is longer than max allows. At the end of
// the stream the rest of the window is a line; end == from means that nothing is left.
func (b *buffer) lineEnd(from int) (end int, ok bool) {
	seen := from
	for {
		w := b.window()
		if i := b.newline(w, seen); i >= 0 {
			return i, i <= b.max // the window may hold more than a record may have
		}
		seen = len(w)
		if b.enc != bytewise {
			seen &^= 1
		}
		if len(w) > b.max {
			return len(w), false
		}
		if !b.fill() {
			return len(b.window()), true
		}
	}
}

// newline gives the place behind the first newline of w at or after from, or -1.
func (b *buffer) newline(w []byte, from int) int {
	if b.enc == bytewise {
		if i := bytes.IndexByte(w[from:], '\n'); i >= 0 {
			return from + i + 1
		}
		return -1
	}
	for i := from &^ 1; i+1 < len(w); i += 2 {
		if b.unit(w[i:]) == '\n' {
			return i + 2
		}
	}
	return -1
}

func (b *buffer) unit(two []byte) uint16 {
	if b.enc == utf16LE {
		return binary.LittleEndian.Uint16(two)
	}
	return binary.BigEndian.Uint16(two)
}

// passLine drops the rest of an overlong line without holding it, and gives the
// number of bytes dropped.
func (b *buffer) passLine() int64 {
	var dropped int64
	for {
		w := b.window()
		if i := b.newline(w, 0); i >= 0 {
			b.skip(i)
			return dropped + int64(i)
		}
		n := len(w)
		if b.enc != bytewise {
			n &^= 1
		}
		dropped += int64(n)
		b.skip(n)
		if !b.fill() {
			rest := len(b.window())
			b.skip(rest)
			return dropped + int64(rest)
		}
	}
}

// text decodes raw bytes of this stream to UTF-8, valid until the next call.
func (b *buffer) text(raw []byte) []byte {
	if b.enc == bytewise {
		return raw
	}
	out := b.scratch[:0]
	for i := 0; i+1 < len(raw); i += 2 {
		u := rune(b.unit(raw[i:]))
		if utf16.IsSurrogate(u) {
			if i+3 < len(raw) {
				if r := utf16.DecodeRune(u, rune(b.unit(raw[i+2:]))); r != utf8.RuneError {
					out = utf8.AppendRune(out, r)
					i += 2
					continue
				}
			}
			u = utf8.RuneError
		}
		out = utf8.AppendRune(out, u)
	}
	b.scratch = out
	return out
}

// Text makes a string of bytes that ought to be UTF-8; where they are not, they
// are read as Windows-1252, which every byte string is a text in.
func Text(b []byte) string {
	if utf8.Valid(b) {
		return string(b)
	}
	out, err := charmap.Windows1252.NewDecoder().Bytes(b)
	if err != nil {
		return string(bytes.ToValidUTF8(b, []byte("\uFFFD")))
	}
	return string(out)
}
