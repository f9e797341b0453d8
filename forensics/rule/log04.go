package rule

import (
	"keytrail/forensics"
)

// log04 is the rule LOG-04.
func log04() *Rule {
	return &Rule{
		ID: "LOG-04", Title: "Login from a hosting, VPN or Tor network", Technique: "T1090", Step: forensics.StepLogin,
		Means:    "Somebody came from a network in which servers stand or that hides its users.",
		Innocent: "The owner uses a VPN, or a service that fetches his mail.",
		Needs: []Need{
			{"login records", []forensics.Kind{forensics.LoginSucceeded}},
		},
		find: (*evaluation).findLog04,
	}
}

func (e *evaluation) findLog04() {
	if e.in.Where == nil {
		e.skip("no such source: no table of networks")
		return
	}
	for _, ep := range e.episodes {
		proof, noun := ep.proof()
		if ep.ip == nil || !ep.ip.hidden() || proof.total == 0 {
			continue
		}
		e.say(choose(e.profile.Short, 0.15, 0.3), proof.rows, nil, figure("%s from %s%s", count(proof.total, noun), e.place(proof.rows[0]), proof.more()), "")
	}
	if !e.profile.Short {
		return
	}
	// Where the history is too short to call anything strange, the network speaks alone.
	told := map[uint32]int64{}
	for _, i := range e.logins {
		b := &e.all[i]
		ip := e.profile.ip(b)
		if ip == nil || !ip.hidden() || e.profile.Known(b) != Unknown {
			continue
		}
		if at, ok := told[ip.wideID]; !ok || b.Time-at > episodeGap {
			e.say(0.15, []int32{i}, nil, "login from "+ip.where()+"; "+e.profile.ShortWhy, "")
		}
		told[ip.wideID] = b.Time
	}
}
