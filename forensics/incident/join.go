package incident

import (
	"slices"

	"keytrail/forensics"
	"keytrail/forensics/rule"
)

// The windows that joining knows, by the names of the settings.
const (
	chainWindow    = rule.ChainWindow
	resetWindow    = rule.ResetWindow
	deletionWindow = rule.DeletionWindow
	lossReport     = rule.LossReport
	repairWindow   = rule.RepairWindow
)

// draft is an incident in the making.
type draft struct {
	points      []*point
	start, last int64
	hand        hand
	// first is when each step begins; a step that is not there is missing.
	first map[forensics.StepName]int64
	// present is the last moment at which something that came from an address was there; strange is set where it is strange to the account.
	present int64
	strange bool
	// touched is set where something that came from an address touched the mailbox, stays where that is of a network which
	// somebody lived in.
	touched, stays bool
	// doubted is set where something in it need not be the owner's.
	doubted bool

	symptoms []int // findings of the owner's client that fails
	repair   []int // findings of the owner's and the provider's repair, in order of time
	stay     stay
	weighed  weighed
	again    float64 // points for what it has in common with a strong incident
	againAs  string  // what that is, in words
}

func newDraft(a *atom) *draft {
	d := &draft{start: a.start, last: a.end, first: map[forensics.StepName]int64{}}
	d.add(a)
	return d
}

func (d *draft) add(a *atom) {
	d.points = append(d.points, a.points...)
	d.start, d.last = min(d.start, a.start), max(d.last, a.end)
	d.hand.merge(&a.hand)
	d.touched, d.stays, d.doubted = d.touched || a.touches, d.stays || a.stays, d.doubted || !a.byOwner
	d.present, d.strange = max(d.present, a.present), d.strange || a.strange
	for _, p := range a.points {
		if at, ok := d.first[p.step]; !ok || p.at() < at {
			d.first[p.step] = p.at()
		}
	}
}

func (d *draft) has(s forensics.StepName) bool { _, ok := d.first[s]; return ok }

// The strengths of reasons to join, the best first. A reason of the hand's own outweighs what happens to come close in time.
const (
	bySession = 110 - 10*iota
	byKey
	byAddress
	byMessage
	byNetwork
	byASN
	byClient
	byOrigin
	byService
	byTime
	byLate
	noReason = 0
)

// join makes drafts of atoms, which come in the order of their starts.
func (b *builder) join(atoms []*atom) []*draft {
	var drafts []*draft
	open := 0 // the drafts before this one are too old for everything
	longest := max(b.settings.Window(chainWindow), b.settings.Window(lossReport))
	for _, a := range atoms {
		if a.byOwner = b.byOwner(a); a.byOwner && a.only(forensics.StepKey) {
			continue // the owner's own key
		}
		var best *draft
		reason := noReason
		for open < len(drafts) && a.start-drafts[open].last > longest {
			open++
		}
		for _, d := range drafts[open:] {
			if b.over(d, a, drafts[open:]) {
				continue
			}
			if r := b.link(d, a); r > reason || r == reason && r != noReason && b.nearer(d, best, a) {
				best, reason = d, r
			}
		}
		if best == nil {
			drafts = append(drafts, newDraft(a))
			continue
		}
		if reason == byMessage && best.touched && a.touches {
			a.hand = hand{} // who empties the trash later need not be who filled it
		}
		best.add(a)
	}
	return b.adopt(drafts)
}

// adopt gives the resets and the money that nobody is seen to have come for to whoever was there before them and has no reset: the first
// of them fell into the owner's own hours, so it was not joined at its time, and the others followed it by their service.
func (b *builder) adopt(drafts []*draft) []*draft {
	var kept []*draft
	for _, d := range drafts { // in order of their starts
		if before := b.cameBefore(kept, d); before != nil {
			before.merge(d)
		} else {
			kept = append(kept, d)
		}
	}
	return kept
}

// cameBefore finds who was there before a draft that begins with a reset.
func (b *builder) cameBefore(drafts []*draft, d *draft) (last *draft) {
	if d.touched || !d.doubted || !d.has(forensics.StepReset) || d.has(forensics.StepKey) || d.has(forensics.StepLogin) || d.has(forensics.StepSettings) {
		return nil
	}
	for _, o := range drafts {
		if o.strange && !o.has(forensics.StepReset) && d.start-o.last <= b.settings.Window(resetWindow) && (last == nil || o.last > last.last) {
			last = o
		}
	}
	return last
}

func (d *draft) merge(o *draft) {
	d.points = append(d.points, o.points...)
	d.hand.merge(&o.hand)
	d.present = max(d.present, o.present)
	d.recount()
}

// nearer decides between two drafts that an atom has the same reason to join: the one that still lacks the step, so that
// two hands at once get a step each; else the one that was active last.
func (b *builder) nearer(d, best *draft, a *atom) bool {
	step := a.step()
	if x, y := d.has(step), best.has(step); x != y {
		return y
	}
	return d.last > best.last
}

// link gives the best reason for an atom to belong to a draft.
func (b *builder) link(d *draft, a *atom) int {
	gap := a.start - d.last
	chain := b.settings.Window(chainWindow)
	h := &a.hand
	// Who has lived somewhere for days, and who comes from elsewhere for an hour.
	elsewhere := a.touches && d.touched && a.stays != d.stays
	if d.hand.sessions.meets(h.sessions) && gap <= chain {
		return bySession
	}
	if a.own || b.begins(d, a) || a.byOwner && d.touched {
		return noReason
	}
	switch {
	case gap > chain:
		if a.only(forensics.StepMoney) && gap <= b.settings.Window(rule.LossJoined) && d.hand.services.meets(h.services) {
			return byLate
		}
		return noReason
	case d.hand.keys.meets(h.keys):
		return byKey
	case d.hand.ips.meets(h.ips):
		return byAddress
	case !elsewhere && d.hand.messages.meets(h.messages):
		return byMessage
	case d.hand.nets.meets(h.nets):
		return byNetwork
	case d.hand.asns.meets(h.asns):
		return byASN
	case elsewhere:
		return noReason
	case b.sameClient(d, a):
		return byClient
	}
	if a.touches && d.touched && !(d.keyOnly() && a.step() != forensics.StepKey) && !d.awaits(a) {
		if b.inTurn(d, a) {
			return byTime
		}
		return noReason // known by other things: another hand; but a key can be made in one place and used in another
	}
	if b.fromOrigin(d, a) {
		return byOrigin
	}
	if d.hand.services.meets(h.services) && b.inOrder(d, a) {
		if d.moneyOnly() {
			return byLate // two transfers from one service need not be of one hand
		}
		if gap > b.settings.Window(rule.LossWindow) || a.only(forensics.StepMoney) && b.longAgo(d, a) {
			return byLate
		}
		return byService
	}
	if b.inOrder(d, a) {
		return byTime
	}
	return noReason
}

// longAgo reports whether the last reset of the service that money left is too long ago to say much.
func (b *builder) longAgo(d *draft, a *atom) bool {
	last := int64(0)
	for _, p := range d.points {
		if p.step == forensics.StepReset && a.hand.services.has(p.b.Service) {
			last = max(last, p.at())
		}
	}
	return last != 0 && a.start-last > b.settings.Window(rule.LossWindow)
}

// fromOrigin reports whether the findings of a transfer name an act of the draft as what it came after.
func (b *builder) fromOrigin(d *draft, a *atom) bool {
	if !a.only(forensics.StepMoney) || !d.strange || a.start-d.last > otherService {
		return false
	}
	for _, p := range a.points {
		for _, f := range p.findings {
			if finding := &b.acct.Findings[f]; finding.Rule == ruleAfter && slices.ContainsFunc(d.points, func(o *point) bool {
				return o.step != forensics.StepMoney && slices.Contains(finding.Related, o.b.Row)
			}) {
				return true
			}
		}
	}
	return false
}

// inTurn is how soon after one address has gone quiet another one can be the same hand.
const inTurn = int64(60 * 60 * 1e9)

// inTurn reports whether an atom takes up where the draft has just left off: one address after the other, strange both, with no client
// that tells them apart. Two that are there at the same time are two hands.
func (b *builder) inTurn(d *draft, a *atom) bool {
	gap := a.start - d.present
	if gap < 0 || gap > inTurn || !a.strange || !d.strange || a.step() == forensics.StepKey && a.start-d.start > newAttack {
		return false // a key that is made when somebody has long been there is the beginning of something else
	}
	x, y := d.hand.clients, a.hand.clients
	return len(x) == 0 || len(y) == 0 || x.meets(y)
}

// sameClient: a client tells a hand only where the owner does not use it.
func (b *builder) sameClient(d *draft, a *atom) bool {
	return d.hand.clients.meets(a.hand.clients) && (len(d.hand.ips) == 0 || len(a.hand.ips) == 0)
}

// touches reports whether an event came from an address and touched the mailbox itself: a service's own login
// from elsewhere does not make another hand of it.
func (b *builder) touches(p *point) bool {
	return p.b.IP != 0 && !p.standing.Owner() && !b.aboutService(p.b)
}

// keyCertainty is how the first key of a draft is known.
func (d *draft) keyCertainty() forensics.Certainty {
	for _, p := range d.points {
		if p.step == forensics.StepKey {
			return p.b.Certainty
		}
	}
	return forensics.Inferred
}

// awaits reports whether a draft has a key and nobody strange to use it: what else touched the mailbox may be the owner's.
func (d *draft) awaits(a *atom) bool {
	return a.strange && !d.strange && d.has(forensics.StepKey) && !d.has(forensics.StepLogin)
}

func (d *draft) keyOnly() bool { return len(d.first) == 1 && d.has(forensics.StepKey) }

func (d *draft) moneyOnly() bool { return len(d.first) == 1 && d.has(forensics.StepMoney) }

func (a *atom) only(s forensics.StepName) bool {
	for _, p := range a.points {
		if p.step != s {
			return false
		}
	}
	return true
}

// step is the first step of an atom in the order of an attack: a session is judged by its login.
func (a *atom) step() forensics.StepName {
	for _, s := range forensics.Steps() {
		for _, p := range a.points {
			if p.step == s {
				return s
			}
		}
	}
	return ""
}

// over reports whether a draft has come to its end and another one, begun by a key since, waits for the login that an atom brings: the
// same hand from the same address is then at its next attack.
func (b *builder) over(d *draft, a *atom, drafts []*draft) bool {
	if a.step() != forensics.StepLogin || !d.ended() || a.start-d.last < newAttack {
		return false
	}
	for _, o := range drafts {
		if o != d && o.keyOnly() && o.start > d.last && a.start-o.last <= b.settings.Window(rule.KeyTied) {
			return true
		}
	}
	return false
}

// ended reports whether a draft has reached what attacks are after.
func (d *draft) ended() bool {
	return d.has(forensics.StepReset) || d.has(forensics.StepDeletion) || d.has(forensics.StepMoney)
}

// newAttack is how long after a hidden reset or a theft a new key is the beginning of something new.
const newAttack = int64(6 * 3600 * 1e9)

// nextVisit is how long after it a login is.
const nextVisit = int64(12 * 3600 * 1e9)

// begins reports whether an atom begins another attack: a key made, or much later a login, after the draft has come to its end.
func (b *builder) begins(d *draft, a *atom) bool {
	gap := a.start - d.last
	switch a.step() {
	case forensics.StepKey:
		return gap >= newAttack && d.ended()
	case forensics.StepLogin:
		return gap >= nextVisit && (d.has(forensics.StepDeletion) || d.has(forensics.StepMoney))
	}
	return false
}

// noticeSlack is how much later than the fact a mail that tells of it may come.
const noticeSlack = int64(15 * 60 * 1e9)

const (
	// doubtfulKey is how soon a strange login must follow a key before which the owner had just been there himself.
	doubtfulKey = int64(2 * 3600 * 1e9)
	// otherService is how soon money must go from a service of which the draft knows nothing, where it knows others.
	otherService = int64(6 * 3600 * 1e9)
	// gapAround is how soon after the last act a mail came that is missing and of which nothing else is known.
	gapAround = int64(3 * 3600 * 1e9)
)

// doubtful reports whether all that is said about the keys of a draft weighs little.
func (b *builder) doubtful(d *draft) bool {
	for _, p := range d.points {
		for _, f := range p.findings {
			if finding := &b.acct.Findings[f]; (finding.Rule == ruleKey || finding.Rule == ruleConsent) && finding.Weight >= 0.2 {
				return false
			}
		}
	}
	return true
}

// inOrder reports whether an atom can follow what a draft has, in the order of an attack and in time.
func (b *builder) inOrder(d *draft, a *atom) bool {
	gap := a.start - d.last
	access := d.has(forensics.StepKey) || d.has(forensics.StepLogin) || d.has(forensics.StepSettings)
	switch a.step() {
	case forensics.StepKey:
		if d.has(forensics.StepKey) {
			return a.start-d.first[forensics.StepKey] <= noticeSlack && d.keyCertainty() != a.points[0].b.Certainty // a log and a notice of one key
		}
		return a.start-d.start <= noticeSlack
	case forensics.StepLogin:
		window := b.settings.Window(rule.KeyTied)
		if b.doubtful(d) {
			window = min(window, doubtfulKey)
		}
		return d.has(forensics.StepKey) && (!d.touched || d.keyOnly() || d.awaits(a)) && gap <= window
	case forensics.StepSettings:
		return access && gap <= b.settings.Window(rule.SettingsWindow)
	case forensics.StepReset:
		return (access || d.has(forensics.StepReset)) && gap <= b.settings.Window(resetWindow)
	case forensics.StepDeletion:
		if a.points[0].b.Kind == forensics.MailMissing && a.points[0].b.Message == 0 && gap > gapAround {
			return false
		}
		return (access || d.has(forensics.StepReset)) && gap <= b.settings.Window(deletionWindow)
	case forensics.StepMoney:
		if len(a.hand.services) > 0 && len(d.hand.services) > 0 {
			if !d.hand.services.meets(a.hand.services) {
				return access && a.start-max(d.present, d.start) <= otherService
			}
			return gap <= b.settings.Window(lossReport)
		}
		return gap <= b.settings.Window(rule.LossWindow)
	}
	return false
}
