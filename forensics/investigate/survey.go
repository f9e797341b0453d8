package investigate

import (
	"cmp"
	"maps"
	"net/netip"
	"slices"
	"strings"
	"time"

	"keytrail/forensics"
	"keytrail/forensics/casefile"
	"keytrail/forensics/rule"
)

// survey counts what an account was used from, as far as nothing is said about it.
type survey struct {
	uses  map[string]*use
	order []*use
}

// use is one source of an account's events.
type use struct {
	entity      string
	example     forensics.Brief
	events      int
	first, last int64
	days        map[int64]bool
	hours       [24]int
	clients     map[string]clientUse // by folded name
	place       forensics.Place
	key         bool
	accounts    []accountUse // those that it was used for
}

// clientUse is how often a client was used, and an event that spells it.
type clientUse struct {
	events int
	row    int64
}

// accountUse is how many of a source's events are of one account.
type accountUse struct {
	name   string
	events int
}

// add puts what another account was used from the same source for to a use.
func (u *use) add(o *use) {
	u.events += o.events
	u.first, u.last = min(u.first, o.first), max(u.last, o.last)
	maps.Copy(u.days, o.days)
	for h, n := range o.hours {
		u.hours[h] += n
	}
	for name, c := range o.clients {
		c.events += u.clients[name].events
		u.clients[name] = c
	}
	u.accounts = append(u.accounts, o.accounts...)
}

// newSurvey takes one look at the events of an account.
func newSurvey(a *Analyst, briefs []forensics.Brief, judge rule.Judge) *survey {
	s := &survey{uses: map[string]*use{}}
	places := map[forensics.Symbol][]*use{}
	for i := range briefs {
		b := &briefs[i]
		if b.Unreliable {
			break
		}
		if b.Key != 0 {
			s.see(s.use(forensics.EntityKey, a.seen.briefs.Text(b.Key), b, judge), b, "")
		}
		if b.IP == 0 || b.Certainty != forensics.Observed || b.Kind.Group() == forensics.GroupMail && b.Kind != forensics.MailRead {
			continue
		}
		list, known := places[b.IP]
		if !known {
			if ip, err := netip.ParseAddr(a.seen.briefs.Text(b.IP)); err == nil {
				list = s.places(a, ip, b, judge)
			}
			places[b.IP] = list
		}
		client := a.seen.briefs.Text(b.Client)
		for _, u := range list {
			s.see(u, b, client)
		}
	}
	return s
}

// places are the address and the network of an event, as far as nothing is said about them.
func (s *survey) places(a *Analyst, ip netip.Addr, b *forensics.Brief, judge rule.Judge) (list []*use) {
	ip = ip.Unmap().WithZone("")
	where := forensics.Place{}
	if a.o.Where != nil {
		where = a.o.Where(ip)
	}
	if judge(forensics.EntityIP, ip.String()) != "" {
		return nil // networks and operators are in it
	}
	if net := forensics.Network(ip); net.IsValid() {
		list = append(list, s.use(forensics.EntityNetwork, net.String(), b, judge))
	}
	list = append(list, s.use(forensics.EntityIP, ip.String(), b, judge))
	for _, u := range list {
		if u != nil {
			u.place = where
			if b.ASN != 0 {
				u.place.ASN = b.ASN
			}
		}
	}
	return list
}

func (s *survey) use(kind, value string, b *forensics.Brief, judge rule.Judge) *use {
	entity := kind + ":" + value
	if u, ok := s.uses[entity]; ok {
		return u
	}
	var u *use
	if value != "" && judge(kind, value) == "" {
		u = &use{entity: entity, example: *b, first: b.Time, days: map[int64]bool{}, clients: map[string]clientUse{}}
		if kind == forensics.EntityKey {
			u.key = true
		}
		s.order = append(s.order, u)
	}
	s.uses[entity] = u
	return u
}

func (s *survey) see(u *use, b *forensics.Brief, client string) {
	if u == nil {
		return
	}
	u.events++
	u.last = b.Time
	u.days[b.Time/int64(24*time.Hour)] = true
	u.hours[time.Unix(0, b.Time).UTC().Hour()]++
	if client != "" {
		c := u.clients[client]
		u.clients[client] = clientUse{c.events + 1, b.Row}
	}
}

func (s *survey) of(entity string) *use { return s.uses[entity] }

// habits are the networks that were used on most days.
func (s *survey) habits(n int) []*use {
	var list []*use
	for _, u := range s.order {
		if strings.HasPrefix(u.entity, forensics.EntityNetwork+":") && len(u.days) >= 3 {
			list = append(list, u)
		}
	}
	slices.SortStableFunc(list, func(x, y *use) int {
		return cmp.Or(-cmp.Compare(len(x.days), len(y.days)), -cmp.Compare(x.events, y.events))
	})
	return list[:min(len(list), n)]
}

// suggest leans to mine where the baseline does.
func (u *use) suggest(p *rule.Profile) string {
	if p == nil {
		return ""
	}
	switch s := p.Known(&u.example); {
	case s.Owner():
		return casefile.VerdictMine
	case s.Strange():
		return casefile.VerdictNotMine
	}
	return ""
}
