package incident

import (
	"slices"

	"keytrail/forensics"
)

// atom is what is never split: points of one session, and a notice with the deletion of its mail.
type atom struct {
	points     []*point // in the order of the timeline
	start, end int64
	hand       hand
	own        bool  // every point that comes from somewhere comes from the owner
	byOwner    bool  // it says nothing about where it came from, and the owner alone was there
	strange    bool  // one comes from where the owner does not come from
	touches    bool  // something that came from an address touched the mailbox
	stays      bool  // that address is of a network that somebody lived in around that time
	present    int64 // when something that came from an address or a session was there last
}

// mailSlack is how much earlier than its notice a deletion of it may be dated: two clocks.
const mailSlack = int64(5 * 60 * 1e9)

// isMail reports whether an event is a mail that tells of something, so that deleting it means something.
func isMail(e *forensics.Brief) bool {
	return e.Certainty == forensics.Reported && e.Message != 0
}

func isDeletion(k forensics.Kind) bool {
	return k == forensics.MailDeleted || k == forensics.MailPurged || k == forensics.MailMissing
}

// atoms joins the points that cannot be of two hands.
func (b *builder) atoms() []*atom {
	n := len(b.points)
	u := newUnion(n)
	window := b.settings.Window(chainWindow)
	sessions := map[uint32]int{}
	mails := map[uint32][]int{}
	index := make(map[int64]int, n)
	for i, p := range b.points {
		index[p.b.Row] = i
		if s := p.b.Session; s != 0 {
			if before, ok := sessions[s]; ok && p.at()-b.points[before].at() <= window {
				u.join(before, i)
			}
			sessions[s] = i
		}
		if isMail(p.b) {
			mails[p.b.Message] = append(mails[p.b.Message], i)
		}
	}
	for i, p := range b.points {
		if p.b.Message == 0 || !isDeletion(p.b.Kind) {
			continue
		}
		for _, m := range mails[p.b.Message] {
			b.deleted(u, m, i)
		}
		delete(mails, p.b.Message)
	}
	for i, p := range b.points {
		if !isDeletion(p.b.Kind) {
			continue
		}
		for _, f := range p.findings {
			if finding := &b.acct.Findings[f]; finding.Rule != ruleGap {
				for _, row := range finding.Related {
					if m, ok := index[row]; ok && isMail(b.points[m].b) && namesMessage(p.b, b.points[m].b) {
						b.deleted(u, m, i)
					}
				}
			}
		}
	}
	return b.gatherAtoms(u)
}

// namesMessage reports whether a deletion can be of a mail: it names the same message, or several (the rule has read which).
func namesMessage(deletion, mail *forensics.Brief) bool {
	return deletion.Message == mail.Message || deletion.Message == 0
}

// deleted joins a notice with a deletion of its mail. The first one counts: what empties the trash later
// is not the hand that hid it, and who deletes after weeks hides nothing.
func (b *builder) deleted(u *union, mail, deletion int) {
	gap := b.points[deletion].at() - b.points[mail].at()
	if u.hidden[mail] || gap < -mailSlack || gap > b.settings.Window(deletionWindow) {
		return
	}
	u.hidden[mail] = true
	u.join(mail, deletion)
}

func (b *builder) gatherAtoms(u *union) []*atom {
	byRoot := map[int]*atom{}
	var list []*atom
	for i, p := range b.points { // in order of time, so the atoms come in the order of their starts
		root := u.find(i)
		a := byRoot[root]
		if a == nil {
			a = &atom{start: p.at(), own: true}
			byRoot[root] = a
			list = append(list, a)
		}
		a.points = append(a.points, p)
		a.end = p.at()
		a.hand.add(b, p)
		if b.touches(p) {
			a.touches = true
			a.stays = a.stays || b.livedIn(p.b)
		}
		a.strange = a.strange || p.standing.Strange()
		if (p.b.IP != 0 || p.b.Session != 0) && !b.aboutService(p.b) {
			a.present = p.at()
		}
		if p.standing.Strange() || p.b.IP != 0 && !p.standing.Owner() {
			a.own = false
		}
	}
	for _, a := range list {
		a.own = a.own && slices.ContainsFunc(a.points, func(p *point) bool { return p.standing.Owner() })
	}
	return list
}

func (a *atom) only(s forensics.StepName) bool {
	for _, p := range a.points {
		if p.step != s {
			return false
		}
	}
	return true
}

// step is the first step of an atom in the order of an attack: a session is judged by its login.
func (a *atom) step() forensics.StepName {
	for _, s := range forensics.Steps() {
		for _, p := range a.points {
			if p.step == s {
				return s
			}
		}
	}
	return ""
}

// union is the usual forest of disjoint sets.
type union struct {
	parent []int
	hidden map[int]bool // notices that have their deletion
}

func newUnion(n int) *union {
	u := &union{parent: make([]int, n), hidden: map[int]bool{}}
	for i := range u.parent {
		u.parent[i] = i
	}
	return u
}

func (u *union) find(i int) int {
	for u.parent[i] != i {
		u.parent[i] = u.parent[u.parent[i]]
		i = u.parent[i]
	}
	return i
}

// join puts two sets together under the earlier root.
func (u *union) join(i, j int) {
	i, j = u.find(i), u.find(j)
	if i > j {
		i, j = j, i
	}
	u.parent[j] = i
}
