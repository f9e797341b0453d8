package xlsx

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"keytrail/forensics"
	"keytrail/forensics/timeline"
)

// eventColumn is a column of a sheet of events, with what writes its cell: exactly one cell, or a skip of one.
type eventColumn struct {
	column
	cell func(r *rows, e *forensics.Event)
}

// The columns that several sheets share.

// when gives the columns of the moment: UTC, and the chosen zone where there is one.
func (b *book) when() []eventColumn {
	out := []eventColumn{{column{"Time (UTC)", 21}, func(r *rows, e *forensics.Event) { utcCell(r, &e.Time) }}}
	if b.zone != nil {
		out = append(out, eventColumn{column{"Time (" + zoneName(b.zone) + ")", 21}, func(r *rows, e *forensics.Event) { zoneCell(r, &e.Time, b.zone) }})
	}
	return out
}

// zoneName names a zone for a column's head.
func zoneName(zone *time.Location) string { return zone.String() }

// utcCell writes a moment as a date cell, and as text what cannot be one.
func utcCell(r *rows, t *forensics.Time) {
	switch {
	case t.IsZero():
		r.wrap(r.st.faint, "no time")
	case t.Unreliable:
		r.wrap(r.st.faint, orElse(t.Original, "not reliable"))
	default:
		if !r.date(r.dateStyle(t), floorMS(t.Nano)) {
			r.wrap(r.st.faint, t.RFC3339())
		}
	}
}

// zoneCell writes the same moment on the chosen zone's wall clock, nothing where that says more
// than the source: a day only, or a zone that nobody knows.
func zoneCell(r *rows, t *forensics.Time, zone *time.Location) {
	if t.IsZero() || t.Unreliable || t.Zone == forensics.ZoneMissing || t.Precision == forensics.PrecisionDay {
		r.skip(1)
		return
	}
	_, offset := time.Unix(0, t.Nano).In(zone).Zone()
	if !r.date(r.dateStyle(t), floorMS(t.Nano)+int64(offset)*1000) {
		r.skip(1)
	}
}

func (r *rows) dateStyle(t *forensics.Time) style {
	if t.Zone == forensics.ZoneStated {
		return r.st.dates[dateStyle(t.Precision)]
	}
	return r.st.unsure[dateStyle(t.Precision)]
}

// floorMS gives milliseconds; what is finer is left to the .csv, because a date cell rounds it.
func floorMS(nano int64) int64 {
	ms := nano / 1_000_000
	if nano%1_000_000 < 0 {
		ms--
	}
	return ms
}

func groupCell(r *rows, e *forensics.Event) {
	g := e.Kind.Group()
	r.text(r.st.group[g], g.String())
}

func kindCell(r *rows, e *forensics.Event) { r.text(r.st.group[e.Kind.Group()], e.Kind.String()) }

func accountCell(r *rows, e *forensics.Event) { r.text(r.st.text, e.Account) }

func ipCell(r *rows, e *forensics.Event) {
	if e.IP.IsValid() {
		r.text(r.st.text, e.IP.String())
		return
	}
	r.text(r.st.text, e.Host)
}

// networkCell says where an address belongs: country, operator's number and name.
func networkCell(r *rows, e *forensics.Event) {
	if e.Country == "" && e.ASN == 0 && e.Org == "" {
		r.skip(1)
		return
	}
	parts := make([]string, 0, 3)
	if e.Country != "" {
		parts = append(parts, e.Country)
	}
	if e.ASN != 0 {
		parts = append(parts, "AS"+strconv.FormatUint(uint64(e.ASN), 10))
	}
	if e.Org != "" {
		parts = append(parts, e.Org)
	}
	r.text(r.st.text, strings.Join(parts, ", "))
}

func serviceCell(r *rows, e *forensics.Event)   { r.text(r.st.text, e.Service) }
func certaintyCell(r *rows, e *forensics.Event) { r.text(r.st.text, e.Certainty.String()) }
func stateCell(r *rows, e *forensics.Event)     { r.wrap(r.st.wrap, states(e)) }
func eventIDCell(r *rows, e *forensics.Event)   { r.text(r.st.small, e.ID) }
func evidenceIDCell(r *rows, e *forensics.Event) {
	r.number(r.st.number, e.Ref.Evidence)
}
func digestCell(r *rows, e *forensics.Event) { r.digest(r.st.small, &e.Digest) }
func refCell(r *rows, e *forensics.Event)    { r.text(r.st.small, refText(e.Ref)) }

func evidenceCell(r *rows, e *forensics.Event) {
	r.text(r.st.text, evidenceText(e.EvidenceName, e.ItemName))
}

func evidenceText(name, item string) string {
	if item == "" {
		return name
	}
	return name + " / " + item
}

// refText says where a record stands in its item.
func refText(ref forensics.Ref) string {
	b := make([]byte, 0, 48)
	if ref.Line > 0 {
		b = append(b, "line "...)
		b = strconv.AppendInt(b, ref.Line, 10)
		b = append(b, ", "...)
	}
	b = append(b, "byte "...)
	b = strconv.AppendInt(b, ref.Offset, 10)
	if ref.Length > 0 {
		b = append(b, ", length "...)
		b = strconv.AppendInt(b, ref.Length, 10)
	}
	return string(b)
}

// whatColumn is the sentence.
func whatColumn(width float64) eventColumn {
	return eventColumn{column{"What happened", width}, func(r *rows, e *forensics.Event) { r.wrap(r.st.wrap, timeline.Sentence(e)) }}
}

// wrapUpTo is how many rows a sheet of events may have for its texts to be wrapped: long ones are
// searched, not read.
const wrapUpTo = 5000

// provenance is what every printed row of an event ends with.
func provenance() []eventColumn {
	return []eventColumn{
		{column{"Certainty", 9}, certaintyCell},
		{column{"State", 20}, stateCell},
		{column{"Ev. no.", 5}, evidenceIDCell},
		{column{"Place of the record", 25}, refCell},
	}
}

// identity is what every row has at its very end, on the screen only: the number of the evidence and
// the place are enough to find them again.
func identity() []eventColumn {
	return []eventColumn{
		{column{"Evidence", 22}, evidenceCell},
		{column{"Event ID", 24}, eventIDCell},
		{column{"SHA-256 of the record", 62}, digestCell},
	}
}

// states lists in words what must be known to read the event rightly.
func states(e *forensics.Event) string {
	var s []string
	switch e.Sender {
	case forensics.SenderAuthenticated:
		s = append(s, "sender verified")
	case forensics.SenderFailed:
		s = append(s, "sender check failed")
	case forensics.SenderUnknown:
		s = append(s, "sender not verified")
	}
	if e.Outcome == forensics.Failure {
		s = append(s, "failed")
	}
	switch {
	case e.Time.IsZero():
		s = append(s, "no time")
	case e.Time.Unreliable:
		s = append(s, "time cannot be right")
	case e.Time.Zone == forensics.ZoneMissing:
		s = append(s, "zone unknown: time as written")
	case e.Time.Zone == forensics.ZoneAssumed:
		s = append(s, "zone assumed: "+e.Time.ZoneName)
	}
	if e.Time.Precision == forensics.PrecisionDay {
		s = append(s, "day only")
	}
	if e.TimeConflict {
		s = append(s, "its times differ by more than an hour")
	}
	if n := len(e.SeenIn); n > 0 {
		s = append(s, fmt.Sprintf("recorded %d times", n+1))
	}
	if e.RuleBasis == "guess" {
		s = append(s, "notice rule is a guess")
	}
	if len(e.Tags) > 0 {
		s = append(s, "tags: "+strings.Join(e.Tags, ", "))
	}
	switch len(s) {
	case 0:
		return ""
	case 1:
		return s[0]
	}
	return strings.Join(s, "; ")
}

func orElse(s, other string) string {
	if s == "" {
		return other
	}
	return s
}
