package screen

import (
	"strings"
	"time"

	"keytrail/forensics"
	"keytrail/tui/kit"
	"keytrail/tui/widget"
)

// lane is one step of the storyboard.
type lane struct {
	Step   *forensics.Step
	Repair bool // of the owner or the provider: no part of the attack
}

// lanesOf lists the steps of an incident: those of the attack, then what was done against it.
func lanesOf(in *forensics.Incident) []lane {
	var out []lane
	for i := range in.Steps {
		out = append(out, lane{&in.Steps[i], in.Steps[i].Owner})
	}
	for i := range in.Repair {
		out = append(out, lane{&in.Repair[i], true})
	}
	return out
}

// word names the lane: the step, or who repaired.
func (l lane) word() string {
	switch {
	case l.Step.Owner:
		return "owner"
	case l.Repair:
		return "provider"
	}
	return string(l.Step.Step)
}

// stepGroup is the group whose colour and letter a step has.
func stepGroup(s forensics.StepName) forensics.Group {
	for _, g := range forensics.Groups() {
		if g.String() == string(s) {
			return g
		}
	}
	return forensics.GroupOther
}

func (l lane) style(st *kit.Styles) kit.Style {
	if l.Repair {
		return st.Owner
	}
	return st.GroupStyle(stepGroup(l.Step.Step))
}

// letter stands for the colour.
func (l lane) letter() string {
	if l.Repair {
		return "+"
	}
	return kit.GroupLetter(stepGroup(l.Step.Step))
}

// dot is the mark of one event on the track.
func (l lane) dot(c forensics.Certainty) string {
	switch {
	case l.Repair:
		return "+"
	case c == forensics.Inferred:
		return "○"
	}
	return "●"
}

// laneColumns are the widths of a lane; 0 leaves a column out.
type laneColumns struct{ name, track, clock, offset, label, certainty int }

func laneColumnsFor(width int) laneColumns {
	c := laneColumns{name: 11, clock: 8, label: 16, certainty: 9}
	switch {
	case width >= 140:
		c.offset, c.label = 13, 34
	case width >= 110:
		c.offset, c.label = 13, 22
	case width < 64:
		c.label = 0
	}
	if c.offset == 0 {
		c.clock = 12 // the first lane's time, the distance from it in the others
	}
	used := 3
	for _, w := range []int{c.name, c.clock, c.offset, c.label, c.certainty} {
		if w > 0 {
			used += w + 1
		}
	}
	c.track = max(6, width-used)
	return c
}

// storyboard draws the lanes of one incident.
type storyboard struct {
	ctx    *kit.Context
	lanes  []lane
	events map[int64]forensics.Event
	cols   laneColumns
	width  int
	axis   *widget.Axis
	start  int64 // of the first lane
}

func newStoryboard(s *Incidents) *storyboard {
	b := &storyboard{ctx: s.ctx, lanes: s.lanes, events: s.events, cols: laneColumnsFor(s.width), width: s.width}
	var moments []int64
	for i, l := range b.lanes {
		if i == 0 || l.Step.Start < b.start {
			b.start = l.Step.Start
		}
		for _, m := range b.moments(l) {
			moments = append(moments, m.at)
		}
	}
	b.axis = widget.NewAxis(moments, b.cols.track)
	return b
}

// moment is one event on a track.
type moment struct {
	at        int64
	certainty forensics.Certainty
}

// moments are the events of a lane: its ends before they have been read.
func (b *storyboard) moments(l lane) []moment {
	out := []moment{{l.Step.Start, l.Step.Certainty}, {l.Step.End, l.Step.Certainty}}
	for i, row := range l.Step.Rows[:min(len(l.Step.Rows), storyRows)] {
		e, ok := b.events[row]
		if !ok || e.Time.Unreliable || e.Time.Nano < l.Step.Start || e.Time.Nano > l.Step.End {
			continue
		}
		m := moment{e.Time.Nano, e.Certainty}
		switch {
		case i == 0 && m.at == l.Step.Start:
			out[0] = m
		case m.at == l.Step.End:
			out[1] = m
		default:
			out = append(out, m)
		}
	}
	return out
}

// axisLine writes the times over the tracks: where a part begins and ends, and how long a silence was cut out.
func (b *storyboard) axisLine() string {
	track := []rune(strings.Repeat(" ", b.cols.track))
	put := func(at int, text string) bool {
		r := []rune(text)
		if at < 0 || at+len(r) > len(track) {
			return false
		}
		for i := max(0, at-1); i < min(len(track), at+len(r)+1); i++ {
			if track[i] != ' ' {
				return false
			}
		}
		copy(track[at:], r)
		return true
	}
	for _, br := range b.axis.Breaks {
		text := widget.ShortSpan(br.Gap)
		put(br.Cell+(br.Cells-len(text))/2, text)
	}
	last := ""
	for _, p := range b.axis.Parts {
		first := b.stamp(p.From, &last)
		if put(p.Cell, first) && p.To > p.From {
			end := b.stamp(p.To, &last)
			put(p.Cell+p.Cells-len(end), end)
		} else if p.Cells < len(first) {
			put(p.Cell+p.Cells-len(first), first)
		}
	}
	st := b.ctx.Styles
	return kit.NewLine(b.width).Space(2+b.cols.name+1).Add(st.Muted, string(track)).String()
}

// stamp is the time of day, with the date before it where that is another one than the last.
func (b *storyboard) stamp(nano int64, last *string) string {
	at := time.Unix(0, nano).In(b.ctx.Zone)
	day := at.Format("01-02")
	if day == *last {
		return at.Format("15:04")
	}
	*last = day
	return at.Format("01-02 15:04")
}

// line draws a lane.
func (b *storyboard) line(i int, chosen bool) string {
	st, l := b.ctx.Styles, b.lanes[i]
	out := kit.NewLine(b.width)
	mark := " "
	if chosen {
		out.On(st.Row)
		mark = "▌"
	}
	look := l.style(st)
	out.Add(st.Accent, mark).Space(1)
	out.Add(look.Bold(), l.letter()).Space(1).Cell(look, l.word(), b.cols.name-2).Space(1)
	b.track(out, l)
	out.Space(1)
	at := time.Unix(0, l.Step.Start).In(b.ctx.Zone).Format("15:04:05")
	after := ""
	if d := l.Step.Start - b.start; i > 0 {
		after = "+" + widget.Span(time.Duration(d))
	}
	if b.cols.offset > 0 {
		out.Cell(st.Muted, at, b.cols.clock).Space(1).Number(st.Muted, after, b.cols.offset).Space(1)
	} else {
		if after == "" {
			after = at
		}
		out.Number(st.Muted, after, b.cols.clock).Space(1)
	}
	text := st.Text
	if chosen {
		text = st.Strong
	}
	if b.cols.label > 0 {
		out.Cell(text, b.label(l), b.cols.label).Space(1)
	}
	sure := st.Muted
	if l.Step.Certainty == forensics.Inferred {
		sure = st.Warn
	}
	return out.Cell(sure, l.Step.Certainty.String(), b.cols.certainty).String()
}

func (b *storyboard) label(l lane) string {
	if l.Step.Label != "" {
		return l.Step.Label
	}
	return kit.Plural(int64(len(l.Step.Rows)), "event")
}

// track draws the events of a lane and the time between them.
func (b *storyboard) track(out *kit.Line, l lane) {
	w := b.cols.track
	cells := make([]string, w)
	from, to := w, -1
	for _, m := range b.moments(l) {
		at := max(0, min(w-1, b.axis.CellOf(m.at)))
		if cells[at] == "" || cells[at] == "○" {
			cells[at] = l.dot(m.certainty)
		}
		from, to = min(from, at), max(to, at)
	}
	quiet := make([]bool, w)
	for _, br := range b.axis.Breaks {
		for i := br.Cell; i < min(w, br.Cell+br.Cells); i++ {
			quiet[i] = true
		}
	}
	st, look := b.ctx.Styles, l.style(b.ctx.Styles)
	loud := look.Bold()
	cell := func(i int) (kit.Style, string) {
		switch inside := i > from && i < to; {
		case cells[i] != "":
			return loud, cells[i]
		case inside && quiet[i]:
			return look, "┄"
		case inside:
			return look, "━"
		case quiet[i]:
			return st.Faint, "╌"
		}
		return st.Faint, "·"
	}
	for i := 0; i < w; {
		style, text := cell(i)
		for i++; i < w; i++ { // what looks the same is painted at once
			next, more := cell(i)
			if next != style {
				break
			}
			text += more
		}
		out.Add(style, text)
	}
}
