package okta

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"keytrail/forensics/corpustest"
	"keytrail/forensics/format/formattest"
)

// TestCorpus reads events that others collected for their rules, some of them stubs.
func TestCorpus(t *testing.T) {
	files, err := filepath.Glob(filepath.Join(corpustest.Dir(t, "panther-analysis"), "okta_*.jsonl"))
	if err != nil || len(files) == 0 {
		t.Skipf("NOT RUN: no okta_*.jsonl in panther-analysis: %v", err)
	}
	for _, name := range files {
		data, err := os.ReadFile(filepath.Clean(name))
		if err != nil {
			t.Fatal(err)
		}
		sink, err := formattest.Parse(SystemLog{}, data)
		if err != nil {
			t.Fatal(err)
		}
		if n := bytes.Count(data, []byte("\n")); sink.Read+len(sink.Skipped) != n || len(sink.Lost) > 0 {
			t.Errorf("%s: %s of %d", filepath.Base(name), sink.Summary(), n)
		}
		kinds := map[string]int{}
		for _, e := range sink.Events() {
			kinds[e.Kind.String()]++
		}
		t.Logf("%s: %s, %v", filepath.Base(name), sink.Summary(), kinds)
	}
	t.Logf("%d files checked", len(files))
}

// FuzzSystemLog asks for no panic, no error, and refs that lie in order inside the input.
func FuzzSystemLog(f *testing.F) {
	// Short ones: the fuzzer makes each input that it finds of use as short as it can before it goes on.
	const event = `{"uuid":"1","published":"2026-03-09T03:12:07.5Z","eventType":"user.session.start","actor":{"type":"User","alternateId":"p@example.com"},"outcome":{"result":"SUCCESS"},` +
		`"client":{"ipAddress":"203.0.113.77"},"target":[{"type":"AppInstance"}],"debugContext":{"debugData":{"risk":"{level=HIGH}"}}}`
	f.Add([]byte(event + "\n" + event))
	f.Add([]byte(`[` + event + `]`))
	f.Add([]byte(`{"events":[` + event + `]}`))
	f.Add([]byte(`{"data":{"events":[` + event + `,{}]}}`))
	f.Add([]byte(`{"detail":` + event + `}`))
	f.Add([]byte("timestamp,event_type,actor.alternate_id,outcome.result,target0.type\n2026-03-09 03:12:07,user.session.start,p@example.com,DENY,\"User\"\n"))
	f.Add([]byte("published;eventType;target[63].type;target.1.alternateId\n2026-03-09T03:12:07Z;x;User;\"a\"\"b@\"\n"))
	f.Fuzz(func(t *testing.T, data []byte) { formattest.FuzzOne(t, SystemLog{}, data) })
}

func BenchmarkSystemLog(b *testing.B) {
	const records = 20000
	var text bytes.Buffer
	for i := range records {
		fmt.Fprintf(&text, `{"actor":{"id":"00u1example","type":"User","alternateId":"pat%d@example.com","displayName":"Pat Doe","detailEntry":null},`+
			`"client":{"userAgent":{"rawUserAgent":"Mozilla/5.0 (X11; Linux x86_64; rv:141.0) Gecko/20100101 Firefox/141.0","os":"Linux","browser":"FIREFOX"},"zone":"null","device":"Computer","id":null,"ipAddress":"203.0.113.%d",`+
			`"geographicalContext":{"city":"Example","state":"Example","country":"Germany","postalCode":"00000","geolocation":{"lat":52.5,"lon":13.4}}},"device":null,`+
			`"authenticationContext":{"authenticationProvider":null,"credentialProvider":null,"credentialType":null,"issuer":null,"interface":null,"authenticationStep":0,"rootSessionId":"102Example%d","externalSessionId":"102Example%d"},`+
			`"displayMessage":"User login to Okta","eventType":"user.session.start","outcome":{"result":"SUCCESS","reason":null},"published":"2026-03-09T03:%02d:%02d.123Z",`+
			`"securityContext":{"asNumber":64496,"asOrg":"example net","isp":"example net","domain":"example.net","isProxy":false},"severity":"INFO",`+
			`"debugContext":{"debugData":{"requestId":"0123456789abcdef0123456789abcdef","requestUri":"/idp/idx/challenge/answer","threatSuspected":"false","url":"/idp/idx/challenge/answer?"}},`+
			`"legacyEventType":"core.user_auth.login_success","transaction":{"type":"WEB","id":"0123456789abcdef0123456789abcdef","detail":{}},"uuid":"00000000-0000-4000-8000-%012d","version":"0",`+
			`"request":{"ipChain":[{"ip":"203.0.113.7","geographicalContext":null,"version":"V4","source":null}]},"target":[{"id":"0oa1example","type":"AppInstance","alternateId":"Okta Dashboard","displayName":"Okta Dashboard","detailEntry":null}]}`+"\n",
			i%50, i%200, i/7, i/7, i/60%60, i%60, i)
	}
	formattest.Benchmark(b, SystemLog{}, text.Bytes(), records)
}
