package rule

import "keytrail/forensics"

// bySession is how far before an act without an address a login may lie that speaks for it.
const bySession = 2 * hour

// probably says how an act stands to the owner where nothing says where it came from: by who had logged in last. said
// tells that in words and is empty where the act speaks for itself.
func (e *evaluation) probably(i int32) (s Standing, login int32, said string) {
	b := &e.all[i]
	s = e.profile.Known(b)
	if s != Unknown || b.Unreliable || b.IP != 0 || b.Session != 0 || b.Certainty == forensics.Inferred {
		return s, -1, ""
	}
	n := e.before(e.logins, b.Time)
	if n < 0 || b.Time-e.all[e.logins[n]].Time > bySession {
		return s, -1, ""
	}
	// Two people who are in at the same time cannot be told apart.
	last := e.profile.Known(&e.all[e.logins[n]])
	for k := n; k >= 0 && b.Time-e.all[e.logins[k]].Time <= bySession; k-- {
		if other := e.profile.Known(&e.all[e.logins[k]]); other.Strange() != last.Strange() {
			return s, -1, ""
		}
	}
	if last == Unknown {
		return s, -1, ""
	}
	// A program at home asks for mail all the time: it clears nobody while a stranger was about.
	if _, strange := e.originBefore(b.Time, day); strange && last.Owner() && e.unattended(e.logins[n]) {
		return s, -1, ""
	}
	login = e.logins[n]
	return last, login, "; the record names no address, and the last login, " + span(b.Time-e.all[login].Time) + " before, was from " + e.place(login)
}
