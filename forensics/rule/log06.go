package rule

import (
	"keytrail/forensics"
)

// log06 is the rule LOG-06.
func log06() *Rule {
	return &Rule{
		ID: "LOG-06", Title: "One session from two places, or a new client", Technique: "T1078.004", Step: forensics.StepLogin,
		Means:    "A session that began in one network is used from another, or a client that the account never used appears in a strange network.",
		Innocent: "A phone changed from one network to another; the owner installed a new program.",
		Needs: []Need{
			{"login records", []forensics.Kind{forensics.LoginSucceeded}},
		},
		find: (*evaluation).findLog06,
	}
}

func (e *evaluation) findLog06() {
	e.movedSessions()
	if e.profile.Short {
		return
	}
	for _, ep := range e.episodes {
		proof, _ := ep.proof()
		rows := proof.rows
		if ep.client == nil || len(rows) == 0 || ep.client.verdict == Mine {
			continue
		}
		if s := e.profile.families[ep.client.family]; s == nil || s.usual || s.first < ep.start {
			continue
		}
		e.say(0.15, rows[:1], nil, figure("first seen client %s, from %s", program(e.spelled(ep.client.symbol)), e.place(rows[0])), "")
	}
}

// movedSessions finds sessions that go on in another network. Their names in full decide, as hashes may meet.
func (e *evaluation) movedSessions() {
	type place struct {
		ip    *ipSight
		event int32
	}
	seen := map[uint32]place{}
	told := map[uint32]bool{}
	for n := range e.all[:e.dated] {
		b := &e.all[n]
		if b.Session == 0 || b.IP == 0 || !speaks[b.Kind] || b.Certainty != forensics.Observed || told[b.Session] {
			continue
		}
		ip := e.profile.ips[b.IP]
		if ip == nil || ip.inside() || ip.place.Kind == "mobile" {
			continue
		}
		was, ok := seen[b.Session]
		if !ok {
			seen[b.Session] = place{ip, int32(n)}
			continue
		}
		standing := e.profile.Known(b)
		if was.ip.wideID == ip.wideID || standing.Owner() && e.profile.Known(&e.all[was.event]).Owner() {
			continue
		}
		told[b.Session] = true
		e.events([]int64{e.all[was.event].Row, b.Row})
		x, y := e.event(e.all[was.event].Row), e.event(b.Row)
		if x == nil || y == nil || x.Session != y.Session {
			continue
		}
		e.say(choose(standing.Strange(), 0.45, 0.15), []int32{int32(n)}, []int32{was.event},
			figure("the session that began at %s goes on from %s %s later", was.ip.where(), ip.where(), span(b.Time-e.all[was.event].Time)), "")
	}
}
