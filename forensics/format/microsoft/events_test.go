package microsoft_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"keytrail/forensics"
)

// brief is an event in one line: what the tests of kinds look at.
func brief(e *forensics.Event) string {
	s := e.Kind.String()
	put := func(name, value string) {
		if value != "" {
			s += " " + name + "=" + value
		}
	}
	put("outcome", e.Outcome.String())
	put("account", e.Account)
	if !strings.EqualFold(e.Actor, e.Account) {
		put("actor", e.Actor)
	}
	if e.IP.IsValid() {
		put("ip", e.IP.String())
	}
	put("host", e.Host)
	put("protocol", e.Protocol)
	put("client", e.Client)
	put("session", e.Session)
	put("key", e.Key)
	put("folder", e.Folder)
	put("id", e.MessageID)
	put("subject", e.Subject)
	for _, m := range e.Messages {
		s += fmt.Sprintf(" {%s|%s|%s}", m.MessageID, m.Subject, m.Folder)
	}
	put("detail", e.Detail)
	return s
}

func TestUnifiedAuditKinds(t *testing.T) {
	const at = `"CreationTime":"2024-03-05T07:08:09","UserId":"pat@mail.example",`
	login := func(rest string) string {
		return `{` + at + `"Operation":"UserLoggedIn","RecordType":15,"ResultStatus":"Succeeded",` + rest + `}`
	}
	failed := func(rest string) string {
		return `{` + at + `"Operation":"UserLoginFailed","RecordType":15,"ResultStatus":"Failed",` + rest + `}`
	}
	extended := func(pairs ...string) string {
		var list []string
		for i := 0; i < len(pairs); i += 2 {
			list = append(list, fmt.Sprintf(`{"Name":%q,"Value":%q}`, pairs[i], pairs[i+1]))
		}
		return `[` + strings.Join(list, ",") + `]`
	}
	tests := []struct{ name, record, want string }{
		{"login", login(`"ErrorCode":"0","ClientIP":"198.51.100.4","ExtendedProperties":` + extended("ResultStatusDetail", "Success", "UserAgent", "Browser/1", "RequestType", "OAuth2:Token") +
			`,"DeviceProperties":` + extended("OS", "Windows", "SessionId", "s9")),
			`login-succeeded outcome=success account=pat@mail.example ip=198.51.100.4 client=Browser/1 session=s9`},
		{"login_redirect", login(`"ExtendedProperties":` + extended("ResultStatusDetail", "Redirect")), `other outcome=unknown account=pat@mail.example detail=Redirect`},
		{"login_request_noise", login(`"ExtendedProperties":` + extended("RequestType", "Cmsi:Cmsi")), `other outcome=unknown account=pat@mail.example detail=Cmsi:Cmsi`},
		{"login_prompt", login(`"ErrorCode":"50140","LogonError":"CmsiInterrupt"`), `other outcome=unknown account=pat@mail.example detail=CmsiInterrupt`},
		{"login_error_despite_succeeded", login(`"ErrorCode":50053,"LogonError":"IdsLocked"`), `login-failed outcome=failure account=pat@mail.example detail=IdsLocked`},
		{"login_legacy", login(`"ErrorCode":0,"ActorIpAddress":"[::ffff:198.51.100.9]:4711","ExtendedProperties":` + extended("UserAgent", "BAV2ROPC")),
			`login-succeeded outcome=success account=pat@mail.example ip=198.51.100.9 client=BAV2ROPC detail=legacy authentication`},
		{"failed_login", failed(`"ErrorCode":"50126","LogonError":"InvalidUserNameOrPassword"`), `login-failed outcome=failure account=pat@mail.example detail=InvalidUserNameOrPassword`},
		{"failed_login_mfa_prompt", failed(`"LogonError":"UserStrongAuthClientAuthNRequired"`), `other outcome=unknown account=pat@mail.example detail=UserStrongAuthClientAuthNRequired`},
		{"failed_login_prompt_by_code", failed(`"ErrorCode":"50076"`), `other outcome=unknown account=pat@mail.example detail=50076`},
		{"failed_login_unknown_user", `{"CreationTime":"2024-03-05T07:08:09","Operation":"UserLoginFailed","UserId":"Not Available","ErrorCode":"50034","LogonError":"UserAccountNotFound","Actor":[{"ID":"x","Type":0}]}`,
			`login-failed outcome=failure actor=Not Available detail=UserAccountNotFound`},
		{"mailbox_login", `{` + at + `"Operation":"MailboxLogin","ResultStatus":"Succeeded","MailboxOwnerUPN":"pat@mail.example","ClientInfoString":"client=pop3/imap4;protocol=pop3"}`,
			`login-succeeded outcome=success account=pat@mail.example protocol=pop3 client=client=pop3/imap4;protocol=pop3`},

		{"app_password", `{` + at + `"Operation":"Create application password for user.","ObjectId":"Lee@mail.example"}`, `key-created account=lee@mail.example actor=pat@mail.example`},
		{"app_password_gone", `{` + at + `"Operation":"Delete application password for user"}`, `key-removed account=pat@mail.example`},
		{"application_secret", `{` + at + `"Operation":"Update application – Certificates and secrets management ","ModifiedProperties":[{"Name":"KeyDescription","NewValue":"[\r\n  \"[KeyIdentifier=1,KeyType=Password,KeyUsage=Verify,DisplayName=backup]\"\r\n]","OldValue":"[]"}],"Target":[{"ID":"Application_1","Type":2},{"ID":"Application","Type":2},{"ID":"Sync tool","Type":1}]}`,
			`key-created account=pat@mail.example key=backup detail=Sync tool`},
		{"application_secret_gone", `{` + at + `"Operation":"Update application – Certificates and secrets management ","ModifiedProperties":[{"Name":"KeyDescription","OldValue":"[KeyIdentifier=1,DisplayName=a] [KeyIdentifier=2,DisplayName=b]","NewValue":"[KeyIdentifier=1,DisplayName=a]"}]}`,
			`key-removed account=pat@mail.example key=b`},

		{"password_reset_by_admin", `{` + at + `"Operation":"Reset user password.","ResultStatus":"Success","ObjectId":"Lee@mail.example"}`, `password-changed outcome=success account=lee@mail.example actor=pat@mail.example`},
		{"password_change", `{` + at + `"Operation":"Change user password.","ResultStatus":"Failure","Target":[{"ID":"User_1","Type":2},{"ID":"pat@mail.example","Type":5}]}`, `password-changed outcome=failure account=pat@mail.example`},
		{"reset_started", `{` + at + `"Operation":"user started password reset"}`, `reset-requested account=pat@mail.example`},
		{"mfa_off", `{` + at + `"Operation":"Update user.","ObjectId":"lee@mail.example","ModifiedProperties":[{"Name":"StrongAuthenticationMethod","NewValue":"[]","OldValue":"[{\"MethodType\":7}]"},{"Name":"Included Updated Properties","NewValue":"x"}]}`,
			`second-factor-changed account=lee@mail.example actor=pat@mail.example detail=StrongAuthenticationMethod removed`},
		{"recovery_phone", `{` + at + `"Operation":"Update user.","ModifiedProperties":[{"Name":"StrongAuthenticationUserDetails","NewValue":"[{\"PhoneNumber\":\"+1 5\"}]","OldValue":"[]"}]}`,
			`recovery-changed account=pat@mail.example detail=StrongAuthenticationUserDetails`},
		{"update_user_otherwise", `{` + at + `"Operation":"Update user.","ModifiedProperties":[{"Name":"Department","NewValue":"x","OldValue":"y"}]}`, `other account=pat@mail.example`},
		{"security_info", `{` + at + `"Operation":"User registered security info"}`, `recovery-changed account=pat@mail.example`},
		{"tokens", `{` + at + `"Operation":"Update StsRefreshTokenValidFrom Timestamp."}`, `session-revoked account=pat@mail.example`},
		{"consent", `{` + at + `"Operation":"Consent to application.","Target":[{"ID":"ServicePrincipal_1","Type":2},{"ID":"11111111-2222-4333-8444-555555555555","Type":2},{"ID":"ServicePrincipal","Type":2},{"ID":"Mail helper","Type":1}],"ModifiedProperties":[{"Name":"ConsentAction.Permissions","NewValue":"[] => [[Id: a, ClientId: b, Scope: Mail.Read offline_access, CreatedDateTime: ]]"}]}`,
			`consent-granted account=pat@mail.example detail=Mail helper: Mail.Read offline_access`},

		{"to_trash", `{` + at + `"Operation":"MoveToDeletedItems","MailboxOwnerUPN":"lee@mail.example","AffectedItems":[{"InternetMessageId":"<a@x.example>","Subject":"one","ParentFolder":{"Path":"\\Inbox"}},{"InternetMessageId":"<b@x.example>","Subject":"two","ParentFolder":{"Path":"\\Inbox"}}],"DestFolder":{"Path":"\\Deleted Items"}}`,
			`mail-deleted account=lee@mail.example actor=pat@mail.example folder=\Inbox {a@x.example|one|\Inbox} {b@x.example|two|\Inbox}`},
		{"soft_delete", `{` + at + `"Operation":"SoftDelete","Item":{"Id":"x","Subject":"one","ParentFolder":{"Id":"y","Path":"\\Deleted Items","Name":"Deleted Items"},"InternetMessageId":"<a@x.example>","SizeInBytes":1156492.00}}`,
			`mail-deleted account=pat@mail.example folder=\Deleted Items id=a@x.example subject=one`},
		{"move_to_trash", `{` + at + `"Operation":"Move","AffectedItems":[{"InternetMessageId":"<a@x.example>"}],"Folder":{"Path":"\\Inbox"},"DestFolder":{"Path":"\\Gel\u00f6schte Elemente\\x"}}`,
			`mail-deleted account=pat@mail.example folder=\Inbox id=a@x.example detail=\Gelöschte Elemente\x`},
		{"move", `{` + at + `"Operation":"Move","AffectedItems":[{"InternetMessageId":"<a@x.example>"}],"Folder":{"Path":"\\Inbox"},"DestFolder":{"Path":"\\Archive"}}`,
			`mail-moved account=pat@mail.example folder=\Inbox id=a@x.example detail=\Archive`},
		{"access_bind", `{` + at + `"Operation":"MailItemsAccessed","ClientIPAddress":"2001:db8::1","ClientInfoString":"Client=REST;;","OperationProperties":` + extended("MailAccessType", "Bind", "IsThrottled", "True") +
			`,"Folders":[{"FolderItems":[{"InternetMessageId":"<a@x.example>","SizeInBytes":12.50},{"InternetMessageId":"<b@x.example>"}],"Id":"f","Path":"\\Inbox"},{"Path":"\\Archive","FolderItems":[{"InternetMessageId":"<c@x.example>"}]}],"OperationCount":3}`,
			`mail-read account=pat@mail.example ip=2001:db8::1 protocol=rest client=Client=REST;; {a@x.example||\Inbox} {b@x.example||\Inbox} {c@x.example||\Archive} detail=Bind, throttled`},
		{"access_sync", `{` + at + `"Operation":"MailItemsAccessed","OperationProperties":` + extended("MailAccessType", "Sync", "IsThrottled", "False") + `,"Item":{"Id":"f","ParentFolder":{"Id":"f","Path":"\\Inbox","Name":"Inbox"}}}`,
			`mail-read account=pat@mail.example folder=\Inbox detail=Sync`},
		{"access_sentinel", `{"TimeGenerated":"2024-03-05T07:08:09Z","Operation":"MailItemsAccessed","OfficeWorkload":"Exchange","UserId":"pat@mail.example","Client_IPAddress":"198.51.100.4","Folders":"[{\"FolderItems\":[{\"InternetMessageId\":\"<a@x.example>\"}],\"Path\":\"\\\\Inbox\"}]","OperationProperties":"[{\"Name\":\"MailAccessType\",\"Value\":\"Bind\"}]"}`,
			`mail-read account=pat@mail.example ip=198.51.100.4 folder=\Inbox id=a@x.example detail=Bind`},
		{"send", `{` + at + `"Operation":"Send","Item":{"Id":"x","Subject":"hi","InternetMessageId":"<a@x.example>","ParentFolder":{"Path":"\\Drafts"}}}`, `mail-sent account=pat@mail.example folder=\Drafts id=a@x.example subject=hi`},
		{"message_bind", `{` + at + `"Operation":"MessageBind","MailboxOwnerUPN":"lee@mail.example"}`, `mail-read account=lee@mail.example actor=pat@mail.example`},

		{"rule", `{` + at + `"Operation":"New-InboxRule","ResultStatus":"True","ClientIP":"203.0.113.9:10736","ObjectId":"D/Org/x\\..","Parameters":` + extended("Force", "False", "Name", "..", "SubjectContainsWords", "coinbase;gemini", "DeleteMessage", "True", "MarkAsRead", "True") + `}`,
			`rule-set outcome=success account=pat@mail.example ip=203.0.113.9 detail=rule "..": delete, mark as read; if subject has coinbase;gemini`},
		{"rule_forwards", `{` + at + `"Operation":"Set-InboxRule","ResultStatus":"False","Parameters":` + extended("Identity", `lee@mail.example\x`, "Mailbox", "lee@mail.example", "ForwardTo", "smtp:a@b.example") + `}`,
			`forwarding-set outcome=failure account=lee@mail.example actor=pat@mail.example detail=rule "x": forward to a@b.example`},
		{"rule_forwarding_cleared", `{` + at + `"Operation":"Set-InboxRule","Parameters":` + extended("Identity", "x", "ForwardTo", "") + `}`, `rule-set account=pat@mail.example detail=rule "x"`},
		{"rule_of_a_program", `{` + at + `"Operation":"UpdateInboxRules","MailboxOwnerUPN":"pat@mail.example","OperationProperties":` + extended("RuleOperation", "AddMailboxRule", "RuleName", "r", "RuleActions", `[{"ActionType":"Forward","Recipients":["a@b.example"]},{"ActionType":"Delete"}]`) + `}`,
			`forwarding-set account=pat@mail.example detail=AddMailboxRule rule "r": Forward a@b.example, Delete`},
		{"forwarding", `{` + at + `"Operation":"Set-Mailbox","ResultStatus":"True","Parameters":` + extended("Identity", "D/Org/pat", "ForwardingSmtpAddress", "smtp:a@b.example", "DeliverToMailboxAndForward", "True") + `}`,
			`forwarding-set outcome=success account=pat@mail.example detail=forward to a@b.example, keep a copy`},
		{"forwarding_of_somebody", `{` + at + `"Operation":"Set-Mailbox","Parameters":` + extended("Identity", "lee", "ForwardingAddress", "") + `}`, `forwarding-set account=lee actor=pat@mail.example detail=forwarding removed`},
		{"mailbox_otherwise", `{` + at + `"Operation":"Set-Mailbox","Parameters":` + extended("Identity", "pat@mail.example", "AuditEnabled", "False") + `}`, `other account=pat@mail.example detail=AuditEnabled False`},
		{"transport_rule", `{` + at + `"Operation":"New-TransportRule","Parameters":` + extended("Name", "t", "BlindCopyTo", "a@b.example") + `}`, `forwarding-set account=pat@mail.example detail=rule "t": blind copy to a@b.example`},
		{"delegate", `{` + at + `"Operation":"Add-MailboxPermission","Parameters":` + extended("Identity", "lee@mail.example", "User", "eve", "AccessRights", "FullAccess") + `}`,
			`other account=lee@mail.example actor=pat@mail.example detail=User eve, AccessRights FullAccess`},

		{"alert", `{` + at + `"Operation":"AlertTriggered","Name":"Suspicious forwarding","Severity":"High"}`, `alert account=pat@mail.example detail=Suspicious forwarding`},
		{"nameless_items", `{` + at + `"Operation":"HardDelete","Workload":"Exchange","AffectedItems":[{"Id":"1"},{"Id":"2"}],"Folder":{"Path":"\\Notes"}}`, `mail-purged account=pat@mail.example folder=\Notes detail=without message id and subject: 2`},
		{"move_elsewhere", `{` + at + `"Operation":"Move","Workload":"Yammer"}`, `other account=pat@mail.example`},
		{"sync_of_folders", `{` + at + `"Operation":"MailItemsAccessed","OperationProperties":` + extended("MailAccessType", "Sync") + `,"Folders":[{"Id":"f","Path":"\\Inbox"}]}`, `mail-read account=pat@mail.example folder=\Inbox detail=Sync`},
		{"unknown_is_kept", `{` + at + `"Operation":"SomethingNew","ClientIP":"[cool.client.example]:99"}`, `other account=pat@mail.example host=cool.client.example`},
		{"strings_for_numbers", `{` + at + `"RecordType":"15","UserType":"0","ErrorCode":"0","Operation":"UserLoggedIn"}`, `login-succeeded outcome=success account=pat@mail.example`},
		{"null_values", `{` + at + `"Operation":"UserLoggedIn","ClientIP":null,"ActorIpAddress":"198.51.100.1","AppAccessContext":{"AADSessionId":"s2"}}`, `login-succeeded outcome=success account=pat@mail.example ip=198.51.100.1 session=s2`},
		{"lower_case_names", `{"creationtime":"2024-03-05 07:08:09","userid":"pat@mail.example","operation":"Set-Mailbox","clientip":"198.51.100.1","parameters":` + extended("Identity", "pat@mail.example", "ForwardingSmtpAddress", "smtp:a@b.example") + `}`,
			`forwarding-set account=pat@mail.example ip=198.51.100.1 detail=forward to a@b.example`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			want := tt.want
			for container, text := range map[string]string{"json": tt.record, "csv": "RecordId,AuditData\r\nr," + quoted(tt.record) + "\r\n"} {
				e := one(t, text)
				if diff := cmp.Diff(want, brief(e)); diff != "" {
					t.Errorf("%s: (-want +got)\n%s", container, diff)
				}
				if got := e.Time.RFC3339(); got != "2024-03-05T07:08:09Z" {
					t.Errorf("%s: time %s", container, got)
				}
			}
		})
	}
}

func TestUnifiedAuditCutOff(t *testing.T) {
	const head = "RecordId,CreationDate,RecordType,Operation,UserId,AuditData,Units\r\n"
	whole := "r2,2024-03-05T07:10:00Z,8,Update user.,pat@mail.example," + quoted(`{"CreationTime":"2024-03-05T07:10:00","Operation":"Update user.","UserId":"pat@mail.example"}`) + ",\r\n"
	tests := []struct {
		name, row string
		want      string
		broken    []string
		warnings  []string
	}{
		{"cell_is_cut", `r1,2024-03-05T07:09:00Z,3,HardDelete,pat@mail.example,` + quoted(`{"CreationTime":"2024-03-05T07:08:09","Operation":"HardDelete","AffectedItems":[{"InternetMes`) + ",\r\n",
			"mail-purged account=pat@mail.example", nil, []string{"2: AuditData: JSON is cut off: only what stands before that, or in other columns, is known"}},
		{"cell_is_cut_at_once", `r1,2024-03-05T07:09:00Z,3,HardDelete,pat@mail.example,"{""Creat` + "\"\r\n",
			"mail-purged account=pat@mail.example", nil, []string{"2: AuditData: JSON is cut off: only what stands before that, or in other columns, is known"}},
		{"quote_never_closed", `r1,2024-03-05T07:09:00Z,15,UserLoggedIn,pat@mail.example,"{""CreationTime"":""2024-03-05T07:08:09"",""ResultSta` + "\r\n",
			"other outcome=unknown account=pat@mail.example", nil, []string{"2: AuditData: JSON is cut off: only what stands before that, or in other columns, is known"}},
		{"quote_never_closed_later", whole[:len(whole)-2] + "\"x\r\n", "other account=pat@mail.example", nil, []string{"2: quote is never closed"}},
		{"empty_cell", "r1,2024-03-05T07:09:00Z,3,HardDelete,pat@mail.example,,\r\n",
			"mail-purged account=pat@mail.example", nil, []string{"2: AuditData: JSON is cut off: only what stands before that, or in other columns, is known"}},
		{"nothing_known", "r1,,,,,\"{\"\r\n", "", []string{"2: AuditData: JSON is cut off"}, nil},
		{"row_ends_early", "r1,2024-03-05T07:09:00Z\r\n", "", []string{"2: row ends before its AuditData column"}, nil},
		{"not_json", "r1,2024-03-05T07:09:00Z,3,HardDelete,pat@mail.example,see attachment,\r\n",
			"mail-purged account=pat@mail.example", nil, []string{"2: AuditData: not valid JSON: only what stands before that, or in other columns, is known"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := audit(t, head+tt.row+whole)
			var got []string
			for i := range r.events {
				got = append(got, brief(&r.events[i]))
			}
			var want []string
			if tt.want != "" {
				want = append(want, tt.want)
			}
			want = append(want, "other account=pat@mail.example")
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("events (-want +got)\n%s", diff)
			}
			if diff := cmp.Diff(tt.broken, r.broken); diff != "" {
				t.Errorf("broken (-want +got)\n%s", diff)
			}
			if diff := cmp.Diff(tt.warnings, r.warnings); diff != "" {
				t.Errorf("warnings (-want +got)\n%s", diff)
			}
		})
	}
}
