package utf7

import (
	"strings"
	"testing"
	"unicode/utf16"
	"unicode/utf8"
)

func TestDecode(t *testing.T) {
	for name, want := range map[string]string{
		"":                           "",
		"INBOX":                      "INBOX",
		"Entw&APw-rfe":               "Entwürfe",
		"&BCcENQRABD0EPgQyBDgEOgQ4-": "Черновики",
		"A &- B":                     "A & B",
		"&2D3eAA-":                   "😀",
		"&2D0-":                      "\uFFFD", // half of a character
		"&broken":                    "&broken",
		"Entw&APw-rfe &broken":       "Entw&APw-rfe &broken",
		"&AA-":                       "&AA-",
		"&AP/8-":                     "&AP/8-",
		"a-b":                        "a-b",
	} {
		if got := Decode(name); got != want {
			t.Errorf("Decode(%q) = %q, want %q", name, got, want)
		}
	}
}

// encode writes a name as a server does.
func encode(name string) string {
	var out strings.Builder
	var code []byte
	flush := func() {
		if len(code) > 0 {
			out.WriteString("&" + alphabet.EncodeToString(code) + "-")
			code = code[:0]
		}
	}
	for _, r := range name {
		switch {
		case r == '&':
			flush()
			out.WriteString("&-")
		case r >= ' ' && r <= '~':
			flush()
			out.WriteRune(r)
		default:
			for _, unit := range utf16.Encode([]rune{r}) {
				code = append(code, byte(unit>>8), byte(unit))
			}
		}
	}
	flush()
	return out.String()
}

// FuzzDecode: any name is read, in bounds, and one that a server wrote comes back.
func FuzzDecode(f *testing.F) {
	for _, name := range []string{"INBOX", "Entw&APw-rfe", "A &- B", "&2D3eAA-", "&2D0-", "&broken", "&AA-", "&&--", "Entwürfe", "😀&"} {
		f.Add(name)
	}
	f.Fuzz(func(t *testing.T, name string) {
		if got := Decode(name); len(got) > 2*len(name) {
			t.Errorf("Decode(%q) has %d bytes", name, len(got))
		}
		if !utf8.ValidString(name) {
			return
		}
		if got := Decode(encode(name)); got != name {
			t.Errorf("Decode(%q) = %q, want %q", encode(name), got, name)
		}
	})
}
