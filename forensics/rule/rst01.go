package rule

import (
	"keytrail/forensics"
)

// rst01 is the rule RST-01.
func rst01() *Rule {
	return &Rule{
		ID: "RST-01", Title: "Reset or new-device mail of a service", Technique: "", Step: forensics.StepReset,
		Means:    "A service sent a mail to reset a password, to confirm a device or a withdrawal. Whoever reads the mailbox can use it.",
		Innocent: "The owner asked for it, or somebody who knows no more than the address.",
		Needs: []Need{
			{"mailbox with notices of services, and no log of resets", []forensics.Kind{forensics.ResetRequested, forensics.PasswordChanged, forensics.LoginSucceeded}},
		},
		find: (*evaluation).findRst01,
	}
}

func (e *evaluation) findRst01() {
	for _, i := range e.resets {
		b := &e.all[i]
		weight, what := 0.15, "reset mail"
		switch {
		case b.Certainty == forensics.Observed:
			what = "reset"
		case b.Kind == forensics.PasswordChanged:
			what = "notice of a changed password"
		}
		why := what + " of " + e.serviceName(i)
		if e.own(b) {
			why = what + " of the mailbox itself"
		}
		if b.Detail != 0 {
			why += " (" + e.text(b.Detail) + ")"
		}
		switch b.Sender {
		case forensics.SenderUnknown:
			weight = 0.1
			why += "; no receiver vouched for its sender"
		case forensics.SenderAuthenticated:
			why += ", whose sender the receiver vouched for"
		}
		e.say(weight, []int32{i}, nil, why, "")
	}
	for _, i := range e.serviceLogins {
		if b := &e.all[i]; b.Certainty == forensics.Reported && b.Message != 0 {
			e.say(0.1, []int32{i}, nil, e.serviceName(i)+" told of a new sign-in"+e.from(i), "The owner signed in there himself.")
		}
	}
}
