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
	l := newLives(b, drafts)
	if len(l.windows) == 0 {
		return
	}
	at := 0
	for i := range b.in.Account.Briefs {
		e := &b.in.Account.Briefs[i]
		if e.Unreliable {
			break
		}
		for at < len(l.windows) && e.Time > l.windows[at].last {
			at++
		}
		if at == len(l.windows) {
			break
		}
		if e.Time >= l.windows[at].first && (e.IP != 0 || e.Session != 0 && e.Client != 0) && e.Certainty == forensics.Observed && e.Outcome != forensics.Failure {
			l.see(e)
		}
	}
	for _, s := range l.strangers {
		s.d.stay = l.stayOf(s)
	}
}
