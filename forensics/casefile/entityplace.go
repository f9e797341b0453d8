package casefile

import (
	"context"
	"net/netip"
	"strconv"
	"strings"

	"keytrail/forensics"
	"keytrail/forensics/filter"
)

// places collects what events state about where an entity is. Of an address the newest
// statement counts; a network or an operator has a value only where all statements agree.
type places struct {
	t                 *entityTable
	country, org, asn []uint32
	agree             bool
}

// differ marks a value on which statements do not agree.
const differ = ^uint32(0)

// newPlaces gives nil for kinds that are nowhere.
func newPlaces(t *entityTable) *places {
	switch t.kind {
	case forensics.EntityIP, forensics.EntityNetwork, forensics.EntityASN:
		n := len(t.list)
		return &places{t: t, country: make([]uint32, n), org: make([]uint32, n), asn: make([]uint32, n), agree: t.kind != forensics.EntityIP}
	}
	return nil
}

func (p *places) note(e, i uint32) {
	if p == nil {
		return
	}
	col := &p.t.s.columns
	p.state(&p.country[e], col.texts[textCountry][i])
	p.state(&p.org[e], col.texts[textOrg][i])
	p.state(&p.asn[e], col.asn[i])
}

func (p *places) state(to *uint32, value uint32) {
	switch {
	case value == 0:
	case *to == 0 || !p.agree:
		*to = value
	case *to != value:
		*to = differ
	}
}

// fill puts what was collected into the list.
func (p *places) fill(c *Case) error {
	if p == nil {
		return nil
	}
	f := fetcher{c: c, r: c.reader, texts: map[uint32]string{0: "", differ: ""}}
	return f.r.transact(func() error {
		for i := range p.t.list {
			for _, id := range [...]uint32{p.country[i], p.org[i]} {
				if _, ok := f.texts[id]; !ok {
					if err := f.loadText(id); err != nil {
						return err
					}
				}
			}
			e := &p.t.list[i]
			e.Country, e.Org = f.texts[p.country[i]], f.texts[p.org[i]]
			if p.asn[i] != differ {
				e.ASN = p.asn[i]
			}
		}
		return nil
	})
}

// AccountsOf lists the accounts, as Briefs lists them, whose events a verdict on one of these entities
// touches. The account that an entity names is always one of them where the case has it.
func (c *Case) AccountsOf(ctx context.Context, entities []string) ([]string, error) {
	b, err := c.Briefs(ctx)
	if err != nil {
		return nil, err
	}
	f := entityFinder{b: b, asns: map[uint32]bool{}}
	for _, name := range entities {
		entity, err := ParseEntity(name)
		if err != nil {
			return nil, err
		}
		kind, value, _ := strings.Cut(entity, ":")
		f.add(kind, value)
	}
	hit := newBitset(len(b.s.texts.end)) // accounts by symbol
	column := b.s.columns.texts[textAccount]
	note := func(i int) {
		s := b.symbols.of(column[i])
		hit[s>>6] |= 1 << (s & 63)
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

// entityFinder says which texts of which columns entities mean.
type entityFinder struct {
	b    *Briefs
	ids  [numFiltered]bitset
	asns map[uint32]bool
}

func (f *entityFinder) add(kind, value string) {
	folded := filter.Fold(value)
	same := func(text string) bool { return text == folded }
	switch kind {
	case forensics.EntityIP:
		f.find(textIP, same)
	case forensics.EntityNetwork:
		p, err := netip.ParsePrefix(value)
		if err != nil {
			return
		}
		f.find(textIP, func(text string) bool {
			ip, err := netip.ParseAddr(text)
			return err == nil && p.Contains(ip.WithZone(""))
		})
	case forensics.EntityASN:
		if n, err := strconv.ParseUint(value, 10, 32); err == nil {
			f.asns[uint32(n)] = true
		}
	case forensics.EntityClient:
		f.find(textClient, same)
	case forensics.EntityKey:
		f.find(textKey, same)
	case forensics.EntityService:
		f.find(textService, same)
	case forensics.EntityAccount:
		f.find(textActor, same)
		f.find(textAccount, same)
	}
}

// find adds the texts of a column that match.
func (f *entityFinder) find(column int, match func(string) bool) {
	if f.ids[column] == nil {
		f.ids[column] = newBitset(len(f.b.s.texts.end))
	}
	q := query{s: f.b.s}
	for id := range q.used(column) {
		if match(f.b.text(uint32(id))) {
			f.ids[column].add(id)
		}
	}
}
