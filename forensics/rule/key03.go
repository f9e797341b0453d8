package rule

import (
	"keytrail/forensics"
)

// key03 is the rule KEY-03.
func key03() *Rule {
	return &Rule{
		ID: "KEY-03", Title: "The owner cannot get in after a key change", Technique: "T1531", Step: forensics.StepKey,
		Means:    "The owner's mail program begins to fail right after a key was made or removed: his key was replaced.",
		Innocent: "The owner changed the password himself and one of his devices still has the old one.",
		Needs: []Need{
			{"record or notice of keys", []forensics.Kind{forensics.KeyCreated, forensics.KeyRemoved}},
			{"record of failed logins", []forensics.Kind{forensics.LoginFailed}},
		},
		Windows: []string{KeyFailures, KeyFailureCount},
		find:    (*evaluation).findKey03,
	}
}

func (e *evaluation) findKey03() {
	for _, list := range [][]int32{e.keys, e.removals} {
		told := int64(-1 << 62)
		for _, i := range list {
			if at := e.all[i].Time; at >= told+e.set.Window(KeyFailures) && e.lockedOut(i) {
				told = at
			}
		}
	}
}

// lockedOut reports whether the owner's client began to fail after a key change, and says so.
func (e *evaluation) lockedOut(i int32) bool {
	window, least := e.set.Window(KeyFailures), e.set.Number(KeyFailureCount)
	at := e.all[i].Time
	if v, ok := e.keyOf[i]; ok && v.standing.Owner() {
		return false
	}
	after := e.ownFailures(at, at+window)
	if after.total < least {
		return false
	}
	before := e.ownFailures(at-window, at-1)
	if before.total*5 > after.total {
		return false // it failed before as well
	}
	f := e.say(0.4, after.rows, []int32{i}, figure("%s of the owner's client in the %s after %s was %s, the first after %s; %d in as long before", after.count("failure"),
		span(window), e.keyText(i), either(e.all[i].Kind == forensics.KeyRemoved, "removed", "made"), span(e.all[after.rows[0]].Time-at), before.total), "")
	f.Certainty = max(f.Certainty, e.all[i].Certainty)
	return true
}

// maxFailures bounds how many failures of a window are looked at.
const maxFailures = 2000

// failures are failed logins of what is known as the owner's.
type failures struct {
	rows  []int32 // the first of them
	total int
	cut   bool // there can be more than were counted
}

func (f failures) count(word string) string { return atLeast(f.total, f.cut, word) }

func (e *evaluation) ownFailures(from, to int64) (out failures) {
	list := e.within(e.failures, from, to)
	for _, k := range list[:min(len(list), maxFailures)] {
		if !e.knownFailure(&e.all[k]).Owner() {
			continue
		}
		if out.total++; len(out.rows) < episodeRows {
			out.rows = append(out.rows, k)
		}
	}
	out.cut = len(list) > maxFailures
	return out
}

// knownFailure is Profile.Known for a failed login, whose address may never have got in.
func (e *evaluation) knownFailure(b *forensics.Brief) Standing {
	a := e.address(b)
	if a == nil {
		return e.profile.Known(b)
	}
	if a.verdict != Unknown {
		return a.verdict
	}
	if s := e.profile.wides[a.wideID]; s != nil && s.usual && !a.inside() {
		return Usual
	}
	return Unknown
}
