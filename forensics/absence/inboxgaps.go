package absence

import (
	"cmp"
	"slices"
)

// What the gaps in INBOX tell of other folders: a mail that came when INBOX has a gap can have stood there first.

// gapTimes are the times at which mails came to INBOX that are not there any more, as intervals that do not touch.
type gapTimes []slot

func inboxGaps(runs []*slot) gapTimes {
	var all gapTimes
	for _, r := range runs {
		if r.space.role == RoleInbox {
			all = append(all, slot{from: r.from - 2*second, to: r.to + 2*second})
		}
	}
	slices.SortFunc(all, func(a, b slot) int { return cmp.Compare(a.from, b.from) })
	out := all[:0]
	for _, g := range all {
		if n := len(out); n > 0 && g.from <= out[n-1].to {
			out[n-1].to = max(out[n-1].to, g.to)
		} else {
			out = append(out, g)
		}
	}
	return out
}

// covers reports whether a mail that came at a time can have stood in one of the gaps.
func (g gapTimes) covers(at int64) bool {
	k, _ := slices.BinarySearchFunc(g, at, func(s slot, t int64) int { return cmp.Compare(s.to, t) })
	return k < len(g) && g[k].from <= at
}

// byMoves reports whether a folder is filled by moves out of INBOX alone, as far as that shows: each of its mails, and there
// are some, came when INBOX has a gap, or a copy had it there.
func (g gapTimes) byMoves(f *Folder, inbox map[Key]bool) bool {
	n := 0
	for i := range f.Mails {
		m := &f.Mails[i]
		if m.Arrived == 0 || m.Saved != 0 && m.Saved == m.Arrived || !g.covers(m.Arrived) && !has(inbox, m) {
			return false
		}
		n++
	}
	return n >= 3
}

// markByMoves finds the folders to which nothing is delivered, where INBOX is numbered: what stood in them stood in INBOX before.
func (w *work) markByMoves(runs []*slot) {
	if !slices.ContainsFunc(w.spaces, func(s *space) bool { return s.role == RoleInbox }) {
		return
	}
	gaps, inbox := inboxGaps(runs), w.inboxKeys()
	known := map[*space]bool{}
	for _, r := range runs {
		moves, ok := known[r.space]
		if !ok {
			moves = r.space.role == RoleOther && gaps.byMoves(r.space.newest().f, inbox)
			known[r.space] = moves
		}
		r.byMoves = moves
	}
}

// inboxKeys are the mails that any copy has in INBOX.
func (w *work) inboxKeys() map[Key]bool {
	keys := map[Key]bool{}
	for _, c := range w.copies {
		for _, f := range c.Folders {
			if f.Role != RoleInbox {
				continue
			}
			for i := range f.Mails {
				for _, k := range f.Mails[i].keys() {
					keys[k] = true
				}
			}
		}
	}
	return keys
}
