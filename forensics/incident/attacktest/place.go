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

// The networks. The ones above netCafe are the owner's by habit, the ones from netHosting on those that attacks come from; an
// attacker can also come from the others.
const (
	netHome     netID = iota
	netHomeNext       // after moving house
	netMobile
	netOffice
	netCafe
	netFrance
	netGermany
	netMexico
	netBritain
	netCanada
	netVPN
	netHosting
	netHostingUS
	netRomania
	netNigeria
	netResidential // other people's homes in the owner's country
)

// networks is the table of places. Never changed.
var networks = []network{
	netHome:        row("Prairie Broadband", "198.51.100.0/26", "2001:db8:0::/40", "US", 64500, ""),
	netHomeNext:    row("Lakeshore Cable", "198.51.100.64/26", "2001:db8:100::/40", "US", 64501, ""),
	netMobile:      row("Summit Mobile", "198.51.100.128/26", "2001:db8:200::/40", "US", 64502, "mobile"),
	netOffice:      row("Granite Office Fiber", "198.51.100.192/28", "2001:db8:300::/40", "US", 64503, ""),
	netCafe:        row("Corner Guest Wifi", "198.51.100.208/28", "2001:db8:400::/40", "US", 64504, ""),
	netFrance:      row("Hexagone Hotels", "192.0.2.0/27", "2001:db8:500::/40", "FR", 64505, ""),
	netGermany:     row("Rheinnetz", "192.0.2.32/27", "2001:db8:600::/40", "DE", 64506, ""),
	netMexico:      row("Red del Golfo", "192.0.2.64/27", "2001:db8:700::/40", "MX", 64507, ""),
	netBritain:     row("Severn Telecom", "192.0.2.96/27", "2001:db8:800::/40", "GB", 64508, ""),
	netCanada:      row("Laurentian Net", "192.0.2.128/27", "2001:db8:900::/40", "CA", 64509, ""),
	netVPN:         row("Cloak VPN", "192.0.2.160/27", "2001:db8:a00::/40", "NL", 64510, "vpn"),
	netHosting:     row("Polder Hosting", "203.0.113.0/26", "2001:db8:b00::/40", "NL", 64511, "hosting"),
	netHostingUS:   row("Mesa Servers", "203.0.113.64/27", "2001:db8:c00::/40", "US", 64496, "hosting"),
	netRomania:     row("Carpati Net", "203.0.113.96/27", "2001:db8:d00::/40", "RO", 64497, ""),
	netNigeria:     row("Lagos Mobile", "203.0.113.128/26", "2001:db8:e00::/40", "NG", 64498, "mobile"),
	netResidential: row("Tri-State Cable", "203.0.113.192/26", "2001:db8:f00::/40", "US", 64499, ""),
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
