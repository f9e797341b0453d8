package ingest_test

import (
	"path/filepath"
	"testing"

	"keytrail/forensics"
	"keytrail/forensics/casefile"
	"keytrail/forensics/corpustest"
	"keytrail/forensics/filter"
)

// TestCorpusCounts compares with what jq, grep and Python's email package count.
func TestCorpusCounts(t *testing.T) {
	dir := corpustest.Dir(t)
	for _, tt := range []struct {
		path    string
		items   int64 // 0: not compared
		records int64
		events  map[string]int // by filter
	}{
		{path: "MimeKit/mbox/content-length.mbox.txt", records: 29},
		{path: "MimeKit/mbox/issue1189.mbox.txt", records: 4},
		{path: "MimeKit/mbox/simple.mbox.txt", records: 3},
		// Two separators, one of them behind a byte order mark; the two "From Russia with love" are prose.
		{path: "MimeKit/mbox/unmunged.mbox.txt", records: 2},
		{path: "tika/complex.mbox", records: 3},
		{path: "tika/simple.mbox", records: 2},
		{path: "tika/quoted.mbox", records: 1},
		{path: "tika/multiline.mbox", records: 1},
		{path: "tika/multiline2.mbox", records: 1},
		{path: "tika/headers.mbox", records: 1},
		{path: "tika/single_mail.mbox", records: 1},
		{path: "tika/testMBOX_complex.mbox", records: 1},
		{path: "tika/testMBOX_lengthy_x-headers.mbox", records: 1},
		{path: "spam-assassin/easy-ham-1", items: 2500, records: 2500, events: map[string]int{"group:key": 0, "group:reset": 0, "group:money": 0, "group:settings": 0}},
		{path: "spam-assassin/spam-1", items: 500, records: 500, events: map[string]int{"group:key": 0, "group:reset": 0, "group:money": 0, "group:settings": 0}},
		{path: "sublime-rules", events: map[string]int{"group:key": 0, "group:reset": 0}},
		{path: "gws_dataset/admin.json", records: 206, events: map[string]int{"": 210}},
		{path: "gws_dataset/drive.json", records: 30, events: map[string]int{"": 61}},
		{path: "gws_dataset/calendar.json", records: 8, events: map[string]int{"": 16}},
		{path: "gws_dataset/groups_enterprise.json", records: 4, events: map[string]int{"": 7}},
		{path: "gws_dataset/user_accounts.json", records: 6, events: map[string]int{"kind:forwarding-set": 3, "kind:password-changed": 2, "kind:second-factor-changed": 1}},
	} {
		t.Run(filepath.ToSlash(tt.path), func(t *testing.T) {
			c, s := add(t, filepath.Join(dir, tt.path))
			if tt.records != 0 && s.Records != tt.records {
				t.Errorf("%d records, want %d", s.Records, tt.records)
			}
			if tt.items != 0 && s.Items < tt.items {
				t.Errorf("%d items, want %d or more", s.Items, tt.items)
			}
			for f, want := range tt.events {
				if got := count(t, c, f); got != want {
					t.Errorf("%d events match %q, want %d", got, f, want)
				}
			}
			checkItems(t, c)
		})
	}
}

// TestWholeCorpus reads everything there is: nothing may panic, and every count must add up.
func TestWholeCorpus(t *testing.T) {
	c, s := add(t, corpustest.Dir(t))
	items := checkItems(t, c)
	t.Logf("%d items, %d records, %d events, %d warnings", items, s.Records, s.Events, s.Warnings)
	if items < 3500 {
		t.Errorf("only %d items were found", items)
	}
}

// checkItems checks that the counts of every item add up and that none failed by a panic.
func checkItems(t *testing.T, c *casefile.Case) int {
	t.Helper()
	items, err := c.Items(0)
	if err != nil {
		t.Fatal(err)
	}
	for _, it := range items {
		if it.Read+it.Skipped+it.Broken != it.Records {
			t.Errorf("%s: %d read + %d skipped + %d broken != %d records", it.Name, it.Read, it.Skipped, it.Broken, it.Records)
		}
		if it.Status == forensics.StatusReading {
			t.Errorf("%s: still marked as being read", it.Name)
		}
		if it.Broken > it.Warnings {
			t.Errorf("%s: %d broken records, but %d warnings", it.Name, it.Broken, it.Warnings)
		}
		if it.Status == forensics.StatusFailed {
			t.Logf("%s failed: %.200s", it.Name, it.Reason)
		}
	}
	return len(items)
}

func count(t *testing.T, c *casefile.Case, text string) int {
	t.Helper()
	expr, err := filter.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	view, err := c.Query(t.Context(), expr)
	if err != nil {
		t.Fatal(err)
	}
	return view.Len()
}
