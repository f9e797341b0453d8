package casefile

import (
	"fmt"
	"testing"

	"keytrail/forensics"
)

// small adds an item with one event as ingest does, and gives it back as it was finished.
func small(t testing.TB, c *Case, evidence int64, name string, minute int) forensics.Item {
	t.Helper()
	w, err := c.BeginItem(forensics.Item{Evidence: evidence, Name: name})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.Append([]forensics.Event{login(minute, "pat@example.com", "203.0.113.7")}); err != nil {
		t.Fatal(err)
	}
	it := forensics.Item{ID: w.ID(), Evidence: evidence, Name: name, Size: 9, Digest: digestOf(name), Status: forensics.StatusOK, Counts: forensics.Counts{Records: 1, Read: 1, Events: 1}}
	if err := w.Finish(it); err != nil {
		t.Fatal(err)
	}
	return it
}

func beginFolder(t testing.TB, c *Case) int64 {
	t.Helper()
	ev, err := c.BeginEvidence(forensics.Evidence{Name: "mail", Path: "/evidence/mail", IsFolder: true})
	if err != nil {
		t.Fatal(err)
	}
	return ev.ID
}

// storedItems counts what another program would see.
func storedItems(t testing.TB, c *Case) (n int) {
	t.Helper()
	if err := c.read.QueryRow(`SELECT count(*) FROM item`).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

// Items share a transaction, and are found before it is written and after.
func TestItemsShareTransactions(t *testing.T) {
	c := newCase(t)
	ev := beginFolder(t, c)
	before := c.Generation()
	var last forensics.Item
	const n = 3*groupItems + 10
	for i := range n {
		last = small(t, c, ev, fmt.Sprint(i), i)
	}
	if got := c.Generation() - before; got < 3 || got > n/10 {
		t.Errorf("%d items took %d transactions", n, got)
	}
	for range 2 {
		for _, it := range []forensics.Item{{Name: "0", Digest: digestOf("0")}, last} {
			found, ok, err := c.FindItem(ev, it.Name)
			if err != nil || !ok || found.Name != it.Name || found.Digest != it.Digest || found.Status != forensics.StatusOK {
				t.Errorf("%s: got %+v, %v, %v", it.Name, found, ok, err)
			}
			same, ok, err := c.FindContent(it.Digest)
			if err != nil || !ok || same.ID != found.ID {
				t.Errorf("%s: got %+v, %v, %v", it.Name, same, ok, err)
			}
		}
		if _, ok, err := c.FindItem(ev+1, "0"); ok || err != nil {
			t.Errorf("an item of other evidence: %v, %v", ok, err)
		}
		if _, ok, err := c.FindContent(digestOf("none")); ok || err != nil {
			t.Errorf("content that is not there: %v, %v", ok, err)
		}
		if items, err := c.Items(ev); err != nil || len(items) != n { // and writes them
			t.Errorf("%d items, %v", len(items), err)
		}
	}
	if got := mustQuery(t, c, "").Len(); got != n || storedItems(t, c) != n {
		t.Errorf("%d events", got)
	}
}

// Whoever asks sees what was added, though nothing was written yet.
func TestReadingWritesTheGroup(t *testing.T) {
	c := newCase(t)
	ev := beginFolder(t, c)
	small(t, c, ev, "a", 1)
	if storedItems(t, c) != 0 {
		t.Skip("a tenth of a second has gone by") // on a machine under load
	}
	if got := mustQuery(t, c, "").Len(); got != 1 || storedItems(t, c) != 1 {
		t.Errorf("%d events", got)
	}
	small(t, c, ev, "b", 2)
	if got := mustBriefs(t, c).Len(); got != 2 {
		t.Errorf("%d briefs", got)
	}
	w, err := c.BeginItem(forensics.Item{Evidence: ev, Name: "c"})
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Warn([]forensics.Warning{{Text: "torn"}}); err != nil {
		t.Fatal(err)
	}
	if ws, err := c.Warnings(0, 0, 9); err != nil || len(ws) != 1 || ws[0].ItemName != "c" || ws[0].Text != "torn" {
		t.Errorf("got %+v, %v", ws, err)
	}
	if it, ok, err := c.FindItem(ev, "c"); err != nil || !ok || it.Status != forensics.StatusReading {
		t.Errorf("got %+v, %v, %v", it, ok, err)
	}
}

// A case that is closed has what was finished.
func TestCloseWritesTheGroup(t *testing.T) {
	c := newCase(t)
	small(t, c, beginFolder(t, c), "a", 1)
	if err := c.Close(); err != nil {
		t.Fatal(err)
	}
	again, err := Open(c.Path(), Options{ReadOnly: true})
	if err != nil {
		t.Fatal(err)
	}
	defer again.Close()
	if got := mustQuery(t, again, "").Len(); got != 1 {
		t.Errorf("%d events", got)
	}
}

// What could not be written is lost: nobody can finish the evidence until it is begun again, and then
// the items are read again.
func TestLostGroup(t *testing.T) {
	c := newCase(t)
	ev := beginFolder(t, c)
	small(t, c, ev, "a", 1)
	mustQuery(t, c, "")
	small(t, c, ev, "b", 2)
	if err := c.bulk.db.exec("PRAGMA query_only = 1"); err != nil {
		t.Fatal(err)
	}
	if err := c.FinishEvidence(ev, digestOf("mail"), 1); err == nil {
		t.Fatal("the evidence is done though an item of it was lost")
	}
	if _, err := c.BeginItem(forensics.Item{Evidence: ev, Name: "c"}); err == nil {
		t.Error("an item begins behind one that was lost")
	}
	if err := c.FinishEvidence(ev, digestOf("mail"), 1); err == nil {
		t.Fatal("the evidence is done at the second try")
	}
	if again := beginFolder(t, c); again != ev {
		t.Fatalf("evidence %d, want %d", again, ev)
	}
	if _, ok, err := c.FindItem(ev, "b"); ok || err != nil {
		t.Errorf("the lost item is there: %v, %v", ok, err)
	}
	b := small(t, c, ev, "b", 2)
	if b.ID != 2 {
		t.Errorf("the item's number is %d", b.ID)
	}
	if err := c.FinishEvidence(ev, digestOf("mail"), 1); err != nil {
		t.Fatal(err)
	}
	if got := rowsOf(t, c, ""); len(got) != 2 || got[1] != 2 {
		t.Errorf("rows %v", got)
	}
}

// The interner forgets texts when it knows very many, but none that is not written yet.
func TestTextsNotWrittenAreRemembered(t *testing.T) {
	in := &interner{known: map[string]uint32{}, next: 1, complete: true}
	var b bulk // is not asked: the interner is complete until it forgets
	for i := range 10 {
		if _, err := in.number(&b, fmt.Sprint("fresh ", i)); err != nil {
			t.Fatal(err)
		}
	}
	for i := len(in.known); i < maxInterned; i++ {
		in.known[fmt.Sprint("old ", i)] = uint32(i + 100)
	}
	in.remember("one more", 7)
	for i := range 10 {
		if in.known[fmt.Sprint("fresh ", i)] != uint32(i+1) {
			t.Errorf("text %d is forgotten", i)
		}
	}
	if len(in.known) > maxInterned/2+20 {
		t.Errorf("%d texts known", len(in.known))
	}
}
