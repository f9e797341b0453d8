package sigma

import (
	"strings"
	"unicode/utf8"
)

// pattern is a value with the wildcards * and ?, which a backslash takes their meaning.
type pattern struct {
	parts []part
	cased bool
}

// part is a piece of a pattern: what stands between two stars.
type part struct {
	text  string // in lower case where case does not count
	runes []rune // instead of text where it has a ?, which is anyRune
}

const anyRune = -1

// compile takes a pattern apart. An open pattern may have more before (front) or behind it (back).
func compile(text string, cased, front, back bool) pattern {
	if !cased {
		text = strings.ToLower(text)
	}
	p := pattern{cased: cased}
	var runes []rune
	wild := false
	end := func() {
		if wild {
			p.parts = append(p.parts, part{runes: runes})
		} else {
			p.parts = append(p.parts, part{text: string(runes)})
		}
		runes, wild = nil, false
	}
	if front {
		end()
	}
	in := []rune(text)
	for i := 0; i < len(in); i++ {
		switch r := in[i]; {
		case r == '\\' && i+1 < len(in) && (in[i+1] == '*' || in[i+1] == '?' || in[i+1] == '\\'):
			i++
			runes = append(runes, in[i])
		case r == '*':
			end()
		case r == '?':
			runes, wild = append(runes, anyRune), true
		default:
			runes = append(runes, r)
		}
	}
	if end(); back {
		end()
	}
	return p
}

// literal is a pattern of a text without wildcards.
func literal(text string, cased, front, back bool) pattern {
	return compile(strings.NewReplacer(`\`, `\\`, `*`, `\*`, `?`, `\?`).Replace(text), cased, front, back)
}

// match compares a whole value. Pieces are found from left to right, each as early as it can be, so the time
// grows with the product of the two lengths at worst.
func (p pattern) match(v value) bool {
	s := v.low
	if p.cased {
		s = v.raw
	}
	n := p.parts[0].begins(s)
	if n < 0 {
		return false
	}
	if s = s[n:]; len(p.parts) == 1 {
		return s == ""
	}
	last := p.parts[len(p.parts)-1]
	for _, piece := range p.parts[1 : len(p.parts)-1] {
		end := piece.find(s)
		if end < 0 {
			return false
		}
		s = s[end:]
	}
	return last.ends(s)
}

// begins gives how many bytes of s the piece takes at its beginning, -1 where it does not stand there.
func (p part) begins(s string) int {
	if p.runes == nil {
		if strings.HasPrefix(s, p.text) {
			return len(p.text)
		}
		return -1
	}
	at := 0
	for _, want := range p.runes {
		r, n := utf8.DecodeRuneInString(s[at:])
		if n == 0 || want != anyRune && want != r {
			return -1
		}
		at += n
	}
	return at
}

// find gives where the first place of the piece in s ends, -1 where it has none.
func (p part) find(s string) int {
	if p.runes == nil {
		if i := strings.Index(s, p.text); i >= 0 {
			return i + len(p.text)
		}
		return -1
	}
	for i := range s {
		if n := p.begins(s[i:]); n >= 0 {
			return i + n
		}
	}
	return -1
}

// ends tells whether s ends with the piece.
func (p part) ends(s string) bool {
	if p.runes == nil {
		return strings.HasSuffix(s, p.text)
	}
	at := len(s)
	for range p.runes {
		_, n := utf8.DecodeLastRuneInString(s[:at])
		at -= n
	}
	return p.begins(s[at:]) == len(s)-at
}
