package attacktest_test

import (
	"flag"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"keytrail/forensics"
	"keytrail/forensics/incident/attacktest"
)

var (
	explain = flag.Uint64("explain", 0, "TestExplain prints the truth, the findings and the incidents of this seed")
	around  = flag.String("around", "", "TestExplain prints only what lies three days around this time (RFC 3339 or a date)")
)

// TestExplain is for looking at one failure by hand.
func TestExplain(t *testing.T) {
	if *explain == 0 {
		t.Skip("NOT RUN: -explain names no seed")
	}
	c := attacktest.Generate(*explain)
	cf, err := reader(t).Read(t.Context(), c, t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = cf.Close() }()
	a, err := analyse(t.Context(), cf)
	if err != nil {
		t.Fatal(err)
	}
	events, err := attacktest.Events(t.Context(), cf)
	if err != nil {
		t.Fatal(err)
	}
	find := attacktest.NewFinder(events)
	whose := map[int64]string{}
	for n := range c.Attacks {
		for i := range c.Attacks[n].Marks {
			m := &c.Attacks[n].Marks[i]
			for _, e := range find.Find(m) {
				whose[e.Row] = fmt.Sprintf("%d:%s", n+1, m.Step)
				if m.Repair {
					whose[e.Row] = fmt.Sprintf("%d:repair", n+1)
				}
			}
		}
	}
	p := func(format string, args ...any) { fmt.Fprintf(os.Stdout, format+"\n", args...) }
	near := func(nano int64) bool { return true }
	if *around != "" {
		at, err := time.Parse(time.RFC3339, *around)
		if err != nil {
			if at, err = time.Parse(time.DateOnly, *around); err != nil {
				t.Fatal(err)
			}
		}
		near = func(nano int64) bool { return time.Unix(0, nano).Sub(at).Abs() < 72*time.Hour }
	}
	p("%s %s, %s to %s, lacks %v, %v, %d events", c.World, c.Account, c.Start.Format(time.DateOnly), c.End.Format(time.DateOnly), c.Missing, c.Quirks, len(events))
	for n := range c.Attacks {
		x := &c.Attacks[n]
		p("attack %d by %d, %s to %s, %s, took %v, recorded %v", n+1, x.Attacker, x.Start.Format(time.RFC3339), x.End.Format(time.RFC3339), x.Style, x.Took, x.Recorded())
	}
	rules := map[int64][]string{}
	for i := range a.Findings {
		f := &a.Findings[i]
		for _, row := range f.Rows {
			rules[row] = append(rules[row], fmt.Sprintf("%s %.2f", f.Rule, f.Weight))
		}
		if near(f.Start) && *around != "" {
			p("finding %s %.2f %s: %s", f.Rule, f.Weight, time.Unix(0, f.Start).UTC().Format(time.RFC3339), f.Why)
		}
	}
	if *around != "" {
		for i := range events {
			e := &events[i]
			if e.Kind == forensics.MailMissing && rules[e.Row] != nil {
				p("missing %s %v bounds %+v %s %q %q in %s", whose[e.Row], e.Reasons, e.Bounds, e.MessageID, e.Subject, e.Detail, e.Folder)
			}
			if !near(e.Time.Nano) || e.Kind == forensics.MailReceived && whose[e.Row] == "" {
				continue
			}
			p("%s %-10s %-16s %s asn %d %s client %.30q session %.8s %s %.50q %s", e.Time.RFC3339(), whose[e.Row], e.Kind, e.IP, e.ASN, e.Country, e.Client, e.Session, e.Service, e.Subject, strings.Join(rules[e.Row], ", "))
		}
	}
	for i := range a.Incidents {
		in := &a.Incidents[i]
		if !near(in.Start) && !near(in.End) {
			continue
		}
		p("incident %d score %.2f %s: %s", in.ID, in.Score, in.Strength, in.Summary)
		for _, part := range in.Parts {
			p("    %+.1f %s", part.Value, part.Text)
		}
		for _, s := range slices.Concat(in.Steps, in.Repair) {
			of := map[string]int{}
			for _, row := range s.Rows {
				of[whose[row]]++
			}
			p("    %s (owner %v) %s %v: %s %v", s.Step, s.Owner, time.Unix(0, s.Start).UTC().Format(time.RFC3339), of, s.Why, s.JoinedBy)
		}
	}
}
