package investigate

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"keytrail/forensics"
	"keytrail/forensics/casefile"
	"keytrail/forensics/detect"
	"keytrail/forensics/filter"
	formats "keytrail/forensics/format/all"
	"keytrail/forensics/ingest"
)

// worldMail is one mail of a made-up mailbox, with its whole life.
type worldMail struct {
	id, from, to, subject string
	size                  int
	came                  time.Time
	sent                  bool
	deleted, moved        time.Time // from INBOX: zero for never
	labelled              bool      // a copy lies in another folder too, from the start
	flagged               bool
}

// in reports whether INBOX has the mail at a time.
func (m *worldMail) in(at time.Time) bool {
	return !m.sent && !m.came.After(at) && (m.deleted.IsZero() || m.deleted.After(at)) && (m.moved.IsZero() || m.moved.After(at))
}

// exists reports whether any folder but the Trash has it.
func (m *worldMail) exists(at time.Time) bool {
	return !m.came.After(at) && (m.deleted.IsZero() || m.deleted.After(at))
}

// world is a mailbox between its beginning and the newer copy.
type world struct {
	rng           *rand.Rand
	account       string
	mails         []*worldMail
	begin         time.Time
	first, second time.Time // when the copies were taken
}

var worldSenders = []struct {
	from, subject string
	weight, size  int
}{
	{"anna@friends.example", "Sunday", 10, 1500}, {"ben@friends.example", "Re: plans", 10, 2500}, {"office@school.example.org", "Parents evening", 6, 3000},
	{"news@letters.example.com", "The week in gardens", 18, 14000}, {"offers@shop.example.com", "Our offers", 14, 22000}, {"walks@list.example.org", "[hiking] Sunday walk", 12, 2500},
	{"info@bank.example.com", "Your statement is ready", 6, 4000}, {"photos@cloud.example.com", "Pictures for you", 4, 60000}, {"no-reply@coinbase.com", "Reset your password", 2, 2500},
	{"no-reply@coinbase.com", "You just received 0.150000 BTC", 3, 2500}, {"info@travel.example.com", "Your itinerary", 4, 9000},
}

func newWorld(rng *rand.Rand, account string) *world {
	w := &world{rng: rng, account: account, begin: time.Date(2022, 3, 1, 0, 0, 0, 0, time.UTC)}
	days := 60 + rng.IntN(240)
	w.first = w.begin.Add(time.Duration(days) * 24 * time.Hour)
	w.second = w.first.Add(time.Duration(3+rng.IntN(120)) * 24 * time.Hour)
	perDay := 0.4 + 2*rng.Float64()
	sum := 0
	for _, s := range worldSenders {
		sum += s.weight
	}
	habit := []float64{0, 0.01, 0.04, 0.10}[rng.IntN(4)] // what the owner deletes in the end
	archives := []float64{0, 0, 0.03, 0.10, 0.3}[rng.IntN(5)]
	labels := []float64{0.02, 0.2, 0.6}[rng.IntN(3)]
	for at := w.begin; at.Before(w.second); {
		at = at.Add(time.Duration(rng.ExpFloat64() / perDay * 24 * float64(time.Hour))).Truncate(time.Second)
		k := rng.IntN(sum)
		n := 0
		for k >= worldSenders[n].weight {
			k -= worldSenders[n].weight
			n++
		}
		s := worldSenders[n]
		m := &worldMail{id: fmt.Sprintf("%d.%s", len(w.mails), account), from: s.from, to: account, subject: s.subject, size: s.size/2 + rng.IntN(s.size), came: at, labelled: rng.Float64() < labels, flagged: rng.IntN(50) == 0}
		if rng.IntN(10) == 0 {
			m.sent, m.from, m.to = true, account, "anna@friends.example"
		}
		later := at.Add(time.Duration(rng.ExpFloat64() * 60 * 24 * float64(time.Hour)))
		switch p := rng.Float64(); {
		case m.sent:
		case p < habit:
			m.deleted = later
		case p < habit+archives:
			m.moved = later
		}
		w.mails = append(w.mails, m)
	}
	if rng.IntN(4) > 0 { // an attacker deletes notices between the copies, also old ones
		when := w.first.Add(time.Duration(rng.Float64() * float64(w.second.Sub(w.first))))
		left := 1 + rng.IntN(6)
		for _, m := range slices.Backward(w.mails) {
			if left > 0 && m.in(when) && strings.Contains(m.from, "coinbase") {
				m.deleted, m.moved = when.Add(time.Duration(rng.IntN(600))*time.Second), time.Time{}
				left--
			}
		}
	}
	return w
}

func (w *world) pick(want func(m *worldMail) bool) []*worldMail {
	var out []*worldMail
	for _, m := range w.mails {
		if want(m) {
			out = append(out, m)
		}
	}
	return out
}

func (w *world) inbox(at time.Time) []*worldMail {
	return w.pick(func(m *worldMail) bool { return m.in(at) })
}

// mbox writes mails as one program or the other does.
func (w *world) mbox(mails []*worldMail, style int) string {
	var b strings.Builder
	for _, m := range mails {
		date := m.came.Format(time.RFC1123Z)
		b.WriteString("From MAILER-DAEMON Mon Oct 03 15:13:02 2022\n")
		switch style % 3 {
		case 1:
			b.WriteString("X-Mozilla-Status: 0001\nX-Mozilla-Status2: 00000000\n")
		case 2:
			b.WriteString("Status: RO\n")
		}
		if !m.sent {
			fmt.Fprintf(&b, "Delivered-To: %s\nReceived: from mx.example by mail.example for <%[1]s>; %s\n", m.to, date)
			if strings.Contains(m.from, "coinbase") {
				b.WriteString("Authentication-Results: mail.example; dkim=pass header.d=coinbase.com; dmarc=pass header.from=coinbase.com\n")
			}
		}
		fmt.Fprintf(&b, "From: %s\nTo: %s\nSubject: %s\nMessage-ID: <%s>\nDate: %s\n\n", m.from, m.to, m.subject, m.id, date)
		for n := m.size; n > 0; n -= 70 {
			b.WriteString(strings.Repeat("x", min(n, 69)))
			b.WriteByte('\n')
		}
		b.WriteByte('\n')
	}
	if style%2 == 1 {
		return strings.ReplaceAll(b.String(), "\n", "\r\n")
	}
	return b.String()
}

// exported is one file of a pair, with what the test knows of it.
type exported struct {
	name  string
	mails []*worldMail
	taken time.Time
}

var (
	inboxFiles = []string{"INBOX", "Inbox.mbox", "old-laptop/INBOX", "Takeout/Mail/Posteingang.mbox", "rivera-old.mbox", "backup 2022.mbox", "mail.mbox", "Laptop/Inbox (1).mbox", "Bandeja de entrada.mbox", "dump"}
	plainFiles = []string{"rivera-old.mbox", "backup 2022.mbox", "mail.mbox", "dump", "from-the-attic/box", "receipts.mbox"}
)

// exportPair makes two or more files of a mailbox. same says that they are copies of one folder, so that a mail which was moved out of
// it may be called missing; otherwise only a deletion is true.
type exportPair struct {
	name string
	make func(w *world) (files []exported, same bool)
}

func (w *world) name(list []string) string { return list[w.rng.IntN(len(list))] }

// two gives an older and a newer file of the given mails under two names.
func (w *world) two(older, newer []*worldMail, names ...[]string) []exported {
	a, b := w.name(names[0]), w.name(names[len(names)-1])
	for a == b {
		b = w.name(names[len(names)-1])
	}
	return []exported{{a, older, w.first}, {b, newer, w.second}}
}

func keep(mails []*worldMail, want func(m *worldMail) bool) []*worldMail {
	return slices.DeleteFunc(slices.Clone(mails), func(m *worldMail) bool { return !want(m) })
}

var exportPairs = []exportPair{
	{"renamed", func(w *world) ([]exported, bool) { return w.two(w.inbox(w.first), w.inbox(w.second), inboxFiles), true }},
	{"renamed, and the archive is there", func(w *world) ([]exported, bool) {
		moved := w.pick(func(m *worldMail) bool { return m.exists(w.second) && !m.sent && (!m.in(w.second) || m.labelled) })
		return append(w.two(w.inbox(w.first), w.inbox(w.second), inboxFiles), exported{"Archive.mbox", moved, w.second}), true
	}},
	{"a program that keeps what the server deleted", func(w *world) ([]exported, bool) {
		return w.two(w.pick(func(m *worldMail) bool { return !m.sent && !m.came.After(w.first) }), w.inbox(w.second), plainFiles, inboxFiles), true
	}},
	{"two older copies", func(w *world) ([]exported, bool) {
		half := w.begin.Add(w.first.Sub(w.begin) * 3 / 4)
		return append(w.two(w.inbox(w.first), w.inbox(w.second), inboxFiles), exported{"oldest", w.inbox(half), half}), true
	}},
	{"the newer one holds all mail", func(w *world) ([]exported, bool) {
		all := w.pick(func(m *worldMail) bool { return m.exists(w.second) })
		return w.two(w.inbox(w.first), all, inboxFiles, []string{"All mail Including Spam and Trash.mbox", "Alle Nachrichten.mbox", "All Mail"}), false
	}},
	{"the older one holds all mail", func(w *world) ([]exported, bool) {
		all := w.pick(func(m *worldMail) bool { return m.exists(w.first) })
		return w.two(all, w.inbox(w.second), append([]string{"All mail Including Spam and Trash.mbox"}, plainFiles...), inboxFiles), false
	}},
	{"the older one holds all mail, and nothing says so", func(w *world) ([]exported, bool) {
		all := w.pick(func(m *worldMail) bool { return m.exists(w.first) && !m.sent })
		return w.two(all, w.inbox(w.second), plainFiles, inboxFiles), true
	}},
	{"a label against INBOX", func(w *world) ([]exported, bool) {
		label := w.pick(func(m *worldMail) bool { return m.labelled && m.exists(w.first) && !m.sent })
		return w.two(label, w.inbox(w.second), plainFiles, inboxFiles), false
	}},
	{"a label against INBOX, of one day", func(w *world) ([]exported, bool) {
		label := w.pick(func(m *worldMail) bool { return m.labelled && m.exists(w.second) && !m.sent })
		return w.two(label, w.inbox(w.second), plainFiles, inboxFiles), false
	}},
	{"INBOX against an archive with copies", func(w *world) ([]exported, bool) {
		archive := w.pick(func(m *worldMail) bool { return m.exists(w.second) && !m.sent && (!m.in(w.second) || m.labelled) })
		return w.two(w.inbox(w.first), archive, inboxFiles[4:], plainFiles), false
	}},
	{"the newer one from a date on", func(w *world) ([]exported, bool) {
		since := w.begin.Add(time.Duration(w.rng.Float64() * float64(w.first.Sub(w.begin))))
		return w.two(w.inbox(w.first), keep(w.inbox(w.second), func(m *worldMail) bool { return m.came.After(since) }), inboxFiles), true
	}},
	{"the newer one without large mails", func(w *world) ([]exported, bool) {
		limit := []int{4000, 12000, 25000}[w.rng.IntN(3)]
		return w.two(w.inbox(w.first), keep(w.inbox(w.second), func(m *worldMail) bool { return m.size < limit }), inboxFiles), true
	}},
	{"the newer one without some senders", func(w *world) ([]exported, bool) {
		out := []string{worldSenders[3+w.rng.IntN(4)].from, worldSenders[w.rng.IntN(3)].from}[:1+w.rng.IntN(2)]
		return w.two(w.inbox(w.first), keep(w.inbox(w.second), func(m *worldMail) bool { return !slices.Contains(out, m.from) }), inboxFiles), true
	}},
	{"the newer one of some senders only", func(w *world) ([]exported, bool) {
		only := []string{worldSenders[w.rng.IntN(6)].from, worldSenders[6+w.rng.IntN(5)].from}
		return w.two(w.inbox(w.first), keep(w.inbox(w.second), func(m *worldMail) bool { return slices.Contains(only, m.from) }), inboxFiles), true
	}},
	{"the newer one with a hole", func(w *world) ([]exported, bool) {
		all := w.inbox(w.second)
		at, n := w.rng.IntN(len(all)), 13+w.rng.IntN(60)
		return w.two(w.inbox(w.first), slices.Delete(slices.Clone(all), at, min(at+n, len(all))), inboxFiles), true
	}},
	{"the older one in part", func(w *world) ([]exported, bool) {
		older := w.inbox(w.first)
		switch w.rng.IntN(3) {
		case 0:
			older = older[w.rng.IntN(len(older)):]
		case 1:
			older = keep(older, func(m *worldMail) bool { return m.size < 12000 })
		default:
			only := []string{worldSenders[3].from, worldSenders[6].from, worldSenders[8].from}
			older = keep(older, func(m *worldMail) bool { return slices.Contains(only, m.from) })
		}
		return w.two(older, w.inbox(w.second), inboxFiles), true
	}},
	{"retention, and what is flagged stays", func(w *world) ([]exported, bool) {
		limit := w.second.Add(-time.Duration(20+w.rng.IntN(100)) * 24 * time.Hour)
		for _, m := range w.mails {
			if m.in(w.second) && m.came.Before(limit) && !m.flagged {
				m.deleted = limit
				if after := m.came.Add(time.Hour); after.After(limit) {
					m.deleted = after
				}
			}
		}
		return w.two(w.inbox(w.first), w.inbox(w.second), inboxFiles), true
	}},
	{"another account that all is forwarded to", func(w *world) ([]exported, bool) {
		other := newWorld(w.rng, "kim@second.example")
		var there []*worldMail
		for _, m := range w.inbox(w.second) {
			if w.rng.IntN(20) > 0 { // its owner deletes for himself
				forwarded := *m
				forwarded.to = other.account
				there = append(there, &forwarded)
			}
		}
		there = append(there, other.inbox(w.second)...)
		slices.SortFunc(there, func(a, b *worldMail) int { return a.came.Compare(b.came) })
		return w.two(w.inbox(w.first), there, plainFiles), false
	}},
	{"the older one holds two accounts", func(w *world) ([]exported, bool) {
		other := newWorld(w.rng, "kim@second.example")
		older := append(slices.Clone(w.inbox(w.first)), keep(other.inbox(w.first), func(*worldMail) bool { return w.rng.IntN(5) == 0 })...)
		slices.SortFunc(older, func(a, b *worldMail) int { return a.came.Compare(b.came) })
		return w.two(older, w.inbox(w.second), plainFiles, inboxFiles), true
	}},
	{"folders of one store", func(w *world) ([]exported, bool) {
		label := w.pick(func(m *worldMail) bool { return (m.labelled || w.rng.IntN(3) > 0) && m.exists(w.first) && !m.sent })
		return []exported{{"Mail/Receipts", label, w.second}, {"Mail/INBOX", w.inbox(w.second), w.second}, {"Mail/Sent", w.pick(func(m *worldMail) bool { return m.sent }), w.second}}, false
	}},
}

// pairTally is what one sort of pairs gave.
type pairTally struct {
	found, wrong, inside, moved realTally
}

// TestSameFolderUnderOtherNames exports made-up mailboxes twice under random names, whole, in part, filtered, from other folders and
// accounts, and compares what is called missing with what was deleted.
func TestSameFolderUnderOtherNames(t *testing.T) {
	rounds := 6
	if testing.Short() {
		rounds = 1
	}
	if n, err := strconv.Atoi(os.Getenv("KEYTRAIL_PAIRS")); err == nil {
		rounds = n
	}
	seed, _ := strconv.Atoi(os.Getenv("KEYTRAIL_SEED")) // others than those that the thresholds were tried on
	notices, err := detect.LoadNotices()
	must(t, err)
	var all, same pairTally
	for k, sort := range exportPairs {
		var sum pairTally
		for n := range rounds {
			w := newWorld(rand.New(rand.NewPCG(uint64(k), uint64(seed+n))), "pat@mail.example")
			files, isSame := sort.make(w)
			dir := t.TempDir()
			var paths []string
			for i, f := range files {
				at := filepath.Join(dir, strconv.Itoa(i))
				if w.rng.IntN(3) == 0 || sort.name == "folders of one store" { // all in one folder that is added
					at = filepath.Join(dir, "all")
				}
				put(t, at, f.name, w.mbox(f.mails, w.rng.IntN(6)))
				must(t, os.Chtimes(filepath.Join(at, filepath.FromSlash(f.name)), f.taken, f.taken))
				if !slices.Contains(paths, at) {
					paths = append(paths, at)
				}
			}
			w.rng.Shuffle(len(paths), func(a, b int) { paths[a], paths[b] = paths[b], paths[a] })
			got := inferredMissing(t, paths, notices)
			w.judge(t, fmt.Sprintf("%s, %d", sort.name, n), files, isSame, got, &sum)
		}
		t.Logf("%-51s found %d of %d, false %d of %d claims, moved unseen %d", sort.name, sum.found.hit, sum.found.of, sum.wrong.hit, sum.wrong.of, sum.moved.hit)
		for _, to := range []*pairTally{&all, &same} {
			if to == &same && !strings.Contains("renamed; renamed, and the archive is there; two older copies; a program that keeps what the server deleted; the newer one holds all mail", sort.name) {
				continue
			}
			for _, x := range [][2]*realTally{{&to.found, &sum.found}, {&to.wrong, &sum.wrong}, {&to.inside, &sum.inside}, {&to.moved, &sum.moved}} {
				x[0].hit += x[1].hit
				x[0].of += x[1].of
			}
		}
	}
	t.Logf("%d cases", rounds*len(exportPairs))
	t.Logf("found (recall), whole copies: %s", same.found)
	t.Logf("found (recall), all: %s", all.found)
	t.Logf("claimed and not true (false positives): %s", all.wrong)
	t.Logf("inside the bounds: %s", all.inside)
	t.Logf("moved to a folder that is not in the case, as the words allow: %s", all.moved)
	if all.wrong.hit > 0 || all.inside.hit < all.inside.of {
		t.Error("deletions were invented")
	}
	if 10*same.found.hit < 6*same.found.of {
		t.Error("too few were found")
	}
}

// inferredMissing reads files into a case and gives the mails that are called missing because copies were compared.
func inferredMissing(t *testing.T, paths []string, notices *detect.Notices) []forensics.Event {
	t.Helper()
	now := func() time.Time { return time.Date(2024, 3, 2, 0, 0, 0, 0, time.UTC) }
	c, err := casefile.Create(filepath.Join(t.TempDir(), "test.keytrail"), casefile.Options{Tool: "keytrail test", Now: now})
	must(t, err)
	defer func() { must(t, c.Close()) }()
	_, err = ingest.Add(t.Context(), c, paths, ingest.Options{Formats: formats.Formats(), Notices: notices, Tool: "keytrail test", Now: now}, nil)
	must(t, err)
	_, err = Infer(t.Context(), c)
	must(t, err)
	expr, err := filter.Parse("kind:mail-missing certainty:inferred")
	must(t, err)
	view, err := c.Query(t.Context(), expr)
	must(t, err)
	var out []forensics.Event
	must(t, forensics.Each(t.Context(), view, func(e *forensics.Event) error {
		if slices.Contains(e.Reasons, "copies-compared") {
			out = append(out, *e)
		}
		return nil
	}))
	return out
}

// judge compares the claims of one case with the truth.
func (w *world) judge(t *testing.T, name string, files []exported, same bool, got []forensics.Event, sum *pairTally) {
	t.Helper()
	claimed := map[string]*forensics.Event{}
	for i := range got {
		claimed[got[i].MessageID] = &got[i]
	}
	truth := map[string]*worldMail{}
	newest := files[1]
	here := map[string]bool{}
	for i, f := range files {
		for _, m := range f.mails {
			truth[m.id] = m
			if i == 1 {
				here[m.id] = true
			}
		}
	}
	for id, m := range truth {
		if e := claimed[id]; e == nil && !m.deleted.IsZero() && !m.deleted.After(newest.taken) && !here[id] {
			sum.found.add(false)
		} else if e != nil && !m.deleted.IsZero() && !m.deleted.After(newest.taken) {
			sum.found.add(true)
		}
	}
	for id, e := range claimed {
		m := truth[id]
		gone := time.Time{}
		if m != nil {
			gone = m.deleted
			if same && (gone.IsZero() || !m.moved.IsZero() && m.moved.Before(gone)) {
				gone = m.moved
			}
		}
		bad := m == nil || gone.IsZero() || gone.After(newest.taken) || here[id]
		sum.wrong.add(bad)
		if bad {
			t.Errorf("%s: %s (%s, %s) is called missing and is not: came %v deleted %v moved %v; %s", name, id, e.From, e.Subject, m.came, m.deleted, m.moved, e.Detail)
			continue
		}
		sum.moved.add(!gone.Equal(m.deleted))
		ok := e.Bounds != nil && e.Bounds.NotBefore.Nano <= gone.UnixNano() && e.Bounds.NotAfter.Nano >= gone.UnixNano()
		sum.inside.add(ok)
		if !ok {
			t.Errorf("%s: %s went at %v, outside of %+v", name, id, gone, e.Bounds)
		}
	}
}
