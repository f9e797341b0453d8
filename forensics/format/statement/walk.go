package statement

import (
	"bufio"
	"errors"
	"io"

	"keytrail/forensics"
	"keytrail/forensics/format"
)

// objects finds the objects that stand in the arrays of a JSON text, whatever objects those arrays are inside of,
// without reading it whole. A damaged object costs itself: the next one in its array is found again.
type objects struct {
	r    *bufio.Reader
	off  int64 // of the next byte
	line int64 // lines that end before it
	err  error

	stack  []frame // open brackets around
	key    string  // the last text, which is a key if a colon follows
	member string  // the key whose value comes
	// text is told every text that is a value outside of records, with its key; may be nil.
	text func(key, value string)

	raw    []byte
	array  string // the key of the array that the object stands in
	start  int64
	from   int64 // first line
	broken string
	told   bool // that the text ends too soon
}

type frame struct {
	bracket byte
	key     string
}

// Bounds of what is looked at.
const (
	maxObject = 1 << 20 // bytes of a record
	maxStack  = 64
	maxString = 256 // bytes kept of a text outside of records
)

func newObjects(r io.Reader) *objects {
	o := &objects{r: bufio.NewReaderSize(r, 64<<10)}
	if mark, err := o.r.Peek(3); err == nil && string(mark) == "\xef\xbb\xbf" {
		o.off, _ = 3, o.discard(3)
	}
	return o
}

func (o *objects) discard(n int) error {
	_, err := o.r.Discard(n)
	return err
}

// next gives the next byte.
func (o *objects) next() (byte, bool) {
	c, err := o.r.ReadByte()
	if err != nil {
		o.err = err
		return 0, false
	}
	o.off++
	if c == '\n' {
		o.line++
	}
	return c, true
}

// back takes the last byte back.
func (o *objects) back(c byte) {
	if o.r.UnreadByte() == nil {
		o.off--
		if c == '\n' {
			o.line--
		}
	}
}

// Next moves to the next record and reports whether there is one.
func (o *objects) Next() bool {
	o.raw, o.broken = o.raw[:0], ""
	for {
		c, ok := o.next()
		if !ok {
			return false
		}
		switch c {
		case '{':
			if n := len(o.stack); n > 0 && o.stack[n-1].bracket == '[' {
				o.array = o.stack[n-1].key
				o.record()
				return true
			}
			o.push(c)
		case '[':
			o.push(c)
		case '}', ']':
			o.pop(c)
		case '"':
			s := o.string()
			if o.member != "" && o.text != nil {
				o.text(o.member, s)
			}
			o.key = s
		case ':':
			o.member = o.key
		case ',':
			if n := len(o.stack); n == 0 || o.stack[n-1].bracket == '{' {
				o.member = ""
			}
		case ' ', '\t', '\r', '\n':
		default:
			if len(o.stack) == 0 {
				o.junk()
				return true
			}
		}
	}
}

func (o *objects) push(c byte) {
	if len(o.stack) < maxStack {
		o.stack = append(o.stack, frame{c, o.member})
	}
	if c == '{' {
		o.member = ""
	}
}

// pop closes the innermost bracket of the kind that c closes, and what was left open inside of it.
func (o *objects) pop(c byte) {
	for n := len(o.stack) - 1; n >= 0; n-- {
		if o.stack[n].bracket == c-2 { // in ASCII the pairs are two apart
			o.stack = o.stack[:n]
			break
		}
	}
	o.member = ""
}

// string reads a text outside of records, of which the beginning is kept as it is written.
func (o *objects) string() string {
	var kept []byte
	for {
		c, ok := o.next()
		if !ok || c == '"' || c == '\n' {
			return format.Text(kept)
		}
		if len(kept) < maxString {
			kept = append(kept, c)
		}
		if c == '\\' {
			if c, ok = o.next(); !ok {
				return format.Text(kept)
			}
			if len(kept) < maxString {
				kept = append(kept, c)
			}
		}
	}
}

// junk passes over bytes that are no JSON, up to where an object can begin.
func (o *objects) junk() {
	o.start, o.from, o.broken = o.off-1, o.line+1, "not a JSON object"
	for {
		c, ok := o.next()
		if !ok {
			return
		}
		if c == '{' {
			o.back(c)
			return
		}
	}
}

// record takes the object whose brace was just read.
func (o *objects) record() {
	o.start, o.from = o.off-1, o.line+1
	o.keep('{')
	open := []byte{'{'}
	inString, prev := false, byte('{')
	for {
		c, ok := o.next()
		if !ok {
			o.cut()
			return
		}
		switch {
		case inString && c == '\\':
			o.keep(c)
			if c, ok = o.next(); !ok {
				o.cut()
				return
			}
		case inString:
			if c == '\n' {
				o.fault("text is not closed")
				prev = '"'
			}
			inString = c != '"' && c != '\n'
		case c == '"':
			inString = true
		case c == '{' || c == '[':
			if c == '{' && prev != ':' && open[len(open)-1] == '{' { // the next one begins in this
				o.back(c)
				o.fault("object is not closed")
				return
			}
			if len(open) >= maxStack {
				o.fault("object is nested too deeply")
			} else {
				open = append(open, c)
			}
		case c == '}' || c == ']':
			if open[len(open)-1] != c-2 {
				o.fault("brackets do not pair")
				if c == ']' && len(open) == 1 { // the array's own
					o.back(c)
					return
				}
				if c == ']' {
					break
				}
			}
			open = open[:len(open)-1]
		}
		o.keep(c)
		if len(open) == 0 {
			return
		}
		if c != ' ' && c != '\t' && c != '\r' && c != '\n' && !inString {
			prev = c
		}
	}
}

func (o *objects) keep(c byte) {
	if len(o.raw) < maxObject {
		o.raw = append(o.raw, c)
	} else {
		o.fault("record is longer than the limit")
	}
}

func (o *objects) cut() {
	o.told = true
	o.fault("object is cut off")
}

// fault keeps the first reason only.
func (o *objects) fault(why string) {
	if o.broken == "" {
		o.broken = why
	}
}

// Ref is the record's place.
func (o *objects) Ref() forensics.Ref {
	return forensics.Ref{Offset: o.start, Length: o.off - o.start, Line: o.from}
}

// cutOff reports whether the text ends inside of brackets, which no record has said yet.
func (o *objects) cutOff() bool { return len(o.stack) > 0 && !o.told }

// Err is the error that ended reading, nil at the regular end.
func (o *objects) Err() error {
	if errors.Is(o.err, io.EOF) {
		return nil
	}
	return o.err
}
