package microsoft

import (
	"strings"
	"unicode/utf8"

	"keytrail/forensics"
	"keytrail/forensics/format"
)

// Audit logs repeat themselves: the same operations, accounts, clients and addresses in
// every row. interner hands out one string for equal bytes, as long as it has room.
type interner map[string]string

const (
	internMax   = 8 << 10 // entries
	internBytes = 512     // longest text worth keeping
	chunk       = 16 << 10
)

func (in interner) text(b []byte) string {
	if len(b) == 0 {
		return ""
	}
	if s, ok := in[string(b)]; ok {
		return s
	}
	s := format.Text(b)
	if len(in) < internMax && len(b) <= internBytes {
		in[string(b)] = s
	}
	return s
}

// arena makes strings and lists that occur once, many to an allocation. What it
// handed out is never written again.
type arena struct {
	b        strings.Builder
	messages []forensics.Message
}

func (a *arena) text(b []byte) string {
	switch {
	case len(b) == 0:
		return ""
	case len(b) > chunk/4 || !utf8.Valid(b):
		return format.Text(b)
	}
	if a.b.Cap()-a.b.Len() < len(b) {
		a.b.Reset()
		a.b.Grow(chunk)
	}
	start := a.b.Len()
	a.b.Write(b)
	return a.b.String()[start:]
}

// list copies a list of messages.
func (a *arena) list(from []forensics.Message) []forensics.Message {
	if cap(a.messages)-len(a.messages) < len(from) {
		a.messages = make([]forensics.Message, 0, max(256, len(from)))
	}
	n := len(a.messages)
	a.messages = append(a.messages, from...)
	return a.messages[n:len(a.messages):len(a.messages)]
}
