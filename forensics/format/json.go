package format

import (
	"bytes"
	"io"
	"slices"

	"keytrail/forensics"
)

// JSONRecords finds the records in a JSON text without reading it whole: one object a
// line, objects one after the other, an array of objects, or such an array under one of
// some known keys of an outer object ({"items":[...]}).
type JSONRecords struct {
	b        *buffer
	wrappers []string // keys whose array holds the records
	state    jsonState
	raw      []byte
	text     []byte
	ref      forensics.Ref
	broken   string
	byLine   bool // one record a line: a broken one ends with its line
	wrapped  bool // the first object was a wrapper: later ones are looked at too
	inside   int  // open wrapper objects
}

type jsonState uint8

const (
	jsonStart jsonState = iota
	jsonRun
)

// NewJSONRecords reads r, which is UTF-8 or UTF-16 with a byte order mark; a record longer than limit
// bytes (MaxRecord where limit is 0) is broken. wrappers are the keys under
// which an outer object may hold the array of records.
func NewJSONRecords(r io.Reader, limit int, wrappers ...string) *JSONRecords {
	b := newBuffer(r, limit)
	j := &JSONRecords{b: b, wrappers: wrappers}
	return j
}

// Next moves to the next record and reports whether there is one.
func (j *JSONRecords) Next() bool {
	if j.b.enc != bytewise {
		return j.nextWide()
	}
	j.broken = ""
	for {
		c, ok := j.peek()
		if !ok {
			return false
		}
		switch c {
		case '{':
			if (j.state == jsonStart || j.wrapped) && j.openWrapper() {
				j.wrapped, j.state = true, jsonRun
				continue
			}
			j.object()
			return true
		case ' ', '\t', '\r', ',', '[', ']', 0x1E:
			j.b.skip(1)
		case '\n':
			j.b.skip(1)
			j.b.line++
		default:
			if j.inside > 0 {
				j.tail()
				continue
			}
			j.lose("not a JSON object")
			return true
		}
	}
}

func (j *JSONRecords) peek() (byte, bool) {
	if len(j.b.window()) == 0 && !j.b.fill() {
		return 0, false
	}
	return j.b.window()[0], true
}

// object takes the object that starts at the window.
func (j *JSONRecords) object() {
	first := j.state == jsonStart
	j.state = jsonRun
	depth, i := 0, 0
	inString := false
	for {
		w := j.b.window()
		for i < len(w) {
			c := w[i]
			if inString {
				k := bytes.IndexAny(w[i:], "\"\\\n")
				if k < 0 {
					i = len(w)
					break
				}
				i += k
				switch w[i] {
				case '"':
					inString = false
				case '\\':
					if i+1 >= len(w) && j.b.err == nil {
						goto more
					}
					i++
				case '\n': // a raw line end is illegal inside a string: the string was never closed
					j.lose("text is never closed")
					return
				}
				i++
				continue
			}
			switch c {
			case '"':
				inString = true
			case '{', '[':
				depth++
			case '}', ']':
				depth--
				if depth == 0 {
					j.take(i+1, first)
					return
				}
			case '\n':
				if j.byLine {
					j.lose("object is not closed in its line")
					return
				}
			}
			i++
		}
	more:
		if len(j.b.window()) > j.b.max {
			j.lose("record is longer than the limit")
			return
		}
		if !j.b.fill() {
			j.lose("object is cut off")
			return
		}
	}
}

func (j *JSONRecords) take(n int, first bool) {
	j.raw = j.b.window()[:n]
	j.text = j.raw
	j.ref = forensics.Ref{Offset: j.b.offset, Length: int64(n), Line: j.b.line + 1}
	lines := bytes.Count(j.raw, []byte{'\n'})
	j.b.skip(n)
	j.b.line += int64(lines)
	if first && lines == 0 && !j.wrapped {
		w := bytes.TrimLeft(j.b.window(), " \t\r")
		j.byLine = len(w) > 0 && w[0] == '\n'
	}
}

// lose passes over the line at the window, as a broken record.
func (j *JSONRecords) lose(why string) {
	j.state = jsonRun
	j.broken = why
	j.raw, j.text = nil, nil
	j.ref = forensics.Ref{Offset: j.b.offset, Line: j.b.line + 1}
	j.ref.Length = j.b.passLine()
	j.b.line++
}

// openWrapper looks whether the object at the window holds the records under a known
// key, and if so moves into that array.
func (j *JSONRecords) openWrapper() bool {
	for len(j.b.window()) < HeadSize && j.b.fill() {
	}
	w := j.b.window()
	w = w[:min(len(w), HeadSize)]
	depth, i := 0, 0
	for i < len(w) {
		switch w[i] {
		case '{', '[':
			depth++
		case '}', ']':
			depth--
			if depth == 0 {
				return false
			}
		case '"':
			end := i + 1
			for end < len(w) && w[end] != '"' {
				if w[end] == '\\' {
					end++
				}
				end++
			}
			if end >= len(w) {
				return false
			}
			key := string(w[i+1 : end])
			i = end
			if depth != 1 || !slices.Contains(j.wrappers, key) {
				break
			}
			rest := bytes.TrimLeft(w[end+1:], " \t\r\n")
			if len(rest) == 0 || rest[0] != ':' {
				break
			}
			rest = bytes.TrimLeft(rest[1:], " \t\r\n")
			if len(rest) == 0 || rest[0] != '[' {
				break
			}
			n := len(w) - len(rest) + 1
			j.b.line += int64(bytes.Count(w[:n], []byte{'\n'}))
			j.b.skip(n)
			j.inside++
			return true
		}
		i++
	}
	return false
}

// tail passes over what follows the array in a wrapper: `,"nextPageToken":"..."}`.
func (j *JSONRecords) tail() {
	inString := false
	for {
		c, ok := j.peek()
		if !ok {
			return
		}
		j.b.skip(1)
		switch {
		case c == '\n':
			j.b.line++
			inString = false
		case inString && c == '\\':
			if _, ok := j.peek(); ok {
				j.b.skip(1)
			}
		case c == '"':
			inString = !inString
		case !inString && c == '}':
			j.inside--
			return
		}
	}
}

// nextWide reads UTF-16, one record a line only.
func (j *JSONRecords) nextWide() bool {
	l := Lines{b: j.b}
	for l.Next() {
		text := bytes.Trim(l.Bytes(), " \t,[]")
		if len(text) == 0 {
			continue
		}
		j.raw, j.text, j.ref, j.broken = l.Raw(), text, l.Ref(), ""
		if text[0] != '{' || l.TooLong() {
			j.broken = "not a JSON object in one line"
		}
		return true
	}
	return false
}

// Bytes is the record as UTF-8, valid until the next call of Next.
func (j *JSONRecords) Bytes() []byte { return j.text }

// Raw is the record as it stands in the source.
func (j *JSONRecords) Raw() []byte { return j.raw }

// Ref is the record's place.
func (j *JSONRecords) Ref() forensics.Ref { return j.ref }

// Broken says why the record could not be read, empty where it could.
func (j *JSONRecords) Broken() string { return j.broken }

// Err is the error that ended reading, nil at the regular end.
func (j *JSONRecords) Err() error { return j.b.failure() }
