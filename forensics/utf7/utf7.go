// Package utf7 reads the modified UTF-7 in which IMAP servers, and the mailboxes copied from them, write the names of folders:
// RFC 3501 section 5.1.3. "&" begins base64 of UTF-16 with "," for "/", "-" ends it, and "&-" is "&".
package utf7

import (
	"encoding/base64"
	"strings"
	"unicode/utf16"
)

// alphabet is that of RFC 3501. Never changed.
var alphabet = base64.NewEncoding("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+,").WithPadding(base64.NoPadding)

// Decode gives the readable name of a folder; one that is not modified UTF-7 stays as it is.
func Decode(name string) string {
	if !strings.Contains(name, "&") {
		return name
	}
	var out strings.Builder
	rest := name
	for {
		before, after, found := strings.Cut(rest, "&")
		out.WriteString(before)
		if !found {
			return out.String()
		}
		code, behind, found := strings.Cut(after, "-")
		if !found {
			return name
		}
		rest = behind
		if code == "" {
			out.WriteByte('&')
			continue
		}
		b, err := alphabet.DecodeString(code)
		if err != nil || len(b)%2 != 0 {
			return name
		}
		units := make([]uint16, len(b)/2)
		for i := range units {
			units[i] = uint16(b[2*i])<<8 | uint16(b[2*i+1])
		}
		out.WriteString(string(utf16.Decode(units)))
	}
}
