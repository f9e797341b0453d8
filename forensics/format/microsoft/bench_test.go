package microsoft_test

import (
	"bytes"
	"testing"

	"keytrail/forensics/format"
	"keytrail/forensics/format/formattest"
	"keytrail/forensics/format/microsoft"
	"keytrail/forensics/format/microsoft/audittest"
)

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
	formattest.Benchmark(b, microsoft.UnifiedAudit{}, text, n)
	b.ReportMetric(float64(len(text))/float64(n), "B/rec")
}
