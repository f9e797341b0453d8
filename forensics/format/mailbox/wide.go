package mailbox

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"hash"
	"io"
	"unicode/utf16"
	"unicode/utf8"

	"keytrail/forensics/format"
)

// A mailbox in UTF-16 is one that somebody saved again with a Windows program. It is read
// through wideReader, which makes UTF-8 of it, and wideHash, which turns what was cut
// back into the units that stand in the evidence, so that lengths and digests are of the
// raw bytes. The way there and back loses nothing: half of a surrogate pair is written as if
// it were a character (WTF-8), and an odd byte at the end is kept apart.

// order is what encoding/binary knows of an order of bytes.
type order interface {
	binary.ByteOrder
	binary.AppendByteOrder
}

// byteOrder tells UTF-16 by its byte order mark, nil where there is none.
func byteOrder(b []byte) order {
	switch {
	case bytes.HasPrefix(b, []byte{0xFF, 0xFE}):
		return binary.LittleEndian
	case bytes.HasPrefix(b, []byte{0xFE, 0xFF}):
		return binary.BigEndian
	}
	return nil
}

// decodedHead gives a head as the bytes that the parsers read.
func decodedHead(b []byte) []byte {
	order := byteOrder(b)
	if order == nil {
		return b
	}
	w := &wideReader{r: bytes.NewReader(b), order: order}
	out, _ := io.ReadAll(io.LimitReader(w, format.HeadSize)) // a reader of bytes has no error
	return out
}

// wideReader reads UTF-16 as UTF-8, byte order mark included.
type wideReader struct {
	r     io.Reader
	order order
	in    [64 << 10]byte
	n     int    // bytes of in that wait
	out   []byte // decoded and not yet read
	odd   []byte // the byte at the end that is no unit
	err   error
}

func (w *wideReader) Read(p []byte) (int, error) {
	for len(w.out) == 0 {
		if w.err != nil {
			return 0, w.err
		}
		n, err := w.r.Read(w.in[w.n:])
		w.n += n
		w.err = err
		w.decode(err != nil)
	}
	n := copy(p, w.out)
	w.out = w.out[n:]
	return n, nil
}

// decode turns the waiting bytes into out. The first half of a pair waits for the second.
func (w *wideReader) decode(last bool) {
	out := w.out[:0:0]
	i := 0
	for ; i+1 < w.n; i += 2 {
		u := w.order.Uint16(w.in[i:])
		if u >= 0xD800 && u < 0xDC00 {
			if i+3 >= w.n && !last {
				break
			}
			if i+3 < w.n {
				if r := utf16.DecodeRune(rune(u), rune(w.order.Uint16(w.in[i+2:]))); r != utf8.RuneError {
					out = utf8.AppendRune(out, r)
					i += 2
					continue
				}
			}
		}
		out = appendUnit(out, u)
	}
	if last && i < w.n {
		w.odd = []byte{w.in[i]}
		i++
	}
	w.n = copy(w.in[:], w.in[i:w.n])
	w.out = out
}

// appendUnit writes a unit of UTF-16 as UTF-8, half a pair like any other number.
func appendUnit(out []byte, u uint16) []byte {
	if u < 0xD800 || u > 0xDFFF {
		return utf8.AppendRune(out, rune(u))
	}
	return append(out, 0xE0|byte(u>>12), 0x80|byte(u>>6)&0xBF, 0x80|byte(u)&0xBF)
}

// wideHash is the hash of the raw bytes of what it is given as UTF-8, cut anywhere.
type wideHash struct {
	hash.Hash
	order order
	part  []byte // an unfinished character
	raw   []byte
	n     int64 // raw bytes seen
}

func newWideHash(order order) *wideHash {
	return &wideHash{Hash: sha256.New(), order: order}
}

// Write takes bytes that wideReader gave.
func (w *wideHash) Write(p []byte) (int, error) {
	n := len(p)
	w.raw = w.raw[:0]
	for len(p) > 0 {
		if len(w.part) > 0 || p[0] >= utf8.RuneSelf {
			w.part = append(w.part, p[0])
			p = p[1:]
			if len(w.part) >= sequence(w.part[0]) {
				w.character()
			}
			continue
		}
		w.raw = w.order.AppendUint16(w.raw, uint16(p[0]))
		p = p[1:]
	}
	w.add(w.raw)
	return n, nil
}

// add hashes raw bytes.
func (w *wideHash) add(raw []byte) {
	w.Hash.Write(raw) // a hash never returns an error
	w.n += int64(len(raw))
}

func (w *wideHash) character() {
	p := w.part
	w.part = w.part[:0]
	if len(p) == 3 {
		w.raw = w.order.AppendUint16(w.raw, uint16(p[0])<<12|uint16(p[1]&0x3F)<<6|uint16(p[2]&0x3F))
		return
	}
	r, _ := utf8.DecodeRune(p)
	for _, u := range utf16.AppendRune(nil, r) {
		w.raw = w.order.AppendUint16(w.raw, u)
	}
}

// sequence is the length of the character that a byte begins.
func sequence(first byte) int {
	switch {
	case first >= 0xF0:
		return 4
	case first >= 0xE0:
		return 3
	}
	return 2
}

// Reset begins a new record.
func (w *wideHash) Reset() {
	w.Hash.Reset()
	w.part, w.n = w.part[:0], 0
}
