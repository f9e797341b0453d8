package rule

import (
	"keytrail/forensics"
)

// log03 is the rule LOG-03.
func log03() *Rule {
	return &Rule{
		ID: "LOG-03", Title: "Two logins that one person cannot make", Technique: "T1078", Step: forensics.StepLogin,
		Means:    "Two logins lie further apart than anybody travels in the time between them.",
		Innocent: "One of them came through a VPN, a mail proxy or a mobile carrier that the offline table does not know as such.",
		Needs: []Need{
			{"login records", []forensics.Kind{forensics.LoginSucceeded}},
		},
		Windows: []string{TravelWindow, TravelDistance, TravelSpeed},
		find:    (*evaluation).findLog03,
	}
}

func (e *evaluation) findLog03() {
	if e.in.Where == nil || e.in.Kilometres == nil {
		e.skip("no such source: no table of where addresses are")
		return
	}
	e.travels()
}

// travels compares every login with the one before it.
func (e *evaluation) travels() {
	window, far, fast := e.set.Window(TravelWindow), e.set.Number(TravelDistance), int64(e.set.Number(TravelSpeed))
	told := map[uint32]int64{}
	before := int32(-1)
	for _, i := range e.logins {
		b := &e.all[i]
		ip := e.profile.ip(b)
		if ip == nil || ip.inside() || ip.place.Country == "" || ip.place.Kind == "mobile" {
			continue
		}
		known := e.profile.Known(b)
		if known.Owner() && ip.hidden() {
			continue // the owner's own VPN is no place to travel from
		}
		p := before
		before = i
		if p < 0 || b.Time-e.all[p].Time > window {
			continue
		}
		from, knownBefore := e.profile.ip(&e.all[p]), e.profile.Known(&e.all[p])
		if from.place.Country == ip.place.Country || known.Owner() && knownBefore.Owner() {
			continue
		}
		passed := b.Time - e.all[p].Time
		km, ok := e.in.Kilometres(from.place, ip.place)
		// km/h above the limit, without dividing: two logins may be at the same moment.
		if !ok || km < far || int64(km)*hour < fast*passed {
			continue
		}
		stranger, other := i, p
		if known.Owner() {
			stranger, other = p, i
		}
		id := e.profile.ip(&e.all[stranger]).wideID
		at, ok := told[id]
		told[id] = b.Time
		if ok && b.Time-at <= episodeGap {
			continue // the same stay
		}
		weight := 0.35
		switch {
		case known == NotMine || knownBefore == NotMine:
			weight = 0.6
		case ip.hidden() || from.hidden():
			weight = 0.15
		case e.unattended(other):
			// A program at home fetches mail while its owner is away.
			weight = choose(e.usualClient(stranger), 0.05, 0.2)
		}
		f := e.say(weight, []int32{stranger}, []int32{other}, figure("%s and then %s %s later, at least %d km apart", from.where(), ip.where(), span(passed), km), "")
		f.Certainty = max(f.Certainty, e.all[other].Certainty)
	}
}

// unattended reports whether a login needs nobody to be there: a mail program asks by itself.
func (e *evaluation) unattended(i int32) bool {
	return e.protocol(e.all[i].Protocol) == protocolLegacy
}

// usualClient reports whether a login came with a client that the account is used with.
func (e *evaluation) usualClient(i int32) bool {
	c := e.profile.client(&e.all[i])
	if c == nil {
		return false
	}
	s := e.profile.families[c.family]
	return c.verdict == Mine || c.verdict == Unknown && s != nil && s.usual
}
