package incident

import (
	"keytrail/forensics"
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

func (d *draft) merge(o *draft) {
	d.points = append(d.points, o.points...)
	d.hand.merge(&o.hand)
	d.present = max(d.present, o.present)
	d.recount()
}

// recount finds the span and the steps of a draft again.
func (d *draft) recount() {
	clear(d.first)
	for i, p := range d.points {
		if i == 0 || p.at() < d.start {
			d.start = p.at()
		}
		if i == 0 || p.at() > d.last {
			d.last = p.at()
		}
		if at, ok := d.first[p.step]; !ok || p.at() < at {
			d.first[p.step] = p.at()
		}
	}
}

func (d *draft) has(s forensics.StepName) bool { _, ok := d.first[s]; return ok }

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

// ended reports whether a draft has reached what attacks are after.
func (d *draft) ended() bool {
	return d.has(forensics.StepReset) || d.has(forensics.StepDeletion) || d.has(forensics.StepMoney)
}
