package casefile

import (
	"context"
	"path/filepath"
	"sync"
	"testing"

	"keytrail/forensics"
	"keytrail/forensics/filter"

	"github.com/google/go-cmp/cmp"
)

func mustBriefs(t testing.TB, c *Case) *Briefs {
	t.Helper()
	b, err := c.Briefs(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// Briefs say what the events say.
func TestBriefs(t *testing.T) {
	c := newCase(t)
	e := fullEvent(t)
	e.Account, e.Time = "Pat@Example.com", at(7)
	undated := login(3, "pat@example.com", "203.0.113.7")
	undated.Time.Unreliable = true
	none := login(2, "", "203.0.113.8")
	addItem(t, c, "a.log", []forensics.Event{undated, login(9, "kim@example.com", "203.0.113.7"), e, login(5, "PAT@example.com", "203.0.113.7"), none})
	b := mustBriefs(t, c)
	if diff := cmp.Diff([]string{"", "kim@example.com", "pat@example.com"}, b.Accounts()); diff != "" {
		t.Fatalf("accounts: -want +got:\n%s", diff)
	}
	got, err := b.Account("pat@example.com", nil)
	if err != nil {
		t.Fatal(err)
	}
	var rows []int64
	for _, b := range got.Briefs {
		rows = append(rows, b.Row)
	}
	if diff := cmp.Diff([]int64{4, 3, 1}, rows); diff != "" {
		t.Fatalf("rows in the order of the timeline: -want +got:\n%s", diff)
	}
	if x, y := got.Briefs[0], got.Briefs[2]; x.Account != y.Account || x.IP != y.IP || !y.Unreliable || x.Unreliable {
		t.Errorf("got %+v and %+v", x, y)
	}
	x := got.Briefs[1]
	want := forensics.Brief{Row: 3, Time: e.Time.Nano, Item: 1, Kind: e.Kind, Certainty: e.Certainty, Outcome: e.Outcome, Sender: e.Sender,
		ASN: e.ASN, Session: hashName(e.Session), Message: hashName(e.MessageID)}
	texts := map[string]forensics.Symbol{e.Actor: x.Actor, e.IP.String(): x.IP, e.Host: x.Host, e.Country: x.Country, e.Org: x.Org,
		e.Client: x.Client, e.Protocol: x.Protocol, e.Service: x.Service, e.Operation: x.Operation, e.From: x.From, e.Key: x.Key,
		e.Folder: x.Folder, e.Detail: x.Detail, e.Provider: x.Provider, "pat@example.com": x.Account}
	for text, symbol := range texts {
		if folded := b.Text(symbol); folded != filter.Fold(text) || symbol == 0 {
			t.Errorf("symbol %d is %q, want %q", symbol, folded, text)
		}
		for range 2 { // read, and remembered
			if spelled := b.Spelled(symbol); spelled != text && text != "pat@example.com" {
				t.Errorf("symbol %d is spelled %q, want %q", symbol, spelled, text)
			}
		}
	}
	x.Account, x.Actor, x.IP, x.Host, x.Country, x.Org, x.Client, x.Protocol, x.Service, x.Operation, x.From, x.Key, x.Folder, x.Detail, x.Provider =
		0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0
	if diff := cmp.Diff(want, x); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	events, err := b.Events([]int64{4, 1, 3})
	if err != nil || len(events) != 3 || events[0].Row != 4 || events[1].Row != 1 || events[2].Row != 3 {
		t.Errorf("got %d events: %v", len(events), err)
	}
	if got, err := b.Account("nobody@example.com", nil); err != nil || len(got.Briefs) != 0 {
		t.Errorf("got %+v, %v", got, err)
	}
	if again := mustBriefs(t, c); again != b {
		t.Error("the same state gives another snapshot")
	}
	addItem(t, c, "b.log", []forensics.Event{login(1, "lee@example.com", "203.0.113.7")})
	if b.Len() != 5 || mustBriefs(t, c).Len() != 6 {
		t.Errorf("the snapshot has %d events", b.Len())
	}
}

func TestBriefsOfAnEmptyCase(t *testing.T) {
	b := mustBriefs(t, newCase(t))
	if len(b.Accounts()) != 0 || b.Len() != 0 || b.Text(0) != "" || b.Spelled(0) != "" {
		t.Errorf("got %v", b.Accounts())
	}
	if _, err := b.Account("", nil); err != nil {
		t.Error(err)
	}
}

func TestBriefsFromTwoGoroutines(t *testing.T) {
	c := newCase(t)
	addItem(t, c, "a.log", auditEvents(2000, 3))
	b := mustBriefs(t, c)
	var wg sync.WaitGroup
	sums := make([]int, 2)
	for g := range 2 {
		wg.Go(func() {
			var buffer []forensics.Brief
			for i, account := range b.Accounts() {
				a, err := b.Account(account, buffer)
				if err != nil {
					t.Error(err)
				}
				buffer = a.Briefs
				sums[g] += len(a.Briefs)
				if i%100 == g {
					if _, err := b.Events([]int64{a.Briefs[0].Row}); err != nil {
						t.Error(err)
					}
				}
			}
		})
	}
	wg.Wait()
	if sums[0] != 2000 || sums[1] != 2000 {
		t.Errorf("got %v events", sums)
	}
}

func TestIncidents(t *testing.T) {
	c := newCase(t)
	addItem(t, c, "a.log", []forensics.Event{login(1, "pat@example.com", "203.0.113.7"), login(2, "pat@example.com", "203.0.113.7"), login(3, "pat@example.com", "203.0.113.7")})
	if n := mustQuery(t, c, "incident:1").Len(); n != 0 {
		t.Errorf("%d events before there are incidents", n)
	}
	c.SetIncidents(map[int64][]int64{1: {1}, 3: {1, 2}, 99: {1}}, nil)
	for text, want := range map[string]int{"incident:1": 2, "incident:2": 1, "incident:3": 0, "-incident:1": 1} {
		if got := mustQuery(t, c, text).Len(); got != want {
			t.Errorf("%s: %d events, want %d", text, got, want)
		}
	}
	var got [][]int64
	for _, e := range mustEvents(t, mustQuery(t, c, "")) {
		got = append(got, e.Incidents)
	}
	if diff := cmp.Diff([][]int64{{1}, nil, {1, 2}}, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

// BenchmarkBriefs hands out a million events of 1000 accounts.
func BenchmarkBriefs(b *testing.B) {
	c, err := Create(filepath.Join(b.TempDir(), "million"), Options{})
	if err != nil {
		b.Fatal(err)
	}
	defer c.Close()
	fill(b, c, millionOfAThousand(), 4096)
	if _, err := c.Query(context.Background(), nil); err != nil {
		b.Fatal(err)
	}
	b.Run("snapshot", func(b *testing.B) {
		for b.Loop() {
			c.mu.Lock()
			c.briefs = nil
			c.mu.Unlock()
			mustBriefs(b, c)
		}
	})
	all := mustBriefs(b, c)
	b.Run("all-accounts", func(b *testing.B) {
		for b.Loop() {
			var buffer []forensics.Brief
			for _, account := range all.Accounts() {
				a, err := all.Account(account, buffer)
				if err != nil {
					b.Fatal(err)
				}
				buffer = a.Briefs
			}
		}
	})
	b.Run("one-account", func(b *testing.B) {
		var buffer []forensics.Brief
		for i := 0; b.Loop(); i++ {
			a, err := all.Account(all.Accounts()[i%1000], buffer)
			if err != nil {
				b.Fatal(err)
			}
			buffer = a.Briefs
		}
	})
}
