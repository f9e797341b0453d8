package investigate

import (
	"os"
	"path/filepath"
	"testing"
	"testing/fstest"
	"time"

	"keytrail/forensics/casefile"
	"keytrail/forensics/format/all"
	"keytrail/forensics/ingest"
	"keytrail/forensics/sigma"
)

// TestSigmaRows asks rules about the rows of the portal's CSV, whose first line names the columns.
func TestSigmaRows(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "InteractiveSignIns.csv")
	rows := "\ufeffDate (UTC),Request ID,User agent,Correlation ID,User ID,User,Username,User type,Application,Application ID ,IP address,Location,Status,Sign-in error code,Failure reason,Client app\r\n" +
		"2026-03-02T08:00:00Z,r1,Mozilla/5.0,c1,u1,Pat,pat@example.com,Member,Office,a1,203.0.113.9,\"Utrecht, NL\",Success,None,Other.,Browser\r\n" +
		"2026-03-02T08:05:00Z,r2,axios/1.7,c2,u1,Pat,pat@example.com,Member,Office,a1,198.51.100.7,\"Oslo, NO\",Failure,50126,Invalid username or password,Browser\r\n"
	if err := os.WriteFile(file, []byte(rows), 0o600); err != nil {
		t.Fatal(err)
	}
	c, err := casefile.Create(filepath.Join(dir, "case"), casefile.Options{Tool: "test", Who: "test@host"})
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := c.Close(); err != nil {
			t.Error(err)
		}
	}()
	if _, err := ingest.Add(t.Context(), c, []string{file}, ingest.Options{Formats: all.Formats(), Now: time.Now}, nil); err != nil {
		t.Fatal(err)
	}
	set, err := sigma.Load(fstest.MapFS{"axios.yml": {Data: []byte("title: A\nlogsource: {product: azure, service: signinlogs}\ndetection: {s: {userAgent|contains: axios, ResultType: 50126, Status: Failure}, condition: s}\n")}})
	if err != nil {
		t.Fatal(err)
	}
	findings, skipped, err := runSigma(t.Context(), c, set)
	if err != nil || len(skipped) > 0 || len(findings) != 1 || findings[0].Account != "pat@example.com" {
		t.Errorf("%d findings, not checked %v, %v", len(findings), skipped, err)
	}
}
