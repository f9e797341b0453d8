package acquire

import (
	"encoding/base64"
	"strings"
	"unicode/utf16"
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
