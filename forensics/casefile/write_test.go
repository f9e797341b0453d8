package casefile

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"keytrail/forensics"

	"github.com/google/go-cmp/cmp"
)

func fact(e forensics.Event, fact string) forensics.Event {
	e.Fact = fact
	return e
}

func TestBeginEvidenceFindsItsOwn(t *testing.T) {
	c := newCase(t)
	e := forensics.Evidence{Name: "a", Path: "/a", Size: 3, Modified: testClock()()}
	first, err := c.BeginEvidence(e)
	if err != nil {
		t.Fatal(err)
	}
	again, err := c.BeginEvidence(e)
	if err != nil || again.ID != first.ID || again.Done {
		t.Errorf("unfinished: got %+v, %v", again, err)
	}
	if err := c.FinishEvidence(first.ID, digestOf("a"), 3); err != nil {
		t.Fatal(err)
	}
	if done, err := c.BeginEvidence(e); err != nil || done.ID != first.ID || !done.Done || done.Digest != digestOf("a") {
		t.Errorf("finished: got %+v, %v", done, err)
	}
	e.Size = 4
	if changed, err := c.BeginEvidence(e); err != nil || changed.ID == first.ID || changed.Done {
		t.Errorf("changed: got %+v, %v", changed, err)
	}
	if list, err := c.Evidence(); err != nil || len(list) != 2 || list[0].Tool != "keytrail test" || !list[0].Modified.Equal(e.Modified) {
		t.Errorf("got %+v, %v", list, err)
	}
}

func TestFindItemAndContent(t *testing.T) {
	c := newCase(t)
	it := addItem(t, c, "a.log", []forensics.Event{login(1, "a@example.com", "203.0.113.1")})
	if got, ok, err := c.FindItem(it.Evidence, ""); err != nil || !ok || got.ID != it.ID || got.Status != forensics.StatusOK ||
		got.Counts != it.Counts || got.First != at(1).Nano || got.Last != at(1).Nano || got.Digest != it.Digest || got.Format != "test/events" {
		t.Errorf("got %+v %v %v", got, ok, err)
	}
	if _, ok, err := c.FindItem(it.Evidence, "x"); err != nil || ok {
		t.Error(ok, err)
	}
	if got, ok, err := c.FindContent(it.Digest); err != nil || !ok || got.ID != it.ID {
		t.Errorf("got %+v %v %v", got, ok, err)
	}
	if _, ok, err := c.FindContent(digestOf("zzz")); err != nil || ok {
		t.Error(ok, err)
	}
}

// What Discard takes away is gone from the timeline, in this process and the next.
func TestDiscard(t *testing.T) {
	c := newCase(t)
	addItem(t, c, "a.log", []forensics.Event{fact(login(1, "a@example.com", "203.0.113.1"), "1")})
	ev, err := c.BeginEvidence(forensics.Evidence{Name: "b", Path: "/b"})
	if err != nil {
		t.Fatal(err)
	}
	w, err := c.BeginItem(forensics.Item{Evidence: ev.ID, Name: "x/y"})
	if err != nil {
		t.Fatal(err)
	}
	if dup, err := w.Append([]forensics.Event{fact(login(1, "a@example.com", "203.0.113.1"), "1"), login(2, "a@example.com", "203.0.113.1"),
		fact(login(3, "a@example.com", "203.0.113.1"), "3")}); err != nil || dup != 1 {
		t.Fatal(dup, err)
	}
	before := mustQuery(t, c, "")
	if err := w.Discard(forensics.Item{Status: forensics.StatusDuplicate, Digest: digestOf("b")}); err != nil {
		t.Fatal(err)
	}
	if before.Len() != 3 {
		t.Error("a view is not a snapshot")
	}
	if got := mustEvents(t, before); len(got) != 1 {
		t.Errorf("events that were taken away came back: %d", len(got))
	}
	third := addItem(t, c, "c.log", []forensics.Event{fact(login(3, "c@example.com", "203.0.113.1"), "3")})
	for range 2 {
		events := mustEvents(t, mustQuery(t, c, ""))
		if len(events) != 2 || len(events[0].SeenIn) != 0 || events[1].Ref.Item != third.ID {
			t.Errorf("got %+v", events)
		}
		if c, err = Open(c.Path(), Options{ReadOnly: true}); err != nil {
			t.Fatal(err)
		}
		defer c.Close()
	}
}

// A further ref that another item gave stays with its fact while the item that has
// the event is read again.
func TestFurtherRefsSurviveReadingAgain(t *testing.T) {
	c := newCase(t)
	ev, err := c.BeginEvidence(forensics.Evidence{Name: "a", Path: "/a"})
	if err != nil {
		t.Fatal(err)
	}
	begin := func() *ItemWriter {
		w, err := c.BeginItem(forensics.Item{Evidence: ev.ID})
		if err != nil {
			t.Fatal(err)
		}
		return w
	}
	events := []forensics.Event{login(7, "x@example.com", "203.0.113.1"), fact(login(1, "a@example.com", "203.0.113.1"), "1")}
	if _, err := begin().Append(events); err != nil { // and never finished
		t.Fatal(err)
	}
	other := addItem(t, c, "b.log", []forensics.Event{fact(login(1, "a@example.com", "203.0.113.1"), "1")})
	w := begin()
	if got := mustQuery(t, c, "").Len(); got != 0 {
		t.Errorf("%d events are left of an item that was not finished", got)
	}
	if _, err := w.Append(events); err != nil {
		t.Fatal(err)
	}
	got := mustEvents(t, mustQuery(t, c, ""))
	if len(got) != 2 || len(got[0].SeenIn) != 1 || got[0].SeenIn[0].Item != other.ID {
		t.Errorf("got %+v", got)
	}
}

func TestWarnings(t *testing.T) {
	c := newCase(t)
	ev, err := c.BeginEvidence(forensics.Evidence{Name: "a", Path: "/a"})
	if err != nil {
		t.Fatal(err)
	}
	w, err := c.BeginItem(forensics.Item{Evidence: ev.ID, Name: "m"})
	if err != nil {
		t.Fatal(err)
	}
	var ws []forensics.Warning
	for i := range 5 {
		ws = append(ws, forensics.Warning{Ref: forensics.Ref{Offset: int64(i), Length: 2, Line: 3}, Text: fmt.Sprint("bad ", i)})
	}
	if err := w.Warn(ws); err != nil {
		t.Fatal(err)
	}
	got, err := c.Warnings(0, 3, 10)
	if err != nil || len(got) != 2 {
		t.Fatal(got, err)
	}
	want := forensics.Warning{Ref: forensics.Ref{Evidence: ev.ID, Item: w.ID(), Offset: 3, Length: 2, Line: 3}, Text: "bad 3", EvidenceName: "a", ItemName: "m"}
	if diff := cmp.Diff(want, got[0]); diff != "" {
		t.Error(diff)
	}
	if got, err := c.Warnings(ev.ID+1, 0, 10); err != nil || len(got) != 0 {
		t.Error(got, err)
	}
}

func TestSecondWriterIsRefused(t *testing.T) {
	c := newCase(t)
	addItem(t, c, "a.log", []forensics.Event{login(1, "a@example.com", "203.0.113.1")})
	second, err := Open(c.Path(), Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer second.Close()
	if _, err := second.BeginEvidence(forensics.Evidence{Name: "b", Path: "/b"}); err == nil || !strings.Contains(err.Error(), "another keytrail is adding") {
		t.Errorf("got %v", err)
	}
	if n := mustQuery(t, second, "").Len(); n != 1 {
		t.Errorf("the second reads %d events", n)
	}
	// What the first adds is seen by the second, and the second may mark.
	addItem(t, c, "b.log", []forensics.Event{login(2, "b@example.com", "203.0.113.1")})
	if n := mustQuery(t, second, "").Len(); n != 2 {
		t.Errorf("the second reads %d events", n)
	}
	if err := second.Tag([]int64{1}, "x"); err != nil {
		t.Error(err)
	}
}

// Readers run beside the writer; each view is whole batches, in order.
func TestReadersBesideWriter(t *testing.T) {
	c := newCase(t)
	ev, err := c.BeginEvidence(forensics.Evidence{Name: "a", Path: "/a"})
	if err != nil {
		t.Fatal(err)
	}
	w, err := c.BeginItem(forensics.Item{Evidence: ev.ID})
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan struct{})
	var readers sync.WaitGroup
	for range 3 {
		readers.Go(func() {
			for last := 0; ; {
				v, err := c.Query(context.Background(), nil)
				if err != nil {
					t.Error(err)
					return
				}
				if v.Len()%40 != 0 || v.Len() < last {
					t.Errorf("a view of %d after one of %d", v.Len(), last)
				}
				last = v.Len()
				if events, err := v.Events(last-20, 20); err != nil || last > 0 && len(events) != 20 {
					t.Errorf("got %d events, %v", len(events), err)
				}
				v.Histogram(at(0).Nano, at(9999).Nano, 50)
				c.Values("account", "", 5)
				if b, err := c.Briefs(context.Background()); err != nil || b.Len()%40 != 0 || b.Len() < last {
					t.Errorf("other briefs after a view of %d: %v", last, err)
				}
				if _, err := c.Entities(context.Background(), forensics.EntityAccount, 10); err != nil {
					t.Error(err)
				}
				c.SetIncidents(map[int64][]int64{1: {1}}, nil)
				select {
				case <-done:
					return
				default:
				}
			}
		})
	}
	for batch := range 50 {
		var events []forensics.Event
		for i := range 40 {
			events = append(events, login((batch*40+i*977)%2000, fmt.Sprintf("user%d@example.com", i), "203.0.113.1"))
		}
		if _, err := w.Append(events); err != nil {
			t.Fatal(err)
		}
		if batch%10 == 0 {
			if err := c.Tag([]int64{int64(batch + 1)}, "seen"); err != nil {
				t.Fatal(err)
			}
		}
	}
	close(done)
	readers.Wait()
	if n := mustQuery(t, c, "").Len(); n != 2000 {
		t.Errorf("got %d", n)
	}
}

// The derived columns are used where they fit and made anew where they do not.
func TestDerivedFile(t *testing.T) {
	c := story(t)
	if err := c.Settle(); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(c.Path(), derivedDir, rowsName)
	good, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	rowsOf := func(c *Case) (rows []int64) {
		for _, text := range []string{"", "reset", "session:s1abc"} {
			v := mustQuery(t, c, text)
			for k := range v.Len() {
				rows = append(rows, v.Row(k))
			}
		}
		return rows
	}
	want := rowsOf(c)
	check := func(name string, data []byte, used bool) {
		t.Helper()
		if err := os.WriteFile(file, data, 0o600); err != nil {
			t.Fatal(err)
		}
		r, err := Open(c.Path(), Options{ReadOnly: true})
		if err != nil {
			t.Fatal(err)
		}
		defer r.Close()
		if got := r.loadDerived(t.Context()) != nil; got != used {
			t.Errorf("%s: used %v, want %v", name, got, used)
		}
		if diff := cmp.Diff(want, rowsOf(r)); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
	check("good", good, true)
	check("empty", nil, false)
	check("cut", good[:len(good)-8], false)
	check("longer", append(append([]byte{}, good...), 0, 0, 0, 0, 0, 0, 0, 0), false)
	for at := 0; at < len(good); at += 13 {
		bad := append([]byte{}, good...)
		bad[at] ^= 0x10
		if at >= 48 && at < 56 {
			continue // the epoch: compared with the database, not by the reader
		}
		check(fmt.Sprint("byte ", at), bad, false)
	}
	addItem(t, c, "more.log", []forensics.Event{login(1, "more@example.com", "203.0.113.1")})
	want = rowsOf(c)
	check("behind", good, true)
}

func TestOtherCasesDerivedFileIsNotUsed(t *testing.T) {
	a, b := story(t), newCase(t)
	if err := a.Settle(); err != nil {
		t.Fatal(err)
	}
	if err := os.CopyFS(filepath.Join(b.Path(), derivedDir), os.DirFS(filepath.Join(a.Path(), derivedDir))); err != nil {
		t.Fatal(err)
	}
	if n := mustQuery(t, b, "").Len(); n != 0 {
		t.Errorf("got %d events of another case", n)
	}
}
