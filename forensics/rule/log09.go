package rule

import (
	"keytrail/forensics"
)

// log09 is the rule LOG-09.
func log09() *Rule {
	return &Rule{
		ID: "LOG-09", Title: "The provider itself calls it suspicious", Technique: "T1078", Step: forensics.StepLogin,
		Means:    "The source marks a login or an act as suspicious.",
		Innocent: "The provider was wrong: the owner travelled or used a new device.",
		Needs: []Need{
			{"alerts of a provider and no login records", []forensics.Kind{forensics.Alert, forensics.LoginSucceeded}},
		},
		find: (*evaluation).findLog09,
	}
}

func (e *evaluation) findLog09() {
	told := map[forensics.Symbol]int64{}
	say := func(i int32, what string) {
		b := &e.all[i]
		if at, ok := told[b.Operation]; ok && b.Time-at < hour {
			return
		}
		told[b.Operation] = b.Time
		weight := choose(b.Certainty == forensics.Observed, 0.4, 0.25)
		switch s := e.profile.Known(b); {
		case s == NotMine:
			weight = 0.7
		case s.Owner():
			weight = 0.1
		}
		e.say(weight, []int32{i}, nil, what+e.from(i), "")
	}
	for _, i := range e.alerts {
		words := "an alert of the provider"
		if b := &e.all[i]; b.Operation != 0 {
			words = "the provider's own " + quoted(e.spelled(b.Operation))
		} else if b.Detail != 0 {
			words = "an alert of the provider: " + quoted(e.spelled(b.Detail))
		}
		say(i, words)
	}
	for _, i := range e.logins {
		if b := &e.all[i]; b.Detail != 0 && e.detail(b.Detail).risky {
			say(i, "a login that the provider marks as suspicious")
		}
	}
}
