package tui

import (
	"context"
	"strings"
	"testing"
	"time"

	"keytrail/forensics"
	"keytrail/forensics/filter"
	"keytrail/tui/kit"
	"keytrail/tui/kit/kittest"
)

// TestTimelineKeepsItsPlace looks at events that other screens choose: afterwards filter and cursor of the timeline are what
// they were, and events that were chosen as a whole begin at the first one.
func TestTimelineKeepsItsPlace(t *testing.T) {
	o, _ := analysed()
	screenTest(t, 80, 24, o, func(d *driver) {
		d.keys(attack...)
		d.sees("▌ 03:14:52", "243 of 413")
		d.keys("3", "enter")
		d.sees("/ ip:", "1 of 202")
		d.keys("end", "esc", "1")
		d.sees("▌ 03:14:52", "243 of 413", "/ all events")
		d.keys("/", "group:login", "enter", "2", "enter", "down", "down", "enter")
		d.sees("/ incident:2")
		d.keys("home", "esc", "1")
		d.sees("▌ 03:14:52", "/ group:login")
	})
}

// TestEventsOfEvidence goes from an evidence to its events and back.
func TestEventsOfEvidence(t *testing.T) {
	o, _ := analysed()
	screenTest(t, 80, 24, o, func(d *driver) {
		d.keys("4", "down", "f")
		d.sees("/ evidence:", "esc back")
		d.keys("esc")
		d.sees("total of 3")
	})
}

// TestIncidentsOfAnEvent goes from an event and from an address to the incidents that they are part of, on to the events of
// these, and all the way back.
func TestIncidentsOfAnEvent(t *testing.T) {
	o, _ := analysed()
	screenTest(t, 80, 24, o, func(d *driver) {
		d.keys(attack...)
		d.keys("i")
		d.sees("/ of the event of 03:14:52", "1 of 2 incidents", "#2 strong", "esc back")
		d.keys("enter", "down", "down", "enter")
		d.sees("/ incident:2")
		d.keys("esc")
		d.sees("▌ R reset")
		d.keys("esc", "esc")
		d.sees("▌ 03:14:52", "/ all events", "243 of 413")
		d.keys("home", "i")
		d.sees("this is part of no incident")
		d.keys("3", "/", "203.0", "enter", "i")
		d.sees("/ of 203.0.113.77")
		d.exact()
		d.keys("esc")
		d.sees("‹IP›", "/ 203.0")
		d.keys("2")
		d.sees("1 of 2")
		d.lacks("/ of")
	})
}

// TestIncidentFilter narrows the list by words.
func TestIncidentFilter(t *testing.T) {
	o, c := analysed()
	screenTest(t, 120, 36, o, func(d *driver) {
		d.keys("2", "/", "weak")
		d.sees("/ weak", "1 of 2 incidents", "#1 weak")
		d.lacks("#2 strong")
		d.keys("xyz")
		d.sees("No incident matches this filter.", "0 of 2 incidents")
		d.exact()
		d.keys("esc")
		d.sees("by score", "1 of 2", "#2 strong") // where the typing began
		d.keys("/", "203.0.113.77 money", "enter", "down")
		d.sees("1 of 1", "#2 strong")
		next := kittest.Analysis(kittest.Story())
		next.Incidents = next.Incidents[:1]
		c.SetAnalysis(next, nil, nil)
		d.keys("x", "enter") // the case has changed: what is left does not match
		d.sees("No incident matches this filter.")
		d.keys("esc")
		d.sees("#1 weak")
		d.keys("/", "q?1")
		d.sees("/ q?1")
		d.exact()
	})
}

// TestVerdictTellsOutcome checks that a verdict which takes an incident away says so, and that taking it back does.
func TestVerdictTellsOutcome(t *testing.T) {
	o, c := analysed()
	screenTest(t, 120, 36, o, func(d *driver) {
		all, less := kittest.Analysis(kittest.Story()), kittest.Analysis(kittest.Story())
		less.Incidents = less.Incidents[1:]
		d.keys("2", "down")
		d.wait(time.Second)
		d.keys("enter", "m")
		d.sees("mine: what?", "198.51.100.23")
		d.keys("esc", "esc", "m")
		d.sees("mine: what?", "198.51.100.23") // the incident names no source: those of its events
		c.SetAnalysis(less, kittest.Entities(), nil)
		d.keys("m")
		d.sees("is mine: 1 incident now, 2 before; u undoes")
		c.SetAnalysis(all, kittest.Entities(), nil)
		d.keys("u")
		d.sees("undone: 2 incidents now, 1 before")
		d.keys("3", "c")
		d.sees("nothing is said about")
	})
}

// slowCase takes its time to find questions.
type slowCase struct {
	*kittest.Case
	gaveUp bool
}

func (c *slowCase) Questions(ctx context.Context) ([]forensics.Question, error) {
	select {
	case <-ctx.Done():
		c.gaveUp = true
		return nil, ctx.Err()
	case <-time.After(5 * time.Second):
		return c.Case.Questions(ctx)
	}
}

// TestQuestionsTakeTime checks that the search for questions says how long it has taken and ends with its dialogue, and that the
// keys which the last page names work on it.
func TestQuestionsTakeTime(t *testing.T) {
	o, c := analysed()
	slow := &slowCase{Case: c}
	o.Case = slow
	screenTest(t, 80, 24, o, func(d *driver) {
		d.keys("2", "t")
		d.sees("Looking for what only you can know.")
		d.wait(1500 * time.Millisecond)
		d.sees("only you can know. 1.")
		d.keys("esc")
		if !slow.gaveUp {
			t.Error("nobody waits for the questions, and they are still looked for")
		}
		c.SetAnalysis(kittest.Analysis(kittest.Story()), nil, nil)
		d.keys("t")
		d.wait(6 * time.Second)
		d.sees("There is nothing to ask.")
		d.keys("3")
		d.sees("‹IP›")
		d.keys("t")
		d.wait(6 * time.Second)
		d.keys("a")
		d.sees("‹IP›")
	})
}

// TestSeveralAccounts checks that every row says whose it is where a case is about several.
func TestSeveralAccounts(t *testing.T) {
	eachSize(t, analysed, func(d *driver, c *kittest.Case) {
		d.sees("L login")
		c.Append(forensics.Event{Kind: forensics.Alert, Account: "sam@example.org", Time: forensics.UTC(time.Date(2022, 1, 1, 0, 0, 0, 0, time.UTC), forensics.PrecisionSecond, "", "")})
		d.keys(attack...)
		d.keys("t", "x", "enter")
		d.wait(time.Second)
		d.golden("accounts")
		d.keys("home")
		d.sees("· sam@example.o… alert:", "L pat@example.n…")
		d.exact()
	})
}

// TestHelpFitsTheScreen checks that the keys of what is shown stand first, and none that does nothing there.
func TestHelpFitsTheScreen(t *testing.T) {
	o, _ := analysed()
	screenTest(t, 80, 24, o, func(d *driver) {
		d.keys("3", "?")
		d.sees(" Entities      ", "choose several")
		d.keys("esc", "4", "?")
		d.sees(" Evidence     ", "folders and UIDs")
	})
	screenTest(t, 80, 24, Options{}, func(d *driver) {
		d.keys("?")
		d.sees("Start", "I was hacked: help me", "quit")
		d.lacks("other findings", "Marks")
	})
}

// gatedCase answers questions for events only when it is let.
type gatedCase struct {
	*kittest.Case
	gate chan bool // nil: it answers at once
}

func (c *gatedCase) Query(ctx context.Context, e filter.Expr) (kit.View, error) {
	if c.gate != nil {
		<-c.gate
	}
	return c.Case.Query(ctx, e)
}

// TestMovingWhileAViewIsMade checks that keys which come while a growing case is read again still count, and that the cursor is
// on the event they led to, though others came before it.
func TestMovingWhileAViewIsMade(t *testing.T) {
	o, c := story()
	gated := &gatedCase{Case: c}
	o.Case = gated
	screenTest(t, 80, 24, o, func(d *driver) {
		d.keys(attack...)
		d.sees("▌ 03:14:52", "243 of 413")
		gated.gate = make(chan bool)
		d.keys("t", "x", "enter") // the case changes, and is asked for its events
		d.keys("down", "down")
		d.sees("▌ 03:19:30", "245 of 413")
		at := time.Date(2023, 2, 7, 3, 15, 0, 0, time.UTC)
		c.Append(forensics.Event{Kind: forensics.Alert, Account: "pat@example.net", Time: forensics.UTC(at, forensics.PrecisionSecond, "", "")})
		close(gated.gate)
		d.settle()
		d.sees("▌ 03:19:30", "246 of 414")
	})
}

// TestAdviceSaysThatItGoesOn checks that nobody takes the first page of the guided way for all of it.
func TestAdviceSaysThatItGoesOn(t *testing.T) {
	screenTest(t, 80, 24, Options{}, func(d *driver) {
		d.keys("h", "enter")
		d.sees("more lines")
		d.keys("pgdown")
		d.lacks("more lines")
		d.keys("home")
		d.sees("more lines")
		d.keys("end")
		d.lacks("more lines")
		d.exact()
	})
}

// TestNoticeBeforePlace checks that a long word to the user has the room of the place in the list.
func TestNoticeBeforePlace(t *testing.T) {
	o, _ := analysed()
	screenTest(t, 80, 24, o, func(d *driver) {
		text := strings.Repeat("long ", 14) + "end"
		d.send(kit.Noticed{Text: text})
		d.sees(text)
		d.lacks("1 of 413")
		d.keys("down")
		d.sees("2 of 413")
		d.exact()
	})
}

// TestReportIsWhole checks that a filter which the timeline has from elsewhere does not make a report of a few events by itself.
func TestReportIsWhole(t *testing.T) {
	o, _ := analysed()
	o.Export = func(context.Context, kit.Case, string, kit.ExportOptions) (kit.ExportResult, error) {
		return kit.ExportResult{}, nil
	}
	screenTest(t, 80, 24, o, func(d *driver) {
		d.keys("2", "f")
		d.sees("/ incident:2")
		d.keys("2", "e")
		d.sees("events  all 413")
		d.keys("esc", "1", "e")
		d.sees("of the filter incident:2")
	})
}

// TestOtherKeysAnswerNothing checks that a key which is no answer says which are.
func TestOtherKeysAnswerNothing(t *testing.T) {
	o, _ := analysed()
	screenTest(t, 80, 24, o, func(d *driver) {
		d.keys("2", "t", "enter")
		d.sees("Question 1", "the answers are m mine, x not mine, d don't know")
	})
}

// TestNextIncident goes from the steps of one incident to those of the next.
func TestNextIncident(t *testing.T) {
	o, _ := analysed()
	screenTest(t, 80, 24, o, func(d *driver) {
		d.keys("2", "enter", "down", "]")
		d.sees("#1 weak", "▌ L login", "esc back")
		d.keys("]", "[", "[")
		d.sees("#2 strong", "▌ K key")
	})
}

// TestEventsOfSeveral shows the events of all that are chosen.
func TestEventsOfSeveral(t *testing.T) {
	o, _ := analysed()
	screenTest(t, 120, 36, o, func(d *driver) {
		d.keys("3", "space", "space", "enter")
		d.sees("/ ip:198.51.100.23 OR ip:203.0.113.77", "205 of 413")
		d.keys("esc")
		d.sees("2 chosen")
	})
}

// TestCursorStaysInTime checks that the cursor stays on an incident of which a verdict took the first steps, and comes back
// to it when they come back, though other incidents of the account are there.
func TestCursorStaysInTime(t *testing.T) {
	o, c := analysed()
	screenTest(t, 80, 24, o, func(d *driver) {
		d.keys("2")
		d.sees("▌  2 2023-02-07")
		less := kittest.Analysis(kittest.Story())
		in := less.Incidents[1]
		in.ID, in.Steps = 1, in.Steps[2:]
		in.Start = in.Steps[0].Start
		less.Incidents = []forensics.Incident{in}
		c.SetAnalysis(less, kittest.Entities(), nil)
		d.keys("m", "m")
		d.sees("▌  1 2023-02-07")
		c.SetAnalysis(kittest.Analysis(kittest.Story()), kittest.Entities(), nil)
		d.keys("u")
		d.sees("▌  2 2023-02-07")
	})
}
