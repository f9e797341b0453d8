package screen

import (
	"path/filepath"
	"time"

	"keytrail/tui/kit"
)

// layout is where the parts of the screen stand.
type layout struct{ indent, width, top, listTop int }

func (s *Start) left() layout {
	l := layout{width: min(s.width-4, 84)}
	l.indent = max(2, (s.width-l.width)/2)
	l.top = max(1, (s.height-20)/3)
	l.listTop = l.top + 5
	return l
}

// View draws the screen.
func (s *Start) View() []string {
	var body []string
	switch s.mode {
	case inProvider:
		body = s.providers()
	case inAdvice:
		body = s.advice()
	default:
		body = s.menu()
	}
	at := s.left()
	out := make([]string, 0, s.height)
	for len(out) < at.top {
		out = append(out, kit.NewLine(s.width).String())
	}
	pad := kit.NewLine(at.indent).String()
	for _, b := range body {
		out = append(out, pad+b+kit.NewLine(s.width-at.indent-at.width).String())
	}
	for len(out) < s.height {
		out = append(out, kit.NewLine(s.width).String())
	}
	return out[:s.height]
}

func (s *Start) menu() []string {
	st, w := s.ctx.Styles, s.left().width
	blank := kit.NewLine(w).String()
	out := []string{
		kit.NewLine(w).Add(st.Title, "keytrail").String(),
		kit.NewLine(w).Add(st.Muted, "what happened in a hijacked mailbox, and what proves it").String(),
		blank,
		kit.NewLine(w).Add(st.Strong, "Recent cases").String(),
		st.HRule(w),
	}
	if len(s.recent) == 0 {
		for _, text := range kit.Wrap("None yet. A case is a folder that holds what the evidence says; the evidence itself stays where it is.", w-2, 3) {
			out = append(out, kit.NewLine(w).Space(2).Add(st.Muted, text).String())
		}
	}
	for i, r := range s.recent {
		out = append(out, s.recentLine(r, i == s.cursor, w))
	}
	out = append(out, blank)
	for _, b := range s.actions() {
		out = append(out, kit.NewLine(w).Space(2).Cell(st.Accent.Bold(), b.Help().Key, 4).Add(st.Text, b.Help().Desc).String())
	}
	if s.busy != "" {
		out = append(out, blank, kit.NewLine(w).Space(2).Add(st.Accent, s.busy).String())
	}
	return out
}

func (s *Start) recentLine(r kit.RecentCase, chosen bool, w int) string {
	st := s.ctx.Styles
	l := kit.NewLine(w)
	mark, look := " ", st.Text
	if chosen {
		l.On(st.Row)
		mark, look = "▌", st.Strong
	}
	l.Add(st.Accent, mark).Space(1).Cell(look, r.Name, 24).Space(1)
	events := ""
	if r.Events > 0 {
		events = kit.Plural(r.Events, "event")
	}
	l.Number(st.Muted, events, 16).Space(2).Cell(st.Muted, ago(s.ctx.Now().Sub(r.Opened)), 14).Space(1)
	return l.Add(st.Muted, filepath.Dir(r.Path)).String()
}

// ago says roughly how long something is past.
func ago(d time.Duration) string {
	switch {
	case d < 0 || d > 100*365*24*time.Hour:
		return ""
	case d < time.Minute:
		return "just now"
	case d < time.Hour:
		return kit.Plural(int64(d/time.Minute), "minute") + " ago"
	case d < 24*time.Hour:
		return kit.Plural(int64(d/time.Hour), "hour") + " ago"
	}
	return kit.Plural(int64(d/(24*time.Hour)), "day") + " ago"
}

func (s *Start) providers() []string {
	st, w := s.ctx.Styles, s.left().width
	out := []string{
		kit.NewLine(w).Add(st.Title, "Somebody was in my mailbox").String(),
		kit.NewLine(w).Add(st.Muted, "Nothing here changes your mailbox. First, collect what is left of the trail.").String(),
		kit.NewLine(w).String(),
		kit.NewLine(w).Add(st.Strong, "Where is the mailbox?").String(),
		st.HRule(w),
	}
	for i, g := range guides {
		l := kit.NewLine(w)
		mark, look := " ", st.Text
		if i == s.guide {
			l.On(st.Row)
			mark, look = "▌", st.Strong
		}
		out = append(out, l.Add(st.Accent, mark).Space(1).Add(look, g.name).String())
	}
	return out
}

func (s *Start) advice() []string {
	st, w := s.ctx.Styles, s.left().width
	g := guides[s.guide]
	out := []string{kit.NewLine(w).Add(st.Title, g.name).String(), st.HRule(w)}
	var body []string
	for i, step := range g.steps(s.copies()) {
		for j, text := range kit.Wrap(step, w-4, 12) {
			l := kit.NewLine(w)
			if j == 0 {
				l.Cell(st.Accent.Bold(), itoa(int64(i+1)), 4)
			} else {
				l.Space(4)
			}
			body = append(body, l.Add(st.Text, text).String())
		}
		body = append(body, kit.NewLine(w).String())
	}
	body = body[:len(body)-1] // the blank line after the last step
	room := s.adviceHeight()
	s.top = max(0, min(s.top, len(body)-room))
	out = append(out, body[s.top:min(len(body), s.top+room)]...)
	if more := len(body) - s.top - room; more > 0 {
		out[len(out)-1] = kit.NewLine(w).Add(st.Accent, "↓ "+kit.Plural(int64(more)+1, "more line")).String()
	}
	return out
}

// adviceHeight is how many lines of the advice are seen under its title.
func (s *Start) adviceHeight() int { return max(1, s.height-s.left().top-2) }
