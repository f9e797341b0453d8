package rule

import (
	"strings"

	"keytrail/forensics"
)

// del07 is the rule DEL-07.
func del07() *Rule {
	return &Rule{
		ID: "DEL-07", Title: "Mail forwarded to a stranger", Technique: "T1114.003", Step: forensics.StepSettings,
		Means:    "Mail is sent on to an address outside.",
		Innocent: "The owner forwards to another mailbox of his own.",
		Needs: []Need{
			{"record of forwarding", []forensics.Kind{forensics.ForwardingSet}},
		},
		Windows: []string{SettingsWindow},
		find:    (*evaluation).findDel07,
	}
}

func (e *evaluation) findDel07() {
	_, home, _ := strings.Cut(e.in.Account.Account, "@")
	for _, i := range e.forwardings {
		b := &e.all[i]
		if e.detail(b.Detail).removed || e.op(b.Operation).removes {
			continue
		}
		weight := 0.3
		switch standing := e.profile.Known(b); {
		case standing == NotMine:
			weight = 0.9
		case standing == Unusual:
			weight = 0.6 * e.strangeness(b)
		case standing.Owner():
			weight = 0.1
		}
		to := e.text(b.Detail)
		if home != "" && strings.Contains(to, "@"+home) {
			weight /= 3
		}
		what := "forwarding was set"
		if to != "" {
			what += ": " + quoted(e.spelled(b.Detail))
		}
		e.settingSaid(i, weight, what)
	}
}
