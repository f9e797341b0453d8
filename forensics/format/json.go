package format

import (
	"bytes"
	"io"
	"unicode/utf8"

	"keytrail/forensics"
)

// JSONRecords finds the records in a JSON text without reading it whole: one object a
// line, objects one after the other, an array of objects, or such an array under one of
// some known keys of an outer object ({"items":[...]}), also several such pages.
//
// Only as much grammar is checked as it takes to see soon that a record is broken:
// the parser of the record judges the rest. A broken record ends where the next one
// can begin, so those after it are not lost, even in one single line.
type JSONRecords struct {
	b         *buffer
	wrappers  []string // keys whose array holds the records
	started   bool     // the first object was looked at
	paged     bool     // a wrapper was seen
	inside    int      // open wrapper objects
	arrayOpen bool     // the innermost wrapper's array is not closed yet
	lost      bool     // the last record was broken: the next may be a wrapper again
	style     jsonStyle
	debt      int64 // bytes looked at in vain

	raw    []byte
	text   []byte
	ref    forensics.Ref
	broken string
}

// NewJSONRecords reads r, which is UTF-8, or UTF-16 with a byte order mark; a record longer than limit
// bytes (MaxRecord where limit is 0) is broken. wrappers are the keys under
// which an outer object may hold the array of records.
func NewJSONRecords(r io.Reader, limit int, wrappers ...string) *JSONRecords {
	b := newBuffer(r, limit)
	if b.enc != bytewise {
		b = newWideBuffer(b, limit)
	}
	return &JSONRecords{b: b, wrappers: wrappers, style: jsonStyle{indent: -1}}
}

// Next moves to the next record and reports whether there is one.
func (j *JSONRecords) Next() bool {
	j.broken = ""
	for {
		w := j.b.window()
		if len(w) == 0 {
			if !j.b.fill() {
				return false
			}
			continue
		}
		switch w[0] {
		case '{':
			if j.openWrapper() {
				continue
			}
			j.object()
			return true
		case ' ', '\t', '\r', '\n', ',', '[', 0x1E: // 0x1E: RFC 7464
			j.b.pass(1)
			j.style.see(w[0])
		case ']':
			j.b.pass(1)
			j.style.see(w[0])
			j.arrayOpen = false
		default:
			if j.inside > 0 && !j.arrayOpen {
				j.tail()
				continue
			}
			j.lose("not a JSON object", 1)
			return true
		}
	}
}

// object takes the object that starts at the window.
func (j *JSONRecords) object() {
	s := jsonScan{}
	for {
		end, fault := s.scan(j.b.window())
		switch {
		case s.at > j.b.max: // asked first: how much the window holds must not matter
			j.lose("record is longer than the limit", j.b.max)
			return
		case fault != "":
			j.lose(fault, s.at)
			return
		case end > 0:
			j.take(end)
			return
		case !j.b.fill():
			j.lose("object is cut off", s.at)
			return
		}
	}
}

func (j *JSONRecords) take(n int) {
	j.style.learn(j.b.window()[:n])
	j.lost = false
	j.ref = forensics.Ref{Offset: j.b.offset, Line: j.b.line + 1}
	j.text = j.b.window()[:n]
	j.raw = j.b.rawOf(n)
	j.ref.Length = int64(len(j.raw))
	j.b.pass(n)
	if j.b.wide != nil && !utf8.Valid(j.text) { // lone surrogates
		j.text = bytes.ToValidUTF8(j.text, []byte("\uFFFD"))
	}
}

// openWrapper looks whether the object at the window holds the records under a known
// key, and if so moves into that array. The first object is looked at far; a
// later one farther where pages came before, little where it is most likely a record.
func (j *JSONRecords) openWrapper() bool {
	const recordHead, pageHead = 512, 8 << 10
	limit := recordHead
	switch {
	case !j.started:
		j.started = true
		limit = HeadSize
	case j.inside > 0 && !j.lost:
		return false
	case j.paged:
		limit = pageHead
	}
	for len(j.b.window()) < limit && j.b.fill() {
	}
	w := j.b.window()
	w = w[:min(len(w), limit)]
	if !j.namesWrapper(w) {
		return false
	}
	n := wrappedArray(w, j.wrappers)
	if n == 0 {
		return false
	}
	j.b.pass(n)
	if !j.lost || j.inside == 0 {
		j.inside++
	}
	j.arrayOpen, j.paged, j.lost = true, true, false
	j.style.at = -1
	return true
}

// namesWrapper is a quick look that spares most records the slow one.
func (j *JSONRecords) namesWrapper(w []byte) bool {
	for _, key := range j.wrappers {
		if i := bytes.Index(w, []byte(key)); i > 0 && w[i-1] == '"' {
			return true
		}
	}
	return false
}

// wrappedArray finds one of the keys on the first level of the object that w begins with, and
// gives the place behind the [ of its array, 0 where there is none.
func wrappedArray(w []byte, keys []string) int {
	depth, i := 0, 0
	for i < len(w) {
		switch w[i] {
		case '{', '[':
			depth++
		case '}', ']':
			depth--
			if depth == 0 {
				return 0
			}
		case '"':
			end := stringEnd(w, i+1)
			if end < 0 {
				return 0
			}
			key := w[i+1 : end]
			i = end
			if depth != 1 || !containsKey(keys, key) {
				break
			}
			if v := skipSpace(w, end+1); v < len(w) && w[v] == ':' {
				if v = skipSpace(w, v+1); v < len(w) && w[v] == '[' {
					return v + 1
				}
			}
		}
		i++
	}
	return 0
}

func containsKey(keys []string, key []byte) bool {
	for _, k := range keys {
		if k == string(key) {
			return true
		}
	}
	return false
}

// stringEnd finds the closing quote of the string whose text begins at from, or -1.
func stringEnd(w []byte, from int) int {
	for i := from; i < len(w); i++ {
		switch w[i] {
		case '\\':
			i++
		case '"':
			return i
		}
	}
	return -1
}

func skipSpace(w []byte, i int) int {
	for i < len(w) && w[i] <= ' ' {
		i++
	}
	return i
}

// tail passes over what follows the array in a wrapper: `,"nextPageToken":"..."}`.
func (j *JSONRecords) tail() {
	inString, depth := false, 0
	for {
		w := j.b.window()
		for i := 0; i < len(w); i++ {
			switch c := w[i]; {
			case c == '\n':
				inString = false
			case inString && c == '\\':
				if i+1 == len(w) && j.b.fill() {
					w = j.b.window()
				}
				i++
			case c == '"':
				inString = !inString
			case inString:
			case c == '{', c == '[':
				depth++
			case c == ']':
				depth--
			case c == '}':
				if depth--; depth < 0 {
					j.b.pass(i + 1)
					j.style.at = -1
					j.inside--
					return
				}
			}
		}
		j.b.pass(len(w))
		if !j.b.fill() {
			return
		}
	}
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
