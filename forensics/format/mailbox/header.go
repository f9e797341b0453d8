package mailbox

import (
	"bytes"
	"strings"
)

// fieldID names the header fields that every message is searched for.
type fieldID uint8

const (
	otherField fieldID = iota
	fieldReceived
	fieldDate
	fieldFrom
	fieldTo
	fieldCc
	fieldSubject
	fieldMessageID
	fieldReplyTo
	fieldSender
	fieldDeliveredTo
	fieldLabels
	fieldContentLength
	fieldAuth
	fieldARCAuth
	fieldOriginatingIP
	fieldStatus
	fieldXStatus
	fieldMozillaStatus
	fieldContentType
	fieldEncoding
	fieldDisposition
	fieldListID
	fieldReferences
	fieldInReplyTo
	fieldXUID
	fieldXIMAP
	numFields
)

// identify finds the field's number by its name in any case.
func identify(name []byte) fieldID {
	switch len(name) {
	case 2:
		return match(name, "to", fieldTo, "cc", fieldCc)
	case 4:
		return match(name, "date", fieldDate, "from", fieldFrom)
	case 5:
		return match(name, "x-uid", fieldXUID, "", 0)
	case 6:
		if id := match(name, "sender", fieldSender, "status", fieldStatus); id != otherField {
			return id
		}
		return match(name, "x-imap", fieldXIMAP, "", 0)
	case 7:
		return match(name, "subject", fieldSubject, "list-id", fieldListID)
	case 8:
		if id := match(name, "received", fieldReceived, "reply-to", fieldReplyTo); id != otherField {
			return id
		}
		return match(name, "x-status", fieldXStatus, "", 0)
	case 10:
		if id := match(name, "message-id", fieldMessageID, "references", fieldReferences); id != otherField {
			return id
		}
		return match(name, "x-imapbase", fieldXIMAP, "", 0)
	case 11:
		return match(name, "envelope-to", fieldDeliveredTo, "in-reply-to", fieldInReplyTo)
	case 12:
		return match(name, "delivered-to", fieldDeliveredTo, "content-type", fieldContentType)
	case 13:
		return match(name, "x-original-to", fieldDeliveredTo, "", 0)
	case 14:
		return match(name, "x-gmail-labels", fieldLabels, "content-length", fieldContentLength)
	case 15:
		return match(name, "x-apparently-to", fieldDeliveredTo, "", 0)
	case 16:
		return match(name, "x-originating-ip", fieldOriginatingIP, "x-mozilla-status", fieldMozillaStatus)
	case 19:
		return match(name, "content-disposition", fieldDisposition, "", 0)
	case 22:
		return match(name, "authentication-results", fieldAuth, "", 0)
	case 25:
		return match(name, "content-transfer-encoding", fieldEncoding, "", 0)
	case 26:
		return match(name, "arc-authentication-results", fieldARCAuth, "", 0)
	}
	return otherField
}

func match(name []byte, a string, ia fieldID, b string, ib fieldID) fieldID {
	if equalFold(name, a) {
		return ia
	}
	if equalFold(name, b) {
		return ib
	}
	return otherField
}

// equalFold compares with a lower-case ASCII name.
func equalFold(b []byte, lower string) bool {
	if len(b) != len(lower) {
		return false
	}
	for i, c := range b {
		if c >= 'A' && c <= 'Z' {
			c |= 0x20
		}
		if c != lower[i] {
			return false
		}
	}
	return true
}

// fieldWeight says how much a field's name speaks for a mail: 2 for names that hardly
// anything else has, 1 for the ones that other texts use too, 0 for unknown ones.
func fieldWeight(name []byte) int {
	switch identify(name) {
	case fieldReceived, fieldMessageID, fieldDeliveredTo, fieldLabels, fieldAuth, fieldARCAuth,
		fieldReplyTo, fieldOriginatingIP, fieldMozillaStatus, fieldEncoding, fieldListID, fieldReferences, fieldInReplyTo:
		return 2
	case fieldDate, fieldFrom, fieldTo, fieldCc, fieldSubject, fieldSender, fieldStatus, fieldXStatus,
		fieldContentType, fieldContentLength, fieldDisposition:
		return 1
	}
	switch strings.ToLower(string(name[:min(len(name), 40)])) {
	case "return-path", "mime-version", "dkim-signature", "domainkey-signature",
		"received-spf", "arc-seal", "arc-message-signature", "errors-to", "content-id", "content-class", "thread-index",
		"delivery-date", "resent-from", "resent-to", "resent-date", "resent-message-id", "list-unsubscribe":
		return 2
	case "bcc", "content-description", "importance", "priority", "precedence", "organization", "comments":
		return 1
	}
	if len(name) > 3 && name[0]|0x20 == 'x' && name[1] == '-' {
		return 1
	}
	return 0
}

// maxName is the longest name of a header field that is believed.
const maxName = 128

// fieldName gives the length of the field name that a line begins with, 0 where it is no
// header field. Blanks between name and colon are obsolete and allowed (RFC 5322 section 4.5).
func fieldName(line []byte) int {
	for i := 0; i < len(line) && i <= maxName; i++ {
		switch c := line[i]; {
		case c == ':':
			return i
		case c == ' ' || c == '\t':
			j := i
			for j < len(line) && (line[j] == ' ' || line[j] == '\t') {
				j++
			}
			if j < len(line) && line[j] == ':' {
				return i
			}
			return 0
		case c <= 32 || c >= 127:
			return 0
		}
	}
	return 0
}

// field is one header field, as offsets into the header block.
type field struct {
	id       fieldID
	received uint16 // Received fields above this one
	start    int32
	nameEnd  int32
	value    int32 // behind the colon
	end      int32 // behind the value, before its line end
}

// maxFields is how many header fields of one message are kept: a mail has 30 to 150.
const maxFields = 4096

// header is the header block of one message.
type header struct {
	raw    []byte
	fields []field
	first  [numFields]int32 // index of the first such field, from 1
	count  [numFields]int32
	end    int  // bytes of raw up to the body, the blank line included
	found  bool // the end of the headers was seen
	junk   int  // lines between the fields that are no fields
}

// scan reads the fields at the beginning of b and finds where the body begins.
// complete says that b is the whole message: the headers then end with b at the latest.
func (h *header) scan(b []byte, complete bool) {
	*h = header{raw: b, fields: h.fields[:0]}
	pos := 0
	received := 0
	for pos < len(b) {
		next := len(b)
		if i := bytes.IndexByte(b[pos:], '\n'); i >= 0 {
			next = pos + i + 1
		} else if !complete {
			break
		}
		line := trimEnd(b[pos:next])
		switch {
		case len(line) == 0:
			h.end, h.found = next, true
			return
		case line[0] == ' ' || line[0] == '\t':
			if n := len(h.fields); n > 0 {
				h.fields[n-1].end = int32(pos + len(line))
			} else if len(bytes.TrimSpace(line)) == 0 {
				h.end, h.found = next, true
				return
			}
		default:
			n := fieldName(line)
			if n == 0 {
				if !h.passJunk(b, line, next) {
					h.end, h.found = pos, true
					return
				}
				break
			}
			if len(h.fields) == maxFields {
				break
			}
			f := field{id: identify(line[:n]), received: uint16(min(received, 65535)), start: int32(pos), nameEnd: int32(pos + n), end: int32(pos + len(line))}
			f.value = int32(pos + n + bytes.IndexByte(line[n:], ':') + 1)
			h.fields = append(h.fields, f)
			if h.first[f.id] == 0 {
				h.first[f.id] = int32(len(h.fields))
			}
			h.count[f.id]++
			if f.id == fieldReceived {
				received++
			}
		}
		pos = next
	}
	h.end = pos
	h.found = complete
}

// passJunk decides about a line that is no field: a quoted envelope line, or a broken line
// with more fields right after it, is passed over; anything else begins the body
// without the blank line that should stand before it.
func (h *header) passJunk(b, line []byte, next int) bool {
	if bytes.HasPrefix(line, []byte(">From ")) || bytes.HasPrefix(line, fromSpace) && len(h.fields) == 0 {
		return true
	}
	rest := b[next:]
	if i := bytes.IndexByte(rest, '\n'); i >= 0 {
		rest = rest[:i]
	}
	if !knownField(trimEnd(rest)) {
		return false
	}
	h.junk++
	return true
}

func trimEnd(line []byte) []byte {
	n := len(line)
	if n > 0 && line[n-1] == '\n' {
		n--
	}
	for n > 0 && line[n-1] == '\r' {
		n--
	}
	return line[:n]
}

// get gives the raw value of the first field of this kind, folded as it is, nil where there is none.
func (h *header) get(id fieldID) []byte {
	i := h.first[id]
	if i == 0 {
		return nil
	}
	return h.value(&h.fields[i-1])
}

func (h *header) value(f *field) []byte {
	return bytes.TrimSpace(h.raw[f.value:f.end])
}

// above reports whether the first field of this kind stands above every Received, where
// only the last server or the mail program can have put it.
func (h *header) above(id fieldID) bool {
	i := h.first[id]
	return i > 0 && h.fields[i-1].received == 0
}

// all gives every value of a header, unfolded and undecoded.
func (h *header) all(name string) []string {
	lower := strings.ToLower(name)
	var out []string
	for i := range h.fields {
		f := &h.fields[i]
		if equalFold(h.raw[f.start:f.nameEnd], lower) {
			out = append(out, string(unfold(h.value(f))))
		}
	}
	return out
}

// unfold takes the line ends out of a value (RFC 5322 section 2.2.3). Without any it
// gives the same bytes.
func unfold(v []byte) []byte {
	if bytes.IndexByte(v, '\n') < 0 && bytes.IndexByte(v, '\r') < 0 {
		return v
	}
	out := make([]byte, 0, len(v))
	for _, c := range v {
		if c != '\r' && c != '\n' {
			out = append(out, c)
		}
	}
	return out
}
