package rule

import (
	"slices"
	"strings"

	"keytrail/forensics"
)

// log02 is the rule LOG-02.
func log02() *Rule {
	return &Rule{
		ID: "LOG-02", Title: "Login from a network that is not the account's", Technique: "T1078.004", Step: forensics.StepLogin,
		Means:    "Somebody came from a network or country from which the account is not used in its quiet time.",
		Innocent: "The owner travels, has a new line or a VPN.",
		Needs: []Need{
			{"login records", []forensics.Kind{forensics.LoginSucceeded}},
		},
		Windows: []string{BaselineMinimum, BaselineDays, BaselineSpan, KeyTied},
		find:    (*evaluation).findLog02,
	}
}

func (e *evaluation) findLog02() {
	for _, ep := range e.episodes {
		proof, noun := ep.proof()
		rows := proof.rows
		if len(rows) == 0 {
			continue
		}
		weight, parts := e.episodeWeight(ep)
		why := figure("%s from %s%s", count(proof.total, noun), e.place(rows[0]), proof.more())
		if len(rows) > 1 {
			why += " within " + span(ep.end-ep.start)
		}
		if ep.standing != NotMine {
			explained := e.profile.Explain(&e.all[rows[0]])
			why += "; " + explained
			parts = slices.DeleteFunc(parts, func(s string) bool { return strings.Contains(explained, s) }) // said already
		}
		e.say(weight, rows, nil, why+reason(parts), "")
	}
}
