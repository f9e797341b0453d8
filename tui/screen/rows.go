package screen

import (
	"strings"
	"time"

	"keytrail/forensics"
	"keytrail/tui/kit"
)

// columns are the widths of a row of the timeline; 0 leaves a column out. The
// column "what" takes the rest.
type columns struct {
	width                       int
	kind, account, where, state int
	incident                    int
	marked                      map[int64]bool // rows with a mark at their beginning
}

// columnsFor divides a width. Where there is no room for the account beside everything else and there are several, it
// takes the place of the kind's word: its letter says the same.
func columnsFor(width int, accounts bool) columns {
	c := columns{width: width, kind: 8, where: 18, state: 11}
	switch {
	case width >= 150:
		c.account, c.where = 28, 28
	case width >= 118:
		c.account, c.where = 22, 22
	case width >= 100:
		c.account = 18
	case width >= 64 && accounts:
		c.kind, c.account = 0, 14
	case width < 64:
		c.where = 0
	}
	return c
}

// rowLine draws one event.
func rowLine(st *kit.Styles, e *forensics.Event, c columns, zone *time.Location, chosen bool) string {
	l := kit.NewLine(c.width)
	mark := " "
	if chosen {
		l.On(st.Row)
		mark = "▌"
	}
	g := e.Kind.Group()
	loud := st.Text
	if g == forensics.GroupMail || g == forensics.GroupOther && e.Kind != forensics.Alert {
		loud = st.Muted
	}
	if chosen {
		loud = st.Strong
	}
	gs := st.GroupStyle(g)
	sign := " "
	if c.marked[e.Row] {
		sign = "›"
	}
	l.Add(st.Accent, mark+sign)
	l.Cell(st.Muted, clock(e, zone), 9).Space(1)
	l.Add(gs.Bold(), kit.GroupLetter(g)).Space(1)
	if c.kind > 0 {
		l.Cell(gs, kindWord(e.Kind), c.kind).Space(1)
	}
	if c.account > 0 {
		l.Cell(st.Muted, e.Account, c.account).Space(1)
	}
	place, country := where(e)
	word := state(e)
	if v := verdictWord(e.Verdict); v != "" && (word == "" || word == "reported") {
		word = v
	}
	right := 0
	switch { // what has the room of the columns that are empty in this row
	case c.where > 0 && place+country != "":
		right = c.where + 1 + c.state
	case word != "":
		right = c.state
	}
	text := what(e)
	if c.kind == 0 && (e.Kind == forensics.Alert || e.Kind == forensics.Note) {
		text = kindWord(e.Kind) + ": " + text
	}
	if original := strings.TrimSpace(e.Time.Original); e.Time.Unreliable && original != "" {
		text = "“" + original + "” " + text
	}
	room := l.Left() - right - 1
	if c.incident > 0 {
		room -= c.incident + 1
	}
	for _, tag := range e.Tags {
		if tag = kit.Cut(tag, 12); room-kit.Width(tag)-3 > room/2 {
			l.Add(st.Accent, "#"+tag).Space(1)
			room -= kit.Width(tag) + 2
		}
	}
	if len(e.Notes) > 0 {
		l.Add(st.Accent, "✎").Space(1)
		room -= 2
	}
	l.Cell(loud, text, room).Space(1)
	if right > c.state {
		w := c.where
		if country != "" {
			w -= 3
		}
		look := st.Muted
		if e.IP.IsValid() && loud != st.Muted {
			look = st.Text
		}
		l.Cell(look, place, w)
		if country != "" {
			l.Space(1).Cell(look, country, 2)
		}
		l.Space(1)
	}
	look := st.Muted
	switch word {
	case "inferred", "not proved", "conflict":
		look = st.Warn
	case "mine", "not mine":
		look = verdictStyle(st, e.Verdict)
	}
	l.Cell(look, word, min(right, c.state))
	if c.incident > 0 && len(e.Incidents) > 0 {
		l.Gap(c.incident).Cell(st.Accent, incidentNumbers("", e.Incidents, c.incident), c.incident)
	}
	return l.String()
}

// clock is the time of day. A ~ marks a zone that the source does not state.
func clock(e *forensics.Event, zone *time.Location) string {
	if e.Time.Unreliable || e.Time.IsZero() {
		return "–"
	}
	s := kit.Clock(e.Time, zone)
	if e.Time.Zone != forensics.ZoneStated && s != "" {
		s += "~"
	}
	return s
}

// undatedHeading stands over the events that have no time of their own.
const undatedHeading = "without a reliable time"

// heading names the day that an event belongs to.
func heading(e *forensics.Event, zone *time.Location) string {
	if e.Time.Unreliable || e.Time.IsZero() {
		return undatedHeading
	}
	return e.Time.Std().In(zone).Format("Mon 2006-01-02")
}

func headingLine(st *kit.Styles, text string, width int) string {
	return kit.NewLine(width).Space(2).Add(st.Muted, text).String()
}

// waitingLine stands where an event is being read.
func waitingLine(st *kit.Styles, width int, chosen bool) string {
	l := kit.NewLine(width)
	if chosen {
		return l.On(st.Row).Add(st.Accent, "▌").Space(1).Add(st.Faint, "…").String()
	}
	return l.Space(2).Add(st.Faint, "…").String()
}
