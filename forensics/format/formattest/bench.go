package formattest

import (
	"context"
	"testing"

	"keytrail/forensics"
	"keytrail/forensics/format"
)

// counter is a sink that only counts, so that a benchmark measures the format alone.
type counter struct{ read, events, skipped, lost, warnings int }

var _ format.Sink = (*counter)(nil)

// Record implements format.Sink.
func (c *counter) Record(r *format.Record) error {
	c.read++
	c.events += len(r.Events)
	return nil
}

// Skip implements format.Sink.
func (c *counter) Skip(forensics.Ref) { c.skipped++ }

// Broken implements format.Sink.
func (c *counter) Broken(forensics.Ref, string) { c.lost++ }

// Warn implements format.Sink.
func (c *counter) Warn(forensics.Ref, string) { c.warnings++ }

// Benchmark measures how fast f reads data, which holds that many records of one event each and nothing else. It reports
// records a second beside the bytes.
func Benchmark(b *testing.B, f format.Format, data []byte, records int) {
	b.Helper()
	b.SetBytes(int64(len(data)))
	b.ReportAllocs()
	n := 0
	for b.Loop() {
		got := &counter{}
		if err := f.Parse(context.Background(), Input("", data), got); err != nil || *got != (counter{read: records, events: records}) {
			b.Fatalf("%+v of %d records, error %v", *got, records, err)
		}
		n += got.read
	}
	b.ReportMetric(float64(n)/b.Elapsed().Seconds(), "records/s")
}
