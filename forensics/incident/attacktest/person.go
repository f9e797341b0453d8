package attacktest

import (
	"math/rand/v2"
	"net/netip"
	"time"
)

// local is the owner's clock at home. A fixed distance is enough: nothing depends on summer time.
var local = time.FixedZone("home", -6*3600)

// device is something that the owner reads mail with.
type device struct {
	client   *client
	from, to time.Time // in use
	phone    bool
	desktop  bool // never leaves home
	v6       bool
	key      string
}

// trip is a time away from home.
type trip struct {
	from, to time.Time
	net      netID
	addrs    []netip.Addr // of the hotel
	shift    time.Duration
}

// lease is an address that the provider at home gave for a time.
type lease struct {
	from time.Time
	net  netID
	v4   netip.Addr
	v6   lan
}

// person is the owner.
type person struct {
	devices  []*device
	trips    []trip
	leases   []lease
	office   netip.Addr // invalid: works at home or not at all
	vpn      bool
	busy     float64 // sessions a day
	tidy     float64 // how likely a notice that was read is deleted at once
	services []*service

	fetcher   *device // nil: none
	fetchFrom []netip.Addr
}

// Programs of people.
var phones = []client{
	{name: "iPhone Mail", version: "19E241", info: "Client=ActiveSync;UserAgent=Apple-iPhone13C2/1905.241;Action=/Microsoft-Server-ActiveSync/Proxy/default.eas",
		agent: "Mozilla/5.0 (iPhone; CPU iPhone OS 15_4 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/15.4 Mobile/15E148 Safari/604.1", kind: "IOS"},
	{name: "iPhone Mail", version: "20F66", info: "Client=OutlookService;Outlook-iOS/2.0;",
		agent: "Mozilla/5.0 (iPhone; CPU iPhone OS 16_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/16.5 Mobile/15E148 Safari/604.1", kind: "IOS"},
	{name: "K-9 Mail", version: "6.602", info: "Client=OutlookService;Outlook-Android/2.0;",
		agent: "Mozilla/5.0 (Linux; Android 13; Pixel 7) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/112.0.0.0 Mobile Safari/537.36", kind: "ANDROID"},
}

var computers = []client{
	{name: "Thunderbird", version: "102.10.0", info: "Client=POP3/IMAP4;Protocol=IMAP4", agent: "Mozilla/5.0 (X11; Linux x86_64; rv:109.0) Gecko/20100101 Firefox/112.0", kind: "IMAP"},
	{name: "Mac OS X Mail", version: "16.0", info: "Client=WebServices;Mac OS X/10.15.7 (19H2026);ExchangeWebServices/8.0;",
		agent: "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/16.4 Safari/605.1.15", kind: "IMAP"},
	{name: "Microsoft Outlook", version: "16.0", info: "Client=MSExchangeRPC", agent: "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/112.0.0.0 Safari/537.36 Edg/112.0.1722.48", kind: "IMAP", silent: true},
	{name: "Roundcube", version: "1.6.1", info: "Client=OWA;Action=ViaProxy", agent: "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:109.0) Gecko/20100101 Firefox/112.0", kind: "WEB", web: true},
}

func (g *generator) makePerson() {
	r, p := g.r, &g.person
	start, end := g.c.Start, g.c.End
	phone := phones[r.IntN(len(phones))]
	change := g.moment(0.2, 0.8)
	last := end.AddDate(1, 0, 0) // what is begun on the last day ends after it
	first := &device{client: &phone, from: start, to: last, phone: true, v6: g.chance(0.5), key: "phone"}
	p.devices = append(p.devices, first)
	if g.chance(0.6) { // a new phone
		next := phones[r.IntN(len(phones))]
		first.to = change
		p.devices = append(p.devices, &device{client: &next, from: change, to: last, phone: true, v6: g.chance(0.5), key: g.one("iPhone", "New phone", "Pixel", "phone 2")})
	}
	for i, n := 0, 1+r.IntN(2); i < n; i++ {
		c := computers[r.IntN(len(computers))]
		d := &device{client: &c, from: start, to: last, desktop: i == 1 || g.chance(0.3), v6: g.chance(0.4), key: c.name}
		if i == 1 && g.chance(0.5) { // set up later
			d.from = g.moment(0.1, 0.8)
		}
		p.devices = append(p.devices, d)
	}
	if g.chance(0.5) {
		p.office = netOffice.address(r, false)
	}
	p.vpn = g.chance(0.25)
	p.busy = 1.2 + 2.0*r.Float64()
	p.tidy = 0.05 + 0.45*r.Float64()
	p.makeLeases(r, start, end, g.chance(0.12))
	for t := start.Add(g.days(10, 90)); t.Before(end); t = t.Add(g.days(45, 260)) {
		net := []netID{netFrance, netGermany, netMexico, netBritain, netCanada, netCafe, netMexico, netCabin}[r.IntN(8)]
		tr := trip{from: t, to: t.Add(g.days(2, 16)), net: net}
		if net == netFrance || net == netGermany || net == netBritain {
			tr.shift = 7 * time.Hour
		}
		for range 1 + r.IntN(3) {
			tr.addrs = append(tr.addrs, net.address(r, g.chance(0.3)))
		}
		p.trips = append(p.trips, tr)
		g.c.Away = append(g.c.Away, span{tr.from, tr.to})
		t = tr.to
	}
	if g.chance(0.08) { // a company fetches the mail and shows it its own way
		p.fetcher = &device{client: &client{name: "Wren Mail", version: "3.2", info: "Client=POP3/IMAP4;Protocol=IMAP4", agent: "WrenMail/3.2", kind: "IMAP"},
			from: g.moment(0.1, 0.6), to: g.moment(0.7, 1), key: "Wren Mail"}
		p.fetchFrom = []netip.Addr{netFetcher.address(r, false), netFetcher.address(r, false)}
		g.c.Quirks = append(g.c.Quirks, "mail fetched by a company from "+p.fetcher.from.Format(time.DateOnly))
	}
	all := allServices()
	r.Shuffle(3, func(i, j int) { all[i], all[j] = all[j], all[i] })
	p.services = append(p.services, all[:1+r.IntN(3)]...)
	if g.chance(0.7) {
		p.services = append(p.services, all[3])
	}
	p.services = append(p.services, all[4])
	for _, s := range p.services {
		if s.money {
			s.wallet = g.wallet()
			s.held = 0.4 + 3*r.Float64()
		}
	}
}

func (p *person) makeLeases(r *rand.Rand, start, end time.Time, moves bool) {
	net := netHome
	moved := start.Add(time.Duration((0.3 + 0.5*r.Float64()) * float64(end.Sub(start))))
	fixed := r.IntN(4) == 0
	for t := start; t.Before(end); {
		if moves && t.After(moved) {
			net = netHomeNext
		}
		p.leases = append(p.leases, lease{t, net, net.address(r, false), net.subnet(r)})
		if fixed && !moves {
			return
		}
		t = t.Add(time.Duration((4 + 55*r.Float64()) * 24 * float64(time.Hour)))
	}
}

func (p *person) leaseAt(t time.Time) *lease {
	best := &p.leases[0]
	for i := range p.leases {
		if p.leases[i].from.After(t) {
			break
		}
		best = &p.leases[i]
	}
	return best
}

func (p *person) tripAt(t time.Time) *trip {
	for i := range p.trips {
		if !t.Before(p.trips[i].from) && t.Before(p.trips[i].to) {
			return &p.trips[i]
		}
	}
	return nil
}

// device draws what the owner reads mail with at a moment.
func (g *generator) device(t time.Time) *device {
	away := g.person.tripAt(t) != nil
	var can []*device
	for _, d := range g.person.devices {
		if t.Before(d.from) || !t.Before(d.to) || d.desktop && (away || g.atWork(t)) {
			continue
		}
		can = append(can, d)
		if d.phone {
			can = append(can, d) // phones are looked at more often
		}
	}
	return can[g.r.IntN(len(can))]
}

func (g *generator) atWork(t time.Time) bool {
	l := t.In(local)
	return g.person.office.IsValid() && l.Weekday() != time.Saturday && l.Weekday() != time.Sunday && l.Hour() >= 9 && l.Hour() < 17
}

// origin draws the address that a device of the owner has at a moment.
func (g *generator) origin(d *device, t time.Time) netip.Addr {
	r, p := g.r, &g.person
	switch tr := p.tripAt(t); {
	case p.vpn && !d.phone && g.chance(0.12), p.vpn && tr != nil && g.chance(0.3):
		return netVPN.address(r, false)
	case tr != nil && (!d.phone || g.chance(0.6)):
		return tr.addrs[r.IntN(len(tr.addrs))]
	case tr != nil: // roaming leaves the network at home
		return netMobile.address(r, d.v6)
	case g.atWork(t) && (!d.phone || g.chance(0.5)):
		return p.office
	case d.phone && g.chance(0.3):
		return netMobile.address(r, d.v6)
	case !d.desktop && g.chance(0.02):
		return netCafe.address(r, false)
	}
	l := p.leaseAt(t)
	if d.v6 {
		return l.v6.host(r)
	}
	return l.v4
}
