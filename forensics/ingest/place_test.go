package ingest

import (
	"net/netip"
	"testing"

	"keytrail/forensics"
)

func TestPlaces(t *testing.T) {
	asked := 0
	p := places{where: func(ip netip.Addr) forensics.Place {
		asked++
		if ip != netip.MustParseAddr("203.0.113.7") {
			return forensics.Place{}
		}
		return forensics.Place{Country: "US", ASN: 64496, Org: "Example Net"}
	}}
	for _, test := range []struct {
		name     string
		in, want forensics.Event
	}{
		{"nothing stated", forensics.Event{}, forensics.Event{Country: "US", ASN: 64496, Org: "Example Net"}},
		{"country stated", forensics.Event{Country: "NL"}, forensics.Event{Country: "NL", ASN: 64496, Org: "Example Net"}},
		{"the same operator stated", forensics.Event{ASN: 64496}, forensics.Event{Country: "US", ASN: 64496, Org: "Example Net"}},
		{"another operator stated", forensics.Event{ASN: 64511}, forensics.Event{Country: "US", ASN: 64511}},
		{"a name stated", forensics.Event{Org: "Other Net"}, forensics.Event{Country: "US", Org: "Other Net"}},
		{"all stated", forensics.Event{Country: "NL", ASN: 64511, Org: "Other Net"}, forensics.Event{Country: "NL", ASN: 64511, Org: "Other Net"}},
	} {
		e := test.in
		e.IP = netip.MustParseAddr("203.0.113.7")
		p.fill(&e)
		if e.Country != test.want.Country || e.ASN != test.want.ASN || e.Org != test.want.Org {
			t.Errorf("%s: got %s %d %s, want %s %d %s", test.name, e.Country, e.ASN, e.Org, test.want.Country, test.want.ASN, test.want.Org)
		}
	}
	if asked != 1 {
		t.Errorf("asked %d times about one address", asked)
	}
	e := forensics.Event{Host: "mail.example.com"}
	p.fill(&e)
	(&places{}).fill(&e)
	unknown := forensics.Event{IP: netip.MustParseAddr("198.51.100.1")}
	p.fill(&unknown)
	if e.Country != "" || unknown.ASN != 0 || unknown.Country != "" || asked != 2 {
		t.Errorf("got %+v and %+v", e, unknown)
	}
}

func TestPlacesAreBounded(t *testing.T) {
	p := places{where: func(netip.Addr) forensics.Place { return forensics.Place{Country: "US"} }}
	for i := range maxPlaces + 10 {
		e := forensics.Event{IP: netip.AddrFrom4([4]byte{10, byte(i >> 16), byte(i >> 8), byte(i)})}
		if p.fill(&e); e.Country != "US" {
			t.Fatalf("address %d has no country", i)
		}
	}
	if len(p.known) > maxPlaces {
		t.Errorf("%d addresses remembered", len(p.known))
	}
}
