package ingest_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"keytrail/forensics/casefile"
	"keytrail/forensics/ingest"
)

// BenchmarkAddMaildir takes a folder of small files into a case: what counts is the cost of an item.
func BenchmarkAddMaildir(b *testing.B) {
	const mails = 20_000
	dir := filepath.Join(b.TempDir(), "mail", "cur")
	if err := os.MkdirAll(dir, 0o755); err != nil {
		b.Fatal(err)
	}
	for i := range mails {
		mail := strings.ReplaceAll(twoMails[strings.IndexByte(twoMails, '\n')+1:strings.Index(twoMails, "From b@")], "<1@", fmt.Sprintf("<%d@", i))
		if err := os.WriteFile(filepath.Join(dir, fmt.Sprintf("%d.M1.host:2,S", i)), []byte(mail), 0o644); err != nil {
			b.Fatal(err)
		}
	}
	for b.Loop() {
		c, err := casefile.Create(filepath.Join(b.TempDir(), "bench.keytrail"), casefile.Options{Tool: "bench"})
		if err != nil {
			b.Fatal(err)
		}
		s, err := ingest.Add(b.Context(), c, []string{filepath.Dir(dir)}, options(b), nil)
		if err != nil || s.Events != mails {
			b.Fatalf("%d events: %v", s.Events, err)
		}
		if err := c.Close(); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(mails*float64(b.N)/b.Elapsed().Seconds(), "mails/s")
}
