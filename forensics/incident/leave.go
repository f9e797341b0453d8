package incident

import (
	"slices"
	"strings"

	"keytrail/forensics"
	"keytrail/forensics/rule"
)

// leaveTrash takes the deletions of which nothing is known but that the mail lies in the trash out of a draft where most of its notices do
// not: an owner who throws some of his mail away has thrown some of these away too, who hides his tracks hides most of them. What
// is left out is missing from the draft, and from nothing else.
func (b *builder) leaveTrash(d *draft) {
	if !d.has(forensics.StepDeletion) {
		return
	}
	gone := map[uint32]bool{}
	for _, p := range d.points {
		if isDeletion(p.b.Kind) {
			if p.b.Certainty != forensics.Inferred || p.b.Kind == forensics.MailMissing {
				return // somebody was seen to delete, or more than a trash is at hand
			}
			gone[p.b.Message] = true
		}
	}
	notices, hidden := map[uint32]bool{}, 0
	for _, p := range d.points {
		if m := p.b.Message; isMail(p.b) && !isDeletion(p.b.Kind) && !notices[m] {
			notices[m] = true
			if gone[m] {
				hidden++
			}
		}
	}
	if 2*hidden > len(notices) {
		return
	}
	d.drop(func(p *point) bool { return isDeletion(p.b.Kind) })
}

// leaveRoutine takes the reset out of a draft that has nothing of one but mails which a service sends for every login or withdrawal: a
// withdrawal to be confirmed is of the money, and a code is nobody's act.
func (b *builder) leaveRoutine(d *draft) {
	routine := func(p *point) bool {
		return p.step == forensics.StepReset && p.b.Detail != 0 && rule.Routine(b.text(p.b.Detail))
	}
	if !d.has(forensics.StepReset) || slices.ContainsFunc(d.points, func(p *point) bool { return p.step == forensics.StepReset && !routine(p) }) {
		return
	}
	for _, p := range d.points {
		if routine(p) && strings.Contains(b.text(p.b.Detail), "withdrawal") {
			p.step = forensics.StepMoney
		}
	}
	d.drop(routine)
}

// drop takes points out of a draft.
func (d *draft) drop(which func(*point) bool) {
	d.points = slices.DeleteFunc(d.points, which)
	d.recount()
}
