package investigate

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapclient"

	"keytrail/forensics"
	"keytrail/forensics/absence"
	"keytrail/forensics/acquire"
	"keytrail/forensics/casefile"
	"keytrail/forensics/detect"
	"keytrail/forensics/dovecottest"
	formats "keytrail/forensics/format/all"
	"keytrail/forensics/ingest"
)

const (
	plainScripts = 110 // with times of their own, spread over weeks, on a server that does not tell SAVEDATE
	savedScripts = 110 // in real time, a step a second, on one that does
)

// script is the life of one mailbox, and what is true of it.
type script struct {
	account string
	c       *imapclient.Client
	rng     *rand.Rand
	now     time.Time
	real    *ticks // nil: times are the script's own
	n       int
	here    map[string][]realMail // by folder
	gone    []realLoss
	moved   []realMail // places that mails left by a move
	open    string
	copies  []string // acquisitions, oldest first
	calm    bool     // nobody deletes anything
	lately  int      // deletions before the first copy
}

type realMail struct {
	folder  string
	uid     uint32
	id      string
	arrived time.Time
	until   time.Time // it had arrived by then: in real time the server takes its own second
}

// realLoss is a deletion that the script made.
type realLoss struct {
	realMail
	how    string // "expunged", "trash", "marked"
	at     time.Time
	until  time.Time
	attack bool
}

// ticks lets scripts in real time wait for the next second: servers tell no finer times.
type ticks struct {
	mu   sync.Mutex
	next chan struct{}
}

func (k *ticks) run(done <-chan struct{}) {
	t := time.NewTicker(100 * time.Millisecond)
	defer t.Stop()
	for {
		select {
		case <-done:
			return
		case <-t.C:
			k.mu.Lock()
			close(k.next)
			k.next = make(chan struct{})
			k.mu.Unlock()
		}
	}
}

// wait lets more than a second pass since the step before was done.
func (k *ticks) wait() {
	for from := time.Now(); time.Since(from) < 1100*time.Millisecond; {
		k.mu.Lock()
		next := k.next
		k.mu.Unlock()
		<-next
	}
}

func (s *script) pass(least, most time.Duration) {
	if s.real != nil {
		s.real.wait()
		s.now = time.Now()
		return
	}
	s.now = s.now.Add(least + time.Duration(s.rng.Int64N(int64(most-least)))).Truncate(time.Second)
}

func (s *script) selectFolder(t testing.TB, folder string) {
	if s.open != folder {
		_, err := s.c.Select(folder, nil).Wait()
		must(t, err)
		s.open = folder
	}
}

// clock is the time now, of the script or of the machine.
func (s *script) clock() time.Time {
	if s.real != nil {
		return time.Now()
	}
	return s.now
}

// deliver puts a mail into a folder as the server would when it comes.
func (s *script) deliver(t testing.TB, folder, subject string) realMail {
	t.Helper()
	s.n++
	m := realMail{folder: folder, id: fmt.Sprintf("m%d.%s", s.n, s.account), arrived: s.now}
	text := fmt.Sprintf("Received: from mx.example by mail.example; %s\r\nFrom: sender%d@example.com\r\nTo: %s\r\nSubject: %s\r\nMessage-ID: <%s>\r\nDate: %[1]s\r\n\r\nText %d.\r\n",
		m.arrived.Format(time.RFC1123Z), s.n%9, s.account, subject, m.id, s.n)
	var options *imap.AppendOptions
	if s.real == nil {
		options = &imap.AppendOptions{Time: m.arrived}
	}
	cmd := s.c.Append(folder, int64(len(text)), options)
	_, err := cmd.Write([]byte(text))
	must(t, err)
	must(t, cmd.Close())
	data, err := cmd.Wait()
	must(t, err)
	m.uid, m.until = uint32(data.UID), s.clock()
	s.here[folder] = append(s.here[folder], m)
	return m
}

// drop takes a mail out of the script's own books.
func (s *script) drop(m realMail) {
	s.here[m.folder] = slices.DeleteFunc(s.here[m.folder], func(o realMail) bool { return o.uid == m.uid })
}

func (s *script) mark(t testing.TB, m realMail) {
	s.selectFolder(t, m.folder)
	must(t, s.c.Store(imap.UIDSetNum(imap.UID(m.uid)), &imap.StoreFlags{Op: imap.StoreFlagsAdd, Flags: []imap.Flag{imap.FlagDeleted}, Silent: true}, nil).Close())
}

func (s *script) expunge(t testing.TB, m realMail, attack bool) {
	s.mark(t, m)
	must(t, s.c.UIDExpunge(imap.UIDSetNum(imap.UID(m.uid))).Close())
	s.drop(m)
	s.gone = append(s.gone, realLoss{m, "expunged", s.now, s.clock(), attack})
}

func (s *script) move(t testing.TB, m realMail, to string) realMail {
	s.selectFolder(t, m.folder)
	data, err := s.c.Move(imap.UIDSetNum(imap.UID(m.uid)), to).Wait()
	must(t, err)
	s.drop(m)
	s.moved = append(s.moved, m)
	set, _ := data.DestUIDs.(imap.UIDSet)
	nums, _ := set.Nums()
	if len(nums) != 1 {
		t.Fatalf("a move gave %v", data)
	}
	moved := realMail{folder: to, uid: uint32(nums[0]), id: m.id, arrived: m.arrived, until: m.until}
	s.here[to] = append(s.here[to], moved)
	return moved
}

func (s *script) trash(t testing.TB, m realMail, attack bool) realMail {
	moved := s.move(t, m, "Trash")
	s.gone = append(s.gone, realLoss{m, "trash", s.now, s.clock(), attack})
	return moved
}

func (s *script) any(folder string) (realMail, bool) {
	list := s.here[folder]
	if len(list) == 0 {
		return realMail{}, false
	}
	return list[s.rng.IntN(len(list))], true
}

// step is one thing that happens in a mailbox.
func (s *script) step(t testing.TB) {
	s.pass(time.Minute, 16*time.Hour)
	p := s.rng.IntN(100)
	switch {
	case p < 60 || s.calm && p >= 90:
		s.deliver(t, "INBOX", "Mail")
	case p < 72:
		s.deliver(t, "Lists", "List mail")
	case p < 76:
		s.deliver(t, "Quiet", "Note")
	case p < 81:
		s.deliver(t, "Drafts", "Draft") // each saving is a new one
		if d := s.here["Drafts"]; len(d) > 1 {
			old := d[0]
			s.mark(t, old)
			must(t, s.c.UIDExpunge(imap.UIDSetNum(imap.UID(old.uid))).Close())
			s.drop(old)
		}
	case p < 90:
		if m, ok := s.any("INBOX"); ok {
			to := "Archive"
			if s.rng.IntN(8) == 0 {
				to = "Lists" // where mails are delivered too
			}
			s.move(t, m, to)
		}
	case p < 92:
		if m, ok := s.any("INBOX"); ok {
			s.trash(t, m, false)
		}
	case p < 94:
		if m, ok := s.any("Archive"); ok {
			s.expunge(t, m, false)
		}
	default:
		if m, ok := s.any("INBOX"); ok {
			s.expunge(t, m, false)
		}
	}
}

// attack lets notices come and makes them go within minutes.
func (s *script) attack(t testing.TB) {
	for range 1 + s.rng.IntN(4) {
		s.pass(time.Minute, 20*time.Minute)
		m := s.deliver(t, "INBOX", "Reset your password")
		if s.rng.IntN(3) == 0 {
			s.pass(5*time.Second, time.Minute)
			s.deliver(t, "INBOX", "Mail in between")
		}
		s.pass(10*time.Second, 10*time.Minute)
		switch s.rng.IntN(5) {
		case 0:
			s.trash(t, m, true)
		case 1:
			moved := s.trash(t, m, true) // and out of the Trash
			s.gone[len(s.gone)-1].how = "expunged"
			s.mark(t, moved)
			must(t, s.c.UIDExpunge(imap.UIDSetNum(imap.UID(moved.uid))).Close())
			s.drop(moved)
		default:
			s.expunge(t, m, true)
		}
	}
}

func (s *script) acquire(t testing.TB, server *dovecottest.Dovecot, parent string) {
	s.pass(time.Minute, time.Hour)
	target, err := acquire.ParseTarget("imap://"+s.account+"@"+server.Address(), false)
	must(t, err)
	session, err := acquire.Open(t.Context(), acquire.Options{Target: target, Secret: func(context.Context) (string, error) { return dovecottest.Password, nil }, Tool: "keytrail test",
		Now: func() time.Time { return s.now }})
	must(t, err)
	defer session.Close()
	r, err := session.Copy(t.Context(), filepath.Join(parent, s.account))
	must(t, err)
	s.copies = append(s.copies, r.Root)
}

func (s *script) run(t testing.TB, server *dovecottest.Dovecot, parent string) {
	s.c = server.Dial(t)
	must(t, s.c.Login(s.account, dovecottest.Password).Wait())
	defer func() { must(t, s.c.Logout().Wait()); must(t, s.c.Close()) }()
	for _, f := range []string{"INBOX", "Quiet", "Quiet"} {
		s.pass(time.Minute, time.Hour)
		s.deliver(t, f, "Welcome")
	}
	steps := 15 + s.rng.IntN(20)
	if s.real == nil {
		steps = 30 + s.rng.IntN(60)
	}
	for range steps {
		s.step(t)
	}
	if s.rng.IntN(2) == 0 {
		s.acquire(t, server, parent)
		s.lately = len(s.gone)
		for range s.rng.IntN(10) {
			s.step(t)
		}
	}
	if !s.calm {
		s.attack(t)
	}
	for range s.rng.IntN(8) {
		s.step(t)
	}
	if !s.calm && s.rng.IntN(4) == 0 {
		if m, ok := s.any("INBOX"); ok {
			s.pass(time.Minute, time.Hour)
			s.mark(t, m)
			s.gone = append(s.gone, realLoss{m, "marked", s.now, s.clock(), false})
		}
	}
	s.acquire(t, server, parent)
}

// tally counts how many of so many.
type realTally struct{ hit, of int }

func (r *realTally) add(ok bool) {
	r.of++
	if ok {
		r.hit++
	}
}

// String gives the share with its 95% confidence interval (Wilson).
func (r realTally) String() string {
	if r.of == 0 {
		return "none"
	}
	n, p, z := float64(r.of), float64(r.hit)/float64(r.of), 1.959964
	middle := (p + z*z/(2*n)) / (1 + z*z/n)
	half := z / (1 + z*z/n) * math.Sqrt(p*(1-p)/n+z*z/(4*n*n))
	return fmt.Sprintf("%d of %d = %.2f%% (95%% %.2f%% to %.2f%%)", r.hit, r.of, 100*p, 100*max(0, middle-half), 100*min(1, middle+half))
}

// TestAbsenceOnRealDovecot lets scripts deliver, move, save drafts and delete on a real server at known times, copies the
// mailboxes over IMAP as keytrail does, infers, and compares with what the scripts did.
func TestAbsenceOnRealDovecot(t *testing.T) {
	if testing.Short() {
		t.Skip("NOT RUN: -short")
	}
	plain, saved := plainScripts, savedScripts
	if n, err := strconv.Atoi(os.Getenv("KEYTRAIL_SCRIPTS")); err == nil { // fewer, for a quick look
		plain, saved = n, n
	}
	clock := &ticks{next: make(chan struct{})}
	ended := make(chan struct{})
	defer close(ended)
	go clock.run(ended)
	var scripts []*script
	var accounts []dovecottest.Account
	for n := range plain + saved {
		account := realAccount(n, n >= plain)
		s := &script{account: account.Name, rng: rand.New(rand.NewPCG(uint64(n), 7)), here: map[string][]realMail{}, calm: n%5 == 0}
		s.now = time.Now().UTC().Add(-60 * 24 * time.Hour).Truncate(time.Second)
		if n >= plain {
			s.real = clock
		}
		scripts = append(scripts, s)
		accounts = append(accounts, account)
	}
	server := dovecottest.Start(t, dovecottest.Options{Accounts: accounts, Conf: realFolders})
	parent := t.TempDir()
	start := time.Now()
	var all sync.WaitGroup
	few := make(chan struct{}, 2) // those that need not wait for anything
	for _, s := range scripts {
		all.Go(func() {
			if s.real == nil {
				few <- struct{}{}
				defer func() { <-few }()
			}
			s.run(t, server, parent)
		})
	}
	all.Wait()
	if t.Failed() {
		t.FailNow()
	}
	t.Logf("%d scripts in %v", len(scripts), time.Since(start).Round(time.Second))

	c, err := casefile.Create(filepath.Join(t.TempDir(), "real.keytrail"), casefile.Options{Tool: "keytrail test"})
	must(t, err)
	defer func() { must(t, c.Close()) }()
	notices, err := detect.LoadNotices()
	must(t, err)
	var paths []string
	for _, s := range scripts {
		paths = append(paths, s.copies...)
	}
	sum, err := ingest.Add(t.Context(), c, paths, ingest.Options{Formats: formats.Formats(), Notices: notices, Tool: "keytrail test"}, nil)
	must(t, err)
	for _, p := range sum.Problems {
		t.Errorf("%+v", p)
	}
	changed, err := Infer(t.Context(), c)
	must(t, err)
	if again, err := Infer(t.Context(), c); err != nil || again != 0 {
		t.Errorf("inferred again: %d changes, %v", again, err)
	}
	aside := newAsideReader()
	defer aside.close()
	in, _, err := absenceInput(t.Context(), c, aside)
	must(t, err)
	r := absence.Infer(in)
	t.Logf("%d copies, %d mails, %d inferred events, %v", len(paths), sum.Events, changed, time.Since(start).Round(time.Second))
	folders, err := Folders(t.Context(), c)
	must(t, err)
	events, err := eventsOf(t.Context(), c, r)
	must(t, err)
	named := func(l *absence.Lost) string { // what a claim with a mail to show calls it
		if e := events[l.Row]; e != nil {
			return e.MessageID
		}
		return ""
	}
	t.Run("without SAVEDATE", func(t *testing.T) { judge(t, scripts[:plain], r, named, folders, 0.6) })
	t.Run("with SAVEDATE", func(t *testing.T) { judge(t, scripts[plain:], r, named, folders, 0.9) })
}

// judge compares; least is the share of the deletions that must be found.
func judge(t *testing.T, scripts []*script, r *absence.Result, named func(*absence.Lost) string, folders []forensics.Folder, least float64) {
	byAccount := map[string][]*absence.Lost{}
	for i := range r.Lost {
		byAccount[r.Lost[i].Account] = append(byAccount[r.Lost[i].Account], &r.Lost[i])
	}
	var found, attacks, inside, wrong, movesCalled, moments realTally
	calmEvents := 0
	var missed []string
	for _, s := range scripts {
		lost := byAccount[s.account]
		for _, g := range s.gone {
			if !s.tells(&g) {
				continue
			}
			l := findLost(lost, &g, named)
			found.add(l != nil)
			if g.attack {
				attacks.add(l != nil)
			}
			if l == nil {
				missed = append(missed, s.account+": "+g.text())
				continue
			}
			ok := s.isInside(l, &g)
			inside.add(ok)
			if !ok {
				t.Errorf("%s: %s is outside of what was said: %s", s.account, g.text(), lossText(l))
			}
			if s.real != nil && g.how == "trash" && l.Kind == forensics.MailDeleted {
				moments.add(during(l.Moment, g.at, g.gone()))
			}
		}
		for _, l := range lost {
			true_ := s.trueOf(l, named)
			for k := range l.Count {
				wrong.add(k >= true_)
			}
			if l.Count > true_ {
				t.Errorf("%s: %d claimed, %d true: %s", s.account, l.Count, true_, lossText(l))
			}
			if s.calm {
				calmEvents++
			}
		}
		for _, m := range s.moved {
			if s.wasDeleted(m) {
				continue
			}
			movesCalled.add(slices.ContainsFunc(lost, func(l *absence.Lost) bool {
				return l.Kind == forensics.MailMissing && l.Folder == m.folder && slices.Contains(l.UIDs, m.uid) && l.Count == len(l.UIDs)
			}))
		}
	}
	for _, m := range missed[:min(len(missed), 10)] {
		t.Logf("not found: %s", m)
	}
	t.Logf("found (recall): %s", found)
	t.Logf("the attackers' deletions found: %s", attacks)
	t.Logf("inside the bounds: %s", inside)
	t.Logf("claimed and not true (false positives): %s", wrong)
	t.Logf("moves called deletions: %s", movesCalled)
	t.Logf("SAVEDATE is the moment of the move to the Trash: %s", moments)
	t.Logf("events in mailboxes in which nobody deleted anything: %d", calmEvents)
	if calmEvents > 0 || wrong.hit > 0 || movesCalled.hit > 0 {
		t.Error("deletions were invented")
	}
	// What is not found came when a mail that lies in another folder came too, which can be it: then no deletion is claimed.
	if float64(found.hit) < least*float64(found.of) || float64(attacks.hit) < 0.9*float64(attacks.of) {
		t.Error("too few were found")
	}
	quiet := 0
	for _, f := range folders {
		if f.Name == "Quiet" {
			quiet++
			if f.Missing > 0 || f.Moved > 0 {
				t.Errorf("%s %s: %d missing, %d moved in a folder that nobody touched", f.Account, f.Name, f.Missing, f.Moved)
			}
		}
	}
	if quiet == 0 {
		t.Error("no quiet folder was looked at")
	}
}

// tells reports whether a deletion can show at all: not where the mail came and went in a folder whose gaps are not counted.
func (s *script) tells(g *realLoss) bool { return g.folder != "Trash" && g.folder != "Drafts" }

func findLost(lost []*absence.Lost, g *realLoss, named func(*absence.Lost) string) *absence.Lost {
	for _, l := range lost {
		if l.Kind == forensics.MailMissing && strings.EqualFold(l.Folder, g.folder) && slices.Contains(l.UIDs, g.uid) {
			return l
		}
	}
	for _, l := range lost {
		if l.Kind == forensics.MailDeleted && g.how != "expunged" && named(l) == g.id {
			return l
		}
	}
	return nil
}

func (s *script) isInside(l *absence.Lost, g *realLoss) bool {
	in := func(first, last time.Time, from, to int64) bool {
		return (from == 0 || last.UnixNano() >= from-slack) && (to == 0 || first.UnixNano() <= to+slack)
	}
	return in(g.arrived, g.realMail.until, l.ArrivedNotBefore, l.ArrivedNotAfter) && in(g.at, g.gone(), l.NotBefore, l.NotAfter)
}

// trueOf counts the deletions that a claim can speak of.
func (s *script) trueOf(l *absence.Lost, named func(*absence.Lost) string) int {
	n := 0
	for i := range s.gone {
		g := &s.gone[i]
		switch {
		case l.Kind == forensics.MailMissing && strings.EqualFold(l.Folder, g.folder) && slices.Contains(l.UIDs, g.uid):
			n++
		case l.Kind == forensics.MailDeleted && g.how != "expunged" && named(l) == g.id:
			n++
		}
	}
	// A mail that was moved away and then deleted there left two gaps; nothing tells that they are one mail's.
	for _, m := range s.moved {
		if l.Kind == forensics.MailMissing && strings.EqualFold(l.Folder, m.folder) && slices.Contains(l.UIDs, m.uid) && s.wasDeletedIn(m) {
			n++
		}
	}
	return n
}

// wasDeletedIn reports whether a mail was deleted in the folder that it was moved to.
func (s *script) wasDeletedIn(m realMail) bool {
	return slices.ContainsFunc(s.gone, func(g realLoss) bool { return g.id == m.id && g.folder != m.folder })
}

func (s *script) wasDeleted(m realMail) bool {
	return slices.ContainsFunc(s.gone, func(g realLoss) bool { return g.id == m.id })
}

// slack is how far a server's time may be from the script's: servers tell whole seconds, cut off, and files
// are dated by a clock of the kernel that lags by some milliseconds.
const slack = int64(1100 * time.Millisecond)

// during reports whether a time lies between two, to the second.
func during(nano int64, from, to time.Time) bool {
	return nano >= from.UnixNano()-slack && nano <= to.UnixNano()+slack
}

// gone is by when it was deleted.
func (g *realLoss) gone() time.Time { return g.until }

func (g *realLoss) text() string {
	return fmt.Sprintf("%s %s %d came %s, %s at %s (attack %v)", g.id, g.folder, g.uid, g.arrived.Format("01-02 15:04:05"), g.how, g.at.Format("01-02 15:04:05"), g.attack)
}

func lossText(l *absence.Lost) string {
	at := func(n int64) string {
		if n == 0 {
			return "-"
		}
		return time.Unix(0, n).UTC().Format("01-02 15:04:05")
	}
	return fmt.Sprintf("%v %s %v count %d %v arrived %s..%s removed %s..%s %s", l.Kind, l.Folder, l.UIDs, l.Count, l.Reasons,
		at(l.ArrivedNotBefore), at(l.ArrivedNotAfter), at(l.NotBefore), at(l.NotAfter), l.Detail)
}
