package incident

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"keytrail/forensics"
)

// whys is how many findings a step's reason quotes.
const whys = 3

// step writes a stage out.
func (b *builder) step(d *draft, s *stage, events map[int64]*forensics.Event) forensics.Step {
	out := forensics.Step{Step: s.name, Start: s.points[0].at(), End: s.points[len(s.points)-1].at(), JoinedBy: s.joined}
	for _, p := range s.points {
		out.Rows = append(out.Rows, p.b.Row)
	}
	out.EventIDs = idsOf(out.Rows, events)
	out.Certainty = forensics.Inferred
	for _, p := range s.points {
		out.Certainty = min(out.Certainty, p.b.Certainty)
	}
	findings := b.findingsOf(s)
	if len(findings) > 0 { // a finding is as certain as the weakest event that it needs, a step as its surest finding
		out.Certainty = forensics.Inferred
	}
	for _, f := range findings {
		out.Certainty = min(out.Certainty, f.Certainty)
		out.Rules = append(out.Rules, f.Rule)
		if out.Technique == "" {
			out.Technique = f.Technique
		}
		if out.InnocentIf == "" {
			out.InnocentIf = f.InnocentIf
		}
	}
	out.Rules = unique(out.Rules)
	slices.Sort(out.Rules)
	out.Label = b.label(d, s, events)
	out.Why = b.why(d, s, findings)
	return out
}

// findingsOf lists the findings behind a stage, the heaviest first.
func (b *builder) findingsOf(s *stage) []*forensics.Finding {
	seen := map[int]bool{}
	var numbers []int
	for _, p := range s.points {
		for _, f := range p.findings {
			if !seen[f] {
				seen[f] = true
				numbers = append(numbers, f)
			}
		}
	}
	slices.SortFunc(numbers, func(x, y int) int {
		return cmp.Or(-cmp.Compare(b.acct.Findings[x].Weight, b.acct.Findings[y].Weight), cmp.Compare(x, y))
	})
	out := make([]*forensics.Finding, len(numbers))
	for i, n := range numbers {
		out[i] = &b.acct.Findings[n]
	}
	return out
}

// why says why a step belongs: what its findings say, and what joins it.
func (b *builder) why(d *draft, s *stage, findings []*forensics.Finding) string {
	var parts []string
	rules := map[string]bool{}
	for _, f := range findings {
		if why := strings.TrimRight(f.Why, ". "); why != "" && !rules[f.Rule] && len(parts) < whys {
			rules[f.Rule] = true
			parts = append(parts, why)
		}
	}
	parts = clauses(parts)
	if len(parts) == 0 {
		parts = append(parts, fmt.Sprintf("%s of the same hand", plural(len(s.points), "act")))
	}
	text := strings.Join(parts, "; ")
	if after := b.after(d, s); after != "" {
		text += "; " + after
	}
	return text + "."
}

// clauses takes reasons apart and drops what was said already, be it in more words.
func clauses(list []string) []string {
	var out []string
	for _, text := range list {
		for _, clause := range strings.Split(text, "; ") {
			if !slices.ContainsFunc(out, func(said string) bool { return said == clause || strings.HasPrefix(said, clause+" ") }) {
				out = append(out, clause)
			}
		}
	}
	return out
}

// after says how long after the step before it a stage begins.
func (b *builder) after(d *draft, s *stage) string {
	var before *stage
	for _, o := range d.weighed.stages {
		if o != s && o.points[0].at() <= s.points[0].at() && (before == nil || o.points[0].at() >= before.points[0].at()) && earlier(o, s) {
			before = o
		}
	}
	if before == nil {
		return ""
	}
	return fmt.Sprintf("%s after the %s", duration(s.points[0].at()-before.points[0].at()), before.name)
}

// earlier orders stages by their beginning, equal ones as the steps of an attack.
func earlier(o, s *stage) bool {
	if o.points[0].at() != s.points[0].at() {
		return o.points[0].at() < s.points[0].at()
	}
	steps := forensics.Steps()
	return slices.Index(steps, o.name) < slices.Index(steps, s.name)
}

// label is a few words for the storyboard.
func (b *builder) label(d *draft, s *stage, events map[int64]*forensics.Event) string {
	var words []string
	for _, p := range s.points {
		e := events[p.b.Row]
		if e == nil {
			continue
		}
		switch s.name {
		case forensics.StepKey:
			switch {
			case e.Key != "":
				words = append(words, `"`+e.Key+`"`)
			case e.Kind == forensics.KeyRemoved:
				words = append(words, "key removed")
			case e.IP.IsValid():
				words = append(words, "new key from "+e.IP.String())
			default:
				words = append(words, "new key")
			}
		case forensics.StepLogin:
			if e.IP.IsValid() {
				words = append(words, e.IP.String())
			} else if e.Service != "" {
				words = append(words, forensics.ServiceName(e.Service))
			}
		case forensics.StepReset:
			if e.Service != "" {
				words = append(words, forensics.ServiceName(e.Service))
			}
		case forensics.StepMoney:
			if e.Amount != "" {
				words = append(words, strings.TrimPrefix(e.Amount, "-")+" "+e.Asset)
			} else if e.Service != "" {
				words = append(words, forensics.ServiceName(e.Service))
			}
		case forensics.StepSettings:
			words = append(words, strings.ReplaceAll(e.Kind.String(), "-", " "))
		}
	}
	if s.name == forensics.StepDeletion {
		words = b.deletionWords(d, s)
	}
	words = unique(words)
	if more := len(words) - 3; more > 0 {
		words = append(words[:3], fmt.Sprintf("%d more", more))
	}
	if len(words) == 0 {
		return plural(len(s.points), "event")
	}
	return strings.Join(words, ", ")
}

// deletionWords say how soon each hidden notice went, or else how much was deleted.
func (b *builder) deletionWords(d *draft, s *stage) (words []string) {
	mails := map[uint32]int64{}
	for _, p := range d.points {
		if isMail(p.b) {
			if at, ok := mails[p.b.Message]; !ok || p.at() < at {
				mails[p.b.Message] = p.at()
			}
		}
	}
	said := map[uint32]bool{}
	for _, p := range s.points {
		if at, ok := mails[p.b.Message]; ok && p.b.Message != 0 && !said[p.b.Message] && p.b.Kind != forensics.MailMissing {
			said[p.b.Message] = true
			words = append(words, "+"+duration(p.at()-at))
		}
	}
	if len(words) == 0 {
		var total forensics.Deletions
		for _, p := range s.points {
			total.Add(p.b)
		}
		words = append(words, plural(total.Count(), "deletion"))
	}
	return words
}

func idsOf(rows []int64, events map[int64]*forensics.Event) []string {
	ids := make([]string, 0, len(rows))
	for _, row := range rows {
		if e := events[row]; e != nil {
			ids = append(ids, e.ID)
		}
	}
	return ids
}

// services lists what the attack was after, by name.
func (b *builder) services(d *draft) []string {
	var out []string
	for s := range d.hand.services {
		out = append(out, b.text(s))
	}
	slices.Sort(out)
	return out
}

// duration writes a time in its two largest units.
func duration(nano int64) string {
	s := time.Duration(nano) / time.Second // whole seconds, as rules count them: 22.9 s are 22 everywhere
	sign := ""
	if s < 0 {
		sign, s = "-", -s
	}
	switch {
	case s < 120:
		return fmt.Sprintf("%s%d s", sign, s)
	case s < 2*3600:
		return fmt.Sprintf("%s%d min", sign, (s+30)/60)
	case s < 48*3600:
		return fmt.Sprintf("%s%d h", sign, (s+1800)/3600)
	}
	return fmt.Sprintf("%s%d days", sign, (s+43200)/86400)
}

func plural(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}

func foldEqual(a, b string) bool { return strings.EqualFold(a, b) }
