package export

import (
	"bufio"
	"context"
	"encoding/json"
	"io"
	"strconv"
	"unicode/utf16"
	"unicode/utf8"

	"keytrail/forensics"
	"keytrail/forensics/timeline"
)

// JSONL writes one flat object a line: Timesketch's three required keys first, then
// names of the Elastic Common Schema where it has one. Characters that a terminal would obey
// (controls, bidirectional overrides) are written as \u escapes, so nothing is lost
// and nothing acts.
func JSONL(ctx context.Context, w io.Writer, events Source) error {
	out := bufio.NewWriterSize(w, 1<<16)
	var line []byte
	err := forensics.Each(ctx, events, func(e *forensics.Event) error {
		line = AppendJSON(line[:0], forensics.Fields(e, timeline.Sentence(e)))
		_, err := out.Write(append(line, '\n'))
		return err
	})
	if err != nil {
		return err
	}
	return out.Flush()
}

// AppendJSON appends the fields as one JSON object, in their order.
func AppendJSON(b []byte, fields []forensics.Field) []byte {
	b = append(b, '{')
	for i, f := range fields {
		if i > 0 {
			b = append(b, ',')
		}
		b = appendText(b, f.Key)
		b = append(b, ':')
		b = appendValue(b, f.Value)
	}
	return append(b, '}')
}

func appendValue(b []byte, value any) []byte {
	switch v := value.(type) {
	case string:
		return appendText(b, v)
	case int64:
		return strconv.AppendInt(b, v, 10)
	case bool:
		return strconv.AppendBool(b, v)
	case []string:
		b = append(b, '[')
		for i, s := range v {
			if i > 0 {
				b = append(b, ',')
			}
			b = appendText(b, s)
		}
		return append(b, ']')
	}
	raw, err := json.Marshal(value)
	if err != nil {
		return append(b, "null"...)
	}
	return escapeActing(b, raw)
}

const hex = "0123456789abcdef"

// appendText appends s as a JSON string.
func appendText(b []byte, s string) []byte {
	b = append(b, '"')
	start := 0
	for i := 0; i < len(s); {
		c := s[i]
		if c >= 0x20 && c != '"' && c != '\\' && c < 0x7F {
			i++
			continue
		}
		if c >= utf8.RuneSelf {
			r, size := utf8.DecodeRuneInString(s[i:])
			if r != utf8.RuneError && !acts(r) {
				i += size
				continue
			}
			b = append(b, s[start:i]...)
			b = appendEscape(b, r)
			i += size
			start = i
			continue
		}
		b = append(b, s[start:i]...)
		switch c {
		case '"', '\\':
			b = append(b, '\\', c)
		case '\n':
			b = append(b, '\\', 'n')
		case '\r':
			b = append(b, '\\', 'r')
		case '\t':
			b = append(b, '\\', 't')
		default:
			b = appendEscape(b, rune(c))
		}
		i++
		start = i
	}
	b = append(b, s[start:]...)
	return append(b, '"')
}

// escapeActing copies JSON, escaping what acts inside its strings.
func escapeActing(b, raw []byte) []byte {
	for len(raw) > 0 {
		r, size := utf8.DecodeRune(raw)
		if acts(r) {
			b = appendEscape(b, r)
		} else {
			b = append(b, raw[:size]...)
		}
		raw = raw[size:]
	}
	return b
}

func appendEscape(b []byte, r rune) []byte {
	if r > 0xFFFF {
		high, low := utf16.EncodeRune(r)
		return appendEscape(appendEscape(b, high), low)
	}
	return append(b, '\\', 'u', hex[r>>12&15], hex[r>>8&15], hex[r>>4&15], hex[r&15])
}

// acts reports whether a terminal or a text view would obey the character instead of showing it.
func acts(r rune) bool {
	switch {
	case r >= 0x7F && r <= 0x9F, // DEL and the C1 controls
		r >= 0x200B && r <= 0x200F,            // zero width, marks of direction
		r >= 0x2028 && r <= 0x202E,            // line separators, embeddings and overrides
		r >= 0x2060 && r <= 0x206F,            // joiners, invisible operators, isolates and old overrides
		r == 0x061C, r == 0x180E, r == 0xFEFF, // mark of direction, invisible separators
		r >= 0xFFF9 && r <= 0xFFFB,   // interlinear annotations
		r >= 0xE0000 && r <= 0xE007F: // tags
		return true
	}
	return false
}
