// Package filter is the language in which a person asks for a part of the
// timeline: words side by side are AND, OR and - and parentheses do what they
// say, "quotes" keep spaces together, * stands for anything in a value.
//
//	group:key account:pat@* ip:203.0.113.0/24 (kind:login-* OR -protocol:imap) after:2022-11-14T03:00 "storage key"
//
// Parse turns the text into an Expr whose terms carry their values already
// resolved (sets of kinds, moments, networks, patterns), so that whoever
// evaluates it - the case - decides nothing about the language.
//
// Invariants: an Expr's String parses back to an equal Expr; a mistake is a
// *SyntaxError with its column, never a filter that silently matches nothing.
package filter

import (
	"net/netip"
	"strings"

	"keytrail/forensics"
)

// Expr is a parsed filter: *And, *Or, *Not or *Term. A nil Expr matches
// everything.
type Expr interface {
	// String writes the expression so that Parse gives it back.
	String() string
	precedence() int
}

// And matches what every part matches.
type And struct{ List []Expr }

// Or matches what at least one part matches.
type Or struct{ List []Expr }

// Not matches what its part does not match.
type Not struct{ Expr Expr }

// Term is one condition. Which of the resolved fields is set depends on the
// key's Type.
type Term struct {
	Key    string // the key's name in Keys; empty for a bare word
	Value  string // as it was meant: quotes taken off, wildcards written as *
	Column int    // where the term starts, from 1, in runes

	Pattern Pattern      // TypeName, TypeText, TypeWord and patterns of TypeIP
	Kinds   uint64       // TypeKind: one bit for each forensics.Kind
	Choices uint64       // TypeChoice: one bit for each of the key's Choices
	From    int64        // TypeTime: nanoseconds since 1970, inclusive
	To      int64        // TypeTime: exclusive
	Prefix  netip.Prefix // TypeIP, where the value is an address or a network
	Number  int64        // TypeNumber
	zoned   bool         // the value names its zone itself
	parts   []string     // the value between its wildcards, as written
}

// Fold brings text to the form in which values are compared: lower case.
func Fold(s string) string { return strings.ToLower(s) }

// HasKind reports whether the term's kinds contain k.
func (t *Term) HasKind(k forensics.Kind) bool { return t.Kinds&(1<<k) != 0 }

func (*Or) precedence() int   { return 0 }
func (*And) precedence() int  { return 1 }
func (*Not) precedence() int  { return 2 }
func (*Term) precedence() int { return 3 }

// String joins the parts with OR.
func (e *Or) String() string { return join(e.List, " OR ", e.precedence()) }

// String joins the parts with spaces.
func (e *And) String() string { return join(e.List, " ", e.precedence()) }

// String puts a minus before the part.
func (e *Not) String() string {
	if e.Expr.precedence() < e.precedence() {
		return "-(" + e.Expr.String() + ")"
	}
	return "-" + e.Expr.String()
}

// String writes key and value, quoted where that is needed.
func (t *Term) String() string {
	quoted := make([]string, len(t.parts))
	for i, p := range t.parts {
		quoted[i] = quotePart(p, t.Key == "" && i == 0)
	}
	value := strings.Join(quoted, "*")
	if value == "" {
		value = `""`
	}
	if t.Key == "" {
		return value
	}
	return t.Key + ":" + value
}

// join writes the parts of an And or Or; a part that binds no closer is put in
// parentheses, so that the shape survives.
func join(list []Expr, sep string, precedence int) string {
	var b strings.Builder
	for i, e := range list {
		if i > 0 {
			b.WriteString(sep)
		}
		if e.precedence() <= precedence {
			b.WriteString("(" + e.String() + ")")
		} else {
			b.WriteString(e.String())
		}
	}
	return b.String()
}

// Quote writes a value literally, so that key + ":" + Quote(value) is a term
// that means exactly this value.
func Quote(value string) string {
	if value == "" {
		return `""`
	}
	return quotePart(value, true)
}

// quotePart quotes a piece of a value if it holds anything that the parser
// would read otherwise. word says that it stands where a key or keyword could.
func quotePart(s string, word bool) string {
	if s == "" {
		return ""
	}
	plain := !strings.ContainsAny(s, "\"\\()*") && !strings.ContainsFunc(s, isSpace)
	if word && plain {
		plain = s != "OR" && s != "AND" && s != "NOT" && s[0] != '-' && !strings.Contains(s, ":")
	}
	if plain {
		return s
	}
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(s) + `"`
}
