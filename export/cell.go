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
// a text that starts like one is led by an apostrophe. A plain number with its sign stays as it is.
func Cell(s string) string {
	s = Clean(s)
	trimmed := strings.TrimLeft(s, " ")
	if plainNumber(s) {
		return s
	}
	if trimmed != "" && strings.ContainsRune("=+-@\uFF1D\uFF0B\uFF0D\uFF20", firstRune(trimmed)) {
		return "'" + s
	}
	return s
}

// plainNumber reports whether s is a sign and digits with at most one point: it computes nothing.
func plainNumber(s string) bool {
	if s == "" || s[0] != '-' && s[0] != '+' {
		return false
	}
	digits, points := 0, 0
	for _, c := range []byte(s[1:]) {
		switch {
		case c >= '0' && c <= '9':
			digits++
		case c == '.':
			points++
		default:
			return false
		}
	}
	return digits > 0 && points <= 1
}

func firstRune(s string) rune {
	r, _ := utf8.DecodeRuneInString(s)
	return r
}
