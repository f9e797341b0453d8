package screen

import (
	"sort"
	"strings"

	"github.com/charmbracelet/x/ansi"

	"keytrail/forensics"
	"keytrail/tui/kit"
)

// needles are the values of an event that are worth finding in its raw record,
// cleaned and in lower case, longest first.
func needles(e *forensics.Event) []string {
	all := append([]string{
		e.Account, e.Actor, e.Host, e.Client, e.Session, e.Operation, e.MessageID, e.Subject, e.From, e.Key,
		e.Amount, e.Destination, e.TxID, e.Time.Original,
	}, e.To...)
	if e.IP.IsValid() {
		all = append(all, e.IP.String())
	}
	var out []string
	for _, s := range all {
		if len(s) >= 3 && len(s) < 400 {
			out = append(out, lower(kit.Clean(s)))
		}
	}
	sort.SliceStable(out, func(i, j int) bool { return len(out[i]) > len(out[j]) })
	return out
}

// rawLines breaks a raw record into lines of width cells; line feeds break
// lines, everything else that cannot be printed is shown as a mark.
func rawLines(st *kit.Styles, raw string, find []string, width int) []string {
	var out []string
	w := max(1, width-2)
	raw = strings.TrimSuffix(strings.TrimSuffix(raw, "\n"), "\r")
	for text := range strings.SplitSeq(raw, "\n") {
		text = kit.Clean(strings.TrimSuffix(text, "\r"))
		hits := findAll(text, find)
		for from := 0; ; {
			to := hardBreak(text, from, w)
			l := kit.NewLine(width).Space(1)
			paint(l, st, text, from, to, hits)
			out = append(out, l.String())
			if from = to; from >= len(text) {
				break
			}
		}
	}
	return out
}

// paint adds text[from:to] to a line, with the hits in it highlighted.
func paint(l *kit.Line, st *kit.Styles, text string, from, to int, hits [][2]int) {
	for _, h := range hits {
		if h[1] <= from || h[0] >= to {
			continue
		}
		if h[0] > from {
			l.Add(st.Muted, text[from:h[0]])
		}
		from = max(from, h[0])
		l.Add(st.Match, text[from:min(h[1], to)])
		from = min(h[1], to)
	}
	if from < to {
		l.Add(st.Muted, text[from:to])
	}
}

// findAll gives the places of the needles in a text, in order, without overlaps.
func findAll(text string, needles []string) [][2]int {
	if len(text) > 16<<10 {
		text = text[:16<<10]
	}
	folded := lower(text)
	var hits [][2]int
	for _, n := range needles {
		for at := 0; at < len(folded); {
			i := strings.Index(folded[at:], n)
			if i < 0 {
				break
			}
			hit := [2]int{at + i, at + i + len(n)}
			at = hit[1]
			if !overlaps(hits, hit) {
				hits = append(hits, hit)
			}
			if len(hits) > 200 {
				break
			}
		}
	}
	sort.Slice(hits, func(i, j int) bool { return hits[i][0] < hits[j][0] })
	return hits
}

func overlaps(hits [][2]int, h [2]int) bool {
	for _, o := range hits {
		if h[0] < o[1] && o[0] < h[1] {
			return true
		}
	}
	return false
}

// lower folds ASCII only, so that every byte keeps its place.
func lower(s string) string {
	b := []byte(s)
	for i, c := range b {
		if 'A' <= c && c <= 'Z' {
			b[i] = c + 'a' - 'A'
		}
	}
	return string(b)
}

// hardBreak finds where the line that starts at from ends: after a space in its last
// third, or wherever it is full.
func hardBreak(s string, from, w int) int {
	cells, end, space := 0, from, -1
	for end < len(s) {
		if c := s[end]; c < 0x80 && (end+1 >= len(s) || s[end+1] < 0x80) {
			if cells++; cells > w {
				if space > 0 {
					return space
				}
				return end
			}
			end++
			if c == ' ' && cells > w*2/3 {
				space = end
			}
			continue
		}
		cluster, cw := ansi.FirstGraphemeCluster(s[end:], ansi.WcWidth)
		if cells += cw; cells > w && end > from {
			return end
		}
		end += max(1, len(cluster))
	}
	return end
}
