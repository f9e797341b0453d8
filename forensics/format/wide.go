package format

import (
	"encoding/binary"
	"io"
	"unicode/utf16"
	"unicode/utf8"
)

// newWideBuffer reads the UTF-16 text in b as UTF-8, so that a scanner need know one
// encoding only. Every unit of two bytes keeps its own bytes in the result: a lone
// surrogate is written as three bytes like any other unit (WTF-8), so places and raw bytes
// are found again from the text alone.
func newWideBuffer(b *buffer, limit int) *buffer {
	var order binary.ByteOrder = binary.LittleEndian
	if b.enc == utf16BE {
		order = binary.BigEndian
	}
	w := newPlainBuffer(&wideReader{b: b}, limit)
	w.wide = order
	w.offset = b.offset
	return w
}

// wideReader turns the UTF-16 in b into UTF-8.
type wideReader struct {
	b    *buffer
	rest []byte // decoded and not given yet
	out  []byte
}

// Read implements io.Reader.
func (r *wideReader) Read(p []byte) (int, error) {
	for len(r.rest) == 0 {
		for len(r.b.window()) < 4 && r.b.fill() { // two units, so that a pair is whole
		}
		w := r.b.window()
		if len(w) < 2 { // an odd last byte belongs to no unit
			return 0, r.b.err
		}
		w = w[:min(len(w), blockSize)&^1]
		r.out = r.out[:0]
		n := 0
		for n < len(w) {
			u := rune(r.b.unit(w[n:]))
			if !utf16.IsSurrogate(u) {
				r.out = utf8.AppendRune(r.out, u)
				n += 2
				continue
			}
			if n+4 > len(w) && n > 0 { // n > 0: at the end of the stream it comes alone
				break // its other half may come
			}
			if n+4 <= len(w) {
				if c := utf16.DecodeRune(u, rune(r.b.unit(w[n+2:]))); c != utf8.RuneError {
					r.out = utf8.AppendRune(r.out, c)
					n += 4
					continue
				}
			}
			r.out = append(r.out, 0xE0|byte(u>>12), 0x80|byte(u>>6&0x3F), 0x80|byte(u&0x3F))
			n += 2
		}
		r.b.skip(n)
		r.rest = r.out
	}
	n := copy(p, r.rest)
	r.rest = r.rest[n:]
	return n, nil
}

var _ io.Reader = (*wideReader)(nil)

// wideLen is how many bytes text takes in UTF-16.
func wideLen(text []byte) int64 {
	var n int64
	for _, c := range text {
		switch {
		case c >= 0xF0:
			n += 4
		case c&0xC0 != 0x80:
			n += 2
		}
	}
	return n
}

// appendWide writes text as UTF-16 again.
func appendWide(out, text []byte, order binary.ByteOrder) []byte {
	unit := func(u uint16) {
		var two [2]byte
		order.PutUint16(two[:], u)
		out = append(out, two[0], two[1])
	}
	for i := 0; i < len(text); {
		c, n := utf8.DecodeRune(text[i:])
		if n == 1 && c == utf8.RuneError && i+2 < len(text) { // a lone surrogate
			unit(uint16(text[i]&0x0F)<<12 | uint16(text[i+1]&0x3F)<<6 | uint16(text[i+2]&0x3F))
			i += 3
			continue
		}
		if hi, lo := utf16.EncodeRune(c); c > 0xFFFF {
			unit(uint16(hi))
			unit(uint16(lo))
		} else {
			unit(uint16(c))
		}
		i += n
	}
	return out
}
