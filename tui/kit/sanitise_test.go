package kit

import (
	"charm.land/lipgloss/v2"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/charmbracelet/x/ansi"
)

func TestClean(t *testing.T) {
	for _, c := range []struct{ name, in, want string }{
		{"plain", "Reset your password", "Reset your password"},
		{"accents", "Grüße aus Köln", "Grüße aus Köln"},
		{"escape", "a\x1b[31mb", "a‹U+001B›[31mb"},
		{"newlines", "a\r\nb\tc", "a‹U+000D›↵b→c"},
		{"delete", "a\x7fb", "a‹U+007F›b"},
		{"c1", "a\u009bb", "a‹U+009B›b"},
		{"broken", "a\x9bb\xff", "a\ufffdb\ufffd"},
		{"override", "\u202egnp.exe", "‹U+202E›gnp.exe"},
		{"isolate", "\u2066x\u2069", "‹U+2066›x‹U+2069›"},
		{"zero-width", "pay\u200bpal", "pay‹U+200B›pal"},
		{"joiner", "pay\u200dpal", "pay‹U+200D›pal"},
		{"soft-hyphen", "pay\u00adpal", "pay‹U+00AD›pal"},
		{"no-break-space", "Apple\u00a0ID", "Apple ID"},
		{"combining", "e\u0301", "e\u0301"},
		{"combining-alone", "\u0301x", "‹U+0301›x"},
		{"zalgo", "a\u0301\u0302\u0303\u0304\u0305\u0306", "a\u0301\u0302\u0303\u0304‹+2 marks›"},
		{"wide", "日本", "日本"},
		{"emoji-selector", "☺\ufe0f", "☺"},
		{"filler", "a\u3164b", "a‹U+3164›b"},
		{"hindi", "पासवर्ड", "पासवर्ड"},
		{"skin-tone", "👍🏽", "👍‹U+1F3FD›"},
		{"flag", "🇩🇪!", "‹U+1F1E9›‹U+1F1EA›!"},
		{"tags", "\U000e0041", "‹U+E0041›"},
		{"line-separator", "a\u2028b", "a‹U+2028›b"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := Clean(c.in); got != c.want {
				t.Errorf("Clean(%q) = %q, want %q", c.in, got, c.want)
			}
		})
	}
}

// FuzzClean checks what every screen relies on.
func FuzzClean(f *testing.F) {
	for _, s := range []string{"", "plain", "\x1b]0;x\x07", "\u202ex", "👨‍👩‍👧‍👦🇩🇪👍🏽", "e\u0301\u0301", "\xff\xc0", "日本\u200b", "\u1100\u1161", "ก็็็"} {
		f.Add(s, 7)
	}
	f.Fuzz(func(t *testing.T, s string, w int) {
		w = max(0, min(w, 300))
		clean := Clean(s)
		if !utf8.ValidString(clean) {
			t.Fatalf("Clean(%q) = %q is not UTF-8", s, clean)
		}
		for _, r := range clean {
			if r < 0x20 || r >= 0x7f && r < 0xa0 || hidden(r) {
				t.Fatalf("Clean(%q) lets %U through", s, r)
			}
		}
		if again := Clean(clean); again != clean {
			t.Fatalf("Clean of %q is not stable: %q", clean, again)
		}
		if a, b := ansi.GraphemeWidth.StringWidth(clean), ansi.WcWidth.StringWidth(clean); a != b && !strings.ContainsFunc(clean, shapes) {
			t.Fatalf("the width of %q depends on who counts: %d or %d", clean, a, b)
		}
		if got := Width(Cut(s, w)); got > w {
			t.Fatalf("Cut(%q, %d) is %d wide", s, w, got)
		}
		if got := Width(CutLeft(s, w)); got > w {
			t.Fatalf("CutLeft(%q, %d) is %d wide", s, w, got)
		}
		if got := Width(Fit(s, w)); got != w {
			t.Fatalf("Fit(%q, %d) is %d wide", s, w, got)
		}
		for _, l := range Wrap(s, w, 5) {
			if w > 1 && Width(l) > w {
				t.Fatalf("Wrap(%q, %d) gives %q", s, w, l)
			}
		}
	})
}

// shapes holds for the characters whose width terminals disagree about.
func shapes(r rune) bool {
	return unicode.Is(unicode.Mc, r) || unicode.IsLetter(r) && r >= 0x900
}

func TestCut(t *testing.T) {
	for _, c := range []struct {
		in   string
		w    int
		want string
	}{
		{"short", 10, "short"}, {"exactly", 7, "exactly"}, {"too long", 5, "too …"}, {"日本語", 4, "日…"}, {"日本語", 5, "日本…"},
		{"Grüße aus Köln", 6, "Grüße…"}, {"x", 0, ""}, {"xy", 1, "…"}, {strings.Repeat("a", 1_000_000), 3, "aa…"},
	} {
		if got := Cut(c.in, c.w); got != c.want {
			t.Errorf("Cut(%.20q, %d) = %q, want %q", c.in, c.w, got, c.want)
		}
	}
}

func TestWrap(t *testing.T) {
	for _, c := range []struct {
		in       string
		w, limit int
		want     string
	}{
		{"one two three", 7, 9, "one two|three"},
		{"one two three", 100, 9, "one two three"},
		{"abcdefghij", 4, 9, "abcd|efgh|ij"},
		{"one two three four", 7, 2, "one two|three …"},
		{"first\nsecond", 20, 9, "first|second"},
		{"日本語の件名", 5, 9, "日本|語の|件名"},
		{"a\nb\nc", 9, 2, "a|b …"},
	} {
		if got := strings.Join(Wrap(c.in, c.w, c.limit), "|"); got != c.want {
			t.Errorf("Wrap(%q, %d, %d) = %q, want %q", c.in, c.w, c.limit, got, c.want)
		}
	}
}

func TestLine(t *testing.T) {
	st := NewStyles(true, false)
	l := NewLine(12).Add(st.Strong, "日本語").Cell(st.Muted, "cell", 4).Add(st.Text, "far too long")
	if got := ansi.Strip(l.String()); got != "日本語cellf…" {
		t.Errorf("line %q", got)
	}
	if got := ansi.StringWidth(NewLine(5).Add(Style{}, "日").String()); got != 5 {
		t.Errorf("a line of 5 cells is %d wide", got)
	}
	if got := NewLine(13).On(look(lipgloss.NewStyle().Reverse(true))).Add(look(lipgloss.NewStyle().Bold(true)), "a\x1b[2J").String(); got != "\x1b[1;7ma‹U+001B›[2J\x1b[m\x1b[7m \x1b[m" {
		t.Errorf("line %q", got)
	}
}
