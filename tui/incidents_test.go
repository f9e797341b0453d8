package tui

import (
	"strings"
	"testing"
	"time"

	"keytrail/forensics"
	"keytrail/tui/kit/kittest"
)

// analysed is the story with what detection says about it.
func analysed() (Options, *kittest.Case) {
	events := kittest.Story()
	a := kittest.Analysis(events)
	c := kittest.New("pat-rivera", kittest.Mark(events, a))
	c.SetEvidence(kittest.Evidence())
	c.SetAnalysis(a, kittest.Entities(), kittest.Questions())
	c.SetFolders(kittest.Folders())
	o, _ := story()
	o.Case = c
	return o, c
}

func TestIncidents(t *testing.T) {
	eachSize(t, analysed, func(d *driver, _ *kittest.Case) {
		d.sees("2 incidents")
		d.keys("2")
		d.wait(time.Second)
		d.golden("list")
		d.keys("enter")
		d.golden("story")
		d.keys("down", "down", "down")
		d.sees("same session, message-id", "2 events (1 observed, 1 inferred)")
		d.golden("step")
		d.keys("x")
		d.golden("judged")
		d.keys("down", "down", "down", "down", "up")
		d.golden("program")
		d.keys("esc", "s")
		d.golden("score")
		d.keys("esc", "n")
		d.golden("not-checked")
		d.keys("esc", "v")
		d.golden("findings")
		d.keys("enter")
		d.sees("/ all events", "▌›", "31 of 413")
		d.keys("esc")
		d.golden("findings") // the list that the event was chosen in
		d.keys("esc", "enter")
		d.golden("events")
		d.keys("esc")
		d.golden("step") // the same place as before
		d.keys("esc", "o", "o")
		d.sees("by account", "2 of 2")
		d.keys("o", "/", "strong money")
		d.golden("filter")
		d.keys("enter", "3", "down", "i")
		d.wait(time.Second)
		d.golden("of-an-address")
	})
}

func TestNoIncidents(t *testing.T) {
	eachSize(t, story, func(d *driver, c *kittest.Case) {
		d.keys("2")
		d.golden("nothing")
		c.SetAnalysis(&forensics.Analysis{Findings: make([]forensics.Finding, 4), NotChecked: make([]forensics.NotChecked, 3)}, nil, nil)
		d.keys("1", "t", "x", "enter", "2")
		d.golden("none-found")
		d.keys("t")
		d.golden("no-questions")
		d.keys("esc", "3")
		d.golden("no-entities")
	})
}

// TestManyIncidents looks at long lists, long and wide texts.
func TestManyIncidents(t *testing.T) {
	wide := strings.Repeat("長い名前 Grüße ", 8)
	events := kittest.Story()
	a := kittest.Analysis(events)
	base := a.Incidents[1]
	a.Incidents = nil
	for i := range 60 {
		in := base
		in.ID, in.Score = int64(i+1), 1-float64(i)/70
		in.Start += int64(i) * int64(26*time.Hour)
		in.Steps = append([]forensics.Step{}, base.Steps...)
		for range i % 9 {
			in.Steps = append(in.Steps, base.Steps[3])
		}
		if i%2 == 1 {
			in.Account, in.Summary, in.State = wide, wide, wide
			in.Steps[1].Label, in.Steps[1].Why, in.Steps[1].InnocentIf = wide, wide+wide+wide, wide
			in.Loss = append(in.Loss, forensics.Loss{Asset: wide, Amount: "12345678901234567890.123"})
		}
		a.Incidents = append(a.Incidents, in)
	}
	eachSize(t, func() (Options, *kittest.Case) {
		o, c := analysed()
		c.SetAnalysis(a, kittest.Entities(), nil)
		return o, c
	}, func(d *driver, _ *kittest.Case) {
		d.keys("2", "down", "down", "down", "down", "down", "down", "down")
		d.wait(time.Second)
		d.golden("many")
		d.keys("enter", "down")
		d.golden("wide")
		d.keys("end", "pgdown")
		d.golden("last-step")
		d.keys("esc", "end")
		d.sees("60 of 60")
		d.exact()
	})
}

func TestEntities(t *testing.T) {
	eachSize(t, analysed, func(d *driver, _ *kittest.Case) {
		d.keys("3")
		d.golden("addresses")
		d.keys("space", "space", "x")
		d.golden("several")
		d.keys("esc")
		d.sees("2 chosen  by") // nothing was said, and they still are
		d.keys("x", "x")       // the same key again says that it is meant
		d.sees("2 are not mine")
		d.lacks("2 chosen")
		d.golden("judged")
		d.keys("u")
		d.lacks("not mine ")
		d.keys("/", "hosting")
		d.golden("filtered")
		d.keys("enter", "w")
		d.golden("network")
		d.keys("enter")
		d.sees("/ ip:203.0.113.0/24", "3 of 413 events")
		d.keys("esc")
		d.sees("1 of 1", "‹IP›")
		d.keys("esc", "tab", "tab", "tab", "tab")
		d.sees("Outlook-2", "‹key›")
		d.keys("tab")
		d.golden("accounts")
		d.keys("x")
		d.golden("own-account")
		d.keys("esc")
		d.keys("enter")
		d.sees("account:pat@example.net")
	})
}

func TestTriage(t *testing.T) {
	eachSize(t, analysed, func(d *driver, c *kittest.Case) {
		d.keys("2", "t")
		d.golden("asked")
		d.keys("x")
		d.sees("Question 1,")
		d.golden("careful")
		d.keys("x")
		d.sees("Question 2", "is not mine")
		d.keys("u", "y")
		d.sees("Question 2", "is mine")
		d.keys("n")
		d.golden("last")
		d.keys("u")
		d.sees("Question 2")
		d.keys("x", "d")
		d.golden("done")
		list, err := c.Entities(d.t.Context(), forensics.EntityIP, 8)
		if err != nil || list[0].Verdict != "mine" || list[1].Verdict != "not-mine" {
			d.t.Errorf("verdicts %q, %q (%v), want mine and not-mine", list[0].Verdict, list[1].Verdict, err)
		}
	})
}

func TestFolders(t *testing.T) {
	eachSize(t, analysed, func(d *driver, c *kittest.Case) {
		d.keys("4", "r")
		d.golden("whole")
		d.keys("+", "+", "+", "+")
		d.golden("near")
		d.keys("enter")
		d.sees("/ kind:mail-missing", "▌›03:24:31")
		d.keys("esc")
		d.golden("near")
		d.keys("right", "-", "-", "-", "-", "-", "left", "left", "left")
		d.sees("201 moved")
		d.keys("enter")
		d.sees("no event speaks of these UIDs")
		d.keys("down")
		d.golden("not-computed")
		d.keys("esc")
		d.sees("total of 3")
		c.SetFolders(nil)
		d.keys("r")
		d.golden("none")
	})
}
