package incident

import (
	"cmp"
	"slices"

	"keytrail/forensics"
)

// stranger is what is known of a draft's hand.
type stranger struct {
	d     *draft
	wides set[network]
	acts  []int64
	tools set[forensics.Symbol] // its clients
}

// lives is who was where, as far as it says something about a draft. Strangers are found by what an event names, so that as many as a botnet
// has cost no more than the events.
type lives struct {
	b         *builder
	strangers []*stranger
	windows   []span // around the drafts, in order, none of which meets another
	sessions  map[uint32][]*stranger
	ips       map[forensics.Symbol][]*stranger

	home    []int64                      // when the owner was where he lives
	clients map[forensics.Symbol][]int64 // when the owner used each
}

type span struct{ first, last int64 }

func newLives(b *builder, drafts []*draft) *lives {
	l := &lives{b: b, sessions: map[uint32][]*stranger{}, ips: map[forensics.Symbol][]*stranger{},
		clients: map[forensics.Symbol][]int64{}}
	for _, d := range drafts {
		s := &stranger{d: d}
		for _, p := range d.points {
			if p.b.IP != 0 && !p.standing.Owner() && !b.aboutService(p.b) {
				s.wides.put(b.wide(p.b))
				s.acts = append(s.acts, p.at())
			}
		}
		if len(s.wides) == 0 {
			continue
		}
		slices.Sort(s.acts)
		l.strangers = append(l.strangers, s)
		l.windows = append(l.windows, span{d.start - toolAround, d.last + toolAround})
		for session := range d.hand.sessions {
			l.sessions[session] = append(l.sessions[session], s)
		}
		for ip := range d.hand.ips {
			l.ips[ip] = append(l.ips[ip], s)
		}
	}
	slices.SortFunc(l.windows, func(x, y span) int { return cmp.Compare(x.first, y.first) })
	merged := l.windows[:0]
	for _, w := range l.windows {
		if n := len(merged); n > 0 && w.first <= merged[n-1].last {
			merged[n-1].last = max(merged[n-1].last, w.last)
		} else {
			merged = append(merged, w)
		}
	}
	l.windows = merged
	return l
}

// see takes in an event that says where somebody was.
func (l *lives) see(e *forensics.Brief) {
	owner := l.b.standing(e).Owner()
	switch {
	case e.Client == 0:
	case owner:
		l.clients[e.Client] = append(l.clients[e.Client], e.Time)
	case e.Session != 0:
		for _, s := range l.sessions[e.Session] {
			if e.Time >= s.d.start-toolAround && e.Time <= s.d.last+toolAround {
				s.tools.put(e.Client)
			}
		}
	default:
		for _, s := range l.ips[e.IP] {
			if e.Time >= s.d.start && e.Time <= s.d.last {
				s.tools.put(e.Client)
			}
		}
	}
	if !owner || e.IP == 0 {
		return
	}
	if kind := l.b.placeOf(e).Kind; kind != "mobile" && kind != "vpn" && kind != "proxy" && kind != "tor" {
		l.home = append(l.home, e.Time)
	}
}

// stayOf says what is known about who was where around a draft.
func (l *lives) stayOf(s *stranger) stay {
	out := stay{known: true}
	days := map[int64]bool{}
	for wide := range s.wides {
		for _, day := range l.b.there.daysOf(wide, s.d.start, s.d.last) {
			days[day] = true
		}
	}
	out.days = len(days)
	counted := 0 // of home
	for _, at := range s.acts {
		from, _ := slices.BinarySearch(l.home, at-homeAround)
		to, _ := slices.BinarySearch(l.home, at+homeAround+1)
		out.home += max(0, to-max(from, counted))
		counted = max(counted, to)
	}
	for c := range s.tools {
		out.newTool = out.newTool || !between(l.clients[c], s.d.start-toolAround, s.d.last+toolAround)
	}
	out.ownTool = len(s.tools) > 0 && !out.newTool
	return out
}
