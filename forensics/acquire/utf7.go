package acquire

import (
	"encoding/base64"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// Names of folders are written in modified UTF-7, RFC 3501 section 5.1.3: "&" begins base64
// of UTF-16 with "," for "/", "-" ends it, "&-" is "&".

var utf7Base64 = base64.NewEncoding("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+,").WithPadding(base64.NoPadding)

// decodeName gives the readable name of a folder; one that is not modified UTF-7 stays as it is.
func decodeName(wire string) string {
	if !strings.Contains(wire, "&") {
		return wire
	}
	var out strings.Builder
	rest := wire
	for {
		before, after, found := strings.Cut(rest, "&")
		out.WriteString(before)
		if !found {
			return out.String()
		}
		inner, behind, found := strings.Cut(after, "-")
		if !found {
			return wire
		}
		rest = behind
		if inner == "" {
			out.WriteByte('&')
			continue
		}
		b, err := utf7Base64.DecodeString(inner)
		if err != nil || len(b)%2 != 0 {
			return wire
		}
		units := make([]uint16, len(b)/2)
		for i := range units {
			units[i] = uint16(b[2*i])<<8 | uint16(b[2*i+1])
		}
		out.WriteString(string(utf16.Decode(units)))
	}
}

// encodeName writes a readable name as modified UTF-7.
func encodeName(name string) string {
	var out strings.Builder
	var run []rune
	flush := func() {
		if len(run) == 0 {
			return
		}
		units := utf16.Encode(run)
		b := make([]byte, 0, 2*len(units))
		for _, u := range units {
			b = append(b, byte(u>>8), byte(u))
		}
		out.WriteString("&" + utf7Base64.EncodeToString(b) + "-")
		run = run[:0]
	}
	for _, r := range name {
		switch {
		case r == '&':
			flush()
			out.WriteString("&-")
		case r >= 0x20 && r < utf8.RuneSelf-1:
			flush()
			out.WriteRune(r)
		default:
			run = append(run, r)
		}
	}
	flush()
	return out.String()
}
