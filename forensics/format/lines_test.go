package format_test

import (
	"fmt"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"

	"keytrail/forensics/format"
)

func lines(t *testing.T, l *format.Lines, text string) []string {
	t.Helper()
	var out []string
	end := int64(0)
	for l.Next() {
		ref := l.Ref()
		if ref.Offset < end || ref.Offset+ref.Length > int64(len(text)) || ref.Length == 0 {
			t.Fatalf("ref %+v after %d of %d", ref, end, len(text))
		}
		end = ref.Offset + ref.Length
		raw := text[ref.Offset:end]
		if !l.TooLong() && raw != string(l.Raw()) || l.TooLong() && !strings.HasPrefix(raw, string(l.Raw())) {
			t.Errorf("ref gives %q, raw is %q", raw, l.Raw())
		}
		s := fmt.Sprintf("%d:%s", ref.Line, l.Bytes())
		if l.TooLong() {
			s = fmt.Sprintf("%d: too long, %d bytes", ref.Line, ref.Length)
		}
		out = append(out, s)
	}
	if err := l.Err(); err != nil {
		t.Error(err)
	}
	if end != int64(len(text)) {
		t.Errorf("lines end at %d of %d", end, len(text))
	}
	return out
}

func TestLines(t *testing.T) {
	tests := []struct {
		name, text string
		want       []string
	}{
		{"plain", "a\nb\n", []string{"1:a", "2:b"}},
		{"no_line_end", "a\nb", []string{"1:a", "2:b"}},
		{"windows", "a\r\n\r\nb\r\n", []string{"1:a", "2:", "3:b"}},
		{"byte_order_mark", "\uFEFFa\nb\n", []string{"1:a", "2:b"}},
		{"utf16", utf16Text("ä\r\n\U0001F600\n", true), []string{"1:ä", "2:\U0001F600"}},
		{"utf16_big", utf16Text("ä\nb", false), []string{"1:ä", "2:b"}},
		{"too_long", "a\n" + strings.Repeat("x", 2<<20) + "\nb\n", []string{"1:a", "2: too long, 2097153 bytes", "3:b"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if diff := cmp.Diff(tt.want, lines(t, format.NewLines(strings.NewReader(tt.text), 1<<10), tt.text)); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
			if len(tt.text) < 1<<10 {
				if diff := cmp.Diff(tt.want, lines(t, format.NewLines(iotest.OneByteReader(strings.NewReader(tt.text)), 1<<10), tt.text)); diff != "" {
					t.Errorf("byte by byte (-want +got)\n%s", diff)
				}
			}
		})
	}
	if l := format.NewLines(strings.NewReader(""), 0); l.Next() {
		t.Error("nothing has a line")
	}
}
