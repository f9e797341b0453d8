package export

import (
	"strings"
	"unicode/utf8"
)

// Clean makes a text from evidence fit for a sheet: control characters, invalid bytes and
// characters that reorder or hide text become U+FFFD. This is the one place that
// does so for files; the screen has its own.
func Clean(s string) string {
	clean := true
	for i := 0; i < len(s) && clean; i++ {
		clean = s[i] >= 0x20 && s[i] < 0x7F
	}
	if clean {
		return s
	}
	var b strings.Builder
	b.Grow(len(s))
	for _, r := range s { // an invalid byte reads as U+FFFD
		switch {
		case r == '\t' || r == '\n' || r == '\r':
			b.WriteByte(' ')
		case r < 0x20 || acts(r) || r == 0xFFFE || r == 0xFFFF:
			b.WriteRune(utf8.RuneError)
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}

// Cell is Clean for a cell of a CSV file, where a spreadsheet decides by itself what is a formula:
// a text that starts like one is led by an apostrophe.
func Cell(s string) string {
	s = Clean(s)
	trimmed := strings.TrimLeft(s, " ")
	if trimmed != "" && strings.ContainsRune("=+-@\uFF1D\uFF0B\uFF0D\uFF20", firstRune(trimmed)) {
		return "'" + s
	}
	return s
}

func firstRune(s string) rune {
	r, _ := utf8.DecodeRuneInString(s)
	return r
}
