package absence

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"
)

// What mailbox files lack that older ones have, and how that is told.

const (
	// edge is how near the beginning of the newer copy's time nothing is said: exports cut by Date and by other zones.
	edge = 2 * day
	// maxTold is up to how many mails all are told that older files have and newer ones have not; of more, the notices and
	// those near a signal.
	maxTold = 500
)

// missing is a mail that the older one has and the newer one does not.
type missing struct {
	p    *pair
	m    *Mail
	said string // with it
}

// compareFiles makes a loss of what an older file has, a newer copy of the same folder has not, and no other file of the case has.
func (w *work) compareFiles() {
	if w.account == "" {
		return
	}
	found := w.recognise()
	if len(found) == 0 {
		return
	}
	wanted := map[Key]bool{}
	for i := range found {
		for _, key := range found[i].m.keys() {
			wanted[key] = true
		}
	}
	places := w.placesOf(wanted)
	found = slices.DeleteFunc(found, func(x missing) bool { return !w.onlyOlder(&x, places) })
	for i := range found {
		if x := &found[i]; len(found) <= maxTold || x.m.Notice || x.p.like == partOf || w.near(x.m.Arrived, x.m.Arrived) {
			w.tell(x)
		} else {
			x.p.quiet++
		}
	}
}

// missing adds what the older one of a pair has, the newer one has not, and no export explains.
func (w *work) missing(found []missing, p *pair) []missing {
	for k, m := range p.compared.mails {
		if p.compared.here[k+1] > p.compared.here[k] || m.ID == 0 && !p.nameless {
			continue
		}
		x := missing{p: p, m: m}
		if p.like == partOf {
			if m.ID == 0 || len(w.deletions[m.ID]) == 0 {
				continue
			}
		} else {
			said, ok := p.compared.says(k)
			if !ok || p.newer.first != 0 && m.Arrived < p.newer.first+edge {
				continue
			}
			x.said = said
		}
		found = append(found, x)
	}
	return found
}

// placeOf is a folder that has a wanted mail.
type placeOf struct {
	c *Copy
	f *Folder
}

func (w *work) placesOf(wanted map[Key]bool) map[Key][]placeOf {
	delete(wanted, 0)
	places := map[Key][]placeOf{}
	for _, c := range w.copies {
		for _, f := range c.Folders {
			for i := range f.Mails {
				for _, k := range f.Mails[i].keys() {
					if wanted[k] {
						places[k] = append(places[k], placeOf{c, f})
					}
				}
			}
		}
	}
	return places
}

// onlyOlder reports whether nothing but older copies of the same folder has the mail: where it stands anywhere else it was moved,
// or left out.
func (w *work) onlyOlder(x *missing, places map[Key][]placeOf) bool {
	for _, k := range x.m.keys() {
		for _, at := range places[k] {
			if at.f != x.p.older.f && !w.olderCopy(at, x.p.newer) {
				return false
			}
		}
	}
	return true
}

// olderCopy reports whether a folder is an older copy of the newer one, by what is in them or by name.
func (w *work) olderCopy(at placeOf, newer *box) bool {
	for _, p := range w.pairs {
		if p.older.f == at.f && p.newer.f == newer.f && p.newer.c == newer.c && p.like != partOf {
			return true
		}
	}
	var b *box
	for _, o := range w.boxes {
		if o.f == at.f {
			b = o
		}
	}
	switch {
	case b != nil && b.root() == newer.root():
	case at.c == newer.c || !named(at.f, newer.f):
		return false
	}
	if b == nil {
		own := newBox(at.c, at.f, 0)
		b = &own
	}
	return b.taken() < newer.taken()
}

// tell adds a loss; of a part only what a log says too.
func (w *work) tell(x *missing) {
	f, g, m := x.p.older.f, x.p.newer.f, x.m
	if x.p.like == partOf {
		for _, i := range w.deletions[m.ID] {
			n := &w.named[i]
			if n.Time < m.Arrived-minute || n.Time > g.AbsentAt || n.Folder != "" && !named(&Folder{Name: strings.Trim(n.Folder, `\/`)}, g) {
				continue
			}
			w.addTo(n.Row, ReasonCompared, m.Ref)
		}
		return
	}
	l := missingFrom(x.p.older.c, f, m, g)
	l.Detail = x.p.words() + x.said
	if x.p.like == sameBoth {
		l.Folder = g.Name
	}
	w.add(l)
}

// copiesOf lists the other copies of a numbered folder, for the screen.
func (w *work) copiesOf(s *space) []string {
	var out []string
	for _, p := range w.pairs {
		mine, other := p.newer, p.older
		if !slices.ContainsFunc(s.in, func(in instance) bool { return in.f == mine.f }) {
			mine, other = other, mine
		}
		if p.like != sameBoth || !slices.ContainsFunc(s.in, func(in instance) bool { return in.f == mine.f }) {
			continue
		}
		words := fmt.Sprintf("%s, to %s: %s", other.f.label(other.c), time.Unix(0, other.last).UTC().Format(time.DateOnly), p.words())
		if p.quiet > 0 {
			words += fmt.Sprintf("; %d more that are missing are not on the timeline", p.quiet)
		}
		out = append(out, words)
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// words states what makes the two copies of one folder.
func (p *pair) words() string {
	newer := p.newer.f.label(p.newer.c)
	if p.like == sameWider && p.newer.c.Described {
		newer = p.newer.c.EvidenceName
	}
	return fmt.Sprintf("%d of %d mails of %s stand in %s", p.shared, p.of, p.older.f.label(p.older.c), newer)
}

func (f *Folder) label(c *Copy) string { return cmp.Or(f.File, f.Name, c.EvidenceName) }
