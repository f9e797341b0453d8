package rule

import (
	"keytrail/forensics"
)

// del03 is the rule DEL-03.
func del03() *Rule {
	return &Rule{
		ID: "DEL-03", Title: "Mail deleted by a stranger", Technique: "T1070.008", Step: forensics.StepDeletion,
		Means:    "Who deleted the mail was in a session, network or client that is not the owner's.",
		Innocent: "The owner deleted mail while travelling.",
		Needs: []Need{
			{"record of deletions", []forensics.Kind{forensics.MailDeleted, forensics.MailPurged}},
		},
		find: (*evaluation).findDel03,
	}
}

func (e *evaluation) findDel03() {
	e.strangeDeletions()
}

// strangeDeletions gathers what strangers deleted, by network and with pauses of no more than a day.
func (e *evaluation) strangeDeletions() {
	notices := map[int32][]pair{}
	for _, p := range e.pairs {
		notices[p.deletion] = append(notices[p.deletion], p)
	}
	type run struct {
		counted
		mails forensics.Deletions
		last  int64
		pairs []pair
		worst Standing
		login int32  // to which the first is put down, -1 where it names its own address
		said  string // that in words
	}
	var runs []*run
	open := map[uint32]*run{}
	for _, i := range e.deletions {
		b := &e.all[i]
		standing, login, said := e.probably(i)
		if b.Unreliable || !standing.Strange() || e.byServer(i) || login >= 0 && e.emptied(i) {
			continue
		}
		id := uint32(0)
		if ip := e.profile.ip(b); ip != nil {
			id = ip.wideID
		} else if login >= 0 {
			id = e.profile.ip(&e.all[login]).wideID
		}
		r := open[id]
		if r == nil || b.Time-r.last > episodeGap {
			r = &run{login: login, said: said}
			open[id] = r
			runs = append(runs, r)
		}
		r.last, r.worst = b.Time, max(r.worst, standing)
		r.mails.Add(b)
		if len(r.rows) < episodeRows {
			r.pairs = append(r.pairs, notices[i]...)
		}
		r.add(i, e.profile.ip(b), episodeRows)
	}
	for _, r := range runs {
		weight := 0.35
		why := count(r.mails.Count(), "deletion") + e.from(r.rows[0]) + r.more()
		related, names := e.noticesOf(r.pairs)
		if len(related) > 0 {
			weight = 0.75
			why += either(r.mails.Count() == 1, ", of", ", among them of") + either(distinct(related) == 1, " the notice of ", " the notices of ") + join(names)
		}
		weight *= e.strangerBy(r.rows[0], r.login)
		explained := r.said
		if r.login < 0 {
			explained = "; " + e.profile.Explain(&e.all[r.rows[0]])
		} else {
			weight *= 0.7
		}
		if r.worst == NotMine {
			weight = max(weight, 0.7)
		}
		e.say(weight, r.rows, related, why+explained, "")
	}
}
