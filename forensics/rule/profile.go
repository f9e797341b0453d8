package rule

import (
	"fmt"
	"slices"
	"strings"

	"keytrail/forensics"
)

// Profile is the baseline of one account: what its quiet time looks like. It is not changed once it is made.
//
// What is called usual was seen on several days, over a longer time, outside of the days on which keys were
// made, notices deleted or settings changed, and was not first seen together with such a change. How often it was
// seen does not matter: somebody who reads the mailbox every five minutes is not its owner for that. What the
// user says about an address, network, client or key goes before everything that was learnt.
type Profile struct {
	Account string
	// First and Last are the moments between which events say where they came from, in nanoseconds since 1970.
	First, Last int64
	// Days counts the distinct days on which they do, Quiet those of them that nothing disturbed.
	Days, Quiet int
	// Logins counts the logins, Hours those of usual networks by the hour of the day in UTC.
	Logins int
	Hours  [24]int
	// Deletions is how many deletions a log records a day, Gaps how many messages are missing a day.
	Deletions, Gaps float64
	// Short is set where the history is too short to learn the usual from; ShortWhy says it in words. Then only verdicts
	// and what is tied to a key change make anything unusual.
	Short    bool
	ShortWhy string

	kinds     [256]int32
	home      map[forensics.Symbol]bool // services whose records say who came into the mailbox itself
	places    int                       // networks that got in
	ips       map[forensics.Symbol]*ipSight
	wides     map[uint32]*sight
	networks  map[uint32]*sight
	countries map[uint32]*sight
	families  map[uint32]*sight
	protocols map[forensics.Symbol]*sight
	keys      map[forensics.Symbol]*sight
	sessions  map[uint32]forensics.Symbol // the address of a session
	programs  map[uint32]forensics.Symbol // the client of a session
	names     bool                        // the owner's sessions name their client, nearly all of them
	silent    map[uint32]bool             // sessions whose login is on record, and names no client
	entered   map[uint32]forensics.Symbol // the client that a session's login named
	clients   map[forensics.Symbol]*client
	verdicts  map[forensics.Symbol]Standing // of keys
	chain     int64                         // the window chain.window
	hidings   hidings                       // visits that came to hide mail
}

// ipSight is one address with the sights of what it belongs to.
type ipSight struct {
	*address
	sight
	inWide, inNetwork, inCountry *sight
}

// sight is what the account's events show of one thing.
type sight struct {
	first, last           int64
	events, days, quiet   int32
	lastDay, lastQuietDay int32
	firstQuiet, lastQuiet int64
	tied                  string // the change that it was first seen with, in words
	usual                 bool
	name                  string
}

func (s *sight) see(t int64, quiet bool) {
	d := int32(t / day)
	if s.events == 0 {
		s.first = t
	}
	if s.events == 0 || d != s.lastDay {
		s.days++
		s.lastDay = d
	}
	s.events++
	s.last = t
	if !quiet {
		return
	}
	if s.quiet == 0 {
		s.firstQuiet = t
	}
	if s.quiet == 0 || d != s.lastQuietDay {
		s.quiet++
		s.lastQuietDay = d
	}
	s.lastQuiet = t
}

// ip finds the sight of the address an event came from: its own, or that of its session.
func (p *Profile) ip(b *forensics.Brief) *ipSight {
	if b.IP != 0 {
		return p.ips[b.IP]
	}
	if b.Session != 0 {
		if s, ok := p.sessions[b.Session]; ok {
			return p.ips[s]
		}
	}
	return nil
}

// client finds the client of an event: its own, or the one that its session named.
func (p *Profile) client(b *forensics.Brief) *client {
	if b.Client != 0 {
		return p.clients[b.Client]
	}
	if b.Session != 0 {
		return p.clients[p.programs[b.Session]]
	}
	return nil
}

// AtHome reports whether an event that names a service is of the one that holds the mailbox.
func (p *Profile) AtHome(b *forensics.Brief) bool { return p.home[b.Service] }

// Known says how an event stands to the owner, by where it came from: verdicts first (one not-mine outweighs every
// mine), then its network, then its key and its client.
func (p *Profile) Known(b *forensics.Brief) Standing {
	ip := p.ip(b)
	verdict := Unknown
	if ip != nil {
		verdict = ip.verdict
	}
	if c := p.client(b); c != nil {
		verdict = worse(verdict, c.verdict)
	}
	if b.Key != 0 {
		verdict = worse(verdict, p.verdicts[b.Key])
	}
	if verdict != Unknown {
		return verdict
	}
	if ip == nil {
		if p.hidings.of(b) != nil {
			return Unusual
		}
		return Unknown
	}
	s := p.network(ip, b.Time)
	if !ip.inWide.usual || ip.inside() {
		return s
	}
	// Somebody else can be on the same operator: then the block and the client tell.
	switch f := p.family(b); {
	case p.oddBlock(ip), p.oddAddress(ip):
		return Unusual
	case p.hidings.of(b) != nil:
		return Unusual
	case p.oddEntry(b):
		return Unusual
	case p.silentEntry(b):
		return Unusual
	case f == nil || f.usual:
	case p.odd(f):
		return Unusual
	case f.tied == tiedKey && b.Time <= f.first+p.chain:
		return Unknown
	}
	return s
}

// family finds the sight of an event's client, in all its versions.
func (p *Profile) family(b *forensics.Brief) *sight {
	if c := p.client(b); c != nil {
		return p.families[c.family]
	}
	return nil
}

// oddEntry reports whether an event is of a session whose login named a client that is only ever seen around changes: what it did goes by the name of
// a protocol that anybody uses.
func (p *Profile) oddEntry(b *forensics.Brief) bool {
	if b.Session == 0 {
		return false
	}
	c := p.clients[p.entered[b.Session]]
	if c == nil {
		return false
	}
	f := p.families[c.family]
	return f != nil && !f.usual && p.odd(f)
}

// silentEntry reports whether an event is of a session that came without the name of a client, where nearly all of the owner's have one. Where the login
// is not on record, nothing says so.
func (p *Profile) silentEntry(b *forensics.Brief) bool {
	return p.names && b.Session != 0 && p.silent[b.Session] && p.client(b) == nil && p.clients[p.entered[b.Session]] == nil
}

// odd reports whether a client is only ever seen around changes.
func (p *Profile) odd(f *sight) bool {
	return !p.Short && !f.usual && (f.quiet == 0 && f.tied == tiedKey || f.days >= 3 && f.quiet*4 <= f.days)
}

// worse joins two verdicts.
func worse(a, b Standing) Standing {
	if a == NotMine || b == NotMine {
		return NotMine
	}
	if a == Mine || b == Mine {
		return Mine
	}
	return Unknown
}

// network is what was learnt of an address.
func (p *Profile) network(ip *ipSight, at int64) Standing {
	wide := ip.inWide
	switch {
	case ip.inside():
		return Unknown
	case wide.usual && ip.inNetwork.tied == tiedKey && !ip.inNetwork.usual && ip.place.Kind != "mobile":
		return Unknown // an own operator, but an address that came with a key change
	case wide.usual:
		return Usual
	case p.Short:
		if wide.tied != "" && p.places > 1 {
			return Unusual
		}
		return Unknown
	case wide.tied != "":
		// What stayed for long after a key change may be a new line of the owner as well.
		if int(wide.quiet) >= 2*minimumDays && at > wide.first+p.chain {
			return Unknown
		}
		return Unusual
	case ip.place.Kind == "mobile" && ip.inCountry != nil && ip.inCountry.usual:
		return Unknown
	case wide.last < p.First+settleTime && wide.days > 1:
		return Unknown // seen at the beginning only: what was before is not known
	}
	return Unusual
}

// minimumDays is the fewest quiet days after which something tied to a change may be the owner's all the same,
// settleTime how long the beginning of a history says nothing of what is new.
const (
	minimumDays = 10
	settleTime  = 7 * day
)

// oddBlock reports whether an address block of a usual operator is only ever seen around changes. Blocks of mobile carriers
// are anybody's.
func (p *Profile) oddBlock(ip *ipSight) bool {
	n := ip.inNetwork
	return !p.Short && ip.place.Kind != "mobile" && !n.usual && n.days >= 3 && n.quiet*4 <= n.days
}

// oddAddress reports whether an address of a usual operator is only ever seen around changes.
func (p *Profile) oddAddress(ip *ipSight) bool {
	return !p.Short && ip.place.Kind != "mobile" && !ip.usual && ip.days >= 3 && ip.quiet*4 <= ip.days
}

// Explain says in words why Known says so.
func (p *Profile) Explain(b *forensics.Brief) string {
	ip := p.ip(b)
	if c := p.client(b); c != nil && c.verdict != Unknown {
		return "the client " + program(c.text) + " is " + verdictWord(c.verdict) + ", as you said"
	}
	if b.Key != 0 && p.verdicts[b.Key] != Unknown {
		return "the key is " + verdictWord(p.verdicts[b.Key]) + ", as you said"
	}
	if ip == nil {
		if h := p.hidings.of(b); h != nil {
			return "nothing says where it came from, but it is of " + h.String()
		}
		return "nothing says where it came from"
	}
	if ip.verdict != Unknown {
		return ip.judged + " is " + verdictWord(ip.verdict) + ", as you said"
	}
	if ip.inWide.usual && p.oddBlock(ip) {
		return fmt.Sprintf("%s is usual, but %s was seen on %s only, around changes", ip.inWide.name, ip.network, count(int(ip.inNetwork.days), "day"))
	}
	if ip.inWide.usual && p.oddAddress(ip) {
		return fmt.Sprintf("%s is usual, but %s was seen on %s only, around changes", ip.inWide.name, ip.text, count(int(ip.days), "day"))
	}
	if h := p.hidings.of(b); h != nil && ip.inWide.usual {
		return ip.inWide.name + " is usual, but this is " + h.String()
	}
	if ip.inWide.usual && p.silentEntry(b) {
		return ip.inWide.name + " is usual, but the session names no client, as nearly all of the owner's do"
	}
	if f := p.family(b); f != nil && ip.inWide.usual && p.odd(f) {
		return fmt.Sprintf("%s is usual, but the client %s was seen on %s only, around changes", ip.inWide.name, program(f.name), count(int(f.days), "day"))
	}
	return p.explainIP(ip)
}

func verdictWord(s Standing) string { return either(s == Mine, "yours", "not yours") }

func (p *Profile) explainIP(ip *ipSight) string {
	w := ip.inWide
	seen := fmt.Sprintf("%s seen on %s between %s and %s", w.name, count(int(w.days), "day"), date(w.first), date(w.last))
	if w.days == 1 {
		seen = fmt.Sprintf("%s seen on one day only, %s", w.name, date(w.first))
	}
	switch {
	case w.events == 0 && !ip.inside():
		return w.name + " was never seen to get in"
	case ip.inside():
		return fmt.Sprintf("%s is a %s address and says nothing about where its user was", ip.text, ip.place.Kind)
	case w.usual && ip.inNetwork.tied == tiedKey && !ip.inNetwork.usual && ip.place.Kind != "mobile":
		return fmt.Sprintf("%s is usual, but %s was first %s", w.name, ip.network, ip.inNetwork.tied)
	case w.usual:
		return fmt.Sprintf("%s, %d of them quiet", seen, w.quiet)
	case w.tied != "":
		return fmt.Sprintf("%s, first %s", seen, w.tied)
	case p.Short:
		return seen + "; " + p.ShortWhy
	}
	return fmt.Sprintf("%s, of %s with events", seen, count(p.Days, "day"))
}

// Usual lists what was learnt as the owner's, in words, the most seen first.
func (p *Profile) Usual() []string {
	type entry struct {
		text string
		days int32
	}
	var list []entry
	add := func(kind string, s *sight) {
		if s.usual {
			list = append(list, entry{fmt.Sprintf("%s %s: %s from %s to %s", kind, s.name, count(int(s.days), "day"), date(s.first), date(s.last)), s.days})
		}
	}
	for _, s := range p.wides {
		add("network", s)
	}
	for _, s := range p.countries {
		add("country", s)
	}
	for _, s := range p.families {
		add("client", s)
	}
	for _, s := range p.protocols {
		add("protocol", s)
	}
	slices.SortFunc(list, func(a, b entry) int {
		if a.days != b.days {
			return int(b.days - a.days)
		}
		return strings.Compare(a.text, b.text)
	})
	out := make([]string, len(list))
	for i, l := range list {
		out[i] = l.text
	}
	return out
}
