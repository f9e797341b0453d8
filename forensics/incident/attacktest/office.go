package attacktest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"

	"keytrail/forensics"
	"keytrail/forensics/format/microsoft/audittest"
)

// officeLog writes the unified audit log as Purview exports it.
type officeLog struct {
	g        *generator
	b        bytes.Buffer
	mailbox  string
	keyPlace bool // records of the directory say where from
	rows     int
}

func (g *generator) writeOffice() {
	w := &officeLog{g: g, mailbox: g.guid(), keyPlace: g.chance(0.5)}
	w.b.WriteString(audittest.Header + "\r\n")
	for i := range g.acts {
		a := &g.acts[i]
		if !g.logged(a.at) || a.at.After(g.c.End) {
			continue
		}
		// Programs of the owner keep their tokens: not every session begins with a login.
		if a.what == didLogin && a.attack == 0 && g.chance(0.4) {
			continue
		}
		w.act(a)
	}
	g.file("log/AuditLog.csv", &w.b)
}

// fields are properties of a record, in order.
type fields []any

// record writes one row.
func (w *officeLog) record(a *act, operation string, kind int, result string, more fields) {
	id := w.g.guid()
	var j bytes.Buffer
	fmt.Fprintf(&j, `{"CreationTime":"%s","Id":"%s","Operation":"%s","OrganizationId":"0a1b2c3d-0000-4000-8000-00000000cafe","RecordType":%d,"ResultStatus":"%s","UserKey":"1003200%09X","UserType":0,"Version":1`,
		a.at.UTC().Format("2006-01-02T15:04:05"), id, operation, kind, result, 4711)
	for i := 0; i+1 < len(more); i += 2 {
		value, err := json.Marshal(more[i+1])
		if err != nil {
			panic(err) // texts and lists of texts
		}
		fmt.Fprintf(&j, `,"%s":%s`, more[i], value)
	}
	j.WriteByte('}')
	user := w.g.user(a)
	fmt.Fprintf(&w.b, `%s,%s,%d,%s,%s,"%s",,`+"\r\n", id, a.at.UTC().Format("2006-01-02T15:04:05.0000000Z"), kind, operation, user,
		strings.ReplaceAll(j.String(), `"`, `""`))
	w.rows++
}

// named is one entry of a list of names and values.
type named struct{ Name, Value string }

func (w *officeLog) exchange(a *act, more ...any) fields {
	return append(fields{"Workload", "Exchange", "UserId", w.g.user(a), "ClientIPAddress", a.in.addr.String(), "ClientInfoString", a.in.client.info,
		"ExternalAccess", false, "InternalLogonType", 0, "LogonType", 0, "MailboxGuid", w.mailbox, "MailboxOwnerUPN", w.g.user(a),
		"OrganizationName", "firm.example", "OriginatingServer", "AB1PR02MB0001 (15.20.4200.000)\r\n", "SessionId", a.in.id}, more...)
}

func (w *officeLog) directory(a *act) fields {
	f := fields{"Workload", "AzureActiveDirectory", "ObjectId", w.g.user(a), "AzureActiveDirectoryEventType", 1}
	if a.alone {
		f = append(f, "UserId", "admin@firm.example")
	} else {
		f = append(f, "UserId", w.g.user(a))
		if w.keyPlace && a.in != nil {
			f = append(f, "ClientIP", a.in.addr.String(), "ActorIpAddress", a.in.addr.String())
		}
	}
	return f
}

type item struct {
	InternetMessageID string `json:"InternetMessageId"`
	Subject           string `json:",omitempty"`
	ParentFolder      struct{ Path string }
}

func items(folder string, letters ...*letter) []item {
	out := make([]item, len(letters))
	for i, l := range letters {
		out[i].InternetMessageID, out[i].Subject, out[i].ParentFolder.Path = "<"+l.id+">", l.subject, folder
	}
	return out
}

func (w *officeLog) act(a *act) {
	switch a.what {
	case didLogin:
		w.login(a, "UserLoggedIn", "0", "Success")
		w.g.mark(a, Mark{Kind: forensics.LoginSucceeded, Session: a.in.id, IP: a.in.addr})
	case didFail:
		w.login(a, "UserLoginFailed", "50126", "")
		w.g.mark(a, Mark{Kind: forensics.LoginFailed, IP: a.in.addr})
	case didRead:
		l := a.letter
		if l == nil {
			if l = w.g.standing(a.at); l == nil {
				return
			}
		}
		w.record(a, "MailItemsAccessed", 50, "Succeeded", w.exchange(a, "OperationProperties", []named{{"MailAccessType", "Bind"}, {"IsThrottled", "False"}},
			"Folders", []any{map[string]any{"Path": `\Inbox`, "FolderItems": []any{map[string]any{"InternetMessageId": "<" + l.id + ">", "SizeInBytes": 4000}}}}, "OperationCount", max(1, a.many)))
		w.g.mark(a, Mark{Kind: forensics.MailRead, Session: a.in.id, IP: a.in.addr, MessageID: l.id})
	case didTrash:
		w.record(a, "MoveToDeletedItems", 3, "Succeeded", w.exchange(a, "AffectedItems", items(`\Inbox`, a.letter), "Folder", map[string]string{"Path": `\Inbox`}))
		w.g.mark(a, Mark{Kind: forensics.MailDeleted, Session: a.in.id, IP: a.in.addr, MessageID: a.letter.id})
	case didPurge:
		if a.alone {
			return
		}
		w.record(a, "HardDelete", 3, "Succeeded", w.exchange(a, "AffectedItems", items(`\Deleted Items`, a.letters...), "Folder", map[string]string{"Path": `\Deleted Items`}))
		w.g.mark(a, Mark{Kind: forensics.MailPurged, Session: a.in.id, IP: a.in.addr})
	case letterWent:
		w.record(a, "Send", 2, "Succeeded", w.exchange(a, "Item", items(`\Sent Items`, a.letter)[0]))
		w.g.mark(a, Mark{Kind: forensics.MailSent, Session: a.in.id, MessageID: a.letter.id})
	case keyMade:
		w.record(a, "Create application password for user.", 8, "Success", w.directory(a))
		w.g.mark(a, Mark{Kind: forensics.KeyCreated})
	case keyGone:
		w.record(a, "Delete application password for user.", 8, "Success", w.directory(a))
		w.g.mark(a, Mark{Kind: forensics.KeyRemoved})
	case passwordChanged:
		w.record(a, "Change user password.", 8, "Success", w.directory(a))
		w.g.mark(a, Mark{Kind: forensics.PasswordChanged})
	case recoveryChanged:
		w.record(a, "User registered security info.", 8, "Success", w.directory(a))
		w.g.mark(a, Mark{Kind: forensics.RecoveryChanged})
	case sessionsRevoked:
		w.record(a, "Update StsRefreshTokenValidFrom Timestamp.", 8, "Success", w.directory(a))
		w.g.mark(a, Mark{Kind: forensics.SessionRevoked})
	case consentGiven:
		w.record(a, "Consent to application.", 8, "Success", append(w.directory(a),
			"ModifiedProperties", []map[string]string{{"Name": "ConsentAction.Permissions", "NewValue": "[[Id: x, ClientId: y, ResourceId: z, ConsentType: Principal, Scope: Mail.ReadWrite offline_access, CreatedDateTime: , ExpiryTime ]]", "OldValue": ""}},
			"Target", []map[string]any{{"ID": a.text, "Type": 1}}))
		w.g.mark(a, Mark{Kind: forensics.ConsentGranted})
	case ruleMade:
		w.rule(a)
	case forwardMade:
		w.record(a, "Set-Mailbox", 1, "True", w.cmdlet(a, w.g.user(a), []named{{"Identity", w.g.user(a)}, {"ForwardingSmtpAddress", "smtp:" + a.text}, {"DeliverToMailboxAndForward", "True"}}))
		w.g.mark(a, Mark{Kind: forensics.ForwardingSet, IP: a.in.addr})
	}
}

func (w *officeLog) cmdlet(a *act, object string, parameters []named) fields {
	return fields{"Workload", "Exchange", "ClientIP", a.in.addr.String() + ":52011", "UserId", w.g.user(a), "ObjectId", object, "SessionId", a.in.id, "Parameters", parameters}
}

// rule writes an inbox rule: the attacker's hides, the owner's sorts.
func (w *officeLog) rule(a *act) {
	parameters := []named{{"Name", a.text}, {"From", "bulletin@school.example"}, {"MoveToFolder", a.text}}
	if a.attack > 0 {
		parameters = []named{{"Name", a.text}, {"SubjectOrBodyContainsWords", "password;withdrawal;security"}, {"MarkAsRead", "True"}, {"MoveToFolder", "RSS Feeds"}, {"StopProcessingRules", "True"}}
	}
	w.record(a, "New-InboxRule", 1, "True", w.cmdlet(a, w.g.user(a)+`\`+a.text, parameters))
	w.g.mark(a, Mark{Kind: forensics.RuleSet, IP: a.in.addr})
}

func (w *officeLog) login(a *act, operation, code, detail string) {
	more := fields{"Workload", "AzureActiveDirectory", "ClientIP", a.in.addr.String(), "ObjectId", w.mailbox, "UserId", w.g.user(a), "AzureActiveDirectoryEventType", 1,
		"ExtendedProperties", []named{{"ResultStatusDetail", detail}, {"UserAgent", a.in.client.agent}, {"RequestType", "OAuth2:Authorize"}},
		"ActorIpAddress", a.in.addr.String(), "ErrorCode", code}
	if code == "0" {
		more = append(more, "DeviceProperties", []named{{"OS", "Windows10"}, {"SessionId", a.in.id}})
	} else {
		more = append(more, "LogonError", "InvalidUserNameOrPassword")
	}
	w.record(a, operation, 15, "Succeeded", more)
}
