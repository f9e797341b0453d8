package rule

import (
	"keytrail/forensics"
)

// log05 is the rule LOG-05.
func log05() *Rule {
	return &Rule{
		ID: "LOG-05", Title: "Many failures, then a login", Technique: "T1110", Step: forensics.StepLogin,
		Means:    "A password was tried many times before it was right.",
		Innocent: "A device of the owner kept trying an old password.",
		Needs: []Need{
			{"login records", []forensics.Kind{forensics.LoginSucceeded}},
			{"record of failed logins", []forensics.Kind{forensics.LoginFailed}},
		},
		Windows: []string{GuessWindow, GuessCount},
		find:    (*evaluation).findLog05,
	}
}

func (e *evaluation) findLog05() {
	window, least := e.set.Window(GuessWindow), e.set.Number(GuessCount)
	if len(e.failures) < least {
		return
	}
	told := int64(-1 << 62)
	for _, i := range e.logins {
		b := &e.all[i]
		standing := e.profile.Known(b)
		a := e.address(b)
		if b.Time-told < window || a == nil || standing.Owner() {
			continue
		}
		failed := e.within(e.failures, b.Time-window, b.Time)
		same := 0
		for _, k := range failed[:min(len(failed), maxFailures)] {
			if f := e.address(&e.all[k]); f != nil && f.wideID == a.wideID {
				same++
			}
		}
		if same < least {
			continue
		}
		told = b.Time
		e.say(choose(standing.Strange(), 0.45, 0.25), []int32{i}, failed[:min(len(failed), episodeRows)],
			figure("%s in the %s before the login from %s", atLeast(same, len(failed) > maxFailures, "failure"), span(window), e.place(i)), "")
	}
}
