package mailbox

import (
	"bytes"
	"strings"

	"keytrail/forensics"
	"keytrail/forensics/format"
)

const (
	maxAuthFields = 40      // Authentication-Results fields that are read in one message
	maxAuthValue  = 8 << 10 // bytes of one of them
)

// authVerdicts reads the Authentication-Results (RFC 8601) and ARC-Authentication-Results
// (RFC 8617) fields of a message, topmost first.
//
// It is a parser of its own because the grammar matters here: a verdict inside a
// comment or a quoted string is the sender's text and no verdict, and a splitter at
// semicolons, such as go-msgauth's, takes smtp.mailfrom="a;dkim=pass header.d=bank.example"@x
// for two results.
func authVerdicts(h *header, out []forensics.AuthVerdict) []forensics.AuthVerdict {
	if h.first[fieldAuth] == 0 && h.first[fieldARCAuth] == 0 {
		return out
	}
	seen := 0
	for i := range h.fields {
		f := &h.fields[i]
		if f.id != fieldAuth && f.id != fieldARCAuth {
			continue
		}
		if seen++; seen > maxAuthFields {
			break
		}
		v := h.value(f)
		out = parseAuth(format.Text(v[:min(len(v), maxAuthValue)]), f.id == fieldARCAuth, int(f.received), out)
	}
	return out
}

// parseAuth reads one field's value.
func parseAuth(v string, arc bool, below int, out []forensics.AuthVerdict) []forensics.AuthVerdict {
	p := authScanner{s: []byte(v), text: v}
	first := p.statement()
	if arc && len(first) > 0 && first[0].key == "i" {
		first = p.statement()
	}
	server := ""
	if len(first) > 0 {
		server = first[0].key
		if first[0].value != "" { // no server's name: some write the results at once
			server = ""
			out = verdict(out, first, "", arc, below)
		} else if len(first) > 1 && isMethod(first[1].key) && first[1].value != "" {
			out = verdict(out, first[1:], server, arc, below)
		}
	}
	for !p.end() {
		if st := p.statement(); len(st) > 0 {
			out = verdict(out, st, server, arc, below)
		}
	}
	return out
}

func isMethod(m string) bool { return m == "dkim" || m == "spf" || m == "dmarc" }

// verdict adds one method's result, where it is one of those the rules look at.
func verdict(out []forensics.AuthVerdict, st []pair, server string, arc bool, below int) []forensics.AuthVerdict {
	method, _, _ := strings.Cut(st[0].key, "/") // dkim/1: a version
	method = strings.TrimSpace(method)
	if !isMethod(method) || st[0].value == "" {
		return out
	}
	v := forensics.AuthVerdict{Server: server, Method: method, Result: strings.ToLower(st[0].value), ARC: arc, Below: below}
	prop := func(names ...string) string {
		for _, n := range names {
			for _, p := range st[1:] {
				if p.key == n && p.value != "" {
					return domainOf(p.value)
				}
			}
		}
		return ""
	}
	switch method {
	case "dkim":
		// header.i is the signer's domain or lies below it (RFC 6376 section 3.5), and some write only that.
		v.Domain = prop("header.d", "header.i")
	case "spf":
		v.Domain = prop("smtp.mailfrom", "smtp.mail", "smtp.from")
	case "dmarc":
		v.Domain = prop("header.from")
	}
	return append(out, v)
}

// pair is key=value; a word without an equals sign has no value.
type pair struct{ key, value string }

// authScanner cuts a value into statements at semicolons that are not quoted.
type authScanner struct {
	s     []byte
	text  string // the same, to cut words from
	pos   int
	pairs []pair
}

func (p *authScanner) end() bool { return p.pos >= len(p.s) }

// statement reads the pairs up to the next semicolon. They are valid until the next call.
func (p *authScanner) statement() []pair {
	out := p.pairs[:0]
	for {
		word, quoted := p.word()
		if word == "" && !quoted {
			break
		}
		if word == "=" && !quoted {
			if len(out) > 0 && out[len(out)-1].value == "" {
				out[len(out)-1].value, _ = p.word()
			}
			continue
		}
		if quoted {
			word = "" // a quoted string is never a key
		}
		if len(out) < 64 {
			out = append(out, pair{key: strings.ToLower(word)})
		}
	}
	p.pos = min(p.pos+1, len(p.s)) // the semicolon
	p.pairs = out
	return out
}

// word gives the next word, "=" by itself, or nothing before a semicolon and at the end.
// Comments are passed over; a quoted string, and what is joined to it, is one word.
func (p *authScanner) word() (w string, wasQuoted bool) {
	for p.pos < len(p.s) && isSpace(p.s[p.pos]) {
		p.pos++
	}
	if n := p.plainWord(); n > 0 {
		w = p.text[p.pos : p.pos+n]
		p.pos += n
		return w, false
	}
	var b strings.Builder
	for p.pos < len(p.s) {
		switch c := p.s[p.pos]; c {
		case '(':
			_, n := commentAt(p.s[p.pos:])
			p.pos += n
			if b.Len() > 0 || wasQuoted {
				return b.String(), wasQuoted
			}
		case '"':
			text, n := quoted(p.s[p.pos:])
			p.pos += n
			b.Write(text)
			wasQuoted = true
		case ' ', '\t', '\r', '\n':
			p.pos++
			if b.Len() > 0 || wasQuoted {
				return b.String(), wasQuoted
			}
		case ';':
			return b.String(), wasQuoted
		case '=':
			if b.Len() > 0 || wasQuoted {
				if !wasQuoted && p.inValue(b.String()) {
					b.WriteByte(c)
					p.pos++
					continue
				}
				return b.String(), wasQuoted
			}
			p.pos++
			return "=", false
		default:
			b.WriteByte(c)
			p.pos++
		}
	}
	return b.String(), wasQuoted
}

// plainWord is the length of the word at the scanner's place, 0 where it needs a closer look:
// quotes, and values with an equals sign in them.
func (p *authScanner) plainWord() int {
	for i, c := range p.s[p.pos:] {
		switch c {
		case ' ', '\t', '\r', '\n', ';', '(':
			return i
		case '"':
			return 0
		case '=':
			if i > 0 && p.inValue("") {
				return 0
			}
			return i
		}
	}
	return len(p.s) - p.pos
}

// inValue reports whether an equals sign belongs to the value that is being read, as in
// smtp.mailfrom=bounce=abc@example.com: a value stands behind an equals sign.
func (p *authScanner) inValue(word string) bool {
	before := bytes.TrimRight(p.s[:p.pos-len(word)], " \t\r\n")
	return bytes.HasSuffix(before, []byte{'='})
}
