package attacktest

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"time"

	"keytrail/forensics"
)

// World is whose mailbox it is, and so what there is to read.
type World string

// The worlds.
const (
	WorldServer    World = "server"    // own mail server: Dovecot's log and mbox files
	WorldOffice    World = "office"    // Microsoft 365: unified audit log and mbox files
	WorldWorkspace World = "workspace" // Google Workspace: audit log and mbox files
	WorldTakeout   World = "takeout"   // private Google account: Takeout's access log and mbox
)

// Worlds lists the worlds.
func Worlds() []World { return []World{WorldServer, WorldOffice, WorldWorkspace, WorldTakeout} }

// Case is the evidence of one account, and the truth about it.
type Case struct {
	Seed       uint64
	World      World
	Account    string
	Start, End time.Time
	Attacks    []Attack // by start
	// Missing names what the case lacks: "log", "mail", "statement", "log-holes", "log-short", "no-mail-log", "copy", "verdicts".
	Missing []string
	// Quirks name what makes the owner's life hard to tell from an attack, for the list of failures.
	Quirks []string
	// Away are the owner's trips.
	Away []span
	// Marks are the records of everything else, to check what the formats make of them.
	Marks []Mark

	files []file
}

// file is one file of the evidence.
type file struct {
	name string
	data []byte
}

// Years tells how long the account was watched.
func (c *Case) Years() float64 { return c.End.Sub(c.Start).Hours() / 24 / 365.25 }

// circumstances tells what the owner did at a moment that looks like somebody else.
func (c *Case) circumstances(nano int64) string {
	at := time.Unix(0, nano)
	list := c.Quirks
	for _, a := range c.Away {
		if !at.Before(a.from.Add(-12*time.Hour)) && at.Before(a.to.Add(12*time.Hour)) {
			list = append([]string{"on a trip"}, list...)
		}
	}
	return strings.Join(list, ", ")
}

// lacks reports whether the case lacks something.
func (c *Case) lacks(what string) bool { return slices.Contains(c.Missing, what) }

// Generate makes the case of a seed.
func Generate(seed uint64) *Case {
	g := &generator{r: rand.New(rand.NewPCG(seed, 0x6b65797472616d6c))}
	return g.run(seed)
}

// generator makes one case.
type generator struct {
	r        *rand.Rand
	c        *Case
	person   person
	provider provider
	acts     []act
	letters  []*letter
	byTime   []*letter // letters by arrival, while the files are written
	serial   int
	attacks  []Attack
	// logFrom and holes say when the log says nothing.
	logFrom time.Time
	holes   []span
}

type span struct{ from, to time.Time }

func (s span) holds(t time.Time) bool { return !t.Before(s.from) && t.Before(s.to) }

func (g *generator) run(seed uint64) *Case {
	r := g.r
	world := []World{WorldServer, WorldServer, WorldOffice, WorldOffice, WorldWorkspace, WorldTakeout}[r.IntN(6)]
	start := time.Date(2021, time.Month(1+r.IntN(24)), 1+r.IntN(28), 6, 0, 0, 0, time.UTC)
	g.c = &Case{Seed: seed, World: world, Start: start, End: start.Add(g.days(365, 1095))}
	g.choose()
	g.makePerson()
	g.makeAttacks()
	g.live()
	if (world == WorldServer || world == WorldOffice || world == WorldWorkspace) && g.chance(0.3) {
		g.neighbour()
	}
	g.sort()
	g.write()
	g.c.Attacks = g.attacks
	return g.c
}

// choose draws the account, its provider and what the case lacks.
func (g *generator) choose() {
	c := g.c
	given := g.one("avery", "billie", "casey", "devon", "ellis", "frankie", "jules", "kit", "lee", "morgan", "noor", "quinn", "robin", "sasha", "toni")
	switch c.World {
	case WorldServer:
		c.Account = given + "@mail.example"
		g.provider = []provider{
			{"att", "notices@emaildl.att-mail.com", "AT&T", "mx.att-mail.com", true},
			{"yahoo", "no-reply@cc.yahoo-inc.com", "Yahoo", "mta.cc.yahoo-inc.com", true},
			{"fastmail", "support@fastmailteam.com", "Fastmail", "out.fastmailteam.com", true},
		}[g.r.IntN(3)]
	case WorldOffice:
		c.Account = given + "@firm.example"
		g.provider = provider{id: "microsoft"}
	default:
		c.Account = given + "@works.example"
		g.provider = provider{"google", "no-reply@accounts.google.com", "Google", "mail-sor-f73.google.com", true}
	}
	lack := func(p float64, what string) bool {
		if !g.chance(p) {
			return false
		}
		c.Missing = append(c.Missing, what)
		return true
	}
	noLog := lack(0.08, "log")
	if !noLog {
		lack(0.08, "mail")
	}
	lack(0.5, "statement")
	lack(0.4, "copy")
	if !c.lacks("mail") {
		lack(0.03, "verdicts")
	}
	g.logFrom = c.Start.Add(-time.Hour)
	if noLog {
		return
	}
	if c.World == WorldServer {
		lack(0.1, "no-mail-log")
	}
	if lack(0.15, "log-short") {
		g.logFrom = g.moment(0.3, 0.7)
	}
	if lack(0.25, "log-holes") {
		for range 1 + g.r.IntN(3) {
			from := g.moment(0.05, 0.95)
			g.holes = append(g.holes, span{from, from.Add(g.days(2, 40))})
		}
	}
}

// logged reports whether the log was written at a moment and is there.
func (g *generator) logged(t time.Time) bool {
	return !g.c.lacks("log") && !t.Before(g.logFrom) && !slices.ContainsFunc(g.holes, func(h span) bool { return h.holds(t) })
}

// standing draws a letter that lay in the mailbox at a moment, nil where none did.
func (g *generator) standing(at time.Time) *letter {
	if g.byTime == nil {
		g.byTime = slices.Clone(g.letters)
		slices.SortStableFunc(g.byTime, func(a, b *letter) int { return a.at.Compare(b.at) })
	}
	n, _ := slices.BinarySearchFunc(g.byTime, at, func(l *letter, at time.Time) int { return l.at.Compare(at) })
	for range 20 {
		if n == 0 {
			return nil
		}
		if l := g.byTime[g.r.IntN(n)]; !l.sent && (l.trashed.IsZero() || l.trashed.After(at)) {
			return l
		}
	}
	return nil
}

// act adds one act.
func (g *generator) act(a act) {
	a.at = a.at.Truncate(time.Second)
	a.seq = len(g.acts)
	g.acts = append(g.acts, a)
}

// user names the mailbox that an act is about.
func (g *generator) user(a *act) string {
	if a.in != nil && a.in.user != "" {
		return a.in.user
	}
	return g.c.Account
}

// sort brings the acts into the order of time; acts of one second stay as they were made.
func (g *generator) sort() {
	slices.SortFunc(g.acts, func(a, b act) int {
		if d := a.at.Compare(b.at); d != 0 {
			return d
		}
		return a.seq - b.seq
	})
}

// letter gives a letter its name and place among all letters.
func (g *generator) letter(l *letter) *letter {
	g.serial++
	l.at = l.at.Truncate(time.Second)
	domain := "mail.example.net"
	if i := strings.IndexByte(l.from, '@'); i >= 0 {
		domain = l.from[i+1:]
	}
	l.id = fmt.Sprintf("%x.%x@%s", l.at.Unix(), g.r.Uint32(), domain)
	l.uid = g.serial
	if l.kind == forensics.Other {
		l.kind = forensics.MailReceived
	}
	if l.sent {
		l.kind = forensics.MailSent
	}
	g.letters = append(g.letters, l)
	return l
}

// deliver adds the arrival of a letter.
func (g *generator) deliver(l *letter, t truth) *letter {
	if l != nil {
		g.act(act{at: l.at, what: letterCame, letter: l, truth: t})
	}
	return l
}

// open begins a session and tells the login.
func (g *generator) open(at time.Time, s *session, t truth) *session {
	g.serial++
	s.pid = 1000 + g.r.IntN(60000)
	s.id = g.sessionID()
	if !s.hidden {
		g.act(act{at: at, what: didLogin, in: s, truth: t})
		if !s.client.silent {
			g.act(act{at: at, what: didIdentify, in: s, truth: truth{attack: t.attack}})
		}
	}
	return s
}

// sessionID spells a session as the world's logs do.
func (g *generator) sessionID() string {
	if g.c.World == WorldServer {
		const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
		var b [16]byte
		for i := range b {
			b[i] = letters[g.r.IntN(len(letters))]
		}
		return string(b[:])
	}
	return g.guid()
}

func (g *generator) guid() string {
	return fmt.Sprintf("%08x-%04x-4%03x-8%03x-%012x", g.r.Uint32(), g.r.IntN(1<<16), g.r.IntN(1<<12), g.r.IntN(1<<12), g.r.Uint64()>>16)
}

func (g *generator) wallet() string {
	const letters = "023456789acdefghjklmnpqrstuvwxyz"
	b := []byte("bc1q")
	for range 34 {
		b = append(b, letters[g.r.IntN(len(letters))])
	}
	return string(b)
}

func (g *generator) chance(p float64) bool { return g.r.Float64() < p }

// between draws a duration.
func (g *generator) between(low, high time.Duration) time.Duration {
	return low + time.Duration(g.r.Float64()*float64(high-low))
}

func (g *generator) days(low, high float64) time.Duration {
	return time.Duration((low + g.r.Float64()*(high-low)) * 24 * float64(time.Hour))
}

// moment draws a moment between two parts of the watched time.
func (g *generator) moment(low, high float64) time.Time {
	return g.c.Start.Add(time.Duration((low + g.r.Float64()*(high-low)) * float64(g.c.End.Sub(g.c.Start))))
}

// one draws a text.
func (g *generator) one(list ...string) string { return list[g.r.IntN(len(list))] }

// poisson draws a count with the given mean.
func (g *generator) poisson(mean float64) int {
	n := 0
	for t := g.r.ExpFloat64(); t < mean; t += g.r.ExpFloat64() {
		n++
	}
	return n
}
