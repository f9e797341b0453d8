package investigate

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"math"
	"net/netip"
	"slices"
	"strings"

	"keytrail/forensics"
	"keytrail/forensics/casefile"
	"keytrail/forensics/incident"
	"keytrail/forensics/rule"
)

const (
	// mostQuestions is how many are asked at a time: after an answer the next ones are other ones.
	mostQuestions = 6
	// leastMove is by how much an answer must move the scores at least to be worth a question.
	leastMove = 0.02
	// budget is how many events may be looked at again to learn what answers would change.
	budget = 2_000_000
	// mostFresh is what incidents count that only an answer would make: else "all of this is not mine" always settles most.
	mostFresh = 1.0
	// likely is how sure a suggested answer is taken to be.
	likely = 0.85
)

// Questions are those of the guided triage, the one that settles most first: what settles is by how much the scores of the incidents would
// move under each answer, found by asking the rules again as if it had been given.
func (a *Analyst) Questions(ctx context.Context) ([]forensics.Question, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	analysis, err := a.analyse(ctx)
	if err != nil {
		return nil, err
	}
	var list []candidate
	for _, name := range accountsOf(analysis.Incidents) {
		more, err := a.candidates(ctx, name)
		if err != nil {
			return nil, fmt.Errorf("questions: %w", err)
		}
		list = join(list, more)
	}
	if err := a.settleWhat(ctx, list, analysis); err != nil {
		return nil, fmt.Errorf("questions: %w", err)
	}
	list = slices.DeleteFunc(list, func(c candidate) bool { return c.moves < leastMove })
	slices.SortStableFunc(list, func(x, y candidate) int {
		return cmp.Or(-cmp.Compare(x.moves, y.moves), -cmp.Compare(x.question.Events, y.question.Events), strings.Compare(x.entity, y.entity))
	})
	var out []forensics.Question
	for _, c := range list[:min(len(list), mostQuestions)] {
		out = append(out, c.question)
	}
	return out, nil
}

// accountsOf lists the accounts that have incidents, those with the heaviest first.
func accountsOf(list []forensics.Incident) []string {
	sum := map[string]float64{}
	for i := range list {
		sum[list[i].Account] += list[i].Score
	}
	names := slices.Sorted(maps.Keys(sum))
	slices.SortStableFunc(names, func(x, y string) int { return -cmp.Compare(sum[x], sum[y]) })
	return names
}

// candidate is a question that might be asked.
type candidate struct {
	entity   string
	accounts []string
	events   int // briefs that must be looked at again to know its effect
	moves    float64
	question forensics.Question
}

// join puts the questions about one entity in several accounts together.
func join(list, more []candidate) []candidate {
	for _, c := range more {
		i := slices.IndexFunc(list, func(o candidate) bool { return o.entity == c.entity })
		if i < 0 {
			list = append(list, c)
			continue
		}
		list[i].accounts = append(list[i].accounts, c.accounts...)
		list[i].events += c.events
		list[i].question.Events += c.question.Events
	}
	return list
}

// candidates are the questions about one account: on what its incidents came from, and on what is used most.
func (a *Analyst) candidates(ctx context.Context, name string) ([]candidate, error) {
	events, err := a.seen.briefs.Account(name, nil)
	if err != nil {
		return nil, err
	}
	judge, err := a.c.Judge(ctx)
	if err != nil {
		return nil, err
	}
	acct := a.accounts[name]
	s := newSurvey(a, events.Briefs, judge.Text)
	var out []candidate
	seen := map[string]bool{}
	add := func(u *use, text, suggest string) {
		if u == nil || seen[u.entity] || u.events == 0 {
			return
		}
		seen[u.entity] = true
		out = append(out, candidate{entity: u.entity, accounts: []string{name}, events: len(events.Briefs), question: forensics.Question{
			Text: text, Detail: u.detail(name), Entities: []string{u.entity}, Events: int64(u.events), Suggest: suggest}})
	}
	for i := range acct.found {
		for _, l := range acct.found[i].Levers {
			if u := s.of(l.Entity); u != nil {
				add(u, u.strange(), u.suggest(acct.profile))
			}
		}
	}
	for _, u := range s.habits(3) {
		add(u, u.habit(), u.suggest(acct.profile))
	}
	return out, nil
}

// settleWhat finds what each answer would change.
func (a *Analyst) settleWhat(ctx context.Context, list []candidate, analysis *forensics.Analysis) error {
	left := budget
	for i := range list {
		c := &list[i]
		if err := ctx.Err(); err != nil {
			return err
		}
		if left -= 2 * c.events; left < 0 {
			a.settleRoughly(c, analysis)
			continue
		}
		var moves [2]float64
		for k, verdict := range []string{casefile.VerdictMine, casefile.VerdictNotMine} {
			for _, name := range c.accounts {
				found, err := a.whatIf(ctx, name, c.entity, verdict)
				if err != nil {
					return err
				}
				moves[k] += moved(analysis, name, found, &c.question)
			}
		}
		c.weigh(moves)
	}
	return nil
}

// weigh says how much a question settles, given by how much each answer moves the scores.
func (c *candidate) weigh(moves [2]float64) {
	mine := 0.5
	switch c.question.Suggest {
	case casefile.VerdictMine:
		mine = likely
	case casefile.VerdictNotMine:
		mine = 1 - likely
	}
	c.moves = mine*moves[0] + (1-mine)*moves[1]
	slices.Sort(c.question.Incidents)
	c.question.Incidents = slices.Compact(c.question.Incidents)
}

// settleRoughly estimates it from what each source weighs in its incidents, where asking the rules again takes too long.
func (a *Analyst) settleRoughly(c *candidate, analysis *forensics.Analysis) {
	var moves [2]float64
	for _, name := range c.accounts {
		for _, f := range a.accounts[name].found {
			for _, l := range f.Levers {
				if l.Entity != c.entity {
					continue
				}
				moves[0] += math.Abs(f.Score - l.Mine)
				moves[1] += math.Abs(l.Not - f.Score)
				for i := range analysis.Incidents {
					if in := &analysis.Incidents[i]; in.Account == name && in.Start == f.Start {
						c.question.Incidents = append(c.question.Incidents, in.ID)
					}
				}
			}
		}
	}
	c.weigh(moves)
}

// whatIf gives the incidents of an account as if the user had given a verdict.
func (a *Analyst) whatIf(ctx context.Context, name, entity, verdict string) ([]incident.Found, error) {
	w, err := a.worker(ctx)
	if err != nil {
		return nil, err
	}
	w.judge = supposing(w.judge, entity, verdict)
	acct, err := a.look(ctx, w, name, a.loose, byAccount(a.sigma.findings)[name], a.accounts[name])
	if err != nil {
		return nil, err
	}
	return acct.found, nil
}

// supposing is a judge who has heard one verdict more.
func supposing(judge rule.Judge, entity, verdict string) rule.Judge {
	kind, value, _ := strings.Cut(entity, ":")
	inside := within(kind, value)
	return func(k, v string) string {
		said := judge(k, v)
		if said == "" && (k == kind && strings.EqualFold(v, value) || inside(k, v)) {
			return verdict
		}
		return said
	}
}

// within tells whether an address or a network lies in the network that is supposed.
func within(kind, value string) func(kind, value string) bool {
	net, err := netip.ParsePrefix(value)
	if kind != forensics.EntityNetwork || err != nil {
		return func(string, string) bool { return false }
	}
	return func(kind, value string) bool {
		switch kind {
		case forensics.EntityIP:
			ip, err := netip.ParseAddr(value)
			return err == nil && net.Contains(ip)
		case forensics.EntityNetwork:
			p, err := netip.ParsePrefix(value)
			return err == nil && p.Bits() >= net.Bits() && net.Contains(p.Addr())
		}
		return false
	}
}

// moved tells by how much the scores of an account's incidents move, and notes which.
func moved(analysis *forensics.Analysis, name string, found []incident.Found, q *forensics.Question) (sum float64) {
	used := make([]bool, len(found))
	for i := range analysis.Incidents {
		in := &analysis.Incidents[i]
		if in.Account != name {
			continue
		}
		now := 0.0
		for k := range found {
			if f := &found[k].Incident; !used[k] && f.Start <= in.End && in.Start <= f.End {
				used[k] = true
				now = f.Score
				break
			}
		}
		if by := math.Abs(now - in.Score); by >= leastMove {
			sum += by
			q.Incidents = append(q.Incidents, in.ID)
		}
	}
	fresh := 0.0
	for k := range found {
		if !used[k] {
			fresh += found[k].Score
		}
	}
	return sum + min(fresh, mostFresh)
}
