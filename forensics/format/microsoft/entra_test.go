package microsoft_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"keytrail/forensics/format"
	"keytrail/forensics/format/formattest"
	"keytrail/forensics/format/microsoft"
)

const (
	signin = `{"id":"R1","createdDateTime":"2024-03-05T07:08:09.1234567Z","userPrincipalName":"Pat@mail.example","userDisplayName":"Pat","ipAddress":"2001:db8::7",` +
		`"clientAppUsed":"IMAP4","userAgent":"CBAInPROD","appDisplayName":"Office 365 Exchange Online","isInteractive":true,"authenticationProtocol":"ropc","conditionalAccessStatus":"notApplied",` +
		`"status":{"errorCode":0,"failureReason":null},"location":{"city":"X","state":"Y","countryOrRegion":"NL","geoCoordinates":{"latitude":1.5}},"autonomousSystemNumber":64496,"sessionId":"s1","riskLevelDuringSignIn":"high"}`
	diagnostic = `{"time":"2024-03-05 07:08:10.456","operationName":"Sign-in activity","category":"NonInteractiveUserSignInLogs","resultType":"50126","callerIpAddress":"198.51.100.7","resultDescription":"Invalid username or password",` +
		`"properties":{"id":"R2","createdDateTime":"2024-03-05T07:08:09.5Z","userPrincipalName":"pat@mail.example","isInteractive":false,"status":{"errorCode":50126}}}`
	prompt = `{"id":"R3","createdDateTime":"2024-03-05T07:08:09Z","userPrincipalName":"pat@mail.example","ipAddress":"198.51.100.7","clientAppUsed":"Browser","appDisplayName":"x","status":{"errorCode":50076,"failureReason":"MFA required"}}`
	risk   = `{"id":"D1","riskEventType":"mcasSuspiciousInboxManipulationRules","riskLevel":"medium","activityDateTime":"2024-03-05T07:08:09Z","detectedDateTime":"2024-03-05T09:00:00Z","userPrincipalName":"pat@mail.example","ipAddress":"198.51.100.7","location":{"countryOrRegion":"DE"}}`

	signinHeader = "Date (UTC),Request ID,User agent,Correlation ID,User ID,User,Username,User type,Incoming token type,Application,Application ID ,IP address,Location,Status,Sign-in error code,Failure reason,Client app,Incoming token type,Session ID,IP address (seen by resource),Autonomous system  number\r\n"
	signinRow    = "2025-12-04T08:19:41Z,R4,Browser/1,c,u,Pat,pat@mail.example,member,none,Exchange,app,198.51.100.8,\"Town, Region, DE\",Failure,50126,Bad password,POP3,none,s4,,64497\r\n"

	keyMade = `{"id":"Directory_1","category":"UserManagement","result":"success","activityDisplayName":"Create application password for user","activityDateTime":"2024-03-05T07:08:09.1Z","loggedByService":"Core Directory",` +
		`"initiatedBy":{"user":{"userPrincipalName":"Admin@mail.example","ipAddress":"198.51.100.9"},"app":null},"targetResources":[{"type":"User","userPrincipalName":"pat@mail.example","modifiedProperties":[]}],"additionalDetails":[{"key":"User-Agent","value":"Browser/1"}]}`
	secretMade = `{"TimeGenerated":"2024-03-05T07:08:09Z","OperationName":"Update application – Certificates and secrets management ","Category":"ApplicationManagement","Id":"Directory_2","Result":"success","LoggedByService":"Core Directory",` +
		`"InitiatedBy":"{\"user\":{\"userPrincipalName\":\"pat@mail.example\",\"ipAddress\":null}}","TargetResources":"[{\"displayName\":\"Sync tool\",\"type\":\"Application\",\"modifiedProperties\":[{\"displayName\":\"KeyDescription\",\"oldValue\":\"[]\",\"newValue\":\"[\\\"[KeyIdentifier=1,KeyType=Password,DisplayName=backup]\\\"]\"}]}]"}`
	mfaOff = `{"activityDateTime":"2024-03-05T07:08:09Z","activityDisplayName":"Update user","result":"failure","resultReason":"denied","initiatedBy":{"app":{"displayName":"Portal"}},"targetResources":[{"userPrincipalName":"pat@mail.example","modifiedProperties":[{"displayName":"StrongAuthenticationRequirement","oldValue":"[{\"State\":1}]","newValue":"[]"}]}]}`

	auditHeader = "Date (UTC),CorrelationId,Service,Category,Activity,Result,ResultReason,ActorType,ActorDisplayName,ActorUserPrincipalName,IPAddress,Target1Type,Target1DisplayName,Target1UserPrincipalName,Target1ModifiedProperty1Name,Target1ModifiedProperty1OldValue,Target1ModifiedProperty1NewValue\r\n"
	auditRow    = "2024-03-05T07:08:09Z,c,Core Directory,UserManagement,Update user,success,,User,Admin,admin@mail.example,198.51.100.9,User,Pat,pat@mail.example,StrongAuthenticationPhoneAppDetail,[],\"[{\"\"DeviceName\"\":\"\"x\"\"}]\"\r\n"
)

func TestEntra(t *testing.T) {
	tests := []struct {
		name string
		f    format.Format
		text string
		want string
		time string
	}{
		{"signin", microsoft.EntraSignin{}, signin, `login-succeeded outcome=success account=pat@mail.example ip=2001:db8::7 protocol=imap client=CBAInPROD session=s1 detail=password sent by the client (ROPC), risk high`, "2024-03-05T07:08:09.123456700Z"},
		{"signin_page", microsoft.EntraSignin{}, `{"value":[` + signin + `]}`, `login-succeeded outcome=success account=pat@mail.example ip=2001:db8::7 protocol=imap client=CBAInPROD session=s1 detail=password sent by the client (ROPC), risk high`, "2024-03-05T07:08:09.123456700Z"},
		{"signin_diagnostic", microsoft.EntraSignin{}, diagnostic, `login-failed outcome=failure account=pat@mail.example ip=198.51.100.7 detail=Invalid username or password, not interactive`, "2024-03-05T07:08:09.500Z"},
		{"signin_prompt", microsoft.EntraSignin{}, prompt, `other outcome=unknown account=pat@mail.example ip=198.51.100.7 protocol=web client=Browser detail=MFA required`, "2024-03-05T07:08:09Z"},
		{"risk", microsoft.EntraSignin{}, risk, `alert account=pat@mail.example ip=198.51.100.7 detail=mcasSuspiciousInboxManipulationRules`, "2024-03-05T07:08:09Z"},
		{"signin_csv", microsoft.EntraSignin{}, signinHeader + signinRow, `login-failed outcome=failure account=pat@mail.example ip=198.51.100.8 protocol=pop3 client=Browser/1 session=s4 detail=Bad password`, "2025-12-04T08:19:41Z"},
		{"signin_csv_culture", microsoft.EntraSignin{}, signinHeader + strings.Replace(signinRow, "2025-12-04T08:19:41Z", "3/22/2025 7:22:01 AM", 1), `login-failed outcome=failure account=pat@mail.example ip=198.51.100.8 protocol=pop3 client=Browser/1 session=s4 detail=Bad password`, "2025-03-22T07:22:01Z"},

		{"app_password", microsoft.EntraAudit{}, "[" + keyMade + "]", `key-created outcome=success account=pat@mail.example actor=Admin@mail.example ip=198.51.100.9 client=Browser/1`, "2024-03-05T07:08:09.100Z"},
		{"application_secret", microsoft.EntraAudit{}, secretMade, `key-created outcome=success account=pat@mail.example key=backup detail=Sync tool`, "2024-03-05T07:08:09Z"},
		{"mfa", microsoft.EntraAudit{}, mfaOff, `second-factor-changed outcome=failure account=pat@mail.example actor=Portal detail=StrongAuthenticationRequirement removed`, "2024-03-05T07:08:09Z"},
		{"audit_csv", microsoft.EntraAudit{}, auditHeader + auditRow, `second-factor-changed outcome=success account=pat@mail.example actor=admin@mail.example ip=198.51.100.9 detail=StrongAuthenticationPhoneAppDetail`, "2024-03-05T07:08:09Z"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			head := &format.Head{Bytes: []byte(tt.text), Complete: true}
			if f, g := format.Detect(microsoft.Formats(), head); f != tt.f || g.Score < 80 {
				t.Errorf("recognised as %T, %+v", f, g)
			}
			r := parse(t, tt.f, tt.text)
			if len(r.events) != 1 || len(r.broken)+len(r.warnings) > 0 {
				t.Fatalf("%d events, broken %q, warnings %q", len(r.events), r.broken, r.warnings)
			}
			e := &r.events[0]
			if diff := cmp.Diff(tt.want, brief(e)); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
			if got := e.Time.RFC3339(); got != tt.time || e.Time.ZoneText() != "utc" {
				t.Errorf("time %s, zone %s", got, e.Time.ZoneText())
			}
		})
	}
	e := parse(t, microsoft.EntraSignin{}, signin).events[0]
	if e.Country != "NL" || e.ASN != 64496 || e.Fact != "entra-signin:r1" {
		t.Errorf("country %q, network %d, fact %q", e.Country, e.ASN, e.Fact)
	}
	if e := parse(t, microsoft.EntraSignin{}, signinHeader+signinRow).events[0]; e.Country != "DE" || e.ASN != 64497 || e.Fact != "entra-signin:r4" {
		t.Errorf("CSV: country %q, network %d, fact %q", e.Country, e.ASN, e.Fact)
	}
}

// TestEntraDayFirst checks that a later row settles what an earlier one leaves open.
func TestEntraDayFirst(t *testing.T) {
	row := func(at string) string { return strings.Replace(signinRow, "2025-12-04T08:19:41Z", at, 1) }
	r := parse(t, microsoft.EntraSignin{}, signinHeader+row("04.12.2025 08:19:41")+row("25.12.2025 08:19:41"))
	if len(r.events) != 2 || len(r.warnings) > 0 || r.events[0].Time.RFC3339() != "2025-12-04T08:19:41Z" {
		t.Errorf("%d events, warnings %q, first at %s", len(r.events), r.warnings, r.events[0].Time.RFC3339())
	}
	r = parse(t, microsoft.EntraSignin{}, signinHeader+row("04.12.2025 08:19:41"))
	if e := r.events[0]; len(r.warnings) != 1 || !e.TimeConflict || len(e.Others) != 1 || e.Others[0].RFC3339() != "2025-12-04T08:19:41Z" {
		t.Errorf("unsettled: warnings %q, %+v", r.warnings, e.Others)
	}
}

func TestEntraConforms(t *testing.T) {
	bad := []byte(`{"createdDateTime":nothing},` + "\n")
	t.Run("signin_json", func(t *testing.T) {
		formattest.Suite(t, microsoft.EntraSignin{}, formattest.Case{
			Valid: map[string]formattest.Sample{
				"array": {Data: []byte("[\n" + signin + ",\n" + diagnostic + ",\n" + prompt + "\n]\n"), Records: 3},
				"lines": {Data: []byte(signin + "\n" + diagnostic + "\n" + risk + "\n"), Records: 3},
			},
			Bad: bad, Endless: [][]byte{[]byte(`{"id":"`)},
		})
	})
	t.Run("signin_csv", func(t *testing.T) {
		formattest.Suite(t, microsoft.EntraSignin{}, formattest.Case{
			Valid: map[string]formattest.Sample{"portal": {Data: []byte(signinHeader + strings.Repeat(signinRow, 4)), Records: 4}},
			Bad:   []byte("damaged\r\n"), Endless: [][]byte{[]byte(`a,b,"`)},
		})
	})
	t.Run("audit_json", func(t *testing.T) {
		formattest.Suite(t, microsoft.EntraAudit{}, formattest.Case{
			Valid: map[string]formattest.Sample{
				"array": {Data: []byte("[\n" + keyMade + ",\n" + mfaOff + ",\n" + keyMade + "\n]\n"), Records: 3},
				"lines": {Data: []byte(strings.Repeat(secretMade+"\n", 3)), Records: 3},
			},
			Bad: bad, Endless: [][]byte{[]byte(`{"id":"`)},
		})
	})
	t.Run("audit_csv", func(t *testing.T) {
		formattest.Suite(t, microsoft.EntraAudit{}, formattest.Case{
			Valid: map[string]formattest.Sample{"portal": {Data: []byte(auditHeader + strings.Repeat(auditRow, 4)), Records: 4}},
			Bad:   []byte("damaged\r\n"), Endless: [][]byte{[]byte(`a,b,"`)},
		})
	})
}
