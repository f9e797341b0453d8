package casefile

import (
	"context"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"keytrail/forensics"
	"keytrail/forensics/filter"

	"github.com/google/go-cmp/cmp"
)

// missing is an inferred event of the record at a minute of an item.
func missing(item int64, minute int, fact string, reasons ...string) forensics.Event {
	return forensics.Event{Kind: forensics.MailMissing, Time: at(minute), Account: "pat@example.com", Folder: "INBOX", Reasons: reasons, Fact: fact,
		Bounds: &forensics.Bounds{NotBefore: at(minute), NotAfter: at(minute + 10)},
		Ref:    forensics.Ref{Item: item, Offset: int64(minute) * 10, Length: 10, Line: int64(minute + 1)}, Provider: "keytrail/absence"}
}

func mustInfer(t testing.TB, c *Case, events []forensics.Event, additions []Addition) int {
	t.Helper()
	n, err := c.ReplaceInferred(context.Background(), events, additions)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// rowsOf lists the rows of a filter in the order of the timeline.
func rowsOf(t testing.TB, c *Case, text string) []int64 {
	t.Helper()
	v := mustQuery(t, c, text)
	rows := make([]int64, v.Len())
	for k := range rows {
		rows[k] = v.Row(k)
	}
	return rows
}

func TestReplaceInferred(t *testing.T) {
	c := newCase(t)
	stale := func() bool {
		t.Helper()
		stale, err := c.InferenceIsStale(context.Background())
		if err != nil {
			t.Fatal(err)
		}
		return stale
	}
	it := addItem(t, c, "a.log", []forensics.Event{login(1, "pat@example.com", "203.0.113.7"), login(5, "pat@example.com", "203.0.113.7")})
	if !stale() {
		t.Error("nothing was inferred yet")
	}
	a, b := missing(it.ID, 1, "gap 1", "uid-gap"), missing(it.ID, 5, "gap 2", "uid-gap")
	b.SeenIn = []forensics.Ref{{Item: it.ID, Offset: 70, Length: 3}, {Item: it.ID, Offset: 10, Length: 10, Line: 2}, {Item: it.ID, Offset: 70, Length: 3}}
	if n := mustInfer(t, c, []forensics.Event{a, b}, nil); n != 2 {
		t.Fatalf("%d changes, want 2", n)
	}
	if diff := cmp.Diff([]int64{1, 3, 2, 4}, rowsOf(t, c, "")); diff != "" {
		t.Fatalf("-want +got:\n%s", diff)
	}
	got := mustEvents(t, mustQuery(t, c, "certainty:inferred"))
	if len(got) != 2 || got[0].Certainty != forensics.Inferred || got[0].Digest != digestOf("pat@example.com1") || got[0].EvidenceName != "a.log" ||
		got[0].Bounds.NotAfter.Nano != at(11).Nano || got[0].Reasons[0] != "uid-gap" {
		t.Errorf("got %+v", got)
	}
	if diff := cmp.Diff([]forensics.Ref{{Evidence: 1, Item: it.ID, Offset: 10, Length: 10, Line: 2}, {Evidence: 1, Item: it.ID, Offset: 70, Length: 3}}, got[1].SeenIn); diff != "" {
		t.Errorf("seen in: -want +got:\n%s", diff)
	}
	if n := mustQuery(t, c, "id:"+got[0].ID).Len(); n != 1 {
		t.Errorf("the id finds %d events", n)
	}
	if now, _, err := c.FindItem(it.Evidence, ""); err != nil || now.Counts != it.Counts || now.Last != at(5).Nano {
		t.Errorf("the item counts %+v, %v", now, err)
	}
	if stale() {
		t.Error("stale after it was inferred")
	}

	// The same again changes nothing.
	generation := c.state.generation
	if n := mustInfer(t, c, []forensics.Event{b, a}, nil); n != 0 || c.state.generation != generation {
		t.Errorf("%d changes", n)
	}
	// One goes, one says something else and keeps its row, its tag and its id; row numbers are not given again.
	if err := c.Tag([]int64{3, 4}, "look"); err != nil {
		t.Fatal(err)
	}
	a2 := missing(it.ID, 1, "gap 1", "uid-gap", "reference")
	a2.Time = at(9)
	if n := mustInfer(t, c, []forensics.Event{a2}, nil); n != 2 {
		t.Fatalf("%d changes, want 2", n)
	}
	if diff := cmp.Diff([]int64{1, 2, 3}, rowsOf(t, c, "")); diff != "" {
		t.Fatalf("-want +got:\n%s", diff)
	}
	e := mustEvents(t, mustQuery(t, c, "tag:look"))
	if len(e) != 1 || e[0].ID != got[0].ID || e[0].Time.Nano != at(9).Nano || len(e[0].Reasons) != 2 {
		t.Errorf("got %+v", e)
	}
	addItem(t, c, "b.log", []forensics.Event{login(7, "pat@example.com", "203.0.113.7")})
	if diff := cmp.Diff([]int64{1, 2, 5, 3}, rowsOf(t, c, "")); diff != "" {
		t.Fatalf("-want +got:\n%s", diff)
	}
	if !stale() {
		t.Error("not stale after an item was added")
	}
	if n := mustInfer(t, c, nil, nil); n != 1 || stale() {
		t.Errorf("%d changes, want 1", n)
	}
	if n := mustInfer(t, c, nil, nil); n != 0 {
		t.Errorf("%d changes, want none", n)
	}
}

// An inferred event and an event of a log of the same kind, record and fact are two.
func TestInferredBesideItsRecord(t *testing.T) {
	c := newCase(t)
	log := missing(1, 1, "the same")
	it := addItem(t, c, "a.log", []forensics.Event{log})
	mustInfer(t, c, []forensics.Event{missing(it.ID, 1, "the same"), missing(it.ID, 1, "another")}, nil)
	again := log
	again.Ref.Offset = 500
	it2 := addItem(t, c, "b.log", []forensics.Event{again})
	if it2.Duplicates != 1 {
		t.Errorf("%d duplicates, want 1: the log's own event", it2.Duplicates)
	}
	ids := map[string]bool{}
	for _, e := range mustEvents(t, mustQuery(t, c, "")) {
		ids[e.ID] = true
		if (e.Certainty == forensics.Inferred) == (len(e.SeenIn) > 0) {
			t.Errorf("got %+v", e)
		}
	}
	if len(ids) != 3 {
		t.Errorf("%d ids for 3 events", len(ids))
	}
}

func TestAdditions(t *testing.T) {
	c := newCase(t)
	e := login(1, "pat@example.com", "203.0.113.7")
	e.Kind, e.Reasons = forensics.MailPurged, []string{"log"}
	other := login(2, "pat@example.com", "203.0.113.7")
	other.Bounds = &forensics.Bounds{NotBefore: at(2)}
	it := addItem(t, c, "a.log", []forensics.Event{e, other})
	additions := []Addition{
		{Row: 1, Reasons: []string{"log", "uid-gap"}, Bounds: &forensics.Bounds{NotAfter: at(3)}, Refs: []forensics.Ref{{Item: it.ID, Offset: 20, Length: 10, Line: 3}, {Item: it.ID, Offset: 10, Length: 10, Line: 2}}},
		{Row: 2, Bounds: &forensics.Bounds{NotBefore: at(1), NotAfter: at(3)}},
	}
	epoch := func() int64 {
		n, err := c.metaInt(context.Background(), c.read, metaEpoch)
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	before := epoch()
	if n := mustInfer(t, c, nil, additions); n != 2 {
		t.Fatalf("%d changes", n)
	}
	if n := mustInfer(t, c, nil, additions); n != 0 {
		t.Errorf("%d changes when nothing changed", n)
	}
	got := mustEvents(t, mustQuery(t, c, ""))
	if diff := cmp.Diff([]string{"log", "uid-gap"}, got[0].Reasons); diff != "" {
		t.Errorf("reasons: -want +got:\n%s", diff)
	}
	if diff := cmp.Diff([]forensics.Ref{{Evidence: 1, Item: it.ID, Offset: 20, Length: 10, Line: 3}}, got[0].SeenIn); diff != "" {
		t.Errorf("seen in: -want +got:\n%s", diff)
	}
	if b := got[0].Bounds; b == nil || b.NotAfter.Nano != at(3).Nano || !b.NotBefore.IsZero() {
		t.Errorf("bounds %+v", b)
	}
	if b := got[1].Bounds; b.NotBefore.Nano != at(2).Nano || b.NotAfter.Nano != at(3).Nano {
		t.Errorf("bounds %+v", b)
	}
	if n := mustInfer(t, c, nil, additions[1:]); n != 1 {
		t.Errorf("%d changes, want 1", n)
	}
	if got := mustEvents(t, mustQuery(t, c, "")); len(got[0].Reasons) != 1 || got[0].SeenIn != nil || got[0].Bounds != nil {
		t.Errorf("got %+v", got[0])
	}
	if epoch() != before {
		t.Error("the epoch grew though no event went")
	}
}

// What cannot be is refused, and nothing is written.
func TestReplaceInferredRefuses(t *testing.T) {
	c := newCase(t)
	it := addItem(t, c, "a.log", []forensics.Event{login(1, "pat@example.com", "203.0.113.7")})
	mustInfer(t, c, []forensics.Event{missing(it.ID, 1, "gap")}, nil)
	for name, test := range map[string]struct {
		events    []forensics.Event
		additions []Addition
		want      string
	}{
		"no fact":             {events: []forensics.Event{missing(it.ID, 1, "")}, want: "no fact"},
		"no item":             {events: []forensics.Event{missing(7, 1, "x")}, want: "item 7"},
		"item 0":              {events: []forensics.Event{missing(0, 1, "x")}, want: "item 0"},
		"twice":               {events: []forensics.Event{missing(it.ID, 1, "x"), missing(it.ID, 2, "x")}, want: "two events"},
		"no such row":         {additions: []Addition{{Row: 9, Reasons: []string{"x"}}}, want: "row 9"},
		"added to inferred":   {additions: []Addition{{Row: 2, Reasons: []string{"x"}}}, want: "row 2"},
		"two additions":       {additions: []Addition{{Row: 1, Reasons: []string{"x"}}, {Row: 1}}, want: "two additions"},
		"a place in nowhere":  {additions: []Addition{{Row: 1, Refs: []forensics.Ref{{Item: 9}}}}, want: "item 9"},
		"seen in no such one": {events: []forensics.Event{{Kind: forensics.MailMissing, Fact: "x", Ref: forensics.Ref{Item: 1}, SeenIn: []forensics.Ref{{Item: 3}}}}, want: "item 3"},
	} {
		if _, err := c.ReplaceInferred(context.Background(), test.events, test.additions); err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: got %v", name, err)
		}
	}
	if diff := cmp.Diff([]int64{1, 2}, rowsOf(t, c, "")); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

// An item that is read again takes what was inferred from it away; inferring again puts it back.
func TestItemReadAgainBehindInference(t *testing.T) {
	c := newCase(t)
	ev, err := c.BeginEvidence(forensics.Evidence{Name: "a.log", Path: "/evidence/a.log"})
	if err != nil {
		t.Fatal(err)
	}
	read := func() forensics.Item {
		w, err := c.BeginItem(forensics.Item{Evidence: ev.ID})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Append([]forensics.Event{login(1, "pat@example.com", "203.0.113.7"), login(5, "pat@example.com", "203.0.113.7")}); err != nil {
			t.Fatal(err)
		}
		it := forensics.Item{Status: forensics.StatusOK, Digest: digestOf("a")}
		if err := w.Finish(it); err != nil {
			t.Fatal(err)
		}
		it.ID = w.ID()
		return it
	}
	it := read()
	other := addItem(t, c, "b.log", []forensics.Event{login(2, "pat@example.com", "203.0.113.7")})
	events := []forensics.Event{missing(it.ID, 1, "gap 1"), missing(other.ID, 2, "gap 2")}
	events[0].SeenIn = []forensics.Ref{{Item: other.ID, Offset: 20, Length: 10}}
	events[1].SeenIn = []forensics.Ref{{Item: it.ID, Offset: 10, Length: 10}}
	additions := func(row int64) []Addition {
		return []Addition{{Row: row, Reasons: []string{"uid-gap"}, Refs: []forensics.Ref{{Item: other.ID, Offset: 20}}}}
	}
	mustInfer(t, c, events, additions(1))
	read()
	if n := mustQuery(t, c, "certainty:inferred").Len(); n != 1 {
		t.Errorf("%d inferred events while one item was read again, want 1", n)
	}
	for _, query := range []string{`SELECT count(*) FROM addition`, `SELECT count(*) FROM seen_in`} {
		var n int
		if err := c.read.QueryRow(query).Scan(&n); err != nil || n != 0 {
			t.Errorf("%s: %d, %v", query, n, err)
		}
	}
	row := rowsOf(t, c, "certainty:observed")[0]
	if n := mustInfer(t, c, events, additions(row)); n != 3 {
		t.Errorf("%d changes, want 3", n)
	}
	if n := mustQuery(t, c, "certainty:inferred").Len(); n != 2 {
		t.Errorf("%d inferred events", n)
	}
}

// Whatever is inferred in whatever order, the columns in memory are those that a fresh start
// reads from the database and from the derived file.
func TestColumnsAfterInference(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	c := newCase(t)
	items := []forensics.Item{addItem(t, c, "first", auditEvents(50, 1))}
	for round := range 40 {
		if r.IntN(4) == 0 {
			items = append(items, addItem(t, c, fmt.Sprint(round), auditEvents(r.IntN(30), uint64(round+9))))
		}
		var events []forensics.Event
		var additions []Addition
		for fact := range 12 {
			if r.IntN(2) == 0 {
				e := missing(items[r.IntN(len(items))].ID, r.IntN(3000), fmt.Sprint("gap ", fact))
				e.Subject, e.Time.Unreliable = fmt.Sprint("subject ", r.IntN(3)), r.IntN(5) == 0
				events = append(events, e)
			}
		}
		for row := range int64(20) {
			if r.IntN(3) == 0 {
				additions = append(additions, Addition{Row: row + 1, Reasons: []string{fmt.Sprint(r.IntN(2))}})
			}
		}
		mustInfer(t, c, events, additions)
		if r.IntN(3) == 0 {
			if err := c.Settle(); err != nil {
				t.Fatal(err)
			}
		}
		fresh, err := Open(c.Path(), Options{ReadOnly: true})
		if err != nil {
			t.Fatal(err)
		}
		want, got := mustEvents(t, mustQuery(t, fresh, "")), mustEvents(t, mustQuery(t, c, ""))
		compareAddresses := cmp.Comparer(func(a, b forensics.Event) bool { return fmt.Sprint(a) == fmt.Sprint(b) })
		for i := range want {
			want[i].Bounds, got[i].Bounds = nil, nil // pointers
		}
		if diff := cmp.Diff(want, got, compareAddresses); diff != "" {
			t.Fatalf("round %d: -fresh +here:\n%s", round, diff)
		}
		if !sameColumns(&c.state.columns, &fresh.state.columns) {
			t.Fatalf("round %d: the columns differ", round)
		}
		if mustBriefs(t, c).Len() != len(want) {
			t.Fatalf("round %d: the snapshot has %d events", round, mustBriefs(t, c).Len())
		}
		if err := fresh.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

func sameColumns(a, b *columns) bool {
	return fmt.Sprint(a.time, a.row, a.offset, a.fact, a.item, a.asn, a.session, a.message, a.texts, string(a.kind), string(a.nth), string(a.status), string(a.words), a.wordsEnd) ==
		fmt.Sprint(b.time, b.row, b.offset, b.fact, b.item, b.asn, b.session, b.message, b.texts, string(b.kind), string(b.nth), string(b.status), string(b.words), b.wordsEnd)
}

// Readers run beside the inference; each sees the case before or behind a call.
func TestReadersBesideInference(t *testing.T) {
	c := newCase(t)
	it := addItem(t, c, "a.log", auditEvents(200, 4))
	lists := [2][]forensics.Event{}
	for i := range 20 {
		e := missing(it.ID, i, fmt.Sprint("gap ", i))
		lists[0] = append(lists[0], e)
		if i%2 == 0 {
			e.Subject = "another"
			lists[1] = append(lists[1], e)
		}
	}
	inferred, err := filter.Parse("certainty:inferred")
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan struct{})
	var readers sync.WaitGroup
	for range 2 {
		readers.Go(func() {
			for {
				b, err := c.Briefs(context.Background())
				if err != nil {
					t.Error(err)
					return
				}
				if n := b.Len(); n != 200 && n != 210 && n != 220 {
					t.Errorf("%d events", n)
				}
				if _, err := c.Entities(context.Background(), forensics.EntityIP, 5); err != nil {
					t.Error(err)
				}
				v, err := c.Query(context.Background(), inferred)
				if err != nil {
					t.Error(err)
					return
				}
				if n := v.Len(); n != 0 && n != 10 && n != 20 {
					t.Errorf("%d inferred events", n)
				}
				if _, err := v.Events(0, v.Len()); err != nil {
					t.Error(err)
				}
				select {
				case <-done:
					return
				default:
				}
			}
		})
	}
	for i := range 30 {
		mustInfer(t, c, lists[i%2], nil)
	}
	close(done)
	readers.Wait()
}

// BenchmarkReplaceInferred puts 10,000 inferred events into a case of a million, asks for the same
// again, and takes half of them away.
func BenchmarkReplaceInferred(b *testing.B) {
	c, err := Create(filepath.Join(b.TempDir(), "million"), Options{})
	if err != nil {
		b.Fatal(err)
	}
	defer c.Close()
	fill(b, c, auditEvents(1_000_000, 2), 4096)
	mustBriefs(b, c)
	events := make([]forensics.Event, 10_000)
	additions := make([]Addition, len(events))
	for i := range events {
		events[i] = missing(1, i*30, fmt.Sprint("gap ", i), "uid-gap")
		additions[i] = Addition{Row: int64(i*90 + 1), Reasons: []string{"reference"}}
	}
	for _, step := range []struct {
		name string
		n    int
	}{{"all", len(events)}, {"the-same", len(events)}, {"half", len(events) / 2}} {
		b.Run(step.name, func(b *testing.B) {
			for b.Loop() {
				b.StopTimer()
				if step.name == "all" {
					mustInfer(b, c, nil, nil)
				} else {
					mustInfer(b, c, events, additions)
				}
				b.StartTimer()
				mustInfer(b, c, events[:step.n], additions)
			}
		})
	}
}
