package acquire

import (
	"bytes"
	"strings"
)

// The library ends the connection over a flag with a letter that RFC 3501 does not allow, and
// over a date that is none. Servers keep such flags for years, and one message must not cost the
// whole mailbox: they are taken out of the answer before the library sees it. The flags are
// kept aside and go into the copy as they came; a message without a date is one of unknown date.

// oddFlags are flags that the library cannot read, by message number.
type oddFlags struct {
	of    map[uint32][]string
	bytes int
}

const maxOddFlags = 16 << 20 // bytes of them while one command is under way

// readable gives an answer that the library can read.
func (g *guard) readable(number uint32, head []byte) ([]byte, error) {
	if from, to, found := item(head, "FLAGS (", ')'); found && !plainFlags(head[from:to]) {
		w := &wire{b: head, at: from - 1}
		v, err := w.value(0)
		if err != nil {
			return nil, err
		}
		var plain []string
		for _, flag := range v.texts() {
			if plainFlags([]byte(flag)) && flag != "" {
				plain = append(plain, flag)
			}
		}
		g.mu.Lock()
		if g.odd.of == nil {
			g.odd.of = make(map[uint32][]string)
		}
		g.odd.of[number] = v.texts()
		g.odd.bytes += w.at - from
		full := g.odd.bytes > maxOddFlags
		g.mu.Unlock()
		if full {
			return nil, broken("more than %d bytes of flags that are none", maxOddFlags)
		}
		head = splice(head, from-1, w.at, "("+strings.Join(plain, " ")+")")
	}
	const date = "INTERNALDATE "
	if i := index(head, date); i >= 0 {
		w := &wire{b: head, at: i + len(date)}
		v, err := w.value(0)
		if err != nil {
			return nil, err
		}
		if serverTime(v.text).IsZero() {
			if w.at < len(head) && head[w.at] == ' ' {
				w.at++
			} else if i > 0 && head[i-1] == ' ' {
				i--
			}
			head = splice(head, i, w.at, "")
		}
	}
	return head, nil
}

// takeOdd gives the flags of a message that the library did not see.
func (g *guard) takeOdd(number uint32) ([]string, bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	flags, found := g.odd.of[number]
	delete(g.odd.of, number)
	return flags, found
}

// index finds an item of a FETCH answer by its name.
func index(head []byte, name string) int {
	for at := 0; ; {
		i := bytes.Index(head[at:], []byte(name))
		if i < 0 {
			return -1
		}
		if at += i; at > 0 && (head[at-1] == ' ' || head[at-1] == '(') {
			return at
		}
		at++
	}
}

// item finds what stands between an item's opening and its end.
func item(head []byte, opening string, end byte) (from, to int, found bool) {
	i := index(head, opening)
	if i < 0 {
		return 0, 0, false
	}
	from = i + len(opening)
	n := bytes.IndexByte(head[from:], end)
	return from, from + n, n >= 0
}

// plainFlags tells flags that the library reads.
func plainFlags(flags []byte) bool {
	for i, b := range flags {
		switch {
		case b <= 0x1f || b >= 0x7f, bytes.IndexByte([]byte(`(){%*"]`), b) >= 0, b == '\\' && i > 0 && flags[i-1] != ' ':
			return false
		}
	}
	return true
}

func splice(b []byte, from, to int, with string) []byte {
	out := make([]byte, 0, len(b)+len(with))
	out = append(out, b[:from]...)
	out = append(out, with...)
	return append(out, b[to:]...)
}
