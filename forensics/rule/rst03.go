package rule

import (
	"keytrail/forensics"
)

// rst03 is the rule RST-03.
func rst03() *Rule {
	return &Rule{
		ID: "RST-03", Title: "Reset after a new key or a strange login", Technique: "T1657", Step: forensics.StepReset,
		Means:    "A service was asked for a reset soon after a key was made or somebody strange came in.",
		Innocent: "The owner himself secured his accounts after he noticed.",
		Needs: []Need{
			{"mailbox with notices of services, and no log of resets", []forensics.Kind{forensics.ResetRequested, forensics.PasswordChanged, forensics.LoginSucceeded}},
			{"record of keys or logins", []forensics.Kind{forensics.KeyCreated, forensics.LoginSucceeded, forensics.MailRead}},
		},
		Windows: []string{ResetWindow},
		find:    (*evaluation).findRst03,
	}
}

func (e *evaluation) findRst03() {
	window := e.set.Window(ResetWindow)
	var last origin
	lastAt := int64(-1 << 62)
	for _, i := range e.resets {
		b := &e.all[i]
		o, ok := e.originBefore(b.Time, window)
		// Whoever is at it goes on: a reset counts that follows the one before within the window.
		if !ok && b.Time-lastAt <= window && b.Time-last.at <= e.set.Window(ChainWindow) {
			o, ok = last, true
			o.weight *= 0.7
		}
		if !ok {
			continue
		}
		last, lastAt = o, b.Time
		weight := min(0.15+0.6*o.weight, 0.6)
		if e.own(b) || e.detail(b.Detail).routine {
			weight /= 2
		}
		f := e.say(weight, []int32{i}, []int32{o.event}, figure("reset of %s %s after %s", either(e.own(b), "the mailbox itself", e.serviceName(i)), span(b.Time-o.at), o.text), "")
		f.Certainty = max(f.Certainty, e.all[o.event].Certainty)
	}
}
