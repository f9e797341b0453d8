package xlsx

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"keytrail/forensics"
)

// stepGroup is the group whose colour a step has.
var stepGroup = map[forensics.StepName]forensics.Group{
	forensics.StepKey: forensics.GroupKey, forensics.StepLogin: forensics.GroupLogin, forensics.StepSettings: forensics.GroupSettings,
	forensics.StepReset: forensics.GroupReset, forensics.StepDeletion: forensics.GroupDeletion, forensics.StepMoney: forensics.GroupMoney,
}

// stepIDs is how many event IDs a step lists.
const stepIDs = 12

// incidentWriter writes the incidents: a block each, then the campaigns, and what was not asked.
type incidentWriter struct {
	b *book
	r *rows
	a *forensics.Analysis

	err error
}

// incidents makes the sheet.
func (b *book) incidents() *sheet {
	columns := []column{{"", 14}, {"", 56}, {"", 20}, {"", 17}, {"", 17}}
	if b.zone != nil {
		columns = append(columns, column{"", 17})
	}
	columns = append(columns, column{"", 9}, column{"", 16}, column{"", 10}, column{"", 32}, column{"", 10}, column{"", 30})
	s := &sheet{name: "Incidents", columns: columns, printed: len(columns) - 1, wraps: true}
	s.body = func(ctx context.Context, r *rows) error {
		w := &incidentWriter{b: b, r: r, a: b.c.Analysis}
		w.write(ctx)
		return w.err
	}
	return s
}

func (w *incidentWriter) next() bool {
	if w.err == nil {
		w.err = w.r.next()
	}
	return w.err == nil
}

func (w *incidentWriter) tall(points int) bool {
	if w.err == nil {
		w.err = w.r.tall(points)
	}
	return w.err == nil
}

// fact writes a name and a text that wraps.
func (w *incidentWriter) fact(name, text string) {
	if text == "" || !w.next() {
		return
	}
	w.r.text(w.b.st.small, name)
	w.r.wrap(w.b.st.wrap, text)
}

func (w *incidentWriter) part(text string) {
	w.next()
	if w.tall(17) {
		partCells(w.r, text, w.r.sheet.printed)
	}
}

// head writes the names of the columns of a table.
func (w *incidentWriter) head(names ...string) {
	if !w.tall(27) {
		return
	}
	for _, n := range names {
		w.r.text(w.b.st.head, orElse(n, " "))
	}
	for w.r.col < w.r.sheet.printed {
		w.r.blank(w.b.st.head)
	}
}

func (w *incidentWriter) write(ctx context.Context) {
	b, a := w.b, w.a
	if w.tall(24) {
		w.r.text(b.st.title, "Incidents")
	}
	if w.next() {
		w.r.text(b.st.small, w.count())
	}
	if w.next() {
		w.r.text(b.st.small, "The score says how much of an attack is on record, and how firmly it is joined; it is no probability. What would make a step harmless stands beside it. A step names addresses and keys, never a person.")
	}
	for i := range a.Incidents {
		if ctx.Err() != nil {
			w.err = ctx.Err()
			return
		}
		w.incident(&a.Incidents[i])
	}
	w.campaigns()
	w.sigma(ctx)
	w.changed()
	w.notChecked()
	for i, note := range a.Notes {
		if i == 0 {
			w.part("Limits of the search")
		}
		if w.next() {
			w.r.skip(1)
			w.r.wrap(b.st.wrap, note)
		}
	}
}

// count says how many there are.
func (w *incidentWriter) count() string {
	if len(w.a.Incidents) == 0 {
		if len(w.a.NotChecked) == 0 {
			return w.b.noIncident() + "."
		}
		return w.b.noIncident() + ": below stands which rules could not be asked."
	}
	strengths := map[string]int{}
	for i := range w.a.Incidents {
		strengths[w.a.Incidents[i].Strength]++
	}
	var parts []string
	for _, s := range []string{"strong", "likely", "weak"} {
		if n := strengths[s]; n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", n, s))
		}
	}
	text := counted(len(w.a.Incidents), "incident") + ": " + strings.Join(parts, ", ")
	if n := len(w.a.Campaigns); n > 0 {
		text += "; " + counted(n, "campaign") + " below"
	}
	return text
}

func (w *incidentWriter) incident(in *forensics.Incident) {
	st := w.b.st
	w.part(fmt.Sprintf("Incident %d  -  %s, %.2f  -  %s", in.ID, orElse(in.Strength, "not rated"), in.Score, orElse(in.Account, "no account named")))
	if w.next() {
		w.r.text(st.small, "Summary")
		w.r.wrap(st.bold, in.Summary)
	}
	for _, l := range in.Loss {
		w.fact("Loss", lossText(&l))
	}
	if in.Campaign != "" {
		w.fact("Campaign", in.Campaign)
	}
	w.fact("How it ended", in.State)
	w.fact("Came from", strings.Join(in.Entities, ", "))
	w.fact("Services", strings.Join(serviceNames(in.Services), ", "))
	names := []string{"Step", "Why it belongs", "What"}
	w.head(append(append(names, w.spanNames("From", "To")...), "Certainty", "Joined by", "ATT&CK", "Innocent if", "Rules", "Event IDs")...)
	if w.next() {
		w.r.text(st.faint, "all steps")
		w.r.skip(2)
		w.span(in.Start, in.End)
	}
	for i := range in.Steps {
		w.step(&in.Steps[i], "")
	}
	for i := range in.Repair {
		w.step(&in.Repair[i], "repair: ")
	}
	for i := range in.Missing {
		w.missing(&in.Missing[i])
	}
	var parts []string
	for _, p := range in.Parts {
		parts = append(parts, fmt.Sprintf("%+.2f %s", p.Value, p.Text))
	}
	w.fact("the score", strings.Join(parts, "; "))
}

// span writes two moments, the first on both clocks where there are two.
func (w *incidentWriter) span(start, end int64) {
	w.r.moment(start)
	if w.b.zone != nil {
		_, offset := time.Unix(0, start).In(w.b.zone).Zone()
		if start == 0 || !w.r.date(w.b.st.dates[2], floorMS(start)+int64(offset)*1000) {
			w.r.skip(1)
		}
	}
	w.r.moment(end)
}

// spanNames names the columns of span.
func (w *incidentWriter) spanNames(first, last string) []string {
	if w.b.zone == nil {
		return []string{first + " (UTC)", last + " (UTC)"}
	}
	return []string{first + " (UTC)", first + " (" + zoneName(w.b.zone) + ")", last + " (UTC)"}
}

func (w *incidentWriter) step(s *forensics.Step, by string) {
	if !w.next() {
		return
	}
	st, r := w.b.st, w.r
	style := st.group[stepGroup[s.Step]]
	if by != "" || s.Owner {
		style, by = st.repair, orElse(by, "repair: ")
	}
	r.text(style, strings.TrimSuffix(by+string(s.Step), ": "))
	r.wrap(st.wrap, s.Why)
	label := s.Label
	if s.Step == forensics.StepDeletion {
		label = deletionLabel(label)
	}
	r.wrap(st.bold, label)
	w.span(s.Start, s.End)
	r.text(st.text, s.Certainty.String())
	r.wrap(st.wrap, strings.Join(s.JoinedBy, ", "))
	r.text(st.text, s.Technique)
	r.wrap(st.faint, s.InnocentIf)
	r.wrap(st.wrap, strings.Join(s.Rules, ", "))
	ids := s.EventIDs
	more := ""
	if n := max(len(ids), len(s.Rows)) - stepIDs; n > 0 && len(ids) >= stepIDs {
		ids, more = ids[:stepIDs], fmt.Sprintf(" and %d more", n)
	}
	r.wrap(st.small, strings.Join(ids, " ")+more)
}

// missing says of a step that is not there whether the evidence could have shown it.
func (w *incidentWriter) missing(m *forensics.Missing) {
	if !w.next() {
		return
	}
	text := "Not on record."
	if len(m.LookedIn) > 0 {
		text = "Looked for and not found in: " + m.Looked("; ") + "."
	}
	if len(m.NotCovered) > 0 {
		text += " Not covered: " + strings.Join(m.NotCovered, "; ") + "."
	}
	w.r.text(w.b.st.faint, "missing: "+string(m.Step))
	w.r.wrap(w.b.st.faint, text)
}

// counted writes a number with its noun.
func counted(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}

func serviceNames(list []string) []string {
	names := make([]string, len(list))
	for i, s := range list {
		names[i] = forensics.ServiceName(s)
	}
	return names
}

// lossText words a sum.
func lossText(l *forensics.Loss) string {
	text := strings.TrimSpace(l.Amount + " " + l.Asset)
	if l.Service != "" {
		text += " from " + forensics.ServiceName(l.Service)
	}
	if l.ValueUSD != "" {
		return text + ", worth " + l.ValueUSD + " USD as stated"
	}
	return text + "; no statement gives its value"
}

func (w *incidentWriter) campaigns() {
	if len(w.a.Campaigns) == 0 {
		return
	}
	st := w.b.st
	w.part("Campaigns: incidents that share a source")
	w.head(append([]string{"Campaign", "What they share", "Incidents"}, w.spanNames("First", "Last")...)...)
	for i := range w.a.Campaigns {
		c := &w.a.Campaigns[i]
		if !w.next() {
			return
		}
		text := strings.Join(c.Shared, "; ")
		if c.Text != "" {
			text = c.Text + ". Shared: " + text
		}
		for k := range c.Loss {
			text += ". Loss: " + lossText(&c.Loss[k])
		}
		w.r.text(st.bold, c.ID)
		w.r.wrap(st.wrap, text)
		w.r.wrap(st.wrap, numbers(c.Incidents))
		w.span(c.First, c.Last)
	}
}

// sigmaRows is how many rows the findings of Sigma rules have at most, a row for each rule and account.
const sigmaRows = 20_000

// sigma lists what Sigma rules found, inside incidents and outside.
func (w *incidentWriter) sigma(ctx context.Context) {
	hits := w.a.RuleHits(stepIDs)
	if len(hits) == 0 {
		if w.b.c.Sigma != "" {
			w.part("What Sigma rules found")
			w.fact("", "None of the rules that were asked matches a record of this report. Below stands which could not be asked.")
		}
		return
	}
	st, r := w.b.st, w.r
	w.part("What Sigma rules found: rules of others, asked about the raw records")
	w.head(append(append([]string{"Level", "Rule", "Rule ID"}, w.spanNames("First", "Last")...), "Records", "Account", "ATT&CK", "Innocent if", "Incidents", "Event IDs")...)
	for i := range hits {
		h := &hits[i]
		if ctx.Err() != nil {
			w.err = ctx.Err()
		}
		if !w.next() {
			return
		}
		if i == sigmaRows {
			r.skip(1)
			r.wrap(st.wrap, fmt.Sprintf("%d more rows of rules and accounts are left out.", len(hits)-i))
			return
		}
		r.text(st.text, orElse(h.Level, "no level"))
		r.wrap(st.bold, h.Title)
		r.wrap(st.wrap, h.Rule)
		w.span(h.First, h.Last)
		r.number(st.number, int64(h.Hits))
		r.wrap(st.wrap, orElse(h.Account, "none named"))
		r.wrap(st.wrap, h.Technique)
		r.wrap(st.faint, strings.TrimPrefix(h.InnocentIf, "the rule names as innocent: "))
		r.wrap(st.wrap, numbers(h.Incidents))
		more := ""
		if n := h.Hits - len(h.EventIDs); n > 0 {
			more = fmt.Sprintf(" and %d more", n)
		}
		r.wrap(st.small, strings.TrimSpace(strings.Join(h.EventIDs, " ")+more))
	}
}

func (w *incidentWriter) changed() {
	if len(w.a.Changed) == 0 {
		return
	}
	w.part("Thresholds that this case sets otherwise")
	for _, text := range w.a.Changed {
		if w.next() {
			w.r.skip(1)
			w.r.wrap(w.b.st.wrap, text)
		}
	}
}

const (
	sigmaPrefix = "SIGMA:" // of a Sigma rule's name
	// refusedAlike is from how many Sigma rules on that were refused for one reason the further ones are counted.
	refusedAlike = 50
)

// notChecked lists the rules that could not be asked, each reason once.
func (w *incidentWriter) notChecked() {
	type reason struct{ rule, title, why string }
	accounts := map[reason]map[string]bool{}
	var order []reason
	for i := range w.a.NotChecked {
		n := &w.a.NotChecked[i]
		k := reason{n.Rule, n.Title, n.Why}
		if accounts[k] == nil {
			accounts[k] = map[string]bool{}
			order = append(order, k)
		}
		accounts[k][n.Account] = true
	}
	if len(order) == 0 {
		return
	}
	slices.SortFunc(order, func(x, y reason) int {
		return cmp.Or(cmp.Compare(x.rule, y.rule), cmp.Compare(x.why, y.why), cmp.Compare(x.title, y.title))
	})
	w.part("Rules that could not be asked")
	w.head("Rule", "What it looks for, and why it was not asked", "Accounts")
	same := map[string]int{} // Sigma rules by the reason: a folder holds thousands for other logs
	for _, k := range order {
		if strings.HasPrefix(k.rule, sigmaPrefix) {
			same[k.why]++
		}
	}
	listed := map[string]int{}
	for _, k := range order {
		if strings.HasPrefix(k.rule, sigmaPrefix) {
			if listed[k.why]++; listed[k.why] == refusedAlike && same[k.why] > refusedAlike {
				if !w.next() {
					return
				}
				w.r.text(w.b.st.bold, sigmaPrefix)
				w.r.wrap(w.b.st.wrap, fmt.Sprintf("%d more rules: %s", same[k.why]-refusedAlike+1, k.why))
				w.r.wrap(w.b.st.wrap, "the whole case")
			}
			if listed[k.why] >= refusedAlike && same[k.why] > refusedAlike {
				continue
			}
		}
		if !w.next() {
			return
		}
		who := "the whole case"
		if own := accounts[k]; !own[""] {
			who = counted(len(own), "account")
			if len(own) == 1 {
				for name := range own {
					who = name
				}
			}
		}
		w.r.text(w.b.st.bold, k.rule)
		w.r.wrap(w.b.st.wrap, strings.TrimPrefix(k.title+": "+k.why, ": "))
		w.r.wrap(w.b.st.wrap, who)
	}
}
