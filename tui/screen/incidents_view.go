package screen

import (
	"fmt"
	"strings"
	"time"

	"charm.land/bubbles/v2/key"

	"keytrail/forensics"
	"keytrail/tui/kit"
)

// incidentHead is the lines over the list without a filter: its columns and the rule.
const incidentHead = 2

// roomy is the height from which list, storyboard and text all have their place.
const roomy = 28

// listHeight is how many incidents are seen: fewer while the story is looked at on a small screen.
func (s *Incidents) listHeight() int {
	most := s.height / 3
	if s.height < roomy {
		if most = 4; s.inStory {
			most = 1
		}
	}
	return max(1, min(len(s.list), most))
}

func (s *Incidents) lanesAt() int { return s.head() + s.listHeight() + 3 }

func (s *Incidents) lanesHeight() int {
	room := s.height - s.lanesAt() - 1
	return max(1, min(len(s.lanes), room-min(5, room/2)))
}

func (s *Incidents) panelHeight() int {
	return max(0, s.height-s.lanesAt()-s.lanesHeight()-1)
}

// lay lays out the text of what is chosen.
func (s *Incidents) lay() {
	s.scroll.Move(s.scroll.Cursor, len(s.list), s.listHeight())
	in := s.incident()
	if in == nil || s.width == 0 {
		s.panel = nil
		return
	}
	s.laneTop = max(0, min(s.laneTop, s.step, len(s.lanes)-s.lanesHeight()))
	s.laneTop = max(s.laneTop, s.step-s.lanesHeight()+1)
	p := &pane{ctx: s.ctx, width: s.width}
	if s.inStory && s.step < len(s.lanes) {
		stepText(p, s.lanes[s.step], in, s.events)
	} else {
		lines := 2
		if s.panelHeight() < 2*len(s.lanes) {
			lines = 1
		}
		incidentText(p, in, s.lanes, s.ctx.Analysis, lines)
	}
	s.panel = p.lines
	s.pane.Shift(0, len(s.panel), s.panelHeight())
}

// View draws the screen.
func (s *Incidents) View() []string {
	st := s.ctx.Styles
	c := incidentColumnsFor(s.width, s.longest)
	var out []string
	if s.filter.on() {
		out = append(out, s.filterLine())
	}
	out = append(out, s.heads(c), st.HRule(s.width))
	in := s.incident()
	if in == nil {
		for len(out) < s.height {
			out = append(out, kit.NewLine(s.width).String())
		}
		s.empty(out[s.head():])
		return out
	}
	for i := s.scroll.Top; i < len(s.list) && i < s.scroll.Top+s.listHeight(); i++ {
		out = append(out, s.row(c, &s.ctx.Analysis.Incidents[s.list[i]], s.losses[s.list[i]], i == s.scroll.Cursor))
	}
	board := newStoryboard(s)
	out = append(out, st.HRule(s.width), s.title(in), board.axisLine())
	for i := s.laneTop; i < len(s.lanes) && i < s.laneTop+s.lanesHeight(); i++ {
		out = append(out, board.line(i, s.inStory && i == s.step))
	}
	out = append(out, st.HRule(s.width))
	height := s.panelHeight()
	shown := s.panel[min(len(s.panel), s.pane.Top):min(len(s.panel), s.pane.Top+height)]
	out = append(out, shown...)
	if more := len(s.panel) - s.pane.Top - len(shown); more > 0 && len(shown) > 0 {
		text := "↓ " + kit.Plural(int64(more)+1, "more line")
		if s.inStory {
			text += ", " + s.ctx.Keys.PageDown.Help().Key + " shows them"
		} else {
			text += ", ⏎ shows step by step"
		}
		out[len(out)-1] = kit.NewLine(s.width).Space(1).Add(st.Faint, text).String()
	}
	for len(out) < s.height {
		out = append(out, kit.NewLine(s.width).String())
	}
	return out[:s.height]
}

// title says what the chosen incident is, and from when to when.
func (s *Incidents) title(in *forensics.Incident) string {
	st := s.ctx.Styles
	l := kit.NewLine(s.width).Space(1).Add(st.Accent.Bold(), "#"+itoa(in.ID)).Space(1)
	span := spanText(in.Start, in.End, s.ctx.Zone)
	l.Add(st.Strong, kit.Cut(summary(in), titleRoom(in, s.width, s.ctx.Zone)))
	return l.Gap(kit.Width(span)+1).Add(st.Muted, span).String()
}

// titleRoom is the room for the summary in the title.
func titleRoom(in *forensics.Incident, width int, zone *time.Location) int {
	return width - 1 - kit.Width("#"+itoa(in.ID)) - 1 - kit.Width(spanText(in.Start, in.End, zone)) - 2
}

func summary(in *forensics.Incident) string {
	if in.Summary != "" {
		return in.Summary
	}
	return words(in.Strength, stepsText(in))
}

// spanText writes two moments: 2023-02-07 03:12 ── 03:41 UTC.
func spanText(start, end int64, zone *time.Location) string {
	a, b := time.Unix(0, start).In(zone), time.Unix(0, end).In(zone)
	layout := "2006-01-02 15:04"
	if a.Format("2006-01-02") == b.Format("2006-01-02") {
		layout = "15:04"
	}
	return a.Format("2006-01-02 15:04") + " ── " + b.Format(layout) + " " + kit.OffsetOf(b)
}

// incidentColumns are the widths of the list; 0 leaves a column out. The column "what" takes the rest, as far as it needs it.
type incidentColumns struct{ number, account, score, what, loss, campaign, state int }

// incidentColumnsFor divides a width; the texts of the list need no more than longest.
func incidentColumnsFor(width int, longest incidentColumns) incidentColumns {
	c := incidentColumns{number: 3, account: 16, score: 4, loss: 11}
	switch {
	case width >= 140:
		c.account, c.score, c.loss, c.campaign, c.state = 28, 11, 16, 9, 26
	case width >= 110:
		c.account, c.score, c.loss, c.campaign, c.state = 20, 11, 11, 8, 16
	case width < 70:
		c.account = 0
	}
	c.loss = max(4, min(longest.loss, c.loss+7))
	c.account, c.campaign, c.state = min(c.account, longest.account), min(c.campaign, longest.campaign), min(c.state, longest.state)
	used := 1 + 17 // the mark, the time
	for _, w := range []int{c.number, c.account, c.score, c.loss, c.campaign, c.state} {
		if w > 0 {
			used += w + 1
		}
	}
	c.what = max(8, min(width-used-1, max(40, longest.what)))
	return c
}

func (s *Incidents) heads(c incidentColumns) string {
	st := s.ctx.Styles
	head := func(name string, order incidentOrder) (kit.Style, string) {
		if s.order == order && len(s.list) > 0 {
			return st.Text, name + " ▾"
		}
		return st.Muted, name
	}
	l := kit.NewLine(s.width).Space(1).Number(st.Muted, "#", c.number).Space(1)
	look, name := head("when", byTime)
	l.Cell(look, name, 16).Space(1)
	if c.account > 0 {
		look, name = head("account", byAccount)
		l.Cell(look, name, c.account).Space(1)
	}
	word := "score"
	if c.score < 7 {
		word = "sc."
	}
	look, name = head(word, byScore)
	l.Cell(look, strings.ReplaceAll(name, "sc. ▾", "sc.▾"), c.score).Space(1)
	l.Cell(st.Muted, "what", c.what).Space(1).Number(st.Muted, "loss", c.loss)
	if c.campaign > 0 {
		l.Space(1).Cell(st.Muted, "campaign", c.campaign)
	}
	if c.state > 0 {
		l.Space(1).Cell(st.Muted, "state", c.state)
	}
	return l.String()
}

func (s *Incidents) row(c incidentColumns, in *forensics.Incident, loss string, chosen bool) string {
	st := s.ctx.Styles
	l := kit.NewLine(s.width)
	mark, look := " ", st.Text
	if chosen {
		l.On(st.Row)
		mark, look = "▌", st.Strong
	}
	l.Add(st.Accent, mark).Number(st.Muted, itoa(in.ID), c.number).Space(1)
	l.Cell(look, time.Unix(0, in.Start).In(s.ctx.Zone).Format("2006-01-02 15:04"), 16).Space(1)
	if c.account > 0 {
		l.Cell(st.Muted, in.Account, c.account).Space(1)
	}
	score := fmt.Sprintf("%.2f", in.Score)
	if c.score > 4 {
		score += " " + in.Strength
	}
	l.Cell(scoreStyle(st, in), score, c.score).Space(1)
	s.what(l, in, c.what)
	l.Space(1)
	if loss == "" {
		l.Number(st.Faint, "-", c.loss)
	} else {
		l.Number(st.Group[forensics.GroupMoney], loss, c.loss)
	}
	if c.campaign > 0 {
		l.Space(1).Cell(st.Text, campaignShort(s.ctx.Analysis, in), c.campaign)
	}
	if c.state > 0 {
		l.Space(1).Cell(st.Muted, in.State, c.state)
	}
	return l.String()
}

// what names the steps: by their letters where the words do not fit.
func (s *Incidents) what(l *kit.Line, in *forensics.Incident, w int) {
	st, end := s.ctx.Styles, l.Left()-w
	if names, width := stepNames(in); width <= w {
		for i, n := range names {
			l.Space(min(i, 1)).Add(st.GroupStyle(stepGroup(n.step)), n.text)
		}
		l.Gap(end)
		return
	}
	names, _ := stepNames(in)
	for _, n := range names {
		g := stepGroup(n.step)
		l.Add(st.GroupStyle(g).Bold(), kit.Cut(kit.GroupLetter(g), l.Left()-end)).Space(min(1, l.Left()-end))
	}
	l.Gap(end)
}

// stepName is a step of an incident in the list of its steps.
type stepName struct {
	step forensics.StepName
	text string
}

// stepNames names the steps of the attack in their order: key login 2 resets deletion. width is what they take with
// a blank between them.
func stepNames(in *forensics.Incident) (names []stepName, width int) {
	count := map[forensics.StepName]int{}
	var order []forensics.StepName
	for i := range in.Steps {
		name := in.Steps[i].Step
		if count[name]++; count[name] == 1 {
			order = append(order, name)
		}
	}
	for _, name := range order {
		text := string(name)
		if n := count[name]; n > 1 && name != forensics.StepSettings && name != forensics.StepMoney {
			text = kit.Plural(int64(n), text)
		}
		names = append(names, stepName{name, text})
		width += kit.Width(text) + 1
	}
	return names, width - 1
}

// stepsText writes them as a sentence does.
func stepsText(in *forensics.Incident) string {
	names, _ := stepNames(in)
	var parts []string
	for _, n := range names {
		parts = append(parts, n.text)
	}
	return strings.Join(parts, ", ")
}

func scoreStyle(st *kit.Styles, in *forensics.Incident) kit.Style {
	switch in.Strength {
	case "strong":
		return st.Bad
	case "likely":
		return st.Warn
	}
	return st.Muted
}

// empty says why there is no incident, and what could change that.
func (s *Incidents) empty(body []string) {
	st := s.ctx.Styles
	var text []string
	var ways []way
	a := s.ctx.Analysis
	switch {
	case s.analyst.err != nil:
		text = []string{"The incidents could not be computed.", s.analyst.err.Error()}
	case a == nil && s.ctx.Adding:
		text = []string{"Reading the evidence.", "Incidents are looked for while it is read."}
	case a == nil:
		text = []string{"Looking for incidents."}
	case s.filter.on():
		text = []string{"No incident matches this filter.", "/ changes it, esc takes it away."}
	case len(a.Findings) == 0 && len(a.NotChecked) == 0:
		text = []string{"No incident: there is nothing to look at yet.", "a adds evidence: a mailbox, a log, an archive, or a folder of them."}
	default:
		text = []string{"No incident was found in this evidence.", "That does not prove that there was none."}
		if n := len(a.Findings); n > 0 {
			ways = append(ways, way{s.ctx.Keys.Findings, "lists " + kit.Plural(int64(n), "finding") + " of rules that show no attack by themselves"})
		}
		if n := len(a.NotChecked); n > 0 {
			ways = append(ways, way{s.ctx.Keys.NotChecked, "says which " + kit.Plural(int64(n), "rule") + " could not be asked for want of evidence"})
		}
		if s.ctx.Add != nil {
			ways = append(ways, way{s.ctx.Keys.Add, "adds evidence"})
		}
	}
	line := centred(st, s.width, body, text) + 1
	longest := 0
	for _, w := range ways {
		longest = max(longest, kit.Width(w.does)+3)
	}
	for _, w := range ways {
		if line < len(body) {
			l := kit.NewLine(s.width).Space(max(2, (s.width-longest)/2))
			body[line] = l.Add(st.Key, w.key.Help().Key).Space(2).Add(st.Muted, w.does).String()
		}
		line++
	}
}

// way is a key that leads on from an empty screen.
type way struct {
	key  key.Binding
	does string
}

// centred writes a few lines into the upper third of a body, the first one loud; next is the line after them.
func centred(st *kit.Styles, width int, body []string, text []string) (next int) {
	line, look := len(body)/3, st.Text
	for _, t := range text {
		for _, s := range kit.Wrap(t, width-4, 4) {
			if line < len(body) {
				body[line] = kit.NewLine(width).Space(max(2, (width-kit.Width(s))/2)).Add(look, s).String()
			}
			line++
		}
		look = st.Muted
	}
	return line
}

// Aside adds what was lost in the incidents of the list.
func (s *Incidents) Aside(l *kit.Line) {
	st := s.ctx.Styles
	for _, lost := range s.lost {
		if lost != "" && l.Left() >= kit.Width(lost)+8 {
			l.Add(st.Muted, "loss ").Add(st.Group[forensics.GroupMoney], lost).Space(2)
			return
		}
	}
}
