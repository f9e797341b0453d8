package acquire

import (
	"strconv"
	"strings"
)

// answer is one answer of the server.
type answer struct {
	tag    string // "*", "+", or that of a command
	kind   string // OK, NO, BAD, BYE, PREAUTH, FETCH, EXISTS, ...
	number uint32 // in front of the kind
	code   string // response code, such as AUTHENTICATIONFAILED
	arg    string // behind the code
	text   string
	values []value
	fetch  *fetched
}

// statusError is a command that the server refused, or its good-bye.
type statusError struct {
	kind, code, text string
}

func (e *statusError) Error() string {
	s := "the server said " + e.kind
	if e.code != "" {
		s += " [" + e.code + "]"
	}
	return s + " " + strconv.Quote(bounded(e.text, 300))
}

// beginning reads the tag and the kind of an answer.
func beginning(w *wire) (*answer, error) {
	a := &answer{}
	tag, err := w.atom()
	if err != nil {
		return nil, err
	}
	a.tag = string(tag)
	if a.tag == "+" {
		return a, nil
	}
	if err := w.expect(' '); err != nil {
		return nil, err
	}
	kind, err := w.atom()
	if err != nil {
		return nil, err
	}
	if n, err := strconv.ParseUint(string(kind), 10, 32); err == nil && a.tag == "*" {
		a.number = uint32(n)
		if err := w.expect(' '); err != nil {
			return nil, err
		}
		if kind, err = w.atom(); err != nil {
			return nil, err
		}
	}
	a.kind = strings.ToUpper(string(kind))
	return a, nil
}

// isStatus tells the kinds that end in text: no literal can stand in them.
func (a *answer) isStatus() bool {
	switch a.kind {
	case "OK", "NO", "BAD", "BYE", "PREAUTH":
		return true
	}
	return a.tag == "+"
}

// read reads what stands behind the kind.
func (a *answer) read(w *wire) (err error) {
	w.space()
	switch {
	case a.tag == "+":
		a.text = w.line()
	case a.isStatus():
		if b, err := w.peek(); err == nil && b == '[' {
			w.at++
			if a.code, a.arg, err = w.code(); err != nil {
				return err
			}
			w.space()
		}
		a.text = w.line()
	case a.kind == "FETCH":
		if a.fetch, err = readFetch(w); err == nil {
			err = w.end()
		}
	case a.kind == "LIST", a.kind == "STATUS", a.kind == "ID", a.kind == "CAPABILITY", a.kind == "VANISHED":
		a.values, err = w.values()
	}
	return err
}

// bounded cuts a text of the server.
func bounded(s string, n int) string {
	if len(s) > n {
		return strings.ToValidUTF8(s[:n], "") + "…"
	}
	return s
}
