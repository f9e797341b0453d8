package sigma

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/fstest"
)

// shape is a log in one of the forms that it is exported in.
type shape struct{ name, format, raw string }

// in puts a record into other JSON, as a text where the place is quoted.
func in(outer, record string) string {
	quoted, _ := json.Marshal(record)
	return strings.NewReplacer(`"§"`, string(quoted), `§`, record).Replace(outer)
}

const (
	auditRecord = `{"activityDisplayName":"Consent to application ","category":"ApplicationManagement","loggedByService":"Core Directory","operationType":"Assign","result":"failure","resultReason":"example reason",
 "initiatedBy":{"user":{"userPrincipalName":"pat@example.com"}},"additionalDetails":[{"key":"User-Agent","value":"Mozilla/5.0"},{"key":"AdditionalInfo","value":"by device id"}],
 "targetResources":[{"type":"ServicePrincipal","displayName":"Mail Backup","modifiedProperties":[{"displayName":"ConsentContext.IsAdminConsent","oldValue":null,"newValue":"\"False\""},
 {"displayName":"ConsentAction.Permissions","oldValue":"[]","newValue":"[{\"Scope\":\"Mail.Read offline_access\",\"State\":0}]"}]}]}`
	signinRecord = `{"userPrincipalName":"pat@example.com","appId":"00000000-0000-4000-8000-000000000001","userAgent":"axios/1.7","authenticationProtocol":"deviceCode","authenticationRequirement":"singleFactorAuthentication",
 "autonomousSystemNumber":64511,"isInteractive":true,"riskEventTypes_v2":["unfamiliarFeatures"],"riskLevelDuringSignIn":"high","networkLocationDetails":[],"crossTenantAccessType":"none","location":{"countryOrRegion":"NL"},
 "status":{"errorCode":50057,"failureReason":"User account is disabled.","additionalDetails":"MFA denied; declined"},"deviceDetail":{"deviceId":"","isCompliant":false,"trustType":null}}`
	ualRecord = `{"Operation":"New-InboxRule","Workload":"Exchange","ResultStatus":"False","UserId":"pat@example.com","ObjectId":"pat\\rule","Name":"x",
 "ExtendedProperties":[{"Name":"RequestType","Value":"Cmsi:Cmsi"}],"Parameters":[{"Name":"Name","Value":"Add-FederatedDomain"},{"Name":"ForwardTo","Value":"drop@example.net"}],"MessageURLs":["https://example.org/","https://example.org/x.exe"]}`
	driveEvents = `[{"type":"acl_change","name":"change_acl_editors","parameters":[{"name":"visibility","value":"private"}]},{"type":"access","name":"view","parameters":[{"name":"visibility","value":"people_with_link"},{"name":"doc_title","value":"a\u003cb"}]}]`
)

var shapes = map[string][]shape{
	"audit": {
		{"Graph", "microsoft/entra-audit", auditRecord},
		{"diagnostic settings", "microsoft/entra-audit", in(`{"time":"2026-03-02T10:00:00Z","operationName":"Consent to application","category":"AuditLogs","properties":§}`, auditRecord)},
		{"Sentinel", "microsoft/entra-audit", in(`{"OperationName":"Consent to application","ActivityDisplayName":"Consent to application","Category":"ApplicationManagement","LoggedByService":"Core Directory","OperationType":"Assign","Result":"failure","ResultReason":"example reason","InitiatedBy":{"user":{"userPrincipalName":"pat@example.com"}},"AdditionalDetails":"[{\"key\":\"AdditionalInfo\",\"value\":\"by device id\"}]","TargetResources":"§"}`,
			strings.ReplaceAll(auditRecord[strings.Index(auditRecord, `[{"type"`):len(auditRecord)-1], "\n", ""))},
	},
	"signin": {
		{"Graph", "microsoft/entra-signin", signinRecord},
		{"diagnostic settings", "microsoft/entra-signin", in(`{"category":"SignInLogs","resultType":"50057","resultDescription":"User account is disabled.","properties":§}`, signinRecord)},
	},
	"ual": {
		{"API", "microsoft/unified-audit", ualRecord},
		{"portal CSV", "microsoft/unified-audit", `2026-03-02T10:00:00Z,pat@example.com,New-InboxRule,"` + strings.ReplaceAll(ualRecord, `"`, `""`) + `"`},
		{"PowerShell JSON", "microsoft/unified-audit", in(`{"RecordType":"ExchangeAdmin","Operations":"New-InboxRule","AuditData":"§"}`, ualRecord)},
		{"Graph", "microsoft/unified-audit", in(`{"auditLogRecordType":"exchangeAdmin","operation":"New-InboxRule","auditData":§}`, ualRecord)},
	},
	"google": {
		{"Reports API", "google/workspace-audit", in(`{"id":{"applicationName":"drive"},"actor":{"email":"pat@example.com"},"events":§}`, driveEvents)},
		{"Cloud Logging", "google/workspace-audit", in(`{"protoPayload":{"serviceName":"drive.googleapis.com","authenticationInfo":{"principalEmail":"pat@example.com"},"metadata":{"event":§}}}`,
			strings.NewReplacer(`"name":"change`, `"eventName":"change`, `"name":"view`, `"eventName":"view`, `"type":`, `"eventType":`, `"parameters"`, `"parameter"`).Replace(driveEvents))},
	},
}

// TestShapes asks each log in the words of the public rules, in all forms that it comes in.
func TestShapes(t *testing.T) {
	for _, c := range []struct {
		log, logsource, selection string
		want                      bool
	}{
		{"audit", "product: azure, service: auditlogs", "{properties.message: Consent to application}", true},
		{"audit", "product: azure, service: auditlogs", "{OperationName: Consent to application, ActivityDisplayName: consent to application, LoggedByService: Core Directory, OperationType: assign}", true},
		{"audit", "product: azure, service: auditlogs", "{ActivityDisplayName|contains|all: [consent, application], properties.loggedByService: Core Directory}", true},
		{"audit", "product: azure, service: audit", "{activityType: Consent to application}", true},
		{"audit", "product: azure, service: auditlogs", "{Status: failure, properties.result: failure}", true},
		{"audit", "product: azure, service: auditlogs", "{Status: Success}", false},
		{"audit", "product: azure, service: auditlogs", "{Status: example reason}", true},
		{"audit", "product: azure, service: auditlogs", "{failure_status_reason: example reason}", true},
		{"audit", "product: azure, service: auditlogs", "{properties.targetType: service principal}", true},
		{"audit", "product: azure, service: auditlogs", "{ConsentContext.IsAdminConsent: 'false'}", true},
		{"audit", "product: azure, service: auditlogs", "{ConsentContext.IsAdminConsent: 'true'}", false},
		{"audit", "product: azure, service: auditlogs", "{TargetResources|contains|all: [ConsentAction, offline_access]}", true},
		{"audit", "product: azure, service: auditlogs", "{properties.targetResources|contains: Backup}", true},
		{"audit", "product: azure, service: auditlogs", "{TargetResources.modifiedProperties|contains: Mail.Read}", true},
		{"audit", "product: azure, service: auditlogs", "{TargetResources.ModifiedProperties.DisplayName: ConsentAction.Permissions, TargetResources.ModifiedProperties.NewValue|contains: 'State\":0'}", true},
		{"audit", "product: azure, service: auditlogs", "{TargetResources.ModifiedProperties.NewValue|contains: 'State\":1'}", false},
		{"audit", "product: azure, service: auditlogs", `{TargetResources|contains: '"oldValue":"[]","newValue":"[{'}`, true},
		{"audit", "product: azure, service: auditlogs", "{additionalDetails.additionalInfo|contains: device}", true},
		{"audit", "product: azure, service: auditlogs", "{InitiatedBy|contains: pat@}", true},
		{"signin", "product: azure, service: signinlogs", "{ResultType: 50057, ResultDescription: Failure, Status: failure}", true},
		{"signin", "product: azure, service: signinlogs", "{ResultType|startswith: '5', ResultDescription|contains: is disabled}", true},
		{"signin", "product: azure, service: signinlogs", "{Status: Success}", false},
		{"signin", "product: azure, service: signinlogs", "{Status|contains: MFA Denied, AuthenticationRequirement: singleFactorAuthentication}", true},
		{"signin", "product: azure, service: signinlogs", "{properties.message: Device Code}", true},
		{"signin", "product: azure, service: signinlogs", "{properties.message: ROPC}", false},
		{"signin", "product: azure, service: signinlogs", "{properties.authenticationProtocol: [authenticationTransfer, deviceCode]}", true},
		{"signin", "product: azure, service: signinlogs", "{NetworkLocationDetails: '[]', DeviceDetail.deviceId: '', DeviceDetail.trusttype: '', DeviceDetail.isCompliant: false}", true},
		{"signin", "product: azure, service: signinlogs", "{AutonomousSystemNumber: [64510, 64511], IsInteractive: true, RiskLevelDuringSignIn: high}", true},
		{"signin", "product: azure, service: signinlogs", "['Device Code']", false}, // a word of the rules, not of the log
		{"signin", "product: azure, service: riskdetection", "{riskEventType: unfamiliarFeatures}", true},
		{"signin", "product: azure, service: riskdetection", "{riskEventType: unlikelyTravel}", false},
		{"ual", "product: m365, service: exchange", "{eventSource: Exchange, eventName: New-InboxRule, status: Failed}", true},
		{"ual", "product: m365, service: exchange", "{eventName: Add-FederatedDomain}", false}, // what somebody named his rule
		{"ual", "product: m365, service: exchange", "{status: success}", false},
		{"ual", "product: m365, service: audit", "{Parameters.Name: [RedirectTo, ForwardTo], ObjectId: 'pat\\\\rule'}", true},
		{"ual", "product: m365, service: audit", "{RequestType: 'Cmsi:Cmsi', Operation: New-InboxRule}", true},
		{"ual", "product: m365, service: audit", "{user.email: '*@*.com', o365.audit.MessageURLs|endswith: [.msi, .exe]}", true},
		{"google", "product: gcp, service: google_workspace.drive", "{protoPayload.metadata.event.eventName: view, protoPayload.metadata.event.visibility: [people_with_link]}", true},
		{"google", "product: gcp, service: google_workspace.drive", "{protoPayload.metadata.event.eventName: change_acl_editors, protoPayload.metadata.event.visibility: people_with_link}", false}, // of another event
		{"google", "product: gcp, service: google_workspace.drive", "{protoPayload.serviceName: drive.googleapis.com, eventService: drive.googleapis.com, eventType: access, doc_title: a<b}", true},
		{"google", "product: gcp, service: google_workspace.login", "{protoPayload.metadata.event.eventName: view}", false}, // of another log
		{"google", "product: google_workspace", "{eventName: view, user: pat@example.com}", true},
	} {
		s, err := Load(fstest.MapFS{"r.yml": {Data: fmt.Appendf(nil, "title: T\nlogsource: {%s}\ndetection:\n  s: %s\n  condition: s\n", c.logsource, c.selection)}})
		if err != nil || len(s.Rules) != 1 {
			t.Fatalf("%s: %v, refused %v, unread %v", c.selection, err, s.Refused, s.Unread)
		}
		for _, shape := range shapes[c.log] {
			if hits, err := s.Match(shape.format, []byte(shape.raw)); err != nil || (len(hits) == 1) != c.want {
				t.Errorf("%s, %s: %s: %d hits, %v; want %v", c.log, shape.name, c.selection, len(hits), err, c.want)
			}
		}
	}
}

// The same events stand in two of Google's logs; rules know them by the names of Cloud Logging.
func TestGoogleServices(t *testing.T) {
	for _, c := range []struct{ service, raw string }{
		{"login", `{"id":{"applicationName":"user_accounts"},"events":{"name":"email_forwarding_out_of_domain"}}`},
		{"user_accounts", `{"id":{"applicationName":"user_accounts"},"events":[{"name":"email_forwarding_out_of_domain"}]}`},
		{"login", `{"events":[{"name":"email_forwarding_out_of_domain"}]}`},
		{"login", `{"name":"email_forwarding_out_of_domain"}`},
	} {
		s := load(t, "title: T\nlogsource: {product: gcp, service: google_workspace."+c.service+"}\ndetection: {s: {eventName: email_forwarding_out_of_domain}, condition: s}\n")
		if hits, err := s.Match("google/workspace-audit", []byte(c.raw)); err != nil || len(hits) != 1 {
			t.Errorf("%s: %s: %d hits, %v", c.service, c.raw, len(hits), err)
		}
	}
}

// A record that nests pairs in pairs, or holds much under one roof, costs bounded time and memory.
func TestHostileRecord(t *testing.T) {
	s := load(t, head+"detection: {s: {Operation: x}, condition: s}\n")
	deep := `"` + strings.Repeat("y", 1<<20) + `"`
	for range 30 {
		deep = `{"Name":"a","Value":` + deep + `}`
	}
	many := `{"a":[` + strings.Repeat(`{"b":[1,2,3]},`, 100_000) + `0],"Operation":"y"}`
	for _, c := range []struct {
		name, raw string
		err       error
	}{
		{"pairs in pairs", deep, nil}, {"many", many, nil}, {"what follows", `{"Operation":"y"},` + "\n", nil},
		{"too deep", strings.Repeat(`{"a":`, 5000) + "1" + strings.Repeat("}", 5000), errBroken},
		{"too large", `{"a":"` + strings.Repeat("x", maxRecord) + `"}`, errLarge},
		{"cut", `{"a":"`, errBroken}, {"a list", `[1]`, ErrNoObject},
	} {
		if hits, err := s.Match("microsoft/unified-audit", []byte(c.raw)); !errors.Is(err, c.err) || len(hits) != 0 {
			t.Errorf("%s: %d hits, %v", c.name, len(hits), err)
		}
	}
}
