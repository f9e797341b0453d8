package rule

import (
	"keytrail/forensics"
)

// log01 is the rule LOG-01.
func log01() *Rule {
	return &Rule{
		ID: "LOG-01", Title: "First login past the second factor", Technique: "T1078.004", Step: forensics.StepLogin,
		Means:    "The mailbox was opened with a protocol that needs a password or key alone, for the first time in a long while.",
		Innocent: "The owner set up a mail program.",
		Needs: []Need{
			{"login records", []forensics.Kind{forensics.LoginSucceeded}},
		},
		Windows: []string{LoginNew, BaselineMinimum},
		find:    (*evaluation).findLog01,
	}
}

func (e *evaluation) findLog01() {
	if e.profile.Short {
		e.skip(e.profile.ShortWhy)
		return
	}
	window := e.set.Window(LoginNew)
	last := map[forensics.Symbol]int64{}
	for _, i := range e.logins {
		b := &e.all[i]
		if e.protocol(b.Protocol) != protocolLegacy {
			continue
		}
		before, seen := last[b.Protocol]
		last[b.Protocol] = b.Time
		quiet := b.Time - e.profile.First
		if seen {
			quiet = b.Time - before
		}
		if quiet < window {
			continue
		}
		weight := 0.2
		switch s := e.profile.Known(b); {
		case s.Owner():
			weight = 0.05
		case s.Strange():
			weight = 0.35
		}
		e.say(weight, []int32{i}, nil, figure("first %s login %s, from %s; %s", e.text(b.Protocol),
			either(seen, "in "+span(quiet), figure("ever in %s of records", span(quiet))), e.place(i), e.profile.Explain(b)), "")
	}
}
