package rule

import (
	"keytrail/forensics"
)

// log07 is the rule LOG-07.
func log07() *Rule {
	return &Rule{
		ID: "LOG-07", Title: "Many networks in a short time", Technique: "T1078", Step: forensics.StepLogin,
		Means:    "The account was opened from several networks within a few hours.",
		Innocent: "The owner travels, or his phone changes networks.",
		Needs: []Need{
			{"login records", []forensics.Kind{forensics.LoginSucceeded}},
		},
		Windows: []string{AddressWindow, AddressCount},
		find:    (*evaluation).findLog07,
	}
}

func (e *evaluation) findLog07() {
	e.manyNetworks()
}

// manyNetworks keeps the latest login of every network of the last hours.
func (e *evaluation) manyNetworks() {
	window, least := e.set.Window(AddressWindow), e.set.Number(AddressCount)
	told := int64(-1 << 62)
	type last struct {
		wide  uint32
		event int32
	}
	var recent []last
	for _, i := range e.logins {
		b := &e.all[i]
		ip := e.profile.ip(b)
		if ip == nil || ip.inside() || !ip.addr.Is4() || ip.place.Kind == "mobile" {
			continue
		}
		if n := len(recent); n > 0 && recent[n-1].wide == ip.wideID {
			recent[n-1].event = i
			continue
		}
		kept := recent[:0]
		for _, r := range recent {
			if b.Time-e.all[r.event].Time <= window && r.wide != ip.wideID {
				kept = append(kept, r)
			}
		}
		if len(kept) > maxNetworks {
			kept = append(kept[:0], kept[len(kept)-maxNetworks:]...)
		}
		recent = append(kept, last{ip.wideID, i})
		if len(recent) < least || b.Time-told < episodeGap {
			continue
		}
		var rows, related []int32
		for _, r := range recent {
			if e.profile.Known(&e.all[r.event]).Strange() {
				rows = append(rows, r.event)
			} else {
				related = append(related, r.event)
			}
		}
		if len(rows) == 0 {
			continue
		}
		told = b.Time
		e.say(choose(e.profile.Short, 0.05, 0.1), rows, related, figure("logins from %s within %s, %d of them not usual", atLeast(len(recent), len(recent) > maxNetworks, "network"),
			span(b.Time-e.all[recent[0].event].Time), len(rows)), "")
	}
}

// maxNetworks bounds how many networks of the last hours are kept.
const maxNetworks = 64
