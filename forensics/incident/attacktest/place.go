package attacktest

import (
	"encoding/binary"
	"math/rand/v2"
	"net/netip"

	"keytrail/forensics"
)

// network is one operator's part of the documentation ranges.
type network struct {
	name  string
	v4    netip.Prefix
	v6    netip.Prefix
	place forensics.Place
}

// netID names a row of networks.
type netID int

// The networks. Up to netVPN they are the owner's, at home or away; the ones behind it are those that attacks come from.
// The two are kept apart, because there are a few dozen documented AS numbers and tens of thousands real ones: what is left to
// chance here would meet far too often. An attacker who comes from a network of the owner's own is drawn on purpose.
const (
	netHome     netID = iota
	netHomeNext       // after moving house
	netMobile
	netOffice
	netCafe
	netCabin // a house in the country
	netFrance
	netGermany
	netMexico
	netBritain
	netCanada
	netVPN
	netFetcher // machines of a company that reads mail for people

	netHosting
	netHostingUS
	netOtherVPN
	netRomania
	netNigeria
	netResidential // other people's homes in the owner's country
	netBerlin
	netOntario
)

// networks is the table of places. Never changed.
var networks = []network{
	netHome:        row("Prairie Broadband", "198.51.100.0/26", "2001:db8:0::/40", "US", 64500, ""),
	netHomeNext:    row("Lakeshore Cable", "198.51.100.64/26", "2001:db8:100::/40", "US", 64501, ""),
	netMobile:      row("Summit Mobile", "198.51.100.128/26", "2001:db8:200::/40", "US", 64502, "mobile"),
	netOffice:      row("Granite Office Fiber", "198.51.100.192/28", "2001:db8:300::/40", "US", 64503, ""),
	netCafe:        row("Corner Guest Wifi", "198.51.100.208/28", "2001:db8:400::/40", "US", 64504, ""),
	netCabin:       row("North Woods DSL", "198.51.100.224/28", "2001:db8:500::/40", "US", 64505, ""),
	netFetcher:     row("Mesa Servers", "198.51.100.240/28", "2001:db8:600::/40", "US", 64506, "hosting"),
	netFrance:      row("Hexagone Hotels", "192.0.2.0/27", "2001:db8:700::/40", "FR", 64507, ""),
	netGermany:     row("Rheinnetz", "192.0.2.32/27", "2001:db8:800::/40", "DE", 64508, ""),
	netMexico:      row("Red del Golfo", "192.0.2.64/27", "2001:db8:900::/40", "MX", 64509, ""),
	netBritain:     row("Severn Telecom", "192.0.2.96/27", "2001:db8:a00::/40", "GB", 64510, ""),
	netCanada:      row("Laurentian Net", "192.0.2.128/27", "2001:db8:b00::/40", "CA", 64511, ""),
	netVPN:         row("Cloak VPN", "192.0.2.160/27", "2001:db8:c00::/40", "NL", 65536, "vpn"),
	netHosting:     row("Polder Hosting", "203.0.113.0/27", "2001:db8:8000::/40", "NL", 64496, "hosting"),
	netHostingUS:   row("Dune Compute", "203.0.113.32/27", "2001:db8:8100::/40", "US", 64497, "hosting"),
	netOtherVPN:    row("Veil VPN", "203.0.113.64/27", "2001:db8:8200::/40", "DE", 65537, "vpn"),
	netRomania:     row("Carpati Net", "203.0.113.96/27", "2001:db8:8300::/40", "RO", 64498, ""),
	netNigeria:     row("Lagos Mobile", "203.0.113.128/27", "2001:db8:8400::/40", "NG", 64499, "mobile"),
	netResidential: row("Tri-State Cable", "203.0.113.160/27", "2001:db8:8500::/40", "US", 65538, ""),
	netBerlin:      row("Spreenet", "203.0.113.192/27", "2001:db8:8600::/40", "DE", 65539, ""),
	netOntario:     row("Ontario Cable", "203.0.113.224/27", "2001:db8:8700::/40", "CA", 65540, ""),
}

func row(name, v4, v6, country string, asn uint32, kind string) network {
	return network{name, netip.MustParsePrefix(v4), netip.MustParsePrefix(v6), forensics.Place{Country: country, ASN: asn, Org: name, Kind: kind}}
}

// Where says where the addresses of the cases are.
func Where(a netip.Addr) forensics.Place {
	for i := range networks {
		if n := &networks[i]; n.v4.Contains(a) || n.v6.Contains(a) {
			return n.place
		}
	}
	return forensics.Place{}
}

// address draws an address of the network.
func (n netID) address(r *rand.Rand, v6 bool) netip.Addr {
	if v6 {
		return n.subnet(r).host(r)
	}
	p := networks[n].v4
	b := p.Addr().As4()
	base := binary.BigEndian.Uint32(b[:])
	binary.BigEndian.PutUint32(b[:], base+1+uint32(r.IntN(1<<(32-p.Bits())-2)))
	return netip.AddrFrom4(b)
}

// lan is one /64.
type lan [16]byte

func (n netID) subnet(r *rand.Rand) lan {
	l := lan(networks[n].v6.Addr().As16())
	l[5], l[6], l[7] = byte(r.IntN(256)), byte(r.IntN(256)), byte(r.IntN(256))
	return l
}

// host draws an interface address as privacy extensions do.
func (l lan) host(r *rand.Rand) netip.Addr {
	binary.BigEndian.PutUint64(l[8:], r.Uint64())
	return netip.AddrFrom16(l)
}
