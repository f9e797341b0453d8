package screen

import (
	"fmt"

	"keytrail/tui/kit"
	"keytrail/tui/widget"
)

// useWords are the folders that matter, by the server's marks of RFC 6154.
var useWords = map[string]string{
	`\Trash`:   "Trash: deleted mail waits here",
	`\Sent`:    "Sent: what was written from here",
	`\All`:     "All Mail: the whole mailbox once more",
	`\Junk`:    "Junk: what was taken for spam",
	`\Drafts`:  "Drafts",
	`\Archive`: "Archive",
	`\Flagged`: "the marked ones once more",
}

// folders lists what can be copied, each with its messages.
func (s *acquire) folders(width, height int) []string {
	st, c := s.ctx.Styles, &s.choice
	n, _ := c.chosen()
	var below []string
	switch {
	case s.wrong != "":
		below = s.wrap(width, st.Bad, s.wrong)
	case n < len(c.folders):
		below = s.wrap(width, st.Text, "A mail that was moved to a folder that is left out cannot be told from one that is gone.")
	default:
		below = s.wrap(width, st.Muted, "All are copied, unless you leave one out. Enter goes on.")
	}
	rows := max(1, min(len(c.folders), height-1-len(below)))
	top := max(0, min(c.cursor-rows/2, len(c.folders)-rows))

	head := s.chosen(width)
	if rows < len(c.folders) {
		head.Add(st.Muted, fmt.Sprintf("   shown: %s to %s", kit.Count(int64(top+1)), kit.Count(int64(top+rows))))
	}
	out := []string{head.String()}
	name := 20
	for i := top; i < top+rows; i++ {
		name = max(name, kit.Width(c.folders[i].Name))
	}
	for i := top; i < top+rows; i++ {
		out = append(out, s.folder(&c.folders[i], i == c.cursor, name, width))
	}
	return append(out, below...)
}

// chosen says how much is copied.
func (s *acquire) chosen(width int) *kit.Line {
	st, c := s.ctx.Styles, &s.choice
	n, messages := c.chosen()
	of := "all " + kit.Count(int64(n))
	if n < len(c.folders) {
		of = kit.Count(int64(n)) + " of " + kit.Count(int64(len(c.folders)))
	}
	return kit.NewLine(width).Space(1).Cell(st.Muted, "folders", askWidth).Add(st.Strong, of).Add(st.Text, ", "+messages)
}

func (s *acquire) folder(f *kit.AcquireFolder, now bool, name, width int) string {
	const counts, words = 11, 38
	st := s.ctx.Styles
	l := kit.NewLine(width)
	mark, tick, look, count := " ", "✓ ", st.Text, "not told"
	if now {
		l.On(st.Row)
		mark, look = "▌", st.Strong
	}
	if s.choice.out[f.Name] {
		tick, look = "  ", st.Muted
	}
	if f.Messages >= 0 {
		count = kit.Count(f.Messages)
	}
	name = max(8, min(name, 60, width-3-counts-2-words))
	return l.Add(st.Accent, mark+tick).Cell(look, f.Name, name).Number(look, count, counts).Space(2).Add(st.Muted, useWords[f.Use]).String()
}

// days asks for the days between which mail is copied.
func (s *acquire) days(width int) []string {
	st, c := s.ctx.Styles, &s.choice
	out := []string{s.chosen(width).String()}
	out = append(out, s.day("since", &c.since, !c.second, "the first day of the copy; empty: from the beginning", width)...)
	out = append(out, s.day("before", &c.before, c.second, "the first day not copied; empty: to the end", width)...)
	out = append(out, s.wrap(width, st.Muted, "Nobody has to type here: Enter goes on with everything. Days are in UTC, written as 2022-11-01.")...)
	return append(out, s.wrap(width, st.Text, "Days leave gaps in the copy; these prove nothing about deletions.")...)
}

func (s *acquire) day(name string, in *widget.Input, now bool, help string, width int) []string {
	const w = 12
	st, c := s.ctx.Styles, &s.choice
	l := kit.NewLine(width).Space(1).Cell(st.Muted, name, askWidth)
	at, first := l.Used(), 0
	if now {
		_, first = in.Render(l, st, w)
	} else {
		l.Add(st.Text, kit.Cut(in.Value(), w))
	}
	l.Space(at+w+1-l.Used()).Add(st.Muted, help)
	out := []string{l.String()}
	if m := c.mistake; m != nil && m.second == (in == &c.before) {
		out = append(out, kit.NewLine(width).Space(at+max(0, min(m.at-first, w))).Add(st.Bad.Bold(), "▲ ").Add(st.Bad, m.text).String())
	}
	return out
}
