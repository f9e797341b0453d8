package xlsx

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"keytrail/forensics"
	"keytrail/forensics/timeline"
)

// The summary's first page says what was found, in lines that can be read without the other sheets: the incidents, what left in
// them, the notices that were deleted, and how all of it can be checked.

const (
	listedIncidents = 15 // on the summary; the sheet Incidents has all
	listedTransfers = 10 // of incidents; the sheet Losses has all
	attackTransfers = 50 // of which these are chosen: notices and what came back do not count
	listedEntities  = 6  // that an incident came from
)

// foundRows gives the incidents, a line each, and what left.
func (b *book) foundRows() []summaryRow {
	st := b.st
	out := []summaryRow{{}, {17, func(r *rows) { partCells(r, "What was found", summaryPrinted) }}}
	say := func(s style, text string) {
		out = append(out, summaryRow{cells: func(r *rows) { r.text(s, text) }})
	}
	if n := b.unfinished(); n > 0 {
		say(st.alarm, fmt.Sprintf("Not read to the end: %s. What is said here rests on a part of the evidence.", counted(n, "piece")+" of evidence"))
	}
	a := b.c.Analysis
	switch {
	case a == nil:
		say(st.small, "Incidents were not looked for.")
	case len(a.Incidents) == 0:
		text := b.noIncident()
		if len(a.NotChecked) > 0 {
			text += ": the sheet Incidents lists which rules could not be asked, and why"
		}
		say(st.text, text+".")
	default:
		say(st.small, "Each line is events of one account that belong together, with their reasons on the sheet Incidents. strong, likely and weak say how firmly they are joined; clocks without a day are of the first day, in UTC.")
		second := "To (UTC)"
		if b.zone != nil {
			second = "From (" + zoneName(b.zone) + ")"
		}
		out = append(out, summaryRow{cells: headRow(st, "From (UTC)", second, "Incident", "Account", "What happened", "Came from", "What left")})
		for i := range a.Incidents[:min(len(a.Incidents), listedIncidents)] {
			in := &a.Incidents[i]
			out = append(out, summaryRow{cells: func(r *rows) { b.foundRow(r, in) }})
		}
		if more := len(a.Incidents) - listedIncidents; more > 0 {
			say(st.small, fmt.Sprintf("and %d more, on the sheet Incidents", more))
		}
	}
	return slices.Concat(out, b.transferRows(), b.leftRows())
}

// transferRows lists the transfers of incidents that count: when, how much, where to.
func (b *book) transferRows() []summaryRow {
	if b.lost == nil {
		return nil
	}
	st, l := b.st, b.lost.l
	second := "Service"
	if b.zone != nil {
		second = "Time (" + zoneName(b.zone) + ")"
	}
	out := []summaryRow{{}, {cells: headRow(st, "Time (UTC)", second, "Incident", "Account", "What left, and where to", "Evidence, place", "Transaction")}}
	n, more := 0, 0
	for i := range l.attack {
		if l.netted[l.attack[i].at].Sign == 0 {
			continue
		}
		if n++; n > listedTransfers {
			more++
			continue
		}
		e := &l.attack[i].event
		out = append(out, summaryRow{cells: func(r *rows) {
			utcCell(r, &e.Time)
			if b.zone != nil {
				zoneCell(r, &e.Time, b.zone)
			} else {
				r.text(st.text, forensics.ServiceName(e.Service))
			}
			incidentCell(r, b.attacks[e.Row])
			accountCell(r, e)
			r.wrap(st.wrap, timeline.Sentence(e))
			r.text(st.small, fmt.Sprintf("no. %d, %s", e.Ref.Evidence, placeShort(e.Ref)))
			r.wrap(st.smallWrap, orElse(e.TxID, "none stated"))
		}})
	}
	if n == 0 {
		return nil
	}
	if more > 0 || len(l.attack) == attackTransfers {
		out = append(out, summaryRow{cells: func(r *rows) { r.text(st.small, "and more, on the sheet Losses") }})
	}
	return out
}

// noIncident says that none is listed, without its full stop. A filter that leaves none says nothing of the case.
func (b *book) noIncident() string {
	if b.c.Filter != "" {
		return "The filter leaves no event of an incident. That is no proof that there was none"
	}
	return "No incident was found. That is no proof that there was none"
}

// foundRow writes one incident.
func (b *book) foundRow(r *rows, in *forensics.Incident) {
	st := b.st
	r.moment(in.Start)
	if b.zone == nil {
		r.moment(in.End)
	} else {
		_, offset := time.Unix(0, in.Start).In(b.zone).Zone()
		if in.Start == 0 || !r.date(st.dates[2], floorMS(in.Start)+int64(offset)*1000) {
			r.skip(1)
		}
	}
	incidentCell(r, []int64{in.ID})
	r.text(st.text, in.Account)
	r.wrap(st.wrap, incidentStory(in))
	var from []string
	for i, e := range in.Entities {
		if i == listedEntities {
			from = append(from, fmt.Sprintf("and %d more", len(in.Entities)-i))
			break
		}
		from = append(from, strings.TrimPrefix(e, "ip:"))
	}
	r.wrap(st.wrap, strings.Join(from, ", "))
	var left []string
	for i := range in.Loss {
		left = append(left, lossText(&in.Loss[i]))
	}
	r.wrap(st.alarm, strings.Join(left, "; "))
}

// incidentStory tells an incident in one line: each step with its clock, how it ended, and what is not on record.
func incidentStory(in *forensics.Incident) string {
	var steps []string
	day := time.Unix(0, in.Start).UTC().Format(time.DateOnly)
	for i := range in.Steps {
		s := &in.Steps[i]
		if s.Owner {
			continue
		}
		at := time.Unix(0, s.Start).UTC()
		clock := at.Format(time.TimeOnly)
		if at.Format(time.DateOnly) != day {
			clock = at.Format(time.DateTime)
		}
		steps = append(steps, clock+" "+stepText(s))
	}
	text := orElse(in.Strength, "not rated") + ": " + strings.Join(steps, "; ")
	if in.State != "" {
		text += "; " + in.State
	}
	text += "."
	var missing []string
	for i := range in.Missing {
		missing = append(missing, string(in.Missing[i].Step))
	}
	if len(missing) > 0 {
		text += " Not on record: " + strings.Join(missing, ", ") + "."
	}
	return text
}

// stepText says what a step is, in words that need no other sheet.
func stepText(s *forensics.Step) string {
	switch s.Step {
	case forensics.StepKey:
		if rest, ok := strings.CutPrefix(s.Label, "new key"); ok {
			return "app password or mail key made" + rest
		}
		return labelled("app password or mail key", s.Label)
	case forensics.StepLogin:
		return labelled("sign-in", s.Label)
	case forensics.StepSettings:
		return labelled("settings changed", s.Label)
	case forensics.StepReset:
		return labelled("password reset or verification", s.Label)
	case forensics.StepDeletion:
		if label := deletionLabel(s.Label); label != s.Label {
			return "notices deleted " + label
		}
		if strings.HasSuffix(s.Label, " deletion") || strings.HasSuffix(s.Label, " deletions") {
			return s.Label + " of mail"
		}
		return labelled("mails deleted", s.Label)
	case forensics.StepMoney:
		return labelled("money sent", s.Label)
	}
	return labelled(string(s.Step), s.Label)
}

// deletionLabel words how long after their notices came deletions stood: "+23 s, +15 s" is short for a screen.
func deletionLabel(label string) string {
	if !strings.HasPrefix(label, "+") {
		return label
	}
	return strings.ReplaceAll(label, "+", "") + " after they came"
}

func labelled(what, label string) string {
	if label == "" {
		return what
	}
	return what + ": " + label
}

// leftRows says what left: the sums are those of the sheet Losses, by reference.
func (b *book) leftRows() []summaryRow {
	st, w := b.st, b.lost
	if w == nil {
		return []summaryRow{{cells: func(r *rows) {
			switch {
			case b.c.Groups[forensics.GroupMoney].Len() > 0:
				r.text(st.small, "No transfer out states an amount. The sheet Money has what notices and statements say.")
				return
			case b.c.Filter != "":
				r.text(st.small, "The filter leaves no transfer out.")
				return
			}
			r.text(st.small, "No transfer out is on record. The sheet Coverage says which sources could have shown one.")
		}}}
	}
	names := columnNames(len(w.columns))
	row := func(text string, column int, value forensics.Decimal, stated bool) summaryRow {
		return summaryRow{cells: func(r *rows) {
			r.col = 4
			r.wrap(st.bold, text)
			r.skip(1)
			if !stated {
				r.text(st.faint, "no value is stated")
				return
			}
			r.formulaOf(st.dollarSum, fmt.Sprintf("Losses!%s%d", names[column], w.sumRow()), value)
		}}
	}
	all, attack := w.sums()
	var out []summaryRow
	text := func(what string, s lossSum, without int64) string {
		text := what + ", in USD as statements value it: " + transfers(s.n)
		if without > 0 && without < s.n {
			text += fmt.Sprintf("; those without a stated value (%d) are not in the sum", without)
		}
		return text
	}
	whole := "What left in the whole case, the owner's own transfers too"
	if b.c.Filter != "" {
		whole = "What left, of what the filter leaves, the owner's own transfers too"
	}
	if b.c.Analysis != nil {
		if attack.n == 0 {
			out = append(out, summaryRow{cells: func(r *rows) {
				r.col = 4
				r.wrap(st.text, "No transfer out belongs to an incident.")
			}})
		} else {
			out = append(out, row(text("What left in incidents", attack.lossSum, attack.without), w.dest, attack.value, attack.without < attack.n))
		}
		if all.n > attack.n {
			out = append(out, row(text(whole, all.lossSum, all.without), w.value, all.value, all.without < all.n))
		}
		return out
	}
	return append(out, row(text(whole, all.lossSum, all.without), w.value, all.value, all.without < all.n))
}

func transfers(n int64) string {
	if n == 1 {
		return "1 transfer"
	}
	return fmt.Sprintf("%d transfers", n)
}

// checkRows says how what the summary says can be checked.
func (b *book) checkRows() []summaryRow {
	st := b.st
	out := []summaryRow{{}, {17, func(r *rows) { partCells(r, "How to check it", summaryPrinted) }}}
	line := func(name, text string) {
		out = append(out, summaryRow{cells: func(r *rows) {
			r.text(st.small, name)
			r.text(st.text, text)
		}})
	}
	files := "1 file or folder"
	if n := len(b.c.Evidence); n != 1 {
		files = fmt.Sprintf("%d files or folders", n)
	}
	line("The evidence", files+": the sheet Evidence and custody has the SHA-256 of each. Whoever has the files can hash them again; the sheet Read me says how.")
	line("Each event", "Its row on the sheet Timeline names the evidence, the place in it, and the SHA-256 of the record, so that it can be checked alone.")
	line("State of the case", b.caseState())
	line("What it cannot say", "Who it was: an address or a key tells from where and with what. What no source recorded: see the sheet Coverage.")
	return out
}

// unfinished counts evidence that was not read to its end.
func (b *book) unfinished() int {
	n := 0
	for i := range b.c.Evidence {
		if !b.c.Evidence[i].Done {
			n++
		}
	}
	return n
}

// inIncidents names the incidents that an event is a step of: "incident 2".
func (b *book) inIncidents(e *forensics.Event) string {
	list := b.attacks[e.Row]
	switch len(list) {
	case 0:
		return ""
	case 1:
		return "incident " + numbers(list)
	}
	list = slices.Sorted(slices.Values(list))
	return "incidents " + numbers(list)
}
