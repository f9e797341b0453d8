package incident

import (
	"fmt"
	"math"
	"strings"

	"keytrail/forensics"
	"keytrail/forensics/rule"
)

// A score is the chance that an incident is an attack, as far as the generated cases teach: the parts are added up to
// points, and score = 1 / (1 + 2^-points). So 0 points are even odds, and every point doubles them.
const (
	// pointsBase is where everything begins: strange things are innocent far more often than not.
	pointsBase = -4.0
	// pointsStep is what a step brings whose findings are all that they can be.
	pointsStep = 3.5
	// pointsJoined is what it brings that a step is joined to another one by more than time.
	pointsJoined = 1.0
	// pointsLoose is what it costs that nothing but time joins a step.
	pointsLoose = -0.5
	// pointsGathered is what a step brings that only the hand speaks for.
	pointsGathered = 0.5
	// pointsAlone is what it costs that there is one step only.
	pointsAlone = -1.5
	// pointsJourney is what it costs that the owner may have been there, pointsAtHome what it brings that the owner was elsewhere.
	pointsJourney = -3.0
	pointsAtHome  = 1.0
	// pointsSaid is what it brings that the user says of a source that it is not theirs.
	pointsSaid = 3.0
	// pointsKnown is what it costs that an act comes from where the owner comes from.
	pointsKnown = -2.0
)

// The least scores of the words.
const (
	atLeastStrong = 0.85
	atLeastLikely = 0.55
	atLeastWeak   = 0.3
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
	add := func(value float64, format string, args ...any) {
		value = math.Round(value*10) / 10
		if value != 0 {
			w.points += value
			w.parts = append(w.parts, forensics.ScorePart{Text: fmt.Sprintf(format, args...), Value: value})
		}
	}
	add(pointsBase, "before anything speaks for it")
	for _, s := range w.stages {
		v, rules := b.strengthOf(s)
		if s.name == forensics.StepKey {
			for _, f := range d.symptoms {
				v = 1 - (1-v)*(1-b.acct.Findings[f].Weight)
				rules = append(rules, b.acct.Findings[f].Rule)
			}
		}
		if len(rules) == 0 {
			add(pointsGathered, "%s: by the same hand", s.name)
			continue
		}
		add(pointsStep*v, "%s: %s", s.name, strings.Join(unique(rules), ", "))
	}
	firm, loose := 0, 0
	for _, s := range w.stages {
		switch {
		case len(s.joined) == 0:
		case s.joined[0] == joinTime:
			loose++
		default:
			firm++
		}
	}
	if firm > 1 {
		add(pointsJoined*float64(firm-1), "%d steps joined by more than time", firm)
	}
	add(pointsLoose*float64(loose), "%d of the steps joined by time alone", loose)
	if len(w.stages) == 1 {
		add(pointsAlone, "one step alone")
	}
	usual, said := 0, 0
	for _, p := range d.points {
		switch {
		case p.standing == rule.NotMine:
			said++
		case p.standing.Owner():
			usual++
		}
	}
	if value, text := d.stay.text(); said == 0 && value != 0 {
		add(value, "%s", text)
	}
	if said > 0 {
		add(pointsSaid, "%d of its events come from what you say is not yours", said)
	}
	if usual > 0 {
		add(pointsKnown, "%d of its events come from where the owner comes from", usual)
	}
	return w
}

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
