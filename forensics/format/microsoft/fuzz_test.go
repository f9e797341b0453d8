package microsoft_test

import (
	"bytes"
	"context"
	"testing"

	"keytrail/forensics/format"
	"keytrail/forensics/format/microsoft"
	"keytrail/forensics/format/microsoft/audittest"
)

// fuzzed parses anything and checks that refs stay inside it and slice back.
func fuzzed(t *testing.T, f format.Format, b []byte) {
	var r result
	f.Match(&format.Head{Bytes: b, Complete: true})
	if err := f.Parse(context.Background(), &format.Input{Head: b, Reader: bytes.NewReader(b)}, &r); err != nil {
		t.Fatal(err)
	}
	last := int64(-1)
	for i, ref := range r.refs {
		if ref.Offset <= last || ref.Offset+ref.Length > int64(len(b)) {
			t.Fatalf("ref %+v of %d bytes, after %d", ref, len(b), last)
		}
		last = ref.Offset
		if got := string(b[ref.Offset : ref.Offset+ref.Length]); got != r.raws[i] {
			t.Fatalf("ref %+v gives %q, the record is %q", ref, got, r.raws[i])
		}
	}
}

func FuzzUnifiedAuditCSV(f *testing.F) {
	var log bytes.Buffer
	if err := audittest.Write(&log, 12, 1); err != nil {
		f.Fatal(err)
	}
	f.Add(log.Bytes())
	f.Add([]byte("#TYPE x\nAuditData;CreationDate\n" + quoted(purge) + ";05.03.2024 07:08:09\n"))
	f.Add([]byte("AuditData\n\"{\"\"a\"\":\"\nx,\"{\"\"Operation\"\":\"\"Move\"\"}\"\n"))
	f.Add([]byte("\xFF\xFEA\x00u\x00d\x00i\x00t\x00D\x00a\x00t\x00a\x00\n\x00{\x00}\x00"))
	f.Fuzz(func(t *testing.T, b []byte) {
		if len(b) > 0 && (b[0] == '{' || b[0] == '[') {
			return
		}
		fuzzed(t, microsoft.UnifiedAudit{}, b)
	})
}

func FuzzUnifiedAuditJSON(f *testing.F) {
	f.Add([]byte(purge))
	f.Add([]byte("[" + purge + "," + purge + "]"))
	f.Add([]byte(`{"value":[{"operation":"New-InboxRule","createdDateTime":"2024-03-05T07:08:09Z","auditData":{"Parameters":[{"Name":"ForwardTo","Value":"a@b.example"}]}}]}`))
	f.Add([]byte(`{"TimeGenerated":"2024-03-05T07:08:09Z","Operation":"UpdateInboxRules","OperationProperties":"[{\"Name\":\"RuleActions\",\"Value\":\"[{\\\"ActionType\\\":\\\"Forward\\\"}]\"}]"}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		if len(b) == 0 || b[0] != '{' && b[0] != '[' {
			return
		}
		fuzzed(t, microsoft.UnifiedAudit{}, b)
	})
}

func FuzzEntra(f *testing.F) {
	for _, s := range []string{signin, diagnostic, risk, keyMade, secretMade, signinHeader + signinRow, auditHeader + auditRow} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		fuzzed(t, microsoft.EntraSignin{}, b)
		fuzzed(t, microsoft.EntraAudit{}, b)
	})
}
