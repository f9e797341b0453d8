package absence

import (
	"cmp"
	"slices"
	"strings"
)

// When two mail files are called copies of one folder although their names differ. Each number is on the side of silence: a
// pair that is not recognised costs a deletion that is told in another way or not at all, a wrong one accuses somebody.
const (
	// minShared is how many mails both must have: fewer meet in two folders by copying a few.
	minShared = 10
	// olderShare is which part of the older one's mails, of the time that the newer one spans, must stand in the newer one.
	// An export of some senders or subjects, or another folder, has far less of it; who tidies up more than a
	// fifth of his mail away between two copies is not believed here.
	olderShare = 0.80
	// newerShare is which part of the newer one's mails, of the time that the older one spans, must stand in the older one.
	// It tells a folder from a part of it: of a label, or an archive into which mails are copied, nearly all can
	// stand in INBOX, but it never has nearly all of INBOX. Not asked where the newer one holds the whole mailbox.
	newerShare = 0.90
	// In one directory lie the different folders of one mailbox, mostly copied at one time. Two of them are one
	// folder only where they have nearly everything in common and the newer one goes on behind the older one's end.
	besideOlder, besideNewer      = 0.90, 0.95
	besideShared, besideLaterMail = 20, 3
	// fewSent is how many mails of the owner may be in the older one alone; more are the mark of an export of several folders.
	fewSent = 3
)

// When a mail that the newer copy lacks is not called missing, because an export can have left it out.
const (
	// neighbours is how many mails before and behind it are looked at: at least half must be there. Where a whole
	// stretch is gone, the export had another period, retention emptied it, or a file is cut off.
	neighbours = 12
	// inRow is how many mails in a row may be gone.
	inRow = 8
	// edge is how near the ends of the newer copy's time nothing is said: exports cut by Date and by other zones.
	edge = 2 * day
	// wholeSender is from how many mails on a sender of which nothing is left is taken for one that the export
	// left out, except for notices of security and money, which nobody filters away.
	wholeSender = 2
	// margin is by how much copies of one mail differ in size (line ends, lines that programs add).
	margin = 1.1
)

// maxTold is up to how many mails all are told that older files have and newer ones have not; of more, the notices and those near a signal.
const maxTold = 500

// likeness is what makes an older and a newer file copies of one folder.
type likeness uint8

const (
	unlike likeness = iota
	// partOf: the older one's mails stand in the newer one, which has many more of that time. It may be a partial copy or
	// another folder; what it lacks is told only where a log names the deletion.
	partOf
	sameBoth  // copies of one folder
	sameWider // the newer one holds the whole mailbox, whatever folder the older one is
)

// box is a folder of a copy, with the time that its mails span.
type box struct {
	c           *Copy
	f           *Folder
	pos         int // of the copy in the order of the account
	first, last int64
	largest     int64
	group       *box // of copies of one folder: one of them stands for all, nil is itself
	newer       int  // copies that it was compared with
}

// root is the copy that stands for all copies of one folder.
func (b *box) root() *box {
	for b.group != nil {
		b = b.group
	}
	return b
}

func newBox(c *Copy, f *Folder, pos int) box {
	b := box{c: c, f: f, pos: pos}
	for i := range f.Mails {
		m := &f.Mails[i]
		b.largest = max(b.largest, m.Ref.Length)
		if m.Arrived != 0 && (f.AbsentAt == 0 || m.Arrived <= f.AbsentAt) {
			b.first, b.last = least(b.first, m.Arrived), max(b.last, m.Arrived)
		}
	}
	return b
}

// pair is an older folder and a newer one, and how they compare.
type pair struct {
	older, newer *box
	like         likeness
	shared, of   int  // mails of the older one in the newer one's time, and how many of them stand there
	back, backOf int  // the same the other way round
	nameless     bool // mails without Message-ID are found again too
	gaps         *gapCheck
	quiet        int // missing ones that are not told
}

const (
	// maxNewer is with how many newer copies a file is compared, the oldest of them first: those behind only confirm.
	maxNewer = 3
	// maxPairs bounds the pairs looked at, for an account with a great many files.
	maxPairs = 4000
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
		p.gaps = nil // as long as the file; the pairs are many
	}
	pairs := candidates(boxes)
	for i := range pairs[:min(len(pairs), maxPairs)] {
		p := &pairs[i]
		if p.older.newer >= maxNewer {
			continue
		}
		if p.weigh(); p.like == unlike {
			p.gaps = nil
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

// maxHolders is in how many files a mail may be to be counted: one that is everywhere tells nothing, and would cost its square.
const maxHolders = 48

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
			if key := boxes[i].f.Mails[k].one(); key != 0 {
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

// one is what names a mail best for counting.
func (m *Mail) one() Key { return cmp.Or(m.ID, m.Content, m.Object) }

// named reports whether two folders have one name, or are both INBOX.
func named(f, g *Folder) bool {
	return strings.EqualFold(f.Name, g.Name) || f.Role == RoleInbox && g.Role == RoleInbox
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

// taken is the moment that orders copies: of one that nothing describes, its newest mail.
func (b *box) taken() int64 {
	if b.c.Described {
		return max(b.last, b.f.PresentAt)
	}
	return b.last
}

// own reports whether the owner wrote a mail: files of several folders do not say so of each.
func (b *box) own(m *Mail) bool { return m.Sent || m.From != 0 && m.From == b.c.AccountKey }

// counts reports whether a mail is one to compare: of the folder's own sort and of this account.
func (b *box) counts(m *Mail) bool {
	return m.one() != 0 && m.Arrived != 0 && (!b.own(m) || b.f.Role == RoleSent) && (m.For == 0 || b.c.AccountKey == 0 || m.For == b.c.AccountKey)
}

func keysOf(f *Folder) map[Key]bool {
	keys := make(map[Key]bool, 2*len(f.Mails))
	for i := range f.Mails {
		for _, k := range f.Mails[i].keys() {
			if k != 0 {
				keys[k] = true
			}
		}
	}
	return keys
}

// weigh counts what the two have in common and says what they are to each other.
func (p *pair) weigh() {
	f, g := p.older, p.newer
	there := keysOf(g.f)
	p.count(func(m *Mail) bool { return has(there, m) }, g.first, g.last)
	if float64(p.shared) < olderShare*float64(p.of) && !named(f.f, g.f) || 2*p.shared < p.of || p.shared < minShared {
		return
	}
	here := keysOf(f.f)
	later := 0
	for i := range g.f.Mails {
		m := &g.f.Mails[i]
		if !g.counts(m) {
			continue
		}
		if m.Arrived > f.last {
			later++
		}
		if m.Arrived < f.first || m.Arrived > f.last || f.largest != 0 && float64(m.Ref.Length) > margin*float64(f.largest) {
			continue // outside of its time, or larger than anything that the older copy took
		}
		p.backOf++
		if has(here, m) {
			p.back++
		}
	}
	p.like = p.judge(later)
}

func (p *pair) judge(later int) likeness {
	f, g := p.older, p.newer
	front, back := share(p.shared, p.of), share(p.back, p.backOf)
	beside := f.c == g.c && f.f.Dir == g.f.Dir
	switch {
	case g.f.Role == RoleAll:
		return sameWider
	case named(f.f, g.f):
		return sameBoth
	case p.mixed():
		return unlike
	case beside && (front < besideOlder || back < besideNewer || p.shared < besideShared || later < besideLaterMail), back < newerShare:
		if f.f.Apart || g.f.Apart {
			return unlike
		}
		return partOf
	}
	return sameBoth
}

func share(n, of int) float64 {
	if of == 0 {
		return 0
	}
	return float64(n) / float64(of)
}

// mixed reports whether the older one holds the owner's own mails, of which the newer one has nothing: an export of several folders.
func (p *pair) mixed() bool {
	if p.older.f.Role == RoleSent {
		return false
	}
	sent, there := 0, 0
	keys := keysOf(p.newer.f)
	for i := range p.older.f.Mails {
		if m := &p.older.f.Mails[i]; p.older.own(m) {
			sent++
			if has(keys, m) {
				there++
			}
		}
	}
	return sent > fewSent && 2*there < sent
}

// count looks for the older one's mails of a time in the newer one.
func (p *pair) count(there func(*Mail) bool, first, last int64) {
	nameless, found := 0, 0
	p.gaps = newGapCheck(p.older.f, p.newer.f, p.older.counts, there, first, last)
	for i, m := range p.gaps.mails {
		p.of++
		if m.ID == 0 {
			nameless++
		}
		if p.gaps.here[i+1] > p.gaps.here[i] {
			p.shared++
			if m.ID == 0 {
				found++
			}
		}
	}
	p.nameless = found >= 3 && 2*found >= nameless
}

// wholeAfter compares a file with a copy of the whole mailbox that keytrail made.
func wholeAfter(f *box, c *Copy, pos int) (*pair, bool) {
	if f.c.Described || !c.Described || !c.Whole || c.AddOnly || c.Since != 0 || c.Before != 0 || c.folder(f.f) != nil || len(c.Folders) == 0 {
		return nil, false
	}
	g := box{c: c, pos: pos}
	for _, o := range c.Folders {
		if !o.Listed || !o.Complete {
			return nil, false
		}
		g.last = max(g.last, o.PresentAt)
		if g.f == nil || o.Role == RoleInbox {
			g.f = o
		}
	}
	p := &pair{older: f, newer: &g, like: sameWider}
	if g.last <= f.last {
		return nil, false
	}
	p.count(func(m *Mail) bool { return c.find(m) != nil }, 0, g.last)
	return p, p.shared >= minShared && float64(p.shared) >= olderShare*float64(p.of)
}
