package investigate

import (
	"net/netip"
	"strconv"
	"time"

	"keytrail/forensics"
	"keytrail/forensics/incident"
)

// settledDays is on how many days an account must come from somewhere for it to be where somebody lives.
const settledDays = 5

// commons counts in how many accounts an address, an operator or a client is used day after day. What many use tells no source.
type commons map[incident.TraitKind]map[string]int

// usual tells in how many accounts a trait is what is used day after day, and of how many. It looks at all accounts once, when it is
// first asked about a snapshot.
func (a *Analyst) usual(t incident.Trait) (accounts, of int) {
	if a.commons == nil {
		a.commons = a.countCommons()
	}
	return a.commons[t.Kind][t.Value], len(a.accounts)
}

func (a *Analyst) countCommons() commons {
	out := commons{incident.TraitIP: {}, incident.TraitNetwork: {}, incident.TraitASN: {}, incident.TraitClient: {}}
	type days struct {
		last  int64
		count int
	}
	var buffer []forensics.Brief
	briefs := a.seen.briefs
	for _, name := range briefs.Accounts() {
		events, err := briefs.Account(name, buffer)
		if err != nil || name == "" && !alone(briefs) {
			continue // without the account nothing is common
		}
		buffer = events.Briefs
		ips, clients := map[forensics.Symbol]days{}, map[forensics.Symbol]days{}
		see := func(m map[forensics.Symbol]days, s forensics.Symbol, day int64) {
			if d := m[s]; s != 0 && (d.count == 0 || d.last != day) {
				m[s] = days{day, d.count + 1}
			}
		}
		for i := range events.Briefs {
			if b := &events.Briefs[i]; !b.Unreliable && b.Certainty == forensics.Observed && b.IP != 0 {
				day := b.Time / int64(24*time.Hour)
				see(ips, b.IP, day)
				see(clients, b.Client, day)
			}
		}
		wide := map[incident.Trait]int{}
		for s, d := range ips {
			ip, err := netip.ParseAddr(briefs.Text(s))
			if err != nil {
				continue
			}
			if d.count >= settledDays {
				out[incident.TraitIP][briefs.Text(s)]++
			}
			for _, t := range a.around(ip) {
				wide[t] += d.count
			}
		}
		for t, n := range wide {
			if n >= settledDays {
				out[t.Kind][t.Value]++
			}
		}
		for s, d := range clients {
			if d.count >= settledDays {
				out[incident.TraitClient][briefs.Text(s)]++
			}
		}
	}
	return out
}

// around gives the network and the operator of an address.
func (a *Analyst) around(ip netip.Addr) (list []incident.Trait) {
	if net := forensics.Network(ip); net.IsValid() {
		list = append(list, incident.Trait{Kind: incident.TraitNetwork, Value: net.String()})
	}
	if a.o.Where != nil {
		if asn := a.o.Where(ip).ASN; asn != 0 {
			list = append(list, incident.Trait{Kind: incident.TraitASN, Value: strconv.FormatUint(uint64(asn), 10)})
		}
	}
	return list
}
