package filter

import "strings"

// Pattern is a value with wildcards, folded. The zero Pattern matches nothing.
type Pattern struct {
	// Parts are the pieces between the wildcards; one part means no wildcard.
	Parts []string
}

func newPattern(parts []string) Pattern {
	folded := make([]string, len(parts))
	for i, p := range parts {
		folded[i] = Fold(p)
	}
	return Pattern{Parts: folded}
}

// IsLiteral reports whether the pattern has no wildcard.
func (p Pattern) IsLiteral() bool { return len(p.Parts) == 1 }

// Match reports whether the whole of folded text fits. An empty text never
// fits: `key:*` asks for events that have a value.
func (p Pattern) Match(text string) bool {
	if text == "" || len(p.Parts) == 0 {
		return false
	}
	if len(p.Parts) == 1 {
		return text == p.Parts[0]
	}
	first, last := p.Parts[0], p.Parts[len(p.Parts)-1]
	if len(text) < len(first)+len(last) || !strings.HasPrefix(text, first) || !strings.HasSuffix(text, last) {
		return false
	}
	return inOrder(text[len(first):len(text)-len(last)], p.Parts[1:len(p.Parts)-1])
}

// Find reports whether folded text contains the pattern anywhere.
func (p Pattern) Find(text string) bool {
	if text == "" || len(p.Parts) == 0 {
		return false
	}
	return inOrder(text, p.Parts)
}

// Longest gives the longest piece without a wildcard: a text without it cannot
// match.
func (p Pattern) Longest() string {
	longest := ""
	for _, part := range p.Parts {
		if len(part) > len(longest) {
			longest = part
		}
	}
	return longest
}

func inOrder(text string, parts []string) bool {
	for _, part := range parts {
		at := strings.Index(text, part)
		if at < 0 {
			return false
		}
		text = text[at+len(part):]
	}
	return true
}
