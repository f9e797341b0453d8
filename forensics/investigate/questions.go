package investigate

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"keytrail/forensics"
	"keytrail/forensics/rule"
)

const (
	// mostQuestions is how many are asked at a time: after an answer the next ones are other ones.
	mostQuestions = 6
	// leastMove is by how much an answer must move the scores at least to be worth a question.
	leastMove = 0.02
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
	a.briefs.keep()
	list, judge, err := a.list(ctx, analysis)
	if err == nil {
		err = newWeighing(a, analysis, judge, list).settle(ctx, mostQuestions)
	}
	if err != nil {
		return nil, fmt.Errorf("questions: %w", err)
	}
	return a.put(firstOf(list, mostQuestions))
}

// list lists what could be asked, with the judge who has heard the verdicts so far.
func (a *Analyst) list(ctx context.Context, analysis *forensics.Analysis) (list []candidate, judge rule.Judge, err error) {
	said, err := a.c.Judge(ctx)
	if err != nil {
		return nil, nil, err
	}
	var buffer []forensics.Brief
	for _, name := range accountsOf(analysis.Incidents) {
		more, err := a.candidates(name, said.Text, &buffer)
		if err != nil {
			return nil, nil, err
		}
		list = join(list, more)
	}
	return list, said.Text, nil
}

// firstOf puts those that settle most in order. What is not settled settles less than they do.
func firstOf(list []candidate, most int) []candidate {
	list = slices.DeleteFunc(slices.Clone(list), func(c candidate) bool { return !c.settled || c.moves < leastMove })
	slices.SortStableFunc(list, func(x, y candidate) int {
		return cmp.Or(-cmp.Compare(x.moves, y.moves), -cmp.Compare(x.question.Events, y.question.Events), strings.Compare(x.entity, y.entity))
	})
	return list[:min(len(list), most)]
}

// put puts the questions into words.
func (a *Analyst) put(list []candidate) (out []forensics.Question, err error) {
	for i := range list {
		q, u := list[i].question, list[i].use
		var spelled words
		if spelled, err = a.spell(u); err != nil {
			return nil, fmt.Errorf("questions: %w", err)
		}
		q.Text, q.Detail = u.ask(spelled), u.detail()
		out = append(out, q)
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
	events   int // how many must be looked at again to know its effect
	use      *use
	question forensics.Question

	looks       [2][]look // by answer and account
	open        int       // looks that are still to be taken
	settled     bool      // moves is known
	moves       float64   // by how much the scores move, whatever the answer is
	least, most float64   // between what it lies
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
		list[i].use.add(c.use)
	}
	return list
}

// candidates are the questions about one account: on what its incidents came from, and on what is used most.
func (a *Analyst) candidates(name string, judge rule.Judge, buffer *[]forensics.Brief) ([]candidate, error) {
	events, err := a.seen.briefs.Account(name, *buffer)
	if err != nil {
		return nil, err
	}
	*buffer = events.Briefs
	acct := a.accounts[name]
	s := newSurvey(a, events.Briefs, judge)
	var out []candidate
	cost := len(events.Briefs) + findingCost*len(acct.findings)
	seen := map[string]bool{}
	add := func(u *use, suggest string) {
		if u == nil || seen[u.entity] || u.events == 0 {
			return
		}
		seen[u.entity] = true
		u.accounts = []accountUse{{name, u.events}}
		out = append(out, candidate{entity: u.entity, accounts: []string{name}, events: cost, use: u,
			question: forensics.Question{Entities: []string{u.entity}, Events: int64(u.events), Suggest: suggest}})
	}
	for i := range acct.found {
		for _, l := range acct.found[i].Levers {
			if u := s.of(l.Entity); u != nil {
				add(u, u.suggest(acct.profile))
			}
		}
	}
	for _, u := range s.habits(3) {
		add(u, u.suggest(acct.profile))
	}
	return out, nil
}
