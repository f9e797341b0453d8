package attacktest

import (
	"fmt"
	"slices"
	"strconv"
	"time"

	"keytrail/forensics"
)

// awake moves a moment of the night to the morning after it.
func (g *generator) awake(t time.Time) time.Time {
	clock := local
	if tr := g.person.tripAt(t); tr != nil {
		clock = time.FixedZone("away", -6*3600+int(tr.shift/time.Second))
	}
	l := t.In(clock)
	if h := l.Hour(); h >= 7 && h < 23 {
		return t
	}
	day := time.Date(l.Year(), l.Month(), l.Day(), 7, 10, 0, 0, clock)
	if l.Hour() >= 23 {
		day = day.AddDate(0, 0, 1)
	}
	return day.Add(g.between(0, 2*time.Hour))
}

// ownSession opens the mailbox as the owner does.
func (g *generator) ownSession(at time.Time, t truth) *session {
	d := g.device(at)
	return g.open(at, &session{addr: g.origin(d, at), client: d.client}, t)
}

// transfer makes one payment out of a service.
func (g *generator) transfer(s *service, amount float64, to string) *transfer {
	asset, price := "BTC", 27000.0
	if s.id == "kraken" && g.chance(0.5) {
		asset, price = "ETH", 1800
	}
	return &transfer{service: s.id, asset: asset, amount: strconv.FormatFloat(amount, 'f', 8, 64), usd: strconv.FormatFloat(amount*price, 'f', 2, 64), to: to, txid: g.guid()}
}

// life is the mailbox as the days go by.
type life struct {
	g       *generator
	pending []*letter // not yet come, by time
	fresh   []*letter // come and not looked at
	kept    []*letter // read, in the inbox
	trash   []*letter
	sweep   time.Time // when the trash is emptied next
	auto    bool      // the server empties it
}

// event is something that happens once, planned ahead.
type event struct {
	at time.Time
	do func(l *life, at time.Time)
}

// live makes the owner's days.
func (g *generator) live() {
	l := &life{g: g, sweep: g.c.Start.Add(g.days(20, 60)), auto: g.c.World == WorldServer && g.chance(0.3)}
	g.post()
	l.pending = slices.Clone(g.letters)
	slices.SortStableFunc(l.pending, func(a, b *letter) int { return a.at.Compare(b.at) })
	events := g.events()
	for day := g.c.Start; day.Before(g.c.End); day = day.AddDate(0, 0, 1) {
		next := day.AddDate(0, 0, 1)
		var times []time.Time
		for range g.poisson(g.person.busy) {
			times = append(times, g.awake(day.Add(g.between(0, 24*time.Hour))))
		}
		slices.SortFunc(times, time.Time.Compare)
		for len(events) > 0 && events[0].at.Before(next) {
			if at := events[0].at; at.Before(g.c.End) {
				events[0].do(l, at)
			}
			events = events[1:]
		}
		for _, t := range times {
			if t.Before(g.c.End) {
				l.session(t)
			}
		}
	}
}

// post makes the mail that comes of itself.
func (g *generator) post() {
	lists := []struct{ from, name, subject string }{
		{"news@weekly.example", "The Weekly", "Issue %d"}, {"offers@shop.example", "Corner Shop", "%d%% off until Sunday"},
		{"digest@forum.example.net", "Forum digest", "%d new answers"}, {"club@cycling.example.org", "Cycling club", "Tour no. %d"},
		{"bulletin@school.example", "School bulletin", "Bulletin %d"}, {"info@updates.coin-news.example", "Coin News", "Is your Coinbase account safe? No. %d"},
	}
	friends := []string{"ada@friends.example", "bruno@friends.example", "chiara@elsewhere.example", "farid@office.example.net", "greta@elsewhere.example"}
	for day := g.c.Start; day.Before(g.c.End); day = day.AddDate(0, 0, 1) {
		at := func() time.Time { return day.Add(g.between(0, 24*time.Hour)) }
		for range g.poisson(0.9) {
			l := lists[g.r.IntN(len(lists))]
			g.deliver(g.letter(&letter{from: l.from, name: l.name, host: "out." + l.from[indexByte(l.from, '@')+1:], at: at(), list: true, verdict: "pass",
				subject: fmt.Sprintf(l.subject, g.r.IntN(90)+1), body: "This is what is new.\n"}), truth{})
		}
		for range g.poisson(0.6) {
			from := friends[g.r.IntN(len(friends))]
			g.deliver(g.letter(&letter{from: from, host: "mail." + from[indexByte(from, '@')+1:], at: at(), verdict: "pass",
				subject: g.one("Dinner", "Re: the boat", "Photos", "Question about Thursday", "Invoice", "Lunch?", "Re: reset of the router"), body: "Hello,\nsee you soon.\n"}), truth{})
		}
		for range g.poisson(0.025) {
			g.deliver(g.phish(at()), truth{})
		}
		if g.chance(1.0 / 220) { // somebody who only knows the address
			s := g.person.services[g.r.IntN(len(g.person.services))]
			for t, n := at(), 1+g.r.IntN(3); n > 0; n-- {
				g.deliver(g.resetMail(s, t), truth{})
				t = t.Add(g.between(time.Minute, 30*time.Minute))
			}
		}
	}
	if g.chance(0.12) {
		g.flood(g.moment(0.1, 0.9))
	}
	if len(g.attacks) > 0 && g.chance(0.12) { // to bury what an attack brings
		g.flood(g.attacks[g.r.IntN(len(g.attacks))].Start.Add(g.between(0, time.Hour)))
	}
}

// phish makes a look-alike of a notice.
func (g *generator) phish(at time.Time) *letter {
	s := g.person.services[g.r.IntN(len(g.person.services))]
	l := &letter{at: at, kind: forensics.Alert}
	l.subject = g.one("Reset your password", "Action required: verify your account", "Confirm your withdrawal", "Security alert", "New sign-in to your account")
	switch g.r.IntN(3) {
	case 0:
		l.from, l.verdict = "support@"+s.id+"-security.example", "pass"
		l.name, l.host = s.name+" Support", "vps.hosting.example"
	case 1: // in the brand's own name
		l.from, l.name, l.host, l.verdict = s.from, s.name, "vps.hosting.example", "fail"
	default:
		l.from, l.verdict = "no-reply@"+s.domain+".verify.example", "pass"
		l.name, l.host = s.name, "mx.verify.example"
	}
	l.body = "Your account was suspended. Verify your identity at once.\n"
	return g.letter(l)
}

// flood is a bombardment with subscriptions.
func (g *generator) flood(at time.Time) {
	g.c.Quirks = append(g.c.Quirks, "flood "+at.Format(time.DateOnly))
	for i := range 50 + g.r.IntN(120) {
		domain := fmt.Sprintf("list%d.signup%d.example", i, g.r.IntN(50))
		g.deliver(g.letter(&letter{from: "welcome@" + domain, host: "mta." + domain, at: at, list: true, verdict: "pass",
			subject: g.one("Welcome to our newsletter", "Confirm your subscription", "Thanks for signing up", "Please verify your address"), body: "Click to go on.\n"}), truth{})
		at = at.Add(g.between(5*time.Second, 80*time.Second))
	}
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

// session is one ordinary look into the mailbox.
func (l *life) session(at time.Time) {
	g := l.g
	l.arrive(at)
	s := g.ownSession(at, truth{})
	at = at.Add(g.between(5*time.Second, time.Minute))
	s.read += len(l.fresh)
	for i, m := range l.fresh {
		if !m.trashed.IsZero() { // somebody took it away
			continue
		}
		if i < 4 {
			g.act(act{at: at, what: didRead, in: s, letter: m})
			at = at.Add(g.between(5*time.Second, 90*time.Second))
		}
		drop := 0.03
		switch {
		case m.list:
			drop = 0.35
		case m.kind != forensics.MailReceived:
			drop = g.person.tidy * 0.5
		}
		if m.kind == forensics.Alert {
			drop = 0.7
		}
		if g.chance(drop) {
			l.drop(s, m, at)
			at = at.Add(g.between(time.Second, 10*time.Second))
		} else {
			l.kept = append(l.kept, m)
		}
	}
	l.fresh = l.fresh[:0]
	if g.chance(0.12) {
		l.answer(s, at)
	}
	if at.After(l.sweep) {
		at = l.empty(s, at.Add(20*time.Second))
		l.sweep = at.Add(g.days(20, 70))
	}
	g.act(act{at: at.Add(g.between(5*time.Second, 4*time.Minute)), what: didEnd, in: s})
}

// arrive takes in what has come.
func (l *life) arrive(at time.Time) {
	for len(l.pending) > 0 && !l.pending[0].at.After(at) {
		if m := l.pending[0]; m.trashed.IsZero() {
			l.fresh = append(l.fresh, m)
		} else if m.purged.IsZero() {
			l.trash = append(l.trash, m)
		}
		l.pending = l.pending[1:]
	}
}

// drop moves a letter to the trash. One that an attacker takes away later stays for him.
func (l *life) drop(s *session, m *letter, at time.Time) {
	if !m.trashed.IsZero() {
		return
	}
	m.trashed = at
	s.gone++
	l.trash = append(l.trash, m)
	l.g.act(act{at: at, what: didTrash, in: s, letter: m})
}

// empty purges what lies in the trash.
func (l *life) empty(s *session, at time.Time) time.Time {
	var gone []*letter
	rest := l.trash[:0]
	for _, m := range l.trash {
		if m.trashed.Before(at) && m.purged.IsZero() && len(gone) < 40 {
			m.purged = at
			gone = append(gone, m)
		} else if m.purged.IsZero() {
			rest = append(rest, m)
		}
	}
	l.trash = rest
	if len(gone) > 0 {
		l.g.act(act{at: at, what: didPurge, in: s, letters: gone, alone: l.auto})
		if !l.auto {
			s.gone += len(gone)
		}
	}
	return at.Add(5 * time.Second)
}

func (l *life) answer(s *session, at time.Time) {
	g := l.g
	m := g.letter(&letter{from: g.c.Account, at: at, sent: true, subject: g.one("Re: Dinner", "Thursday", "Re: Photos"), body: "Yes, gladly.\n"})
	g.act(act{at: at, what: letterWent, in: s, letter: m})
}

// await reads letters in a session that just came for the owner and mostly lets them lie.
func (l *life) await(s *session, at time.Time, letters ...*letter) time.Time {
	g := l.g
	for _, m := range letters {
		g.deliver(m, truth{})
		if t := m.at.Add(g.between(5*time.Second, 40*time.Second)); t.After(at) {
			at = t
		}
		g.act(act{at: at, what: didRead, in: s, letter: m})
		s.read++
		at = at.Add(g.between(5*time.Second, 2*time.Minute))
		if g.chance(g.person.tidy) {
			l.drop(s, m, at)
			at = at.Add(g.between(time.Second, 20*time.Second))
			if g.chance(0.15) {
				m.purged = at
				g.act(act{at: at, what: didPurge, in: s, letter: m, letters: []*letter{m}})
				s.gone++
			}
		}
	}
	return at
}

func (l *life) shop() *service { s := l.g.person.services; return s[l.g.r.IntN(len(s))] }

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
