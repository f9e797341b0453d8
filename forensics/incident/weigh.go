package incident

import (
	"fmt"
	"math"
	"strings"

	"keytrail/forensics"
)

// A score is the chance that an incident is an attack, as far as the generated cases teach: the parts are added up to
// points, and score = 1 / (1 + 2^-points). So 0 points are even odds, and every point doubles them. The points are those of a
// logistic regression over generated cases, rounded, and held to signs and least values that can be argued for
// (docs/detection.md).
const (
	pointsBase = -5.9 // where everything begins: strange things are innocent far more often than not

	pointsMoreSteps = 0.7 // for every step after the first
	pointsAlone     = -1.5
	pointsKeyReset  = 1.1 // a key and a reset

	pointsStrange = 0.8  // that it came from where the owner does not come from, by the share of its events
	pointsUsual   = -1.2 // that it came from where the owner comes from
	pointsSaid    = 3.0  // that the user says of a source that it is not theirs

	pointsNotice = 1.0 // for every mail in which a service tells of something, beyond two
	mostNotices  = 6
	pointsHidden = 0.5 // for every one of these that was hidden
	pointsOwnHid = -0.9
	mostHidden   = 3
	pointsBrands = 0.8 // for every service with a reset, after the first

	pointsAtHome  = 1.4  // the owner was elsewhere at the time
	pointsCalm    = -3.6 // nothing came from the owner's own networks meanwhile, for days
	pointsStay    = -1.7 // for every day on which the strange network is seen, beyond two
	mostStay      = 6
	pointsNewTool = 2.5
	pointsOwnTool = -4.2
	pointsLong    = -2.5 // for every day that it lasts, beyond one and a bit
	longDays      = 1.2
	mostLong      = 4.0
)

// pointsOf is what the findings of a step bring where they are all that they can be.
func pointsOf(s forensics.StepName) float64 {
	switch s {
	case forensics.StepKey:
		return 3.5
	case forensics.StepReset:
		return 4.5
	case forensics.StepLogin:
		return 5.0
	}
	return 3.2
}

// The least scores of the words.
const (
	atLeastStrong = 0.85
	atLeastLikely = 0.55
	atLeastWeak   = 0.25
)

// weighed is what a draft weighs.
type weighed struct {
	points float64
	parts  []forensics.ScorePart
	stages []*stage
}

// score turns points into a score with two digits, never 0 or 1.
func score(points float64) float64 {
	s := 1 / (1 + math.Exp2(-points))
	return math.Round(min(max(s, 0.01), 0.99)*100) / 100
}

// strength puts a score in a word; what is less than weak is not reported.
func strength(score float64) string {
	switch {
	case score >= atLeastStrong:
		return "strong"
	case score >= atLeastLikely:
		return "likely"
	case score >= atLeastWeak:
		return "weak"
	}
	return ""
}

// weigh adds up what speaks for and against a draft.
func (b *builder) weigh(d *draft) weighed {
	w := weighed{stages: b.stages(d)}
	f := b.featuresOf(d, w.stages)
	add := func(value float64, format string, args ...any) {
		value = math.Round(value*10) / 10
		if value != 0 {
			w.points += value
			w.parts = append(w.parts, forensics.ScorePart{Text: fmt.Sprintf(format, args...), Value: value})
		}
	}
	add(pointsBase, "before anything speaks for it")
	for _, s := range w.stages {
		add(pointsOf(s.name)*f.step[s.name], "%s: %s", s.name, strings.Join(unique(f.rules[s.name]), ", "))
	}
	if f.stages == 1 {
		add(pointsAlone, "one step alone")
	} else {
		add(pointsMoreSteps*float64(f.stages-1), "%d steps together", f.stages)
	}
	if d.has(forensics.StepKey) && d.has(forensics.StepReset) {
		add(pointsKeyReset, "a key before a reset")
	}
	if f.said > 0 {
		add(pointsSaid, "%s from what you say is not yours", plural(f.said, "event"))
	}
	add(pointsStrange*f.strange, "%d%% of what says where it came from is strange to the account", percent(f.strange))
	add(pointsUsual*f.usual, "%d%% of it comes from where the owner comes from", percent(f.usual))
	add(pointsNotice*float64(min(max(f.notices-2, 0), mostNotices)), "%d mails in which services tell of something", f.notices)
	add(pointsHidden*float64(min(f.hidden, mostHidden)), "%d of them hidden", f.hidden)
	add(pointsOwnHid*float64(min(f.ownHid, mostHidden)), "%d of them thrown away by the owner's own hand", f.ownHid)
	add(pointsBrands*float64(min(max(f.brands-1, 0), 2)), "resets of %d services", f.brands)
	b.weighStay(d, &f, add)
	add(d.again, "%s", d.againAs)
	return w
}

// weighStay adds what speaks for another person than the owner, and what speaks for a journey.
func (b *builder) weighStay(d *draft, f *features, add func(float64, string, ...any)) {
	s := &d.stay
	if s.known && f.said == 0 {
		switch {
		case s.home > 0:
			add(pointsAtHome, "the owner's own networks were in use at the same time")
		case s.days > 2:
			add(pointsCalm, "nothing came from the owner's own networks meanwhile")
		}
		add(pointsStay*float64(min(max(s.days-2, 0), mostStay)), "the same network is seen on %d days around it, as on a journey", s.days)
	}
	switch {
	case s.newTool:
		add(pointsNewTool, "a client, or a version of one, that the owner does not use")
	case s.ownTool:
		add(pointsOwnTool, "a client that the owner uses")
	}
	add(pointsLong*min(max(f.days-longDays, 0), mostLong), "it lasts %.1f days", f.days)
}

func percent(share float64) int { return int(math.Round(share * 100)) }

// strengthOf joins the weights of a stage's findings: each rule counts once, with its heaviest finding.
func (b *builder) strengthOf(s *stage) (v float64, rules []string) {
	best := map[string]float64{}
	for _, p := range s.points {
		for _, i := range p.findings {
			f := &b.acct.Findings[i]
			if _, ok := best[f.Rule]; !ok {
				rules = append(rules, f.Rule)
			}
			best[f.Rule] = max(best[f.Rule], f.Weight)
		}
	}
	rest := 1.0
	for _, r := range rules {
		rest *= 1 - best[r]
	}
	return 1 - rest, rules
}

// unique drops repeats and keeps the order.
func unique(list []string) []string {
	seen := map[string]bool{}
	out := list[:0:0]
	for _, s := range list {
		if !seen[s] {
			seen[s] = true
			out = append(out, s)
		}
	}
	return out
}
