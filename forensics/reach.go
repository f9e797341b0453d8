package forensics

import (
	"net/netip"
	"strings"
)

// Reach is how much of a case a verdict on entities touches.
type Reach struct {
	Events   int64 // that one of the entities has a part in
	Accounts int   // that these are about, and of how many the case has
	Of       int

	// From counts the events among Sources whose address or client is one of the entities; Sources are those that name an
	// address, or a client where an entity is one. Both are 0 where no entity is an address, network, operator or client.
	From, Sources int64
	// Own are accounts among the entities that events of the case are about.
	Own []string
	// Blocks are networks among the entities that are larger than any one operator has.
	Blocks []string
}

// When a verdict is asked for twice. An owner uses his mailbox more than a stranger does, in all but few cases: what half of the
// events come from is his, or a network so wide that it holds both. Fewer than WideEvents are too few to tell. The largest blocks
// that one operator was ever given are an IPv4 /8 and an IPv6 /16: a verdict on more speaks of everybody.
const (
	WideShare  = 0.5
	WideEvents = 20
	WideBits4  = 8
	WideBits6  = 16
)

// WideBlock reports whether a network is larger than any that one operator has.
func WideBlock(p netip.Prefix) bool {
	if p.Addr().Is4() {
		return p.Bits() < WideBits4
	}
	return p.Bits() < WideBits6
}

// Wide says why a verdict ("mine", "not-mine" or "unknown") with this reach is almost always a mistake, in a sentence; empty where
// nothing speaks against it. That much is the owner's own surprises nobody, and so does nothing that is taken back.
func (r *Reach) Wide(verdict string) string {
	switch {
	case verdict != "mine" && verdict != "not-mine":
	case len(r.Blocks) > 0:
		return strings.Join(r.Blocks, ", ") + " is larger than any network that one operator has: it speaks of everybody at once"
	case verdict == "mine":
	case len(r.Own) > 0:
		return strings.Join(r.Own, ", ") + " is an account that this case is about: what its owner did would count as a stranger's"
	case r.From >= WideEvents && float64(r.From) >= WideShare*float64(r.Sources):
		return "an owner uses his account more than a stranger does, so what half of the events come from is usually his own"
	}
	return ""
}
