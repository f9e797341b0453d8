package investigate

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"keytrail/forensics"
	"keytrail/forensics/casefile"
	"keytrail/forensics/format/all"
	"keytrail/forensics/ingest"
	"keytrail/forensics/sigma"
)

// inboxRules are three audit records: a rule that forwards, another rule, and a sign-in.
const inboxRules = `CreationDate,UserIds,Operations,AuditData
2026-02-01T10:00:00.0000000Z,pat@example.com,New-InboxRule,"{""CreationTime"":""2026-02-01T10:00:00"",""Id"":""00000000-0000-4000-8000-000000000001"",""Operation"":""New-InboxRule"",""Workload"":""Exchange"",""ResultStatus"":""True"",""UserId"":""pat@example.com"",""ClientIP"":""203.0.113.7"",""Parameters"":[{""Name"":""ForwardTo"",""Value"":""drop@example.net""}]}"
2026-02-01T11:00:00.0000000Z,pat@example.com,New-InboxRule,"{""CreationTime"":""2026-02-01T11:00:00"",""Id"":""00000000-0000-4000-8000-000000000002"",""Operation"":""New-InboxRule"",""Workload"":""Exchange"",""ResultStatus"":""True"",""UserId"":""pat@example.com"",""ClientIP"":""198.51.100.7"",""Parameters"":[{""Name"":""MoveToFolder"",""Value"":""Lists""}]}"
2026-02-01T12:00:00.0000000Z,pat@example.com,UserLoggedIn,"{""CreationTime"":""2026-02-01T12:00:00"",""Id"":""00000000-0000-4000-8000-000000000003"",""Operation"":""UserLoggedIn"",""Workload"":""AzureActiveDirectory"",""ResultStatus"":""Success"",""UserId"":""pat@example.com"",""ClientIP"":""198.51.100.7""}"
`

const forwardRule = `title: A rule that forwards
id: 11111111-0000-4000-8000-000000000000
level: high
tags: [attack.t1114.003]
falsepositives: [an absence note]
logsource: {product: m365, service: exchange}
detection:
  selection: {eventName: New-InboxRule, Parameters|contains: ForwardTo}
  condition: selection
`

func TestRunSigma(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "AuditLog.csv")
	if err := os.WriteFile(file, []byte(inboxRules), 0o600); err != nil {
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
	set, err := sigma.Load(fstest.MapFS{
		"forward.yml": {Data: []byte(forwardRule)},
		"google.yml":  {Data: []byte("title: G\nlogsource: {product: google_workspace}\ndetection: {a: {eventName: x}, condition: a}\n")},
		"count.yml":   {Data: []byte("title: N\nlogsource: {product: m365}\ndetection: {a: {x: y}, condition: 'a | count() > 3'}\n")},
		"other.yml":   {Data: []byte("title: W\nlogsource: {product: windows}\ndetection: {a: {x: y}, condition: a}\n")},
	})
	if err != nil {
		t.Fatal(err)
	}
	findings, skipped, err := runSigma(t.Context(), c, set)
	if err != nil {
		t.Fatal(err)
	}
	if len(findings) != 1 {
		t.Fatalf("%d findings: %v", len(findings), findings)
	}
	if len(skipped) != 3 || skipped[1].Why != "rules about logs that keytrail does not read: 1, for windows (1)" {
		t.Errorf("skipped %v", skipped)
	}
	f := findings[0]
	if f.Account != "pat@example.com" || f.Rule != SigmaPrefix+"11111111-0000-4000-8000-000000000000" || f.Step != forensics.StepSettings ||
		f.Technique != "T1114.003" || len(f.Rows) != 1 || !strings.Contains(f.InnocentIf, "absence note") || f.Weight <= 0 {
		t.Errorf("finding %+v", f)
	}
	if f.Title != "A rule that forwards" || f.Level != "high" || len(f.EventIDs) != 1 || f.EventIDs[0] == "" {
		t.Errorf("finding %+v", f)
	}

	// An analyst asks by itself, and once where the records stay the same.
	a := New(c, Options{Sigma: set})
	analysis, err := a.Analyse(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	told := slices.ContainsFunc(analysis.Findings, func(f forensics.Finding) bool { return f.Title == "A rule that forwards" })
	if !told || len(analysis.NotChecked) < 2 || a.sigma.events["microsoft/unified-audit"] != 3 {
		t.Errorf("findings %v, not checked %v, asked %v", analysis.Findings, analysis.NotChecked, a.sigma.events)
	}
	before := &a.sigma.findings[0]
	if err := c.SetSetting("reset.window", "1h"); err != nil {
		t.Fatal(err)
	}
	if _, err := a.Analyse(t.Context()); err != nil || before != &a.sigma.findings[0] {
		t.Errorf("rules were asked again without need (%v)", err)
	}

	var said string
	for _, s := range skipped {
		said += s.Rule + ": " + s.Why + "\n"
	}
	if !strings.Contains(said, "counts or correlates") || !strings.Contains(said, "no record of google/workspace-audit") {
		t.Errorf("not checked:\n%s", said)
	}

	// Evidence that was taken away is said, and is no error.
	if err := os.Remove(file); err != nil {
		t.Fatal(err)
	}
	if findings, skipped, err = runSigma(t.Context(), c, set); err != nil || len(findings) != 0 || len(skipped) != 4 || !strings.Contains(skipped[3].Why, "3 records could not be asked") {
		t.Errorf("%d findings, not checked %v, %v", len(findings), skipped, err)
	}
}
