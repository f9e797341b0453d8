package rule

import (
	"cmp"
	"slices"

	"keytrail/forensics"
)

// del04 is the rule DEL-04.
func del04() *Rule {
	return &Rule{
		ID: "DEL-04", Title: "More mail missing than usual around an attack", Technique: "T1070.008", Step: forensics.StepDeletion,
		Means:    "Messages are missing from a folder around the time of an attack, more than the folder loses in its quiet time. Which ones they were is not known.",
		Innocent: "The owner deleted or moved mail on that day; drafts and filters leave gaps too.",
		Needs: []Need{
			{"gap in the UIDs of a folder and no second copy that shows missing mail", []forensics.Kind{forensics.MailMissing}},
		},
		Windows: []string{GapWindow, GapFactor},
		find:    (*evaluation).findDel04,
	}
}

func (e *evaluation) findDel04() {
	e.gaps()
}

// missed is one sign of missing mail with the time in which the mail came.
type missed struct {
	event    int32
	from, to int64
	n        int
	named    bool // by a Message-ID
	counted  bool // a number that a folder gave is missing
	cited    bool // only other mails name it
}

// maxMissing bounds the signs of missing mail that are read in full.
const maxMissing = 5000

// missedMail reads the signs of missing mail whose arrival is bounded.
func (e *evaluation) missedMail() []missed {
	list := e.missing[:min(len(e.missing), maxMissing)]
	rows := make([]int64, len(list))
	for n, i := range list {
		rows[n] = e.all[i].Row
	}
	e.events(rows)
	var out []missed
	for _, i := range list {
		b := &e.all[i]
		f := e.full[b.Row]
		if f == nil {
			continue
		}
		if len(f.Reasons) == 1 && f.Reasons[0] == "sibling" && e.own(b) {
			continue // nobody mails the way into a mailbox to the mailbox itself: its password was changed from inside
		}
		m := missed{event: i, n: max(len(f.UIDs), 1), named: f.MessageID != "" || len(f.Messages) > 0, counted: len(f.UIDs) > 0 || slices.Contains(f.Reasons, "uid-gap"),
			cited: len(f.Reasons) == 1 && f.Reasons[0] == "reference"}
		switch {
		case f.Bounds != nil && !f.Bounds.ArrivedNotBefore.IsZero():
			m.from = f.Bounds.ArrivedNotBefore.Nano
			m.to = m.from
			for _, t := range [...]forensics.Time{f.Bounds.NotAfter, f.Bounds.ArrivedNotAfter} {
				if !t.IsZero() {
					m.to = t.Nano
				}
			}
		case !b.Unreliable:
			m.from, m.to = b.Time, b.Time
		default:
			continue
		}
		out = append(out, m)
	}
	return out
}

// attackTime is a time around changes, with the first of them.
type attackTime struct {
	from, to int64
	event    int32
	text     string
	weight   float64
}

// attackTimes are the times around keys, strangers and resets of other services.
func (e *evaluation) attackTimes() []attackTime {
	window := e.set.Window(GapWindow)
	var list []attackTime
	for _, o := range e.origins {
		if o.text == "" {
			o.text = "a login from " + e.place(o.event)
		}
		list = append(list, attackTime{o.at - hour, o.at + window, o.event, o.text, o.weight})
	}
	for _, i := range e.resets {
		if b := &e.all[i]; !e.own(b) {
			list = append(list, attackTime{b.Time - hour, b.Time + window, i, "a reset of " + e.serviceName(i), 0})
		}
	}
	slices.SortFunc(list, func(a, b attackTime) int { return cmp.Or(cmp.Compare(a.from, b.from), cmp.Compare(a.event, b.event)) })
	var out []attackTime
	for _, a := range list {
		if n := len(out); n > 0 && a.from <= out[n-1].to {
			out[n-1].to = max(out[n-1].to, a.to)
			out[n-1].weight = max(out[n-1].weight, a.weight)
			continue
		}
		out = append(out, a)
	}
	return out
}

// gaps compares what is missing around an attack with what the same folder loses otherwise.
func (e *evaluation) gaps() {
	all := e.missedMail()
	times := e.attackTimes()
	if len(all) == 0 || len(times) == 0 || e.dated == 0 {
		return
	}
	window, factor := e.set.Window(GapWindow), float64(e.set.Number(GapFactor))
	history := e.all[e.dated-1].Time - e.all[0].Time
	inside := int64(0)
	for _, t := range times {
		inside += t.to - t.from
	}
	quietDays := max(float64(history-inside)/float64(day), 1)
	type tally struct {
		rows []int32
		n    int
	}
	folders := map[forensics.Symbol]int{} // missing in quiet time
	hits := map[int]map[forensics.Symbol]*tally{}
	for _, m := range all {
		if !m.counted && m.named {
			continue // DEL-05 speaks of it
		}
		folder := e.all[m.event].Folder
		at, hit := slices.BinarySearchFunc(times, m, func(t attackTime, m missed) int {
			switch {
			case t.to < m.from:
				return -1
			case t.from > m.to:
				return 1
			}
			return 0
		})
		if !hit || m.to-m.from > 2*window {
			folders[folder] += m.n
			continue
		}
		if hits[at] == nil {
			hits[at] = map[forensics.Symbol]*tally{}
		}
		t := hits[at][folder]
		if t == nil {
			t = &tally{}
			hits[at][folder] = t
		}
		t.rows = append(t.rows, m.event)
		t.n += m.n
	}
	for at, t := range times {
		var order []forensics.Symbol
		for f := range hits[at] {
			order = append(order, f)
		}
		slices.Sort(order)
		for _, folder := range order {
			h := hits[at][folder]
			rate := float64(folders[folder]) / quietDays
			expected := rate * float64(t.to-t.from) / float64(day)
			if float64(h.n) < max(1, factor*expected) {
				continue
			}
			weight := 0.15 + min(0.5*t.weight, 0.25)
			if e.profile.Short || history < e.set.Window(BaselineMinimum) {
				weight *= 0.6
			}
			where := "the mailbox"
			if folder != 0 {
				where = quoted(e.spelled(folder))
			}
			e.say(weight, h.rows, []int32{t.event}, figure("%s missing from %s in the %s before and after %s; in its quiet time it loses %.1f a day", count(h.n, "message"), where,
				span(t.to-t.from), t.text, rate), "").Certainty = forensics.Inferred
		}
	}
}
