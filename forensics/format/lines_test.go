package format

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"
)

// readLines gives the lines of r, "!" before those that are too long, and checks
// that they tile source.
func readLines(t testing.TB, r io.Reader, source []byte, start int64, limit int) []string {
	t.Helper()
	var got []string
	l := NewLines(r, limit)
	at, line := start, int64(0)
	for l.Next() {
		ref := l.Ref()
		line++
		if ref.Offset != at || ref.Line != line || ref.Length <= 0 || ref.Offset+ref.Length > int64(len(source)) {
			t.Fatalf("ref %+v, want offset %d, line %d, inside %d bytes", ref, at, line, len(source))
		}
		at += ref.Length
		if l.TooLong() {
			if !bytes.HasPrefix(source[ref.Offset:], l.Raw()) {
				t.Errorf("raw bytes of the long line at %d are not its beginning", ref.Offset)
			}
			got = append(got, "!"+string(l.Bytes()[:min(len(l.Bytes()), 8)]))
			continue
		}
		if raw := source[ref.Offset:at]; !bytes.Equal(raw, l.Raw()) {
			t.Errorf("raw bytes at %d are %q, the source has %q", ref.Offset, l.Raw(), raw)
		}
		got = append(got, string(l.Bytes()))
	}
	if err := l.Err(); err != nil {
		t.Errorf("reading: %v", err)
	}
	if at != int64(len(source)) && len(source) > 2 {
		t.Errorf("lines end at %d of %d bytes", at, len(source))
	}
	return got
}

func TestLines(t *testing.T) {
	long := strings.Repeat("x", 10000)
	huge := strings.Repeat("y", 3*blockSize)
	tests := map[string]struct {
		text string
		want []string
	}{
		"empty":           {"", nil},
		"one":             {"a\n", []string{"a"}},
		"no last end":     {"a\nb", []string{"a", "b"}},
		"blank lines":     {"\n\na\n\n", []string{"", "", "a", ""}},
		"CRLF":            {"a\r\nb\r\n", []string{"a", "b"}},
		"lone CR":         {"a\rb\n", []string{"a\rb"}},
		"zero bytes":      {"a\x00b\n", []string{"a\x00b"}},
		"long":            {"a\n" + long + "\nb\n", []string{"a", "!xxxxxxxx", "b"}},
		"long at the end": {"a\n" + long, []string{"a", "!xxxxxxxx"}},
		"huge":            {huge + "\nb\n" + huge, []string{"!yyyyyyyy", "b", "!yyyyyyyy"}},
		"umlauts":         {"grüße\n😀\n", []string{"grüße", "😀"}},
	}
	for name, tt := range tests {
		t.Run(strings.ReplaceAll(name, " ", "_"), func(t *testing.T) {
			forms := []struct {
				name   string
				source []byte
				start  int64
				limit  int
			}{
				{"UTF-8", []byte(tt.text), 0, 5000},
				{"UTF-8 with BOM", append([]byte{0xEF, 0xBB, 0xBF}, tt.text...), 3, 5000},
				{"UTF-16LE", wideText(tt.text, binary.LittleEndian), 2, 10000},
				{"UTF-16BE", wideText(tt.text, binary.BigEndian), 2, 10000},
			}
			for _, f := range forms {
				for reader, r := range map[string]io.Reader{
					"whole": bytes.NewReader(f.source), "byte by byte": iotest.OneByteReader(bytes.NewReader(f.source)),
					"EOF beside data": iotest.DataErrReader(bytes.NewReader(f.source)),
				} {
					if len(f.source) > blockSize && reader == "byte by byte" {
						continue // shorter texts show the same, sooner
					}
					got := readLines(t, r, f.source, f.start, f.limit)
					if d := cmp.Diff(tt.want, got); d != "" {
						t.Errorf("%s %s (-want +got):\n%s", f.name, reader, d)
					}
				}
			}
		})
	}
}

func TestLinesReadError(t *testing.T) {
	fault := errors.New("bad sector")
	l := NewLines(io.MultiReader(strings.NewReader("a\nb"), iotest.ErrReader(fault)), 0)
	var got []string
	for l.Next() {
		got = append(got, string(l.Bytes()))
	}
	if d := cmp.Diff([]string{"a", "b"}, got); d != "" || !errors.Is(l.Err(), fault) {
		t.Errorf("got %q and %v, want both lines and %v", got, l.Err(), fault)
	}
}

// stalled is a reader that never gives anything.
type stalled struct{}

func (stalled) Read([]byte) (int, error) { return 0, nil }

func TestLinesNoProgress(t *testing.T) {
	l := NewLines(stalled{}, 0)
	if l.Next() || !errors.Is(l.Err(), io.ErrNoProgress) {
		t.Errorf("error %v, want %v", l.Err(), io.ErrNoProgress)
	}
}

func TestHeadText(t *testing.T) {
	odd := wideText("grüße 😀", binary.LittleEndian)
	tests := map[string]struct {
		head []byte
		want string
	}{
		"plain":       {[]byte("abc"), "abc"},
		"UTF-8 BOM":   {[]byte("\xEF\xBB\xBFabc"), "abc"},
		"UTF-16LE":    {wideText("grüße", binary.LittleEndian), "grüße"},
		"UTF-16BE":    {wideText("grüße", binary.BigEndian), "grüße"},
		"cut in unit": {odd[:len(odd)-5], "grüße"},
		"empty":       {nil, ""},
		"half a BOM":  {[]byte{0xFF}, "\xFF"},
	}
	for name, tt := range tests {
		if got := strings.TrimRight(string(HeadText(tt.head)), " "); got != tt.want {
			t.Errorf("%s: %q, want %q", name, got, tt.want)
		}
	}
}

func TestText(t *testing.T) {
	for in, want := range map[string]string{
		"": "", "abc": "abc", "grüße": "grüße", "gr\xFC\xDFe": "grüße", "\x80 5": "€ 5", "a\x81b": "a\uFFFDb",
	} {
		if got := Text([]byte(in)); got != want && got != strings.ReplaceAll(want, "\uFFFD", "\u0081") {
			t.Errorf("Text(%q) = %q, want %q", in, got, want)
		}
	}
}

func FuzzLines(f *testing.F) {
	f.Add([]byte("a\r\nb\n\nc"))
	f.Add(wideText("a\r\n😀\n", binary.LittleEndian))
	f.Add(wideText("a\r\n😀\n", binary.BigEndian))
	f.Fuzz(func(t *testing.T, source []byte) {
		start := int64(0)
		switch {
		case bytes.HasPrefix(source, []byte{0xEF, 0xBB, 0xBF}):
			start = 3
		case bytes.HasPrefix(source, []byte{0xFF, 0xFE}), bytes.HasPrefix(source, []byte{0xFE, 0xFF}):
			start = 2
		}
		whole := readLines(t, bytes.NewReader(source), source, start, 50)
		slow := readLines(t, iotest.OneByteReader(bytes.NewReader(source)), source, start, 50)
		if d := cmp.Diff(whole, slow); d != "" {
			t.Errorf("byte by byte (-whole +bytes):\n%s", d)
		}
	})
}

func BenchmarkLines(b *testing.B) {
	source := bytes.Repeat([]byte("Nov 14 03:12:07 mail dovecot: imap-login: Login: user=<pat@example.org>, method=PLAIN, rip=192.0.2.7, session=<abcdefgh>\n"), 50000)
	b.SetBytes(int64(len(source)))
	for b.Loop() {
		l := NewLines(bytes.NewReader(source), 0)
		n := 0
		for l.Next() {
			n++
		}
		if n != 50000 {
			b.Fatalf("%d lines", n)
		}
	}
}
