package mailbox

import (
	"bytes"
	"strings"
)

// maxAddresses is how many addresses of one message are kept: lists of recipients can be endless.
const maxAddresses = 200

// address is one mailbox of an address list.
type address struct {
	name string // display name, decoded
	addr string // lower case
}

// parseAddresses reads an address list (RFC 5322 section 3.4 and its obsolete forms), and
// from broken ones what can be an address. What stands in angle brackets is the address,
// whatever the name before it looks like; a display name is never taken for one where
// there are brackets. At most limit addresses are given.
func parseAddresses(v []byte, limit int) []address {
	v = unfold(v[:min(len(v), maxValue)])
	var out []address
	for len(v) > 0 && len(out) < limit {
		var a address
		var ok bool
		a, ok, v = nextAddress(v)
		if ok {
			out = append(out, a)
		}
	}
	return out
}

// nextAddress reads up to the comma or semicolon that ends one mailbox.
func nextAddress(v []byte) (a address, ok bool, rest []byte) {
	var plain, comment, angle []byte
	hasAngle := false
	i := 0
loop:
	for i < len(v) {
		switch c := v[i]; c {
		case '"':
			text, n := quoted(v[i:])
			plain = append(plain, text...)
			i += n
		case '(':
			text, n := commentAt(v[i:])
			if len(comment) == 0 {
				comment = text
			}
			i += n
		case '<':
			end := bytes.IndexByte(v[i:], '>')
			if end < 0 {
				end = len(v) - i
			}
			angle, hasAngle = v[i+1:i+end], true
			i += min(end+1, len(v)-i)
		case ',', ';':
			i++
			break loop
		case ':':
			// The name of a group ends here, unless this is a route or a broken address.
			if bytes.IndexByte(plain, '@') < 0 {
				plain = plain[:0]
			} else {
				plain = append(plain, c)
			}
			i++
		default:
			plain = append(plain, c)
			i++
		}
	}
	rest = v[i:]
	if hasAngle {
		a.addr = cleanAddress(angle)
		a.name = decodeValue(plain)
	} else {
		a.addr = cleanAddress(plain)
		a.name = decodeValue(comment)
	}
	return a, a.addr != "", rest
}

// quoted gives the text of a quoted string and its length with the quotes.
func quoted(v []byte) (text []byte, n int) {
	for i := 1; i < len(v); i++ {
		switch v[i] {
		case '\\':
			if i+1 < len(v) {
				i++
				text = append(text, v[i])
			}
		case '"':
			return text, i + 1
		default:
			text = append(text, v[i])
		}
	}
	return text, len(v)
}

// commentAt gives the text of a comment, without what is nested in it, and its length.
func commentAt(v []byte) (text []byte, n int) {
	depth := 0
	for i := 0; i < len(v); i++ {
		switch v[i] {
		case '\\':
			i++
		case '(':
			depth++
		case ')':
			if depth--; depth == 0 {
				return text, i + 1
			}
		default:
			if depth == 1 {
				text = append(text, v[i])
			}
		}
	}
	return text, len(v)
}

// cleanAddress makes local@domain of what ought to be that, empty where it is not.
func cleanAddress(b []byte) string {
	if bytes.IndexByte(b, '(') >= 0 && bytes.IndexByte(b, '"') < 0 {
		b = withoutComments(b)
	}
	b = bytes.TrimSpace(b)
	if i := bytes.LastIndexByte(b, ':'); i >= 0 && len(b) > 0 && b[0] == '@' { // a route: @relay:user@host
		b = b[i+1:]
	}
	if i := bytes.IndexAny(b, " \t"); i >= 0 { // "user @ host", or words around an address
		b = joinAt(b)
	}
	at := bytes.LastIndexByte(b, '@')
	if at <= 0 || at == len(b)-1 || len(b) > 320 {
		return ""
	}
	return strings.ToLower(strings.TrimRight(decodeValue(b), ".>"))
}

func withoutComments(b []byte) []byte {
	var out []byte
	for len(b) > 0 {
		i := bytes.IndexByte(b, '(')
		if i < 0 {
			return append(out, b...)
		}
		out = append(out, b[:i]...)
		_, n := commentAt(b[i:])
		b = b[i+n:]
	}
	return out
}

// joinAt takes blanks around the at sign out and gives the word that holds it.
func joinAt(b []byte) []byte {
	joined := make([]byte, 0, len(b))
	word := 0 // where the last word begins
	for i, f := range bytes.Fields(b) {
		last := joined[word:]
		glue := f[0] == '@' || bytes.HasSuffix(last, []byte{'@'}) ||
			bytes.IndexByte(last, '@') >= 0 && (f[0] == '.' || bytes.HasSuffix(last, []byte{'.'}))
		if i > 0 && !glue {
			joined = append(joined, ' ')
			word = len(joined)
		}
		joined = append(joined, f...)
	}
	for _, f := range bytes.Fields(joined) {
		if bytes.IndexByte(f, '@') > 0 {
			return f
		}
	}
	return nil
}

// domainOf gives what stands behind the last at sign, or all of a bare domain.
func domainOf(s string) string {
	s = strings.Trim(s, " \t\"'<>")
	return strings.ToLower(strings.TrimRight(s[strings.LastIndexByte(s, '@')+1:], "."))
}
