package rule

import (
	"maps"
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
	var rows []int32
	for _, i := range e.resets {
		if b := &e.all[i]; b.Service != 0 && !e.own(b) {
			rows = append(rows, i)
		}
	}
	within := map[string]int{} // the services between n and end, and how often
	for n, end := 0, 0; n < len(rows); {
		for last := e.all[rows[n]].Time + window; end < len(rows) && e.all[rows[end]].Time <= last; end++ {
			within[e.serviceName(rows[end])]++
		}
		if len(within) < least {
			name := e.serviceName(rows[n])
			if within[name]--; within[name] == 0 {
				delete(within, name)
			}
			n++
			continue
		}
		services := slices.Sorted(maps.Keys(within))
		e.say(0.4, rows[n:end], nil, figure("resets of %d services within %s: %s", len(services), span(e.all[rows[end-1]].Time-e.all[rows[n]].Time), join(services)), "")
		n = end
		clear(within)
	}
}
