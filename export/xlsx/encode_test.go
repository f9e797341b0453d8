package xlsx

import (
	"encoding/xml"
	"strings"
	"testing"
	"time"
	"unicode/utf16"
)

func newEncoder() *encoder { return &encoder{row: []byte("7"), names: columnNames(40)} }

func TestText(t *testing.T) {
	long := strings.Repeat("x", maxCell)
	for _, tt := range []struct{ name, in, want string }{
		{"plain", "Signed in", `<c r="A7" s="1" t="inlineStr"><is><t>Signed in</t></is></c>`},
		{"empty", "", ``},
		{"markup", `<a href="x">&amp;</a>`, `<c r="A7" s="1" t="inlineStr"><is><t>&lt;a href="x"&gt;&amp;amp;&lt;/a&gt;</t></is></c>`},
		{"formula", `=HYPERLINK("http://example.com")`, `<c r="A7" s="1" t="inlineStr"><is><t>=HYPERLINK("http://example.com")</t></is></c>`},
		{"spaces", " x ", `<c r="A7" s="1" t="inlineStr"><is><t xml:space="preserve"> x </t></is></c>`},
		{"control", "a\x00b\x1b[31m", "<c r=\"A7\" s=\"1\" t=\"inlineStr\"><is><t>a\uFFFDb\uFFFD[31m</t></is></c>"},
		{"override", "a\u202Etxt.exe", "<c r=\"A7\" s=\"1\" t=\"inlineStr\"><is><t>a\uFFFDtxt.exe</t></is></c>"},
		{"escape", "_x0041_ _x00", `<c r="A7" s="1" t="inlineStr"><is><t>_x005F_x0041_ _x00</t></is></c>`},
		{"longest", long, `<c r="A7" s="1" t="inlineStr"><is><t>` + long + `</t></is></c>`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			e := newEncoder()
			e.text(`" s="1"`, tt.in)
			if got := string(e.buf); got != tt.want {
				t.Errorf("cell = %.200q, want %.200q", got, tt.want)
			}
			if e.col != 1 {
				t.Errorf("next column = %d, want 1", e.col)
			}
		})
	}
}

func TestLongTextIsCutWithAMark(t *testing.T) {
	for _, s := range []string{strings.Repeat("x", maxCell+1), strings.Repeat("\U0001F511", maxCell), strings.Repeat("é", 2*maxCell)} {
		e := newEncoder()
		e.text(`"`, s)
		var cell struct {
			Text string `xml:"is>t"`
		}
		if err := xml.Unmarshal(e.buf, &cell); err != nil {
			t.Fatal(err)
		}
		if n := len(utf16.Encode([]rune(cell.Text))); n > maxCell || n < maxCell-2 {
			t.Errorf("the cell has %d units, want about %d", n, maxCell)
		}
		if !strings.HasSuffix(cell.Text, cutMark) {
			t.Errorf("the cell ends in %q", cell.Text[len(cell.Text)-20:])
		}
	}
}

func TestDate(t *testing.T) {
	for _, tt := range []struct {
		name, at, want string
		ok             bool
	}{
		{"second", "2022-11-14T03:05:02Z", "44879.1284953704", true},
		{"midnight", "2022-11-14T00:00:00Z", "44879", true},
		{"millisecond", "2023-02-07T03:14:52.118Z", "44964.1353254398", true},
		{"before_1970", "1969-12-31T12:00:00Z", "25568.5", true},
		{"first", "1900-03-01T00:00:00Z", "61", true},
		{"too_old", "1900-02-28T00:00:00Z", "", false},
		{"last", "9999-12-31T00:00:00Z", "2958465", true},
		{"too_new", "10000-01-01T00:00:00Z", "", false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var at time.Time
			if tt.name == "too_new" {
				at = time.Date(10000, 1, 1, 0, 0, 0, 0, time.UTC)
			} else {
				var err error
				if at, err = time.Parse(time.RFC3339Nano, tt.at); err != nil {
					t.Fatal(err)
				}
			}
			e := newEncoder()
			ok := e.date(`"`, at.UnixMilli())
			want := ""
			if tt.ok {
				want = `<c r="A7"><v>` + tt.want + `</v></c>`
			}
			if got := string(e.buf); ok != tt.ok || got != want {
				t.Errorf("date = %q, %v, want %q, %v", got, ok, want, tt.ok)
			}
		})
	}
}

func TestColumnNames(t *testing.T) {
	names := columnNames(703)
	for i, want := range map[int]string{0: "A", 25: "Z", 26: "AA", 51: "AZ", 52: "BA", 701: "ZZ", 702: "AAA"} {
		if names[i] != want {
			t.Errorf("column %d = %s, want %s", i, names[i], want)
		}
	}
}

func FuzzText(f *testing.F) {
	for _, s := range []string{"", "=1+1", "\x00\xff", "]]>", "_x0000_", "\u202e", "\U0001F511"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		e := newEncoder()
		e.text(`"`, s)
		if len(e.buf) == 0 {
			return
		}
		var cell struct {
			Type    string  `xml:"t,attr"`
			Text    string  `xml:"is>t"`
			Formula *string `xml:"f"`
		}
		if err := xml.Unmarshal(e.buf, &cell); err != nil {
			t.Fatalf("%q is no XML: %v", e.buf, err)
		}
		if cell.Type != "inlineStr" || cell.Formula != nil {
			t.Fatalf("%q is not a plain text", e.buf)
		}
		for _, r := range cell.Text {
			if r < 0x20 || r >= 0x7F && r < 0xA0 {
				t.Fatalf("%q holds the control character %U", e.buf, r)
			}
		}
	})
}
