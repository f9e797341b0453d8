package rule

import (
	"keytrail/forensics"
)

// key07 is the rule KEY-07.
func key07() *Rule {
	return &Rule{
		ID: "KEY-07", Title: "A new application may read the mailbox", Technique: "T1528", Step: forensics.StepKey,
		Means:    "An application that was not seen before was granted access to the account.",
		Innocent: "The owner connected a new application himself.",
		Needs: []Need{
			{"record of consents", []forensics.Kind{forensics.ConsentGranted}},
		},
		Windows: []string{ConsentNew, KeyOwnerLogin, KeyTied},
		find:    (*evaluation).findKey07,
	}
}

func (e *evaluation) findKey07() {
	window := e.set.Window(ConsentNew)
	present := e.set.Window(KeyOwnerLogin)
	last := map[forensics.Symbol]int64{}
	for _, i := range e.consents {
		b := &e.all[i]
		before, seen := last[b.Detail]
		last[b.Detail] = b.Time
		again := seen && b.Time-before < window && b.Detail != 0
		standing, login, said := e.probably(i)
		if login >= 0 && standing.Owner() && b.Time-e.all[login].Time > ownersKey {
			standing, said = Unknown, ""
		}
		if again && !standing.Strange() {
			if _, follows := e.loginAfter(b.Time, e.set.Window(KeyTied)); standing.Owner() || !follows {
				continue // many applications are granted the same again and again
			}
		}
		weight, there := choose(again, 0.15, 0.2), ""
		if owner := e.ownerWas(b.Time, present); owner >= 0 {
			weight = choose(b.Time-e.all[owner].Time <= ownersKey, 0.12, 0.2) * choose(again, 0.75, 1)
			there = "; the owner logged in " + span(b.Time-e.all[owner].Time) + " before"
		}
		switch {
		case standing == NotMine:
			weight = 0.8
		case standing == Unusual:
			weight = 0.4 * e.strangerBy(i, login)
		case standing.Owner():
			weight = 0.05
		}
		if said == "" {
			said = there + "; " + e.profile.Explain(b)
		}
		what := "an application"
		if b.Detail != 0 {
			what = "the application " + quoted(e.spelled(b.Detail))
		}
		e.say(weight, []int32{i}, nil, figure("%s was granted access%s, %s%s", what, e.from(i), either(again, "as not long before", "not seen in the "+span(window)+" before"), said), "")
	}
}
