package sigma

import "strings"

// pattern is a value with the wildcards * and ?, which a backslash takes their meaning.
type pattern struct {
	parts []part
	cased bool
}

// part is a piece of a pattern: what stands between two stars.
type part struct {
	runes []rune // any stands for ?
}

const anyRune = -1

func compile(text string) pattern {
	p := pattern{parts: []part{{}}}
	last := func() *part { return &p.parts[len(p.parts)-1] }
	runes := []rune(text)
	for i := 0; i < len(runes); i++ {
		switch r := runes[i]; {
		case r == '\\' && i+1 < len(runes) && (runes[i+1] == '*' || runes[i+1] == '?' || runes[i+1] == '\\'):
			i++
			last().runes = append(last().runes, runes[i])
		case r == '*':
			p.parts = append(p.parts, part{})
		case r == '?':
			last().runes = append(last().runes, anyRune)
		default:
			last().runes = append(last().runes, r)
		}
	}
	return p
}

// maxValue is how much of a value is looked at, in runes.
const maxValue = 64 << 10

// match compares a whole value. Pieces are found from left to right, each as early as it can be, so the time
// grows with the product of the two lengths at worst.
func (p pattern) match(value string) bool {
	if !p.cased {
		value = strings.ToLower(value)
	}
	v := []rune(value)
	v = v[:min(len(v), maxValue)]
	first, rest := p.parts[0], p.parts[1:]
	if !p.at(first, v, 0) {
		return false
	}
	if len(rest) == 0 {
		return len(v) == len(first.runes)
	}
	at := len(first.runes)
	for i, piece := range rest {
		if i == len(rest)-1 { // the last piece ends the value
			end := len(v) - len(piece.runes)
			return end >= at && p.at(piece, v, end)
		}
		for ; ; at++ {
			if at+len(piece.runes) > len(v) {
				return false
			}
			if p.at(piece, v, at) {
				break
			}
		}
		at += len(piece.runes)
	}
	return true
}

// at tells whether a piece stands at a place of the value.
func (p pattern) at(piece part, v []rune, at int) bool {
	if at < 0 || at+len(piece.runes) > len(v) {
		return false
	}
	for i, r := range piece.runes {
		if r == anyRune {
			continue
		}
		if !p.cased {
			r = lower(r)
		}
		if r != v[at+i] {
			return false
		}
	}
	return true
}

func lower(r rune) rune {
	if r < 0x80 {
		if r >= 'A' && r <= 'Z' {
			return r + 'a' - 'A'
		}
		return r
	}
	for _, l := range strings.ToLower(string(r)) {
		return l
	}
	return r
}
