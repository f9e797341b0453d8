package ingest_test

import (
	"os"
	"path/filepath"
	"testing"

	"keytrail/forensics/casefile"
	"keytrail/forensics/format/microsoft/audittest"
	"keytrail/forensics/ingest"
)

// BenchmarkAddAudit takes audit records through all stages into a finished case. Profile this one
// to see where the time of `keytrail add` goes.
func BenchmarkAddAudit(b *testing.B) {
	const records = 200_000
	path := filepath.Join(b.TempDir(), "audit.csv")
	f, err := os.Create(path)
	if err != nil {
		b.Fatal(err)
	}
	if err := audittest.Write(f, records, 1); err != nil {
		b.Fatal(err)
	}
	if err := f.Close(); err != nil {
		b.Fatal(err)
	}
	info, err := os.Stat(path)
	if err != nil {
		b.Fatal(err)
	}
	b.SetBytes(info.Size())
	for b.Loop() {
		c, err := casefile.Create(filepath.Join(b.TempDir(), "bench.keytrail"), casefile.Options{Tool: "bench"})
		if err != nil {
			b.Fatal(err)
		}
		s, err := ingest.Add(b.Context(), c, []string{path}, options(b), nil)
		if err != nil || s.Events != records {
			b.Fatalf("%d events: %v", s.Events, err)
		}
		if err := c.Close(); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(records*float64(b.N)/b.Elapsed().Seconds(), "rec/s")
}
