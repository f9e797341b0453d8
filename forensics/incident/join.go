package incident

import (
	"cmp"
	"context"
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

// mostOpen is among how many hands at a time an atom's is looked for; more come from a botnet that sends through the account.
const mostOpen = 200

// join makes drafts of atoms, which come in the order of their starts. It ends early with ctx.
func (b *builder) join(ctx context.Context, atoms []*atom) []*draft {
	var drafts, open []*draft // open are those that are not too old for everything
	longest := max(b.settings.Window(chainWindow), b.settings.Window(lossReport))
	for _, a := range atoms {
		if ctx.Err() != nil {
			return nil
		}
		if a.byOwner = b.byOwner(a); a.byOwner && a.only(forensics.StepKey) {
			continue // the owner's own key
		}
		var best *draft
		reason := noReason
		for len(open) > 0 && a.start-open[0].last > longest {
			open = open[1:]
		}
		for _, d := range open {
			if b.over(d, a, open) {
				continue
			}
			if r := b.link(d, a); r > reason || r == reason && r != noReason && b.nearer(d, best, a) {
				best, reason = d, r
			}
		}
		if best == nil {
			d := newDraft(a)
			drafts, open = append(drafts, d), append(open, d)
			if len(open) > mostOpen {
				i := leastTelling(open[:mostOpen/2])
				open = slices.Delete(open, i, i+1)
			}
			continue
		}
		if reason == byMessage && best.touched && a.touches {
			a.hand = hand{} // who empties the trash later need not be who filled it
		}
		best.add(a)
	}
	return b.adopt(drafts)
}

// leastTelling is the hand that did least, and of several the one that has been quiet longest: an attack that is under way is not lost
// in a flood.
func leastTelling(open []*draft) int {
	least := slices.MinFunc(open, func(x, y *draft) int { return cmp.Or(len(x.first)-len(y.first), cmp.Compare(x.last, y.last)) })
	return slices.Index(open, least)
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

// nearer decides between two drafts that an atom has the same reason to join: the one that still lacks the step, so that
// two hands at once get a step each; else the one that was active last.
func (b *builder) nearer(d, best *draft, a *atom) bool {
	step := a.step()
	if x, y := d.has(step), best.has(step); x != y {
		return y
	}
	return d.last > best.last
}
