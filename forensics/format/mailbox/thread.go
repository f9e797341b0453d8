package mailbox

import (
	"bytes"
	"slices"
	"strconv"

	"keytrail/forensics/format"
)

// maxReference is the longest Message-ID that is kept of those a mail answers.
const maxReference = 512

// references gives the Message-IDs that a mail answers: that of In-Reply-To, then the last and the
// first of References (RFC 5322 section 3.6.4).
func references(h *header) []string {
	if h.first[fieldReferences] == 0 && h.first[fieldInReplyTo] == 0 {
		return nil
	}
	var out []string
	add := func(id []byte) {
		if text := format.Text(id); text != "" && !slices.Contains(out, text) {
			out = append(out, text)
		}
	}
	thread := h.get(fieldReferences)
	add(firstID(h.get(fieldInReplyTo)))
	add(lastID(thread))
	add(firstID(thread))
	return out
}

// firstID gives the first identifier in angle brackets, without them; nil where there is none.
func firstID(v []byte) []byte {
	for {
		i := bytes.IndexByte(v, '<')
		if i < 0 {
			return nil
		}
		j := bytes.IndexByte(v[i:], '>')
		if j < 0 {
			return nil
		}
		if id, ok := identifier(v[i+1 : i+j]); ok {
			return id
		}
		v = v[i+j+1:]
	}
}

func lastID(v []byte) []byte {
	for {
		j := bytes.LastIndexByte(v, '>')
		if j < 0 {
			return nil
		}
		i := bytes.LastIndexByte(v[:j], '<')
		if i < 0 {
			return nil
		}
		if id, ok := identifier(v[i+1 : j]); ok {
			return id
		}
		v = v[:i]
	}
}

// identifier accepts what can be a Message-ID: something on both sides of an at sign. Long ones are
// folded in the middle by some programs.
func identifier(v []byte) ([]byte, bool) {
	at := bytes.IndexByte(v, '@')
	if at <= 0 || at == len(v)-1 || len(v) > maxReference {
		return nil, false
	}
	if bytes.ContainsAny(v, " \t\r\n") {
		v = bytes.Join(bytes.Fields(v), nil)
	}
	return v, true
}

// uid gives the message's number in its folder: from a Maildir name, or from X-UID in a mailbox file
// whose first message says that its server numbers them (X-IMAPbase of UW IMAP and Dovecot, X-IMAP of
// their folder data messages; imap/docs/mailboxes.txt of UW IMAP). 0 where none is known.
func (b *builder) uid() uint32 {
	if b.origin.uid != 0 || len(b.letter.sep) == 0 {
		return b.origin.uid
	}
	h := b.letter.head
	if b.letter.offset == 0 && h.first[fieldXIMAP] > 0 {
		b.numbered = true
	}
	if !b.numbered {
		return 0
	}
	n, err := strconv.ParseUint(string(h.get(fieldXUID)), 10, 32)
	if err != nil {
		return 0
	}
	return uint32(n)
}
