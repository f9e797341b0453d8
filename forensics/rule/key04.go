package rule

import (
	"keytrail/forensics"
)

// key04 is the rule KEY-04.
func key04() *Rule {
	return &Rule{
		ID: "KEY-04", Title: "Several keys in a short time", Technique: "T1098.001", Step: forensics.StepKey,
		Means:    "More keys were made in a short time than a person needs.",
		Innocent: "The owner set up several devices on one day, or made a key again after a mistake.",
		Needs: []Need{
			{"record or notice of keys", []forensics.Kind{forensics.KeyCreated, forensics.KeyRemoved}},
		},
		Windows: []string{KeySeveral, KeySeveralCount},
		find:    (*evaluation).findKey04,
	}
}

func (e *evaluation) findKey04() {
	window, least := e.set.Window(KeySeveral), e.set.Number(KeySeveralCount)
	for n := 0; n < len(e.keys); {
		first := e.all[e.keys[n]].Time
		end, strange := n, 0
		for ; end < len(e.keys) && e.all[e.keys[end]].Time <= first+window; end++ {
			if !e.keyOf[e.keys[end]].standing.Owner() {
				strange++
			}
		}
		if end-n < least || strange == 0 {
			n++
			continue
		}
		last := e.all[e.keys[end-1]].Time
		weight := 0.3
		why := figure("%s made within %s", count(end-n, "key"), span(last-first))
		if removed := e.within(e.removals, first, last); len(removed) > 0 {
			weight = 0.15
			why += figure(", %d removed in between", len(removed))
		}
		e.say(weight, e.keys[n:end], nil, why, "")
		n = end
	}
}
