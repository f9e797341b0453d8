package incident

import (
	"net/netip"

	"keytrail/forensics"
)

// network is an address block of one operator.
type network struct {
	block netip.Prefix // /24 or /64; the zero prefix where there is no address
	asn   uint32       // 0 where not known
}

// hand is what somebody is known by. What the owner is known by is not in it.
type hand struct {
	sessions set[uint32]
	messages set[uint32] // mails it is about
	ips      set[forensics.Symbol]
	nets     set[network]
	asns     set[uint32]
	keys     set[forensics.Symbol]
	clients  set[forensics.Symbol]
	services set[forensics.Symbol]
}

// set is a set; nil is the empty one.
type set[T comparable] map[T]struct{}

func (s *set[T]) put(v T) {
	var zero T
	if v == zero {
		return
	}
	if *s == nil {
		*s = set[T]{}
	}
	(*s)[v] = struct{}{}
}

func (s *set[T]) all(other set[T]) {
	for v := range other {
		s.put(v)
	}
}

func (s set[T]) meets(other set[T]) bool {
	if len(s) > len(other) {
		s, other = other, s
	}
	for v := range s {
		if _, ok := other[v]; ok {
			return true
		}
	}
	return false
}

func (s set[T]) has(v T) bool { _, ok := s[v]; return ok }

// add puts in what an event is known by.
func (h *hand) add(b *builder, p *point) {
	e := p.b
	h.messages.put(e.Message)
	if b.aboutService(e) && p.step != forensics.StepKey && p.step != forensics.StepSettings {
		h.services.put(e.Service) // of a key or a setting it is the mailbox's own
	}
	if p.standing.Owner() {
		return
	}
	h.sessions.put(e.Session)
	h.keys.put(e.Key)
	if e.IP != 0 {
		at := b.placeOf(e)
		if at.Kind != "proxy" {
			h.ips.put(e.IP)
		}
		if telling(at.Kind) {
			h.nets.put(network{at.net, at.ASN})
			h.asns.put(at.ASN)
		}
		h.clients.put(e.Client)
	}
}

// telling reports whether a network of a kind can tell hands apart or together: what belongs to everybody, or to nobody, cannot.
func telling(kind string) bool {
	switch kind {
	case "proxy", "private", "cgnat", "loopback", "link-local", "reserved":
		return false
	}
	return true
}

func (h *hand) merge(o *hand) {
	h.sessions.all(o.sessions)
	h.messages.all(o.messages)
	h.ips.all(o.ips)
	h.nets.all(o.nets)
	h.asns.all(o.asns)
	h.keys.all(o.keys)
	h.clients.all(o.clients)
	h.services.all(o.services)
}

// aboutService reports whether an event's service is one that the attack may be after: named by a
// notice or a statement, not the mail service that a login log is of.
func (b *builder) aboutService(e *forensics.Brief) bool {
	if e.Service == 0 {
		return false
	}
	if isMail(e) || e.Kind == forensics.FundsSent {
		return true
	}
	return e.Account == 0 && (b.acct.Profile == nil || !b.acct.Profile.AtHome(e)) // a log of the mailbox may name no account
}
