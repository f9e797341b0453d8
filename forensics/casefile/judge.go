package casefile

import (
	"context"
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"keytrail/forensics"
	"keytrail/forensics/filter"
)

// verdicts judge events. Where an event came from decides: its address (an exact one
// before a network, the smallest network first, then who announces it), its client and its key; one
// not-mine outweighs all mine. Only where these say nothing does the one who acted
// decide, because the account that an event is about is the owner's own in every case, or a service
// that the owner says is not his: one that is his says nothing about who used it.
type verdicts struct {
	texts    map[string]string // "kind:folded value" to verdict
	networks []network         // the smallest first
	asns     map[uint32]string
}

type network struct {
	prefix  netip.Prefix
	verdict string
}

func loadVerdicts(ctx context.Context, q querier) (*verdicts, error) {
	list, err := verdictsIn(ctx, q)
	if err != nil {
		return nil, err
	}
	v := &verdicts{texts: map[string]string{}, asns: map[uint32]string{}}
	for _, entry := range list {
		kind, value, _ := strings.Cut(entry.Entity, ":")
		switch kind {
		case forensics.EntityNetwork:
			if prefix, err := netip.ParsePrefix(value); err == nil {
				v.networks = append(v.networks, network{prefix, entry.Verdict})
			}
		case forensics.EntityASN:
			if n, err := strconv.ParseUint(value, 10, 32); err == nil {
				v.asns[uint32(n)] = entry.Verdict
			}
		default:
			v.texts[filter.Fold(entry.Entity)] = entry.Verdict
		}
	}
	slices.SortStableFunc(v.networks, func(a, b network) int { return b.prefix.Bits() - a.prefix.Bits() })
	return v, nil
}

func (v *verdicts) empty() bool { return len(v.texts) == 0 && len(v.networks) == 0 && len(v.asns) == 0 }

// ofAddr judges an address by itself and by the networks it is in.
func (v *verdicts) ofAddr(ip netip.Addr) string {
	if !ip.IsValid() {
		return ""
	}
	ip = ip.Unmap().WithZone("")
	if verdict, ok := v.texts[forensics.EntityIP+":"+ip.String()]; ok {
		return verdict
	}
	return v.ofNetwork(netip.PrefixFrom(ip, ip.BitLen()))
}

// ofNetwork gives the verdict on the smallest network that holds all of p.
func (v *verdicts) ofNetwork(p netip.Prefix) string {
	for _, n := range v.networks {
		if n.prefix.Bits() <= p.Bits() && n.prefix.Contains(p.Addr()) {
			return n.verdict
		}
	}
	return ""
}

// ofIP judges an address, or, where nothing is said of it, the operator that announces it.
func (v *verdicts) ofIP(ip netip.Addr, asn uint32) string {
	if verdict := v.ofAddr(ip); verdict != "" {
		return verdict
	}
	return v.asns[asn]
}

func (v *verdicts) ofText(kind, value string) string {
	if value == "" {
		return ""
	}
	return v.texts[kind+":"+filter.Fold(value)]
}

// ofService is the verdict on a service as far as it speaks for an event.
func (v *verdicts) ofService(service string) string {
	if verdict := v.ofText(forensics.EntityService, service); verdict != VerdictMine {
		return verdict
	}
	return ""
}

// worse joins two verdicts.
func worse(a, b string) string {
	if a == VerdictNotMine || b == "" {
		return a
	}
	if b == VerdictNotMine || a == "" {
		return b
	}
	return a
}

// of gives the verdict on an event, empty where nothing is said.
func (v *verdicts) of(e *forensics.Event) string {
	if v.empty() {
		return ""
	}
	verdict := worse(worse(v.ofIP(e.IP, e.ASN), v.ofText(forensics.EntityClient, e.Client)), v.ofText(forensics.EntityKey, e.Key))
	if verdict == "" {
		verdict = worse(v.ofText(forensics.EntityAccount, e.Actor), v.ofService(e.Service))
	}
	return verdict
}

// Judge answers from the verdicts as they were when it was asked for. It may be used from any
// goroutine; the zero Judge knows no verdict.
type Judge struct{ v *verdicts }

// Judge gives the verdicts of the case.
func (c *Case) Judge(ctx context.Context) (Judge, error) {
	v, err := loadVerdicts(ctx, c.read)
	if err != nil {
		return Judge{}, err
	}
	return Judge{v}, nil
}

// IP gives the verdict on an address: its own, that of the smallest network around it, or that of
// the operator asn (0: not known). It is VerdictMine, VerdictNotMine or empty.
func (j Judge) IP(ip netip.Addr, asn uint32) string {
	if j.v == nil {
		return ""
	}
	return j.v.ofIP(ip, asn)
}

// Text gives the verdict on an entity of one of forensics.EntityKinds by its value, as IP does.
func (j Judge) Text(kind, value string) string {
	if j.v == nil || j.v.empty() {
		return ""
	}
	switch kind {
	case forensics.EntityIP:
		if ip, err := netip.ParseAddr(value); err == nil {
			return j.v.ofAddr(ip)
		}
	case forensics.EntityNetwork:
		if p, err := netip.ParsePrefix(value); err == nil {
			return j.v.ofNetwork(p)
		}
	case forensics.EntityASN:
		if n, err := strconv.ParseUint(value, 10, 32); err == nil {
			return j.v.asns[uint32(n)]
		}
	default:
		return j.v.ofText(kind, value)
	}
	return ""
}
