package incident

import (
	"slices"

	"keytrail/forensics"
	"keytrail/forensics/rule"
)

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
