package xlsx

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"keytrail/forensics"
)

// linesFrom gives the rows of a sheet from the one that begins with a text on, empty cells at the ends left out.
func linesFrom(rows [][]string, from string) (out []string) {
	for _, row := range rows {
		text := strings.Trim(strings.Join(row, "|"), "|")
		if text != "" && (len(out) > 0 || strings.HasPrefix(text, from)) {
			out = append(out, text)
		}
	}
	return out
}

func TestSigmaRules(t *testing.T) {
	at := time.Date(2023, 2, 7, 3, 12, 7, 0, time.UTC).UnixNano()
	hit := func(rule, title, level string, row int64) forensics.Finding {
		return forensics.Finding{Rule: "SIGMA:" + rule, Title: title, Level: level, Account: "pat@example.net", Technique: "T1114.003", InnocentIf: "the rule names as innocent: an absence note",
			Start: at, End: at + row, Rows: []int64{row}, EventIDs: []string{fmt.Sprint("id", row)}}
	}
	a := &forensics.Analysis{
		Incidents: []forensics.Incident{{ID: 7, Steps: []forensics.Step{{Rows: []int64{2}}}}},
		Findings:  []forensics.Finding{{Rule: "LOG-02", Rows: []int64{1}}, hit("low.yml", "=A formula", "low", 1), {Rule: "SIGMA:bare.yml", Title: "Bare", Rows: []int64{3}}},
	}
	for row := range int64(15) {
		a.Findings = append(a.Findings, hit("11111111-0000-4000-8000-000000000000", "Mail is forwarded", "high", row+1))
	}
	for i := range refusedAlike + 10 {
		a.NotChecked = append(a.NotChecked, forensics.NotChecked{Rule: fmt.Sprintf("SIGMA:%03d.yml", i), Title: "W", Why: "keytrail reads no logs of windows"})
	}
	a.NotChecked = append(a.NotChecked, forensics.NotChecked{Rule: "SIGMA:count.yml", Title: "N", Why: "it counts"})
	c := content(list(), nil)
	c.Analysis, c.Sigma, c.Places = a, "3 Sigma rules asked", "a table"
	f := opened(t, made(t, c, MaxRows))
	got := linesFrom(shown(t, f, "Incidents"), "What Sigma")
	want := []string{
		"What Sigma rules found: rules of others, asked about the raw records",
		"Level|Rule|Rule ID|First (UTC)|Last (UTC)|Records|Account|ATT&CK|Innocent if|Incidents|Event IDs",
		"high|Mail is forwarded|SIGMA:11111111-0000-4000-8000-000000000000|2023-02-07 03:12:07|2023-02-07 03:12:07|15|pat@example.net|T1114.003|an absence note|7|id1 id2 id3 id4 id5 id6 id7 id8 id9 id10 id11 id12 and 3 more",
		"low|=A formula|SIGMA:low.yml|2023-02-07 03:12:07|2023-02-07 03:12:07|1|pat@example.net|T1114.003|an absence note||id1",
		"no level|Bare|SIGMA:bare.yml|||1|none named||||and 1 more",
		"Rules that could not be asked",
		"Rule|What it looks for, and why it was not asked|Accounts",
	}
	if d := cmp.Diff(want, got[:len(want)]); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
	// Each reason once it is plenty: 49 rules, one line for the others, and the one with another reason.
	rest := got[len(want):]
	if len(rest) != refusedAlike+1 || rest[refusedAlike-1] != "SIGMA:|11 more rules: keytrail reads no logs of windows|the whole case" || rest[refusedAlike] != "SIGMA:count.yml|N: it counts|the whole case" {
		t.Errorf("%d lines of rules that were not asked, the last %q", len(rest), rest[len(rest)-2:])
	}
	readme := strings.Join(linesFrom(shown(t, f, "Read me"), "What"), "\n")
	for _, want := range []string{"Places of addresses|Country and operator", "of a table.", "Sigma rules|3 Sigma rules asked. What they found stands"} {
		if !strings.Contains(readme, want) {
			t.Errorf("the Read me lacks %q", want)
		}
	}

	// Rules that found nothing are no silence.
	a.Findings = nil
	got = linesFrom(shown(t, opened(t, made(t, c, MaxRows)), "Incidents"), "What Sigma")
	if len(got) < 2 || !strings.HasPrefix(got[1], "None of the rules that were asked matches") {
		t.Errorf("got %q", got[:min(len(got), 2)])
	}
}
