package acquire

import (
	"bytes"
	"fmt"
	"strconv"
	"strings"
)

// The grammar is that of RFC 3501 and RFC 9051, section 9, read generously: a lone LF ends a
// line, a literal may be announced by a tilde (RFC 3516), and NIL stands wherever it likes.

const (
	maxAnswer = 1 << 20 // bytes of one answer outside of messages
	maxDepth  = 16      // nested lists
)

// protocolError means that the server does not keep to IMAP. It is not tried again.
type protocolError struct{ text string }

func (e *protocolError) Error() string { return e.text }

func broken(format string, args ...any) error {
	return &protocolError{fmt.Sprintf(format, args...)}
}

// wire splits one whole answer into tokens. The guard has bounded its length.
type wire struct {
	b  []byte
	at int
}

// value is a token or a list of them.
type value struct {
	text  string
	items []value
	kind  valueKind
}

type valueKind uint8

const (
	kindNone valueKind = iota // NIL
	kindAtom
	kindText // quoted or literal
	kindList
)

var errEnds = broken("an answer ends too early")

func (w *wire) peek() (byte, error) {
	if w.at >= len(w.b) {
		return 0, errEnds
	}
	return w.b[w.at], nil
}

func (w *wire) byte() (byte, error) {
	b, err := w.peek()
	if err == nil {
		w.at++
	}
	return b, err
}

func (w *wire) expect(want byte) error {
	got, err := w.byte()
	if err == nil && got != want {
		err = broken("%q stands where %q has to be", got, want)
	}
	return err
}

// space skips one space where there is one.
func (w *wire) space() {
	if w.at < len(w.b) && w.b[w.at] == ' ' {
		w.at++
	}
}

// atom reads up to a delimiter.
func (w *wire) atom() ([]byte, error) {
	from := w.at
	for ; w.at < len(w.b); w.at++ {
		switch w.b[w.at] {
		case ' ', '(', ')', '{', '"', '\r', '\n':
			if w.at == from {
				return nil, broken("%q stands where a word has to be", w.b[w.at])
			}
			return w.b[from:w.at], nil
		}
	}
	return nil, errEnds
}

// end reads the end of a line.
func (w *wire) end() error {
	b, err := w.byte()
	for err == nil && (b == ' ' || b == '\r') { // QUIRK: some servers end a line with a space
		b, err = w.byte()
	}
	if err == nil && b != '\n' {
		err = broken("%q stands where the line has to end", b)
	}
	return err
}

// line gives the rest of a line without its end.
func (w *wire) line() string {
	rest := w.b[w.at:]
	if i := bytes.IndexByte(rest, '\n'); i >= 0 {
		rest = rest[:i]
		w.at++
	}
	w.at += len(rest)
	return string(bytes.TrimRight(rest, "\r"))
}

// code reads a response code, "[" consumed, up to and with "]".
func (w *wire) code() (name, arg string, err error) {
	i := bytes.IndexAny(w.b[w.at:], "]\r\n")
	if i < 0 || w.b[w.at+i] != ']' {
		return "", "", broken("a response code has no end")
	}
	name, arg, _ = strings.Cut(string(w.b[w.at:w.at+i]), " ")
	w.at += i + 1
	return strings.ToUpper(name), arg, nil
}

// quoted reads a quoted string.
func (w *wire) quoted() (string, error) {
	if err := w.expect('"'); err != nil {
		return "", err
	}
	var out strings.Builder
	for {
		b, err := w.byte()
		if err == nil && b == '\\' {
			b, err = w.byte()
		} else if err == nil && b == '"' {
			return out.String(), nil
		}
		if err != nil {
			return "", err
		}
		if b == '\r' || b == '\n' {
			return "", broken("a quoted text goes over the end of its line")
		}
		out.WriteByte(b)
	}
}

// literal reads "{123}", the end of the line and so many bytes.
func (w *wire) literal() (string, error) {
	i := bytes.IndexByte(w.b[w.at:], '\n')
	if i < 0 {
		return "", errEnds
	}
	n, _, is, err := announced(w.b[w.at : w.at+i+1])
	if err == nil && !is {
		err = broken("a literal has no size")
	}
	if err != nil {
		return "", err
	}
	w.at += i + 1
	if n > int64(len(w.b)-w.at) {
		return "", errEnds
	}
	text := string(w.b[w.at : w.at+int(n)])
	w.at += int(n)
	return text, nil
}

// announced reads the size of the literal that a line announces at its end: "{123}", with a tilde
// before it (RFC 3516) or a plus in it (RFC 7888) where the server likes. at is where it begins.
func announced(line []byte) (size int64, at int, is bool, err error) {
	text := bytes.TrimRight(line, "\r\n")
	if len(text) == 0 || text[len(text)-1] != '}' {
		return 0, 0, false, nil
	}
	at = bytes.LastIndexByte(text, '{')
	if at < 0 {
		return 0, 0, false, nil
	}
	digits := strings.TrimSuffix(string(text[at+1:len(text)-1]), "+")
	if len(digits) > 20 {
		return 0, 0, false, broken("the size of a literal has more than 20 digits")
	}
	size, err = strconv.ParseInt(digits, 10, 64)
	if err != nil || size < 0 {
		return 0, 0, false, broken("%q is not the size of a literal", digits)
	}
	if at > 0 && text[at-1] == '~' {
		at--
	}
	return size, at, true, nil
}

// value reads one value.
func (w *wire) value(depth int) (value, error) {
	b, err := w.peek()
	if err != nil {
		return value{}, err
	}
	switch b {
	case '(':
		if depth >= maxDepth {
			return value{}, broken("lists are nested deeper than %d", maxDepth)
		}
		items, err := w.list(depth + 1)
		return value{kind: kindList, items: items}, err
	case '"':
		s, err := w.quoted()
		return value{kind: kindText, text: s}, err
	case '{', '~':
		s, err := w.literal()
		return value{kind: kindText, text: s}, err
	}
	a, err := w.atom()
	if err != nil {
		return value{}, err
	}
	if strings.EqualFold(string(a), "NIL") {
		return value{}, nil
	}
	return value{kind: kindAtom, text: string(a)}, nil
}

// inList reads a list, each thing in it with read; spaces do not count.
func (w *wire) inList(read func() error) error {
	if err := w.expect('('); err != nil {
		return err
	}
	for {
		b, err := w.peek()
		if err != nil {
			return err
		}
		switch b {
		case ')':
			w.at++
			return nil
		case ' ':
			w.at++
			continue
		}
		if err := read(); err != nil {
			return err
		}
	}
}

func (w *wire) list(depth int) (items []value, err error) {
	err = w.inList(func() error {
		v, err := w.value(depth)
		items = append(items, v)
		return err
	})
	if err != nil {
		return nil, err
	}
	return items, nil
}

// values reads values to the end of the line.
func (w *wire) values() ([]value, error) {
	var all []value
	for {
		b, err := w.peek()
		if err != nil {
			return nil, err
		}
		switch b {
		case '\r', '\n':
			return all, w.end()
		case ' ':
			w.at++
			continue
		case ')':
			return nil, broken("a list ends that did not begin")
		}
		v, err := w.value(0)
		if err != nil {
			return nil, err
		}
		all = append(all, v)
	}
}

func (v value) number() (uint64, bool) {
	n, ok := decimalOf(v.text)
	return n, ok && v.kind == kindAtom
}

func decimalOf(s string) (uint64, bool) {
	n, err := strconv.ParseUint(s, 10, 64)
	return n, err == nil
}

func (v value) texts() []string {
	var out []string
	for _, item := range v.items {
		if item.kind == kindAtom || item.kind == kindText {
			out = append(out, item.text)
		}
	}
	return out
}
