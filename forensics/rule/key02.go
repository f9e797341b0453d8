package rule

import (
	"keytrail/forensics"
)

// key02 is the rule KEY-02.
func key02() *Rule {
	return &Rule{
		ID: "KEY-02", Title: "Key made without a login of the owner", Technique: "T1098.001", Step: forensics.StepKey,
		Means:    "A key was made while no login of the owner is on record just before: somebody else made it, or a program behind the provider's site.",
		Innocent: "The owner had been logged in for longer than the window, or used an address that is not known as his.",
		Needs: []Need{
			{"record or notice of keys", []forensics.Kind{forensics.KeyCreated, forensics.KeyRemoved}},
			{"login records", []forensics.Kind{forensics.LoginSucceeded}},
		},
		Windows: []string{KeyOwnerLogin},
		find:    (*evaluation).findKey02,
	}
}

func (e *evaluation) findKey02() {
	window := e.set.Window(KeyOwnerLogin)
	asked := false
	for _, i := range e.keys {
		v := e.keyOf[i]
		if !v.covered {
			continue
		}
		asked = true
		if v.owner >= 0 || v.standing.Owner() {
			continue
		}
		weight := 0.35
		why := figure("%s was made and no web login from a known network is on record in the %s before", e.keyText(i), span(window))
		if e.profile.Short {
			weight *= 0.4
			why += "; " + e.profile.ShortWhy
		}
		e.say(weight, []int32{i}, nil, why, "")
	}
	if !asked && len(e.keys) > 0 {
		e.skip("no such source: no log of web logins covers the time in which the keys were made")
	}
}
