package ingest

import (
	"net/netip"

	"keytrail/forensics"
)

// maxPlaces bounds the addresses whose place is remembered.
const maxPlaces = 1 << 16

// places looks addresses up and remembers them: a mailbox has few, an audit log repeats them.
type places struct {
	where func(netip.Addr) forensics.Place
	known map[netip.Addr]forensics.Place
}

// fill gives an event what is known of where its address is. What the source states stays, and an
// operator's name is added only to the operator that it belongs to.
func (p *places) fill(e *forensics.Event) {
	if p.where == nil || !e.IP.IsValid() || e.Country != "" && e.ASN != 0 && e.Org != "" {
		return
	}
	at, ok := p.known[e.IP]
	if !ok {
		at = p.where(e.IP)
		if p.known == nil || len(p.known) >= maxPlaces {
			p.known = map[netip.Addr]forensics.Place{}
		}
		p.known[e.IP] = at
	}
	if e.Country == "" {
		e.Country = at.Country
	}
	switch {
	case e.ASN == 0 && e.Org == "":
		e.ASN, e.Org = at.ASN, at.Org
	case e.ASN == at.ASN && e.Org == "":
		e.Org = at.Org
	}
}
