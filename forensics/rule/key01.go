package rule

import (
	"keytrail/forensics"
)

// key01 is the rule KEY-01.
func key01() *Rule {
	return &Rule{
		ID: "KEY-01", Title: "App password or mail key made", Technique: "T1098.001", Step: forensics.StepKey,
		Means:    "Somebody made a key that opens the mailbox past the second factor.",
		Innocent: "The owner made it, for a new phone or mail program.",
		Needs: []Need{
			{"record or notice of keys", []forensics.Kind{forensics.KeyCreated, forensics.KeyRemoved}},
		},
		Windows: []string{KeyOwnerLogin},
		find:    (*evaluation).findKey01,
	}
}

// ownersKey is how soon after his login a key is rather the owner's: he logs in to make it.
const ownersKey = 20 * minute

func (e *evaluation) findKey01() {
	for _, i := range e.keys {
		v := e.keyOf[i]
		weight, owner := 0.3, false
		why := e.keyText(i) + " was made" + e.from(i)
		switch v.standing {
		case NotMine:
			weight, why = 0.9, why+"; "+v.why
		case Mine:
			weight, why, owner = 0, why+"; "+v.why, true
		case Usual:
			weight, why = 0.05, why+"; "+v.why
		case Unusual:
			weight, why = 0.5, why+"; "+v.why
		case Unknown:
			if v.owner >= 0 {
				weight, why = choose(e.all[i].Time-e.all[v.owner].Time <= ownersKey, 0.15, 0.22), why+"; "+v.why
			}
		}
		if e.all[i].Sender == forensics.SenderUnknown {
			weight *= 0.7
			why += "; no receiver vouched for the notice"
		}
		var related []int32
		if v.owner >= 0 {
			related = append(related, v.owner)
		}
		f := e.say(weight, []int32{i}, related, why, "")
		f.Owner = owner || v.standing == Usual && (v.replaces >= 0 || v.answer)
	}
}
