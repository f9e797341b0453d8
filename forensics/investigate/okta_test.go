package investigate

import (
	"fmt"
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

// oktaLog writes the System Log of a user: two months of sign-ins from one network, then a stranger who guesses the password,
// signs in, replaces the factor, makes a token and changes the password; and the user who tells it.
func oktaLog() string {
	var b strings.Builder
	n := 0
	event := func(at time.Time, kind, result, reason, ip, country, session, target string) {
		n++
		fmt.Fprintf(&b, `{"actor":{"id":"00u1","type":"User","alternateId":"pat@example.com","displayName":"Pat Doe"},"client":{"userAgent":{"rawUserAgent":"Mozilla/5.0"},"ipAddress":%q,`+
			`"geographicalContext":{"country":%q}},"authenticationContext":{"externalSessionId":%q},"displayMessage":"x","eventType":%q,"outcome":{"result":%q,"reason":%q},"published":%q,`+
			`"securityContext":{"isProxy":%t},"severity":"INFO","debugContext":{"debugData":{}},"transaction":{"type":"WEB","id":"t"},"uuid":"00000000-0000-4000-8000-%012d","version":"0","target":[%s]}`+"\n",
			ip, country, session, kind, result, reason, at.UTC().Format("2006-01-02T15:04:05.000Z"), ip == "203.0.113.77", n, target)
	}
	const own, strange, us, nl = "198.51.100.7", "203.0.113.77", "United States", "Netherlands"
	user := `{"id":"00u1","type":"User","alternateId":"pat@example.com","displayName":"Pat Doe"}`
	start := time.Date(2026, 1, 5, 8, 0, 0, 0, time.UTC)
	for d := range 60 {
		at := start.AddDate(0, 0, d)
		event(at, "user.session.start", "SUCCESS", "", own, us, fmt.Sprint("own", d), "")
		event(at.Add(time.Minute), "user.authentication.sso", "SUCCESS", "", own, us, fmt.Sprint("own", d), `{"id":"0oa1","type":"AppInstance","alternateId":"Mail","displayName":"Example Mail"}`)
	}
	night := time.Date(2026, 3, 6, 3, 0, 0, 0, time.UTC)
	for i := range 12 {
		event(night.Add(time.Duration(i)*time.Minute), "user.session.start", "FAILURE", "INVALID_CREDENTIALS", strange, nl, "", "")
	}
	in := night.Add(14 * time.Minute)
	event(in, "user.session.start", "SUCCESS", "", strange, nl, "s1", "")
	event(in.Add(1*time.Minute), "user.mfa.factor.deactivate", "SUCCESS", "User reset OKTA_VERIFY_PUSH factor", strange, nl, "s1", user)
	event(in.Add(2*time.Minute), "user.mfa.factor.activate", "SUCCESS", "User set up SIGNED_NONCE factor", strange, nl, "s1", user)
	event(in.Add(3*time.Minute), "system.api_token.create", "SUCCESS", "", strange, nl, "s1", `{"id":"00T1","type":"Token","alternateId":"unknown","displayName":"backup-2"}`)
	event(in.Add(4*time.Minute), "user.account.update_password", "SUCCESS", "", strange, nl, "s1", user)
	event(in.Add(5*time.Hour), "user.account.report_suspicious_activity_by_enduser", "SUCCESS", "", own, us, "own60", "")
	return b.String()
}

const oktaProxyRule = `title: A session that began behind a proxy
id: 22222222-0000-4000-8000-000000000000
level: high
tags: [attack.t1090]
logsource: {product: okta, service: okta}
detection:
  selection: {eventType: user.session.start, outcome.result: SUCCESS, securityContext.isProxy: 'true'}
  condition: selection
`

// TestOkta runs the catalogue and a Sigma rule over a System Log.
func TestOkta(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "okta.jsonl")
	if err := os.WriteFile(file, []byte(oktaLog()), 0o600); err != nil {
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
	got, err := Analyse(t.Context(), c, Options{})
	if err != nil {
		t.Fatal(err)
	}
	said := map[string][]string{}
	for _, f := range got.Findings {
		said[f.Rule] = append(said[f.Rule], fmt.Sprintf("%.2f %s", f.Weight, f.Why))
	}
	for rule, part := range map[string]string{
		"LOG-02": "203.0.113.77", "LOG-05": "12 failures", "LOG-09": "report_suspicious_activity", "KEY-01": `backup-2`, "RST-04": "the second factor was switched off",
	} {
		if !slices.ContainsFunc(said[rule], func(s string) bool { return strings.Contains(s, part) }) {
			t.Errorf("%s does not say %q: %q", rule, part, said[rule])
		}
	}
	if n := len(said["RST-04"]); n != 3 {
		t.Errorf("%d findings of RST-04, want the factor that went, the one that came and the password: %q", n, said["RST-04"])
	}
	if len(got.Incidents) != 1 || got.Incidents[0].Account != "pat@example.com" {
		t.Errorf("incidents %+v", got.Incidents)
	}
	set, err := sigma.Load(fstest.MapFS{"proxy.yml": {Data: []byte(oktaProxyRule)}})
	if err != nil {
		t.Fatal(err)
	}
	findings, skipped, err := runSigma(t.Context(), c, set)
	if err != nil || len(skipped) > 0 || len(findings) != 1 {
		t.Fatalf("%d findings, not checked %v, %v", len(findings), skipped, err)
	}
	if f := findings[0]; f.Account != "pat@example.com" || f.Technique != "T1090" || f.Step != forensics.StepLogin || len(f.Rows) != 1 {
		t.Errorf("finding %+v", f)
	}
}
