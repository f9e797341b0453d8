package rule

import "keytrail/forensics"

// gap01 is the rule GAP-01.
func gap01() *Rule {
	return &Rule{
		ID: "GAP-01", Title: "A log that cannot speak for the time", Technique: "",
		Means:    "A log has a hole, was cut or was switched off: that nothing is in it is no proof that nothing happened.",
		Innocent: "The provider keeps logs for a limited time; nobody used the mailbox.",
		Windows:  []string{HoleMinimum},
		find:     (*evaluation).findGap01,
	}
}

func (e *evaluation) findGap01() {
	e.holes()
}

// maxHoles bounds how many holes of an account are told.
const maxHoles = 20

// holes tells where the log of logins is silent for much longer than otherwise, and where it was cut or switched off.
func (e *evaluation) holes() {
	for _, i := range e.blind {
		b := &e.all[i]
		if b.Kind == forensics.MailRead {
			e.say(0, []int32{i}, nil, "so much was read that the log was cut for a day"+e.from(i), "")
			continue
		}
		f := e.say(choose(e.profile.Known(b).Strange(), 0.5, 0.2), []int32{i}, nil, "the audit log was switched off or changed by "+quoted(e.spelled(b.Operation))+e.from(i), "An administrator did it.")
		f.Step = forensics.StepSettings
	}
	least := e.set.Window(HoleMinimum)
	if len(e.logins) < 10 {
		return
	}
	length := e.all[e.logins[len(e.logins)-1]].Time - e.all[e.logins[0]].Time
	usual := length / int64(len(e.logins))
	told := 0
	for n := 1; n < len(e.logins) && told < maxHoles; n++ {
		a, b := &e.all[e.logins[n-1]], &e.all[e.logins[n]]
		if quiet := b.Time - a.Time; quiet >= least && quiet > 10*usual {
			told++
			e.say(0, []int32{e.logins[n-1], e.logins[n]}, nil, figure("no login is on record for %s; otherwise there is one every %s", span(quiet), span(usual)), "")
		}
	}
}
