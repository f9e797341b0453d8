package rule

import (
	"keytrail/forensics"
)

// log10 is the rule LOG-10.
func log10() *Rule {
	return &Rule{
		ID: "LOG-10", Title: "Mail read in bulk", Technique: "T1114.002", Step: forensics.StepLogin,
		Means:    "Somebody strange read or copied many messages.",
		Innocent: "The owner set up a new device, which fetched everything.",
		Needs: []Need{
			{"record of who read mail", []forensics.Kind{forensics.MailRead}},
		},
		Windows: []string{ReadWindow, ReadCount},
		find:    (*evaluation).findLog10,
	}
}

func (e *evaluation) findLog10() {
	e.bulkReads()
}

// readRun is what one strange network read within the window.
type readRun struct {
	counted
	begun, last int64
	standing    Standing
	throttled   bool
}

// maxReadEvents bounds the events of a run that are read in full for the messages that they name.
const maxReadEvents = 200

func (e *evaluation) bulkReads() {
	window, least := e.set.Window(ReadWindow), e.set.Number(ReadCount)
	var runs []*readRun
	open := map[uint32]*readRun{}
	for _, i := range e.reads {
		b := &e.all[i]
		ip := e.profile.ip(b)
		if ip == nil || !e.profile.Known(b).Strange() {
			continue
		}
		r := open[ip.wideID]
		if r == nil || b.Time-r.begun > window {
			r = &readRun{begun: b.Time, standing: e.profile.Known(b)}
			open[ip.wideID] = r
			runs = append(runs, r)
		}
		r.last = b.Time
		r.throttled = r.throttled || b.Detail != 0 && e.detail(b.Detail).throttled
		r.add(i, ip, maxReadEvents)
	}
	for _, r := range runs {
		times := r.total
		if times < least && !r.throttled {
			times = e.messagesIn(r.rows)
		}
		if times < least && !r.throttled {
			continue
		}
		why := figure("mail was read %s from %s%s within %s", count(times, "time"), e.place(r.rows[0]), r.more(), span(r.last-r.begun))
		if r.throttled {
			why += "; so many that the log itself was cut"
		}
		e.say(choose(r.standing == NotMine, 0.7, 0.35*e.strangeness(&e.all[r.rows[0]])), r.rows, nil, why, "")
	}
}

// messagesIn counts the messages that events name; one that names none counts as one.
func (e *evaluation) messagesIn(events []int32) int {
	rows := make([]int64, len(events))
	for n, i := range events {
		rows[n] = e.all[i].Row
	}
	e.events(rows)
	total := 0
	for _, r := range rows {
		if f := e.full[r]; f != nil {
			total += max(len(f.Messages), 1)
		}
	}
	return total
}
