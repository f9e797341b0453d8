package mailbox

import (
	"bytes"
	"strings"
)

const (
	maxText  = 256 << 10 // bytes of text that Mail.Text gives
	maxParts = 200       // MIME parts of one message that are looked at
	maxDepth = 8         // multiparts inside each other
)

// textOf gives the readable text of a message: its first plain text, else its first HTML
// without tags. Attachments and forwarded messages are not the message's own words.
// unescape takes one ">" from quoted `>From ` lines (the mboxrd rule).
func textOf(h *header, body []byte, unescape bool) string {
	if unescape {
		body = unescapeFrom(body)
	}
	w := textWalker{}
	w.part(h, body, 0)
	if strings.TrimSpace(w.plain) != "" {
		return w.plain
	}
	return w.html
}

// unescapeFrom takes one ">" from lines that begin with any number of them and "From ".
func unescapeFrom(b []byte) []byte {
	if !bytes.Contains(b, []byte(">From ")) {
		return b
	}
	out := make([]byte, 0, len(b))
	for len(b) > 0 {
		n := len(b)
		if i := bytes.IndexByte(b, '\n'); i >= 0 {
			n = i + 1
		}
		line := b[:n]
		if line[0] == '>' && bytes.HasPrefix(bytes.TrimLeft(line, ">"), fromSpace) {
			line = line[1:]
		}
		out = append(out, line...)
		b = b[n:]
	}
	return out
}

type textWalker struct {
	plain, html       string
	hasPlain, hasHTML bool
	parts             int
}

func (w *textWalker) done() bool { return w.hasPlain || w.parts > maxParts }

// part looks at one entity; body may be cut off.
func (w *textWalker) part(h *header, body []byte, depth int) {
	w.parts++
	ct := parseContentType(h.get(fieldContentType))
	switch {
	case strings.HasPrefix(ct.kind, "multipart/"):
		if depth < maxDepth && ct.boundary != "" && w.multipart(ct.boundary, body, depth) || depth > 0 {
			return
		}
		w.plain = charsetText("", body[:min(len(body), maxText)]) // no boundary in it: better than nothing
	case depth > 0 && bytes.HasPrefix(bytes.ToLower(h.get(fieldDisposition)), []byte("attachment")):
	case ct.kind == "text/html":
		if !w.hasHTML {
			w.hasHTML = true
			w.html = stripHTML(charsetText(ct.charset, decodeBody(h, body)))
		}
	case strings.HasPrefix(ct.kind, "text/"):
		text := charsetText(ct.charset, decodeBody(h, body))
		w.plain = text
		w.hasPlain = strings.TrimSpace(text) != ""
	}
}

// multipart looks at the parts between the boundary lines (RFC 2046 section 5.1.1); false
// where there is no such line.
func (w *textWalker) multipart(boundary string, body []byte, depth int) bool {
	var h header
	delimiter := []byte("--" + boundary)
	start := -1
	for pos := 0; pos < len(body) && !w.done(); {
		i := bytes.Index(body[pos:], delimiter)
		if i < 0 {
			break
		}
		at := pos + i
		pos = at + len(delimiter)
		if at > 0 && body[at-1] != '\n' {
			continue
		}
		line := pos
		for line < len(body) && (body[line] == '-' || body[line] == ' ' || body[line] == '\t' || body[line] == '\r') {
			line++
		}
		if line < len(body) && body[line] != '\n' {
			continue // a longer boundary that begins with this one
		}
		if start >= 0 {
			w.entity(&h, body[start:at], depth)
		}
		if bytes.HasPrefix(body[pos:], []byte("--")) {
			return true
		}
		start = min(line+1, len(body))
		pos = start
	}
	if start >= 0 && !w.done() { // the end is missing, or was not kept
		w.entity(&h, body[start:], depth)
	}
	return start >= 0
}

func (w *textWalker) entity(h *header, b []byte, depth int) {
	h.scan(b, true)
	sub := *h // the parts below use a scanner of their own
	w.part(&sub, b[h.end:], depth+1)
}

// contentType is what matters here of a Content-Type field.
type contentType struct {
	kind     string // type/subtype, lower case; text/plain where there is none
	boundary string
	charset  string
}

// parseContentType reads type and parameters (RFC 2045 section 5.1), tolerantly.
func parseContentType(v []byte) contentType {
	ct := contentType{kind: "text/plain"}
	v = unfold(v[:min(len(v), maxAuthValue)])
	kind, rest, _ := bytes.Cut(v, []byte{';'})
	if k := strings.ToLower(strings.TrimSpace(string(kind))); k == "text" || strings.Contains(k, "/") {
		ct.kind = k
	}
	for len(rest) > 0 {
		rest = bytes.TrimLeft(rest, " \t;")
		i := bytes.IndexByte(rest, '=')
		if i < 0 {
			break
		}
		key := strings.ToLower(strings.TrimSpace(string(rest[:i])))
		rest = bytes.TrimLeft(rest[i+1:], " \t")
		var value string
		if len(rest) > 0 && rest[0] == '"' {
			text, n := quoted(rest)
			value, rest = string(text), rest[n:]
		} else {
			n := bytes.IndexAny(rest, ";")
			if n < 0 {
				n = len(rest)
			}
			value, rest = strings.TrimSpace(string(rest[:n])), rest[n:]
		}
		switch {
		case key == "boundary" && ct.boundary == "":
			ct.boundary = strings.TrimRight(value, " \t")
		case key == "charset" && ct.charset == "":
			ct.charset = value
		}
	}
	return ct
}

// decodeBody undoes the transfer encoding, up to maxText bytes.
func decodeBody(h *header, body []byte) []byte {
	switch strings.ToLower(strings.Trim(string(h.get(fieldEncoding)), " \t\"';")) {
	case "base64":
		return decodeBase64(body, maxText)
	case "quoted-printable":
		return decodeQuoted(body, maxText)
	}
	return body[:min(len(body), maxText)]
}

// decodeQuoted undoes quoted-printable (RFC 2045 section 6.7); what is not valid stays.
func decodeQuoted(b []byte, limit int) []byte {
	out := make([]byte, 0, min(len(b), limit))
	for len(b) > 0 && len(out) < limit {
		i := bytes.IndexByte(b, '=')
		if i < 0 {
			out = append(out, b...)
			break
		}
		out = append(out, b[:i]...)
		b = b[i:]
		if len(b) >= 3 && hexValue(b[1]) >= 0 && hexValue(b[2]) >= 0 {
			out = append(out, byte(hexValue(b[1])<<4|hexValue(b[2])))
			b = b[3:]
			continue
		}
		// A soft line break, perhaps with blanks behind the equals sign.
		j := 1
		for j < len(b) && (b[j] == ' ' || b[j] == '\t' || b[j] == '\r') {
			j++
		}
		if j < len(b) && b[j] == '\n' || j == len(b) {
			b = b[min(j+1, len(b)):]
			continue
		}
		out = append(out, '=')
		b = b[1:]
	}
	return out[:min(len(out), limit)]
}
