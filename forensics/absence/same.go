package absence

// Whether an older and a newer folder are copies of one, by what is in them.

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

// pair is an older folder and a newer one, and how they compare.
type pair struct {
	older, newer *box
	like         likeness
	shared, of   int  // mails of the older one in the newer one's time, and how many of them stand there
	back, backOf int  // the same the other way round
	nameless     bool // mails without Message-ID are found again too
	compared     *comparison
	quiet        int // missing ones that are not told
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
	p.compared = newComparison(p.older.f, p.newer.f, p.older.counts, there, first, last)
	for i, m := range p.compared.mails {
		p.of++
		if m.ID == 0 {
			nameless++
		}
		if p.compared.here[i+1] > p.compared.here[i] {
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
