package tui

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"keytrail/forensics"
	"keytrail/tui/kit"
	"keytrail/tui/kit/kittest"
)

// TestVerdictKeepsPlace judges a step while looking at it: the incidents are computed anew, have other numbers and
// another order, and the cursor is still on the same step of the same incident.
func TestVerdictKeepsPlace(t *testing.T) {
	o, c := analysed()
	screenTest(t, 120, 36, o, func(d *driver) {
		d.keys("2", "enter", "down", "down", "down")
		d.sees("#2 strong", "▌ D deletion")
		next := kittest.Analysis(kittest.Story())
		next.Incidents[0], next.Incidents[1] = next.Incidents[1], next.Incidents[0]
		next.Incidents[0].ID, next.Incidents[1].ID = 1, 2
		next.Incidents[0].Score, next.Incidents[1].Score = 0.2, 0.9
		c.SetAnalysis(next, kittest.Entities(), nil)
		d.keys("x", "enter")
		d.sees("203.0.113.77 is not mine; u undoes", "#1 strong", "▌ D deletion", "2 of 2")
		d.keys("esc", "1", "3")
		d.sees("not mine")
		d.keys("u")
		d.lacks("not mine")
	})
}

// TestEventVerdict judges what an event of the timeline came from.
func TestEventVerdict(t *testing.T) {
	o, c := analysed()
	screenTest(t, 120, 36, o, func(d *driver) {
		d.keys(attack...)
		d.keys("x")
		d.sees("not mine: what?", "203.0.113.0/24", "the network around it", "AS64511")
		d.keys("down", "down", "up", "up", "x") // the same key again takes the one under the cursor
		d.sees("203.0.113.77 is not mine")
		d.keys("up", "up", "m", "m")
		d.golden("judged")
		list, err := c.Entities(t.Context(), forensics.EntityIP, 8)
		if err != nil || list[1].Verdict != "not-mine" {
			t.Errorf("verdict %q (%v), want not-mine", list[1].Verdict, err)
		}
		d.keys("/", "group:reset", "enter", "m")
		d.sees("nothing here says where it came from")
	})
}

// TestBackToWhereEventsWereChosen checks that the filter of the timeline is again what it was.
func TestBackToWhereEventsWereChosen(t *testing.T) {
	o, _ := analysed()
	screenTest(t, 80, 24, o, func(d *driver) {
		d.keys("/", "group:login", "enter", "2", "f")
		d.sees("/ incident:2", "9 of 413")
		d.keys("enter", "esc", "esc")
		d.sees("#2 strong")
		d.keys("1")
		d.sees("/ group:login")
		d.keys("3", "enter", "/", "ctrl+u", "group:money", "enter", "esc") // a filter of one's own ends the way back
		d.sees("/ all events", "1 Timeline")
	})
}

// TestAnalysisTakesTime checks that the screen says so, works on, and gives up what a verdict has made old.
func TestAnalysisTakesTime(t *testing.T) {
	o, c := analysed()
	c.Thinking = 700 * time.Millisecond
	screenTest(t, 80, 24, o, func(d *driver) {
		d.keys("2")
		d.sees("Looking for incidents.")
		d.wait(450 * time.Millisecond)
		d.sees("computing, 0.4 s")
		d.keys("1", "down")
		d.sees("2 of 413")
		d.wait(time.Second)
		d.sees("2 incidents")
		d.keys("2", "enter", "down", "x", "enter")
		d.wait(300 * time.Millisecond)
		d.sees("#2 strong", "computing, 0.3 s")
		d.keys("u")
		d.wait(2 * time.Second)
		d.lacks("computing")
		if n := c.Cancelled.Load(); n != 1 {
			t.Errorf("%d analyses were given up, want 1", n)
		}
	})
}

// TestAnalysisWhileAdding checks that a growing case is analysed now and then, not at every event.
func TestAnalysisWhileAdding(t *testing.T) {
	o, c := analysed()
	c.Thinking = time.Second
	o.AddPaths = []string{"/evidence/mailbox.mbox"}
	var stop chan bool
	o.Add = func(context.Context, kit.Case, []string, func(kit.Progress)) error {
		stop = make(chan bool) // of the bubble
		<-stop
		return nil
	}
	screenTest(t, 80, 24, o, func(d *driver) {
		d.keys("2")
		before := c.Analysed.Load()
		for i := range 60 {
			early := time.Date(2022, 1, 1, 0, 0, i, 0, time.UTC)
			c.Append(forensics.Event{Kind: forensics.MailReceived, Time: forensics.UTC(early, forensics.PrecisionSecond, "", "")})
			d.wait(500 * time.Millisecond)
		}
		if n := c.Analysed.Load() - before; n < 3 || n > 8 {
			t.Errorf("%d analyses in 30 s of 1 s each, want 3 to 8", n)
		}
		close(stop)
		d.wait(3 * time.Second)
		d.sees("473 events", "#2 strong")
		last := c.Analysed.Load()
		d.wait(time.Minute)
		if n := c.Analysed.Load(); n != last {
			t.Errorf("%d analyses more of a case that does not change", n-last)
		}
	})
}

// TestDetectionFails checks that an error is shown and nothing breaks.
func TestDetectionFails(t *testing.T) {
	o, c := analysed()
	c.Refuses = errors.New("the disk is gone")
	screenTest(t, 80, 24, o, func(d *driver) {
		d.keys("2")
		d.sees("The incidents could not be computed.", "the disk is gone")
		d.keys("t")
		d.sees("The questions could not be read: the disk is gone")
		d.keys("esc", "3")
		d.sees("The list could not be read.", "the disk is gone")
		d.keys("4", "r")
		d.sees("The folders could not be read.", "the disk is gone")
		d.keys("esc", "1", "t", "odd", "enter", "2")
		c.Refuses = nil
		d.keys("1", "t", "even", "enter", "2")
		d.sees("#2 strong")
		d.keys("3")
		d.sees("203.0.113.77")
	})
}

func TestIncidentsMouse(t *testing.T) {
	o, _ := analysed()
	screenTest(t, 120, 36, o, func(d *driver) {
		d.click(17, 1)
		d.sees("#2 strong")
		d.click(10, 5)
		d.sees("#1 weak")
		d.click(10, 4)
		d.click(10, 10)
		d.sees("▌ L login")
		d.click(10, 10)
		d.sees("/ incident:2")
		d.keys("esc")
		d.click(32, 1)
		d.sees("198.51.100.23")
		d.click(8, 2)
		d.sees("‹network›", "203.0.113.0/24")
	})
}

// TestManyEntities scrolls, sorts and filters a hundred thousand addresses.
func TestManyEntities(t *testing.T) {
	o, c := analysed()
	c.SetAnalysis(nil, manyEntities(100_000), nil)
	screenTest(t, 120, 36, o, func(d *driver) {
		d.keys("3", "end")
		d.sees("100,000 of 100,000")
		d.keys("o", "home")
		d.sees("▌ 10.1.134.159")
		d.keys("/", "10.0.0.7", "enter")
		d.sees("1 of 11", "10.0.0.7 ")
		d.keys("esc", "o", "o", "o")
		d.sees("value▾", "of 100,000", "▌ 10.0.0.7") // the cursor stays on its address
		d.exact()
	})
}

func manyEntities(n int) []forensics.Entity {
	out := make([]forensics.Entity, n)
	seen := make([]uint32, 24)
	for i := range seen {
		seen[i] = uint32(i)
	}
	for i := range out {
		out[i] = forensics.Entity{
			Kind: forensics.EntityIP, Value: fmt.Sprintf("10.%d.%d.%d", i>>16, i>>8&255, i&255), Events: int64(i), Country: "NL", ASN: uint32(64496 + i%16),
			Org: "Example Hosting", Accounts: 1, First: 1_600_000_000_000_000_000, Last: 1_600_000_000_000_000_000 + int64(i), Seen: seen,
		}
	}
	return out
}
