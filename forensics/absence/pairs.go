package absence

import (
	"cmp"
	"slices"
	"strings"
)

// Which older and newer folders are laid beside each other, where their names do not say that they are one.

const (
	// maxNewer is with how many newer copies a file is compared, the oldest of them first: those behind only confirm.
	maxNewer = 3
	// maxPairs bounds the pairs looked at, for an account with a great many files.
	maxPairs = 4000
	// maxHolders is in how many files a mail may be to be counted: one that is everywhere tells nothing, and would cost its square.
	maxHolders = 48
)

// recognise finds the older and newer folders that are one by what is in them, where names do not say so, and what is missing.
func (w *work) recognise() (found []missing) {
	var boxes []box
	files := 0
	for pos, c := range w.copies {
		for _, f := range c.Folders {
			if !f.Role.counts() || len(f.Mails) < minShared || c.Described && (!f.Listed || !f.Complete) {
				continue
			}
			boxes = append(boxes, newBox(c, f, pos))
			if !c.Described {
				files++
			}
		}
	}
	if files == 0 {
		return nil
	}
	take := func(p *pair) {
		p.older.newer++
		w.pairs = append(w.pairs, p)
		found = w.missing(found, p)
		p.compared = nil // as long as the file; the pairs are many
	}
	pairs := candidates(boxes)
	for i := range pairs[:min(len(pairs), maxPairs)] {
		p := &pairs[i]
		if p.older.newer >= maxNewer {
			continue
		}
		if p.weigh(); p.like == unlike {
			p.compared = nil
			continue
		}
		if a, b := p.older.root(), p.newer.root(); p.like == sameBoth && a != b {
			a.group = b
		}
		take(p)
	}
	for i := range boxes {
		w.boxes = append(w.boxes, &boxes[i])
		for pos, c := range w.copies {
			if p, ok := wholeAfter(&boxes[i], c, pos); ok && boxes[i].newer < 2*maxNewer {
				take(p)
			}
		}
	}
	return found
}

// candidates gives the pairs that share enough mails to be looked at, by sorting what they have once.
func candidates(boxes []box) []pair {
	if len(boxes) < 2 {
		return nil
	}
	type holder struct {
		key Key
		box int32
	}
	n := 0
	for i := range boxes {
		n += len(boxes[i].f.Mails)
	}
	all := make([]holder, 0, n)
	for i := range boxes {
		for k := range boxes[i].f.Mails {
			if key := boxes[i].f.Mails[k].bestKey(); key != 0 {
				all = append(all, holder{key, int32(i)})
			}
		}
	}
	slices.SortFunc(all, func(a, b holder) int { return cmp.Or(cmp.Compare(a.key, b.key), cmp.Compare(a.box, b.box)) })
	all = slices.Compact(all)
	shared := map[[2]int32]int{}
	for i := 0; i < len(all); {
		end := i + 1
		for end < len(all) && all[end].key == all[i].key {
			end++
		}
		if end-i <= maxHolders {
			for a := i; a < end; a++ {
				for b := a + 1; b < end; b++ {
					shared[[2]int32{all[a].box, all[b].box}]++
				}
			}
		}
		i = end
	}
	var out []pair
	for a := range boxes {
		for b := a + 1; b < len(boxes); b++ {
			if shared[[2]int32{int32(a), int32(b)}] < minShared {
				continue
			}
			if p := (pair{older: &boxes[a], newer: &boxes[b]}); p.fits() {
				out = append(out, p)
			}
			if p := (pair{older: &boxes[b], newer: &boxes[a]}); p.fits() {
				out = append(out, p)
			}
		}
	}
	slices.SortStableFunc(out, func(a, b pair) int { return cmp.Compare(a.newer.taken(), b.newer.taken()) })
	return out
}

// fits reports whether the second can be a newer copy of the first at all, by names and times.
func (p *pair) fits() bool {
	f, g := p.older, p.newer
	switch {
	case f.c.Described && g.c.Described, g.c.AddOnly:
		return false // numbers and names are known; what is added to only has nothing to say about absence
	case g.c.Described && g.c.Whole && g.c.Since == 0 && g.c.Before == 0:
		return false // looked at as a whole
	case g.taken() <= f.taken():
		return false
	}
	if f.c != g.c {
		if n := g.c.folder(f.f); n == g.f && f.pos < g.pos || n != nil && !named(f.f, g.f) {
			return false // compared by name, or that copy has the folder under its own name
		}
	} else if f.f.Dir == g.f.Dir && named(f.f, g.f) {
		return false
	}
	a, b := f.f.Role, g.f.Role
	switch {
	case b == RoleAll:
		return a != RoleAll || f.c != g.c
	case a == RoleAll:
		return false
	case f.f.Apart || g.f.Apart:
		return strings.EqualFold(f.f.Name, g.f.Name)
	}
	return a == b || a == RoleOther || b == RoleOther
}

// named reports whether two folders have one name, or are both INBOX.
func named(f, g *Folder) bool {
	return strings.EqualFold(f.Name, g.Name) || f.Role == RoleInbox && g.Role == RoleInbox
}
