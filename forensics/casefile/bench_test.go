package casefile

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"net/netip"
	"os"
	"path/filepath"
	"testing"
	"time"

	"keytrail/forensics"
	"keytrail/forensics/filter"
)

// auditEvents makes events like those of an organisation's audit log: hundreds of
// accounts, thousands of addresses, a fact each, rarely a subject.
func auditEvents(n int, seed uint64) []forensics.Event {
	r := rand.New(rand.NewPCG(seed, 7))
	kinds := []forensics.Kind{forensics.LoginSucceeded, forensics.LoginFailed, forensics.MailRead, forensics.MailDeleted, forensics.MailMoved, forensics.RuleSet}
	operations := []string{"UserLoggedIn", "UserLoginFailed", "MailItemsAccessed", "SoftDelete", "Move", "New-InboxRule"}
	clients := []string{"Client=OWA;Action=ViaProxy", "Client=REST;;", "Client=MSExchangeRPC", "Mozilla/5.0 (Windows NT 10.0; Win64; x64)", "Client=POP3/IMAP4;Protocol=IMAP4"}
	events := make([]forensics.Event, n)
	start := time.Date(2022, 1, 1, 0, 0, 0, 0, time.UTC)
	for i := range events {
		k := r.IntN(len(kinds))
		m := start.Add(time.Duration(i)*20*time.Second + time.Duration(r.IntN(3600))*time.Second)
		e := &events[i]
		*e = forensics.Event{
			Kind: kinds[k], Time: forensics.UTC(m, forensics.PrecisionSecond, m.Format("2006-01-02T15:04:05"), "CreationTime"),
			Provider: "microsoft/unified-audit", Outcome: forensics.Success, Operation: operations[k],
			Account: fmt.Sprintf("user%03d@example.com", r.IntN(500)), Client: clients[r.IntN(len(clients))], Protocol: "web", Service: "exchange",
			IP:      netip.AddrFrom4([4]byte{198, 51, byte(r.IntN(20)), byte(r.IntN(256))}),
			Session: fmt.Sprintf("%016x", r.Uint64()>>20), Fact: fmt.Sprintf("%016x-%016x", r.Uint64(), r.Uint64()),
			Ref: forensics.Ref{Offset: int64(i) * 1800, Length: 1800, Line: int64(i + 2)},
		}
		e.Actor = e.Account
		binary.BigEndian.PutUint64(e.Digest[:], r.Uint64())
		e.Digest = sha256.Sum256(e.Digest[:8])
		if kinds[k] == forensics.MailDeleted {
			e.Subject, e.Folder = fmt.Sprintf("Your statement of %d is ready to view", i), "Inbox"
			e.MessageID = fmt.Sprintf("%d.%d@mail.example.com", i, seed)
		}
	}
	return events
}

// fill appends n events in batches as ingest does.
func fill(tb testing.TB, c *Case, events []forensics.Event, batch int) {
	tb.Helper()
	ev, err := c.BeginEvidence(forensics.Evidence{Name: "audit.csv", Path: "/evidence/audit.csv", Size: 1})
	if err != nil {
		tb.Fatal(err)
	}
	w, err := c.BeginItem(forensics.Item{Evidence: ev.ID})
	if err != nil {
		tb.Fatal(err)
	}
	for len(events) > 0 {
		n := min(batch, len(events))
		if _, err := w.Append(events[:n]); err != nil {
			tb.Fatal(err)
		}
		events = events[n:]
	}
	if err := w.Finish(forensics.Item{Status: forensics.StatusOK, Digest: digestOf("audit")}); err != nil {
		tb.Fatal(err)
	}
	if err := c.FinishEvidence(ev.ID, digestOf("audit"), 1); err != nil {
		tb.Fatal(err)
	}
}

func BenchmarkAppend(b *testing.B) {
	events := auditEvents(500_000, 1)
	var cpu time.Duration
	for b.Loop() {
		before := cpuTime()
		c, err := Create(filepath.Join(b.TempDir(), "bench"), Options{})
		if err != nil {
			b.Fatal(err)
		}
		fill(b, c, events, 4096)
		if err := c.Settle(); err != nil {
			b.Fatal(err)
		}
		b.StopTimer()
		cpu += cpuTime() - before
		if info, err := os.Stat(filepath.Join(c.Path(), databaseName)); err == nil {
			b.ReportMetric(float64(info.Size())/float64(len(events)), "B/event")
		}
		if err := c.Close(); err != nil {
			b.Fatal(err)
		}
		b.StartTimer()
	}
	b.ReportMetric(float64(len(events))*float64(b.N)/b.Elapsed().Seconds(), "events/s")
	b.ReportMetric(cpu.Seconds()*1e6/float64(len(events)*b.N), "cpu-us/event")
}

// BenchmarkMillion measures what a screen does with a case of a million events.
func BenchmarkMillion(b *testing.B) {
	dir := filepath.Join(b.TempDir(), "million")
	c, err := Create(dir, Options{})
	if err != nil {
		b.Fatal(err)
	}
	fill(b, c, auditEvents(1_000_000, 2), 4096)
	if err := c.Settle(); err != nil {
		b.Fatal(err)
	}
	if err := c.Close(); err != nil {
		b.Fatal(err)
	}
	ctx := context.Background()
	b.Run("open-and-first-page", func(b *testing.B) {
		for b.Loop() {
			c, err := Open(dir, Options{})
			if err != nil {
				b.Fatal(err)
			}
			v, err := c.Query(ctx, nil)
			if err != nil {
				b.Fatal(err)
			}
			if _, err := v.Events(0, 50); err != nil {
				b.Fatal(err)
			}
			if err := c.Close(); err != nil {
				b.Fatal(err)
			}
		}
	})
	if c, err = Open(dir, Options{}); err != nil {
		b.Fatal(err)
	}
	defer c.Close()
	for _, text := range []string{"ip:198.51.100.0/22", "statement", "user017", "account:user017@*", "kind:login-failed after:2022-03 before:2022-04",
		"subject:999", "(group:login OR group:settings) -client:mozilla", "session:00*", "verdict:unknown"} {
		e, err := filter.Parse(text)
		if err != nil {
			b.Fatal(err)
		}
		b.Run("filter/"+text, func(b *testing.B) {
			for b.Loop() {
				v, err := c.Query(ctx, e)
				if err != nil {
					b.Fatal(err)
				}
				if _, err := v.Events(0, 50); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
	v, err := c.Query(ctx, nil)
	if err != nil {
		b.Fatal(err)
	}
	b.Run("page-of-100", func(b *testing.B) {
		r := rand.New(rand.NewPCG(3, 3))
		for b.Loop() {
			if _, err := v.Events(r.IntN(v.Len()), 100); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("histogram-of-200", func(b *testing.B) {
		first, last, _ := v.Span()
		for b.Loop() {
			v.Histogram(first, last, 200)
		}
	})
}

// millionOfAThousand makes a million events of a thousand accounts.
func millionOfAThousand() []forensics.Event {
	events := auditEvents(1_000_000, 2)
	r := rand.New(rand.NewPCG(9, 9))
	for i := range events {
		e := &events[i]
		e.Account = fmt.Sprintf("user%04d@example.com", r.IntN(1000))
		e.Actor, e.ASN = e.Account, 64496+uint32(e.IP.As4()[2])
		if e.Kind == forensics.RuleSet {
			e.Key = fmt.Sprintf("Outlook-%d", r.IntN(40))
		}
	}
	return events
}
