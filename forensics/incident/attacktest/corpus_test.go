package attacktest_test

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"keytrail/forensics"
	"keytrail/forensics/casefile"
	"keytrail/forensics/geo"
	"keytrail/forensics/incident/attacktest"
	"keytrail/forensics/ingest"
	"keytrail/forensics/investigate"
)

// TestCorpusIncidents asks detection about public samples. What each incident there is, and why, stands in
// docs/detection-measured.md; here are their numbers.
func TestCorpusIncidents(t *testing.T) {
	dir := os.Getenv("KEYTRAIL_CORPUS")
	if dir == "" {
		t.Skip("NOT RUN: KEYTRAIL_CORPUS names no folder of public samples")
	}
	places, err := geo.Embedded()
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		path          string
		counted, weak int
	}{
		// Spam, phishing and broken mail alone are no attack on anybody's mailbox.
		{path: "spam-assassin"},
		{path: "sublime-rules"},
		{path: "MimeKit"},
		{path: "mikel-mail"},
		{path: "james-mime4j"},
		{path: "cpython-test_email"},
		{path: "imaptest"},
		{path: "tika"},
		{path: "java-libpst"},
		// Logs.
		{path: "gws_dataset"},
		{path: "panther-analysis"},
		{path: "Security-Datasets"},
		{path: "crowdsec-hub"},
		{path: "plaso"},
		{path: "export-to-ghostfolio"},
	} {
		t.Run(tt.path, func(t *testing.T) {
			a, n := analyseFolder(t, filepath.Join(dir, tt.path), places)
			counted, weak := 0, 0
			for i := range a.Incidents {
				in := &a.Incidents[i]
				if in.Score >= attacktest.Counts {
					counted++
				} else {
					weak++
				}
				j := attacktest.Judgement{Incident: in}
				t.Logf("%s: %s", in.Account, j.Tell())
				for _, s := range in.Steps {
					t.Logf("    %s: %s", s.Step, s.Why)
				}
			}
			for i := range a.Findings {
				f := &a.Findings[i]
				t.Logf("finding %s %.2f %s %s: %s", f.Rule, f.Weight, f.Account, time.Unix(0, f.Start).UTC().Format(time.RFC3339), f.Why)
			}
			for _, n := range a.Notes {
				t.Log("note: " + n)
			}
			t.Logf("%d events, %d findings, %d incidents, %d of them weak", n, len(a.Findings), len(a.Incidents), weak)
			if counted != tt.counted || weak != tt.weak {
				t.Errorf("%d incidents and %d weak leads, want %d and %d", counted, weak, tt.counted, tt.weak)
			}
		})
	}
}

func analyseFolder(t *testing.T, path string, places *geo.DB) (*forensics.Analysis, int) {
	t.Helper()
	cf, err := casefile.Create(filepath.Join(t.TempDir(), "case"), casefile.Options{Tool: "test"})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = cf.Close() }()
	r := reader(t)
	now := func() time.Time { return time.Date(2026, 12, 1, 0, 0, 0, 0, time.UTC) }
	o := ingest.Options{Formats: r.Formats, Notices: r.Notices, Tool: "test", Now: now, Where: places.Place}
	if _, err := ingest.Add(t.Context(), cf, []string{path}, o, nil); err != nil {
		t.Fatal(err)
	}
	a, err := investigate.Analyse(t.Context(), cf, investigate.Options{Where: places.Place})
	if err != nil {
		t.Fatal(err)
	}
	view, err := cf.Query(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	return a, view.Len()
}
