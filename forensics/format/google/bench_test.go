package google

import (
	"bytes"
	"context"
	"fmt"
	"testing"

	"keytrail/forensics"
	"keytrail/forensics/format"
	"keytrail/forensics/format/formattest"
)

// nothing is a sink that counts.
type nothing struct{ records, events int }

func (s *nothing) Record(r *format.Record) error {
	s.records++
	s.events += len(r.Events)
	return nil
}
func (*nothing) Skip(forensics.Ref)           {}
func (*nothing) Broken(forensics.Ref, string) {}
func (*nothing) Warn(forensics.Ref, string)   {}

func BenchmarkWorkspaceAudit(b *testing.B) {
	const records = 20000
	var text bytes.Buffer
	text.WriteString(`{"kind":"admin#reports#activities","items":[`)
	for i := range records {
		if i > 0 {
			text.WriteByte(',')
		}
		fmt.Fprintf(&text, `{"kind":"admin#reports#activity","id":{"time":"2022-11-14T03:%02d:%02d.429Z","uniqueQualifier":"-%d","applicationName":"login","customerId":"C0example"},`+
			`"etag":"\"exampleexampleexampleexample/%d\"","actor":{"callerType":"USER","email":"pat%d@example.org","profileId":"100000000000000000001"},"ipAddress":"203.0.113.9",`+
			`"events":[{"type":"login","name":"login_success","parameters":[{"name":"login_type","value":"google_password"},{"name":"login_challenge_method","multiValue":["password"]},{"name":"is_suspicious","boolValue":false}]}]}`,
			i/60%60, i%60, i, i, i%50)
	}
	text.WriteString("]}")
	benchmark(b, WorkspaceAudit{}, text.Bytes(), records)
}

func BenchmarkTakeoutAccessLog(b *testing.B) {
	const records = 20000
	var text bytes.Buffer
	text.WriteString("Gaia ID,Activity Timestamp,IP Address,Proxiedhost IP Address,Is Non-routable IP Address,Activity Country,Activity Region,Activity City,User Agent String,Product Name,Sub-Product Name,Activity Type,Gmail Access Channel\n")
	for i := range records {
		fmt.Fprintf(&text, "1234567890,2026-10-01 06:%02d:%02d UTC,203.0.113.9,,,NL,,,\"Mozilla/5.0 (X11; Linux x86_64), like Gecko\",Gmail,,Login,\n", i/60%60, i%60)
	}
	benchmark(b, TakeoutAccessLog{}, text.Bytes(), records)
}

func benchmark(b *testing.B, f format.Format, text []byte, records int) {
	b.SetBytes(int64(len(text)))
	b.ReportAllocs()
	n := 0
	for b.Loop() {
		s := &nothing{}
		if err := f.Parse(context.Background(), formattest.Input("", text), s); err != nil || s.records != records {
			b.Fatalf("%d records, error %v", s.records, err)
		}
		n += s.records
	}
	b.ReportMetric(float64(n)/b.Elapsed().Seconds(), "records/s")
}
