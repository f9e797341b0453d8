package screen

import (
	"slices"
	"strings"
	"time"

	"keytrail/forensics"
	"keytrail/tui/kit"
)

// incidentText says in words what an incident is: why each step belongs to it, in so many lines, what is missing, what
// was lost.
func incidentText(p *pane, inc *forensics.Incident, lanes []lane, a *forensics.Analysis, lines int) {
	if text := summary(inc); kit.Width(text) > titleRoom(inc, p.width, p.ctx.Zone) { // the title cuts it
		p.wrapped(p.ctx.Styles.Strong, text)
	}
	for _, l := range lanes {
		p.atMost(lines, l.word(), l.style(p.ctx.Styles), l.Step.Why, p.ctx.Styles.Text)
	}
	missingText(p, inc)
	for _, loss := range inc.Loss {
		p.named("loss", p.ctx.Styles.Group[forensics.GroupMoney], words(loss.Amount, loss.Asset, in("from", forensics.ServiceName(loss.Service)), usd(loss.ValueUSD)), p.ctx.Styles.Text)
	}
	p.field("ended", inc.State)
	if c := campaignOf(a, inc); c != nil {
		p.field("campaign", campaignText(c, inc))
	}
	p.field("came from", strings.Join(inc.Entities, "  "))
}

// stepText says everything about one step.
func stepText(p *pane, l lane, in *forensics.Incident, events map[int64]forensics.Event) {
	st, s := p.ctx.Styles, l.Step
	at := time.Unix(0, s.Start).In(p.ctx.Zone)
	head := words(at.Format("2006-01-02 15:04:05"), kit.OffsetOf(at), kit.Cut(s.Label, 60)+";", sureText(s, events))
	p.named(l.word(), l.style(st).Bold(), head, st.Strong)
	p.field("why", s.Why)
	p.field("joined by", strings.Join(s.JoinedBy, ", "))
	if s.InnocentIf != "" {
		text := s.InnocentIf
		if !l.Repair {
			text = strings.TrimSuffix(text, ".") + "; if so, press m"
		}
		p.field("innocent if", text)
	}
	missingText(p, in)
	p.look("rules", words(strings.Join(s.Rules, ", "), s.Technique), st.Muted)
}

// sureText counts the events of a step by their certainty: 3 events, 1 inferred.
func sureText(s *forensics.Step, events map[int64]forensics.Event) string {
	text := kit.Plural(int64(len(s.Rows)), "event")
	count := map[forensics.Certainty]int64{}
	for _, row := range s.Rows {
		e, ok := events[row]
		if !ok {
			return text + ", " + s.Certainty.String()
		}
		count[e.Certainty]++
	}
	if len(count) < 2 {
		return text + ", " + s.Certainty.String()
	}
	sep := " ("
	for _, c := range []forensics.Certainty{forensics.Observed, forensics.Reported, forensics.Inferred} {
		if n := count[c]; n > 0 {
			text += sep + itoa(n) + " " + c.String()
			sep = ", "
		}
	}
	return text + ")"
}

// missingText says which steps an incident lacks, and whether the evidence could have shown them.
func missingText(p *pane, in *forensics.Incident) {
	for _, m := range in.Missing {
		text := "no " + string(m.Step) + " step; nothing here covers it"
		if len(m.LookedIn) > 0 {
			text = "no " + string(m.Step) + " step in " + someOf(m.LookedIn)
		}
		p.named("missing", p.ctx.Styles.Muted, text, p.ctx.Styles.Text)
		for i, n := range m.NotCovered {
			name := "not covered"
			if i > 0 {
				name = ""
			}
			p.named(name, p.ctx.Styles.Warn, n, p.ctx.Styles.Text)
		}
	}
}

// sourcesNamed is how many sources are named where a step is missing: a case of many accounts has them by the dozen.
const sourcesNamed = 3

// someOf names the first of many, and how many more there are.
func someOf(list []string) string {
	if len(list) <= sourcesNamed+1 {
		return strings.Join(list, ", ")
	}
	return strings.Join(list[:sourcesNamed], ", ") + " and " + kit.Count(int64(len(list)-sourcesNamed)) + " more"
}

// named is a field whose name has a look of its own.
func (p *pane) named(name string, nameLook kit.Style, value string, look kit.Style) {
	p.atMost(60, name, nameLook, value, look)
}

// atMost is named in so many lines.
func (p *pane) atMost(lines int, name string, nameLook kit.Style, value string, look kit.Style) {
	if value == "" {
		return
	}
	const indent = 12
	for i, s := range kit.Wrap(value, p.width-indent-2, lines) {
		l := kit.NewLine(p.width).Space(1)
		if i == 0 {
			l.Cell(nameLook, name, indent)
		} else {
			l.Space(indent)
		}
		p.add(l.Add(look, s))
	}
}

// usd writes a value in dollars: $55,212.40.
func usd(value string) string {
	d, err := forensics.ParseDecimal(value)
	if value == "" || err != nil {
		return value
	}
	return dollars(d)
}

func dollars(d forensics.Decimal) string {
	whole, places, _ := strings.Cut(d.String(), ".")
	sign := ""
	if strings.HasPrefix(whole, "-") {
		sign, whole = "-", whole[1:]
	}
	for i := len(whole) - 3; i > 0; i -= 3 {
		whole = whole[:i] + "," + whole[i:]
	}
	switch {
	case places == "":
		return sign + "$" + whole
	case len(places) == 1:
		places += "0"
	case len(places) > 2: // cut, not rounded: nothing is said to be more than it is
		places = places[:2]
	}
	return sign + "$" + whole + "." + places
}

// incidentTitle names an incident of an event, and which step of it the event is.
func incidentTitle(a *forensics.Analysis, id, row int64) string {
	text := "#" + itoa(id)
	if a == nil {
		return text
	}
	for i := range a.Incidents {
		inc := &a.Incidents[i]
		if inc.ID != id {
			continue
		}
		for _, l := range lanesOf(inc) {
			if slices.Contains(l.Step.Rows, row) {
				text += " " + l.word()
				break
			}
		}
		return text + ": " + summary(inc)
	}
	return text
}

// lossText sums losses up: in dollars where all of them have a value, else what is known of them.
func lossText(list []forensics.Loss) string {
	var sum forensics.Decimal
	valued := 0
	for _, l := range list {
		if d, err := forensics.ParseDecimal(l.ValueUSD); err == nil && l.ValueUSD != "" {
			sum = sum.Add(d)
			valued++
		}
	}
	switch {
	case len(list) == 0:
		return ""
	case valued == len(list):
		return dollars(sum)
	case valued > 0:
		return "≥" + dollars(sum)
	}
	sums := lossSums(list)
	if len(sums) == 1 {
		return sums[0]
	}
	return kit.Plural(int64(len(sums)), "asset")
}

// lossSums are the sums of each asset, in the order in which the assets come. An amount that is no number is left as it stands.
func lossSums(list []forensics.Loss) []string {
	var assets, out []string
	sum := map[string]forensics.Decimal{}
	for _, l := range list {
		d, err := forensics.ParseDecimal(l.Amount)
		if err != nil {
			out = append(out, words(l.Amount, l.Asset))
			continue
		}
		if _, ok := sum[l.Asset]; !ok {
			assets = append(assets, l.Asset)
		}
		sum[l.Asset] = sum[l.Asset].Add(d)
	}
	for i := len(assets) - 1; i >= 0; i-- {
		out = append([]string{words(sum[assets[i]].String(), assets[i])}, out...)
	}
	return out
}

func campaignOf(a *forensics.Analysis, in *forensics.Incident) *forensics.Campaign {
	if a == nil || in.Campaign == "" {
		return nil
	}
	for i := range a.Campaigns {
		if a.Campaigns[i].ID == in.Campaign {
			return &a.Campaigns[i]
		}
	}
	return nil
}

// campaignShort is the campaign and the incident's place in it: A 2/10.
func campaignShort(a *forensics.Analysis, in *forensics.Incident) string {
	c := campaignOf(a, in)
	if c == nil {
		return in.Campaign
	}
	for i, id := range c.Incidents {
		if id == in.ID {
			return in.Campaign + " " + itoa(int64(i+1)) + "/" + itoa(int64(len(c.Incidents)))
		}
	}
	return in.Campaign
}

func campaignText(c *forensics.Campaign, in *forensics.Incident) string {
	place := c.ID
	for i, id := range c.Incidents {
		if id == in.ID {
			place += ", " + itoa(int64(i+1)) + " of " + itoa(int64(len(c.Incidents)))
		}
	}
	text := words(place+":", c.Text)
	if len(c.Shared) > 0 {
		text += "; shared: " + strings.Join(c.Shared, ", ")
	}
	if loss := lossText(c.Loss); loss != "" {
		text += "; loss of all " + loss
	}
	return text
}

// incidentNumbers writes #2 #5 +3, each with a mark before it.
func incidentNumbers(mark string, ids []int64, w int) string {
	var b strings.Builder
	for i, id := range ids {
		text := mark + "#" + itoa(id)
		more := ""
		if rest := len(ids) - i; rest > 1 {
			more = " +" + itoa(int64(rest))
		}
		if b.Len()+len(text)+len(more) > w && i > 0 {
			b.WriteString("+" + itoa(int64(len(ids)-i)))
			break
		}
		b.WriteString(text + " ")
	}
	return strings.TrimSpace(b.String())
}

// entityIncidents names the incidents that came from an entity, and behind a + those that the owner answered from there.
func entityIncidents(l *kit.Line, st *kit.Styles, e *forensics.Entity, w int) {
	if len(e.Incidents) > 0 {
		text := incidentNumbers("", e.Incidents, w)
		l.Cell(st.Accent, text, min(w, kit.Width(text)))
		if w -= kit.Width(text) + 1; w < 3 || len(e.Answered) == 0 {
			return
		}
		l.Space(1)
	}
	if len(e.Answered) > 0 {
		text := incidentNumbers("+", e.Answered, w)
		l.Cell(st.Owner, text, min(w, kit.Width(text)))
	}
}
