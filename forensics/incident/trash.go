package incident

import (
	"slices"

	"keytrail/forensics"
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
	d.points = slices.DeleteFunc(d.points, func(p *point) bool { return isDeletion(p.b.Kind) })
	delete(d.first, forensics.StepDeletion)
	if len(d.points) == 0 {
		return
	}
	d.start, d.last = d.points[0].at(), d.points[0].at()
	for _, p := range d.points {
		d.start, d.last = min(d.start, p.at()), max(d.last, p.at())
	}
}
