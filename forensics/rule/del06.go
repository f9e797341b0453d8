package rule

import (
	"keytrail/forensics"
)

// del06 is the rule DEL-06.
func del06() *Rule {
	return &Rule{
		ID: "DEL-06", Title: "Rule that hides mail", Technique: "T1564.008", Step: forensics.StepSettings,
		Means:    "A rule deletes mail, moves it out of sight or marks it as read.",
		Innocent: "The owner sorts his mail.",
		Needs: []Need{
			{"record of mail rules", []forensics.Kind{forensics.RuleSet}},
		},
		Windows: []string{SettingsWindow},
		find:    (*evaluation).findDel06,
	}
}

func (e *evaluation) findDel06() {
	for _, i := range e.rules {
		b := &e.all[i]
		d := e.detail(b.Detail)
		if e.op(b.Operation).removes || d.removed {
			continue
		}
		weight := 0.1
		switch standing := e.profile.Known(b); {
		case standing == NotMine:
			weight = 0.85
		case standing == Unusual:
			weight = choose(d.hides, 0.55, 0.35) * e.strangeness(b)
		case standing.Owner():
			if !d.hides || !d.words {
				continue
			}
			weight = 0.08
		case d.hides && d.words:
			weight = 0.4
		case d.hides:
			weight = 0.2
		}
		what := "a mail rule was set"
		if b.Detail != 0 {
			what += ": " + quoted(e.spelled(b.Detail))
		}
		e.settingSaid(i, weight, what)
	}
}

// settingSaid tells of a rule or forwarding, and joins it to a stranger who was there before.
func (e *evaluation) settingSaid(i int32, weight float64, what string) {
	b := &e.all[i]
	why := what + e.from(i)
	var related []int32
	if o, near := e.originBefore(b.Time, e.set.Window(SettingsWindow)); near && !e.profile.Known(b).Owner() {
		weight += 0.1
		related = append(related, o.event)
		why += ", " + span(b.Time-o.at) + " after " + o.text
	}
	if s := e.profile.Known(b); s != Unknown {
		why += "; " + e.profile.Explain(b)
	}
	e.say(weight, []int32{i}, related, why, "")
}
