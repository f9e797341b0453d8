package rule

import (
	"keytrail/forensics"
)

// rst04 is the rule RST-04.
func rst04() *Rule {
	return &Rule{
		ID: "RST-04", Title: "Password, recovery or second factor of the mailbox changed", Technique: "T1098", Step: forensics.StepSettings,
		Means:    "What opens the mailbox was changed: by a stranger, to keep it; or by the owner, to shut him out.",
		Innocent: "The owner did it, from a network that is not known as his.",
		Needs: []Need{
			{"record of changed passwords, recovery addresses or second factors", []forensics.Kind{forensics.PasswordChanged, forensics.RecoveryChanged, forensics.SecondFactorChanged}},
		},
		Windows: []string{SettingsWindow, RepairWindow},
		find:    (*evaluation).findRst04,
	}
}

func (e *evaluation) findRst04() {
	for _, i := range e.changes {
		e.changed(i)
	}
}

// changed judges one change of what opens the mailbox.
func (e *evaluation) changed(i int32) {
	b := &e.all[i]
	standing := e.profile.Known(b)
	o, near := e.originBefore(b.Time, e.set.Window(SettingsWindow))
	_, late := e.originBefore(b.Time, e.set.Window(RepairWindow))
	off := b.Kind == forensics.SecondFactorChanged && (e.op(b.Operation).off || e.detail(b.Detail).off)
	what := "the password was changed"
	switch {
	case off:
		what = "the second factor was switched off"
	case b.Kind == forensics.SecondFactorChanged:
		what = "the second factor was changed"
	case b.Kind == forensics.RecoveryChanged:
		what = "the recovery address or number was changed"
	}
	what += e.from(i)
	one := []int32{i}
	var f *forensics.Finding
	switch {
	case standing == NotMine:
		f = e.say(0.85, one, nil, what+"; "+e.profile.Explain(b), "")
	case standing.Owner() && late:
		f = e.say(0, one, nil, what+"; "+e.profile.Explain(b), "")
		f.Owner = true
	case standing.Owner():
		return
	case standing == Unusual:
		f = e.say(0.5*e.strangeness(b), one, nil, what+"; "+e.profile.Explain(b), "")
	case late && b.Kind == forensics.PasswordChanged && e.ownerStays(i) != "":
		f = e.say(0, one, nil, what+"; "+e.ownerStays(i), "")
		f.Owner = true
	case near:
		weight := min(0.1+0.4*o.weight, 0.35)
		if b.Kind == forensics.PasswordChanged || b.Kind == forensics.SecondFactorChanged && !off {
			weight /= 2 // an owner who notices does just this
		}
		f = e.say(weight, one, []int32{o.event}, what+" "+span(b.Time-o.at)+" after "+o.text, "")
	default:
		f = e.say(choose(off, 0.15, 0.05), one, nil, what, "")
	}
	switch b.Kind {
	case forensics.PasswordChanged:
		f.Step = forensics.StepReset
	case forensics.SecondFactorChanged:
		f.Technique = "T1556.006"
	}
}

// ownerStays says why a new password is the owner's own: he throws a key away at the same time, or gets in afterwards without
// his programs failing first. Empty where neither is on record.
func (e *evaluation) ownerStays(i int32) string {
	at := e.all[i].Time
	if list := e.within(e.removals, at-hour, at+hour); len(list) > 0 {
		if r := &e.all[list[0]]; !e.profile.Known(r).Strange() {
			return e.keyText(list[0]) + " was removed within the hour"
		}
	}
	for _, k := range e.within(e.logins, at+1, at+2*day) {
		l := &e.all[k]
		switch s := e.profile.Known(l); {
		case s.Strange():
			return ""
		case !s.Owner():
			continue
		}
		if e.ownFailures(at, l.Time).total >= e.set.Number(KeyFailureCount) {
			return ""
		}
		return "the owner got in " + span(l.Time-at) + " later, from " + e.place(k)
	}
	return ""
}
