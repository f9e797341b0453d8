package incident

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"keytrail/forensics"
	"keytrail/forensics/rule"
	"keytrail/forensics/rule/ruletest"
)

// The weights that the tests give to findings, by rule.
var weights = map[string]float64{
	"KEY-01": 0.3, "KEY-02": 0.5, "LOG-01": 0.5, "LOG-02": 0.5, "LOG-04": 0.4, "RST-01": 0.2, "RST-03": 0.5, "RST-04": 0.5,
	"DEL-01": 0.7, "DEL-02": 0.5, "DEL-04": 0.4, "DEL-06": 0.6, "LOSS-01": 0.6, "KEY-03": 0.4,
}

// say makes findings of a list such as "LOG-02 3,4 <1; REPAIR 9": a rule, its rows, and behind < what it relates to. A rule with a
// + behind it is the owner's repair.
func say(t *testing.T, c *ruletest.Case, list string) []forensics.Finding {
	t.Helper()
	var out []forensics.Finding
	for _, text := range strings.Split(list, ";") {
		words := strings.Fields(text)
		if len(words) == 0 {
			continue
		}
		f := forensics.Finding{Rule: strings.TrimSuffix(words[0], "+"), Owner: strings.HasSuffix(words[0], "+"), Account: ruletest.DefaultAccount,
			Technique: "T1078", Why: "because of " + words[0], InnocentIf: "it was the owner"}
		f.Weight = weights[f.Rule]
		f.Step = map[string]forensics.StepName{"KEY": "key", "LOG": "login", "RST": "reset", "DEL": "deletion", "LOSS": "money"}[strings.Split(f.Rule, "-")[0]]
		f.Rows = rowsOf(t, words[1])
		for _, w := range words[2:] {
			f.Related = rowsOf(t, strings.TrimPrefix(w, "<"))
		}
		for i, row := range f.Rows {
			e := c.Event(row)
			if i == 0 || e.Time.Nano < f.Start {
				f.Start = e.Time.Nano
			}
			f.End = max(f.End, e.Time.Nano)
			f.Certainty = max(f.Certainty, e.Certainty)
		}
		out = append(out, f)
	}
	return out
}

func rowsOf(t *testing.T, text string) (rows []int64) {
	t.Helper()
	for _, w := range strings.Split(text, ",") {
		var from, to int64
		if n, err := fmt.Sscanf(w, "%d-%d", &from, &to); n == 1 {
			to = from
		} else if err != nil {
			t.Fatalf("rows %q: %v", text, err)
		}
		for r := from; r <= to; r++ {
			rows = append(rows, r)
		}
	}
	return rows
}

// find builds the incidents of a table with findings.
func find(t *testing.T, table, findings string, change ...func(*rule.Input)) []Found {
	t.Helper()
	c, err := ruletest.Lines(table)
	if err != nil {
		t.Fatal(err)
	}
	in := &rule.Input{Briefs: c}
	if in.Account, err = c.Account(ruletest.DefaultAccount, nil); err != nil {
		t.Fatal(err)
	}
	unowned, err := c.Account("", nil)
	if err != nil {
		t.Fatal(err)
	}
	in.Unowned = unowned.Briefs
	for _, f := range change {
		f(in)
	}
	acct, err := rule.Evaluate(context.Background(), in) // for the profile
	if err != nil {
		t.Fatal(err)
	}
	acct.Findings = say(t, c, findings)
	found, err := Find(context.Background(), in, acct)
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// outline writes incidents as "key:1 login:2,3".
func outline(found []Found) []string {
	out := []string{}
	for _, f := range found {
		var steps []string
		for _, s := range f.Steps {
			steps = append(steps, string(s.Step)+":"+strings.Trim(strings.ReplaceAll(fmt.Sprint(s.Rows), " ", ","), "[]"))
		}
		out = append(out, strings.Join(steps, " "))
	}
	return out
}

// whole is one attack with every step; the rows are 1 to 6.
const whole = `
2023-02-07T03:12:07Z key-created ip=203.0.113.77 key=Outlook-2
2023-02-07T03:14:52Z login-succeeded ip=203.0.113.77 session=s1 protocol=imap
2023-02-07T03:19:30Z reset-requested id=m1@coinbase.example service=coinbase certainty=reported sender=authenticated
2023-02-07T03:19:58Z mail-purged id=m1@coinbase.example session=s1 ip=203.0.113.77
2023-02-07T03:41:00Z funds-sent account=- service=coinbase amount=2.41 asset=BTC usd=55212.40 destination=bc1qexample provider=statement/coinbase
`

const wholeSays = "KEY-01 1; LOG-02 2; RST-01 3; DEL-01 4 <3; LOSS-01 5 <3"

func TestWhole(t *testing.T) {
	found := find(t, whole, wholeSays)
	if diff := cmp.Diff([]string{"key:1 login:2 reset:3 deletion:4 money:5"}, outline(found)); diff != "" {
		t.Fatalf("incidents (-want +got):\n%s", diff)
	}
	f := found[0]
	if f.Strength != "strong" || len(f.Missing) != 0 {
		t.Errorf("strength %s, missing %v", f.Strength, f.Missing)
	}
	if diff := cmp.Diff([]forensics.Loss{{Service: "coinbase", Asset: "BTC", Amount: "2.41", ValueUSD: "55212.40", Rows: []int64{5}}}, f.Loss); diff != "" {
		t.Errorf("loss (-want +got):\n%s", diff)
	}
	joined := map[string]string{}
	for _, s := range f.Steps {
		joined[string(s.Step)] = strings.Join(s.JoinedBy, ", ")
		if s.Why == "" || s.InnocentIf == "" || s.Technique == "" || len(s.EventIDs) != len(s.Rows) || s.Label == "" {
			t.Errorf("step %s is not fully told: %+v", s.Step, s)
		}
	}
	want := map[string]string{"key": "same ip", "login": "same session, same ip", "reset": "message-id, same service", "deletion": "same session, same ip, message-id", "money": "same service"}
	if diff := cmp.Diff(want, joined); diff != "" {
		t.Errorf("joined (-want +got):\n%s", diff)
	}
	if !slices.Contains(f.Entities, "ip:203.0.113.77") || !slices.Contains(f.Entities, "key:outlook-2") {
		t.Errorf("entities %v", f.Entities)
	}
	sum := 0.0
	for _, p := range f.Parts {
		sum += p.Value
	}
	if got := score(sum); got != f.Score {
		t.Errorf("the parts add up to %.2f, the score is %.2f", got, f.Score)
	}
}
