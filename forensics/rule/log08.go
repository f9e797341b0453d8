package rule

import (
	"keytrail/forensics"
)

// log08 is the rule LOG-08.
func log08() *Rule {
	return &Rule{
		ID: "LOG-08", Title: "Old authentication translated for a program", Technique: "T1078.004", Step: forensics.StepLogin,
		Means:    "The login came through basic authentication that Microsoft translates for old programs: no second factor was asked for.",
		Innocent: "An old device of the owner still works that way.",
		Needs: []Need{
			{"login records", []forensics.Kind{forensics.LoginSucceeded}},
		},
		Windows: []string{LoginNew},
		find:    (*evaluation).findLog08,
	}
}

func (e *evaluation) findLog08() {
	window := e.set.Window(LoginNew)
	last := map[uint32]int64{}
	for _, i := range e.logins {
		b := &e.all[i]
		c := e.client(b.Client)
		if c == nil || !c.legacy {
			continue
		}
		id := uint32(0)
		if ip := e.profile.ip(b); ip != nil {
			id = ip.wideID
		}
		before, seen := last[id]
		last[id] = b.Time
		if seen && b.Time-before < window || e.profile.Known(b).Owner() {
			continue
		}
		e.say(choose(e.profile.Known(b).Strange(), 0.35, 0.2), []int32{i}, nil, figure("login by %s from %s, without a second factor", program(e.spelled(c.symbol)), e.place(i)), "")
	}
}
