package geo

import "net/netip"

// special are the blocks that no database can place, from the IANA special-purpose address
// registries (RFC 6890 and its updates); the narrower block stands before the wider one.
var special = []struct {
	prefix netip.Prefix
	kind   string
}{
	{netip.MustParsePrefix("127.0.0.0/8"), "loopback"},
	{netip.MustParsePrefix("::1/128"), "loopback"},
	{netip.MustParsePrefix("10.0.0.0/8"), "private"},
	{netip.MustParsePrefix("172.16.0.0/12"), "private"},
	{netip.MustParsePrefix("192.168.0.0/16"), "private"},
	{netip.MustParsePrefix("fc00::/7"), "private"},
	{netip.MustParsePrefix("100.64.0.0/10"), "cgnat"},
	{netip.MustParsePrefix("169.254.0.0/16"), "link-local"},
	{netip.MustParsePrefix("fe80::/10"), "link-local"},
	{netip.MustParsePrefix("192.0.2.0/24"), "documentation"},
	{netip.MustParsePrefix("198.51.100.0/24"), "documentation"},
	{netip.MustParsePrefix("203.0.113.0/24"), "documentation"},
	{netip.MustParsePrefix("2001:db8::/32"), "documentation"},
	{netip.MustParsePrefix("3fff::/20"), "documentation"},
	{netip.MustParsePrefix("192.0.0.0/24"), "reserved"},
	{netip.MustParsePrefix("198.18.0.0/15"), "reserved"}, // benchmarks
	{netip.MustParsePrefix("0.0.0.0/8"), "reserved"},
	{netip.MustParsePrefix("224.0.0.0/4"), "reserved"}, // multicast
	{netip.MustParsePrefix("240.0.0.0/4"), "reserved"},
	{netip.MustParsePrefix("100::/64"), "reserved"}, // discard
	{netip.MustParsePrefix("ff00::/8"), "reserved"}, // multicast
	{netip.MustParsePrefix("::/128"), "reserved"},
}

// Special names what an address is that belongs to nobody on the internet, empty for a public one.
func Special(ip netip.Addr) string {
	ip = ip.Unmap().WithZone("")
	for _, s := range special {
		if s.prefix.Contains(ip) {
			return s.kind
		}
	}
	return ""
}

var (
	sixToFour = netip.MustParsePrefix("2002::/16")      // RFC 3056: the IPv4 address stands behind the prefix
	nat64     = netip.MustParsePrefix("64:ff9b::/96")   // RFC 6052: the IPv4 address stands at the end
	teredo    = netip.MustParsePrefix("2001:0000::/32") // RFC 4380: the client's IPv4 address stands at the end, inverted
)

// carried gives the IPv4 address that an IPv6 address of a transition mechanism carries, else the address itself.
func carried(ip netip.Addr) netip.Addr {
	ip = ip.Unmap().WithZone("")
	if ip.Is4() {
		return ip
	}
	b := ip.As16()
	switch {
	case sixToFour.Contains(ip):
		return netip.AddrFrom4([4]byte(b[2:6]))
	case nat64.Contains(ip):
		return netip.AddrFrom4([4]byte(b[12:16]))
	case teredo.Contains(ip):
		return netip.AddrFrom4([4]byte{^b[12], ^b[13], ^b[14], ^b[15]})
	}
	return ip
}
