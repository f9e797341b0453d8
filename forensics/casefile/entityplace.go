package casefile

import "keytrail/forensics"

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
