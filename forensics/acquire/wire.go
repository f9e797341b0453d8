package acquire

import (
	"bufio"
	"errors"
	"fmt"
	"io"
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

// wire splits what a server sends into tokens, within a bound for each answer.
type wire struct {
	r       *bufio.Reader
	left    int64 // bytes that the current answer may still have outside of messages
	scratch []byte
}

func newWire(r io.Reader) *wire { return &wire{r: bufio.NewReaderSize(r, 64<<10), left: maxAnswer} }

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

func (w *wire) byte() (byte, error) {
	if w.left <= 0 {
		return 0, broken("an answer is longer than %d bytes", maxAnswer)
	}
	w.left--
	b, err := w.r.ReadByte()
	if errors.Is(err, io.EOF) {
		err = io.ErrUnexpectedEOF
	}
	return b, err
}

func (w *wire) peek() (byte, error) {
	b, err := w.r.Peek(1)
	if err != nil {
		if errors.Is(err, io.EOF) {
			err = io.ErrUnexpectedEOF
		}
		return 0, err
	}
	return b[0], nil
}

func (w *wire) expect(want byte) error {
	got, err := w.byte()
	if err == nil && got != want {
		err = broken("%q stands where %q has to be", got, want)
	}
	return err
}

// space skips one space where there is one.
func (w *wire) space() error {
	b, err := w.peek()
	if err == nil && b == ' ' {
		_, err = w.byte()
	}
	return err
}

// atom reads up to a delimiter. The slice is valid until the next call.
func (w *wire) atom() ([]byte, error) {
	w.scratch = w.scratch[:0]
	for {
		b, err := w.peek()
		if err != nil {
			return nil, err
		}
		switch b {
		case ' ', '(', ')', '{', '"', '\r', '\n':
			if len(w.scratch) == 0 {
				return nil, broken("%q stands where a word has to be", b)
			}
			return w.scratch, nil
		}
		if _, err := w.byte(); err != nil {
			return nil, err
		}
		w.scratch = append(w.scratch, b)
	}
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

// line reads the rest of a line with its end.
func (w *wire) line() (string, error) {
	w.scratch = w.scratch[:0]
	for {
		b, err := w.byte()
		if err != nil {
			return "", err
		}
		if b == '\n' {
			return strings.TrimRight(string(w.scratch), "\r"), nil
		}
		w.scratch = append(w.scratch, b)
	}
}

// code reads a response code, "[" consumed, up to and with "]".
func (w *wire) code() (name, arg string, err error) {
	w.scratch = w.scratch[:0]
	for {
		b, err := w.peek()
		switch {
		case err != nil:
			return "", "", err
		case b == '\r' || b == '\n':
			return "", "", broken("a response code has no end")
		}
		if _, err := w.byte(); err != nil {
			return "", "", err
		}
		if b == ']' {
			name, arg, _ = strings.Cut(string(w.scratch), " ")
			return strings.ToUpper(name), arg, nil
		}
		w.scratch = append(w.scratch, b)
	}
}

// quoted reads a quoted string.
func (w *wire) quoted() (string, error) {
	if err := w.expect('"'); err != nil {
		return "", err
	}
	w.scratch = w.scratch[:0]
	for {
		b, err := w.byte()
		if err == nil && b == '\\' {
			b, err = w.byte()
		} else if err == nil && b == '"' {
			return string(w.scratch), nil
		}
		if err != nil {
			return "", err
		}
		if b == '\r' || b == '\n' {
			return "", broken("a quoted text goes over the end of its line")
		}
		w.scratch = append(w.scratch, b)
	}
}

// announced reads "{123}" and the end of the line: the size of the literal that follows.
func (w *wire) announced() (int64, error) {
	if b, err := w.peek(); err == nil && b == '~' {
		if _, err := w.byte(); err != nil {
			return 0, err
		}
	}
	if err := w.expect('{'); err != nil {
		return 0, err
	}
	w.scratch = w.scratch[:0]
	for {
		b, err := w.byte()
		if err != nil {
			return 0, err
		}
		if b == '}' {
			break
		}
		w.scratch = append(w.scratch, b)
		if len(w.scratch) > 20 {
			return 0, broken("the size of a literal has more than 20 digits")
		}
	}
	n, err := strconv.ParseInt(strings.TrimSuffix(string(w.scratch), "+"), 10, 64)
	if err != nil || n < 0 {
		return 0, broken("%q is not the size of a literal", w.scratch)
	}
	return n, w.end()
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
		n, err := w.announced()
		if err != nil {
			return value{}, err
		}
		if n > w.left {
			return value{}, broken("a text of %d bytes stands where a short one has to be", n)
		}
		w.left -= n
		text := make([]byte, n)
		if _, err := io.ReadFull(w.r, text); err != nil {
			return value{}, err
		}
		return value{kind: kindText, text: string(text)}, nil
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

func (w *wire) list(depth int) ([]value, error) {
	if err := w.expect('('); err != nil {
		return nil, err
	}
	var items []value
	for {
		b, err := w.peek()
		if err != nil {
			return nil, err
		}
		switch b {
		case ')':
			_, err := w.byte()
			return items, err
		case ' ':
			if _, err := w.byte(); err != nil {
				return nil, err
			}
			continue
		}
		v, err := w.value(depth)
		if err != nil {
			return nil, err
		}
		items = append(items, v)
	}
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
			if _, err := w.byte(); err != nil {
				return nil, err
			}
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
