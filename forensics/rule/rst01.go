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
		if e.detail(b.Detail).routine {
			weight = 0.06 // comes with everything that the owner does there
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
			weight *= 0.7
			why += "; no receiver vouched for its sender"
		case forensics.SenderAuthenticated:
			why += ", whose sender the receiver vouched for"
		}
		weight, why = e.told(i, weight, why)
		e.say(weight, []int32{i}, nil, why, "")
	}
	for _, i := range e.serviceLogins {
		if b := &e.all[i]; b.Certainty == forensics.Reported && b.Message != 0 {
			weight, why := e.told(i, 0.1, e.serviceName(i)+" told of a new sign-in")
			e.say(weight, []int32{i}, nil, why, "The owner signed in there himself.")
		}
	}
}

// told weighs the address that a notice names: the owner's own, or one from which a stranger was in the mailbox.
func (e *evaluation) told(i int32, weight float64, why string) (float64, string) {
	b := &e.all[i]
	a := e.address(b)
	if a == nil || e.own(b) {
		return weight, why
	}
	why += either(b.Kind == forensics.LoginSucceeded, e.from(i), "; it names "+e.place(i))
	for _, ep := range e.episodes {
		if ep.ip != nil && ep.ip.wideID == a.wideID && (!ep.ip.inWide.usual || ep.ip.addr == a.addr) && b.Time >= ep.start-e.set.Window(ChainWindow) && b.Time <= ep.end+e.set.Window(ChainWindow) {
			w, _ := e.episodeWeight(ep)
			return weight + 0.35*min(w/0.45, 1.2), why + ", from where a stranger was in the mailbox as well"
		}
	}
	switch standing := e.profile.Known(b); {
	case standing == NotMine:
		return 0.7, why + ", which is not yours, as you said"
	case standing.Owner():
		return weight * 0.3, why + ", which is usual for the account"
	case standing == Unusual, a.hidden():
		return weight + 0.2*e.strangeness(b), why + ", which is not usual for the account"
	}
	return weight, why
}
