package investigate

import (
	"net/netip"
	"strings"

	"keytrail/forensics"
	"keytrail/forensics/rule"
)

// supposing is a judge who has heard one verdict more.
func supposing(judge rule.Judge, entity, verdict string) rule.Judge {
	kind, value, _ := strings.Cut(entity, ":")
	inside := within(kind, value)
	return func(k, v string) string {
		said := judge(k, v)
		if said == "" && (k == kind && strings.EqualFold(v, value) || inside(k, v)) {
			return verdict
		}
		return said
	}
}

// within tells whether an address or a network lies in the network that is supposed.
func within(kind, value string) func(kind, value string) bool {
	net, err := netip.ParsePrefix(value)
	if kind != forensics.EntityNetwork || err != nil {
		return func(string, string) bool { return false }
	}
	return func(kind, value string) bool {
		switch kind {
		case forensics.EntityIP:
			ip, err := netip.ParseAddr(value)
			return err == nil && net.Contains(ip)
		case forensics.EntityNetwork:
			p, err := netip.ParsePrefix(value)
			return err == nil && p.Bits() >= net.Bits() && net.Contains(p.Addr())
		}
		return false
	}
}
