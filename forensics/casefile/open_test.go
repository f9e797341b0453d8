package casefile

import (
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"keytrail/forensics"

	"github.com/google/go-cmp/cmp"
)

func TestPathAndExists(t *testing.T) {
	for in, want := range map[string]string{"a": "a.keytrail", "a.keytrail": "a.keytrail", "x/a.keytrail/": "x/a.keytrail", "a.b": "a.b.keytrail"} {
		if got := Path(in); got != filepath.FromSlash(want) {
			t.Errorf("Path(%q) = %q, want %q", in, got, want)
		}
	}
	dir := filepath.Join(t.TempDir(), "c")
	if Exists(dir) {
		t.Error("nothing exists")
	}
	if _, err := Open(dir, Options{}); !errors.Is(err, fs.ErrNotExist) || forensics.Hint(err) == "" {
		t.Errorf("got %v", err)
	}
	c, err := Create(dir, Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if !Exists(dir) || c.Name() != "c" || c.Path() != dir+Suffix {
		t.Error(c.Name(), c.Path())
	}
	if _, err := Create(dir, Options{}); err == nil {
		t.Error("a case was made over another")
	}
}

// Every schema that ever was is brought to the newest one with what it holds.
func TestMigrations(t *testing.T) {
	names, err := migrations()
	if err != nil || len(names) == 0 {
		t.Fatal(names, err)
	}
	for have := range names {
		dir := filepath.Join(t.TempDir(), "old.keytrail")
		if err := os.MkdirAll(dir, 0o700); err != nil {
			t.Fatal(err)
		}
		old := Case{path: dir, options: Options{}}
		if old.write, err = sql.Open("sqlite", dsn(filepath.Join(dir, databaseName), nil)); err != nil {
			t.Fatal(err)
		}
		for i, name := range names[:have] {
			if err := old.migrateOne(t.Context(), i+1, name); err != nil {
				t.Fatal(name, err)
			}
		}
		if err := old.write.Close(); err != nil {
			t.Fatal(err)
		}
		c, err := open(dir, Options{})
		if err != nil {
			t.Fatalf("from schema %d: %v", have, err)
		}
		addItem(t, c, "a.log", []forensics.Event{login(1, "pat@example.com", "203.0.113.7")})
		if n := mustQuery(t, c, "").Len(); n != 1 {
			t.Errorf("from schema %d: got %d events", have, n)
		}
		if err := c.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

func TestNewerSchemaIsRefused(t *testing.T) {
	c := newCase(t)
	if _, err := c.write.Exec(`UPDATE meta SET value = '999' WHERE name = 'schema'`); err != nil {
		t.Fatal(err)
	}
	for _, readOnly := range []bool{false, true} {
		_, err := Open(c.Path(), Options{ReadOnly: readOnly})
		if err == nil || !strings.Contains(err.Error(), "newer keytrail") {
			t.Errorf("got %v", err)
		}
	}
}

func TestNoDatabaseIsSaid(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "bad.keytrail")
	if err := os.MkdirAll(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, databaseName), []byte(strings.Repeat("no database ", 99)), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(dir, Options{}); err == nil || !strings.Contains(err.Error(), databaseName) {
		t.Errorf("got %v", err)
	}
}

// A case on a read-only medium is read, also where its log was not folded in.
func TestReadOnlyMedium(t *testing.T) {
	c := newCase(t)
	addItem(t, c, "a.log", []forensics.Event{login(1, "pat@example.com", "203.0.113.7")})
	copied := filepath.Join(t.TempDir(), "case.keytrail")
	if err := os.MkdirAll(copied, 0o700); err != nil {
		t.Fatal(err)
	}
	unfolded := false
	for _, name := range []string{databaseName, databaseName + "-wal"} {
		if err := copyFile(filepath.Join(copied, name), filepath.Join(c.Path(), name)); err != nil {
			t.Fatal(err)
		}
		info, err := os.Stat(filepath.Join(copied, name))
		if err != nil {
			t.Fatal(err)
		}
		unfolded = unfolded || name != databaseName && info.Size() > 0
	}
	if !unfolded {
		t.Fatal("the log is empty: this test tests nothing")
	}
	openAndCount := func() {
		t.Helper()
		before := listing(t, copied)
		r, err := Open(copied, Options{writable: func(string, string) bool { return false }})
		if err != nil {
			t.Fatal(err)
		}
		if n := mustQuery(t, r, "").Len(); n != 1 || !r.ReadOnly() {
			t.Errorf("got %d events, read-only %v", n, r.ReadOnly())
		}
		if err := r.Close(); err != nil {
			t.Error(err)
		}
		if diff := cmp.Diff(before, listing(t, copied)); diff != "" {
			t.Errorf("the medium was written to: -before +after:\n%s", diff)
		}
	}
	openAndCount()
	w, err := Open(copied, Options{}) // closing it folds the log in
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	openAndCount()
}

func listing(t *testing.T, dir string) []string {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, e := range entries {
		info, err := e.Info()
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, fmt.Sprint(e.Name(), " ", info.Size(), " ", info.ModTime()))
	}
	return out
}

// The view for readers of the database says the same as the program.
func TestTimelineViewForReaders(t *testing.T) {
	c := newCase(t)
	addItem(t, c, "a.log", []forensics.Event{login(2, "pat@example.com", "203.0.113.7"), login(1, "kim@example.com", "2001:db8::1")})
	if err := c.Tag([]int64{1}, "odd"); err != nil {
		t.Fatal(err)
	}
	got := dumpQuery(t, c.read, `SELECT datetime, kind, "group", certainty, outcome, account, ip, evidence_name, tags FROM timeline`)
	want := []string{
		"2022-11-14T03:01:00Z login-succeeded login observed success kim@example.com 2001:db8::1 a.log <nil>",
		"2022-11-14T03:02:00Z login-succeeded login observed success pat@example.com 203.0.113.7 a.log odd",
	}
	for i := range got {
		got[i] = strings.Join(strings.Fields(got[i]), " ")
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}
