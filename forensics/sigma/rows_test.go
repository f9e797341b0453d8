package sigma

import (
	"errors"
	"fmt"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
)

// exports are files whose columns are named in their first line.
var exports = map[string]struct{ format, head, row string }{
	"signin": {"microsoft/entra-signin",
		"\ufeffDate (UTC),Request ID,User agent,Username,Application ID ,Resource,IP address,Location,Status,Sign-in error code,Failure reason,Client app,Device ID,Compliant,Join Type,Authentication requirement,Conditional Access,Autonomous system  number\r\n",
		`2026-03-02T10:00:00Z,r1,axios/1.7,pat@example.com,00000000-0000-4000-8000-000000000001,Device Registration Service,203.0.113.9,"Utrecht, NL",Failure,50126,Invalid username or password,IMAP4,,No,,Single-factor authentication,Success,64511` + "\r\n"},
	"signin, fine": {"microsoft/entra-signin", "Date (UTC),Username,Status,Sign-in error code,Failure reason\r\n", "2026-03-02T10:00:00Z,pat@example.com,Success,None,Other.\r\n"},
	"audit": {"microsoft/entra-audit",
		"Date (UTC),Service,Category,Activity,Result,ResultReason,ActorUserPrincipalName,Target1Type,Target1DisplayName,Target1ModifiedProperty1Name,Target1ModifiedProperty1NewValue,AdditionalDetail1Key,AdditionalDetail1Value\r\n",
		`2026-03-02T10:00:00Z,Core Directory,ApplicationManagement,Consent to application ,success,,pat@example.com,ServicePrincipal,Mail Backup,ConsentContext.IsAdminConsent,"""False""",AdditionalInfo,by device id` + "\r\n"},
	"okta": {"okta/system-log",
		"severity,event_type,display_message,outcome.result,actor.alternate_id,client.ip_address,debug_context.debug_data.request_uri,target0.type,target0.display_name,target1.display_name\n",
		"INFO,user.session.start,User login to Okta,SUCCESS,pat@example.com,203.0.113.9,/admin/x,AppInstance,Okta Admin Console,Pat\n"},
}

func TestMatchRow(t *testing.T) {
	for _, c := range []struct {
		export, logsource, selection string
		want                         bool
	}{
		{"signin", "product: azure, service: signinlogs", "{ResultType: 50126, Status: failure, ResultDescription|contains: invalid username}", true},
		{"signin", "product: azure, service: signinlogs", "{userAgent|contains: axios, AppId: 00000000-0000-4000-8000-000000000001, IPAddress|cidr: 203.0.113.0/24, AutonomousSystemNumber: 64511}", true},
		{"signin", "product: azure, service: signinlogs", "{AuthenticationRequirement: singleFactorAuthentication, DeviceDetail.isCompliant: false, DeviceDetail.deviceId: '', ResourceDisplayName: Device Registration Service, conditionalAccessStatus: success}", true},
		{"signin", "product: azure, service: signinlogs", "{Status: Success}", false},
		{"signin", "product: azure, service: signinlogs", "{RiskState: atRisk}", false},
		{"signin, fine", "product: azure, service: signinlogs", "{ResultType: 0, Status: Success}", true},
		{"signin, fine", "product: azure, service: signinlogs", "{Status: Failure}", false},
		{"signin, fine", "product: azure, service: signinlogs", "{ResultType: None}", false},
		{"audit", "product: azure, service: auditlogs", "{properties.message: Consent to application, LoggedByService: Core Directory, properties.targetType: service principal}", true},
		{"audit", "product: azure, service: auditlogs", "{ConsentContext.IsAdminConsent: 'false', Status: success, InitiatedBy|contains: pat@}", true},
		{"audit", "product: azure, service: auditlogs", "{TargetResources|contains: Backup, TargetResources.modifiedProperties.displayName|contains: IsAdminConsent}", true},
		{"audit", "product: azure, service: auditlogs", "{additionalDetails.additionalInfo|contains: device}", true},
		{"audit", "product: azure, service: auditlogs", "{TargetResources.modifiedProperties|contains: 'true'}", false},
		{"okta", "product: okta, service: okta", "{eventtype: user.session.start, actor.alternateid|endswith: '@example.com', target.displayName: Okta Admin Console, debugContext.debugData.requestUri|contains: admin}", true},
		{"okta", "product: okta, service: okta", "{target.user.display.name: pat, outcome.reason: null}", true},
		{"okta", "product: okta, service: okta", "{securityContext.isProxy: 'true'}", false},
	} {
		s, err := Load(fstest.MapFS{"r.yml": {Data: fmt.Appendf(nil, "title: T\nlogsource: {%s}\ndetection:\n  s: %s\n  condition: s\n", c.logsource, c.selection)}})
		if err != nil || len(s.Rules) != 1 {
			t.Fatalf("%s: %v, refused %v", c.selection, err, s.Refused)
		}
		e := exports[c.export]
		if _, err := s.Match(e.format, []byte(e.row)); !errors.Is(err, ErrNoObject) {
			t.Errorf("%s: without the names of its columns: %v", c.export, err)
		}
		hits, err := s.MatchRow(e.format, Columns([]byte(e.head)), []byte(e.row))
		if err != nil || (len(hits) == 1) != c.want {
			t.Errorf("%s: %s: %d hits, %v; want %v", c.export, c.selection, len(hits), err, c.want)
		}
	}
}

func TestColumns(t *testing.T) {
	for head, want := range map[string][]string{
		"sep=,\n\na,b,c\nDate, User ,\"Client app\",Status\n1,2,3,4\n": {"Date", " User ", "Client app", "Status"},
		"a,b,c,d": nil, "": nil, "\n\n": nil, "a,,c,d\n": nil, `{"a":1,"b":2,"c":3,"d":4}` + "\n": nil,
	} {
		if d := cmp.Diff(want, Columns([]byte(head))); d != "" {
			t.Errorf("%q: %s", head, d)
		}
	}
	s := load(t, "title: T\nlogsource: {product: okta}\ndetection: {s: {a: b}, condition: s}\n")
	for _, row := range []string{"1,2,3", `1,2,3,"4`, ""} {
		if _, err := s.MatchRow("okta/system-log", []string{"a", "b", "c", "d"}, []byte(row)); err == nil {
			t.Errorf("%q fits four columns", row)
		}
	}
	if _, err := s.MatchRow("okta/system-log", nil, []byte("1,2,3,4")); err == nil {
		t.Error("a row without names was asked")
	}
}
