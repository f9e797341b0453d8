package rule

import (
	"slices"

	"keytrail/forensics"
)

// key05 is the rule KEY-05.
func key05() *Rule {
	return &Rule{
		ID: "KEY-05", Title: "Keys removed, sessions ended or a new password forced", Technique: "",
		Means:    "Keys were removed, sessions ended or a new password was forced: from here on what was stolen no longer opens the mailbox. An end mark, no attack of itself.",
		Innocent: "It is what an owner or a provider does to end an attack, unless a stranger took the owner's keys away.",
		Needs: []Need{
			{"record of removed keys, ended sessions or forced resets", []forensics.Kind{forensics.KeyRemoved, forensics.SessionRevoked, forensics.PasswordChanged, forensics.ResetRequested}},
		},
		Windows: []string{RepairWindow, ResetWindow, KeyFailures, KeyFailureCount, KeyTied},
		find:    (*evaluation).findKey05,
	}
}

func (e *evaluation) findKey05() {
	// Removals that follow each other within ten minutes are one act.
	const together = 10 * minute
	for n := 0; n < len(e.removals); {
		end := n + 1
		for end < len(e.removals) && e.all[e.removals[end]].Time-e.all[e.removals[end-1]].Time <= together {
			end++
		}
		e.removed(e.removals[n:end])
		n = end
	}
	for _, list := range [][]int32{e.revokes, e.changes, e.resets} {
		for _, i := range list {
			b := &e.all[i]
			forced := e.op(b.Operation).forced
			if b.Kind != forensics.SessionRevoked && !forced || !e.own(b) {
				continue
			}
			what := either(b.Kind == forensics.SessionRevoked, "sessions were ended", "a new password was forced")
			e.say(0, []int32{i}, nil, what+e.from(i)+either(forced, " by an administrator or the provider", ""), "").Owner = !forced
		}
	}
}

// removed tells of keys that were removed in one go.
func (e *evaluation) removed(rows []int32) {
	i := rows[0]
	b := &e.all[i]
	standing := e.profile.Known(b)
	what := count(len(rows), "key") + " removed"
	if len(rows) == 1 {
		what = e.keyText(i) + " was removed"
	}
	what += e.from(i)
	if standing.Strange() || b.Key != 0 && e.keyVerdict(b.Key) == Mine && standing != Mine && standing != Usual {
		f := e.say(choose(standing == NotMine, 0.8, 0.4), rows, nil, what+"; "+e.profile.Explain(b), "")
		f.Step, f.Technique = forensics.StepKey, "T1531"
		f.InnocentIf = "The owner removed it from a network that is not known as his."
		return
	}
	if o, failed, ok := e.lockedOutBefore(b.Time); ok && standing == Unknown {
		f := e.say(0.3, rows, []int32{o.event}, what+figure("; the owner's client failed %s since, and %s later came %s", failed.count("time"), span(o.at-b.Time), o.text), "")
		f.Step, f.Technique = forensics.StepKey, "T1531"
		f.InnocentIf = "The owner removed the key of a client that he still uses."
		return
	}
	if o, ok := e.takenBefore(b.Time); ok && standing == Unknown {
		f := e.say(0.2, rows, []int32{o.event}, what+", "+span(o.at-b.Time)+" before "+o.text+", and nobody strange had been there", "")
		f.Step, f.Technique = forensics.StepKey, "T1531"
		f.InnocentIf = "The owner removed a key that he did not need any more."
		return
	}
	e.say(0, rows, nil, what, "").Owner = true
}

// lockedOutBefore finds the strange login that follows the removal of a key which the owner's client still needed: it fails from then on.
func (e *evaluation) lockedOutBefore(at int64) (o origin, failed failures, ok bool) {
	window := e.set.Window(KeyFailures)
	failed = e.ownFailures(at, at+window)
	if failed.total < e.set.Number(KeyFailureCount) || e.ownFailures(at-window, at-1).total*5 > failed.total {
		return origin{}, failed, false
	}
	o, ok = e.loginAfter(at, e.set.Window(KeyTied))
	return o, failed, ok
}

// takenBefore finds the strange login that follows the removal of a key, where none came before it that the removal could be the
// answer to: whoever makes a key may throw away the owner's first.
func (e *evaluation) takenBefore(at int64) (origin, bool) {
	if _, before := e.originBefore(at, e.set.Window(RepairWindow)); before {
		return origin{}, false
	}
	return e.loginAfter(at, e.set.Window(ResetWindow)/2)
}

// loginAfter finds the first login of a stranger after a moment and within a window.
func (e *evaluation) loginAfter(at, window int64) (origin, bool) {
	first, _ := slices.BinarySearchFunc(e.origins, at, func(o origin, at int64) int {
		if o.at <= at {
			return -1
		}
		return 1
	})
	for _, o := range e.origins[first:] {
		if o.at-at > window {
			break
		}
		if o.step != forensics.StepLogin {
			continue
		}
		if o.text == "" {
			o.text = "a login from " + e.place(o.event)
		}
		return o, true
	}
	return origin{}, false
}
