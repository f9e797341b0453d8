package attacktest

import (
	"cmp"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"time"

	"keytrail/forensics"
)

// Table sums outcomes up.
type Table struct {
	Cases, Clean          int
	Years, CleanYears     float64
	Events                int
	Found, Attacks        int // attacks with three and more recorded steps
	Lead                  int // of these, found with a weak score only
	False, FalseLead      int // incidents on clean accounts: counted ones, weak ones
	Beside, Fragments     int // counted incidents on attacked accounts that are of no attack; that are a further part of one
	Merged                int // incidents that are the best of attacks by different attackers
	StepsRight, StepsAll  int
	RepairRight, RepairOf int
	BySteps               map[int]*Share
	ByWorld               map[World]*Share
	ByMissing             map[string]*Share
	Near, Far             Share // attackers from an operator that the owner may have as well, and the others
	Bins                  []Bin
	Read, Analysed        time.Duration
	Failures              []string
}

// Share is found out of all.
type Share struct{ Found, All int }

func (s *Share) add(found bool) {
	s.All++
	if found {
		s.Found++
	}
}

// Bin is a range of scores.
type Bin struct {
	From, To float64
	True, N  int
}

// Summarise makes the table.
func Summarise(outcomes []*Outcome) *Table {
	t := &Table{BySteps: map[int]*Share{}, ByWorld: map[World]*Share{}, ByMissing: map[string]*Share{},
		Bins: []Bin{{From: 0.25, To: 0.4}, {From: 0.4, To: 0.55}, {From: 0.55, To: 0.7}, {From: 0.7, To: 0.85}, {From: 0.85, To: 0.95}, {From: 0.95, To: 1.01}}}
	slices.SortFunc(outcomes, func(a, b *Outcome) int { return cmp.Compare(a.Case.Seed, b.Case.Seed) })
	for _, o := range outcomes {
		t.add(o)
	}
	return t
}

func share[K comparable](m map[K]*Share, key K) *Share {
	if m[key] == nil {
		m[key] = &Share{}
	}
	return m[key]
}

func (t *Table) add(o *Outcome) {
	c := o.Case
	t.Cases++
	t.Years += c.Years()
	t.Events += o.Events
	t.Read += o.Read
	t.Analysed += o.Analysed
	if len(c.Attacks) == 0 {
		t.Clean++
		t.CleanYears += c.Years()
	}
	for n := range o.Attacks {
		t.addAttack(o, n)
	}
	for i := range o.Incidents {
		t.addIncident(o, &o.Incidents[i])
	}
}

func (t *Table) addAttack(o *Outcome, n int) {
	h, a, c := &o.Attacks[n], &o.Case.Attacks[n], o.Case
	found := h.Found(Counts)
	if len(h.Recorded) > 0 {
		share(t.BySteps, len(h.Recorded)).add(found)
	}
	if len(h.Recorded) < 3 {
		return
	}
	t.Attacks++
	if found {
		t.Found++
		t.StepsRight += len(h.Recorded) - len(h.Missed)
		t.StepsAll += len(h.Recorded)
	} else if h.Found(0) {
		t.Lead++
	}
	if a.Near {
		t.Near.add(found)
	} else {
		t.Far.add(found)
	}
	share(t.ByWorld, c.World).add(found)
	for _, m := range c.Missing {
		share(t.ByMissing, m).add(found)
	}
	if len(c.Missing) == 0 {
		share(t.ByMissing, "nothing").add(found)
	}
	switch {
	case !found:
		best := "no incident"
		if h.Incident >= 0 {
			best = fmt.Sprintf("best covers %d: %s", h.Covered, o.Incidents[h.Incident].Tell())
		}
		t.fail("NOT FOUND  seed %d (%s, lacks %s) attack %d on %s by %d (%s), recorded %s; %s", c.Seed, c.World, strings.Join(c.Missing, " "), n+1,
			a.Start.Format(time.RFC3339), a.Attacker, a.Style, names(h.Recorded), best)
	case len(h.Missed) > 0:
		t.fail("STEP MISSED seed %d (%s) attack %d on %s (%s), recorded %s, missed %s; %s", c.Seed, c.World, n+1, a.Start.Format(time.RFC3339), a.Style, names(h.Recorded), names(h.Missed), o.Incidents[h.Incident].Tell())
	}
}

func (t *Table) addIncident(o *Outcome, j *Judgement) {
	for i := range t.Bins {
		if b := &t.Bins[i]; j.Score >= b.From && j.Score < b.To {
			b.N++
			if j.IsTrue() {
				b.True++
			}
		}
	}
	clean := len(o.Case.Attacks) == 0
	counted := j.Score >= Counts
	switch {
	case clean && counted:
		t.False++
		t.fail("FALSE      seed %d (%s, %s): %s", o.Case.Seed, o.Case.World, o.Case.circumstances(j.Start), j.Tell())
	case clean:
		t.FalseLead++
	case counted && j.True == 0:
		t.Beside++
		t.fail("BESIDE     seed %d (%s, %s): %s", o.Case.Seed, o.Case.World, o.Case.circumstances(j.Start), j.Tell())
	case counted && len(j.Of) == 0:
		t.Fragments++
		t.fail("FRAGMENT   seed %d (%s): %s", o.Case.Seed, o.Case.World, j.Tell())
	}
	if !counted || len(j.Of) == 0 {
		return
	}
	by := map[int]bool{}
	for _, n := range j.Of {
		by[o.Case.Attacks[n].Attacker] = true
	}
	if len(by) > 1 {
		t.Merged++
		t.fail("MERGED     seed %d (%s): attacks %v: %s", o.Case.Seed, o.Case.World, j.Of, j.Tell())
	}
	// Every wrong name counts; the right ones were counted with the attacks.
	t.StepsAll += len(j.Wrong)
	if len(j.Wrong) > 0 {
		t.fail("STEP WRONG seed %d (%s): %s; %s", o.Case.Seed, o.Case.World, names(j.Wrong), j.Tell())
	}
	t.RepairRight += j.Repair[0]
	t.RepairOf += j.Repair[1]
}

func (t *Table) fail(format string, args ...any) {
	t.Failures = append(t.Failures, fmt.Sprintf(format, args...))
}

func names(list []forensics.StepName) string {
	out := make([]string, len(list))
	for i, s := range list {
		out[i] = string(s)
	}
	return strings.Join(out, "+")
}

// Recall is the share of attacks with three and more recorded steps that were found.
func (t *Table) Recall() float64 { return ratio(t.Found, t.Attacks) }

// Assigned is the share of steps that were named right, of all that were recorded or named.
func (t *Table) Assigned() float64 { return ratio(t.StepsRight, t.StepsAll) }

// FalsePerCentury is how many incidents a hundred years of clean accounts give.
func (t *Table) FalsePerCentury() float64 {
	if t.CleanYears == 0 {
		return 0
	}
	return 100 * float64(t.False) / t.CleanYears
}

func ratio(a, b int) float64 {
	if b == 0 {
		return 1
	}
	return float64(a) / float64(b)
}

// Write writes the table in Markdown.
func (t *Table) Write(w io.Writer) {
	p := func(format string, args ...any) { fmt.Fprintf(w, format+"\n", args...) }
	p("| measured | value |\n|---|---|")
	p("| cases, of these without an attack | %d, %d |", t.Cases, t.Clean)
	p("| account-years, of these without an attack | %.0f, %.0f |", t.Years, t.CleanYears)
	p("| events | %d |", t.Events)
	p("| attacks with at least three recorded steps | %d |", t.Attacks)
	p("| found (score %.2f or more) | %d, **recall %.4f** |", Counts, t.Found, t.Recall())
	p("| found with a weak score only | %d |", t.Lead)
	p("| false incidents on accounts without an attack | %d, **%.2f in 100 account-years** |", t.False, t.FalsePerCentury())
	p("| weak leads on accounts without an attack | %d, %.1f in 100 account-years |", t.FalseLead, 100*float64(t.FalseLead)/max(t.CleanYears, 1))
	p("| incidents on attacked accounts that are of no attack | %d |", t.Beside)
	p("| incidents that are a further part of an attack found already | %d |", t.Fragments)
	p("| incidents that join attacks of different attackers | %d |", t.Merged)
	p("| steps assigned right | %d of %d, **%.4f** |", t.StepsRight, t.StepsAll, t.Assigned())
	p("| events told as repair that are the owner's or provider's answer | %d of %d |", t.RepairRight, t.RepairOf)
	p("| reading and analysing one case, mean | %v, %v |", mean(t.Read, t.Cases), mean(t.Analysed, t.Cases))
	p("\n| recorded steps | found | of | share |\n|---|---|---|---|")
	for n := 1; n <= 6; n++ {
		if s := t.BySteps[n]; s != nil {
			p("| %d | %d | %d | %.3f |", n, s.Found, s.All, ratio(s.Found, s.All))
		}
	}
	p("\n| world (three steps and more) | found | of | share |\n|---|---|---|---|")
	for _, world := range Worlds() {
		if s := t.ByWorld[world]; s != nil {
			p("| %s | %d | %d | %.3f |", world, s.Found, s.All, ratio(s.Found, s.All))
		}
	}
	p("\n| the case lacks (three steps and more) | found | of | share |\n|---|---|---|---|")
	for _, what := range slices.Sorted(maps.Keys(t.ByMissing)) {
		s := t.ByMissing[what]
		p("| %s | %d | %d | %.3f |", what, s.Found, s.All, ratio(s.Found, s.All))
	}
	p("\n| the attacker comes from (three steps and more) | found | of | share |\n|---|---|---|---|")
	p("| an operator that the owner has or may have | %d | %d | %.3f |", t.Near.Found, t.Near.All, ratio(t.Near.Found, t.Near.All))
	p("| another one | %d | %d | %.3f |", t.Far.Found, t.Far.All, ratio(t.Far.Found, t.Far.All))
	p("\n| score | incidents | of these true | share |\n|---|---|---|---|")
	for _, b := range t.Bins {
		p("| %.2f to %.2f | %d | %d | %.2f |", b.From, min(b.To, 1), b.N, b.True, ratio(b.True, b.N))
	}
}

func mean(d time.Duration, n int) time.Duration {
	return (d / time.Duration(max(n, 1))).Round(time.Millisecond)
}
