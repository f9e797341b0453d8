package casefile

import (
	"context"
	"net/netip"

	"keytrail/forensics"
	"keytrail/forensics/filter"
)

// AccountsOf lists the accounts, as Briefs lists them, whose events a verdict on one of these entities
// touches. The account that an entity names is always one of them where the case has it.
func (c *Case) AccountsOf(ctx context.Context, entities []string) ([]string, error) {
	b, err := c.Briefs(ctx)
	if err != nil {
		return nil, err
	}
	f, _, err := newEntityFinder(b, entities)
	if err != nil {
		return nil, err
	}
	hit := newBitset(len(b.s.texts.end)) // accounts by symbol
	column := b.s.columns.texts[textAccount]
	note := func(i int) {
		hit.add(int(b.symbols.of(column[i])))
	}
	for which, ids := range f.ids {
		if ids == nil {
			continue
		}
		for i, id := range b.s.columns.texts[which] {
			if ids.has(id) {
				note(i)
			}
		}
	}
	if len(f.asns) > 0 {
		for i, asn := range b.s.columns.asn {
			if asn != 0 && f.asns[asn] {
				note(i)
			}
		}
	}
	var out []string
	for at, account := range b.accounts {
		if hit.has(b.symbols.of(column[b.index[b.start[at]]])) {
			out = append(out, account)
		}
	}
	return out, nil
}

// Reach counts what a verdict on entities would touch. It looks at every event once.
func (c *Case) Reach(ctx context.Context, entities []string) (*forensics.Reach, error) {
	b, err := c.Briefs(ctx)
	if err != nil {
		return nil, err
	}
	f, list, err := newEntityFinder(b, entities)
	if err != nil {
		return nil, err
	}
	out := &forensics.Reach{}
	address, client := false, false // whether one of the entities is found by these
	about := map[string]bool{}
	for _, account := range b.Accounts() {
		about[filter.Fold(account)] = account != ""
	}
	for _, e := range list {
		switch e.kind {
		case forensics.EntityIP, forensics.EntityASN, forensics.EntityNetwork:
			if p, err := netip.ParsePrefix(e.value); err == nil && forensics.WideBlock(p) {
				out.Blocks = append(out.Blocks, e.value)
			}
			address = true
		case forensics.EntityClient:
			client = true
		case forensics.EntityAccount:
			if about[filter.Fold(e.value)] {
				out.Own = append(out.Own, e.value)
			}
		}
	}
	texts, asns := &b.s.columns.texts, b.s.columns.asn
	for at, account := range b.accounts {
		touched := false
		for _, i := range b.index[b.start[at]:b.start[at+1]] {
			from := f.ids[textIP].has(texts[textIP][i]) || f.ids[textClient].has(texts[textClient][i]) || asns[i] != 0 && f.asns[asns[i]]
			if from || address && texts[textIP][i] != 0 || client && texts[textClient][i] != 0 {
				out.Sources++
			}
			if from {
				out.From++
			}
			if from || f.otherwise(i) {
				out.Events++
				touched = true
			}
		}
		if account == "" {
			continue
		}
		out.Of++
		if touched {
			out.Accounts++
		}
	}
	return out, nil
}
