package investigate

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"keytrail/forensics"
	"keytrail/forensics/incident"
)

// settle puts the accounts together: each transfer belongs to one incident, the incidents get their numbers and
// campaigns, and the case learns which event belongs where.
func (a *Analyst) settle(ctx context.Context) error {
	if err := a.share(ctx); err != nil {
		return err
	}
	out := &forensics.Analysis{Changed: a.settings.Changed(), NotChecked: slices.Clone(a.sigma.skipped)}
	var found []*incident.Found
	names := slices.Sorted(maps.Keys(a.accounts))
	for _, name := range names {
		acct := a.accounts[name]
		out.Findings = append(out.Findings, acct.findings...)
		for i := range acct.found {
			f := acct.found[i] // a copy: the number is the case's
			found = append(found, &f)
		}
	}
	out.NotChecked = append(out.NotChecked, notChecked(names, a.accounts)...)
	slices.SortStableFunc(found, func(x, y *incident.Found) int {
		return cmp.Or(cmp.Compare(x.Start, y.Start), strings.Compare(x.Account, y.Account), cmp.Compare(x.End, y.End))
	})
	rows, answers := map[int64][]int64{}, map[int64][]int64{}
	for i, f := range found {
		f.ID, f.Campaign = int64(i+1), ""
	}
	out.Campaigns = incident.Campaigns(found, a.usual)
	for _, f := range found {
		out.Incidents = append(out.Incidents, f.Incident)
		for k, steps := range [2][]forensics.Step{f.Steps, f.Repair} {
			for i := range steps {
				for _, row := range steps[i].Rows {
					if list := rows[row]; len(list) > 0 && list[len(list)-1] == f.ID {
						continue
					}
					rows[row] = append(rows[row], f.ID)
					if k == 1 {
						answers[row] = append(answers[row], f.ID)
					}
				}
			}
		}
	}
	out.Notes = a.notes(names)
	a.c.SetIncidents(rows, answers)
	a.analysis = out
	return nil
}

// shareRounds is how often the claims are compared: an account that loses an event can then claim another. What two still claim
// after that stays with both.
const shareRounds = 4

// share gives every event without an account that several accounts' incidents claim to one of them, and looks at the others
// again without it.
func (a *Analyst) share(ctx context.Context) error {
	for range shareRounds {
		again := map[string]bool{}
		claims := map[int64][]claim{}
		for _, name := range slices.Sorted(maps.Keys(a.accounts)) {
			for i := range a.accounts[name].found {
				collect(claims, name, &a.accounts[name].found[i])
			}
		}
		for _, row := range slices.Sorted(maps.Keys(claims)) {
			list := claims[row]
			best := slices.MinFunc(list, func(x, y claim) int {
				return cmp.Or(-cmp.Compare(x.worth, y.worth), strings.Compare(x.account, y.account))
			})
			for _, c := range list {
				if c.account != best.account {
					acct := a.accounts[c.account]
					if acct.not == nil {
						acct.not = map[int64]bool{}
					}
					acct.not[row] = true
					again[c.account] = true
				}
			}
		}
		if len(again) == 0 {
			return nil
		}
		if err := a.run(ctx, slices.Sorted(maps.Keys(again))); err != nil {
			return err
		}
	}
	return nil
}

// claim is an account's on an event that names none.
type claim struct {
	account string
	worth   float64
}

// collect notes what an incident claims: the events of its money step. A step that more than time joins has the better claim.
func collect(claims map[int64][]claim, account string, f *incident.Found) {
	for i := range f.Steps {
		s := &f.Steps[i]
		if s.Step != forensics.StepMoney {
			continue
		}
		worth := f.Score
		if !slices.Contains(s.JoinedBy, "time window") {
			worth++
		}
		for _, row := range s.Rows {
			if list := claims[row]; !slices.ContainsFunc(list, func(c claim) bool { return c.account == account }) {
				claims[row] = append(list, claim{account, worth})
			}
		}
	}
}

// manyAccounts is from how many accounts on what was not checked is told by rule, not by account.
const manyAccounts = 4

// notChecked joins what the accounts say was not checked: the same rule for the same reason is one line.
func notChecked(names []string, accounts map[string]*account) []forensics.NotChecked {
	type key struct{ rule, why string }
	count := map[key]int{}
	for _, name := range names {
		for _, n := range accounts[name].notChecked {
			count[key{n.Rule, n.Why}]++
		}
	}
	said := map[key]bool{}
	var out []forensics.NotChecked
	for _, name := range names {
		for _, n := range accounts[name].notChecked {
			k := key{n.Rule, n.Why}
			switch {
			case said[k]:
				continue
			case count[k] == len(names):
				n.Account = ""
			case count[k] >= manyAccounts:
				n.Account = ""
				n.Why = fmt.Sprintf("%s, in %d of %d accounts", n.Why, count[k], len(names))
			default:
				out = append(out, n)
				continue
			}
			said[k] = true
			out = append(out, n)
		}
	}
	slices.SortStableFunc(out, func(x, y forensics.NotChecked) int {
		return cmp.Or(strings.Compare(x.Rule, y.Rule), strings.Compare(x.Account, y.Account))
	})
	return out
}

// notes say what limits the whole analysis.
func (a *Analyst) notes(names []string) (out []string) {
	short := 0
	for _, name := range names {
		if p := a.accounts[name].profile; p != nil && p.Short {
			short++
		}
	}
	switch {
	case short == 1 && len(names) == 1:
		out = append(out, "too little is on record of the account to learn what is usual for it, so nothing is called new or unusual: add older logs or mailboxes, or mark what is yours")
	case short > 0:
		out = append(out, fmt.Sprintf("too little is on record of %d of %d accounts to learn what is usual for them, so nothing is called new or unusual in them: add older logs or mailboxes, or mark what is theirs", short, len(names)))
	}
	return out
}
