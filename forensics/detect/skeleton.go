package detect

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// skeleton maps a text to what it looks like: small letters, accents gone, letters of
// other scripts and digits that look like a Latin letter replaced by it, and i, l, 1 and
// | all the same. Two texts of one skeleton can be taken for each other. It follows
// the idea of Unicode Technical Standard 39, with a table of the letters that brand
// names are imitated with.
func skeleton(s string) string {
	if !isASCII(s) {
		s = norm.NFKD.String(s)
	}
	b := make([]byte, 0, len(s))
	for _, r := range s {
		if r >= utf8.RuneSelf {
			if unicode.Is(unicode.Mn, r) || unicode.Is(unicode.Cf, r) {
				continue
			}
			if unicode.IsSpace(r) {
				r = ' '
			} else if latin, ok := confusables[r]; ok {
				r = rune(latin)
			} else {
				b = utf8.AppendRune(b, unicode.ToLower(r))
				continue
			}
		}
		c := byte(r)
		switch {
		case c >= 'A' && c <= 'Z':
			c += 'a' - 'A'
		case c == '1' || c == '|':
			c = 'l'
		case c == '0':
			c = 'o'
		case c == '3':
			c = 'e'
		case c == '4':
			c = 'a'
		case c == '5' || c == '$':
			c = 's'
		}
		if c == 'i' {
			c = 'l'
		}
		if n := len(b); n > 0 {
			switch {
			case c == 'n' && b[n-1] == 'r':
				b[n-1] = 'm'
				continue
			case c == 'v' && b[n-1] == 'v':
				b[n-1] = 'w'
				continue
			}
		}
		b = append(b, c)
	}
	return string(b)
}

// confusables gives the Latin letter that a letter of another script (Cyrillic, Greek,
// Latin extensions, Armenian) looks like.
var confusables = map[rune]byte{
	'а': 'a', 'в': 'b', 'с': 'c', 'ԁ': 'd', 'е': 'e', 'һ': 'h', 'і': 'i', 'ј': 'j', 'к': 'k', 'ӏ': 'l',
	'м': 'm', 'н': 'h', 'п': 'n', 'о': 'o', 'р': 'p', 'ԛ': 'q', 'г': 'r', 'ѕ': 's', 'т': 't', 'у': 'y',
	'ү': 'y', 'ѵ': 'v', 'ԝ': 'w', 'х': 'x', 'ь': 'b', 'з': 'e', 'А': 'a', 'В': 'b', 'С': 'c', 'Е': 'e',
	'Н': 'h', 'І': 'i', 'Ј': 'j', 'К': 'k', 'Ӏ': 'l', 'М': 'm', 'О': 'o', 'Р': 'p', 'Ѕ': 's', 'Т': 't',
	'У': 'y', 'Х': 'x', 'Ԛ': 'q', 'Ԝ': 'w', 'Ү': 'y', 'α': 'a', 'β': 'b', 'ε': 'e', 'η': 'n', 'ι': 'i',
	'κ': 'k', 'ν': 'v', 'ο': 'o', 'ρ': 'p', 'τ': 't', 'υ': 'u', 'χ': 'x', 'ω': 'w', 'γ': 'y', 'Α': 'a',
	'Β': 'b', 'Ε': 'e', 'Ζ': 'z', 'Η': 'h', 'Ι': 'i', 'Κ': 'k', 'Μ': 'm', 'Ν': 'n', 'Ο': 'o', 'Ρ': 'p',
	'Τ': 't', 'Υ': 'y', 'Χ': 'x', 'ϲ': 'c', 'ϳ': 'j', 'ı': 'i', 'ɑ': 'a', 'ɡ': 'g', 'ɩ': 'i', 'ʟ': 'l',
	'ɴ': 'n', 'ʀ': 'r', 'ꜱ': 's', 'ø': 'o', 'đ': 'd', 'ł': 'l', 'ħ': 'h', 'ŧ': 't', 'ո': 'n', 'ս': 'u',
	'ց': 'g', 'հ': 'h', 'օ': 'o',
}

// tokens splits at everything that is neither letter nor digit.
func tokens(s string) []string {
	return strings.FieldsFunc(s, func(r rune) bool { return !wordRune(r) })
}
