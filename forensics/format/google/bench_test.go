package google

import (
	"bytes"
	"fmt"
	"testing"

	"keytrail/forensics/format/formattest"
)

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
	formattest.Benchmark(b, WorkspaceAudit{}, text.Bytes(), records)
}

func BenchmarkTakeoutAccessLog(b *testing.B) {
	const records = 20000
	var text bytes.Buffer
	text.WriteString("Gaia ID,Activity Timestamp,IP Address,Proxiedhost IP Address,Is Non-routable IP Address,Activity Country,Activity Region,Activity City,User Agent String,Product Name,Sub-Product Name,Activity Type,Gmail Access Channel\n")
	for i := range records {
		fmt.Fprintf(&text, "1234567890,2026-10-01 06:%02d:%02d UTC,203.0.113.9,,,NL,,,\"Mozilla/5.0 (X11; Linux x86_64), like Gecko\",Gmail,,Login,\n", i/60%60, i%60)
	}
	formattest.Benchmark(b, TakeoutAccessLog{}, text.Bytes(), records)
}
