package screen

import (
	"math"
	"strings"
	"time"

	"keytrail/forensics"
	"keytrail/tui/kit"
)

const (
	entityHead    = 3 // the kinds, the columns, the rule
	entityDetails = 5
	whereMost     = 28 // of the column about the place
)

// kindNames are the words for forensics.EntityKinds.
var kindNames = map[string]string{
	forensics.EntityIP: "IP", forensics.EntityNetwork: "network", forensics.EntityASN: "operator", forensics.EntityClient: "mail program",
	forensics.EntityKey: "key", forensics.EntityAccount: "account", forensics.EntityService: "service",
}

// entityColumns are the widths of the table; 0 leaves a column out.
type entityColumns struct{ value, where, first, last, events, seen, groups, accounts, incidents, verdict int }

// entityColumnsFor divides a width; where is what the places of the list need.
func entityColumnsFor(width int, kind string, where int) entityColumns {
	c := entityColumns{events: 8, seen: 8, incidents: 8, verdict: 8, last: 10}
	placed := kind == forensics.EntityIP || kind == forensics.EntityNetwork || kind == forensics.EntityASN || kind == forensics.EntityClient
	switch {
	case width >= 150:
		c.first, c.seen, c.accounts, c.groups = 10, 20, 8, 22
		c.where = whereMost
	case width >= 110:
		c.first, c.seen, c.accounts, c.incidents, c.events = 10, 12, 4, 7, 7
		c.where = 23
	case width < 70:
		c.seen, c.last, c.incidents = 0, 0, 5
	default:
		c.where = 11
		if kind == forensics.EntityClient {
			c.where = 20
		}
		c.last = 0
	}
	if !placed {
		c.where = 0
		if c.last == 0 && c.seen > 0 {
			c.last = 10
		}
	}
	if c.where = min(c.where, where); c.where > 0 {
		c.where = max(c.where, 5)
	}
	used := 3
	for _, w := range []int{c.where, c.first, c.last, c.events, c.seen, c.groups, c.accounts, c.incidents, c.verdict} {
		if w > 0 {
			used += w + 1
		}
	}
	c.value = max(8, width-used)
	return c
}

func (s *Entities) tableHeight() int { return max(1, s.height-entityHead-1-entityDetails) }

// View draws the screen: only the rows of the window are looked at.
func (s *Entities) View() []string {
	st := s.ctx.Styles
	c := entityColumnsFor(s.width, s.kindName(), s.where[s.kindName()])
	out := []string{s.kindLine(), s.heads(c), st.HRule(s.width)}
	var body []string
	for i := s.scroll.Top; i < len(s.order) && len(body) < s.tableHeight(); i++ {
		body = append(body, s.row(c, s.entity(i), i == s.scroll.Cursor))
	}
	for len(body) < s.tableHeight() {
		body = append(body, kit.NewLine(s.width).String())
	}
	if len(s.order) == 0 {
		s.empty(body)
	}
	out = append(out, body...)
	out = append(out, st.HRule(s.width))
	return append(out, s.details()...)[:s.height]
}

// kindLine shows the kinds, and the filter.
func (s *Entities) kindLine() string {
	st := s.ctx.Styles
	l := kit.NewLine(s.width).Space(1)
	for i, kind := range forensics.EntityKinds() {
		if i == s.kind {
			l.Add(st.Accent.Bold(), "‹"+kindNames[kind]+"›")
		} else {
			l.Space(1).Add(st.Muted, kindNames[kind]).Space(1)
		}
		l.Space(1)
	}
	switch {
	case s.typing:
		l.Space(2).Add(st.Title, "/ ")
		s.input.Render(l, st, l.Left()-1)
	case s.text != "":
		l.Space(2).Add(st.Accent, "/ ").Add(st.Strong, s.text)
	}
	return l.String()
}

// kindAt is the kind at a column of the first line, -1 where there is none.
func (s *Entities) kindAt(x int) int {
	at := 1
	for i, kind := range forensics.EntityKinds() {
		w := kit.Width(kindNames[kind]) + 2
		if x >= at && x < at+w {
			return i
		}
		at += w + 1
	}
	return -1
}

func (s *Entities) heads(c entityColumns) string {
	st := s.ctx.Styles
	l := kit.NewLine(s.width).Space(2)
	head := func(name string, sort entitySort, w int, right bool) {
		if w == 0 {
			return
		}
		look := st.Muted
		if s.sort == sort && len(s.order) > 0 {
			look = st.Text
			mark := "▾"
			if s.reverse {
				mark = "▴"
			}
			name = kit.Cut(name, w-1) + mark
		}
		if right {
			l.Number(look, name, w)
		} else {
			l.Cell(look, name, w)
		}
		l.Space(1)
	}
	head("value", sortValue, c.value, false)
	head(map[bool]string{true: "that is", false: "where"}[s.kindName() == forensics.EntityClient], sortWhere, c.where, false)
	head("first", sortFirst, c.first, false)
	head("last", sortLast, c.last, false)
	head("events", sortEvents, c.events, true)
	head("when", entitySorts, c.seen, false)
	head("of these", entitySorts, c.groups, false)
	head(map[bool]string{true: "accounts", false: "acc."}[c.accounts >= 8], sortAccounts, c.accounts, true)
	head("inc.", sortIncidents, c.incidents, false)
	head("verdict", sortVerdict, c.verdict, false)
	return l.String()
}

func (s *Entities) row(c entityColumns, e *forensics.Entity, chosen bool) string {
	st := s.ctx.Styles
	l := kit.NewLine(s.width)
	mark, look := " ", st.Text
	if chosen {
		l.On(st.Row)
		mark, look = "▌", st.Strong
	}
	tick := " "
	if s.selected[e.Name()] {
		tick = "✓"
	}
	l.Add(st.Accent, mark+tick).Cell(look, s.value(e), c.value).Space(1)
	if c.where > 0 {
		l.Cell(st.Muted, whereShort(e, c.where), c.where).Space(1)
	}
	if c.first > 0 {
		l.Cell(st.Muted, s.day(e.First), c.first).Space(1)
	}
	if c.last > 0 {
		l.Cell(st.Muted, s.day(e.Last), c.last).Space(1)
	}
	l.Number(st.Text, kit.Count(e.Events), c.events).Space(1)
	if c.seen > 0 {
		l.Cell(st.Bar[forensics.GroupLogin], seenText(e.Seen, c.seen), c.seen).Space(1)
	}
	if c.groups > 0 {
		at := l.Used()
		groupCounts(l, st, e.Groups, c.groups)
		l.Space(at + c.groups + 1 - l.Used())
	}
	if c.accounts > 0 {
		l.Number(quiet(st, int64(e.Accounts), st.Muted), kit.Count(int64(e.Accounts)), c.accounts).Space(1)
	}
	at := l.Used()
	entityIncidents(l, st, e, c.incidents)
	l.Space(at + c.incidents + 1 - l.Used())
	l.Cell(verdictStyle(st, e.Verdict), verdictWord(e.Verdict), c.verdict)
	return l.String()
}

// value is the entity as a person writes it.
func (s *Entities) value(e *forensics.Entity) string {
	if e.Kind == forensics.EntityASN {
		return "AS" + e.Value
	}
	return e.Value
}

func (s *Entities) day(nano int64) string {
	if nano == 0 {
		return "–"
	}
	return time.Unix(0, nano).In(s.ctx.Zone).Format("2006-01-02")
}

// whereText is everything known of the place: NL AS64511 Example Hosting, hosting. Of a mail program it is what its name means.
func whereText(e *forensics.Entity) string {
	if e.Kind == forensics.EntityClient {
		if what := forensics.DescribeClient(e.Value); what != e.Value {
			return what
		}
		return ""
	}
	asn := ""
	if e.ASN != 0 && e.Kind != forensics.EntityASN {
		asn = "AS" + itoa(int64(e.ASN))
	}
	text := words(e.Country, asn, e.Org)
	if e.Place != "" {
		if text != "" {
			text += ", "
		}
		text += e.Place
	}
	return text
}

// whereShort keeps country and kind of network where there is no room for the rest.
func whereShort(e *forensics.Entity, w int) string {
	full := whereText(e)
	if kit.Width(full) <= w || e.Kind == forensics.EntityClient {
		return full
	}
	if short := words(e.Country, e.Place); e.Place != "" && w < 20 {
		return short
	}
	return words(e.Country, e.Place, e.Org)
}

// seenText draws when an entity was seen: the height grows with the square root of the count.
func seenText(seen []uint32, w int) string {
	if len(seen) == 0 || w < 1 {
		return ""
	}
	cells := make([]uint64, min(w, len(seen)))
	top := uint64(1)
	for i, n := range seen {
		c := i * len(cells) / len(seen)
		cells[c] += uint64(n)
		top = max(top, cells[c])
	}
	blocks := []rune("▁▂▃▄▅▆▇▇") // no full block: rows would run into each other
	var b strings.Builder
	for _, n := range cells {
		if n == 0 {
			b.WriteByte(' ')
			continue
		}
		b.WriteRune(blocks[min(7, int(math.Sqrt(float64(n)/float64(top))*7.99))])
	}
	return b.String()
}

// groupCounts writes L 214 D 3, as much as w cells hold.
func groupCounts(l *kit.Line, st *kit.Styles, groups [8]uint32, w int) {
	for _, g := range forensics.Groups() {
		n := groups[g]
		switch g {
		case forensics.GroupMail:
			n += groups[forensics.GroupOther]
		case forensics.GroupOther:
			continue
		}
		text := kit.Count(int64(n))
		need := kit.Width(text) + 4
		if n == 0 || need > w {
			continue
		}
		w -= need
		l.Add(st.GroupStyle(g).Bold(), kit.GroupLetter(g)).Space(1).Add(st.Muted, text).Space(2)
	}
}

// verdictWord is a verdict as the screen writes it.
func verdictWord(v string) string {
	if v == "unknown" {
		return ""
	}
	return strings.ReplaceAll(v, "-", " ")
}

func verdictStyle(st *kit.Styles, v string) kit.Style {
	switch v {
	case "mine":
		return st.Good
	case "not-mine":
		return st.Bad
	}
	return st.Muted
}

// naming writes what an entity is, and where: all of it, as the end of a mail program's name can tell as much as its beginning.
func (s *Entities) naming(p *pane, e *forensics.Entity) {
	st, room := s.ctx.Styles, s.width-15
	value, where, name := s.value(e), whereText(e), kindNames[e.Kind]
	if kit.Width(value)+kit.Width(where)+3 <= room {
		p.add(kit.NewLine(s.width).Space(1).Cell(st.Muted, name, 13).Add(st.Strong, value).Space(3).Add(st.Text, where))
		return
	}
	for _, text := range kit.Wrap(strings.TrimSpace(value+"   "+where), room, 2) {
		p.add(kit.NewLine(s.width).Space(1).Cell(st.Muted, name, 13).Add(st.Strong, text))
		name = ""
	}
}

// details say everything about the chosen entity.
func (s *Entities) details() []string {
	st := s.ctx.Styles
	p := &pane{ctx: s.ctx, width: s.width}
	if e := s.current(); e != nil {
		s.naming(p, e)
		l := kit.NewLine(s.width).Space(1).Cell(st.Muted, "events", 13).Add(st.Text, kit.Count(e.Events)).Space(3)
		groupCounts(l, st, e.Groups, l.Left())
		p.add(l)
		seen := "without a reliable time"
		if e.First != 0 {
			seen = spanText(e.First, e.Last, s.ctx.Zone)
		}
		p.add(kit.NewLine(s.width).Space(1).Cell(st.Muted, "seen", 13).Add(st.Text, seen+", "+kit.Plural(int64(e.Accounts), "account")))
		l = kit.NewLine(s.width).Space(1).Cell(st.Muted, "verdict", 13)
		if v := verdictWord(e.Verdict); v != "" {
			l.Add(verdictStyle(st, e.Verdict), v)
		} else {
			l.Add(st.Text, "unknown: m if it is yours, x if it is not")
		}
		if n := len(e.Incidents) + len(e.Answered); n > 0 {
			if len(p.lines)+2 > entityDetails {
				l.Space(3).Add(st.Muted, "incidents ")
			} else {
				p.add(l)
				l = kit.NewLine(s.width).Space(1).Cell(st.Muted, "incidents", 13)
			}
			entityIncidents(l, st, e, l.Left()-1)
			if len(e.Answered) > 0 {
				l.Space(2).Add(st.Muted, "+ only what the owner did about it")
			}
		}
		p.add(l)
	}
	for len(p.lines) < entityDetails {
		p.add(kit.NewLine(s.width))
	}
	return p.lines[:entityDetails]
}

func (s *Entities) empty(body []string) {
	name := kindNames[s.kindName()]
	if s.kindName() == forensics.EntityIP {
		name = "IP address"
	}
	var text []string
	switch {
	case s.err != nil:
		text = []string{"The list could not be read.", s.err.Error()}
	case s.lists[s.kindName()] == nil:
		text = []string{"Counting."}
	case s.filterText() != "":
		text = []string{"No " + name + " matches this filter.", "/ changes it, esc takes it away."}
	default:
		text = []string{"No " + name + " in this case yet.", "a adds evidence that names some: sign-in logs, mail server logs, audit logs; tab shows another kind."}
	}
	centred(s.ctx.Styles, s.width, body, text)
}
