package incident

import (
	"keytrail/forensics"
	"keytrail/forensics/rule"
)

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
