package rule

import (
	"strings"

	"keytrail/forensics"
)

// keyView is what is thought of one key that was made.
type keyView struct {
	standing Standing
	why      string
	owner    int32 // the owner's own web login just before, -1 for none
	covered  bool  // whether logins of that time are on record
	replaces int32 // the removal just before that it makes good, -1 for none
	answer   bool  // the owner made it to get in again
}

// weight says how much a key speaks for an attack by who made it.
func (v *keyView) weight() float64 {
	switch {
	case v.standing == NotMine:
		return 0.9
	case v.standing == Unusual:
		return 0.5
	case v.standing.Owner():
		return 0
	case v.owner >= 0:
		return 0.15
	}
	return 0.3
}

// judgeKeys says of every key that was made who made it.
func (e *evaluation) judgeKeys() {
	if len(e.keys) == 0 {
		return
	}
	e.keyOf = make(map[int32]keyView, len(e.keys))
	window := e.set.Window(KeyOwnerLogin)
	for _, i := range e.keys {
		b := &e.all[i]
		v := keyView{owner: -1, replaces: -1}
		v.standing = e.profile.Known(b)
		v.why = e.profile.Explain(b)
		v.owner = e.ownerWas(b.Time, window)
		if v.standing == Usual && e.neighbour(b) {
			v.standing, v.why = Unknown, v.why+", but a stranger came from the same network soon after"
		}
		// Logins are on record where there are some of another way in than mail programs, before and after.
		v.covered = e.hasLogins(b.Time)
		if n := e.before(e.removals, b.Time); n >= 0 && b.Time-e.all[e.removals[n]].Time <= window {
			v.replaces = e.removals[n]
		}
		if v.standing == Unknown && v.owner >= 0 && b.IP == 0 {
			// It may be his; but people log in all day.
			v.why = "the owner logged in " + span(b.Time-e.all[v.owner].Time) + " before, from " + e.place(v.owner)
		}
		if v.standing == Unknown {
			if failed, login := e.answers(i); login >= 0 {
				v.standing, v.answer = Usual, true
				v.why = figure("the owner's client had failed %s since the key change before it, and got in %s after it, from %s", failed.count("time"),
					span(e.all[login].Time-b.Time), e.place(login))
			}
		}
		e.keyOf[i] = v
	}
}

// ownerWas finds the owner's last login on the web within a window before a moment, -1 for none. A new address of a usual operator counts:
// that it was first seen together with the key proves nothing about who made it.
func (e *evaluation) ownerWas(at, window int64) int32 {
	list := e.within(e.logins, at-window, at)
	for n := len(list) - 1; n >= 0; n-- {
		l := &e.all[list[n]]
		if e.protocol(l.Protocol) == protocolLegacy {
			continue
		}
		standing := e.profile.Known(l)
		if ip := e.profile.ip(l); standing.Owner() || standing == Unknown && ip != nil && ip.inWide.usual {
			return list[n]
		}
	}
	return -1
}

// neighbour reports whether an act came from an address that is not usual by itself, of an operator who is, and a stranger
// logged in from the same operator soon after.
func (e *evaluation) neighbour(b *forensics.Brief) bool {
	ip := e.profile.ip(b)
	if ip == nil || ip.verdict == Mine || ip.usual {
		return false
	}
	for _, k := range e.within(e.logins, b.Time, b.Time+e.set.Window(KeyTied)) {
		if o := e.profile.ip(&e.all[k]); o != nil && o.wideID == ip.wideID && e.profile.Known(&e.all[k]).Strange() {
			return true
		}
	}
	return false
}

// answers reports whether a key is the owner's answer to being locked out: a key change before it, his client fails since,
// and gets in again soon after. login is that login, -1 where it is none.
func (e *evaluation) answers(i int32) (failed failures, login int32) {
	at := e.all[i].Time
	change := int64(-1 << 62)
	for _, list := range [][]int32{e.keys, e.removals} {
		if n := e.before(list, at-1); n >= 0 {
			change = max(change, e.all[list[n]].Time)
		}
	}
	if at-change > e.set.Window(KeyFailures) {
		return failed, -1
	}
	if failed = e.ownFailures(change, at); failed.total < e.set.Number(KeyFailureCount) {
		return failed, -1
	}
	for _, k := range e.within(e.logins, change, at-1) {
		if e.profile.Known(&e.all[k]).Owner() && e.all[k].Protocol != 0 && e.protocol(e.all[k].Protocol) == protocolLegacy {
			return failed, -1 // he could get in all the time
		}
	}
	for _, k := range e.within(e.logins, at, at+bySession) {
		if e.profile.Known(&e.all[k]).Owner() {
			return failed, k
		}
	}
	return failed, -1
}

// hasLogins reports whether a log of web logins covers a moment: by the sources where these are known, else by logins
// before and after.
func (e *evaluation) hasLogins(at int64) bool {
	for i := range e.in.Sources {
		if s := &e.in.Sources[i]; s.Covers(e.in.Account.Account, forensics.LoginSucceeded, at) && webLogins(s.Format) {
			return true
		}
	}
	if len(e.in.Sources) > 0 {
		return false
	}
	before, after := false, false
	for _, i := range e.logins {
		if b := &e.all[i]; b.Certainty == forensics.Observed && e.protocol(b.Protocol) != protocolLegacy {
			before, after = before || b.Time <= at, after || b.Time >= at
		}
	}
	return before && after
}

// webLogins reports whether a format's log holds logins on the provider's own site. The logs of mail servers do not.
func webLogins(format string) bool {
	switch family, _, _ := strings.Cut(format, "/"); family {
	case "microsoft", "google", "okta", "generic":
		return true
	}
	return false
}

// place is where an event came from, in words.
func (e *evaluation) place(i int32) string {
	b := &e.all[i]
	if ip := e.profile.ip(b); ip != nil {
		return ip.where()
	}
	if a := e.address(b); a != nil {
		return a.where()
	}
	if b.Host != 0 {
		return e.text(b.Host)
	}
	if b.Client != 0 {
		return program(e.spelled(b.Client))
	}
	return "an unknown place"
}

// from is where an event came from, for the end of a sentence; empty where that is not known.
func (e *evaluation) from(i int32) string {
	b := &e.all[i]
	if b.IP == 0 && e.profile.ip(b) == nil && b.Host == 0 {
		return ""
	}
	return " from " + e.place(i)
}
