package investigate

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"

	"keytrail/forensics"
	"keytrail/forensics/casefile"
	"keytrail/forensics/geo"
	"keytrail/forensics/incident"
	"keytrail/forensics/rule"
)

// atOnce is how many accounts are in hand at a time, where the options do not say.
const atOnce = 2

// seen is what an analysis rests on.
type seen struct {
	briefs   *casefile.Briefs
	settings map[string]string
	verdicts []casefile.Verdict
}

// account is what is known of one account.
type account struct {
	found      []incident.Found
	findings   []forensics.Finding
	notChecked []forensics.NotChecked
	profile    *rule.Profile
	not        map[int64]bool // events without an account that belong to another account's incident
	// effects are what answers would move, as far as questions asked for it. A verdict that changes them makes the account anew.
	effects map[effectKey]effect
}

// effectKey is an answer about an entity.
type effectKey struct{ entity, verdict string }

// Analyse gives the findings and incidents of the case as it is now. Accounts that no change touches are not looked at again.
// The analysis is shared and must not be changed.
func (a *Analyst) Analyse(ctx context.Context) (*forensics.Analysis, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.analyse(ctx)
}

// analyse is Analyse for who holds mu.
func (a *Analyst) analyse(ctx context.Context) (*forensics.Analysis, error) {
	todo, err := a.changed(ctx)
	if err != nil {
		return nil, fmt.Errorf("analyse the case: %w", err)
	}
	if len(todo) == 0 && a.analysis != nil {
		return a.analysis, nil
	}
	todo = a.reopen(todo)
	a.analysis = nil
	if err := a.run(ctx, todo); err != nil {
		a.seen = seen{} // nothing is known for sure: begin again next time
		return nil, fmt.Errorf("analyse the case: %w", err)
	}
	if err := a.settle(ctx); err != nil {
		a.seen = seen{}
		return nil, fmt.Errorf("analyse the case: %w", err)
	}
	return a.analysis, nil
}

// changed compares the case with what was seen of it, and lists the accounts to look at again.
func (a *Analyst) changed(ctx context.Context) (todo []string, err error) {
	now := seen{}
	if now.briefs, err = a.c.Briefs(ctx); err != nil {
		return nil, err
	}
	if now.settings, err = a.c.Settings(); err != nil {
		return nil, err
	}
	if now.verdicts, err = a.c.Verdicts(); err != nil {
		return nil, err
	}
	before := a.seen
	if before.briefs == now.briefs && maps.Equal(before.settings, now.settings) {
		if a.seen = now; slices.Equal(before.verdicts, now.verdicts) {
			return nil, nil
		}
		if todo, err = a.touched(ctx, before.verdicts, now.verdicts); err != nil {
			a.seen = before
			return nil, err
		}
		return todo, nil
	}
	a.settings = rule.Defaults()
	for _, name := range slices.Sorted(maps.Keys(now.settings)) {
		if err := a.settings.Set(name, now.settings[name]); err != nil {
			return nil, err
		}
	}
	if err := a.askSigma(ctx); err != nil {
		return nil, err
	}
	if a.items, err = a.c.Items(0); err != nil {
		return nil, err
	}
	if a.sources, err = sources(a.c, a.items, now.briefs); err != nil {
		return nil, err
	}
	a.seen = now
	if err = a.bind(); err != nil {
		return nil, err
	}
	a.briefs = &reread{Briefs: now.briefs}
	a.accounts = map[string]*account{}
	a.commons = nil
	for _, name := range now.briefs.Accounts() {
		if name != "" || alone(now.briefs) {
			todo = append(todo, name)
		}
	}
	return todo, nil
}

// reopen adds the accounts that had to leave an event to another one: who has it is decided anew.
func (a *Analyst) reopen(todo []string) []string {
	for name, acct := range a.accounts {
		if len(acct.not) > 0 {
			acct.not = nil
			todo = append(todo, name)
		}
	}
	slices.Sort(todo)
	return slices.Compact(todo)
}

// alone reports whether no event of the case names an account: then they are all about one.
func alone(b *casefile.Briefs) bool { return len(b.Accounts()) == 1 }

// touched lists the accounts to which a change of verdicts matters.
func (a *Analyst) touched(ctx context.Context, before, now []casefile.Verdict) ([]string, error) {
	entities := map[string]bool{}
	for _, pair := range [2][2][]casefile.Verdict{{before, now}, {now, before}} {
		for _, v := range pair[0] {
			if !slices.Contains(pair[1], v) {
				entities[v.Entity] = true
			}
		}
	}
	list, err := a.c.AccountsOf(ctx, slices.Sorted(maps.Keys(entities)))
	if err != nil {
		return nil, err
	}
	if slices.Contains(list, "") && !alone(a.seen.briefs) { // an event that names no account can be about any
		list = slices.Sorted(maps.Keys(a.accounts))
	}
	return slices.DeleteFunc(list, func(s string) bool { return a.accounts[s] == nil }), nil
}

// worker is what one goroutine keeps from one account to the next.
type worker struct {
	judge  rule.Judge
	cache  *rule.Cache
	briefs forensics.Briefs
	scores bool // nothing but the scores is asked for
	buffer []forensics.Brief
}

func (a *Analyst) worker(ctx context.Context) (*worker, error) {
	judge, err := a.c.Judge(ctx)
	if err != nil {
		return nil, err
	}
	return &worker{judge: judge.Text, cache: rule.NewCache(), briefs: a.briefs}, nil
}

// run looks at accounts, several at a time.
func (a *Analyst) run(ctx context.Context, todo []string) error {
	unowned := a.loose
	sigma := byAccount(a.sigma.findings)
	done := make([]*account, len(todo))
	workers := min(cmp.Or(a.o.AtOnce, atOnce), runtime.GOMAXPROCS(0), len(todo))
	errs := make([]error, workers)
	var next atomic.Int64
	var group sync.WaitGroup
	for n := range workers {
		group.Add(1)
		go func() {
			defer group.Done()
			w, err := a.worker(ctx)
			for err == nil {
				i := int(next.Add(1) - 1)
				if i >= len(todo) {
					break
				}
				done[i], err = a.look(ctx, w, todo[i], unowned, sigma[todo[i]], a.accounts[todo[i]])
			}
			errs[n] = err
		}()
	}
	group.Wait()
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	for i, name := range todo {
		a.accounts[name] = done[i]
	}
	return nil
}

func byAccount(list []forensics.Finding) map[string][]forensics.Finding {
	out := map[string][]forensics.Finding{}
	for _, f := range list {
		out[f.Account] = append(out[f.Account], f)
	}
	return out
}

// look evaluates one account.
func (a *Analyst) look(ctx context.Context, w *worker, name string, unowned []forensics.Brief, sigma []forensics.Finding, before *account) (*account, error) {
	events, err := w.briefs.Account(name, w.buffer)
	if err != nil {
		return nil, err
	}
	events.Briefs = withBound(events.Briefs, a.bound[name])
	w.buffer = events.Briefs
	out := &account{}
	if before != nil && len(before.not) > 0 {
		out.not = before.not
		unowned = slices.DeleteFunc(slices.Clone(unowned), func(b forensics.Brief) bool { return out.not[b.Row] })
	}
	in := &rule.Input{Briefs: w.briefs, Account: events, Unowned: unowned, Where: a.o.Where, Kilometres: geo.Kilometres, Judge: w.judge,
		Settings: a.settings, Sources: a.sources, Cache: w.cache}
	acct, err := rule.Evaluate(ctx, in)
	if err != nil {
		return nil, err
	}
	if len(sigma) > 0 {
		acct.Findings = append(slices.Clip(acct.Findings), sigma...)
		slices.SortStableFunc(acct.Findings, func(x, y forensics.Finding) int { return cmp.Compare(x.Start, y.Start) })
	}
	if w.scores {
		in.Sources = nil // incidents say of them only what was looked in
	}
	if out.found, err = incident.Find(ctx, in, acct); err != nil {
		return nil, err
	}
	out.findings, out.notChecked, out.profile = acct.Findings, acct.NotChecked, acct.Profile
	return out, nil
}
