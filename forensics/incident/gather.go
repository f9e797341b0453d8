package incident

import (
	"slices"

	"keytrail/forensics"
	"keytrail/forensics/rule"
)

// quiet is how long a hand may rest between two of its acts of one incident, where nothing else speaks of them.
const quiet = int64(24 * 3600 * 1e9)

// gather adds the further acts of the hands: what the same session, address or key did around them, though
// no rule speaks of it.
func (b *builder) gather(drafts []*draft) {
	sessions, ips, keys := map[uint32][]*draft{}, map[forensics.Symbol][]*draft{}, map[forensics.Symbol][]*draft{}
	for _, d := range drafts {
		for s := range d.hand.sessions {
			sessions[s] = append(sessions[s], d)
		}
		for s := range d.hand.ips {
			ips[s] = append(ips[s], d)
		}
		for s := range d.hand.keys {
			keys[s] = append(keys[s], d)
		}
	}
	if len(sessions)+len(ips)+len(keys) == 0 {
		return
	}
	found := map[*draft][]*point{}
	told := map[int64]bool{} // what repairs is no act of the hand
	for i := range b.acct.Findings {
		if f := &b.acct.Findings[i]; !b.attacks(f) {
			for _, row := range f.Rows {
				told[row] = true
			}
		}
	}
	alone := b.onlyTheirs(ips)
	for i := range b.in.Account.Briefs {
		e := &b.in.Account.Briefs[i]
		if e.Unreliable {
			break // they stand last
		}
		if e.Session == 0 && e.IP == 0 && e.Key == 0 || stepOf(e.Kind) == "" || b.byRow[e.Row] != nil || told[e.Row] {
			continue
		}
		d := nearest(sessions[e.Session], e)
		if d == nil && e.Key != 0 {
			d = nearest(keys[e.Key], e)
		}
		if d == nil && e.IP != 0 {
			d = nearest(ips[e.IP], e)
		}
		if d == nil {
			continue
		}
		if standing := b.standing(e); !standing.Owner() || standing != rule.Mine && alone[e.IP] {
			found[d] = append(found[d], &point{b: e, step: stepOf(e.Kind), standing: standing})
		}
	}
	for _, d := range drafts {
		b.take(d, found[d])
	}
}

// onlyTheirs lists the addresses that are seen around the drafts they are of, and hardly ever else: such a one is not the owner's, though the
// operator may be.
func (b *builder) onlyTheirs(ips map[forensics.Symbol][]*draft) map[forensics.Symbol]bool {
	type days struct{ near, far set[int64] }
	seen := make(map[forensics.Symbol]*days, len(ips))
	for ip := range ips {
		seen[ip] = &days{}
	}
	for i := range b.in.Account.Briefs {
		e := &b.in.Account.Briefs[i]
		if e.Unreliable {
			break
		}
		s := seen[e.IP]
		if s == nil {
			continue
		}
		if d := nearest(ips[e.IP], e); e.Time < d.start-quiet || e.Time > d.last+quiet {
			s.far.put(e.Time/quiet + 1)
		} else {
			s.near.put(e.Time/quiet + 1)
		}
	}
	out := make(map[forensics.Symbol]bool, len(ips))
	for ip, s := range seen {
		out[ip] = 2*len(s.far) <= len(s.near)
	}
	return out
}

// nearest finds the draft closest in time to an event.
func nearest(list []*draft, e *forensics.Brief) *draft {
	var best *draft
	least := int64(0)
	for _, d := range list {
		gap := max(d.start-e.Time, e.Time-d.last, 0)
		if best == nil || gap < least {
			best, least = d, gap
		}
	}
	return best
}

// take adds the gathered points that follow each other closely enough, from the draft outwards.
func (b *builder) take(d *draft, list []*point) {
	after, _ := slices.BinarySearchFunc(list, d.start, func(p *point, at int64) int {
		if p.at() < at {
			return -1
		}
		return 1
	})
	for i := after - 1; i >= 0 && d.start-list[i].at() <= quiet; i-- {
		d.add(&atom{points: list[i : i+1], start: list[i].at(), end: list[i].at(), touches: b.touches(list[i])})
		b.byRow[list[i].b.Row] = list[i]
	}
	for i := after; i < len(list) && list[i].at()-d.last <= quiet; i++ {
		d.add(&atom{points: list[i : i+1], start: list[i].at(), end: list[i].at(), touches: b.touches(list[i])})
		b.byRow[list[i].b.Row] = list[i]
	}
}
