package rule

import (
	"slices"

	"keytrail/forensics"
)

// rst02 is the rule RST-02.
func rst02() *Rule {
	return &Rule{
		ID: "RST-02", Title: "Resets of several services together", Technique: "T1657", Step: forensics.StepReset,
		Means:    "Several services were asked for resets one after the other: somebody goes through the accounts that hang on the mailbox.",
		Innocent: "The owner changed all his passwords on one day.",
		Needs: []Need{
			{"mailbox with notices of services, and no log of resets", []forensics.Kind{forensics.ResetRequested, forensics.PasswordChanged, forensics.LoginSucceeded}},
		},
		Windows: []string{ResetBrands, ResetBrandCount},
		find:    (*evaluation).findRst02,
	}
}

func (e *evaluation) findRst02() {
	window, least := e.set.Window(ResetBrands), e.set.Number(ResetBrandCount)
	for n := 0; n < len(e.resets); {
		first := e.all[e.resets[n]].Time
		var services []string
		var rows []int32
		end := n
		for ; end < len(e.resets) && e.all[e.resets[end]].Time <= first+window; end++ {
			if b := &e.all[e.resets[end]]; b.Service == 0 || e.own(b) {
				continue
			}
			rows = append(rows, e.resets[end])
			if s := e.serviceName(e.resets[end]); !slices.Contains(services, s) {
				services = append(services, s)
			}
		}
		if len(services) < least {
			n++
			continue
		}
		slices.Sort(services)
		e.say(0.4, rows, nil, figure("resets of %d services within %s: %s", len(services), span(e.all[rows[len(rows)-1]].Time-e.all[rows[0]].Time), join(services)), "")
		n = end
	}
}
