package attacktest

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
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
			g.deliver(g.letter(&letter{from: l.from, name: l.name, host: "out." + l.from[strings.IndexByte(l.from, '@')+1:], at: at(), list: true, verdict: "pass",
				subject: fmt.Sprintf(l.subject, g.r.IntN(90)+1), body: "This is what is new.\n"}), truth{})
		}
		for range g.poisson(0.6) {
			from := friends[g.r.IntN(len(friends))]
			g.deliver(g.letter(&letter{from: from, host: "mail." + from[strings.IndexByte(from, '@')+1:], at: at(), verdict: "pass",
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
