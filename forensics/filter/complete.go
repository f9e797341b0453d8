package filter

import (
	"slices"
	"strings"
)

// Complete offers what could stand at the cursor, which counts runes from 0. The
// candidates replace the runes from start to the cursor. values gives the known
// values of a key, best first (the case's Values); it may be nil.
func Complete(input string, cursor int, values func(key string) []string) (start int, candidates []string) {
	in := []rune(input)
	cursor = max(0, min(cursor, len(in)))
	start = tokenStart(in[:cursor])
	for start < cursor && in[start] == '-' {
		start++
	}
	token := string(in[start:cursor])
	name, value, isValue := strings.Cut(token, ":")
	if !isValue {
		return start, completeKey(token)
	}
	key, ok := Lookup(Fold(name))
	if !ok {
		return start, nil
	}
	start += len([]rune(name)) + 1
	known := key.Choices
	if len(known) == 0 && values != nil {
		known = values(key.Name)
	}
	return start, completeValue(value, known)
}

// tokenStart finds where the token that ends at the cursor begins, minding quotes.
func tokenStart(in []rune) int {
	start, quoted := 0, false
	for i := 0; i < len(in); i++ {
		switch r := in[i]; {
		case quoted && r == '\\':
			i++
		case r == '"':
			quoted = !quoted
		case !quoted && (isSpace(r) || r == '(' || r == ')'):
			start = i + 1
		}
	}
	return start
}

func completeKey(prefix string) []string {
	prefix = Fold(prefix)
	var out []string
	for _, k := range Keys() {
		if strings.HasPrefix(k.Name, prefix) {
			out = append(out, k.Name+":")
		}
	}
	return out
}

// completeValue puts values that start with the prefix before those that
// contain it.
func completeValue(prefix string, known []string) []string {
	prefix = Fold(strings.Trim(prefix, `"`))
	var starts, contains []string
	for _, v := range known {
		switch folded := Fold(v); {
		case strings.HasPrefix(folded, prefix):
			starts = append(starts, quotePart(v, false))
		case prefix != "" && strings.Contains(folded, prefix):
			contains = append(contains, quotePart(v, false))
		}
	}
	return slices.Concat(starts, contains)
}
