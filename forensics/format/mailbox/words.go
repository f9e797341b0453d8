package mailbox

import (
	"bytes"
	"encoding/base64"
	"io"
	"strings"
	"unicode/utf8"

	"github.com/emersion/go-message/charset"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/japanese"

	"keytrail/forensics/format"
)

// maxValue is how much of one header value is decoded, in bytes.
const maxValue = 64 << 10

// decodeValue gives a header value as text: unfolded, with the encoded words of RFC 2047
// decoded, also where they are broken, and raw 8-bit text read as UTF-8 or, failing that, as
// Windows-1252. No error: what cannot be decoded stays as it is written.
func decodeValue(v []byte) string {
	v = unfold(v[:min(len(v), maxValue)])
	if !bytes.Contains(v, []byte("=?")) {
		return strings.TrimSpace(legacyText(v))
	}
	var out strings.Builder
	wordBefore := false
	for len(v) > 0 {
		i := bytes.Index(v, []byte("=?"))
		if i < 0 {
			out.WriteString(legacyText(v))
			break
		}
		if between := v[:i]; !wordBefore || len(bytes.TrimSpace(between)) > 0 {
			out.WriteString(legacyText(between))
		}
		text, n := encodedWords(v[i:])
		if n == 0 {
			out.WriteString("=?")
			v = v[i+2:]
			wordBefore = false
			continue
		}
		out.WriteString(text)
		v = v[i+n:]
		wordBefore = true
	}
	return strings.TrimSpace(out.String())
}

// encodedWords decodes the word that b begins with, together with directly following words
// of the same charset and encoding: some programs cut a character in two. n is 0
// where b begins with no encoded word.
func encodedWords(b []byte) (text string, n int) {
	cs, enc, payload, n := encodedWord(b)
	if n == 0 {
		return "", 0
	}
	raw := decodeWord(enc, payload)
	for {
		rest := bytes.TrimLeft(b[n:], " \t")
		cs2, enc2, payload, m := encodedWord(rest)
		if m == 0 || enc2 != enc || !bytes.EqualFold(cs, cs2) {
			break
		}
		raw = append(raw, decodeWord(enc, payload)...)
		n = len(b) - len(rest) + m
	}
	return charsetText(string(cs), raw), n
}

// encodedWord takes "=?charset?Q?payload?=" apart.
// QUIRK: RFC 2047 section 2 forbids spaces in the payload and limits a word to 75
// characters; both are broken often, and a language suffix (RFC 2231 section 5) is dropped.
func encodedWord(b []byte) (cs []byte, enc byte, payload []byte, n int) {
	if !bytes.HasPrefix(b, []byte("=?")) {
		return nil, 0, nil, 0
	}
	i := bytes.IndexByte(b[2:], '?')
	if i < 1 || i > 60 || len(b) < 2+i+3 {
		return nil, 0, nil, 0
	}
	cs = b[2 : 2+i]
	rest := b[2+i+1:]
	enc = rest[0] | 0x20
	if rest[1] != '?' || enc != 'q' && enc != 'b' || bytes.IndexByte(cs, ' ') >= 0 {
		return nil, 0, nil, 0
	}
	rest = rest[2:]
	end := bytes.Index(rest[:min(len(rest), maxWord)], []byte("?="))
	if end < 0 {
		return nil, 0, nil, 0
	}
	// "=?utf-8?Q?=?=" is an empty-looking "=" and not the end.
	if end == 0 && bytes.HasPrefix(rest, []byte("?==?=")) {
		end = 3
	}
	if i := bytes.IndexByte(cs, '*'); i > 0 {
		cs = cs[:i]
	}
	return cs, enc, rest[:end], 2 + i + 1 + 2 + end + 2
}

// maxWord is the longest encoded word that is believed.
const maxWord = 4 << 10

func decodeWord(enc byte, payload []byte) []byte {
	if enc == 'b' {
		return decodeBase64(payload, maxValue)
	}
	out := make([]byte, 0, len(payload))
	for i := 0; i < len(payload); i++ {
		switch c := payload[i]; {
		case c == '_':
			out = append(out, ' ')
		case c == '=' && i+2 < len(payload) && hexValue(payload[i+1]) >= 0 && hexValue(payload[i+2]) >= 0:
			out = append(out, byte(hexValue(payload[i+1])<<4|hexValue(payload[i+2])))
			i += 2
		default:
			out = append(out, c)
		}
	}
	return out
}

func hexValue(c byte) int {
	switch {
	case isDigit(c):
		return int(c - '0')
	case c|0x20 >= 'a' && c|0x20 <= 'f':
		return int(c|0x20-'a') + 10
	}
	return -1
}

// decodeBase64 decodes up to limit bytes; what is no base64 is passed over, and after
// padding it goes on, since some programs join pieces that were encoded apart.
func decodeBase64(b []byte, limit int) []byte {
	out := make([]byte, 0, min(len(b)*3/4+3, limit+3))
	var quad [4]byte
	n := 0
	flush := func() {
		if n > 1 {
			var dst [3]byte
			m, _ := base64.RawStdEncoding.Decode(dst[:], quad[:n])
			out = append(out, dst[:m]...)
		}
		n = 0
	}
	for _, c := range b {
		switch {
		case c == '=':
			flush()
			continue
		case c == '-':
			c = '+'
		case c == '_':
			c = '/'
		case !isLetter(c) && !isDigit(c) && c != '+' && c != '/':
			continue
		}
		quad[n] = c
		if n++; n == 4 {
			flush()
			if len(out) >= limit {
				return out[:limit]
			}
		}
	}
	flush()
	return out
}

// charsetText decodes raw from a named charset. An unknown or lying name gives
// UTF-8 where the bytes are that, else Windows-1252.
func charsetText(name string, raw []byte) string {
	switch strings.ToLower(strings.Trim(name, " \t\"'")) {
	case "utf-8", "utf8", "us-ascii", "ascii", "", "unknown-8bit", "x-unknown", "8bit", "default":
		return legacyText(raw)
	case "iso-8859-1", "latin1", "iso8859-1", "windows-1252", "cp1252":
		return latin(raw)
	}
	r, err := charset.Reader(strings.Trim(name, " \t\"'"), bytes.NewReader(raw))
	if err != nil {
		return legacyText(raw)
	}
	out, err := io.ReadAll(io.LimitReader(r, maxText))
	if err != nil || !utf8.Valid(out) {
		return legacyText(raw)
	}
	return string(out)
}

// legacyText reads bytes that state no charset.
func legacyText(b []byte) string {
	if bytes.IndexByte(b, 0x1B) >= 0 {
		if bytes.Contains(b, []byte("\x1b$")) { // ISO-2022-JP announces itself
			if out, err := japanese.ISO2022JP.NewDecoder().Bytes(b); err == nil {
				return string(out)
			}
		}
	}
	return format.Text(b)
}

// printable is a value as it is written, unfolded, for Time.Original.
func printable(b []byte) string {
	b = unfold(bytes.TrimSpace(b))
	return format.Text(b[:min(len(b), maxDate)])
}

// latin reads Windows-1252, which programs mean when they say ISO 8859-1.
func latin(b []byte) string {
	out, err := charmap.Windows1252.NewDecoder().Bytes(b)
	if err != nil {
		return format.Text(b)
	}
	return string(out)
}
