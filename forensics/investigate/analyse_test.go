package investigate

import (
	"context"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"keytrail/forensics"
	"keytrail/forensics/casefile"
	"keytrail/forensics/filter"
	"keytrail/forensics/rule/ruletest"
)

// makeCase makes a case of events, all in one item of a format.
func makeCase(tb testing.TB, format string, events []forensics.Event) *casefile.Case {
	tb.Helper()
	c, err := casefile.Create(filepath.Join(tb.TempDir(), "c"), casefile.Options{Tool: "test", Who: "test"})
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		if err := c.Close(); err != nil {
			tb.Error(err)
		}
	})
	addEvents(tb, c, format, events)
	return c
}

func addEvents(tb testing.TB, c *casefile.Case, format string, events []forensics.Event) {
	tb.Helper()
	ev, err := c.BeginEvidence(forensics.Evidence{Name: "log", Path: "/evidence/log", Size: 1})
	if err != nil {
		tb.Fatal(err)
	}
	w, err := c.BeginItem(forensics.Item{Evidence: ev.ID})
	if err != nil {
		tb.Fatal(err)
	}
	first, last := int64(0), int64(0)
	for from := 0; from < len(events); from += 4096 {
		page := events[from:min(from+4096, len(events))]
		if _, err := w.Append(page); err != nil {
			tb.Fatal(err)
		}
	}
	for i := range events {
		if at := events[i].Time.Nano; !events[i].Time.Unreliable {
			if first == 0 || at < first {
				first = at
			}
			last = max(last, at)
		}
	}
	if err := w.Finish(forensics.Item{Format: format, Status: forensics.StatusOK, Digest: forensics.Digest{1}, First: first, Last: last}); err != nil {
		tb.Fatal(err)
	}
	if err := c.FinishEvidence(ev.ID, forensics.Digest{1}, 1); err != nil {
		tb.Fatal(err)
	}
}

func lines(tb testing.TB, table string) []forensics.Event {
	tb.Helper()
	events, err := ruletest.Events(table)
	if err != nil {
		tb.Fatal(err)
	}
	return events
}

// hijacked is a year of an owner's life with one attack at its end.
const hijacked = `
2022-01-01T08:00:00Z login-succeeded ip=198.51.100.7 country=US protocol=imap client=Thunderbird every=19h times=500 session=own
2023-02-07T03:12:07Z key-created ip=203.0.113.77 country=NL key=Outlook-2 operation=app-password
2023-02-07T03:14:52Z login-succeeded ip=203.0.113.77 country=NL session=s1 protocol=imap client=imaplib
2023-02-07T03:19:30Z reset-requested id=m1@coinbase.example service=coinbase certainty=reported sender=authenticated subject="Reset your password"
2023-02-07T03:19:58Z mail-purged id=m1@coinbase.example session=s1 ip=203.0.113.77 country=NL
2023-02-07T03:41:00Z funds-sent account=- service=coinbase amount=2.41 asset=BTC usd=55212.40 destination=bc1qexample provider=statement/coinbase
2023-02-08T08:00:00Z login-succeeded ip=198.51.100.7 country=US protocol=imap client=Thunderbird every=19h times=30 session=own2
`

func TestAnalyse(t *testing.T) {
	c := makeCase(t, "mailserver/dovecot", lines(t, hijacked))
	a := New(c, Options{})
	got, err := a.Analyse(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if len(got.Incidents) != 1 {
		t.Fatalf("%d incidents, want 1: %+v", len(got.Incidents), got.Incidents)
	}
	in := &got.Incidents[0]
	if in.ID != 1 || in.Strength != "strong" || len(in.Loss) != 1 || in.Loss[0].ValueUSD != "55212.40" {
		t.Errorf("incident is %+v", in)
	}
	again, err := Analyse(t.Context(), c, Options{})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(got, again); diff != "" {
		t.Errorf("a second analysis differs (-first +second):\n%s", diff)
	}
	view, err := c.Query(t.Context(), filterOf(t, "incident:1"))
	if err != nil {
		t.Fatal(err)
	}
	if view.Len() < 5 {
		t.Errorf("incident:1 matches %d events, want those of the steps", view.Len())
	}
}

// TestVerdicts: a verdict re-runs what it touches, undo goes the same way, and the result is that of a fresh analysis.
func TestVerdicts(t *testing.T) {
	c := makeCase(t, "mailserver/dovecot", lines(t, hijacked+strings.ReplaceAll(hijacked, "ip=", "account=kim@example.com ip=")))
	a := New(c, Options{})
	ask := func(what string) *forensics.Analysis {
		t.Helper()
		got, err := a.Analyse(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		fresh, err := Analyse(t.Context(), c, Options{})
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(fresh, got); diff != "" {
			t.Errorf("%s: not what a fresh analysis says (-fresh +got):\n%s", what, diff)
		}
		return got
	}
	before := ask("at first")
	if err := c.SetVerdict([]string{"ip:203.0.113.77"}, casefile.VerdictMine); err != nil {
		t.Fatal(err)
	}
	for _, in := range ask("mine").Incidents {
		if in.Strength == "strong" {
			t.Errorf("a strong incident is left though its address is the owner's: %s", in.Summary)
		}
	}
	if _, err := c.Undo(); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(before, ask("undone")); diff != "" {
		t.Errorf("undo does not bring the analysis back (-before +after):\n%s", diff)
	}
}

// TestShared: a transfer that names no account belongs to one incident only.
func TestShared(t *testing.T) {
	other := strings.ReplaceAll(hijacked, "ip=", "account=kim@example.com ip=")
	other = strings.ReplaceAll(strings.ReplaceAll(other, "reset-requested", "reset-requested account=kim@example.com"), "m1@", "m2@")
	var kept []string
	for _, l := range strings.Split(other, "\n") {
		if !strings.Contains(l, "funds-sent") {
			kept = append(kept, l)
		}
	}
	c := makeCase(t, "mailserver/dovecot", lines(t, hijacked+strings.Join(kept, "\n")))
	got, err := Analyse(t.Context(), c, Options{})
	if err != nil {
		t.Fatal(err)
	}
	with := 0
	for _, in := range got.Incidents {
		if len(in.Loss) > 0 {
			with++
		}
	}
	if with != 1 || len(got.Incidents) != 2 {
		t.Errorf("%d of %d incidents have the loss, want 1 of 2", with, len(got.Incidents))
	}
	if len(got.Campaigns) != 1 {
		t.Errorf("%d campaigns, want the one of the shared address: %+v", len(got.Campaigns), got.Campaigns)
	}
}

func TestQuestions(t *testing.T) {
	c := makeCase(t, "mailserver/dovecot", lines(t, hijacked))
	a := New(c, Options{})
	list, err := a.Questions(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	if len(list) == 0 {
		t.Fatal("no question, though there is an incident")
	}
	q := list[0]
	if len(q.Incidents) != 1 || q.Incidents[0] != 1 || !strings.Contains(q.Entities[0], "203.0.113") {
		t.Errorf("the first question is %+v, want the one about the strange address", q)
	}
	if err := c.SetVerdict(q.Entities, casefile.VerdictMine); err != nil {
		t.Fatal(err)
	}
	again, err := a.Questions(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range again {
		if r.Entities[0] == q.Entities[0] {
			t.Errorf("%q is asked again after its answer", r.Text)
		}
	}
}

func filterOf(t *testing.T, text string) filter.Expr {
	t.Helper()
	e, err := filter.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	return e
}
