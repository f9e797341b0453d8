package kit

import (
	"strings"
	"unicode/utf8"

	"github.com/charmbracelet/x/ansi"
)

// Width is the number of cells that s takes on the screen.
func Width(s string) int { return width(Clean(s)) }

// width counts the cells of a cleaned string.
func width(s string) int {
	if plain(s) {
		return utf8.RuneCountInString(s)
	}
	return ansi.StringWidthWc(s) // as the renderer counts
}

// Cut shortens s to at most w cells; what was cut ends in an ellipsis, at a
// cell boundary. The result is clean.
func Cut(s string, w int) string {
	if w <= 0 {
		return ""
	}
	s = Clean(clip(s, w))
	switch {
	case len(s) <= w || width(s) <= w:
		return s
	case plain(s):
		n := 0
		for i := range s {
			if n == w-1 {
				return s[:i] + "…"
			}
			n++
		}
	}
	return ansi.TruncateWc(s, w, "…")
}

// CutLeft is Cut for paths and the like, whose end says more than their beginning.
func CutLeft(s string, w int) string {
	if w <= 0 {
		return ""
	}
	for limit := 64 + w*16; len(s) > limit; {
		from := len(s) - limit
		for from < len(s) && !utf8.RuneStart(s[from]) {
			from++
		}
		s = s[from:]
	}
	s = Clean(s)
	over := width(s) - w
	if over <= 0 {
		return s
	}
	cut := ansi.TruncateLeftWc(s, over+1, "…")
	if width(cut) > w { // a wide character was cut in half
		cut = ansi.TruncateLeftWc(s, over+2, "…")
	}
	return cut
}

// clip bounds the work on a text of which only w cells will be seen: evidence
// may hold subjects of megabytes.
func clip(s string, w int) string {
	limit := 64 + w*16
	if len(s) <= limit {
		return s
	}
	for limit > 0 && !utf8.RuneStart(s[limit]) {
		limit--
	}
	return s[:limit] + "…"
}

// Fit cuts s to w cells or fills it up with spaces on the right.
func Fit(s string, w int) string {
	s = Cut(s, w)
	if gap := w - width(s); gap > 0 {
		s += strings.Repeat(" ", gap)
	}
	return s
}

// FitRight is Fit with the spaces on the left.
func FitRight(s string, w int) string {
	s = Cut(s, w)
	if gap := w - width(s); gap > 0 {
		s = strings.Repeat(" ", gap) + s
	}
	return s
}

// Wrap breaks s into lines of at most w cells, at spaces where there are some.
// Line feeds in s break lines too. At most limit lines are made; the last one then ends
// in an ellipsis.
func Wrap(s string, w, limit int) []string {
	if w < 1 || limit < 1 {
		return nil
	}
	s = clip(s, w*limit)
	var out []string
	for para := range strings.SplitSeq(s, "\n") {
		para = Clean(strings.TrimSuffix(para, "\r"))
		for {
			head, tail := breakLine(para, w)
			if len(out) == limit-1 && tail != "" {
				return append(out, Cut(para, w))
			}
			if len(out) == limit {
				out[limit-1] = Cut(out[limit-1]+" …", w)
				return out
			}
			out = append(out, head)
			if tail == "" {
				break
			}
			para = tail
		}
	}
	return out
}

// breakLine takes as much of a clean s as w cells hold.
func breakLine(s string, w int) (head, tail string) {
	if width(s) <= w {
		return s, ""
	}
	cells, end, space := 0, 0, -1
	for end < len(s) {
		cluster, cw := ansi.FirstGraphemeCluster(s[end:], ansi.WcWidth)
		if cluster == "" || cells+cw > w {
			break
		}
		if cluster == " " {
			space = end
		}
		end += len(cluster)
		cells += cw
	}
	if end < len(s) && s[end] == ' ' {
		return s[:end], strings.TrimLeft(s[end:], " ")
	}
	if space > 0 && space > end/3 {
		return s[:space], strings.TrimLeft(s[space:], " ")
	}
	if end == 0 { // one character wider than the line: take it, or nothing would move
		cluster, _ := ansi.FirstGraphemeCluster(s, ansi.WcWidth)
		end = len(cluster)
	}
	return s[:end], s[end:]
}
