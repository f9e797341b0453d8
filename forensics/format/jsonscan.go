package format

import "bytes"

// jsonScan looks for the end of one object. It stops at what no object can hold:
// brackets that do not pair, a string or an object where none may begin. So
// a quote or a bracket that is missing shows within a few tokens, before the
// next records are swallowed.
type jsonScan struct {
	at       int    // next byte to look at
	depth    int    // open brackets
	arrays   uint64 // bit n: the bracket on level n is [; deeper than levels they are not told apart
	inString bool
	text     int  // where the string's text begins
	prev     byte // last byte that is no space, outside strings
}

// scan goes on in w, which begins where it began before. It gives the object's length, 0
// where w ends first; fault says what is wrong at s.at.
func (s *jsonScan) scan(w []byte) (end int, fault string) {
	i, prev := s.at, s.prev
	for i < len(w) {
		if s.inString {
			k := bytes.IndexByte(w[i:], '"')
			if k < 0 {
				i = len(w)
				break
			}
			i += k
			escapes := i
			for escapes > s.text && w[escapes-1] == '\\' {
				escapes--
			}
			if (i-escapes)%2 == 0 {
				s.inString = false
				prev = '"'
			}
			i++
			continue
		}
		c := w[i]
		switch c {
		case ' ', '\t', '\r', '\n':
			i++
			continue
		case '"':
			if prev != ':' && prev != ',' && prev != '{' && prev != '[' {
				s.at = i
				return 0, "text stands where none can begin"
			}
			s.inString = true
			s.text = i + 1
		case '{', '[':
			if s.depth > 0 && prev != ':' && (s.top() == '{' || prev != '[' && prev != ',') {
				s.at = i
				return 0, "object is not closed"
			}
			s.push(c)
		case '}', ']':
			if top := s.top(); top != unknown && top != c-2 { // in ASCII the pairs are two apart
				s.at = i
				return 0, "brackets do not pair"
			}
			s.depth--
			if s.depth == 0 {
				s.at = i + 1
				return i + 1, ""
			}
		}
		prev = c
		i++
	}
	s.at, s.prev = i, prev
	return 0, ""
}

// levels is how deep the kinds of brackets are told apart; no audit record is half as deep.
const levels = 64

const unknown = byte(0)

func (s *jsonScan) push(c byte) {
	if s.depth < levels {
		bit := uint64(1) << s.depth
		if c == '[' {
			s.arrays |= bit
		} else {
			s.arrays &^= bit
		}
	}
	s.depth++
}

// top is the innermost open bracket.
func (s *jsonScan) top() byte {
	switch n := s.depth - 1; {
	case n >= levels:
		return unknown
	case n >= 0 && s.arrays>>n&1 == 1:
		return '['
	}
	return '{'
}
