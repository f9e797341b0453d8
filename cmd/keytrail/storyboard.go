package main

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"keytrail/forensics"
	"keytrail/forensics/investigate"
	"keytrail/tui/kit"
)

// storyboard prints incidents for a person: lanes over time, then why, what is missing, and what would be innocent.
type storyboard struct {
	out   io.Writer
	zone  *time.Location
	cells int    // of the terminal; 0: lines are not cut
	asked string // which Sigma rules were asked; empty: none
}

// notCheckedNames is how many of the Sigma rules that one reason kept from being asked are named: a folder holds thousands for other logs.
const notCheckedNames = 12

// laneCells is how wide the lanes are.
const laneCells = 40

// line prints one line; what it holds of evidence is cleaned.
func (s *storyboard) line(format string, args ...any) {
	text := clean(fmt.Sprintf(format, args...))
	if s.cells > 0 {
		text = cut(text, s.cells)
	}
	fmt.Fprintln(s.out, text)
}

// wrapped prints a text in several lines behind a word in the margin.
func (s *storyboard) wrapped(margin, text string) {
	cells := 110
	if s.cells > 40 {
		cells = s.cells - 16
	}
	for i, l := range kit.Wrap(text, cells, 12) {
		if i > 0 {
			margin = ""
		}
		s.line("  %-12s %s", margin, l)
	}
}

func (s *storyboard) moment(nano int64) string {
	return time.Unix(0, nano).In(s.zone).Format("2006-01-02 15:04:05")
}

func (s *storyboard) analysis(a *forensics.Analysis) {
	if len(a.Incidents) == 0 {
		s.line("no incident was found; that is no proof that there was none")
	} else {
		s.line("%s, times in %s", kit.Plural(int64(len(a.Incidents)), "incident"), s.zone)
		fmt.Fprintln(s.out)
	}
	for i := range a.Incidents {
		if i > 0 {
			fmt.Fprintln(s.out)
		}
		s.incident(&a.Incidents[i], a.Campaigns)
	}
	if len(a.Campaigns) > 0 {
		fmt.Fprintln(s.out)
	}
	for _, c := range a.Campaigns {
		s.line("campaign %s   %s: %s", c.ID, c.Text, numbers(c.Incidents))
		s.wrapped("shared", strings.Join(c.Shared, "; "))
		if len(c.Loss) > 0 {
			s.wrapped("loss", lossText(c.Loss))
		}
	}
	s.sigma(a)
	s.limits(a)
}

// sigma prints what Sigma rules found, in incidents and outside.
func (s *storyboard) sigma(a *forensics.Analysis) {
	hits := a.RuleHits(0)
	if len(hits) == 0 && s.asked == "" {
		return
	}
	fmt.Fprintln(s.out)
	if len(hits) == 0 {
		s.wrapped("sigma", s.asked+"; none of them matches a record")
	}
	for i := range hits {
		h := &hits[i]
		rule := strings.TrimPrefix(h.Rule, investigate.SigmaPrefix)
		if h.Technique != "" {
			rule += ", " + h.Technique
		}
		when := "without a time"
		if h.First != 0 {
			when = s.moment(h.First)
			if h.Last != h.First {
				when += " to " + s.moment(h.Last)
			}
		}
		where := "in no incident"
		if len(h.Incidents) > 0 {
			where = "in " + numbers(h.Incidents)
		}
		account := h.Account
		if account == "" {
			account = "no account named"
		}
		level := h.Level
		if level == "" {
			level = "no level"
		}
		s.wrapped("sigma", fmt.Sprintf("%s: %s (%s): %s of %s, %s, %s", level, h.Title, rule, kit.Plural(int64(h.Hits), "record"), account, when, where))
	}
}

// limits prints what the incidents do not rest on.
func (s *storyboard) limits(a *forensics.Analysis) {
	if len(a.NotChecked)+len(a.Changed)+len(a.Notes) > 0 {
		fmt.Fprintln(s.out)
	}
	for _, c := range a.Changed {
		s.wrapped("changed", c)
	}
	for _, n := range a.Notes {
		s.wrapped("note", n)
	}
	by := map[string][]string{}
	var order []string
	for _, n := range a.NotChecked {
		why := n.Why
		if n.Account != "" {
			why = n.Account + ": " + why
		}
		if by[why] == nil {
			order = append(order, why)
		}
		by[why] = append(by[why], n.Rule)
	}
	for _, why := range order {
		slices.Sort(by[why])
		rules := slices.Compact(by[why])
		if n := len(rules) - notCheckedNames; n > 1 && strings.HasPrefix(rules[0], investigate.SigmaPrefix) {
			rules = append(rules[:notCheckedNames:notCheckedNames], fmt.Sprintf("and %s more", kit.Count(int64(n))))
		}
		s.wrapped("not checked", fmt.Sprintf("%s: %s", strings.Join(rules, ", "), why))
	}
}

func (s *storyboard) incident(in *forensics.Incident, campaigns []forensics.Campaign) {
	s.line("#%d  %s  %s  %.2f %s%s", in.ID, s.moment(in.Start), in.Account, in.Score, in.Summary, s.tail(in, campaigns))
	for i := range in.Steps {
		st := &in.Steps[i]
		s.line("  %-9s %s  %s  %s  %s", st.Step, lane(in, st), s.moment(st.Start)[11:], st.Label, st.Certainty)
	}
	for i := range in.Repair {
		st := &in.Repair[i]
		who := "provider"
		if st.Owner {
			who = "owner"
		}
		s.line("  %-9s %s  %s  %s  %s", who, strings.Repeat(" ", laneCells), s.moment(st.Start), st.Label, st.Certainty)
	}
	for i := range in.Steps {
		st := &in.Steps[i]
		why := st.Why
		if len(st.JoinedBy) > 0 {
			why += " Joined by " + strings.Join(st.JoinedBy, ", ") + "."
		}
		s.wrapped("why "+string(st.Step), why)
	}
	for _, m := range in.Missing {
		text := "not seen"
		if len(m.LookedIn) > 0 {
			text += " in " + m.Looked(", ")
		}
		if len(m.NotCovered) > 0 {
			text = "not covered: " + strings.Join(m.NotCovered, "; ")
		}
		s.wrapped("no "+string(m.Step), text)
	}
	if len(in.Loss) > 0 {
		s.wrapped("loss", lossText(in.Loss))
	}
	for _, text := range innocent(in) {
		s.wrapped("innocent if", text)
	}
	parts := make([]string, len(in.Parts))
	for i, p := range in.Parts {
		parts[i] = fmt.Sprintf("%+.1f %s", p.Value, p.Text)
	}
	s.wrapped("score", strings.Join(parts, "; "))
}

// tail is what stands behind an incident's summary.
func (s *storyboard) tail(in *forensics.Incident, campaigns []forensics.Campaign) string {
	text := ""
	if in.State != "" {
		text += "; " + in.State
	}
	for _, c := range campaigns {
		if c.ID == in.Campaign {
			text += fmt.Sprintf("; campaign %s, %d of %d", c.ID, slices.Index(c.Incidents, in.ID)+1, len(c.Incidents))
		}
	}
	return text
}

// innocent lists what would make the steps harmless, each once.
func innocent(in *forensics.Incident) (out []string) {
	for _, st := range in.Steps {
		if st.InnocentIf != "" && !slices.Contains(out, st.InnocentIf) {
			out = append(out, st.InnocentIf)
		}
	}
	return out
}

// lane draws when in the incident a step took place.
func lane(in *forensics.Incident, st *forensics.Step) string {
	cell := func(at int64) int {
		if in.End <= in.Start {
			return 0
		}
		share := float64(at-in.Start) / float64(in.End-in.Start)
		return min(max(int(share*(laneCells-1)+0.5), 0), laneCells-1)
	}
	from, to := cell(st.Start), cell(st.End)
	mark := "●"
	if st.Certainty == forensics.Inferred {
		mark = "○"
	}
	bar := mark
	if to > from {
		bar += strings.Repeat("─", to-from-1) + mark
	}
	return strings.Repeat(" ", from) + bar + strings.Repeat(" ", laneCells-1-to)
}

func lossText(list []forensics.Loss) string {
	var parts []string
	for _, l := range list {
		text := l.Amount + " " + l.Asset
		if l.Service != "" {
			text += " at " + forensics.ServiceName(l.Service)
		}
		if l.ValueUSD != "" {
			text += ", worth " + l.ValueUSD + " USD as stated"
		}
		parts = append(parts, text)
	}
	return strings.Join(parts, "; ")
}

func numbers(list []int64) string {
	parts := make([]string, len(list))
	for i, n := range list {
		parts[i] = fmt.Sprintf("#%d", n)
	}
	return strings.Join(parts, ", ")
}
