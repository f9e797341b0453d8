package incident

import (
	"slices"
	"strings"
	"time"

	"keytrail/forensics"
	"keytrail/forensics/rule"
)

// features are what a draft is weighed by. The shares go from 0 to 1.
type features struct {
	step   map[forensics.StepName]float64 // how heavy the findings of each step are, together
	rules  map[forensics.StepName][]string
	stages int

	notices int // mails in which services tell of something
	hidden  int // of these, those whose mail went by a hand that is not known as the owner's
	ownHid  int // those whose mail went by the owner's own hand
	brands  int // services with a reset

	strange float64 // of the events that say where they came from, the share of those that are strange
	usual   float64 // of those, the share of the owner's
	said    int     // events from what the user says is not theirs
	days    float64 // from the first event to the last one that is no transfer
}

func (b *builder) featuresOf(d *draft, stages []*stage) features {
	f := features{step: map[forensics.StepName]float64{}, rules: map[forensics.StepName][]string{}, stages: len(stages)}
	for _, s := range stages {
		f.step[s.name], f.rules[s.name] = b.strengthOf(s)
		if s.name == forensics.StepKey {
			for _, i := range d.symptoms {
				f.step[s.name] = 1 - (1-f.step[s.name])*(1-b.acct.Findings[i].Weight)
				f.rules[s.name] = append(f.rules[s.name], b.acct.Findings[i].Rule)
			}
		}
	}
	b.countHidden(d, &f)
	services := map[forensics.Symbol]bool{}
	from, strange, usual := 0, 0, 0
	for _, p := range d.points {
		if p.step == forensics.StepReset && b.aboutService(p.b) {
			services[p.b.Service] = true
		}
		if p.standing == rule.NotMine {
			f.said++
		}
		if p.b.IP == 0 && p.b.Session == 0 || b.aboutService(p.b) {
			continue
		}
		from++
		if p.standing.Strange() {
			strange++
		}
		if p.standing.Owner() {
			usual++
		}
	}
	f.brands = len(services)
	if from > 0 {
		f.strange, f.usual = float64(strange)/float64(from), float64(usual)/float64(from)
	}
	last := d.start
	for _, p := range d.points {
		if p.step != forensics.StepMoney { // money may go long after
			last = max(last, p.at())
		}
	}
	f.days = float64(last-d.start) / float64(24*time.Hour)
	return f
}

// countHidden looks for each notice's end.
func (b *builder) countHidden(d *draft, f *features) {
	gone := map[uint32]*point{}
	byNotice := map[int64]*point{}
	for _, p := range d.points {
		if !isDeletion(p.b.Kind) {
			continue
		}
		if p.b.Message != 0 {
			if first := gone[p.b.Message]; first == nil || p.at() < first.at() {
				gone[p.b.Message] = p
			}
		}
		for _, i := range p.findings {
			if finding := &b.acct.Findings[i]; finding.Rule != ruleGap && p.b.Message == 0 {
				for _, row := range finding.Related {
					byNotice[row] = p
				}
			}
		}
	}
	seen := map[uint32]bool{}
	defer func() { b.countUnseen(d, f, seen) }()
	for _, p := range d.points {
		if !isMail(p.b) || seen[p.b.Message] {
			continue
		}
		seen[p.b.Message] = true
		del := gone[p.b.Message]
		if del == nil {
			del = byNotice[p.b.Row]
		}
		f.notices++
		switch {
		case del == nil && b.ownGone[p.b.Message]:
			f.ownHid++
		case del == nil:
		case del.standing.Owner():
			f.ownHid++
		default:
			f.hidden++
		}
	}
}

// countUnseen counts mails about security that are known by the record of their deletion alone. Who empties a trash purges in bulk: that counts
// for nothing.
func (b *builder) countUnseen(d *draft, f *features, seen map[uint32]bool) {
	for _, p := range d.points {
		if p.b.Kind != forensics.MailDeleted || p.b.Message == 0 || seen[p.b.Message] || p.standing.Owner() {
			continue
		}
		if slices.ContainsFunc(p.findings, func(i int) bool { return strings.Contains(b.acct.Findings[i].Why, rule.AboutSecurity) }) {
			seen[p.b.Message] = true
			f.notices++
			f.hidden++
		}
	}
}
