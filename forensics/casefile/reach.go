package casefile

import (
	"context"
	"net/netip"
	"strings"

	"keytrail/forensics"
	"keytrail/forensics/filter"
)

// Reach counts what a verdict on entities would touch. It looks at every event once.
func (c *Case) Reach(ctx context.Context, entities []string) (*forensics.Reach, error) {
	b, err := c.Briefs(ctx)
	if err != nil {
		return nil, err
	}
	out := &forensics.Reach{}
	f := entityFinder{b: b, asns: map[uint32]bool{}}
	address, client := false, false // whether one of the entities is found by these
	about := map[string]bool{}
	for _, account := range b.Accounts() {
		about[filter.Fold(account)] = account != ""
	}
	for _, name := range entities {
		entity, err := ParseEntity(name)
		if err != nil {
			return nil, err
		}
		kind, value, _ := strings.Cut(entity, ":")
		f.add(kind, value)
		switch kind {
		case forensics.EntityIP, forensics.EntityASN, forensics.EntityNetwork:
			if p, err := netip.ParsePrefix(value); err == nil && forensics.WideBlock(p) {
				out.Blocks = append(out.Blocks, value)
			}
			address = true
		case forensics.EntityClient:
			client = true
		case forensics.EntityAccount:
			if about[filter.Fold(value)] {
				out.Own = append(out.Own, value)
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

// otherwise reports whether an entity that is no address and no client has a part in an event.
func (f *entityFinder) otherwise(i uint32) bool {
	for _, which := range [...]int{textAccount, textActor, textKey, textService} {
		if f.ids[which] != nil && f.ids[which].has(f.b.s.columns.texts[which][i]) {
			return true
		}
	}
	return false
}
