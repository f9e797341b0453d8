package incident

import (
	"cmp"
	"slices"

	"keytrail/forensics"
)

// The ways in which an incident ends, as State says them.
const (
	stateOwner    = "stopped by owner"
	stateProvider = "ended by the provider's reset"
	stateWentOn   = "went on"
)

// repairs gives each draft what was repaired after it, and the trouble that the owner's client had with it: until the
// next draft that begins after it has come to its end.
func (b *builder) repairs(drafts []*draft) {
	window := b.settings.Window(repairWindow)
	var starts []int64 // of drafts that can be the next one
	for _, d := range drafts {
		if len(d.first) > 1 {
			starts = append(starts, d.start)
		}
	}
	slices.Sort(starts)
	for i := range b.acct.Findings {
		f := &b.acct.Findings[i]
		trouble := f.Rule == ruleKeyTrouble
		if !f.Owner && (f.Rule != ruleEnd || b.attacks(f)) && !trouble && !b.rekeyed[i] {
			continue
		}
		for _, d := range drafts {
			if f.Start < d.start || f.Start-d.last > window || between(starts, d.last+1, f.Start) {
				continue // before it, long after it, or after the next one began
			}
			if trouble {
				d.symptoms = append(d.symptoms, i)
			} else {
				d.repair = append(d.repair, i)
			}
		}
	}
	for _, d := range drafts {
		b.replaced(d)
		slices.SortStableFunc(d.repair, func(x, y int) int { return cmp.Compare(b.acct.Findings[x].Start, b.acct.Findings[y].Start) })
	}
}

// replaced makes acts of the attack of the keys that were removed right after one was made: who makes a key in place of the owner's
// removes that.
func (b *builder) replaced(d *draft) {
	d.repair = slices.DeleteFunc(d.repair, func(i int) bool {
		f := &b.acct.Findings[i]
		brief := b.rows[f.Rows[0]]
		if f.Rule != ruleEnd || len(f.Rows) != 1 || brief == nil || brief.Kind != forensics.KeyRemoved || b.byRow[brief.Row] != nil {
			return false
		}
		for _, p := range d.points {
			if gap := brief.Time - p.at(); p.b.Kind == forensics.KeyCreated && gap >= 0 && gap <= noticeSlack && (brief.Key == 0 || brief.Key != p.b.Key) {
				own := &point{b: brief, step: forensics.StepKey, standing: b.standing(brief)}
				b.byRow[brief.Row] = own
				d.points = append(d.points, own)
				d.recount()
				return true
			}
		}
		return false
	})
}

// state says how an incident ended, as far as something shows it.
func (b *builder) state(d *draft) string {
	if len(d.repair) == 0 {
		return ""
	}
	owner, provider := int64(0), int64(0)
	for _, i := range d.repair {
		f := &b.acct.Findings[i]
		if f.Rule == ruleEnd && !f.Owner {
			provider = max(provider, f.End)
		} else {
			owner = max(owner, f.End)
		}
	}
	switch last := lastSuccess(d); {
	case last > max(owner, provider):
		return stateWentOn
	case provider > owner:
		return stateProvider
	}
	return stateOwner
}

// lastSuccess is the last moment at which the hand achieved something. A login that failed, and money that left
// on its own way, say nothing about the mailbox.
func lastSuccess(d *draft) (last int64) {
	for _, p := range d.points {
		if p.b.Kind != forensics.LoginFailed && p.b.Outcome != forensics.Failure && p.step != forensics.StepMoney && p.step != forensics.StepReset {
			last = max(last, p.at())
		}
	}
	return last
}

// repairSteps tells the repair and the owner's trouble, in order of time.
func (b *builder) repairSteps(d *draft, events map[int64]*forensics.Event) []forensics.Step {
	var out []forensics.Step
	for _, i := range slices.Concat(d.symptoms, d.repair) {
		f := &b.acct.Findings[i]
		s := forensics.Step{Step: f.Step, Start: f.Start, End: f.End, Rows: f.Rows, Rules: []string{f.Rule}, Certainty: f.Certainty,
			JoinedBy: []string{joinTime}, Technique: f.Technique, Why: f.Why, InnocentIf: f.InnocentIf, Owner: f.Owner || f.Rule != ruleEnd}
		s.EventIDs = idsOf(f.Rows, events)
		s.Label = repairLabel(f, events)
		out = append(out, s)
	}
	slices.SortStableFunc(out, func(x, y forensics.Step) int { return cmp.Compare(x.Start, y.Start) })
	return out
}

func repairLabel(f *forensics.Finding, events map[int64]*forensics.Event) string {
	switch {
	case f.Rule == ruleEnd && !f.Owner:
		return "provider's reset"
	case f.Rule == ruleKeyTrouble:
		return "own client cannot log in"
	}
	for _, row := range f.Rows {
		e := events[row]
		if e == nil {
			continue
		}
		switch e.Kind {
		case forensics.KeyRemoved:
			return withName("key removed", e.Key)
		case forensics.KeyCreated:
			return withName("new key", e.Key)
		case forensics.PasswordChanged, forensics.ResetRequested:
			return "password changed"
		case forensics.SessionRevoked:
			return "signed out everywhere"
		case forensics.SecondFactorChanged:
			return "second factor changed"
		case forensics.RecoveryChanged:
			return "recovery changed"
		}
	}
	return "repair"
}

func withName(what, name string) string {
	if name == "" {
		return what
	}
	return what + ` "` + name + `"`
}

// How near to an act of the hand a changed password can be the hand's own, and how soon after a repair a new key is the owner's.
const (
	actBefore  = int64(60 * 60 * 1e9)
	actAfter   = int64(12 * 3600 * 1e9)
	rekeyAfter = int64(60 * 60 * 1e9)
)

// ruleChanged is a changed password, recovery or second factor of the mailbox after a strange login.
const ruleChanged = "RST-04"

// mended takes out of a draft what came after the hand had gone: a password that was changed when nobody of it had been there for an
// hour, and nobody came back, is the owner's or the provider's answer; so is a key that was made right after.
func (b *builder) mended(d *draft) {
	var rest []*point
	var acts, answers []int64
	for _, p := range d.points {
		if b.acted(p) {
			acts = append(acts, p.at())
		}
	}
	slices.Sort(acts)
	for _, p := range d.points {
		if p.b.Kind == forensics.PasswordChanged && b.onlyRule(p, ruleChanged, "RST-01", "RST-02", "RST-03") && b.quietAround(acts, p) {
			answers = append(answers, p.at())
			for _, f := range p.findings {
				if b.acct.Findings[f].Rule == ruleChanged && !slices.Contains(d.repair, f) {
					d.repair = append(d.repair, f)
					break
				}
			}
			continue
		}
		rest = append(rest, p)
	}
	if len(answers) == 0 || len(rest) == 0 {
		return
	}
	kept := rest[:0]
	for _, p := range rest {
		rekeyed := p.b.Kind == forensics.KeyCreated && !p.standing.Strange() && slices.ContainsFunc(answers, func(at int64) bool { return at <= p.at() && p.at()-at <= rekeyAfter })
		if rekeyed && len(d.points) > 1 {
			for _, f := range p.findings {
				if b.acct.Findings[f].Rule == ruleKey && !slices.Contains(d.repair, f) {
					d.repair = append(d.repair, f)
				}
			}
			continue
		}
		kept = append(kept, p)
	}
	if len(kept) == 0 {
		return
	}
	d.points = kept
	d.recount()
}

// onlyRule reports whether a point has a finding of the first rule, and of none but the rules that are named.
func (b *builder) onlyRule(p *point, rules ...string) bool {
	has := false
	for _, f := range p.findings {
		has = has || b.acct.Findings[f].Rule == rules[0]
		if !slices.Contains(rules, b.acct.Findings[f].Rule) {
			return false
		}
	}
	return has
}

// quietAround reports whether the hand did nothing else close to a moment; acts are those of the hand, in order.
func (b *builder) quietAround(acts []int64, p *point) bool {
	from, _ := slices.BinarySearch(acts, p.at()-actBefore)
	to, _ := slices.BinarySearch(acts, p.at()+actAfter+1)
	if b.acted(p) {
		from++ // itself
	}
	return from >= to
}

// acted reports whether a point is something that was done in the mailbox by somebody who was there.
func (b *builder) acted(p *point) bool {
	return (p.b.IP != 0 || p.b.Session != 0) && !b.aboutService(p.b)
}
