package google

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"keytrail/forensics/corpustest"
	"keytrail/forensics/format/formattest"
)

// TestCorpusWorkspace reads the dumps of a lab; the counts were taken with jq.
func TestCorpusWorkspace(t *testing.T) {
	dir := corpustest.Dir(t, "gws_dataset")
	type counts struct {
		Records, Events int
		Kinds           map[string]int
	}
	tests := map[string]counts{
		"admin.json":             {206, 210, map[string]int{"consent-granted": 1, "other": 208, "password-changed": 1}},
		"drive.json":             {30, 61, map[string]int{"other": 61}},
		"calendar.json":          {8, 16, map[string]int{"other": 16}},
		"groups_enterprise.json": {4, 7, map[string]int{"other": 7}},
		"user_accounts.json":     {6, 6, map[string]int{"forwarding-set": 3, "password-changed": 2, "second-factor-changed": 1}},
	}
	for name, want := range tests {
		data, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		if g := (WorkspaceAudit{}).Match(formattest.Head(name, data)); g.Score < 90 {
			t.Errorf("%s: score %d (%s)", name, g.Score, g.Why)
		}
		sink, err := formattest.Parse(WorkspaceAudit{}, data)
		if err != nil {
			t.Fatal(err)
		}
		got := counts{Records: sink.Read, Events: len(sink.Events()), Kinds: map[string]int{}}
		facts := map[string]bool{}
		for _, e := range sink.Events() {
			got.Kinds[e.Kind.String()]++
			facts[e.Fact] = true
		}
		if d := cmp.Diff(want, got); d != "" {
			t.Errorf("%s (-want +got):\n%s", name, d)
		}
		if len(facts) != want.Events || facts[""] {
			t.Errorf("%s: %d different facts, want %d", name, len(facts), want.Events)
		}
		if n := len(sink.Skipped) + len(sink.Lost) + len(sink.Warnings); n > 0 {
			t.Errorf("%s: %s", name, sink.Summary())
		}
	}
	t.Logf("%d files checked in %s", len(tests), dir)
}

// TestCorpusStubs reads activities that others re-shaped, some of them stubs.
func TestCorpusStubs(t *testing.T) {
	files, err := filepath.Glob(filepath.Join(corpustest.Dir(t, "panther-analysis"), "gsuite_*.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range files {
		data, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		var logs []byte // the member "log" of every line, which comes last
		n := 0
		for line := range bytes.Lines(data) {
			if _, log, ok := bytes.Cut(bytes.TrimRight(line, "\n"), []byte(`"log":`)); ok {
				logs = append(append(logs, log[:len(log)-1]...), '\n')
				n++
			}
		}
		sink, err := formattest.Parse(WorkspaceAudit{}, logs)
		if err != nil {
			t.Fatal(err)
		}
		if sink.Read+len(sink.Skipped)+len(sink.Lost) != n || len(sink.Lost) > 0 {
			t.Errorf("%s: %s of %d", filepath.Base(name), sink.Summary(), n)
		}
		t.Logf("%s: %s of %d", filepath.Base(name), sink.Summary(), n)
	}
	t.Logf("%d files checked", len(files))
}
