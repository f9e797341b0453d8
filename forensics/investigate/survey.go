package investigate

import (
	"cmp"
	"fmt"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"time"

	"keytrail/forensics"
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
	clients     map[string]int
	place       forensics.Place
	key         string
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
	bits := 24
	if ip.Is6() {
		bits = 48
	}
	where := forensics.Place{}
	if a.o.Where != nil {
		where = a.o.Where(ip)
	}
	if judge(forensics.EntityIP, ip.String()) != "" {
		return nil // networks and operators are in it
	}
	if net, err := ip.Prefix(bits); err == nil {
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
		u = &use{entity: entity, example: *b, first: b.Time, days: map[int64]bool{}, clients: map[string]int{}}
		if kind == forensics.EntityKey {
			u.key = value
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
		u.clients[client]++
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

// habit asks about something that is used much.
func (u *use) habit() string {
	with := "the mailbox "
	if c := u.client(); c != "" {
		with = c + " "
	}
	return fmt.Sprintf("You used %sfrom %s%s %d times on %d days, mostly %s. Yours?", with, u.value(), u.where(), u.events, len(u.days), u.mostly())
}

// strange asks about something that an incident came from.
func (u *use) strange() string {
	when := "on " + day(u.first)
	if day(u.last) != day(u.first) {
		when = fmt.Sprintf("between %s and %s", day(u.first), day(u.last))
	}
	if u.key != "" {
		return fmt.Sprintf("A key named %q stands in %s %s. Did you make it?", u.key, times(u.events, "event"), when)
	}
	with := ""
	if c := u.client(); c != "" {
		with = " with " + c
	}
	return fmt.Sprintf("The account was used from %s%s%s, %s %s. Was it you?", u.value(), u.where(), with, times(u.events, "time"), when)
}

func (u *use) detail(account string) string {
	return fmt.Sprintf("%s: %s on %s, first %s, last %s (UTC)", account, times(u.events, "event"), times(len(u.days), "day"), moment(u.first), moment(u.last))
}

// suggest leans to mine where the baseline does.
func (u *use) suggest(p *rule.Profile) string {
	if p == nil {
		return ""
	}
	switch s := p.Known(&u.example); {
	case s.Owner():
		return "mine"
	case s.Strange():
		return "not-mine"
	}
	return ""
}

func (u *use) value() string {
	_, v, _ := strings.Cut(u.entity, ":")
	return v
}

// where is the place of a network in brackets.
func (u *use) where() string {
	var parts []string
	if u.place.Country != "" {
		parts = append(parts, u.place.Country)
	}
	if u.place.ASN != 0 {
		parts = append(parts, strings.TrimSpace("AS"+strconv.FormatUint(uint64(u.place.ASN), 10)+" "+u.place.Org))
	}
	if u.place.Kind != "" {
		parts = append(parts, u.place.Kind)
	}
	if len(parts) == 0 {
		return ""
	}
	return " (" + strings.Join(parts, ", ") + ")"
}

// client is the one that was used most.
func (u *use) client() string {
	best := ""
	for c, n := range u.clients {
		if best == "" || n > u.clients[best] || n == u.clients[best] && c < best {
			best = c
		}
	}
	if len(best) > 60 {
		best = strings.ToValidUTF8(best[:60], "") + "…"
	}
	return best
}

// mostly is the shortest span of hours that holds four fifths of the events, in UTC.
func (u *use) mostly() string {
	total := 0
	for _, n := range u.hours {
		total += n
	}
	for length := 1; length < 24; length++ {
		for from := range 24 {
			n := 0
			for h := from; h < from+length; h++ {
				n += u.hours[h%24]
			}
			if n*5 >= total*4 {
				return fmt.Sprintf("%d-%d h UTC", from, (from+length)%24)
			}
		}
	}
	return "at all hours"
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

func day(nano int64) string    { return time.Unix(0, nano).UTC().Format(time.DateOnly) }
func moment(nano int64) string { return time.Unix(0, nano).UTC().Format("2006-01-02 15:04") }

func times(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}
