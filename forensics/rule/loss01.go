package rule

import (
	"keytrail/forensics"
)

// loss01 is the rule LOSS-01.
func loss01() *Rule {
	return &Rule{
		ID: "LOSS-01", Title: "Transfer after a reset of the same service", Technique: "T1657", Step: forensics.StepMoney,
		Means:    "Money left a service soon after its password was reset or its device confirmed, or while somebody strange was in the mailbox.",
		Innocent: "The owner reset the password and then sent the money himself.",
		Needs: []Need{
			{"statement and no notice of a transfer", []forensics.Kind{forensics.FundsSent}},
		},
		Windows: []string{LossWindow, LossReport},
		find:    (*evaluation).findLoss01,
	}
}

func (e *evaluation) findLoss01() {
	e.transfersAfter()
}

// transfersAfter joins every transfer with the latest reset of its service before it, else with a stranger who was
// in the mailbox.
func (e *evaluation) transfersAfter() {
	byService, order := e.transfers()
	soon, late := e.set.Window(LossWindow), e.set.Window(LossReport)
	for _, s := range order {
		resets := e.resetsOf(s)
		went := e.destinations(byService[s])
		for _, t := range byService[s] {
			at := t.brief.Time
			name := e.named(s)
			if n := e.before(resets, at); n >= 0 && at-e.all[resets[n]].Time <= late {
				r := resets[n]
				passed := at - e.all[r].Time
				weight := choose(passed <= soon, 0.4, 0.15)
				if e.detail(e.all[r].Detail).routine {
					weight = 0.1
				}
				why := figure("money left %s %s after its reset mail", name, span(passed))
				related := []int32{r}
				if o, ok := e.originBefore(at, late); ok {
					weight += 0.4 * o.weight
					related = append(related, o.event)
					why += figure(", and %s after %s", span(at-o.at), o.text)
				}
				weight, why = byDestination(weight, why, went[t.brief.Row])
				e.sayTransfer(weight, t, related, nil, why, "")
				continue
			}
			if o, ok := e.originBefore(at, soon); ok {
				weight, why := byDestination(min(0.1+0.4*o.weight, 0.35), figure("money left %s %s after %s; no reset mail of it is on record", name, span(at-o.at), o.text), went[t.brief.Row])
				e.sayTransfer(weight, t, []int32{o.event}, nil, why, "The owner sent it himself.")
			}
		}
	}
}

// FirstDestination is what a finding of LOSS-01 says of a transfer to where none went before.
const FirstDestination = "nothing went to that destination before"

// byDestination weighs a transfer by where it went.
func byDestination(weight float64, why string, d destination) (float64, string) {
	switch d {
	case destinationUsed:
		return weight * 0.25, why + "; money went to that destination before"
	case destinationNew:
		return weight * 1.2, why + "; " + FirstDestination
	}
	return weight, why
}
