package microsoft

import (
	"bytes"
	"errors"
	"strconv"
	"unicode/utf16"
	"unicode/utf8"
)

// walker steps through one JSON text without building a tree and without copying. It
// also reads JSON as it stands inside a CSV field, where every quote is written
// twice, so that the field need not be unescaped first. It checks as much as it needs to
// find its way: text that is cut off, or that is not JSON at all, gives an error.
type walker struct {
	s   []byte
	i   int
	q   int // how many bytes write one quote: 1, or 2 in a CSV field
	err error
}

var (
	errCut    = errors.New("JSON is cut off")
	errSyntax = errors.New("not valid JSON")
)

func (w *walker) fail(err error) bool {
	if w.err == nil {
		w.err = err
	}
	w.i = len(w.s)
	return false
}

// peek passes over white space and gives the next byte, 0 at the end.
func (w *walker) peek() byte {
	for w.i < len(w.s) {
		switch c := w.s[w.i]; c {
		case ' ', '\t', '\n', '\r':
			w.i++
		default:
			return c
		}
	}
	return 0
}

// enter steps into an object or array, which open opens.
func (w *walker) enter(open byte) bool {
	if w.peek() != open {
		return false
	}
	w.i++
	return true
}

// key gives the next key of the object it stands in and moves to its value. At the
// object's end it steps out and reports false.
func (w *walker) key() ([]byte, bool) {
	c := w.peek()
	if c == ',' {
		w.i++
		c = w.peek()
	}
	switch c {
	case '"':
	case '}':
		w.i++
		return nil, false
	case 0:
		return nil, w.fail(errCut)
	default:
		return nil, w.fail(errSyntax)
	}
	key, ok := w.str()
	if !ok {
		return nil, false
	}
	if w.i < len(w.s) && w.s[w.i] == ':' { // the usual case, without peek
		w.i++
	} else {
		switch w.peek() {
		case ':':
			w.i++
		case 0:
			return nil, w.fail(errCut)
		default:
			return nil, w.fail(errSyntax)
		}
	}
	if w.peek() == 0 {
		return nil, w.fail(errCut)
	}
	return key, true
}

// next moves to the next value of the array it stands in. At the array's end it steps out
// and reports false.
func (w *walker) next() bool {
	c := w.peek()
	if c == ',' {
		w.i++
		c = w.peek()
	}
	switch c {
	case ']':
		w.i++
		return false
	case 0:
		return w.fail(errCut)
	}
	return true
}

// str reads the string that it stands at and gives what is between its quotes, undecoded.
func (w *walker) str() ([]byte, bool) {
	s := w.s
	start := w.i + w.q
	if start > len(s) || s[start-1] != '"' {
		return nil, w.fail(errSyntax)
	}
	i := start
	for {
		n := bytes.IndexByte(s[i:], '"')
		if n < 0 {
			return nil, w.fail(errCut)
		}
		i += n
		if i > start && s[i-1] == '\\' {
			k := i - 1
			for k > start && s[k-1] == '\\' {
				k--
			}
			if (i-k)%2 == 1 {
				i += w.q
				if i > len(s) {
					return nil, w.fail(errCut)
				}
				if s[i-1] != '"' { // not doubled: it ends the CSV field
					return nil, w.fail(errSyntax)
				}
				continue
			}
		}
		w.i = i + w.q
		if w.i > len(s) {
			return nil, w.fail(errCut)
		}
		if s[w.i-1] != '"' {
			return nil, w.fail(errSyntax)
		}
		return s[start:i], true
	}
}

// skip passes over the value that it stands at.
func (w *walker) skip() bool {
	if w.i >= len(w.s) {
		return w.fail(errCut)
	}
	switch w.s[w.i] {
	case '"':
		_, ok := w.str()
		return ok
	case '{', '[':
		return w.skipNested()
	}
	return w.skipScalar()
}

// skipScalar passes over a number or a word, and over nothing else.
func (w *walker) skipScalar() bool {
	start := w.i
	for w.i < len(w.s) && inScalar(w.s[w.i]) {
		w.i++
	}
	word := w.s[start:w.i]
	switch {
	case len(word) == 0:
	case word[0] == '-', word[0] >= '0' && word[0] <= '9':
		return true
	case string(word) == "true", string(word) == "false", string(word) == "null":
		return true
	}
	if w.i == len(w.s) {
		return w.fail(errCut)
	}
	return w.fail(errSyntax)
}

func inScalar(c byte) bool {
	return c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c == '-' || c == '+' || c == '.' || c == 'E'
}

func (w *walker) skipNested() bool {
	depth := 0
	for w.i < len(w.s) {
		switch w.s[w.i] {
		case '"':
			if _, ok := w.str(); !ok {
				return false
			}
			continue
		case '{', '[':
			depth++
		case '}', ']':
			depth--
			if depth == 0 {
				w.i++
				return true
			}
		}
		w.i++
	}
	return w.fail(errCut)
}

// value passes over a value and gives its bytes, with its quotes.
func (w *walker) value() []byte {
	start := w.i
	if !w.skip() {
		return nil
	}
	return w.s[start:w.i]
}

// void reports whether a value says nothing: absent, null or an empty string.
func void(raw []byte) bool {
	switch len(raw) {
	case 0:
		return true
	case 2:
		return raw[0] == '"'
	case 4:
		return raw[0] == 'n' || raw[0] == '"' && raw[1] == '"'
	}
	return false
}

// decode writes the text of a JSON string, given without its quotes, to dst. Escapes that
// mean nothing stay as they are.
func decode(dst, s []byte, q int) []byte {
	for {
		n := bytes.IndexByte(s, '\\')
		if n < 0 || n+1 >= len(s) {
			return append(dst, s...)
		}
		dst = append(dst, s[:n]...)
		c := s[n+1]
		s = s[n+2:]
		switch c {
		case '"':
			dst = append(dst, '"')
			if q == 2 && len(s) > 0 && s[0] == '"' {
				s = s[1:]
			}
		case '\\', '/':
			dst = append(dst, c)
		case 'b':
			dst = append(dst, '\b')
		case 'f':
			dst = append(dst, '\f')
		case 'n':
			dst = append(dst, '\n')
		case 'r':
			dst = append(dst, '\r')
		case 't':
			dst = append(dst, '\t')
		case 'u':
			r, ok := hex4(s)
			if !ok {
				dst = append(dst, '\\', 'u')
				continue
			}
			s = s[4:]
			if utf16.IsSurrogate(r) {
				low := rune(-1)
				if len(s) >= 6 && s[0] == '\\' && s[1] == 'u' {
					if l, ok := hex4(s[2:]); ok {
						low = l
					}
				}
				if r = utf16.DecodeRune(r, low); r != utf8.RuneError {
					s = s[6:]
				}
			}
			dst = utf8.AppendRune(dst, r)
		default:
			dst = append(dst, '\\', c)
		}
	}
}

func hex4(s []byte) (rune, bool) {
	if len(s) < 4 {
		return 0, false
	}
	n, err := strconv.ParseUint(string(s[:4]), 16, 16)
	return rune(n), err == nil
}
