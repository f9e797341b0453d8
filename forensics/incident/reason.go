package incident

import (
	"slices"

	"keytrail/forensics"
)

// The stated reasons, as the contract spells them, the best first.
const (
	joinSession = "same session"
	joinKey     = "same key"
	joinIP      = "same ip"
	joinMessage = "message-id"
	joinNetwork = "same network"
	joinClient  = "same client"
	joinService = "same service"
	joinTime    = "time window"
)

// stage is a step in the making.
type stage struct {
	name   forensics.StepName
	points []*point
	hand   hand
	joined []string
}

// stages sorts the points of a draft into steps in the order of an attack, and says what joins each to the others.
func (b *builder) stages(d *draft) []*stage {
	by := map[forensics.StepName]*stage{}
	for _, p := range d.points {
		s := by[p.step]
		if s == nil {
			s = &stage{name: p.step}
			by[p.step] = s
		}
		s.points = append(s.points, p)
		s.hand.add(b, p)
	}
	var list []*stage
	for _, name := range forensics.Steps() {
		if s := by[name]; s != nil {
			slices.SortStableFunc(s.points, comparePoints)
			list = append(list, s)
		}
	}
	for _, s := range list {
		for _, o := range list {
			if o != s {
				b.reasons(s, o)
			}
		}
		order := []string{joinSession, joinKey, joinIP, joinMessage, joinNetwork, joinClient, joinService}
		slices.SortFunc(s.joined, func(x, y string) int { return slices.Index(order, x) - slices.Index(order, y) })
		s.joined = slices.Compact(s.joined)
		if len(s.joined) == 0 && len(list) > 1 {
			s.joined = []string{joinTime}
		}
	}
	return list
}

// reasons notes what joins a stage to another one.
func (b *builder) reasons(s, o *stage) {
	x, y := &s.hand, &o.hand
	note := func(holds bool, reason string) {
		if holds {
			s.joined = append(s.joined, reason)
		}
	}
	note(x.sessions.meets(y.sessions), joinSession)
	note(x.keys.meets(y.keys), joinKey)
	ip := x.ips.meets(y.ips)
	note(ip, joinIP)
	note(!ip && (x.nets.meets(y.nets) || x.asns.meets(y.asns)), joinNetwork)
	note(x.clients.meets(y.clients), joinClient)
	note(x.messages.meets(y.messages) || b.relatedMail(s, o) || b.relatedMail(o, s), joinMessage)
	note(x.services.meets(y.services), joinService)
}

// relatedMail reports whether a deletion of s is, as its rule has read, of a mail of o.
func (b *builder) relatedMail(s, o *stage) bool {
	for _, p := range s.points {
		if !isDeletion(p.b.Kind) {
			continue
		}
		for _, f := range p.findings {
			finding := &b.acct.Findings[f]
			if finding.Rule == ruleGap {
				continue
			}
			for _, row := range finding.Related {
				if m := b.byRow[row]; m != nil && isMail(m.b) && namesMessage(p.b, m.b) && slices.Contains(o.points, m) {
					return true
				}
			}
		}
	}
	return false
}
