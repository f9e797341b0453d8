package rule

import (
	"net/netip"
	"strconv"
	"strings"

	"keytrail/forensics"
)

// Cache keeps what is known of texts and addresses from one account to the next. It belongs to one goroutine, one
// snapshot of one case, one Where and one Judge: after a verdict it is thrown away.
type Cache struct {
	addresses map[forensics.Symbol]*address
	clients   map[forensics.Symbol]*client
	services  map[forensics.Symbol]service
	details   map[forensics.Symbol]detail
	operation map[forensics.Symbol]operation
	protocols map[forensics.Symbol]protocol
	domains   map[forensics.Symbol]uint32
	verdicts  map[forensics.Symbol]Standing // of keys
	names     map[string]uint32             // numbers of networks, countries, client families and mail domains

	unowned      map[forensics.Symbol][]int32 // money and logins of services that name no account, by service
	unownedBuilt bool
	lone         map[string]bool // the account that is the only one, once it is looked for

	scratch scratch
}

// NewCache makes an empty cache.
func NewCache() *Cache {
	return &Cache{
		addresses: map[forensics.Symbol]*address{}, clients: map[forensics.Symbol]*client{}, services: map[forensics.Symbol]service{},
		details: map[forensics.Symbol]detail{}, operation: map[forensics.Symbol]operation{}, protocols: map[forensics.Symbol]protocol{},
		domains: map[forensics.Symbol]uint32{}, verdicts: map[forensics.Symbol]Standing{}, names: map[string]uint32{},
		unowned: map[forensics.Symbol][]int32{},
	}
}

// name gives a text its number, from 1.
func (c *Cache) name(kind byte, s string) uint32 {
	if s == "" {
		return 0
	}
	key := string(kind) + s
	n, ok := c.names[key]
	if !ok {
		n = uint32(len(c.names) + 1)
		c.names[key] = n
	}
	return n
}

// address is what is known of one address. It is not changed once it is made.
type address struct {
	addr    netip.Addr
	text    string
	network string // 203.0.113.0/24
	wide    string // the operator where known, else a larger block: "AS64511 Example Hosting", "203.0.0.0/16"
	place   forensics.Place
	verdict Standing
	judged  string // what the verdict is on: "ip:203.0.113.7"

	wideID, netID, countryID uint32
}

// inside reports whether the address says nothing about where somebody is: a proxy of a mail provider, or an
// address inside the house.
func (a *address) inside() bool {
	switch a.place.Kind {
	case "proxy", "private", "cgnat", "loopback", "link-local", "reserved":
		return true
	}
	return false
}

// hidden reports whether the network hides where its user is, or is one where servers stand.
func (a *address) hidden() bool {
	switch a.place.Kind {
	case "hosting", "vpn", "tor":
		return true
	}
	return false
}

// where is the address with its network in words: "203.0.113.7 (AS64511 Example Hosting, NL, hosting)".
func (a *address) where() string {
	var parts []string
	if a.place.ASN != 0 {
		parts = append(parts, a.wide)
	}
	for _, s := range []string{a.place.Country, a.place.Kind} {
		if s != "" {
			parts = append(parts, s)
		}
	}
	if len(parts) == 0 {
		return a.text
	}
	return a.text + " (" + strings.Join(parts, ", ") + ")"
}

// address looks up where an event came from; nil where its address is none.
func (e *evaluation) address(b *forensics.Brief) *address {
	if b.IP == 0 {
		return nil
	}
	if a, ok := e.cache.addresses[b.IP]; ok {
		return a
	}
	a := e.newAddress(b)
	e.cache.addresses[b.IP] = a
	return a
}

func (e *evaluation) newAddress(b *forensics.Brief) *address {
	ip, err := netip.ParseAddr(e.text(b.IP))
	if err != nil {
		return nil
	}
	a := &address{addr: ip.Unmap().WithZone("")}
	a.text = a.addr.String()
	a.network = forensics.Network(a.addr).String()
	if e.in.Where != nil {
		a.place = e.in.Where(a.addr)
	}
	if a.place.ASN == 0 {
		a.place.ASN = b.ASN
	}
	if a.place.Org == "" {
		a.place.Org = e.spelled(b.Org)
	}
	if a.place.Country == "" {
		a.place.Country = strings.ToUpper(e.text(b.Country))
	}
	if a.place.ASN != 0 {
		a.wide = "AS" + strconv.FormatUint(uint64(a.place.ASN), 10)
		a.wideID = e.cache.name('w', a.wide)
		if a.place.Org != "" {
			a.wide += " " + a.place.Org
		}
	} else {
		bits := 16
		switch {
		case a.addr.Is6():
			bits = 32
		case a.place.Kind == "documentation":
			bits = 24 // each of these blocks is as large as that, and what lies around it is somebody's
		}
		if p, err := a.addr.Prefix(bits); err == nil {
			a.wide = p.String()
		}
		a.wideID = e.cache.name('w', a.wide)
	}
	a.netID = e.cache.name('n', a.network)
	a.countryID = e.cache.name('c', a.place.Country)
	for _, entity := range [...][2]string{{forensics.EntityIP, a.text}, {forensics.EntityNetwork, a.network}, {forensics.EntityASN, strconv.FormatUint(uint64(a.place.ASN), 10)}} {
		if entity[0] == forensics.EntityASN && a.place.ASN == 0 {
			continue
		}
		if v := e.judge(entity[0], entity[1]); v != Unknown {
			a.verdict, a.judged = v, entity[0]+":"+entity[1]
			break
		}
	}
	return a
}

func (e *evaluation) judge(kind, value string) Standing {
	if e.in.Judge == nil || value == "" {
		return Unknown
	}
	switch e.in.Judge(kind, value) {
	case mine:
		return Mine
	case notMine:
		return NotMine
	}
	return Unknown
}

// client is what is known of one client's name.
type client struct {
	symbol  forensics.Symbol
	text    string
	family  uint32 // the same for all versions of one program
	verdict Standing
	legacy  bool // basic authentication translated for old programs
}

func (e *evaluation) client(s forensics.Symbol) *client {
	if s == 0 {
		return nil
	}
	if c, ok := e.cache.clients[s]; ok {
		return c
	}
	c := &client{symbol: s, text: e.text(s)}
	c.family = e.cache.name('f', family(c.text))
	c.verdict = e.judge(forensics.EntityClient, c.text)
	c.legacy = strings.Contains(c.text, "bav2ropc") || strings.Contains(c.text, "cbainprod")
	e.cache.clients[s] = c
	return c
}

// family takes the version numbers out of a client's name.
func family(s string) string {
	out := make([]byte, 0, len(s))
	for i := range min(len(s), 512) {
		c := s[i]
		if c >= '0' && c <= '9' || c == '.' || c == '_' {
			continue
		}
		out = append(out, c)
	}
	return string(out)
}

func (e *evaluation) keyVerdict(s forensics.Symbol) Standing {
	if s == 0 || e.in.Judge == nil {
		return Unknown
	}
	v, ok := e.cache.verdicts[s]
	if !ok {
		v = e.judge(forensics.EntityKey, e.text(s))
		e.cache.verdicts[s] = v
	}
	return v
}

// spelled is a text as the evidence spells it, for sentences.
func (e *evaluation) spelled(s forensics.Symbol) string { return e.in.Briefs.Spelled(s) }

func (e *evaluation) text(s forensics.Symbol) string {
	if s == 0 {
		return ""
	}
	return e.in.Briefs.Text(s)
}
