package rule

import (
	"keytrail/forensics"
)

// key06 is the rule KEY-06.
func key06() *Rule {
	return &Rule{
		ID: "KEY-06", Title: "Login with a key that should be dead", Technique: "T1098", Step: forensics.StepLogin,
		Means:    "A key was used after it was removed, or a strange one still after the password was changed: app passwords can outlive passwords.",
		Innocent: "A key of the same name was made again where the log does not show it.",
		Needs: []Need{
			{"login records", []forensics.Kind{forensics.LoginSucceeded}},
			{"record or notice of keys", []forensics.Kind{forensics.KeyCreated, forensics.KeyRemoved}},
		},
		Windows: []string{RepairWindow},
		find:    (*evaluation).findKey06,
	}
}

func (e *evaluation) findKey06() {
	e.deadKeys()
}

// deadKeys goes through logins, removals, new keys and changed passwords side by side.
func (e *evaluation) deadKeys() {
	removed := map[forensics.Symbol]int32{}
	strange, told := map[forensics.Symbol]bool{}, map[forensics.Symbol]bool{}
	next, born, changed := 0, 0, 0
	password := int32(-1)
	for _, i := range e.logins {
		b := &e.all[i]
		if b.Key == 0 {
			continue
		}
		for ; next < len(e.removals) && e.removals[next] < i; next++ {
			k := e.all[e.removals[next]].Key
			removed[k] = e.removals[next]
			delete(told, k)
		}
		for ; born < len(e.keys) && e.keys[born] < i; born++ {
			k := &e.all[e.keys[born]]
			if r, ok := removed[k.Key]; ok && e.all[r].Time <= k.Time {
				delete(removed, k.Key)
			}
			strange[k.Key] = strange[k.Key] || !e.keyOf[e.keys[born]].standing.Owner()
		}
		for ; changed < len(e.changes) && e.changes[changed] < i; changed++ {
			if e.all[e.changes[changed]].Kind == forensics.PasswordChanged {
				password = e.changes[changed]
			}
		}
		if told[b.Key] {
			continue
		}
		if r, ok := removed[b.Key]; ok && b.Time-e.all[r].Time > clockSlack {
			told[b.Key] = true
			f := e.say(0.6, []int32{i}, []int32{r}, figure("login with the key %s %s after it was removed", quoted(e.spelled(b.Key)), span(b.Time-e.all[r].Time)), "")
			f.Certainty = max(f.Certainty, e.all[r].Certainty)
			continue
		}
		if password >= 0 && strange[b.Key] && !e.profile.Known(b).Owner() && b.Time-e.all[password].Time < e.set.Window(RepairWindow) {
			told[b.Key] = true
			f := e.say(0.3, []int32{i}, []int32{password}, figure("login with the key %s %s after the password was changed: the key outlived it", quoted(e.spelled(b.Key)), span(b.Time-e.all[password].Time)), "")
			f.Certainty = max(f.Certainty, e.all[password].Certainty)
		}
	}
}
