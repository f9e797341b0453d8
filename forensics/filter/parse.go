package filter

import (
	"fmt"
	"net/netip"
	"strings"
	"time"
	"unicode"
)

// Bounds of what is accepted: a filter is typed by a person.
const (
	maxRunes = 1 << 16
	maxDepth = 100
)

// Parse reads a filter; moments without a zone are UTC. The empty filter gives a
// nil Expr. A mistake is a *SyntaxError.
func Parse(s string) (Expr, error) { return ParseIn(s, time.UTC) }

// ParseIn reads a filter; moments without a zone are in loc.
func ParseIn(s string, loc *time.Location) (Expr, error) {
	p := &parser{in: []rune(s), loc: loc}
	if len(p.in) > maxRunes {
		return nil, &SyntaxError{Column: maxRunes + 1, Text: "the filter is too long"}
	}
	p.space()
	if p.end() {
		return nil, nil
	}
	e, err := p.or(0)
	if err != nil {
		return nil, err
	}
	if !p.end() {
		return nil, p.fail(p.at, "this ) closes nothing", "")
	}
	return e, nil
}

// parser reads runes by recursive descent:
//
//	or   = and { "OR" and }
//	and  = not { [ "AND" ] not }
//	not  = [ "-" | "NOT" ] ( "(" or ")" | term )
//	term = [ key ":" ] value
type parser struct {
	in  []rune
	at  int
	loc *time.Location
}

func (p *parser) fail(at int, text, suggestion string) error {
	return &SyntaxError{Column: at + 1, Text: text, Suggestion: suggestion}
}

func isSpace(r rune) bool { return unicode.IsSpace(r) }

func (p *parser) end() bool { return p.at >= len(p.in) }

func (p *parser) space() {
	for !p.end() && isSpace(p.in[p.at]) {
		p.at++
	}
}

func (p *parser) peek() rune {
	if p.end() {
		return 0
	}
	return p.in[p.at]
}

// keyword takes word where it stands alone.
func (p *parser) keyword(word string) bool {
	n := len(word)
	if p.at+n > len(p.in) || string(p.in[p.at:p.at+n]) != word {
		return false
	}
	if p.at+n < len(p.in) {
		if r := p.in[p.at+n]; !isSpace(r) && r != '(' && r != ')' {
			return false
		}
	}
	p.at += n
	p.space()
	return true
}

func (p *parser) or(depth int) (Expr, error) {
	e, err := p.and(depth)
	if err != nil {
		return nil, err
	}
	list := []Expr{e}
	for {
		at := p.at
		if !p.keyword("OR") {
			break
		}
		if p.end() || p.peek() == ')' {
			return nil, p.fail(at, "something must follow OR", "")
		}
		if e, err = p.and(depth); err != nil {
			return nil, err
		}
		list = append(list, e)
	}
	if len(list) == 1 {
		return list[0], nil
	}
	return &Or{List: list}, nil
}

func (p *parser) and(depth int) (Expr, error) {
	var list []Expr
	for {
		at := p.at
		and := len(list) > 0 && p.keyword("AND")
		if p.end() || p.peek() == ')' {
			if and {
				return nil, p.fail(at, "something must follow AND", "")
			}
			break
		}
		at = p.at
		if p.keyword("OR") {
			if len(list) == 0 || and {
				return nil, p.fail(at, "something must stand before OR", "")
			}
			p.at = at
			break
		}
		e, err := p.not(depth)
		if err != nil {
			return nil, err
		}
		list = append(list, e)
	}
	switch len(list) {
	case 0:
		return nil, p.fail(p.at, "a condition is missing here", "")
	case 1:
		return list[0], nil
	}
	return &And{List: list}, nil
}

func (p *parser) not(depth int) (Expr, error) {
	if depth > maxDepth {
		return nil, p.fail(p.at, "nested too deeply", "")
	}
	at := p.at
	if p.keyword("NOT") {
		return p.negate(at, depth)
	}
	switch p.peek() {
	case '-':
		p.at++
		return p.negate(at, depth)
	case '(':
		p.at++
		p.space()
		if p.peek() == ')' && !p.end() {
			return nil, p.fail(at, "nothing stands between these parentheses", "")
		}
		e, err := p.or(depth + 1)
		if err != nil {
			return nil, err
		}
		if p.end() {
			return nil, p.fail(at, "this ( is never closed", "")
		}
		p.at++ // or stops at a ) only
		p.space()
		return e, nil
	}
	return p.term()
}

func (p *parser) negate(at, depth int) (Expr, error) {
	if p.end() || isSpace(p.peek()) || p.peek() == ')' {
		return nil, p.fail(at, "a condition must follow the minus", "")
	}
	e, err := p.not(depth + 1)
	if err != nil {
		return nil, err
	}
	return &Not{Expr: e}, nil
}

// term reads a bare word or key:value.
func (p *parser) term() (Expr, error) {
	start := p.at
	name := p.key()
	valueAt := p.at
	parts, err := p.value()
	if err != nil {
		return nil, err
	}
	t := &Term{Key: name, Column: start + 1, parts: parts, Value: strings.Join(parts, "*")}
	if name == "" {
		if t.Value == "" {
			return nil, p.fail(start, "an empty word finds nothing", "")
		}
		t.Pattern = newPattern(parts)
		p.space()
		return t, nil
	}
	key, ok := Lookup(Fold(name))
	if !ok {
		var names []string
		for _, k := range Keys() {
			names = append(names, k.Name)
		}
		suggestion := Nearest(name, names)
		if suggestion != "" {
			suggestion += ":"
		} else {
			suggestion = `"` + name + ":" + t.Value + `" in quotes, to look for these letters`
		}
		return nil, p.fail(start, fmt.Sprintf("there is no key %q", name), suggestion)
	}
	t.Key = key.Name
	if t.Value == "" {
		return nil, p.fail(valueAt, fmt.Sprintf("%s: needs a value, such as %s", key.Name, key.Example), "")
	}
	if err := p.resolve(t, key, valueAt); err != nil {
		return nil, err
	}
	p.space()
	return t, nil
}

// key takes a run of letters and hyphens before a colon. What cannot be a key
// (an IPv6 address, a URL) is left for value.
func (p *parser) key() string {
	i := p.at
	for i < len(p.in) && (p.in[i] == '-' || p.in[i] < unicode.MaxASCII && unicode.IsLetter(p.in[i])) {
		i++
	}
	if i == p.at || i >= len(p.in) || p.in[i] != ':' {
		return ""
	}
	rest := string(p.in[p.at:p.wordEnd()])
	if _, err := netip.ParseAddr(rest); err == nil || strings.HasPrefix(string(p.in[i:min(i+3, len(p.in))]), "://") {
		return ""
	}
	name := string(p.in[p.at:i])
	p.at = i + 1
	return name
}

// wordEnd finds where a word without quotes would end.
func (p *parser) wordEnd() int {
	i := p.at
	for i < len(p.in) && !isSpace(p.in[i]) && p.in[i] != '(' && p.in[i] != ')' && i-p.at < 64 {
		i++
	}
	return i
}

// value reads quoted and plain pieces up to a space or parenthesis and splits
// them at the wildcards outside quotes.
func (p *parser) value() ([]string, error) {
	var parts []string
	var part strings.Builder
	for !p.end() {
		r := p.in[p.at]
		switch {
		case isSpace(r) || r == '(' || r == ')':
			return append(parts, part.String()), nil
		case r == '*':
			p.at++
			if len(parts) == 0 || part.Len() > 0 { // ** is *
				parts = append(parts, part.String())
				part.Reset()
			}
		case r == '"':
			if err := p.quoted(&part); err != nil {
				return nil, err
			}
		default:
			part.WriteRune(r)
			p.at++
		}
	}
	return append(parts, part.String()), nil
}

func (p *parser) quoted(to *strings.Builder) error {
	start := p.at
	for p.at++; !p.end(); p.at++ {
		switch r := p.in[p.at]; r {
		case '"':
			p.at++
			return nil
		case '\\':
			if p.at+1 < len(p.in) && (p.in[p.at+1] == '"' || p.in[p.at+1] == '\\') {
				p.at++
			}
			to.WriteRune(p.in[p.at])
		default:
			to.WriteRune(r)
		}
	}
	return p.fail(start, "this quote is never closed", "")
}
