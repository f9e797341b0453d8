package rule

import (
	"keytrail/forensics"
)

// del05 is the rule DEL-05.
func del05() *Rule {
	return &Rule{
		ID: "DEL-05", Title: "A message known elsewhere is absent here", Technique: "T1070.008", Step: forensics.StepDeletion,
		Means:    "A message that another copy, a log or an answer names is not in the mailbox.",
		Innocent: "The owner deleted it, or the copy was taken of some folders only.",
		Needs: []Need{
			{"gap in the UIDs of a folder and no second copy that shows missing mail", []forensics.Kind{forensics.MailMissing}},
		},
		Windows: []string{GapWindow},
		find:    (*evaluation).findDel05,
	}
}

func (e *evaluation) findDel05() {
	e.absent()
}

// absent tells of notices that are known by name and are not in the mailbox, and of other named messages that are
// missing around an attack.
func (e *evaluation) absent() {
	told := map[int32]bool{}
	for _, p := range e.pairs {
		b := &e.all[p.deletion]
		if b.Kind != forensics.MailMissing || told[p.deletion] {
			continue
		}
		told[p.deletion] = true
		weight := 0.4
		related := []int32{p.notice}
		why := "the notice of " + e.serviceName(p.notice) + " is known from another copy and absent here"
		if o, ok := e.originBefore(e.all[p.notice].Time, e.set.Window(GapWindow)); ok {
			weight = 0.55
			related = append(related, o.event)
			why += "; it came " + span(e.all[p.notice].Time-o.at) + " after " + o.text
		}
		f := e.say(weight, []int32{p.deletion}, related, why, "")
		if b.Unreliable {
			f.Start, f.End = e.all[p.notice].Time+p.least, e.all[p.notice].Time+p.after
		}
	}
	times := e.attackTimes()
	for _, m := range e.missedMail() {
		if !m.named || told[m.event] {
			continue
		}
		for k := range times {
			t := &times[k]
			if m.from > t.to || m.to < t.from || m.to-m.from > 2*e.set.Window(GapWindow) {
				continue
			}
			f := e.say((0.1+0.2*t.weight)*choose(m.cited, 0.4, 1), []int32{m.event}, []int32{t.event}, "a message that is known elsewhere is absent here; it came around "+t.text, "")
			if e.all[m.event].Unreliable {
				f.Start, f.End = m.from, m.to
			}
			break
		}
	}
}
