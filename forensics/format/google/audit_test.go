package google

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"keytrail/forensics"
	"keytrail/forensics/format/formattest"
)

func TestWorkspaceAuditEvents(t *testing.T) {
	const mailFacts = `subject=Reset your password msgid=r1@example.com from=no-reply@example.com to=pat@example.org,sam@example.org`
	tests := map[string][]string{
		"page.json": {
			"2022-11-14T03:12:07.429Z login-succeeded login_success account=pat@example.org outcome=success ip=2001:db8::7 country=NL asn=64496 detail=google_password, is_suspicious",
			"2022-11-14T03:11:59.000Z login-failed login_failure account=pat@example.org outcome=failure ip=203.0.113.9 detail=login_failure_invalid_password, exchange",
			"2022-11-14T03:11:59.000Z login-failed login_challenge account=pat@example.org outcome=failure ip=203.0.113.9 detail=google_authenticator, Challenge Failed.",
			"2022-11-14T03:40:00.000Z alert suspicious_login_less_secure_app account=pat@example.org actor=admin@example.org Suspicious_login=2022-11-14T03:12:07.429000Z",
		},
		"array.json": {
			"2022-11-14T03:13:00.500Z forwarding-set email_forwarding_out_of_domain account=pat@example.org ip=203.0.113.9 detail=thief@example.net",
			"2022-11-14T03:13:10.500Z password-changed password_edit account=pat@example.org ip=203.0.113.9",
			"2022-11-14T03:13:20.500Z second-factor-changed 2sv_disable account=pat@example.org ip=203.0.113.9",
			"2022-11-14T03:13:30.500Z recovery-changed recovery_email_edit account=pat@example.org ip=203.0.113.9",
			"2022-11-14T03:13:40.500Z second-factor-changed titanium_unenroll account=pat@example.org ip=203.0.113.9",
		},
		"activities.json": {
			"2022-11-14T04:00:00.000Z key-removed REVOKE_ASP account=pat@example.org actor=admin@example.org ip=203.0.113.9 key=0",
			"2022-11-14T04:00:05.000Z password-changed CHANGE_PASSWORD account=pat@example.org actor=admin@example.org ip=203.0.113.9",
			"2022-11-14T04:00:06.000Z other DOWNLOAD_USERLIST_CSV account= actor=SYSTEM",
			"2022-11-14T04:00:07.000Z consent-granted authorize account=pat@example.org ip=203.0.113.9 detail=Mail Merge é, 77.apps.example.com",
		},
		"lines.jsonl": {
			"2022-11-14T03:17:00.000Z mail-received delivery account=pat@example.org ip=203.0.113.9 " + mailFacts + " Mail_event=2022-11-14T03:17:07.429000Z",
			"2022-11-14T03:17:10.000Z mail-deleted delivery account=pat@example.org ip=203.0.113.9 protocol=imap " + mailFacts + " detail=to Trash Mail_event=2022-11-14T03:17:07.429000Z",
			"2022-11-14T03:17:20.000Z mail-purged delivery account=pat@example.org ip=203.0.113.9 protocol=imap " + mailFacts + " Mail_event=2022-11-14T03:17:07.429000Z",
			"2022-11-14T03:17:30.000Z other delivery account=pat@example.org ip=203.0.113.9 client=ANDROID " + mailFacts + " detail=mail_event_type 77 Mail_event=2022-11-14T03:17:07.429000Z",
		},
		"cloud-logging.json": {
			"2022-11-14T03:12:07.429000Z login-succeeded login_success account=pat@example.org outcome=success ip=203.0.113.9 client=Mozilla/5.0 detail=google_password, is_suspicious",
			"2022-11-14T03:13:20.500Z second-factor-changed 2sv_disable account=pat@example.org ip=203.0.113.9 client=Mozilla/5.0",
			"2022-11-14T04:00:05Z password-changed CHANGE_PASSWORD account=pat@example.org actor=admin@example.org ip=203.0.113.9 client=Mozilla/5.0",
		},
		"flat.jsonl": {
			"2022-11-14T03:12:07.429000000Z login-succeeded login_success account=pat@example.org outcome=success ip=203.0.113.9 detail=google_password zone=missing",
			"2022-11-14T03:17:10.000000000Z mail-deleted delivery account=pat@example.org protocol=web subject=Reset to=pat@example.org detail=to Trash zone=missing",
		},
	}
	for name, want := range tests {
		t.Run(name, func(t *testing.T) {
			sink := formattest.ParseFile(t, WorkspaceAudit{}, "workspace-audit/"+name)
			if d := cmp.Diff(want, formattest.Lines(sink.Events())); d != "" {
				t.Errorf("events (-want +got):\n%s", d)
			}
		})
	}
}

// read gives the only event of one record.
func read(t *testing.T, record string) forensics.Event {
	t.Helper()
	events, ok := newReader().read([]byte(record))
	if !ok || len(events) != 1 {
		t.Fatalf("%d events, read %v in %s", len(events), ok, record)
	}
	return events[0]
}

func TestFacts(t *testing.T) {
	activity := func(app, qualifier, time, actor, event string) string {
		return fmt.Sprintf(`{"id":{"time":%q,"uniqueQualifier":%s,"applicationName":%q},"actor":{"email":%q},"events":[%s]}`, time, qualifier, app, actor, event)
	}
	const (
		at     = "2022-11-14T03:12:07.429Z"
		edit   = `{"type":"password_change","name":"password_edit"}`
		login  = `{"type":"login","name":"login_success"}`
		to1    = `{"name":"email_forwarding_out_of_domain","parameters":[{"name":"email_forwarding_destination_address","value":"a@example.net"}]}`
		to2    = `{"name":"email_forwarding_out_of_domain","parameters":[{"name":"email_forwarding_destination_address","value":"b@example.net"}]}`
		asFlat = `{"id":{"time":"2022-11-14T03:12:07.429Z","uniqueQualifier":"5","applicationName":"login"},"actor":{"email":"pat@example.org"},"name":"email_forwarding_out_of_domain","parameters":{"email_forwarding_destination_address":"a@example.net"}}`
		cloud  = `{"protoPayload":{"serviceName":"login.googleapis.com","authenticationInfo":{"principalEmail":"pat@example.org"},"metadata":{"activityId":{"uniqQualifier":"-7"},"event":[{"eventName":"login_success","eventType":"login"}]}},"timestamp":"2022-11-14T03:12:07.429000Z"}`
	)
	tests := map[string]struct {
		a, b string
		same bool
	}{
		"two application logs":       {activity("login", `"1"`, at, "pat@example.org", edit), activity("user_accounts", `"2"`, at, "Pat@example.org", edit), true},
		"another moment":             {activity("login", `"1"`, at, "pat@example.org", edit), activity("user_accounts", `"2"`, "2022-11-14T03:12:08.429Z", "pat@example.org", edit), false},
		"another person":             {activity("login", `"1"`, at, "pat@example.org", edit), activity("user_accounts", `"2"`, at, "sam@example.org", edit), false},
		"another destination":        {activity("login", `"1"`, at, "pat@example.org", to1), activity("login", `"1"`, at, "pat@example.org", to2), false},
		"the same record again":      {activity("login", `"-1"`, at, "pat@example.org", login), activity("login", `-1`, at, "pat@example.org", login), true},
		"another qualifier":          {activity("login", `"1"`, at, "pat@example.org", login), activity("login", `"2"`, at, "pat@example.org", login), false},
		"parameters in another form": {activity("login", `"1"`, at, "pat@example.org", to1), asFlat, true},
		"Cloud Logging":              {activity("login", `"-7"`, at, "pat@example.org", login), cloud, true},
	}
	for name, tt := range tests {
		t.Run(strings.ReplaceAll(name, " ", "_"), func(t *testing.T) {
			a, b := read(t, tt.a), read(t, tt.b)
			if a.Fact == "" || b.Fact == "" {
				t.Fatalf("facts %q and %q, want both known", a.Fact, b.Fact)
			}
			if (a.Fact == b.Fact) != tt.same {
				t.Errorf("facts %q and %q, want same %v", a.Fact, b.Fact, tt.same)
			}
		})
	}
	whole := activity("login", `"9"`, at, "pat@example.org", login+","+to1+","+login+","+`{"name":"login_success","parameters":[{"name":"login_type","value":"saml"}]}`)
	events, ok := newReader().read([]byte(whole))
	if !ok || len(events) != 4 {
		t.Fatalf("%d events, read %v", len(events), ok)
	}
	facts := map[string]bool{}
	for _, e := range events {
		facts[e.Fact] = true
	}
	if len(facts) != 4 {
		t.Errorf("events of one record share facts: %v", facts)
	}
	if e := read(t, activity("login", `"9"`, at, "pat@example.org", to1)); e.Fact != events[1].Fact {
		t.Errorf("split from its activity an event has fact %q, in it %q", e.Fact, events[1].Fact)
	}
	if e := read(t, `{"id":{"applicationName":"login"},"name":"login_success"}`); e.Fact != "" || !e.Time.Unreliable {
		t.Errorf("a record without a time has fact %q and a time that counts as %v", e.Fact, e.Time)
	}
}

func TestOddities(t *testing.T) {
	tests := map[string]struct{ record, want string }{
		"IPv4 in IPv6":         {`{"id":{"time":"2022-11-14T03:12:07Z"},"ipAddress":"::ffff:192.0.2.7","name":"logout"}`, "2022-11-14T03:12:07Z other logout account= ip=192.0.2.7"},
		"no address":           {`{"id":{"time":"2022-11-14T03:12:07Z"},"ipAddress":"unknown","name":"logout"}`, "2022-11-14T03:12:07Z other logout account= host=unknown"},
		"name with a space":    {`{"id":{"time":"2022-11-14T03:12:07Z","applicationName":"login"},"name":"suspicious_login ","type":"account_warning"}`, "2022-11-14T03:12:07Z alert suspicious_login  account="},
		"SAML":                 {`{"id":{"time":"2022-11-14T03:12:07Z","applicationName":"saml"},"actor":{"email":"pat@example.org"},"name":"login_success","parameters":{"application_name":"Example CRM"}}`, "2022-11-14T03:12:07Z login-succeeded login_success account=pat@example.org outcome=success detail=Example CRM"},
		"a document":           {`{"id":{"time":"2022-11-14T03:12:07Z","applicationName":"drive"},"actor":{"email":"pat@example.org"},"name":"download","parameters":{"doc_title":"Keys"}}`, "2022-11-14T03:12:07Z other download account=pat@example.org detail=Keys"},
		"another application":  {`{"id":{"time":"2022-11-14T03:12:07Z","applicationName":"drive"},"name":"authorize"}`, "2022-11-14T03:12:07Z other authorize account="},
		"microseconds missing": {`{"id":{"time":"2022-11-14T03:12:07Z","applicationName":"login"},"name":"suspicious_login","type":"account_warning","parameters":{"login_timestamp":"soon"}}`, "2022-11-14T03:12:07Z alert suspicious_login account="},
		"year 3609":            {`{"id":{"time":"3609-11-14T03:12:07Z"},"name":"logout"}`, " other logout account="},
		"no name":              {`{"id":{"time":"2022-11-14T03:12:07Z"},"type":"login"}`, "2022-11-14T03:12:07Z other login account="},
		"null members":         {`{"id":{"time":"2022-11-14T03:12:07Z","uniqueQualifier":null},"actor":null,"ipAddress":null,"networkInfo":null,"events":{"name":"x","parameters":null}}`, "2022-11-14T03:12:07Z other x account="},
		"wrong types":          {`{"id":{"time":"2022-11-14T03:12:07Z"},"actor":"pat","networkInfo":[1],"events":{"name":["x","y"],"parameters":"z"}}`, "2022-11-14T03:12:07Z other x, y account="},
		"offset":               {`{"id":{"time":"2022-11-14T05:12:07.5+02:00"},"name":"logout"}`, "2022-11-14T03:12:07.500Z other logout account="},
	}
	for name, tt := range tests {
		t.Run(strings.ReplaceAll(name, " ", "_"), func(t *testing.T) {
			e := read(t, tt.record)
			if got := formattest.Lines([]forensics.Event{e})[0]; got != tt.want {
				t.Errorf("got  %s\nwant %s", got, tt.want)
			}
		})
	}
}

func TestManyEvents(t *testing.T) {
	record := `{"id":{"time":"2022-11-14T03:12:07Z","uniqueQualifier":"1"},"events":[` + strings.Repeat(`{"name":"x"},`, 2*maxEvents) + `{"name":"y"}]}`
	sink, err := formattest.Parse(WorkspaceAudit{}, []byte(record))
	if err != nil || len(sink.Events()) != maxEvents || len(sink.Warnings) != 1 {
		t.Errorf("%s, error %v; want %d events and one warning", sink.Summary(), err, maxEvents)
	}
}

func TestTakeoutEvents(t *testing.T) {
	tests := map[string][]string{
		"newer.csv": {
			"2026-10-01T06:59:59Z login-succeeded Login account= actor=1234567890 outcome=success ip=203.0.113.9 country=NL client=Mozilla/5.0 (X11; Linux x86_64), like Gecko detail=Gmail",
			`2026-10-01T07:00:10Z other Non User Initiated account= actor=1234567890 ip=2001:db8::7 country=US client=ExampleMail "pro" é protocol=imap detail=Gmail, Sync`,
			"2026-10-01T07:02:10Z other Other account= actor=1234567890 ip=198.51.100.4 detail=Other, Mobile",
		},
		"older.csv": {
			"2026-06-15T07:40:10Z login-succeeded Login account= actor=1234567890 outcome=success ip=203.0.113.9 country=NL client=ExampleMail detail=Gmail",
			"2026-06-15T07:41:00Z login-succeeded Login account= actor=1234567890 outcome=success ip=203.0.113.9 country=NL client=ExampleMail detail=Gmail",
			"2026-06-15T19:42:10Z login-succeeded Login account= actor=1234567890 outcome=success ip=203.0.113.9 country=NL client=ExampleMail detail=Gmail zone=missing",
		},
	}
	for name, want := range tests {
		t.Run(name, func(t *testing.T) {
			sink := formattest.ParseFile(t, TakeoutAccessLog{}, "takeout-access-log/"+name)
			if d := cmp.Diff(want, formattest.Lines(sink.Events())); d != "" {
				t.Errorf("events (-want +got):\n%s", d)
			}
		})
	}
}

func FuzzWorkspaceAudit(f *testing.F) {
	formattest.SeedFiles(f, "workspace-audit")
	f.Fuzz(func(t *testing.T, data []byte) { formattest.FuzzOne(t, WorkspaceAudit{}, data) })
}

func FuzzTakeoutAccessLog(f *testing.F) {
	formattest.SeedFiles(f, "takeout-access-log")
	f.Fuzz(func(t *testing.T, data []byte) { formattest.FuzzOne(t, TakeoutAccessLog{}, data) })
}
