package incident

import (
	"time"

	"keytrail/forensics"
)

// A journey looks like an attack: new networks, another country, and a life that goes on there, with its own resets and
// deletions. What tells them apart is who else is where: a traveller is there for days and is not at home meanwhile.
const (
	stayAround = int64(8 * 24 * time.Hour)  // how far around an incident its networks are looked for
	homeAround = int64(5 * time.Hour)       // and the owner's own
	toolAround = int64(45 * 24 * time.Hour) // how far around the owner's clients are looked for
	stayDays   = 3                          // days on which a network is seen that make a stay
)

// stay is what the account's events say about who was where around a draft.
type stay struct {
	days  int // distinct days on which the strange networks were used, around the draft and in it
	home  int // events from where the owner lives, close to the draft's own
	known bool
	// ownTool is set where the clients of the draft are ones that the owner used around that time, newTool where
	// one is not.
	ownTool, newTool bool
}

// wide is what a stay is counted by: the operator, or the network where it is not known.
func (b *builder) wide(e *forensics.Brief) network {
	at := b.placeOf(e)
	if at.ASN != 0 {
		return network{asn: at.ASN}
	}
	return network{block: at.net}
}

// stays looks at every event that says where somebody was, once for all drafts.
func (b *builder) stays(drafts []*draft) {
	type about struct {
		d     *draft
		wides set[network]
		days  set[int64]
		acts  []int64
		own   set[forensics.Symbol] // clients of the owner
		tools set[forensics.Symbol] // clients of the draft
	}
	var list []*about
	for _, d := range drafts {
		a := &about{d: d}
		for _, p := range d.points {
			if p.b.IP != 0 && !p.standing.Owner() && !b.aboutService(p.b) {
				a.wides.put(b.wide(p.b))
				a.acts = append(a.acts, p.at())
			}
		}
		if len(a.wides) > 0 {
			list = append(list, a)
		}
	}
	if len(list) == 0 {
		return
	}
	for i := range b.in.Account.Briefs {
		e := &b.in.Account.Briefs[i]
		if e.Unreliable {
			break
		}
		if e.IP == 0 && (e.Session == 0 || e.Client == 0) || e.Certainty != forensics.Observed || e.Outcome == forensics.Failure {
			continue
		}
		for _, a := range list {
			if e.Time < a.d.start-toolAround || e.Time > a.d.last+toolAround {
				continue
			}
			standing := b.standing(e)
			if e.Client != 0 {
				if standing.Owner() {
					a.own.put(e.Client)
				} else if a.d.hand.sessions.has(e.Session) || e.Session == 0 && a.d.hand.ips.has(e.IP) && e.Time >= a.d.start && e.Time <= a.d.last {
					a.tools.put(e.Client)
				}
			}
			if e.IP == 0 || e.Time < a.d.start-stayAround || e.Time > a.d.last+stayAround {
				continue
			}
			switch {
			case standing.Owner():
				if kind := b.placeOf(e).Kind; kind == "mobile" || kind == "vpn" || kind == "proxy" || kind == "tor" {
					continue
				}
				if between(a.acts, e.Time-homeAround, e.Time+homeAround) {
					a.d.stay.home++
				}
			case a.wides.has(b.wide(e)):
				a.days.put(e.Time/int64(24*time.Hour) + 1)
			}
		}
	}
	for _, a := range list {
		a.d.stay.known, a.d.stay.days = true, len(a.days)
		for c := range a.tools {
			a.d.stay.newTool = a.d.stay.newTool || !a.own.has(c)
		}
		a.d.stay.ownTool = len(a.tools) > 0 && !a.d.stay.newTool
	}
}
