package investigate

import (
	"cmp"
	"slices"
	"strings"

	"keytrail/forensics"
)

// maxBound is the most accounts that a case may have for its events without an account to be given to one.
const maxBound = 64

// bind gives the events that name no account to the one account that the rest of their evidence is about: a Takeout's
// access log names nobody, and the mailbox beside it does. Evidence of several people's mail binds nothing: an account must have
// nine of ten events that name one. What statements say stays without an account: rules join it by service.
func (a *Analyst) bind() error {
	a.bound, a.loose = map[string][]forensics.Brief{}, nil
	if alone(a.seen.briefs) {
		return nil
	}
	list, err := a.seen.briefs.Account("", nil)
	if err != nil {
		return err
	}
	statement, evidence := map[int64]bool{}, map[int64]int64{}
	for i := range a.items {
		it := &a.items[i]
		evidence[it.ID] = it.Evidence
		statement[it.ID] = strings.HasPrefix(it.Format, "statement/")
	}
	if !slices.ContainsFunc(list.Briefs, func(b forensics.Brief) bool { return !statement[b.Item] }) || len(a.seen.briefs.Accounts()) > maxBound {
		a.loose = list.Briefs
		return nil
	}
	of, err := a.owners(evidence)
	if err != nil {
		return err
	}
	for _, b := range list.Briefs {
		if name := of[evidence[b.Item]]; name != "" && !statement[b.Item] {
			a.bound[name] = append(a.bound[name], b)
		} else {
			a.loose = append(a.loose, b)
		}
	}
	return nil
}

// owners names, for every evidence, the account that nine of ten of its events are about.
func (a *Analyst) owners(evidence map[int64]int64) (map[int64]string, error) {
	count, all := map[int64]map[string]int{}, map[int64]int{}
	var buffer []forensics.Brief
	for _, name := range a.seen.briefs.Accounts() {
		if name == "" {
			continue
		}
		events, err := a.seen.briefs.Account(name, buffer)
		if err != nil {
			return nil, err
		}
		buffer = events.Briefs
		for i := range events.Briefs {
			ev := evidence[events.Briefs[i].Item]
			if count[ev] == nil {
				count[ev] = map[string]int{}
			}
			count[ev][name]++
			all[ev]++
		}
	}
	out := map[int64]string{}
	for ev, names := range count {
		for name, n := range names {
			if 10*n >= 9*all[ev] {
				out[ev] = name
			}
		}
	}
	return out, nil
}

// withBound adds the events that are bound to an account to its own, in the order of the timeline.
func withBound(events, more []forensics.Brief) []forensics.Brief {
	if len(more) == 0 {
		return events
	}
	events = append(events, more...)
	slices.SortStableFunc(events, func(x, y forensics.Brief) int {
		switch {
		case x.Unreliable != y.Unreliable:
			if x.Unreliable {
				return 1
			}
			return -1
		case x.Unreliable:
			return 0
		}
		return cmp.Compare(x.Time, y.Time)
	})
	return events
}
