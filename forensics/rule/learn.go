package rule

import (
	"fmt"
	"slices"

	"keytrail/forensics"
)

// speaks are the kinds of events that show where somebody who is in the mailbox is. Never changed.
var speaks = [256]bool{
	forensics.LoginSucceeded: true, forensics.MailRead: true, forensics.MailSent: true, forensics.MailMoved: true, forensics.MailDeleted: true,
	forensics.MailPurged: true, forensics.KeyCreated: true, forensics.KeyRemoved: true, forensics.RuleSet: true, forensics.ForwardingSet: true,
	forensics.PasswordChanged: true, forensics.RecoveryChanged: true, forensics.SecondFactorChanged: true,
}

// anchor is a change around which somebody else may have been in the mailbox.
type anchor struct {
	at   int64
	tier int8 // 1: speaks of an attack more than of a life, 3: happens to everybody
	key  bool
}

// anchors lists the changes in order of time.
func (e *evaluation) anchors() []anchor {
	var list []anchor
	add := func(events []int32, tier int8, key bool) {
		for _, i := range events {
			if int(i) < e.dated && e.keyVerdict(e.all[i].Key) != Mine {
				list = append(list, anchor{e.all[i].Time, tier, key})
			}
		}
	}
	add(e.keys, 1, true)
	add(e.removals, 1, false)
	add(e.forwardings, 1, false)
	add(e.consents, 1, false)
	add(e.changes, 1, false)
	add(e.rules, 2, false)
	add(e.alerts, 2, false)
	add(e.sent, 2, false)
	for _, i := range e.resets {
		// What comes with every login or withdrawal disturbs nothing.
		if !e.detail(e.all[i].Detail).routine {
			list = append(list, anchor{e.all[i].Time, 3, false})
		}
	}
	for i := range e.pairs {
		if d := &e.all[e.pairs[i].deletion]; !d.Unreliable {
			list = append(list, anchor{d.Time, 1, false})
		}
	}
	for _, h := range e.profile.hidings.list {
		list = append(list, anchor{h.at, 1, false})
	}
	slices.SortFunc(list, func(a, b anchor) int {
		switch {
		case a.at < b.at:
			return -1
		case a.at > b.at:
			return 1
		}
		return int(a.tier) - int(b.tier)
	})
	return list
}

type interval struct{ from, to int64 }

// disturbed gives the times around the changes, and the last tier that was counted. Changes that happen so often
// that little quiet time would be left do not count: then they are a part of this account's life.
func disturbed(list []anchor, tied, history int64) ([]interval, int8) {
	const before = 2 * hour
	for tier := int8(3); tier > 0; tier-- {
		var out []interval
		total := int64(0)
		for _, a := range list {
			if a.tier > tier {
				continue
			}
			from, to := a.at-before, a.at+tied
			if n := len(out); n > 0 && from <= out[n-1].to {
				total += max(to-out[n-1].to, 0)
				out[n-1].to = max(to, out[n-1].to)
				continue
			}
			out = append(out, interval{from, to})
			total += to - from
		}
		if tier == 1 || total*10 <= history*3 {
			return out, tier
		}
	}
	return nil, 0
}

// learn makes the profile.
func (e *evaluation) learn() {
	p := e.profile
	p.ips, p.wides, p.networks = map[forensics.Symbol]*ipSight{}, map[uint32]*sight{}, map[uint32]*sight{}
	p.countries, p.families = map[uint32]*sight{}, map[uint32]*sight{}
	p.protocols, p.keys, p.sessions = map[forensics.Symbol]*sight{}, map[forensics.Symbol]*sight{}, map[uint32]forensics.Symbol{}
	p.clients, p.verdicts = map[forensics.Symbol]*client{}, map[forensics.Symbol]Standing{}
	p.silent = map[uint32]bool{}
	p.programs, p.entered = map[uint32]forensics.Symbol{}, map[uint32]forensics.Symbol{}
	p.chain = e.set.Window(ChainWindow)
	p.Logins = len(e.logins)
	if e.dated == 0 {
		p.Short, p.ShortWhy = true, "too little is on record to learn the usual from: no dated events"
		return
	}
	tied := e.set.Window(KeyTied)
	history := e.all[e.dated-1].Time - e.all[0].Time
	changes := e.anchors()
	away, tier := disturbed(changes, tied, history)
	e.look(away)
	e.settle(changes, tier, tied)
	if history > 0 {
		days := max(float64(history)/float64(day), 1)
		p.Deletions, p.Gaps = float64(len(e.deletions))/days, float64(len(e.missing))/days
	}
}

// look takes the sights, in one pass over the events.
func (e *evaluation) look(away []interval) {
	p := e.profile
	var all sight
	var lastIP forensics.Symbol
	var lastSight *ipSight
	next := 0
	for n := range e.all[:e.dated] {
		b := &e.all[n]
		if b.Key != 0 {
			if v := e.keyVerdict(b.Key); v != Unknown {
				p.verdicts[b.Key] = v
			}
		}
		if !speaks[b.Kind] && (b.IP != 0 || b.Client != 0) {
			if b.IP != 0 {
				e.ipSight(b) // never in, but known by where it is
			}
			if b.Session != 0 && b.Client != 0 && b.Kind == forensics.Other && b.Certainty == forensics.Observed {
				e.program(b, away, next)
			}
		}
		if !speaks[b.Kind] || b.Outcome == forensics.Failure || b.IP == 0 && b.Client == 0 && b.Key == 0 && b.Session == 0 {
			continue
		}
		if b.Certainty != forensics.Observed && !(b.Kind == forensics.LoginSucceeded && b.Certainty == forensics.Reported && b.Sender != forensics.SenderFailed) || !e.own(b) {
			continue
		}
		for next < len(away) && away[next].to < b.Time {
			next++
		}
		quiet := next == len(away) || b.Time < away[next].from
		if b.IP != 0 {
			if b.IP != lastIP {
				lastIP, lastSight = b.IP, e.ipSight(b)
			}
			if s := lastSight; s != nil {
				if d := int32(b.Time / day); all.events == 0 || d != all.lastDay {
					e.used = append(e.used, d)
				}
				all.see(b.Time, quiet)
				s.see(b.Time, quiet)
				s.inWide.see(b.Time, quiet)
				s.inNetwork.see(b.Time, quiet)
				if s.inCountry != nil {
					s.inCountry.see(b.Time, quiet)
				}
				if b.Session != 0 {
					p.sessions[b.Session] = b.IP
				}
			}
		}
		if c := e.client(b.Client); c != nil {
			p.clients[b.Client] = c
			seen(p.families, c.family, c.text).see(b.Time, quiet)
			if b.Session != 0 && b.Kind == forensics.LoginSucceeded {
				p.entered[b.Session] = b.Client
			}
		}
		if b.Session != 0 && b.Client == 0 && b.Kind == forensics.LoginSucceeded && b.Certainty == forensics.Observed {
			p.silent[b.Session] = true
		}
		if b.Protocol != 0 && b.Kind == forensics.LoginSucceeded {
			s := p.protocols[b.Protocol]
			if s == nil {
				s = &sight{name: e.text(b.Protocol)}
				p.protocols[b.Protocol] = s
			}
			s.see(b.Time, quiet)
		}
		if b.Key != 0 && b.Kind == forensics.LoginSucceeded {
			s := p.keys[b.Key]
			if s == nil {
				s = &sight{name: e.text(b.Key)}
				p.keys[b.Key] = s
			}
			s.see(b.Time, quiet)
		}
	}
	p.First, p.Last, p.Days, p.Quiet = all.first, all.last, int(all.days), int(all.quiet)
}

// program notes the client that a session names in an event of its own, as IMAP's ID does.
func (e *evaluation) program(b *forensics.Brief, away []interval, next int) {
	p := e.profile
	for next < len(away) && away[next].to < b.Time {
		next++
	}
	c := e.client(b.Client)
	p.clients[b.Client] = c
	p.programs[b.Session] = b.Client
	seen(p.families, c.family, c.text).see(b.Time, next == len(away) || b.Time < away[next].from)
}

func (e *evaluation) ipSight(b *forensics.Brief) *ipSight {
	p := e.profile
	if s, ok := p.ips[b.IP]; ok {
		return s
	}
	a := e.address(b)
	if a == nil {
		return nil
	}
	s := &ipSight{address: a}
	s.inWide = seen(p.wides, a.wideID, a.wide)
	s.inNetwork = seen(p.networks, a.netID, a.network)
	if a.countryID != 0 {
		s.inCountry = seen(p.countries, a.countryID, a.place.Country)
	}
	p.ips[b.IP] = s
	return s
}

func seen(m map[uint32]*sight, id uint32, name string) *sight {
	s := m[id]
	if s == nil {
		s = &sight{name: name}
		m[id] = s
	}
	return s
}

// settle decides what is usual.
func (e *evaluation) settle(changes []anchor, tier int8, tied int64) {
	p := e.profile
	days, length := int32(e.set.Number(BaselineDays)), e.set.Window(BaselineSpan)
	least := e.set.Window(BaselineMinimum)
	if p.Last-p.First < least || p.Days < int(days) {
		p.Short = true
		p.ShortWhy = fmt.Sprintf("too little is on record to learn the usual from: %s over %s", count(p.Days, "day")+" with events", span(p.Last-p.First))
	}
	var keys, resets []int64
	for _, a := range changes {
		if a.key {
			keys = append(keys, a.at)
		} else if a.tier == 3 && tier == 3 {
			resets = append(resets, a.at)
		}
	}
	judge := func(s *sight, need int32) {
		s.tied = tiedTo(s, keys, resets, p.First, tied)
		enough := s.quiet >= need && s.lastQuiet-s.firstQuiet >= length
		// Resets happen to everybody: that it was first seen before one is forgotten once it was seen for long in quiet.
		// A key is not forgotten.
		if enough && s.tied == tiedReset && s.quiet >= 2*need {
			s.tied = ""
		}
		s.usual = enough && s.tied == ""
	}
	for _, s := range p.ips {
		judge(&s.sight, days)
	}
	for _, s := range p.wides {
		judge(s, days)
		if s.events > 0 {
			p.places++
		}
	}
	for _, s := range p.networks {
		judge(s, days)
	}
	for _, s := range p.countries {
		judge(s, days)
		if e.guest(s) {
			s.usual = false
		}
	}
	for _, s := range p.ips {
		if s.inCountry != nil && !s.inCountry.usual && !s.hidden() && e.guest(s.inWide) {
			s.inWide.usual = false
		}
	}
	for _, s := range p.families {
		judge(s, days)
	}
	for _, s := range p.protocols {
		judge(s, days)
	}
	for _, s := range p.keys {
		judge(s, days)
	}
	// Networks in which nobody lives need more, unless the user says otherwise.
	for _, s := range p.ips {
		if s.hidden() && s.inWide.quiet < 3*days {
			s.inWide.usual = false
		}
		// A verdict on an address speaks for its own block as well.
		if s.verdict == Mine {
			s.inNetwork.usual, s.inWide.usual = true, s.inWide.usual || !s.hidden()
		}
	}
	for _, s := range p.ips {
		if s.verdict == NotMine && !s.inNetwork.usual {
			s.inWide.usual = s.inWide.usual && s.inWide.days > 2*s.sight.days
		}
	}
	p.names = e.sessionsName()
	for _, i := range e.logins {
		if s := p.ip(&e.all[i]); s != nil && (s.verdict == Mine || s.verdict == Unknown && s.inWide.usual) {
			p.Hours[((e.all[i].Time/hour)%24+24)%24]++
		}
	}
}

// Of how many sessions from usual networks, and how rarely without a client, the owner's count as such that name it: somebody whose programs
// all say what they are does not come with one that is silent.
const (
	namedSessions = 40
	namedShare    = 20
)

// sessionsName reports whether nearly all sessions from usual networks name their client.
func (e *evaluation) sessionsName() bool {
	p := e.profile
	named, silent := 0, 0
	for _, i := range e.logins {
		b := &e.all[i]
		if b.Session == 0 || b.Certainty != forensics.Observed {
			continue
		}
		if s := p.ip(b); s == nil || !s.inWide.usual {
			continue
		}
		if p.client(b) != nil {
			named++
		} else {
			silent++
		}
	}
	return !p.Short && named >= namedSessions && silent*namedShare <= named
}

// What is seen on fewer than one of guestShare days on which the account is used, between its first and its last day, is no
// habit, unless it was seen on many days all the same: somebody who comes ten times in a year has been seen often enough, and is
// a guest. It counts for countries, and for the networks in them: a café in the owner's own town is nobody else's.
const (
	guestShare = 10
	manyDays   = 30
)

func (e *evaluation) guest(s *sight) bool {
	lo, _ := slices.BinarySearch(e.used, int32(s.first/day))
	hi, _ := slices.BinarySearch(e.used, int32(s.last/day)+1)
	return s.quiet < manyDays && guestShare*int(s.days) < hi-lo
}

const (
	tiedKey   = "seen together with a key change"
	tiedReset = "seen right before a reset"
)

// tiedTo says which change something was first seen with. What stands at the very beginning of the history was there
// before, as far as anybody knows.
func tiedTo(s *sight, keys, resets []int64, beginning, window int64) string {
	if s.events == 0 || s.first <= beginning+hour {
		return ""
	}
	near := func(list []int64, from, to int64) bool {
		i, _ := slices.BinarySearch(list, from)
		return i < len(list) && list[i] <= to
	}
	switch {
	case near(keys, s.first-window, s.first+window):
		return tiedKey
	case near(resets, s.first-hour, s.first+window):
		return tiedReset
	}
	return ""
}
