package attacktest

import (
	"net/netip"
	"time"
)

// attacker is somebody who comes again.
type attacker struct {
	number  int
	nets    []netID
	near    bool         // comes from a network that may be the owner's own
	own     []netip.Addr // addresses used again and again; empty: a new one each time
	client  *client
	keys    string // how the keys are named, %d for a number
	made    int
	wallet  string
	newAddr bool // another wallet each time
	slow    bool // hours between the steps instead of minutes
	hard    bool // purges instead of moving to the trash
	hides   float64
	guesses bool   // comes by guessing passwords
	locks   bool   // the owner's key stops working
	bulk    bool   // fetches everything there is
	app     string // comes through an application instead of a key; empty: does not
}

// Programs of attackers: people's own, and what scripts say.
var tools = []client{
	{name: "Thunderbird", version: "91.5.0", info: "Client=POP3/IMAP4;Protocol=IMAP4", agent: "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:91.0) Gecko/20100101 Firefox/91.0", kind: "IMAP"},
	{name: "Microsoft Outlook", version: "15.0", info: "Client=POP3/IMAP4;Protocol=IMAP4", agent: "BAV2ROPC", kind: "IMAP", silent: true},
	{name: "imaplib", version: "3.9", info: "Client=POP3/IMAP4;Protocol=IMAP4", agent: "BAV2ROPC", kind: "IMAP", silent: true},
	{name: "eM Client", version: "8.2.1721", info: "Client=WebServices;eM Client/8.2.1721.0", agent: "eM Client/8.2.1721.0", kind: "IMAP"},
	{name: "Roundcube", version: "1.6.1", info: "Client=OWA;Action=ViaProxy", agent: "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/105.0.0.0 Safari/537.36", kind: "WEB", web: true},
}

func (g *generator) makeAttacker(number int) *attacker {
	r := g.r
	a := &attacker{number: number, client: &tools[r.IntN(len(tools))], wallet: g.wallet()}
	pool := []netID{netHosting, netHosting, netHostingUS, netRomania, netNigeria, netResidential, netResidential, netOtherVPN, netBerlin, netOntario}
	for range 1 + r.IntN(2) {
		a.nets = append(a.nets, pool[r.IntN(len(pool))])
	}
	if g.chance(0.05) { // from next door, or through the same VPN
		a.near = true
		a.nets = []netID{[]netID{netHome, netMobile, netVPN}[r.IntN(3)]}
	}
	if g.chance(0.6) {
		for range 1 + r.IntN(3) {
			a.own = append(a.own, a.nets[r.IntN(len(a.nets))].address(r, g.chance(0.2)))
		}
	}
	a.keys = g.one("Outlook-%d", "Outlook", "mail%d", "iPhone", "Thunderbird", "Windows Mail %d", "x%d", "Default")
	a.newAddr = g.chance(0.3)
	a.slow = g.chance(0.2)
	a.hard = g.chance(0.6)
	a.hides = 0.6 + 0.4*r.Float64()
	a.guesses = g.chance(0.12)
	a.locks = g.c.World == WorldServer && g.chance(0.25)
	a.bulk = g.chance(0.3)
	if (g.c.World == WorldOffice || g.c.World == WorldWorkspace) && g.chance(0.2) {
		a.app = g.one("Mail Sync Pro", "PDF Assistant", "eM Client", "Upgrade")
	}
	return a
}

func (a *attacker) address(g *generator) netip.Addr {
	if len(a.own) > 0 {
		return a.own[g.r.IntN(len(a.own))]
	}
	return a.nets[g.r.IntN(len(a.nets))].address(g.r, g.chance(0.2))
}

// pause is the time between two deeds inside a step, gap the one between two steps.
func (a *attacker) pause(g *generator) time.Duration { return g.between(8*time.Second, 3*time.Minute) }

func (a *attacker) gap(g *generator) time.Duration {
	if a.slow {
		return g.between(time.Hour, 14*time.Hour)
	}
	return g.between(time.Minute, 50*time.Minute)
}
