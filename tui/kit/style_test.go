package kit

import (
	"math"
	"testing"

	"keytrail/forensics"
)

// luminance and contrast follow WCAG 2.2, https://www.w3.org/TR/WCAG22/ (2024-12-12).
func luminance(c uint32) float64 {
	part := func(v uint32) float64 {
		s := float64(v&255) / 255
		if s <= 0.04045 {
			return s / 12.92
		}
		return math.Pow((s+0.055)/1.055, 2.4)
	}
	return 0.2126*part(c>>16) + 0.7152*part(c>>8) + 0.0722*part(c)
}

func contrast(a, b uint32) float64 {
	x, y := luminance(a), luminance(b)
	return (max(x, y) + 0.05) / (min(x, y) + 0.05)
}

// TestContrast checks that text can be read on the usual grounds, and on the chosen row.
func TestContrast(t *testing.T) {
	for _, theme := range []struct {
		name    string
		tokens  tokens
		grounds []uint32
	}{
		{"dark", darkTokens, []uint32{0x000000, 0x1e1e1e, darkTokens.row}},
		{"light", lightTokens, []uint32{0xffffff, 0xfafafa, lightTokens.row}},
	} {
		for _, ground := range theme.grounds {
			check := func(what string, c uint32, least float64) {
				if got := contrast(c, ground); got < least {
					t.Errorf("%s: %s %06x on %06x has contrast %.1f, want %.1f", theme.name, what, c, ground, got, least)
				}
			}
			check("text", theme.tokens.text, 7)
			check("muted", theme.tokens.muted, 4.5)
			check("accent", theme.tokens.accent, 4.5)
			check("good", theme.tokens.good, 4.5)
			check("bad", theme.tokens.bad, 4.5)
			for _, g := range forensics.Groups() {
				check(g.String(), theme.tokens.groups[g], 4.5)
			}
		}
	}
}
