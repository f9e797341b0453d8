package sigma

import (
	"encoding/base64"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode/utf16"
)

// encodings are the modifiers that write a value otherwise before it is looked for.
var encodings = []string{"wide", "utf16le", "utf16", "utf16be", "base64", "base64offset", "windash"}

// encoded writes a value as the modifiers say, in their order, and gives all its forms. The flag tells that it is
// base64 now, where case counts.
func encoded(text string, modifiers []string) (forms []string, cased bool, err error) {
	forms = []string{text}
	for _, m := range modifiers {
		var next []string
		for _, f := range forms {
			switch m {
			case "wide", "utf16le":
				next = append(next, utf16Text(f, false))
			case "utf16be":
				next = append(next, utf16Text(f, true))
			case "utf16":
				next = append(next, "\xff\xfe"+utf16Text(f, false))
			case "base64":
				next = append(next, base64.StdEncoding.EncodeToString([]byte(f)))
			case "base64offset":
				next = append(next, offsets(f)...)
			case "windash":
				next = append(next, dashes(f)...)
			}
		}
		forms, cased = next, cased || strings.HasPrefix(m, "base64")
	}
	if !cased && slices.ContainsFunc(modifiers, func(m string) bool { return m != "windash" }) {
		return nil, false, fmt.Errorf("%s without base64 looks for bytes that a text log does not have", modifiers[0])
	}
	return forms, cased, nil
}

func utf16Text(s string, big bool) string {
	var b strings.Builder
	for _, u := range utf16.Encode([]rune(s)) {
		if big {
			b.WriteByte(byte(u >> 8))
			b.WriteByte(byte(u))
		} else {
			b.WriteByte(byte(u))
			b.WriteByte(byte(u >> 8))
		}
	}
	return b.String()
}

// offsets gives what base64 makes of a text that begins at each of the three places of a group, without the characters
// that its neighbours share.
func offsets(s string) []string {
	var out []string
	for i := range 3 {
		text := base64.StdEncoding.EncodeToString([]byte(strings.Repeat(" ", i) + s))
		from := []int{0, 2, 3}[i]
		to := len(text) - []int{0, 3, 2}[(len(s)+i)%3]
		if from < to {
			out = append(out, text[from:to])
		}
	}
	return out
}

// dash is a dash or slash that begins a word, as options of Windows programs do.
var dash = regexp.MustCompile(`(^|[^0-9A-Za-z_])[-/]\b`)

// dashes gives a text with each sign that Windows takes for the dash before an option, the same one at all places.
func dashes(s string) []string {
	if !dash.MatchString(s) {
		return []string{s}
	}
	out := []string{s}
	for _, sign := range []string{"-", "/", "–", "—", "―"} {
		if f := dash.ReplaceAllString(s, "${1}"+sign); !slices.Contains(out, f) {
			out = append(out, f)
		}
	}
	return out
}
