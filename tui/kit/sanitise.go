package kit

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/charmbracelet/x/ansi"
)

// maxMarks is how many combining marks one character may carry. More of them
// would be drawn across the lines above and below.
const maxMarks = 4

// Clean is the choke point between evidence and the terminal: what it returns
// holds no control character, no bidirectional override, no invisible
// character, and, but for letters of scripts whose marks take room of their own, has
// the same width by every way of counting. Style.Render calls it, and nothing else
// writes text to the screen.
//
// A tab is shown as → and a line feed as ↵, everything else that cannot be seen as
// ‹U+XXXX› (the control pictures of Unicode are missing in many fonts). Emoji presentation selectors are left out: they change the
// width of a character in some terminals only.
func Clean(s string) string {
	if plain(s) {
		return s
	}
	var b strings.Builder
	b.Grow(len(s) + 16)
	for s != "" {
		cluster, width := ansi.FirstGraphemeCluster(s, ansi.GraphemeWidth)
		if cluster == "" {
			break
		}
		s = s[len(cluster):]
		cleanCluster(&b, cluster, width)
	}
	return b.String()
}

// plain reports whether s needs no look at its clusters: every character in it
// is visible, one cell wide and stands for itself.
func plain(s string) bool {
	for i := 0; i < len(s); {
		c := s[i]
		if c < utf8.RuneSelf {
			if c < 0x20 || c == 0x7f {
				return false
			}
			i++
			continue
		}
		r, n := utf8.DecodeRuneInString(s[i:])
		if !simple(r) {
			return false
		}
		i += n
	}
	return true
}

// simple holds for the ranges whose characters are all visible, narrow and
// never combine: Latin letters, and what keytrail itself draws with.
func simple(r rune) bool {
	switch {
	case r >= 0xa1 && r < 0x250:
		return r != 0xad // the soft hyphen is invisible
	case r >= 0x2500 && r < 0x25a0: // lines and blocks
		return true
	}
	switch r {
	case '…', '–', '‹', '›', '“', '”', '●', '○', '▲', '▸', '▾', '↑', '↓', '←', '→', '↵', '⏎', '✓', '✗', '✎', '−', '≈':
		return true
	}
	return false
}

func cleanCluster(b *strings.Builder, cluster string, width int) {
	first, n := utf8.DecodeRuneInString(cluster)
	if n == len(cluster) || cluster == "\r\n" {
		for _, r := range cluster {
			writeRune(b, r, n == 1 && r == utf8.RuneError)
		}
		return
	}
	if first == utf8.RuneError || !visible(first) || hidden(first) {
		for _, r := range cluster {
			writeRune(b, r, false)
		}
		return
	}
	rest, marks := cluster[n:], 0
	if shaped(first, rest) || ansi.WcWidth.StringWidth(cluster) == width && onlyMarks(rest) {
		b.WriteRune(first)
		for _, r := range rest {
			if unicode.Is(unicode.Mn, r) {
				marks++
			}
			if marks <= maxMarks {
				b.WriteRune(r)
			}
		}
		if marks > maxMarks {
			fmt.Fprintf(b, "‹+%d marks›", marks-maxMarks)
		}
		return
	}
	writeRune(b, first, false)
	for _, r := range rest {
		if r != 0xfe0e && r != 0xfe0f {
			fmt.Fprintf(b, "‹U+%04X›", r) // written as it is it would join the first again
		}
	}
}

// shaped reports whether a cluster is a letter with its vowel signs and conjuncts, as
// Hindi, Tamil or Khmer write them. Terminals disagree about the width of some, but marks in
// their place could not be read.
func shaped(first rune, rest string) bool {
	if !unicode.IsLetter(first) || ansi.WcWidth.StringWidth(string(first)) == 0 {
		return false
	}
	for _, r := range rest {
		if hidden(r) || !unicode.IsLetter(r) && !unicode.Is(unicode.Mn, r) && !unicode.Is(unicode.Mc, r) {
			return false
		}
	}
	return true
}

// onlyMarks reports whether s consists of combining marks that are not hidden.
func onlyMarks(s string) bool {
	for _, r := range s {
		if !unicode.Is(unicode.M, r) || hidden(r) {
			return false
		}
	}
	return true
}

func writeRune(b *strings.Builder, r rune, broken bool) {
	switch {
	case broken:
		b.WriteRune(utf8.RuneError)
	case r == '\t':
		b.WriteRune('→')
	case r == '\n':
		b.WriteRune('↵')
	case r == 0xa0 || r == 0x202f || r == 0x2007:
		b.WriteByte(' ')
	case !visible(r) || hidden(r):
		fmt.Fprintf(b, "‹U+%04X›", r)
	case r >= 0x1f3fb && r <= 0x1f3ff: // a skin tone: it would join what stands before it
		fmt.Fprintf(b, "‹U+%04X›", r)
	case unicode.Is(unicode.M, r) || ansi.StringWidth(string(r)) == 0:
		fmt.Fprintf(b, "‹U+%04X›", r) // a mark without a character to stand on
	case ansi.StringWidth(string(r)) != ansi.WcWidth.StringWidth(string(r)):
		fmt.Fprintf(b, "‹U+%04X›", r) // terminals disagree about its width
	default:
		b.WriteRune(r)
	}
}

// visible reports whether r is a character that is drawn.
func visible(r rune) bool {
	return r == ' ' || unicode.IsGraphic(r) && !unicode.Is(unicode.Zl, r) && !unicode.Is(unicode.Zp, r)
}

// hidden reports whether r is drawn as nothing, or turns the text around it:
// bidirectional controls, zero-width characters, fillers, tags, variation selectors.
func hidden(r rune) bool {
	switch {
	case r >= 0x80 && r < 0xa0, r == 0xad, r == 0x34f, r == 0x61c:
		return true
	case r == 0x115f, r == 0x1160, r == 0x3164, r == 0xffa0: // Hangul fillers
		return true
	case r >= 0x17b4 && r <= 0x17b5, r >= 0x180b && r <= 0x180f:
		return true
	case r >= 0x200b && r <= 0x200f, r >= 0x2028 && r <= 0x202e, r >= 0x2060 && r <= 0x206f:
		return true
	case r >= 0xfe00 && r <= 0xfe0f, r == 0xfeff, r >= 0xfff0 && r <= 0xfffb:
		return true
	case r >= 0x1bca0 && r <= 0x1bca3, r >= 0x1d173 && r <= 0x1d17a, r >= 0xe0000 && r <= 0xe0fff:
		return true
	case r == 0x2800: // an empty Braille cell looks like a space
		return true
	}
	return unicode.Is(unicode.Cf, r)
}
