package casefile

import (
	"bufio"
	"context"
	"database/sql"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"keytrail/forensics"

	"github.com/google/go-cmp/cmp"
)

const crashEnv = "KEYTRAIL_TEST_CRASH_CASE"

// TestMain runs as the child that is killed where the environment says so.
func TestMain(m *testing.M) {
	if path := os.Getenv(crashEnv); path != "" {
		if err := addAll(path, func(step int) { fmt.Println(step) }); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// addAll adds four items as ingest does, taking up what an earlier run left. Every
// item repeats some facts of the one before.
func addAll(path string, progress func(step int)) error {
	o := Options{Tool: "keytrail test", Who: "tester@host", Now: func() time.Time { return time.Unix(1668999600, 0) }, groupEvents: 120}
	open := Open
	if !Exists(path) {
		open = Create
	}
	c, err := open(path, o)
	if err != nil {
		return err
	}
	defer c.Close()
	step := 0
	for item := range 4 {
		if all, err := c.Evidence(); err != nil {
			return err
		} else if item == 2 && len(all) == 2 { // as when an add is followed by another
			if err := inferAll(c, 1); err != nil {
				return err
			}
		}
		ev, err := c.BeginEvidence(forensics.Evidence{Name: fmt.Sprint(item), Path: fmt.Sprintf("/evidence/%d", item), Size: 5})
		if err != nil {
			return err
		}
		it, found, err := c.FindItem(ev.ID, "")
		if err != nil {
			return err
		}
		if ev.Done {
			continue
		}
		if found && it.Status != forensics.StatusReading {
			if err := c.FinishEvidence(ev.ID, it.Digest, 5); err != nil {
				return err
			}
			continue
		}
		w, err := c.BeginItem(forensics.Item{Evidence: ev.ID})
		if err != nil {
			return err
		}
		it = forensics.Item{Status: forensics.StatusOK, Digest: digestOf(fmt.Sprint(item))}
		for batch := range 8 {
			var events []forensics.Event
			for i := range 50 {
				n := batch*50 + i
				e := login(item*300+n, fmt.Sprintf("user%d@example.com", n%7), "203.0.113.9")
				e.Subject = fmt.Sprintf("subject of %d", n)
				if n%3 == 0 {
					e.Fact = fmt.Sprint(item*300 + n) // items overlap in 100 of 400
				}
				events = append(events, e)
			}
			dup, err := w.Append(events)
			if err != nil {
				return err
			}
			if err := w.Warn([]forensics.Warning{{Text: fmt.Sprintf("item %d batch %d", item, batch)}}); err != nil {
				return err
			}
			it.Records, it.Duplicates = it.Records+50, it.Duplicates+int64(dup)
			it.Events, it.Warnings = it.Records-it.Duplicates, it.Warnings+1
			step++
			progress(step)
		}
		if item == 2 { // as if its bytes were known already
			it.Status, it.Counts = forensics.StatusDuplicate, forensics.Counts{}
			err = w.Discard(it)
		} else {
			err = w.Finish(it)
		}
		if err != nil {
			return err
		}
		if err := c.FinishEvidence(ev.ID, it.Digest, 5); err != nil {
			return err
		}
	}
	if err := inferAll(c, 2); err != nil {
		return err
	}
	return c.Settle()
}

// inferAll infers something from every so many events of what is there: the second time takes some of the first back. It is one
// call, as the program's own, so that a run that is killed has made it or not.
func inferAll(c *Case, every int) error {
	if stale, err := c.InferenceIsStale(context.Background()); err != nil || !stale {
		return err
	}
	b, err := c.Briefs(context.Background())
	if err != nil {
		return err
	}
	a, err := b.Account("user3@example.com", nil)
	if err != nil {
		return err
	}
	var events []forensics.Event
	var additions []Addition
	for i, brief := range a.Briefs {
		if brief.Certainty == forensics.Inferred || i%every != 0 {
			continue
		}
		events = append(events, forensics.Event{Kind: forensics.MailMissing, Time: at(i), Account: "gone@example.com", Fact: fmt.Sprint("gap ", brief.Row),
			Ref: forensics.Ref{Item: brief.Item, Offset: brief.Row}, SeenIn: []forensics.Ref{{Item: 1, Offset: brief.Row}}})
		additions = append(additions, Addition{Row: brief.Row, Reasons: []string{"uid-gap"}, Refs: []forensics.Ref{{Item: 2, Offset: 1}}})
	}
	_, err = c.ReplaceInferred(context.Background(), events, additions[len(additions)/2*(every-1):])
	return err
}

// dump writes everything of a case that must not depend on interruptions.
func dump(t *testing.T, path string) []string {
	t.Helper()
	c, err := Open(path, Options{ReadOnly: true})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	var out []string
	for _, query := range []string{
		`SELECT 'evidence', * FROM evidence ORDER BY id`,
		`SELECT 'item', id, evidence, name, digest, status, records, events, duplicates, warnings, first, last FROM item ORDER BY id`,
		`SELECT 'event', ` + strings.ReplaceAll(strings.Join(eventColumns(), ", "), "fact, ", "fact IS NULL, ") + ` FROM event ORDER BY id`,
		`SELECT 'seen', event, fact = 0, item, "offset", length, line FROM seen_in ORDER BY event, item, "offset"`,
		`SELECT 'addition', event, more FROM addition ORDER BY event`,
		`SELECT 'warning', evidence, item, text FROM warning ORDER BY id`,
		`SELECT 'text', id, text FROM text ORDER BY id`,
		`SELECT 'custody', seq, what, detail FROM custody ORDER BY seq`,
	} {
		out = append(out, dumpQuery(t, c.read, query)...)
	}
	v, err := c.Query(context.Background(), nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range mustEvents(t, v) {
		out = append(out, fmt.Sprint(e.ID, e.Row, e.SeenIn))
	}
	return out
}

func dumpQuery(t *testing.T, db *sql.DB, query string) []string {
	t.Helper()
	rows, err := db.Query(query)
	if err != nil {
		t.Fatal(query, err)
	}
	defer rows.Close()
	names, err := rows.Columns()
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for rows.Next() {
		values, to := make([]any, len(names)), make([]any, len(names))
		for i := range to {
			to[i] = &values[i]
		}
		if err := rows.Scan(to...); err != nil {
			t.Fatal(err)
		}
		out = append(out, strings.TrimSpace(fmt.Sprintln(values...)))
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return out
}

// A process that is killed in the middle, several times, and run again leaves the
// case that one run leaves.
func TestKilledAndRunAgain(t *testing.T) {
	straight := filepath.Join(t.TempDir(), "test.keytrail")
	if err := addAll(straight, func(int) {}); err != nil {
		t.Fatal(err)
	}
	want := dump(t, straight)
	r := rand.New(rand.NewPCG(1, 2))
	for round := range 6 {
		path := filepath.Join(t.TempDir(), "test.keytrail")
		for range 3 {
			killAfter(t, path, 1+r.IntN(20))
		}
		if err := addAll(path, func(int) {}); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, dump(t, path)); diff != "" {
			t.Fatalf("round %d: -straight +killed:\n%s", round, diff)
		}
	}
}

// killAfter runs addAll in a process of its own and kills it after so many steps.
func killAfter(t *testing.T, path string, steps int) {
	t.Helper()
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(exe)
	cmd.Env = append(os.Environ(), crashEnv+"="+path)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	cmd.Stderr = os.Stderr
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(out)
	for steps > 0 && lines.Scan() {
		steps--
	}
	if err := cmd.Process.Kill(); err != nil {
		t.Log(err) // it may have come to its end
	}
	_ = cmd.Wait() // it was killed: that is its error
}
