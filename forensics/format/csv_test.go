package format_test

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/iotest"
	"unicode/utf16"

	"github.com/google/go-cmp/cmp"

	"keytrail/forensics/format"
)

// rows reads a text and writes each record as its fields between bars, or as "!why".
func rows(t *testing.T, c *format.CSV, text string) []string {
	t.Helper()
	var out []string
	end := int64(0)
	for c.Next() {
		ref := c.Ref()
		if ref.Offset < end {
			t.Errorf("record at %d begins before %d", ref.Offset, end)
		}
		end = ref.Offset + ref.Length
		if end > int64(len(text)) {
			t.Fatalf("record ends at %d of %d", end, len(text))
		}
		if raw := c.Raw(); raw != nil && text[ref.Offset:end] != string(raw) {
			t.Errorf("ref gives %q, raw is %q", text[ref.Offset:end], raw)
		}
		if why := c.Broken(); why != "" {
			out = append(out, "!"+why)
			continue
		}
		out = append(out, fmt.Sprintf("%d:%s", ref.Line, bytes.Join(c.Fields(), []byte{'|'})))
	}
	if err := c.Err(); err != nil {
		t.Error(err)
	}
	return out
}

func TestCSV(t *testing.T) {
	const lost = "!quote is never closed"
	tests := []struct {
		name, text string
		want       []string
	}{
		{"empty", "", nil},
		{"plain", "a,b\n1,2\n", []string{"1:a|b", "2:1|2"}},
		{"no_line_end", "a,b\r\n1,2", []string{"1:a|b", "2:1|2"}},
		{"blank_lines", "\n\na,b\n\r\n1,2\n", []string{"3:a|b", "5:1|2"}},
		{"quotes", "\"a\",\"b \"\"c\"\"\"\n\"\",\"\"\"\"\n", []string{"1:a|b \"c\"", "2:|\""}},
		{"line_end_in_quotes", "\"a\n\nb\",c\n1,2\n", []string{"1:a\n\nb|c", "4:1|2"}},
		{"ragged", "a,b,c\n1\n1,2,3,4\n", []string{"1:a|b|c", "2:1", "3:1|2|3|4"}},
		{"semicolons", "a;b,c;d\n1;2;3\n", []string{"1:a|b,c|d", "2:1|2|3"}},
		{"tabs", "a\tb\n1\t2\n", []string{"1:a|b", "2:1|2"}},
		{"byte_order_mark", "\uFEFFa,b\n1,2\n", []string{"1:a|b", "2:1|2"}},
		{"type_line", "#TYPE System.Thing\r\n\"a\";\"b\"\r\n1;2\r\n", []string{"2:a|b", "3:1|2"}},
		{"separator_line", "sep=;\na,b;c\n1;2\n", []string{"2:a,b|c", "3:1|2"}},
		{"text_behind_closing_quote", "a,b\n\"x\" y,2\n", []string{"1:a|b", "2:x y|2"}},
		{"quote_inside_a_field", "a,b\n5\" disk,x\n6\" disk,y\n", []string{"1:a|b", "2:5\" disk|x", "3:6\" disk|y"}},
		{"quote_inside_a_field_far_apart", "a,b\n5\" disk,x\n1,2\n3,4\n6\" disk,y\n", []string{"1:a|b", "2:5\" disk|x", "3:1|2", "4:3|4", "5:6\" disk|y"}},
		{"quote_never_closed", "a,b\n\"1,2\n3,4\n5,6", []string{"1:a|b", lost, "3:3|4", "4:5|6"}},
		{"quote_never_closed_before_quoted", "a,b\n\"1,2\n\"3\",\"4\"\n5,6\n", []string{"1:a|b", lost, "3:3|4", "4:5|6"}},
		{"quote_never_closed_before_odd", "a,b\n\"1,2\n3,\"4\n5\",6\n7,8\n", []string{"1:a|b", lost, "3:3|4\n5|6", "5:7|8"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if diff := cmp.Diff(tt.want, rows(t, format.NewCSV(strings.NewReader(tt.text), 0), tt.text)); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
			slow := format.NewCSV(iotest.OneByteReader(strings.NewReader(tt.text)), 0)
			if diff := cmp.Diff(tt.want, rows(t, slow, tt.text)); diff != "" {
				t.Errorf("byte by byte (-want +got)\n%s", diff)
			}
			for name, little := range map[string]bool{"little": true, "big": false} {
				wide := utf16Text(strings.TrimPrefix(tt.text, "\uFEFF"), little)
				got := rows(t, format.NewCSV(strings.NewReader(wide), 0), wide)
				if strings.Contains(tt.name, "inside_a_field") {
					continue // such rows cost a line in UTF-16
				}
				if diff := cmp.Diff(tt.want, got); diff != "" {
					t.Errorf("UTF-16, %s-endian (-want +got)\n%s", name, diff)
				}
			}
		})
	}
}

func utf16Text(s string, little bool) string {
	var b []byte
	for _, u := range utf16.Encode([]rune("\uFEFF" + s)) {
		if little {
			b = append(b, byte(u), byte(u>>8))
		} else {
			b = append(b, byte(u>>8), byte(u))
		}
	}
	return string(b)
}

func TestCSVFieldsOfBrokenRecord(t *testing.T) {
	c := format.NewCSV(strings.NewReader("a,b,c\n1,2,\"3 \"\"x\n4,5,6\n"), 0)
	c.Next()
	if !c.Next() || c.Broken() == "" {
		t.Fatal("the record is not broken")
	}
	if got := string(bytes.Join(c.Fields(), []byte{'|'})); got != `1|2|3 "x` {
		t.Errorf("fields of its first line are %q", got)
	}
}

func TestCSVEndlessRecord(t *testing.T) {
	text := "a,b\n" + strings.Repeat("x", 2<<20) + "\n1,2\n\"" + strings.Repeat("y\n", 1<<20) + "3,4\n"
	got := rows(t, format.NewCSV(strings.NewReader(text), 1<<10), text)
	if len(got) < 5 || got[1] != "!record is longer than the limit" || got[2] != "3:1|2" || got[3] != "!quote is never closed" || !strings.HasSuffix(got[len(got)-1], ":3|4") {
		t.Errorf("got %q ... %q", got[:min(5, len(got))], got[len(got)-1])
	}
}

func TestCSVReadError(t *testing.T) {
	c := format.NewCSV(io.MultiReader(strings.NewReader("a,b\n1,2\n"), iotest.ErrReader(io.ErrUnexpectedEOF)), 0)
	for c.Next() {
	}
	if !errors.Is(c.Err(), io.ErrUnexpectedEOF) {
		t.Errorf("error is %v", c.Err())
	}
}

func TestCSVExpectJSON(t *testing.T) {
	tests := []struct {
		row, exact string
		column     int
		json       bool // all quotes up to the brace are doubled: the shortcut is right
	}{
		{`1,"{""a"":""b"",""c"":{}}",2`, `1|{"a":"b","c":{}}|2`, 1, true},
		{`1,"{""a"":""}""}","{""x"":1}"`, `1|{"a":"}"}|{"x":1}`, 1, true},
		{`"{"",x","}"`, `{",x|}`, 0, false},
		{`"{"",x","}"`, `{",x|}`, 1, true}, // other columns are always read exactly
		{`"{""a"":""b`, `{"a":"b`, 0, false},
	}
	for _, tt := range tests {
		c := format.NewCSV(strings.NewReader("a,b,c\n"+tt.row+"\n"), 0)
		c.ExpectJSON(tt.column)
		c.Next()
		c.Next()
		if got := string(bytes.Join(c.Fields(), []byte{'|'})); tt.json && got != tt.exact {
			t.Errorf("%s: %q, want %q", tt.row, got, tt.exact)
		}
		c.Exact()
		if got := string(bytes.Join(c.Fields(), []byte{'|'})); got != tt.exact {
			t.Errorf("%s: exactly %q, want %q", tt.row, got, tt.exact)
		}
	}
}

// FuzzCSV holds the reader against encoding/csv: what is valid there gives the same
// fields here.
func FuzzCSV(f *testing.F) {
	for _, s := range []string{"a,b\n1,2\n", "\"a\n\",b\n\"\"\"\",\n", "a,\"b\n1,2", "a,b\n5\" x,1\n", "#TYPE x\na;b", "\"{\"\"a\"\":1}\",2\n"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got := rows(t, format.NewCSV(strings.NewReader(s), 1<<12), s)
		if len(s) > 1<<10 || strings.ContainsAny(s, "\r;\t|") || strings.HasPrefix(strings.TrimLeft(s, "\n\""), "#TYPE") ||
			strings.HasPrefix(strings.TrimLeft(s, "\n\""), "sep=") || len(s) > 1 && (s[0] == 0xFF || s[0] == 0xFE || s[0] == 0xEF) {
			return
		}
		r := csv.NewReader(strings.NewReader(s))
		r.FieldsPerRecord = -1
		all, err := r.ReadAll()
		if err != nil {
			return
		}
		var want []string
		for _, row := range all {
			want = append(want, strings.Join(row, "|"))
		}
		for i := range got {
			_, got[i], _ = strings.Cut(got[i], ":")
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%q (-encoding/csv +ours)\n%s", s, diff)
		}
	})
}
