package attacktest

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"keytrail/forensics"
)

// makeAttacks draws how many attacks there are, by whom and when.
func (g *generator) makeAttacks() {
	n := 0
	switch roll := g.r.Float64(); {
	case roll < 0.4:
	case roll < 0.75:
		n = 1 + g.r.IntN(3)
	default:
		n = 4 + g.r.IntN(9)
	}
	if n == 0 {
		return
	}
	gangs := []*attacker{g.makeAttacker(1)}
	for len(gangs) < n && len(gangs) < 4 && g.chance(0.3) {
		gangs = append(gangs, g.makeAttacker(len(gangs)+1))
	}
	at := g.moment(0.08, 0.8)
	who := g.r.IntN(len(gangs))
	for i := range n {
		end := g.attack(i+1, at, gangs[who])
		next := end.Add(g.days(0.5, 45))
		if len(gangs) > 1 && g.chance(0.1) { // another one at the same time
			next = at.Add(g.between(10*time.Minute, 5*time.Hour))
			who = (who + 1) % len(gangs)
		} else {
			who = g.r.IntN(len(gangs))
		}
		if at = next; at.After(g.c.End.Add(-8 * 24 * time.Hour)) {
			break
		}
	}
}

// plan is the set of steps that an attack takes.
type plan map[forensics.StepName]bool

func (g *generator) plan() plan {
	p := plan{}
	for _, s := range []struct {
		step   forensics.StepName
		chance float64
	}{{forensics.StepKey, 0.75}, {forensics.StepLogin, 0.93}, {forensics.StepSettings, 0.2}, {forensics.StepReset, 0.85}, {forensics.StepDeletion, 0.8}, {forensics.StepMoney, 0.55}} {
		if g.chance(s.chance) {
			p[s.step] = true
		}
	}
	if len(p) == 0 || len(p) == 1 && p[forensics.StepDeletion] {
		p[forensics.StepLogin] = true
	}
	return p
}

// attack makes one attack and gives its end.
func (g *generator) attack(n int, start time.Time, a *attacker) time.Time {
	p := g.plan()
	x := &attackRun{g: g, a: a, n: n, at: start, plan: p}
	x.key()
	x.login()
	x.settings()
	x.resets()
	x.hideAll()
	if x.in != nil {
		g.act(act{at: x.at, what: didEnd, in: x.in, truth: x.mine(forensics.StepLogin)})
	}
	end := x.at
	if x.last.After(end) {
		end = x.last
	}
	style := []string{strings.Join(x.netNames(), "+"), a.client.name}
	if a.slow {
		style = append(style, "slow")
	}
	if len(a.own) == 0 {
		style = append(style, "a new address each time")
	}
	if a.near {
		style = append(style, "from an operator of the owner's")
	}
	g.attacks = append(g.attacks, Attack{Attacker: a.number, Near: a.near, Style: strings.Join(style, ", "), Start: start, End: end, Took: x.took})
	x.aftermath(end)
	return end
}

// attackRun is one attack while it is made.
type attackRun struct {
	g    *generator
	a    *attacker
	n    int
	at   time.Time
	plan plan
	took []forensics.StepName

	keyName string
	in      *session
	hide    []*letter // notices that will be deleted
	last    time.Time // of what goes on without the attacker
}

func (x *attackRun) mine(step forensics.StepName, also ...forensics.StepName) truth {
	return truth{attack: x.n, step: step, also: also}
}

func (x *attackRun) step(s forensics.StepName) bool {
	if !x.plan[s] {
		return false
	}
	if !slices.Contains(x.took, s) {
		x.took = append(x.took, s)
	}
	return true
}

func (x *attackRun) netNames() []string {
	var out []string
	for _, n := range x.a.nets {
		if name := networks[n].name; !slices.Contains(out, name) {
			out = append(out, name)
		}
	}
	return out
}

// key makes a key for the mailbox.
func (x *attackRun) key() {
	if !x.step(forensics.StepKey) {
		return
	}
	g, t := x.g, x.mine(forensics.StepKey)
	if x.a.app != "" {
		x.consent()
		return
	}
	x.a.made++
	x.keyName = x.a.keys
	if strings.Contains(x.keyName, "%d") {
		x.keyName = fmt.Sprintf(x.keyName, x.a.made)
	}
	g.act(act{at: x.at, what: keyMade, key: x.keyName, in: &session{addr: x.a.address(g), client: x.a.client}, truth: t})
	if l := g.deliver(g.keyMail(x.at.Add(g.between(2*time.Second, 50*time.Second)), x.keyName), t); l != nil {
		x.hide = append(x.hide, l)
	}
	if x.a.locks {
		g.act(act{at: x.at.Add(time.Minute), what: keyGone, key: "phone", in: &session{addr: x.a.address(g), client: x.a.client}, truth: t})
		if l := g.deliver(g.keyGoneMail(x.at.Add(70*time.Second), "phone"), t); l != nil {
			x.hide = append(x.hide, l)
		}
	}
	x.at = x.at.Add(x.a.gap(g))
}

// consent lets an application read the mail, which serves as a key does.
func (x *attackRun) consent() {
	g, t := x.g, x.mine(forensics.StepKey, forensics.StepSettings)
	g.act(act{at: x.at, what: consentGiven, text: x.a.app, in: &session{addr: x.a.address(g), client: x.a.client}, truth: t})
	if l := g.deliver(g.consentMail(x.at.Add(20*time.Second), x.a.app), t); l != nil {
		x.hide = append(x.hide, l)
	}
	x.at = x.at.Add(x.a.gap(g))
}

// enter opens a session, seen or not.
func (x *attackRun) enter(seen bool) {
	g := x.g
	s := &session{addr: x.a.address(g), client: x.a.client, hidden: !seen}
	x.in = g.open(x.at, s, x.mine(forensics.StepLogin))
	x.at = x.at.Add(x.a.pause(g))
}

// login opens the mailbox and looks around.
func (x *attackRun) login() {
	if !x.step(forensics.StepLogin) {
		return
	}
	g := x.g
	if x.a.guesses && !x.plan[forensics.StepKey] {
		s := &session{addr: x.a.address(g), client: x.a.client}
		for range 12 + g.r.IntN(40) {
			g.act(act{at: x.at, what: didFail, in: s, truth: x.mine(forensics.StepLogin)})
			x.at = x.at.Add(g.between(time.Second, 40*time.Second))
		}
	}
	for i := range 1 + g.r.IntN(2) {
		if i > 0 {
			g.act(act{at: x.at, what: didEnd, in: x.in, truth: x.mine(forensics.StepLogin)})
			x.at = x.at.Add(x.a.pause(g))
		}
		x.enter(true)
		x.in.read += 5 + g.r.IntN(60)
		if x.a.bulk {
			x.in.read += 200 + g.r.IntN(3000)
		}
		x.look(g.r.IntN(6))
	}
}

// look reads letters that are there.
func (x *attackRun) look(n int) {
	if x.a.bulk {
		x.g.act(act{at: x.at, what: didRead, in: x.in, many: 100 + x.g.r.IntN(900), truth: x.mine(forensics.StepLogin)})
		x.at = x.at.Add(x.a.pause(x.g))
	}
	for range n {
		x.g.act(act{at: x.at, what: didRead, in: x.in, truth: x.mine(forensics.StepLogin)})
		x.at = x.at.Add(x.a.pause(x.g) / 3)
	}
}

// settings changes what the mailbox does.
func (x *attackRun) settings() {
	if !x.plan[forensics.StepSettings] {
		return
	}
	g, t := x.g, x.mine(forensics.StepSettings)
	if x.in == nil {
		x.enter(false)
	}
	x.step(forensics.StepSettings)
	for _, what := range [][]deed{{ruleMade}, {forwardMade}, {recoveryChanged}, {ruleMade, forwardMade}}[g.r.IntN(4)] {
		switch what {
		case ruleMade:
			g.act(act{at: x.at, what: ruleMade, in: x.in, text: g.one(".", "..", "a", "Sync"), truth: t})
		case forwardMade:
			g.act(act{at: x.at, what: forwardMade, in: x.in, text: "box" + fmt.Sprint(g.r.IntN(90)) + "@collector.example", truth: t})
		case recoveryChanged:
			g.act(act{at: x.at, what: recoveryChanged, in: x.in, truth: t})
			if l := g.deliver(g.recoveryMail(x.at.Add(20*time.Second)), t); l != nil {
				x.hide = append(x.hide, l)
			}
		}
		x.at = x.at.Add(x.a.pause(g))
	}
}

// resets asks services for new passwords and, at one that holds money, sends it away.
func (x *attackRun) resets() {
	g := x.g
	robs := x.plan[forensics.StepMoney]
	targets := slices.Clone(g.person.services)
	g.r.Shuffle(len(targets), func(i, j int) { targets[i], targets[j] = targets[j], targets[i] })
	slices.SortStableFunc(targets, func(a, b *service) int { // money first
		if a.money == b.money {
			return 0
		}
		if a.money {
			return -1
		}
		return 1
	})
	targets = targets[:min(len(targets), 1+g.r.IntN(3))]
	if x.plan[forensics.StepReset] || robs {
		x.at = x.at.Add(x.a.gap(g))
	}
	for i, s := range targets {
		if x.step(forensics.StepReset) {
			x.reset(s)
		}
		if robs && i == 0 {
			x.rob(s)
		}
		x.at = x.at.Add(x.a.pause(g))
	}
}

func (x *attackRun) reset(s *service) {
	g := x.g
	t := x.mine(forensics.StepReset)
	for range 1 + g.r.IntN(2) {
		l := g.deliver(g.resetMail(s, x.at.Add(g.between(2*time.Second, time.Minute))), t)
		x.at = l.at.Add(x.a.pause(g))
		x.readAndHide(l)
		if g.chance(0.7) {
			break
		}
	}
	if g.chance(0.5) {
		l := g.deliver(g.changedMail(s, x.at), t)
		x.at = x.at.Add(x.a.pause(g))
		x.readAndHide(l)
	}
	if s.money && g.chance(0.6) {
		l := g.deliver(g.deviceMail(s, x.at, x.a.address(g).String(), "Chrome on Windows"), t)
		x.at = x.at.Add(x.a.pause(g))
		x.readAndHide(l)
	}
	if g.chance(0.5) {
		l := g.deliver(g.signInMail(s, x.at, x.a.address(g).String(), "Chrome on Windows"), x.mine(forensics.StepReset, forensics.StepLogin, forensics.StepMoney))
		x.at = x.at.Add(x.a.pause(g))
		x.readAndHide(l)
	}
}

func (x *attackRun) rob(s *service) {
	g := x.g
	if !s.money {
		return
	}
	x.step(forensics.StepMoney)
	t := x.mine(forensics.StepMoney)
	if x.a.newAddr {
		x.a.wallet = g.wallet()
	}
	for range 1 + g.r.IntN(2) {
		amount := s.held * (0.2 + 0.6*g.r.Float64())
		m := g.transfer(s, amount, x.a.wallet)
		x.at = x.at.Add(g.between(3*time.Minute, 2*time.Hour))
		if x.a.slow {
			x.at = x.at.Add(g.between(time.Hour, 10*time.Hour))
		}
		if g.chance(0.6) {
			l := g.deliver(g.confirmMail(s, x.at, m), x.mine(forensics.StepMoney, forensics.StepReset))
			x.at = x.at.Add(x.a.pause(g))
			x.readAndHide(l)
		}
		g.act(act{at: x.at, what: moneyOut, move: m, truth: t})
		if g.chance(0.8) {
			l := g.deliver(g.sentMail(s, x.at.Add(g.between(5*time.Second, 4*time.Minute)), m), t)
			x.at = l.at.Add(x.a.pause(g))
			x.readAndHide(l)
		}
		s.held += 0.5
	}
}

// readAndHide reads a notice and takes it away at once or later.
func (x *attackRun) readAndHide(l *letter) {
	g := x.g
	if x.in == nil || g.chance(0.5) {
		x.hide = append(x.hide, l)
		return
	}
	if x.plan[forensics.StepLogin] {
		g.act(act{at: x.at, what: didRead, in: x.in, letter: l, truth: x.mine(forensics.StepLogin, forensics.StepReset)})
		x.at = x.at.Add(x.a.pause(g) / 4)
	}
	if !x.plan[forensics.StepDeletion] || !g.chance(x.a.hides) {
		return
	}
	x.delete(l)
}

func (x *attackRun) delete(l *letter) {
	g := x.g
	if x.in == nil {
		x.enter(false)
	}
	x.step(forensics.StepDeletion)
	t := x.mine(forensics.StepDeletion)
	l.trashed, l.taker = x.at, x.n
	g.act(act{at: x.at, what: didTrash, in: x.in, letter: l, truth: t})
	x.in.gone++
	if x.a.hard {
		x.at = x.at.Add(g.between(time.Second, 20*time.Second))
		l.purged = x.at
		g.act(act{at: x.at, what: didPurge, in: x.in, letter: l, letters: []*letter{l}, truth: t})
	}
	x.at = x.at.Add(g.between(time.Second, 30*time.Second))
}

// hideAll takes away what is still there.
func (x *attackRun) hideAll() {
	if !x.plan[forensics.StepDeletion] {
		return
	}
	g := x.g
	for _, l := range x.hide {
		if !l.at.Before(x.at) {
			x.at = l.at.Add(x.a.pause(g))
		}
		if l.trashed.IsZero() && (g.chance(x.a.hides) || len(x.hide) == 1) {
			x.delete(l)
		}
	}
}

// aftermath is what the owner and the provider do about it.
func (x *attackRun) aftermath(end time.Time) {
	g := x.g
	repair := truth{attack: x.n, repair: true}
	if x.a.locks && x.plan[forensics.StepKey] {
		// The owner's program has the old key. It tries again every quarter of an hour or so.
		d := g.person.devices[len(g.person.devices)-1]
		stop := end.Add(g.between(2*time.Hour, 20*time.Hour))
		for t := g.attacks[x.n-1].Start.Add(g.between(time.Minute, time.Hour)); t.Before(stop); t = t.Add(g.between(15*time.Minute, 100*time.Minute)) {
			if !t.Before(d.from) && t.Before(d.to) {
				g.act(act{at: t, what: didFail, in: &session{addr: g.origin(d, t), client: d.client}, truth: truth{attack: x.n}})
			}
		}
	}
	switch roll := g.r.Float64(); {
	case roll < 0.45:
		at := g.awake(end.Add(g.between(20*time.Minute, 100*time.Hour)))
		s := g.ownSession(at, repair)
		at = at.Add(2 * time.Minute)
		if x.keyName != "" {
			g.act(act{at: at, what: keyGone, key: x.keyName, in: s, truth: repair})
			g.deliver(g.keyGoneMail(at.Add(15*time.Second), x.keyName), repair)
			at = at.Add(time.Minute)
		}
		if x.keyName == "" || g.chance(0.5) {
			g.act(act{at: at, what: passwordChanged, in: s, truth: repair})
			g.deliver(g.passwordMail(at.Add(10*time.Second)), repair)
			at = at.Add(2 * time.Minute)
		}
		if x.a.locks || g.chance(0.2) {
			g.newKey(at, s, "again", repair)
			at = at.Add(time.Minute)
		}
		g.act(act{at: at, what: didEnd, in: s})
	case roll < 0.6:
		at := end.Add(g.between(time.Hour, 60*time.Hour))
		g.act(act{at: at, what: sessionsRevoked, alone: true, truth: repair})
		if x.keyName != "" {
			g.act(act{at: at.Add(time.Second), what: keyGone, key: x.keyName, alone: true, truth: repair})
			g.deliver(g.keyGoneMail(at.Add(12*time.Second), x.keyName), repair)
		}
		g.deliver(g.passwordMail(at.Add(20*time.Second)), repair)
	}
}

// newKey is a key that the owner makes.
func (g *generator) newKey(at time.Time, s *session, name string, t truth) {
	g.act(act{at: at, what: keyMade, key: name, in: s, truth: t})
	g.deliver(g.keyMail(at.Add(g.between(3*time.Second, 30*time.Second)), name), t)
}
