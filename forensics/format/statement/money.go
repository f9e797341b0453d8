package statement

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"keytrail/forensics"
)

// maxCell is the longest cell that can be an amount, in bytes.
const maxCell = 120

// amount reads a cell that holds an amount: "-0.5", "$16,000.00", "-€597.49", "(1.25)", "0.5 BTC", "1E-8". unit is what
// stands beside the digits ("BTC", "€"). A point is the decimal mark; commas only part thousands, and
// where they part anything else the cell can be read in two ways: not ok.
func amount(cell string) (d forensics.Decimal, unit string, ok bool) {
	text := strings.TrimSpace(cell)
	if len(text) > maxCell {
		return d, "", false
	}
	negative := false
	if strings.HasPrefix(text, "(") && strings.HasSuffix(text, ")") {
		negative, text = true, text[1:len(text)-1]
	}
	start := strings.IndexAny(text, "0123456789.")
	if start < 0 {
		return d, "", false
	}
	end := start + numberEnd(text[start:])
	for _, c := range text[:start] {
		switch {
		case c == '-' || c == '\u2212':
			if negative {
				return d, "", false
			}
			negative = true
		case c == '+' || unicode.IsSpace(c):
		case unicode.Is(unicode.Sc, c) || unicode.IsLetter(c):
			unit += string(c)
		default:
			return d, "", false
		}
	}
	for _, c := range text[end:] {
		switch {
		case unicode.IsSpace(c):
		case unicode.Is(unicode.Sc, c) || unicode.IsLetter(c):
			unit += string(c)
		default:
			return d, "", false
		}
	}
	plain, ok := joinThousands(text[start:end])
	if !ok {
		return d, "", false
	}
	d, err := forensics.ParseDecimal(plain)
	if err != nil {
		return d, "", false
	}
	if negative {
		d = d.Neg()
	}
	return d, unit, true
}

// numberEnd finds where the digits end that s begins with, their separators and exponent included.
func numberEnd(s string) int {
	i := 0
	for i < len(s) {
		c, n := utf8.DecodeRuneInString(s[i:])
		switch {
		case c >= '0' && c <= '9' || c == '.' || c == ',':
		case isBlank(c) && partsThousands(s[i+n:]):
		case c == 'e' || c == 'E':
			digits := strings.TrimLeft(s[i+1:], "+-")
			if digits != "" && len(s)-len(digits) <= i+2 && strings.Trim(digits, "0123456789") == "" {
				return len(s)
			}
			return i
		default:
			return i
		}
		i += n
	}
	return i
}

// isBlank tells what parts thousands in some countries beside the comma.
func isBlank(c rune) bool { return c == '\'' || c == '\u2019' || unicode.IsSpace(c) }

// partsThousands reports whether exactly three digits follow.
func partsThousands(rest string) bool {
	n := 0
	for n < len(rest) && rest[n] >= '0' && rest[n] <= '9' {
		n++
	}
	return n == 3
}

// joinThousands takes the separators out of "16,000.00".
func joinThousands(s string) (string, bool) {
	s = strings.Map(func(c rune) rune {
		if isBlank(c) {
			return -1
		}
		return c
	}, s)
	if !strings.Contains(s, ",") {
		return s, true
	}
	whole, rest, point := strings.Cut(s, ".")
	groups := strings.Split(whole, ",")
	for i, g := range groups {
		if len(g) > 3 || i > 0 && len(g) != 3 || g == "" {
			return "", false
		}
	}
	if strings.Contains(rest, ",") {
		return "", false
	}
	if point {
		rest = "." + rest
	}
	return strings.Join(groups, "") + rest, true
}

// fiat are the currencies of states, whose "withdrawal" is a payout to a bank or card.
var fiat = map[string]bool{
	"AED": true, "ARS": true, "AUD": true, "BRL": true, "CAD": true, "CHF": true, "CLP": true, "COP": true, "CZK": true, "DKK": true,
	"EUR": true, "GBP": true, "HKD": true, "HUF": true, "IDR": true, "ILS": true, "INR": true, "JPY": true, "KRW": true, "MXN": true,
	"NGN": true, "NOK": true, "NZD": true, "PHP": true, "PLN": true, "RON": true, "SEK": true, "SGD": true, "THB": true, "TRY": true,
	"UAH": true, "USD": true, "VND": true, "ZAR": true,
}

// isAddress reports whether a word of free text names where coins went: an address of a chain (25 characters
// or more, no letters with accents), an e-mail address, or a name of a name service ("pat.eth").
func isAddress(word string) bool {
	if len(word) > 200 {
		return false
	}
	plain := true
	letters, digits := 0, 0
	for i := range len(word) {
		c := word[i]
		switch {
		case c >= '0' && c <= '9':
			digits++
		case c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z':
			letters++
		case c == ':' || c == '.' || c == '-' || c == '_' || c == '@' || c == '+':
			plain = plain && c == ':'
		default:
			return false
		}
	}
	switch {
	case plain && len(word) >= 25 && digits > 0:
		return true
	case strings.Count(word, "@") == 1:
		name, domain, _ := strings.Cut(word, "@")
		return name != "" && strings.Contains(domain, ".") && !strings.HasSuffix(domain, ".")
	}
	name, end, _ := strings.Cut(word, ".")
	return name != "" && (end == "eth" || end == "cb.id" || end == "base.eth") && letters > 0
}
