package microsoft_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/google/go-cmp/cmp"

	"keytrail/forensics"
	"keytrail/forensics/format"
	"keytrail/forensics/format/microsoft"
)

// result is what a parse told its sink, as text where that is easier to compare.
type result struct {
	events   []forensics.Event
	raws     []string
	refs     []forensics.Ref
	skipped  int
	broken   []string
	warnings []string
}

func (r *result) Record(rec *format.Record) error {
	r.events = append(r.events, rec.Events...)
	r.raws = append(r.raws, string(rec.Raw))
	r.refs = append(r.refs, rec.Ref)
	return nil
}
func (r *result) Skip(forensics.Ref) { r.skipped++ }
func (r *result) Broken(ref forensics.Ref, why string) {
	r.broken = append(r.broken, fmt.Sprintf("%d: %s", ref.Line, why))
}
func (r *result) Warn(ref forensics.Ref, text string) {
	r.warnings = append(r.warnings, fmt.Sprintf("%d: %s", ref.Line, text))
}

func parse(t *testing.T, f format.Format, text string) *result {
	t.Helper()
	var r result
	in := &format.Input{Name: "log", Size: int64(len(text)), Head: []byte(text[:min(len(text), format.HeadSize)]), Reader: strings.NewReader(text)}
	if err := f.Parse(context.Background(), in, &r); err != nil {
		t.Fatal(err)
	}
	for i, ref := range r.refs { // a ref slices back to the raw bytes
		if got := text[ref.Offset : ref.Offset+ref.Length]; got != r.raws[i] {
			t.Errorf("ref %+v gives %q, the record is %q", ref, got, r.raws[i])
		}
	}
	return &r
}

func audit(t *testing.T, text string) *result { return parse(t, microsoft.UnifiedAudit{}, text) }

// one parses one record and gives its event.
func one(t *testing.T, text string) *forensics.Event {
	t.Helper()
	r := audit(t, text)
	if len(r.events) != 1 || len(r.broken) > 0 {
		t.Fatalf("got %d events, broken %q", len(r.events), r.broken)
	}
	return &r.events[0]
}

func quoted(s string) string { return `"` + strings.ReplaceAll(s, `"`, `""`) + `"` }

const purge = `{"CreationTime":"2024-03-05T07:08:09","Id":"6F1A0000-0000-4000-8000-000000000001","Operation":"HardDelete",` +
	`"RecordType":3,"ResultStatus":"Succeeded","UserType":0,"Workload":"Exchange","UserId":"Pat@mail.example",` +
	`"ClientIPAddress":"203.0.113.7","ClientInfoString":"Client=POP3/IMAP4;Protocol=IMAP4","MailboxOwnerUPN":"Pat@Mail.example",` +
	`"OriginatingServer":"SERVER (192.0.2.99)\r\n","SessionId":"s-1","AffectedItems":[{"Id":"x","InternetMessageId":"<reset.1@coin.example>",` +
	`"ParentFolder":{"Path":"\\Deleted Items"},"Subject":"Reset your \"password\" \u00fc"}],"Folder":{"Path":"\\Deleted Items"}}`

func TestUnifiedAuditContainers(t *testing.T) {
	outer := `6f1a0000-0000-4000-8000-000000000001,2024-03-05T07:08:09.0000000Z,3,HardDelete,Pat@mail.example,` + quoted(purge)
	wide := func(bom string, order func(uint16) string) string {
		s := bom
		for _, u := range utf16.Encode([]rune("AuditData;Operations\r\n" + quoted(purge) + ";HardDelete\r\n")) {
			s += order(u)
		}
		return s
	}
	tests := map[string]string{
		"purview":              "RecordId,CreationDate,RecordType,Operation,UserId,AuditData,AssociatedAdminUnits,AssociatedAdminUnitsNames\r\n" + outer + ",,\r\n",
		"purview_bom":          "\uFEFFRecordId,CreationDate,RecordType,Operation,UserId,AuditData,AssociatedAdminUnits,AssociatedAdminUnitsNames\n" + outer + ",\"\",\"\"",
		"classic":              "CreationDate,UserIds,Operations,AuditData\n2024-03-05T07:08:09Z,pat@mail.example,HardDelete," + quoted(purge) + "\n",
		"powershell_type":      "#TYPE Deserialized.Microsoft.Exchange.Data.ApplicationLogic.UnifiedAuditLogEvent\r\n\"RunspaceId\",\"RecordType\",\"CreationDate\",\"UserIds\",\"Operations\",\"AuditData\",\"Identity\"\r\n\"r\",\"ExchangeItemGroup\",\"3/5/2024 7:08:09 AM\",\"Pat@mail.example\",\"HardDelete\"," + quoted(purge) + ",\"6f1a\"\r\n",
		"powershell_semicolon": "\"RecordType\";\"AuditData\";\"CreationDate\"\r\n\"3\";" + quoted(purge) + ";\"05.03.2024 07:08:09\"\r\n",
		"pretty_in_csv":        "x,AuditData\r\ny," + quoted(strings.ReplaceAll(purge, `,"`, ",\r\n    \"")) + "\r\n",
		"first_column_tabs":    "AuditData\tx\n" + quoted(purge) + "\ty\n",
		"unquoted_in_tabs":     "x\tAuditData\ny\t" + purge + "\n",
		"excel_sep":            "sep=;\nAuditData;x\n" + quoted(purge) + ";y\n",
		"utf16_little":         wide("\xFF\xFE", func(u uint16) string { return string([]byte{byte(u), byte(u >> 8)}) }),
		"utf16_big":            wide("\xFE\xFF", func(u uint16) string { return string([]byte{byte(u >> 8), byte(u)}) }),
		"exported_twice":       "x,AuditData\ny," + quoted(strings.ReplaceAll(purge, `"`, `""`)) + "\n",
		"json_in_json_string":  "x,AuditData\ny," + quoted(jsonString(purge)) + "\n",
		"api_array":            "[" + purge + "]",
		"api_array_pretty":     "[\n  " + strings.ReplaceAll(purge, `,"`, ",\n    \"") + "\n]\n",
		"json_lines":           purge + "\n",
		"graph_object":         `{"@odata.context":"c","value":[{"id":"6f1a0000-0000-4000-8000-000000000001","createdDateTime":"2024-03-05T07:08:09Z","operation":"HardDelete","userPrincipalName":"pat@mail.example","auditData":` + purge + `}],"@odata.nextLink":"n"}`,
		"graph_string":         `{"id":"6f1a0000-0000-4000-8000-000000000001","operation":"HardDelete","auditData":` + jsonString(purge) + `}`,
	}
	for name, text := range tests {
		t.Run(name, func(t *testing.T) {
			if g := (microsoft.UnifiedAudit{}).Match(&format.Head{Bytes: []byte(text), Complete: true}); g.Score < 40 {
				t.Errorf("not recognised: %+v", g)
			}
			if strings.HasPrefix(name, "utf16") {
				var r result
				in := &format.Input{Head: []byte(text), Reader: strings.NewReader(text)}
				if err := (microsoft.UnifiedAudit{}).Parse(context.Background(), in, &r); err != nil || len(r.events) != 1 {
					t.Fatalf("%d events, error %v", len(r.events), err)
				}
				check(t, &r.events[0])
				return
			}
			r := audit(t, text)
			if len(r.events) != 1 || len(r.broken) > 0 || len(r.warnings) > 0 {
				t.Fatalf("%d events, broken %q, warnings %q", len(r.events), r.broken, r.warnings)
			}
			check(t, &r.events[0])
		})
	}
}

func check(t *testing.T, got *forensics.Event) {
	t.Helper()
	want := forensics.Event{
		Kind: forensics.MailPurged, Outcome: forensics.Success, Service: "microsoft",
		Account: "pat@mail.example", Actor: "Pat@mail.example", Client: "Client=POP3/IMAP4;Protocol=IMAP4", Protocol: "imap",
		Session: "s-1", Operation: "HardDelete", MessageID: "reset.1@coin.example", Subject: `Reset your "password" ü`,
		Folder: `\Deleted Items`, Fact: "ual:6f1a0000-0000-4000-8000-000000000001",
	}
	ip, when := got.IP.String(), got.Time
	copied := *got
	copied.IP, copied.Time = want.IP, want.Time
	if diff := cmp.Diff(want, copied, cmp.Comparer(func(a, b forensics.Event) bool { return fmt.Sprintf("%+v", a) == fmt.Sprintf("%+v", b) })); diff != "" {
		t.Errorf("event differs (-want +got):\n%+v\n%+v", want, copied)
	}
	if ip != "203.0.113.7" {
		t.Errorf("address is %s", ip)
	}
	if when.RFC3339() != "2024-03-05T07:08:09Z" || when.ZoneText() != "utc" || when.Original != "2024-03-05T07:08:09" {
		t.Errorf("time is %+v", when)
	}
}

func jsonString(s string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(s) + `"`
}
