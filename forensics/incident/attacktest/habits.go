package attacktest

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// event is something that happens once, planned ahead.
type event struct {
	at time.Time
	do func(l *life, at time.Time)
}

// events plans what happens now and then.
func (g *generator) events() []event {
	var list []event
	every := func(low, high float64, do func(*life, time.Time)) {
		for t := g.c.Start.Add(g.days(5, high)); t.Before(g.c.End); t = t.Add(g.days(low, high)) {
			list = append(list, event{t, do})
		}
	}
	every(6, 40, (*life).code)
	every(40, 240, (*life).ownReset)
	every(20, 90, (*life).withdrawal)
	every(15, 60, (*life).trade)
	every(20, 100, (*life).guessing)
	every(30, 120, (*life).mistyping)
	every(150, 500, (*life).passwordChange)
	every(180, 700, (*life).ownRule)
	every(200, 800, (*life).removeOldKey)
	if g.c.World != WorldServer {
		every(100, 500, (*life).ownConsent)
	}
	every(60, 200, (*life).cleaning)
	for _, d := range g.person.devices {
		if d.from.After(g.c.Start) {
			list = append(list, event{d.from, func(l *life, at time.Time) { l.newDevice(d, at) }})
		}
	}
	for i := range g.attacks { // the owner's own key on the day of an attack
		if g.chance(0.08) {
			list = append(list, event{g.attacks[i].Start.Add(-g.between(10*time.Minute, 20*time.Hour)), func(l *life, at time.Time) { l.newDevice(g.device(at), at) }})
		}
	}
	if f := g.person.fetcher; f != nil {
		list = append(list, event{f.from, (*life).hireFetcher})
	}
	for _, t := range g.person.trips { // what one forgets at home, one resets on the way
		if g.chance(0.12) {
			list = append(list, event{t.from.Add(g.days(0.3, 1.5)), (*life).ownReset})
			g.c.Quirks = append(g.c.Quirks, "own reset on a trip "+t.from.Format(time.DateOnly))
		}
	}
	slices.SortStableFunc(list, func(a, b event) int { return a.at.Compare(b.at) })
	return list
}

// code is a sign-in that asks for a code by mail.
func (l *life) code(at time.Time) {
	g := l.g
	at = g.awake(at)
	s := g.ownSession(at, truth{})
	at = l.await(s, at, g.codeMail(l.shop(), at.Add(10*time.Second)))
	g.act(act{at: at, what: didEnd, in: s})
}

// ownReset is a password that the owner forgot.
func (l *life) ownReset(at time.Time) {
	g := l.g
	at = g.awake(at)
	shop := l.shop()
	s := g.ownSession(at, truth{})
	letters := []*letter{g.resetMail(shop, at.Add(30*time.Second))}
	if g.chance(0.5) {
		letters = append(letters, g.changedMail(shop, at.Add(3*time.Minute)))
	}
	if shop.money && g.chance(0.3) {
		letters = append(letters, g.deviceMail(shop, at.Add(5*time.Minute), s.addr.String(), "Firefox"))
	}
	if g.chance(0.3) {
		letters = append(letters, g.signInMail(shop, at.Add(6*time.Minute), s.addr.String(), "Firefox"))
	}
	at = l.await(s, at, letters...)
	g.act(act{at: at, what: didEnd, in: s})
}

func (l *life) exchange() *service {
	var can []*service
	for _, s := range l.g.person.services {
		if s.money {
			can = append(can, s)
		}
	}
	return can[l.g.r.IntN(len(can))]
}

// withdrawal sends the owner's money to the owner's wallet, now and then to another one.
func (l *life) withdrawal(at time.Time) {
	g := l.g
	at = g.awake(at)
	ex := l.exchange()
	if g.chance(0.15) {
		ex.wallet = g.wallet()
	}
	m := g.transfer(ex, ex.held*(0.02+0.2*g.r.Float64()), ex.wallet)
	s := g.ownSession(at, truth{})
	letters := []*letter{}
	if g.chance(0.7) {
		letters = append(letters, g.confirmMail(ex, at.Add(40*time.Second), m))
	}
	g.act(act{at: at.Add(4 * time.Minute), what: moneyOut, move: m})
	if g.chance(0.85) {
		letters = append(letters, g.sentMail(ex, at.Add(5*time.Minute), m))
	}
	at = l.await(s, at, letters...)
	g.act(act{at: at, what: didEnd, in: s})
}

// trade buys, or takes in, something that stands in the statement only.
func (l *life) trade(at time.Time) {
	g := l.g
	ex := l.exchange()
	what := moneyTraded
	if g.chance(0.3) {
		what = moneyIn
	}
	g.act(act{at: g.awake(at), what: what, move: g.transfer(ex, 0.01+0.05*g.r.Float64(), "")})
	ex.held += 0.03
}

// guessing is somebody from elsewhere who tries passwords and has none.
func (l *life) guessing(at time.Time) {
	g := l.g
	from := []netID{netHosting, netRomania, netNigeria, netHostingUS, netBerlin}[g.r.IntN(5)]
	s := &session{addr: from.address(g.r, false), client: &tools[g.r.IntN(len(tools))]}
	for range 4 + g.r.IntN(40) {
		g.act(act{at: at, what: didFail, in: s})
		at = at.Add(g.between(2*time.Second, 3*time.Minute))
		if g.chance(0.1) {
			s = &session{addr: from.address(g.r, false), client: s.client}
		}
	}
}

// mistyping is the owner with a wrong password, and then the right one.
func (l *life) mistyping(at time.Time) {
	g := l.g
	at = g.awake(at)
	d := g.device(at)
	s := &session{addr: g.origin(d, at), client: d.client}
	for range 1 + g.r.IntN(5) {
		g.act(act{at: at, what: didFail, in: s})
		at = at.Add(g.between(4*time.Second, 40*time.Second))
	}
	g.open(at, s, truth{})
	g.act(act{at: at.Add(time.Minute), what: didEnd, in: s})
}

func (l *life) passwordChange(at time.Time) {
	g := l.g
	at = g.awake(at)
	s := g.ownSession(at, truth{})
	g.act(act{at: at.Add(time.Minute), what: passwordChanged, in: s})
	if m := g.passwordMail(at.Add(70 * time.Second)); m != nil {
		at = l.await(s, at, m)
	}
	g.act(act{at: at.Add(2 * time.Minute), what: didEnd, in: s})
}

func (l *life) ownRule(at time.Time) {
	g := l.g
	at = g.awake(at)
	s := g.ownSession(at, truth{})
	g.act(act{at: at.Add(time.Minute), what: ruleMade, in: s, text: g.one("Newsletters", "School", "Bills")})
	g.act(act{at: at.Add(2 * time.Minute), what: didEnd, in: s})
}

func (l *life) removeOldKey(at time.Time) {
	g := l.g
	at = g.awake(at)
	s := g.ownSession(at, truth{})
	g.act(act{at: at.Add(time.Minute), what: keyGone, key: "old laptop", in: s})
	if m := g.keyGoneMail(at.Add(70*time.Second), "old laptop"); m != nil {
		at = l.await(s, at, m)
	}
	g.act(act{at: at.Add(2 * time.Minute), what: didEnd, in: s})
}

// ownConsent lets an application of the owner's choice in.
func (l *life) ownConsent(at time.Time) {
	g := l.g
	at = g.awake(at)
	s := g.ownSession(at, truth{})
	app := g.one("Calendar Friend", "Signature Tool", "Zoom Plan", "Notes Everywhere")
	g.act(act{at: at.Add(time.Minute), what: consentGiven, text: app, in: s})
	if m := g.consentMail(at.Add(70*time.Second), app); m != nil {
		at = l.await(s, at, m)
	}
	g.act(act{at: at.Add(2 * time.Minute), what: didEnd, in: s})
}

// newDevice is the day on which the owner sets one up: a key is made and at once used from where he is.
func (l *life) newDevice(d *device, at time.Time) {
	g := l.g
	at = g.awake(at)
	if !at.Before(d.to) {
		return
	}
	old := g.ownSession(at, truth{})
	g.act(act{at: at.Add(time.Minute), what: keyMade, key: d.key, in: old})
	m := g.keyMail(at.Add(65*time.Second), d.key)
	next := at.Add(2 * time.Minute)
	if m != nil {
		next = l.await(old, next, m)
	}
	g.act(act{at: next, what: didEnd, in: old})
	s := &session{addr: g.origin(d, next), client: d.client}
	if g.chance(0.2) { // a wrong try first
		g.act(act{at: next.Add(time.Minute), what: didFail, in: s})
	}
	g.open(next.Add(2*time.Minute), s, truth{})
	s.read = 40 + g.r.IntN(200)
	g.act(act{at: next.Add(9 * time.Minute), what: didEnd, in: s})
}

// hireFetcher lets a company read the mail: a key for it, and from then on a session of its machines every day.
func (l *life) hireFetcher(at time.Time) {
	g := l.g
	f := g.person.fetcher
	at = g.awake(at)
	s := g.ownSession(at, truth{})
	g.act(act{at: at.Add(time.Minute), what: keyMade, key: f.key, in: s})
	next := at.Add(2 * time.Minute)
	if m := g.keyMail(at.Add(65*time.Second), f.key); m != nil {
		next = l.await(s, next, m)
	}
	g.act(act{at: next, what: didEnd, in: s})
	for t := next; t.Before(f.to); t = t.Add(g.between(20*time.Hour, 30*time.Hour)) {
		s := g.open(t, &session{addr: g.person.fetchFrom[g.r.IntN(len(g.person.fetchFrom))], client: f.client}, truth{})
		s.read = 2 + g.r.IntN(8)
		g.act(act{at: t.Add(30 * time.Second), what: didEnd, in: s})
	}
}

// cleaning takes many old letters away at once.
func (l *life) cleaning(at time.Time) {
	g := l.g
	at = g.awake(at)
	s := g.ownSession(at, truth{})
	at = at.Add(30 * time.Second)
	rest := l.kept[:0]
	for _, m := range l.kept {
		if m.trashed.IsZero() && g.chance(0.08) && s.gone < 25 {
			l.drop(s, m, at)
			at = at.Add(g.between(time.Second, 5*time.Second))
		} else if len(l.kept) < 200 || m.at.After(at.AddDate(0, -6, 0)) {
			rest = append(rest, m)
		}
	}
	l.kept = rest
	g.act(act{at: at.Add(time.Minute), what: didEnd, in: s})
}

// neighbour is somebody else on the same server, who is in its logs as well and to whom nothing happens.
func (g *generator) neighbour() {
	_, domain, _ := strings.Cut(g.c.Account, "@")
	user := "zoe@" + domain
	c := computers[g.r.IntN(len(computers))]
	addr := netHomeNext.address(g.r, false)
	for t := g.c.Start.Add(g.days(0, 3)); t.Before(g.c.End); t = t.Add(g.days(0.3, 2.5)) {
		if g.chance(0.05) {
			addr = netHomeNext.address(g.r, false)
		}
		s := &session{addr: addr, client: &c, user: user}
		at := t
		g.open(at, s, truth{})
		for range g.r.IntN(3) {
			at = at.Add(g.between(5*time.Second, 5*time.Minute))
			g.serial++
			m := &letter{id: fmt.Sprintf("n%d@lists.example.org", g.serial), uid: g.serial, from: "digest@lists.example.org", subject: "Digest", at: at.Add(-time.Hour)}
			s.read++
			g.act(act{at: at, what: didRead, in: s, letter: m})
			if g.chance(0.3) {
				s.gone++
				g.act(act{at: at.Add(3 * time.Second), what: didTrash, in: s, letter: m})
			}
		}
		g.act(act{at: at.Add(g.between(time.Minute, 10*time.Minute)), what: didEnd, in: s})
	}
}
