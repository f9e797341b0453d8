package okta

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"keytrail/forensics"
	"keytrail/forensics/format/formattest"
)

// lines is without the client, which is long and the same throughout.
func lines(events []forensics.Event) []string { return formattest.Lines(events, "client") }

func TestEvents(t *testing.T) {
	files, err := filepath.Glob(filepath.Join("testdata", "system-log", "*"))
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		name := filepath.Base(file)
		t.Run(name, func(t *testing.T) {
			sink := formattest.ParseFile(t, SystemLog{}, "system-log/"+name)
			if d := cmp.Diff(wanted[name], lines(sink.Events())); d != "" {
				t.Errorf("events (-want +got):\n%s", d)
			}
		})
	}
}

// read gives the only event of one record.
func read(t *testing.T, record string) forensics.Event {
	t.Helper()
	sink, err := formattest.Parse(SystemLog{}, []byte(record))
	if err != nil || len(sink.Events()) != 1 {
		t.Fatalf("%s, error %v in %s", sink.Summary(), err, record)
	}
	return sink.Events()[0]
}

func TestOddities(t *testing.T) {
	const at = `"published":"2026-03-09T03:12:07.500Z",`
	tests := map[string]struct{ record, want string }{
		"bare":                  {`{` + at + `"eventType":"user.session.start"}`, "2026-03-09T03:12:07.500Z other user.session.start account= outcome=unknown"},
		"null members":          {`{` + at + `"eventType":"user.session.end","actor":null,"client":null,"outcome":null,"target":null,"securityContext":null,"authenticationContext":null,"debugContext":null,"transaction":null}`, "2026-03-09T03:12:07.500Z other user.session.end account="},
		"wrong types":           {`{` + at + `"eventType":"x.y","actor":"pat","client":[1],"outcome":7,"target":{"type":"User"},"securityContext":"a","debugContext":{"debugData":[]}}`, "2026-03-09T03:12:07.500Z other x.y account="},
		"IPv4 in IPv6":          {`{` + at + `"eventType":"x.y","client":{"ipAddress":"::ffff:192.0.2.7"}}`, "2026-03-09T03:12:07.500Z other x.y account= ip=192.0.2.7"},
		"no address":            {`{` + at + `"eventType":"x.y","client":{"ipAddress":"gateway"}}`, "2026-03-09T03:12:07.500Z other x.y account= host=gateway"},
		"a name, no address":    {`{` + at + `"eventType":"user.session.start","actor":{"type":"User","alternateId":"pat"},"outcome":{"result":"SUCCESS"}}`, "2026-03-09T03:12:07.500Z login-succeeded user.session.start account= actor=pat outcome=success"},
		"an unknown actor":      {`{` + at + `"eventType":"x.y","actor":{"id":"00u1","type":"User","alternateId":"unknown","displayName":"unknown"}}`, "2026-03-09T03:12:07.500Z other x.y account= actor=00u1"},
		"an application acts":   {`{` + at + `"eventType":"x.y","actor":{"type":"PublicClientApp","alternateId":"svc@example.com"}}`, "2026-03-09T03:12:07.500Z other x.y account= actor=svc@example.com"},
		"allowed by a policy":   {`{` + at + `"eventType":"user.session.start","outcome":{"result":"ALLOW"}}`, "2026-03-09T03:12:07.500Z login-succeeded user.session.start account= outcome=success"},
		"a denied push":         {`{` + at + `"eventType":"user.mfa.okta_verify.deny_push","outcome":{"result":"SUCCESS"}}`, "2026-03-09T03:12:07.500Z login-failed user.mfa.okta_verify.deny_push account= outcome=failure"},
		"a factor passed":       {`{` + at + `"eventType":"user.authentication.auth_via_mfa","outcome":{"result":"SUCCESS"},"debugContext":{"debugData":{"factor":"SIGNED_NONCE"}}}`, "2026-03-09T03:12:07.500Z other user.authentication.auth_via_mfa account= outcome=success detail=SIGNED_NONCE"},
		"over RADIUS":           {`{` + at + `"eventType":"user.authentication.auth_via_radius","outcome":{"result":"FAILURE"},"transaction":{"type":"WEB"}}`, "2026-03-09T03:12:07.500Z login-failed user.authentication.auth_via_radius account= outcome=failure protocol=radius"},
		"a country's code":      {`{` + at + `"eventType":"x.y","client":{"geographicalContext":{"country":"NL"}}}`, "2026-03-09T03:12:07.500Z other x.y account= country=NL"},
		"a country in capitals": {`{` + at + `"eventType":"x.y","client":{"geographicalContext":{"country":"CÔTE D'IVOIRE"}}}`, "2026-03-09T03:12:07.500Z other x.y account= country=CI"},
		"no such country":       {`{` + at + `"eventType":"x.y","client":{"geographicalContext":{"country":"Atlantis"}}}`, "2026-03-09T03:12:07.500Z other x.y account="},
		"risk in JSON":          {`{` + at + `"eventType":"x.y","debugContext":{"debugData":{"logOnlySecurityData":{"risk":{"level":"MEDIUM"}}}}}`, "2026-03-09T03:12:07.500Z other x.y account= detail=risk medium"},
		"risk in a text":        {`{` + at + `"eventType":"x.y","debugContext":{"debugData":{"logOnlySecurityData":"{\"risk\":{\"level\":\"HIGH\"}}"}}}`, "2026-03-09T03:12:07.500Z other x.y account= detail=risk high"},
		"low risk":              {`{` + at + `"eventType":"x.y","debugContext":{"debugData":{"risk":{"level":"LOW"}}}}`, "2026-03-09T03:12:07.500Z other x.y account="},
		"a report": {`{` + at + `"eventType":"user.account.report_suspicious_activity_by_enduser","outcome":{"result":"SUCCESS"},"debugContext":{"debugData":{"suspiciousActivityEventType":"user.session.start","suspiciousActivityEventIp":"203.0.113.77"}}}`,
			"2026-03-09T03:12:07.500Z alert user.account.report_suspicious_activity_by_enduser account= outcome=success detail=about user.session.start, from 203.0.113.77"},
		"folded names": {`{"published":"2026-03-09 03:12:07.5","eventtype":"user.session.start","actor":{"type":"User","alternateid":"pat@example.com"},"client":{"ipaddress":"192.0.2.7"},"outcome":{"result":"SUCCESS"},"authentication_context":{"external_session_id":"s"}}`,
			"2026-03-09T03:12:07.500Z login-succeeded user.session.start account=pat@example.com outcome=success ip=192.0.2.7 session=s zone=missing"},
		"offset":       {`{"published":"2026-03-09T05:12:07+02:00","eventType":"x.y"}`, "2026-03-09T03:12:07Z other x.y account="},
		"31 September": {`{"published":"2026-09-31T05:12:07Z","eventType":"x.y"}`, " other x.y account="},
		"year 3609":    {`{"published":"3609-03-09T05:12:07Z","eventType":"x.y"}`, " other x.y account="},
		"no time":      {`{"actor":{"alternateId":"pat@example.com"},"eventType":"x.y"}`, " other x.y account=pat@example.com"},
	}
	for name, tt := range tests {
		t.Run(strings.ReplaceAll(name, " ", "_"), func(t *testing.T) {
			if got := lines([]forensics.Event{read(t, tt.record)})[0]; got != tt.want {
				t.Errorf("got  %s\nwant %s", got, tt.want)
			}
		})
	}
}

// TestOneFact: the same event is one, however it was handed out.
func TestOneFact(t *testing.T) {
	facts := map[string][]string{}
	for _, name := range []string{"api.json", "streams.jsonl", "shipped.jsonl", "console.csv", "shipped.csv"} {
		sink := formattest.ParseFile(t, SystemLog{}, "system-log/"+name)
		for _, e := range sink.Events() {
			if e.Fact == "" {
				t.Errorf("%s: %s has no fact", name, e.Operation)
			}
			facts[e.Fact] = append(facts[e.Fact], e.Kind.String())
		}
	}
	want := []string{"login-succeeded", "login-succeeded", "login-succeeded"}
	for _, id := range []string{"1", "5", "6"} {
		fact := "okta:00000000-0000-4000-8000-00000000000" + id
		if d := cmp.Diff(want, facts[fact]); d != "" {
			t.Errorf("%s (-want +got):\n%s", fact, d)
		}
	}
}

func TestMany(t *testing.T) {
	event := `{"published":"2026-03-09T03:12:07.500Z","eventType":"x.y"},`
	hook := `{"data":{"events":[` + strings.Repeat(event, 2*maxEvents) + `{}]}}`
	sink, err := formattest.Parse(SystemLog{}, []byte(hook))
	if err != nil || len(sink.Events()) != maxEvents || len(sink.Warnings) != 1 {
		t.Errorf("%s, error %v; want %d events and one warning", sink.Summary(), err, maxEvents)
	}
	targets := `{"published":"2026-03-09T03:12:07.500Z","eventType":"x.y","target":[` + strings.Repeat(`{"type":"Group"},`, 2*maxTargets) + `{"type":"User","alternateId":"pat@example.com"}]}`
	if sink, err = formattest.Parse(SystemLog{}, []byte(targets)); err != nil || len(sink.Events()) != 1 || len(sink.Warnings) != 1 {
		t.Errorf("%s, error %v; want one event and one warning", sink.Summary(), err)
	}
}

func TestColumnOf(t *testing.T) {
	for name, want := range map[string]place{
		"event_type": {colType, 0}, "eventType": {colType, 0}, "target0.type": {colTargetType, 0}, "target.12.display_name": {colTargetDisplay, 12},
		"target[3].alternateId": {colTargetName, 3}, "target.type": {colTargetType, 0}, "target99.type": {}, "target12345678901234567890.type": {}, "targeting": {}, "target": {},
		"": {}, strings.Repeat("x", 1000): {},
	} {
		if c, n := columnOf([]byte(name)); c != want.column || c != colNone && n != want.target {
			t.Errorf("columnOf(%.40q) = %d, %d, want %+v", name, c, n, want)
		}
	}
}

func TestCountries(t *testing.T) {
	for _, name := range []string{"United States", "Germany", "Russia", "South Korea", "Vietnam", "Czechia", "Türkiye", "Netherlands", "Nigeria", "Ukraine"} {
		if len(countryCode(name)) != 2 {
			t.Errorf("no code for %s", name)
		}
	}
	for name, code := range countries() {
		if len(code) != 2 || name == "" {
			t.Errorf("%q has the code %q", name, code)
		}
	}
}
