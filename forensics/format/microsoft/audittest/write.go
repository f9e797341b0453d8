// Package audittest writes audit logs of people who do not exist, as large as a test or
// a benchmark wants them.
//
// Invariant: equal arguments give equal bytes. Addresses are those of RFC 5737 and RFC 3849,
// names end in example.
package audittest

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"math/rand"
	"time"
)

// Header is the header line of a Purview export.
const Header = "RecordId,CreationDate,RecordType,Operation,UserId,AuditData,AssociatedAdminUnits,AssociatedAdminUnitsNames"

// mix are the operations written, in parts of a hundred.
var mix = []struct {
	operation string
	kind      int // RecordType
	share     int
	body      func(*writer)
}{
	{"MailItemsAccessed", 50, 38, (*writer).access},
	{"UserLoggedIn", 15, 25, (*writer).login},
	{"FileAccessed", 6, 20, (*writer).file},
	{"HardDelete", 3, 9, (*writer).remove},
	{"UserLoginFailed", 15, 5, (*writer).login},
	{"New-InboxRule", 1, 3, (*writer).rule},
}

// Write writes n records in the form of a Purview CSV export, about 1.9 KB each, one every few
// seconds from 2024-03-01 on.
func Write(w io.Writer, n int, seed int64) error {
	out := bufio.NewWriterSize(w, 1<<20)
	fmt.Fprintf(out, "%s\r\n", Header)
	x := &writer{rand: rand.New(rand.NewSource(seed)), at: time.Date(2024, 3, 1, 0, 0, 0, 0, time.UTC)}
	for range n {
		x.record()
		if _, err := out.Write(x.row.Bytes()); err != nil {
			return err
		}
	}
	return out.Flush()
}

type writer struct {
	rand      *rand.Rand
	at        time.Time
	row, json bytes.Buffer
	operation string
	user      string
	ip        string
	mailboxID string
}

var (
	people = []string{"ada", "bruno", "chiara", "dmitri", "eva", "farid", "greta", "hugo", "ines", "jonas", "kaya", "lena",
		"marek", "nadia", "oskar", "priya", "quentin", "rosa", "samir", "tove"}
	agents = []string{
		"Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/122.0.0.0 Safari/537.36 Edg/122.0.0.0",
		"Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.3 Safari/605.1.15",
		"Mozilla/5.0 (X11; Linux x86_64; rv:123.0) Gecko/20100101 Firefox/123.0",
		"BAV2ROPC",
	}
	clients = []string{"Client=OWA;Action=ViaProxy", "Client=POP3/IMAP4;Protocol=IMAP4", "Client=MSExchangeRPC",
		"Client=REST;Client=RESTSystem;;", "Client=OutlookService;Outlook-iOS/2.0;", "Client=WebServices;ExchangeServicesClient/15.00.0913.015;"}
	folders  = []string{`\\Inbox`, `\\Sent Items`, `\\Archive`, `\\Deleted Items`, `\\Inbox\\Invoices`}
	subjects = []string{"Invoice 20240311 is due", "Your password was reset", "Re: meeting on Thursday", "Confirm your withdrawal", "Fwd: \\\"urgent\\\" offer",
		"Übersicht der Buchungen", "New sign-in to your account"}
)

func pick(r *rand.Rand, list []string) string { return list[r.Intn(len(list))] }

func (x *writer) guid() string {
	return fmt.Sprintf("%08x-%04x-4%03x-8%03x-%012x", x.rand.Uint32(), x.rand.Intn(1<<16), x.rand.Intn(1<<12), x.rand.Intn(1<<12), x.rand.Int63n(1<<48))
}

func (x *writer) record() {
	x.at = x.at.Add(time.Duration(x.rand.Intn(12000)) * time.Millisecond)
	x.user = pick(x.rand, people) + "@mail.example"
	x.mailboxID = fmt.Sprintf("AQMkAGE1%024xAAADTq", x.rand.Int63())
	switch x.rand.Intn(10) {
	case 0:
		x.ip = fmt.Sprintf("2001:db8::%x", x.rand.Intn(4096))
	case 1:
		x.ip = fmt.Sprintf("[::ffff:203.0.113.%d]:%d", x.rand.Intn(256), 1024+x.rand.Intn(60000))
	default:
		x.ip = fmt.Sprintf("198.51.100.%d", x.rand.Intn(256))
	}
	roll, i := x.rand.Intn(100), 0
	for roll >= mix[i].share {
		roll -= mix[i].share
		i++
	}
	x.operation = mix[i].operation
	id := x.guid()
	x.json.Reset()
	fmt.Fprintf(&x.json, `{"AppAccessContext":{"AADSessionId":"%s","CorrelationId":"%s","UniqueTokenId":"%024x"},`, x.guid(), x.guid(), x.rand.Int63())
	fmt.Fprintf(&x.json, `"CreationTime":"%s","Id":"%s","Operation":"%s","OrganizationId":"%s","RecordType":%d,"ResultStatus":"Succeeded","UserKey":"1003200%09X","UserType":0,"Version":1,`,
		x.at.Format("2006-01-02T15:04:05"), id, x.operation, "0a1b2c3d-0000-4000-8000-00000000cafe", mix[i].kind, x.rand.Int63n(1<<36))
	mix[i].body(x)
	x.json.WriteByte('}')

	x.row.Reset()
	fmt.Fprintf(&x.row, `%s,%s,%d,%s,%s,"`, id, x.at.Format("2006-01-02T15:04:05.0000000Z"), mix[i].kind, x.operation, x.user)
	x.row.Write(bytes.ReplaceAll(x.json.Bytes(), []byte{'"'}, []byte(`""`)))
	x.row.WriteString("\",,\r\n")
}

// mailbox writes what all mailbox records have.
func (x *writer) mailbox() {
	fmt.Fprintf(&x.json, `"Workload":"Exchange","UserId":"%s","AppId":"%s","ClientAppId":"","ClientIPAddress":"%s","ClientInfoString":"%s","ExternalAccess":false,"InternalLogonType":0,"LogonType":0,`,
		x.user, x.guid(), x.ip, pick(x.rand, clients))
	fmt.Fprintf(&x.json, `"LogonUserSid":"S-1-5-21-1000000000-2000000000-3000000000-%d","MailboxGuid":"%s","MailboxOwnerSid":"S-1-5-21-1000000000-2000000000-3000000000-%d","MailboxOwnerUPN":"%s",`,
		1000+x.rand.Intn(9000), x.guid(), 1000+x.rand.Intn(9000), x.user)
	fmt.Fprintf(&x.json, `"OrganizationName":"mail.example","OriginatingServer":"AB1PR02MB%04d (15.20.4200.000)\r\n","SessionId":"%s",`, x.rand.Intn(10000), x.guid())
}

func (x *writer) item() {
	fmt.Fprintf(&x.json, `{"ClientRequestId":"{%s}","Id":"RgAAAAD%024xAAAJ","ImmutableId":"LgAAAAD%020xAAAJ","InternetMessageId":"<%016x.%08x@mx.example>","SizeInBytes":%d}`,
		x.guid(), x.rand.Int63(), x.rand.Int63(), x.rand.Int63(), x.rand.Uint32(), 1000+x.rand.Intn(500000))
}

func (x *writer) access() {
	x.mailbox()
	x.json.WriteString(`"OperationProperties":[{"Name":"MailAccessType","Value":"Bind"},{"Name":"IsThrottled","Value":"False"}],"Folders":[{"FolderItems":[`)
	n := 1 + x.rand.Intn(3)
	for i := range n {
		if i > 0 {
			x.json.WriteByte(',')
		}
		x.item()
	}
	fmt.Fprintf(&x.json, `],"Id":"LgAAAAD%s","Path":"%s"}],"OperationCount":%d`, x.mailboxID, pick(x.rand, folders), n)
}

func (x *writer) remove() {
	x.mailbox()
	folder := pick(x.rand, folders)
	x.json.WriteString(`"AffectedItems":[`)
	for i := range 1 + x.rand.Intn(2) {
		if i > 0 {
			x.json.WriteByte(',')
		}
		fmt.Fprintf(&x.json, `{"Attachments":"","Id":"RgAAAAD%024xAAAJ","InternetMessageId":"<%016x.%08x@mx.example>","ParentFolder":{"Id":"LgAAAAD%s","Path":"%s"},"Subject":"%s"}`,
			x.rand.Int63(), x.rand.Int63(), x.rand.Uint32(), x.mailboxID, folder, pick(x.rand, subjects))
	}
	fmt.Fprintf(&x.json, `],"CrossMailboxOperation":false,"Folder":{"Id":"LgAAAAD%s","Path":"%s"}`, x.mailboxID, folder)
}

func (x *writer) login() {
	user, app := x.guid(), x.guid()
	fmt.Fprintf(&x.json, `"Workload":"AzureActiveDirectory","ClientIP":"%s","ObjectId":"%s","UserId":"%s","AzureActiveDirectoryEventType":1,`, x.ip, x.guid(), x.user)
	detail, code := "Success", 0
	switch {
	case x.operation == "UserLoginFailed":
		code = 50126
		x.json.WriteString(`"LogonError":"InvalidUserNameOrPassword",`)
	case x.rand.Intn(4) == 0:
		detail = "Redirect"
	}
	fmt.Fprintf(&x.json, `"ExtendedProperties":[{"Name":"ResultStatusDetail","Value":"%s"},{"Name":"UserAgent","Value":"%s"},{"Name":"UserAuthenticationMethod","Value":"1"},{"Name":"RequestType","Value":"OAuth2:Authorize"}],"ModifiedProperties":[],`,
		detail, pick(x.rand, agents))
	fmt.Fprintf(&x.json, `"Actor":[{"ID":"%s","Type":0},{"ID":"%s","Type":5},{"ID":"1003200%09X","Type":3}],"ActorContextId":"%s","ActorIpAddress":"%s","InterSystemsId":"%s","IntraSystemId":"%s","SupportTicketId":"","Target":[{"ID":"%s","Type":0}],"TargetContextId":"%s","ApplicationId":"%s",`,
		user, x.user, x.rand.Int63n(1<<36), x.guid(), x.ip, x.guid(), x.guid(), app, x.guid(), app)
	fmt.Fprintf(&x.json, `"DeviceProperties":[{"Name":"Id","Value":"%s"},{"Name":"DisplayName","Value":"PC-%04d"},{"Name":"OS","Value":"Windows10"},{"Name":"TrustType","Value":"2"},{"Name":"SessionId","Value":"%s"}],"ErrorCode":"%d"`,
		x.guid(), x.rand.Intn(10000), x.guid(), code)
}

func (x *writer) file() {
	file := fmt.Sprintf("Report %d.docx", x.rand.Intn(100000))
	site := "https://files.example/personal/" + x.user
	fmt.Fprintf(&x.json, `"Workload":"OneDrive","ClientIP":"%s","UserId":"%s","ApplicationDisplayName":"Office","ApplicationId":"%s","AuthenticationType":"OAuth","BrowserName":"Edge","BrowserVersion":"122.0.0.0","CorrelationId":"%s","EventSource":"SharePoint","GeoLocation":"NAM","IsManagedDevice":false,"ItemType":"File",`,
		x.ip, x.user, x.guid(), x.guid())
	fmt.Fprintf(&x.json, `"ListId":"%s","ListItemUniqueId":"%s","ObjectId":"%s/Documents/%s","Platform":"WinDesktop","Site":"%s","UserAgent":"%s","WebId":"%s","DeviceDisplayName":"%s","FileSizeBytes":%d,"HighPriorityMediaProcessing":false,"ListBaseType":1,"ListServerTemplate":700,"SourceFileExtension":"docx","SiteUrl":"%s/","SourceFileName":"%s","SourceRelativeUrl":"Documents"`,
		x.guid(), x.guid(), site, file, x.guid(), pick(x.rand, agents), x.guid(), x.ip, x.rand.Intn(1<<24), site, file)
}

func (x *writer) rule() {
	name := pick(x.rand, []string{".", "..", "Newsletters", "Old"})
	fmt.Fprintf(&x.json, `"Workload":"Exchange","ClientIP":"%s","UserId":"%s","ObjectId":"EURPR01A001.example/Microsoft Exchange Hosted Organizations/mail.example/%s\\%s","AppId":"","AppPoolName":"MSExchangeAdminApiNetCore","ClientAppId":"","CorrelationId":"","ExternalAccess":false,"OrganizationName":"mail.example","OriginatingServer":"AB1PR02MB%04d (15.20.4200.000)","RequestId":"%s","SessionId":"%s","TokenObjectId":"%s","TokenTenantId":"%s",`,
		x.ip, x.user, x.guid(), name, x.rand.Intn(10000), x.guid(), x.guid(), x.guid(), x.guid())
	fmt.Fprintf(&x.json, `"Parameters":[{"Name":"AlwaysDeleteOutlookRulesBlob","Value":"False"},{"Name":"Force","Value":"False"},{"Name":"Name","Value":"%s"},{"Name":"SubjectOrBodyContainsWords","Value":"coinbase;password;withdrawal"},`, name)
	if x.rand.Intn(3) == 0 {
		x.json.WriteString(`{"Name":"ForwardTo","Value":"collector@elsewhere.example"},`)
	}
	x.json.WriteString(`{"Name":"DeleteMessage","Value":"True"},{"Name":"StopProcessingRules","Value":"True"}]`)
}
