package casefile

import (
	"context"
	"fmt"
	"net/netip"
	"path/filepath"
	"testing"
	"time"

	"keytrail/forensics"
	"keytrail/forensics/filter"
)

// testClock starts at a fixed moment and goes on a second at each look.
func testClock() func() time.Time {
	t := time.Date(2022, 11, 20, 12, 0, 0, 0, time.UTC)
	return func() time.Time {
		t = t.Add(time.Second)
		return t
	}
}

func newCase(t testing.TB) *Case {
	t.Helper()
	c, err := Create(filepath.Join(t.TempDir(), "test"), Options{Tool: "keytrail test", Who: "tester@host", Now: testClock()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := c.Close(); err != nil {
			t.Error(err)
		}
	})
	return c
}

// at gives a dated time, minutes after 2022-11-14T03:00Z.
func at(minutes int) forensics.Time {
	m := time.Date(2022, 11, 14, 3, 0, 0, 0, time.UTC).Add(time.Duration(minutes) * time.Minute)
	return forensics.UTC(m, forensics.PrecisionSecond, m.Format(time.RFC3339), "Login")
}

// addItem puts events into the case as one finished item of its own evidence.
func addItem(t testing.TB, c *Case, name string, events []forensics.Event) forensics.Item {
	t.Helper()
	ev, err := c.BeginEvidence(forensics.Evidence{Name: name, Path: "/evidence/" + name, Size: 100})
	if err != nil {
		t.Fatal(err)
	}
	w, err := c.BeginItem(forensics.Item{Evidence: ev.ID})
	if err != nil {
		t.Fatal(err)
	}
	dup, err := w.Append(events)
	if err != nil {
		t.Fatal(err)
	}
	it := forensics.Item{Size: 100, Digest: digestOf(name), Format: "test/events", Status: forensics.StatusOK,
		Counts: forensics.Counts{Records: int64(len(events)), Read: int64(len(events)), Events: int64(len(events) - dup), Duplicates: int64(dup)}}
	if err := w.Finish(it); err != nil {
		t.Fatal(err)
	}
	if err := c.FinishEvidence(ev.ID, it.Digest, 100); err != nil {
		t.Fatal(err)
	}
	it.ID, it.Evidence = w.ID(), ev.ID
	return it
}

func digestOf(s string) (d forensics.Digest) {
	copy(d[:], s)
	d[31] = 1
	return d
}

// login makes a login event at a minute.
func login(minute int, account, ip string) forensics.Event {
	return forensics.Event{Kind: forensics.LoginSucceeded, Time: at(minute), Account: account, IP: netip.MustParseAddr(ip), Protocol: "imap",
		Client: "Thunderbird 102", Outcome: forensics.Success, Ref: forensics.Ref{Offset: int64(minute) * 10, Length: 10, Line: int64(minute + 1)},
		Provider: "test/events", Digest: digestOf(fmt.Sprint(account, minute))}
}

func mustQuery(t testing.TB, c *Case, text string) *View {
	t.Helper()
	e, err := filter.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	v, err := c.Query(context.Background(), e)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func mustEvents(t testing.TB, v *View) []forensics.Event {
	t.Helper()
	events, err := v.Events(0, v.Len())
	if err != nil {
		t.Fatal(err)
	}
	return events
}

func TestAppendAndRead(t *testing.T) {
	c := newCase(t)
	addItem(t, c, "b.log", []forensics.Event{login(5, "pat@example.com", "203.0.113.7"), login(1, "pat@example.com", "2001:db8::7")})
	addItem(t, c, "a.log", []forensics.Event{login(3, "kim@example.com", "198.51.100.2")})
	v := mustQuery(t, c, "")
	if v.Len() != 3 || v.Dated() != 3 || v.Total() != 3 {
		t.Fatalf("got %d, %d dated, %d in all", v.Len(), v.Dated(), v.Total())
	}
	events := mustEvents(t, v)
	for i := 1; i < len(events); i++ {
		if forensics.Compare(&events[i-1], &events[i]) >= 0 {
			t.Errorf("event %d is out of order", i)
		}
	}
	if got := mustEvents(t, mustQuery(t, c, "ip:203.0.113.0/24")); len(got) != 1 || got[0].Account != "pat@example.com" {
		t.Errorf("got %+v", got)
	}
	if err := c.CheckCustody(); err != nil {
		t.Error(err)
	}
}
