package screen

import (
	"fmt"
	"strings"

	"keytrail/forensics"
	"keytrail/forensics/timeline"
	"keytrail/tui/kit"
)

// rawShown bounds how much of a raw record is laid out, in bytes.
const rawShown = 96 << 10

// rawState says how far the re-reading of a record is.
type rawState uint8

const (
	rawAsked rawState = iota // waits, or is being read
	rawRead
	rawFailed
	rawAbsent // there is no way to read it
)

// rawRecord is the record of an event as it was read again from the evidence.
type rawRecord struct {
	state rawState
	bytes []byte
	same  bool
	err   error
}

// labels are the short words for the keys of the contract: those of the filter
// language where it has one.
var labels = map[string]string{
	"timestamp_desc": "time is", "event.id": "id", "event.action": "kind", "keytrail.group": "group",
	"event.category": "category", "event.outcome": "outcome", "event.provider": "format",
	"user.email": "account", "user.name": "user", "source.ip": "ip", "source.domain": "host", "source.port": "port",
	"source.geo.country_iso_code": "country", "source.as.number": "asn", "source.as.organization.name": "org",
	"user_agent.original": "client", "network.protocol": "protocol", "service.name": "service",
	"email.message_id": "message-id", "email.subject": "subject", "email.from.address": "from", "email.to.address": "to",
	"keytrail.time.original": "as written", "keytrail.time.zone": "zone", "keytrail.time.precision": "precise to",
	"keytrail.time.others": "other times", "keytrail.time.conflict": "conflict", "keytrail.time.unreliable": "unreliable",
	"keytrail.key.name": "key", "keytrail.value_usd": "value USD", "keytrail.rule.basis": "rule basis",
	"keytrail.time.not_before": "not before", "keytrail.time.not_after": "not after",
	"keytrail.arrived.not_before": "arrived from", "keytrail.arrived.not_after": "arrived to",
}

// elsewhere are the fields that the head and the proof of the pane show.
var elsewhere = map[string]bool{
	"datetime": true, "message": true, "keytrail.certainty": true, "keytrail.tags": true, "keytrail.notes": true,
	"keytrail.evidence.id": true, "keytrail.evidence.name": true, "keytrail.evidence.sha256": true, "keytrail.item": true,
	"keytrail.ref.offset": true, "keytrail.ref.length": true, "keytrail.ref.line": true,
	"keytrail.record.sha256": true, "keytrail.seen_in": true, "keytrail.verdict": true, "keytrail.incidents": true,
}

// dry are the fields that describe the entry rather than what happened; they stand last.
var dry = map[string]bool{
	"timestamp_desc": true, "event.id": true, "event.action": true, "keytrail.group": true, "event.category": true,
	"event.provider": true, "keytrail.time.original": true, "keytrail.time.zone": true, "keytrail.time.precision": true,
	"keytrail.rule": true, "keytrail.rule.basis": true,
}

// pane builds the lines of the details of one event.
type pane struct {
	ctx   *kit.Context
	width int
	lines []string
}

// detailLines lays out every field of an event, its proof and its raw record.
func detailLines(ctx *kit.Context, e *forensics.Event, raw rawRecord, width int) []string {
	p := &pane{ctx: ctx, width: width}
	sentence := timeline.Sentence(e)
	p.head(e, sentence)
	fields := forensics.Fields(e, sentence)
	for _, f := range fields {
		if !elsewhere[f.Key] && !dry[f.Key] {
			p.field(label(f.Key), valueText(f.Value))
		}
	}
	p.proof(e, raw)
	p.raw(e, raw)
	p.rule("entry")
	for _, f := range fields {
		if dry[f.Key] {
			p.field(label(f.Key), valueText(f.Value))
		}
	}
	return p.lines
}

func (p *pane) head(e *forensics.Event, sentence string) {
	st := p.ctx.Styles
	g := e.Kind.Group()
	l := kit.NewLine(p.width).Space(1)
	l.Add(st.GroupStyle(g).Bold(), kit.GroupLetter(g)+" "+strings.ToUpper(kindWord(e.Kind))).Space(2)
	certainty := e.Certainty.String()
	l.Add(st.Muted, kit.Cut(e.Kind.String(), l.Left()-kit.Width(certainty)-2))
	l.Gap(kit.Width(certainty)+1).Add(st.Text, certainty)
	p.add(l)
	switch when := kit.Moment(e.Time, p.ctx.Zone); {
	case e.Time.Unreliable || when == "":
		p.wrapped(st.Warn, undatedHeading+": "+e.Time.Original)
	default:
		if e.Time.Zone != forensics.ZoneStated {
			when += " ~ zone " + e.Time.ZoneText()
		}
		p.wrapped(st.Strong, when)
	}
	p.wrapped(st.Text, sentence)
	if v := verdictWord(e.Verdict); v != "" {
		p.wrapped(verdictStyle(st, e.Verdict), v)
	}
	for _, id := range e.Incidents {
		p.wrapped(st.Accent, incidentTitle(p.ctx.Analysis, id, e.Row))
	}
	if len(e.Tags) > 0 {
		p.wrapped(st.Accent, "#"+strings.Join(e.Tags, " #"))
	}
	for _, n := range e.Notes {
		p.wrapped(st.Accent, "✎ "+n)
	}
	p.add(kit.NewLine(p.width))
}

func (p *pane) proof(e *forensics.Event, raw rawRecord) {
	st := p.ctx.Styles
	p.rule("proof")
	p.field("evidence", e.EvidenceName)
	p.field("item", e.ItemName)
	place := "offset " + kit.Count(e.Ref.Offset)
	if e.Ref.Line > 0 {
		place = "line " + kit.Count(e.Ref.Line) + "  " + place
	}
	p.field("place", place)
	p.field("length", kit.Plural(e.Ref.Length, "byte"))
	if !e.Digest.IsZero() {
		p.field("sha256", p.digest(e.Digest))
	}
	switch {
	case raw.state == rawFailed:
		p.look("bytes", "✗ cannot be read again: "+raw.err.Error(), st.Bad)
	case raw.state == rawRead && raw.same:
		p.look("bytes", "✓ same bytes", st.Good)
	case raw.state == rawRead:
		p.look("bytes", "✗ NOT the bytes that were read when it was added", st.Bad)
	case raw.state == rawAsked:
		p.look("bytes", "…", st.Muted)
	}
	if !e.EvidenceDigest.IsZero() {
		p.field("file sha256", p.digest(e.EvidenceDigest))
	}
	for i, r := range e.SeenIn {
		if i == 20 {
			p.field("", fmt.Sprintf("and %s more", kit.Count(int64(len(e.SeenIn)-i))))
			break
		}
		text := fmt.Sprintf("evidence %d, item %d, offset %s", r.Evidence, r.Item, kit.Count(r.Offset))
		if r.Line > 0 {
			text = fmt.Sprintf("evidence %d, item %d, line %s", r.Evidence, r.Item, kit.Count(r.Line))
		}
		p.field("seen in", text)
	}
}

// digest is written in full where it fits on a line, else its two ends.
func (p *pane) digest(d forensics.Digest) string {
	s := d.String()
	if p.width-14 >= len(s) {
		return s
	}
	half := max(4, (p.width-15)/2)
	return s[:half] + "…" + s[len(s)-half:]
}

func (p *pane) raw(e *forensics.Event, raw rawRecord) {
	if raw.state != rawRead {
		return
	}
	p.rule("raw")
	shown := raw.bytes[:min(len(raw.bytes), rawShown)]
	p.lines = append(p.lines, rawLines(p.ctx.Styles, string(shown), needles(e), p.width)...)
	if more := len(raw.bytes) - len(shown); more > 0 {
		p.wrapped(p.ctx.Styles.Muted, "… "+kit.Bytes(int64(more))+" more")
	}
}

func (p *pane) add(l *kit.Line) { p.lines = append(p.lines, l.String()) }

func (p *pane) rule(title string) {
	st := p.ctx.Styles
	l := kit.NewLine(p.width).Add(st.Rule, "─ ").Add(st.Muted, title).Add(st.Rule, " ")
	p.add(l.Add(st.Rule, strings.Repeat("─", l.Left())))
}

func (p *pane) wrapped(look kit.Style, text string) {
	for _, s := range kit.Wrap(text, p.width-2, 40) {
		p.add(kit.NewLine(p.width).Space(1).Add(look, s))
	}
}

func (p *pane) field(name, value string) { p.look(name, value, p.ctx.Styles.Text) }

func (p *pane) look(name, value string, look kit.Style) {
	if value == "" {
		return
	}
	const indent = 12
	for i, s := range kit.Wrap(value, p.width-indent-2, 60) {
		if i > 0 {
			name = ""
		}
		p.add(kit.NewLine(p.width).Space(1).Cell(p.ctx.Styles.Muted, name, indent).Add(look, s))
	}
}

func label(key string) string {
	if l, ok := labels[key]; ok {
		return l
	}
	return strings.TrimPrefix(key, "keytrail.")
}

func valueText(v any) string {
	switch v := v.(type) {
	case string:
		return v
	case bool:
		if v {
			return "yes"
		}
		return "no"
	case []string:
		return strings.Join(v, "\n")
	case []uint32:
		return ranges(v)
	case []forensics.Message:
		var b strings.Builder
		for i, m := range v {
			if i == 50 {
				fmt.Fprintf(&b, "\nand %d more", len(v)-i)
				break
			}
			if i > 0 {
				b.WriteByte('\n')
			}
			b.WriteString(words(quoted(m.Subject), m.Folder, m.MessageID))
		}
		return b.String()
	}
	return strings.Trim(fmt.Sprint(v), "[]")
}

// ranges writes numbers with their runs drawn together: 4000-4117, 4211.
func ranges(v []uint32) string {
	var b strings.Builder
	for i := 0; i < len(v); {
		j := i
		for j+1 < len(v) && v[j+1] == v[j]+1 {
			j++
		}
		if i > 0 {
			b.WriteString(", ")
		}
		fmt.Fprint(&b, v[i])
		if j > i {
			fmt.Fprintf(&b, "-%d", v[j])
		}
		i = j + 1
	}
	if len(v) > 1 {
		fmt.Fprintf(&b, " (%s)", kit.Count(int64(len(v))))
	}
	return b.String()
}
