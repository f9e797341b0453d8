package microsoft_test

import (
	"bytes"
	"context"
	"testing"

	"keytrail/forensics"
	"keytrail/forensics/format"
	"keytrail/forensics/format/microsoft"
	"keytrail/forensics/format/microsoft/audittest"
)

// counter is a sink that only counts.
type counter struct{ records, events, skipped, broken, warnings int }

func (c *counter) Record(r *format.Record) error {
	c.records++
	c.events += len(r.Events)
	return nil
}
func (c *counter) Skip(forensics.Ref)           { c.skipped++ }
func (c *counter) Broken(forensics.Ref, string) { c.broken++ }
func (c *counter) Warn(forensics.Ref, string)   { c.warnings++ }

// BenchmarkUnifiedAudit reads made-up logs of 20,000 records, as a Purview export and as JSON lines.
func BenchmarkUnifiedAudit(b *testing.B) {
	const n = 20000
	var log bytes.Buffer
	if err := audittest.Write(&log, n, 1); err != nil {
		b.Fatal(err)
	}
	b.Run("csv", func(b *testing.B) { bench(b, log.Bytes(), n) })

	var lines bytes.Buffer
	rows := format.NewCSV(bytes.NewReader(log.Bytes()), 0)
	rows.Next()
	for rows.Next() {
		lines.Write(rows.Fields()[5])
		lines.WriteByte('\n')
	}
	b.Run("json", func(b *testing.B) { bench(b, lines.Bytes(), n) })
}

func bench(b *testing.B, text []byte, n int) {
	b.SetBytes(int64(len(text)))
	b.ReportAllocs()
	for b.Loop() {
		var got counter
		in := &format.Input{Name: "AuditLog", Size: int64(len(text)), Head: text[:format.HeadSize], Reader: bytes.NewReader(text)}
		if err := (microsoft.UnifiedAudit{}).Parse(context.Background(), in, &got); err != nil {
			b.Fatal(err)
		}
		if got != (counter{records: n, events: n}) {
			b.Fatalf("read %+v", got)
		}
	}
	b.ReportMetric(float64(n)*float64(b.N)/b.Elapsed().Seconds(), "rec/s")
	b.ReportMetric(float64(len(text))/float64(n), "B/rec")
}
