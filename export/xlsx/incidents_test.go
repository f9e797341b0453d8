package xlsx

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"keytrail/forensics"
)

func TestIncidents(t *testing.T) {
	start := time.Date(2022, 11, 14, 3, 5, 2, 0, time.UTC).UnixNano()
	end := start + int64(5*time.Minute)
	var ids []string
	var rowsOf []int64
	for i := range 15 {
		ids, rowsOf = append(ids, fmt.Sprint("id", i)), append(rowsOf, int64(i+1))
	}
	a := &forensics.Analysis{
		Incidents: []forensics.Incident{{ID: 1, Account: "pat@example.net", Start: start, End: end, Score: 0.93, Strength: "strong", Campaign: "A", Summary: "strong: two steps joined by ip", State: "stopped by owner",
			Parts: []forensics.ScorePart{{Text: "two steps", Value: 0.9}, {Text: "a baseline that is short", Value: -0.1}}, Entities: []string{"ip:203.0.113.77"}, Services: []string{"coinbase"},
			Steps: []forensics.Step{
				{Step: forensics.StepKey, Start: start, End: start, Rows: []int64{1}, EventIDs: []string{"id0"}, Rules: []string{"KEY-01"}, JoinedBy: []string{"same ip"}, Technique: "T1098.001", Label: `"Outlook-2"`, Why: "a key was made", InnocentIf: "The owner made it."},
				{Step: forensics.StepDeletion, Start: end, End: end, Rows: rowsOf, EventIDs: ids, Certainty: forensics.Inferred, Label: "+35 s", Why: "15 mails went"},
			},
			Repair:  []forensics.Step{{Step: forensics.StepKey, Start: end, Why: "the owner took the key away"}, {Why: "sessions ended"}},
			Missing: []forensics.Missing{{Step: forensics.StepMoney, LookedIn: []string{"coinbase.csv"}, NotCovered: []string{"no statement of Gemini"}}, {Step: forensics.StepReset}},
			Loss:    []forensics.Loss{{Service: "coinbase", Asset: "BTC", Amount: "0.51", ValueUSD: "8306.07"}, {Asset: "ETH", Amount: "2"}},
		}},
		Campaigns:  []forensics.Campaign{{ID: "A", Incidents: []int64{1, 4}, Shared: []string{"network AS64511"}, First: start, Last: end, Text: "2 times", Loss: []forensics.Loss{{Asset: "BTC", Amount: "1", Service: "kraken"}}}},
		Changed:    []string{"reset.window = 30m (15m)"},
		NotChecked: []forensics.NotChecked{{Rule: "KEY-01", Title: "Key made", Account: "b@example.net", Why: "no such source"}, {Rule: "DEL-05", Title: "Absent", Why: "no such source"}, {Rule: "KEY-01", Title: "Key made", Account: "a@example.net", Why: "no such source"}},
		Notes:      []string{"the baseline is short"},
	}
	c := content(list(), nil)
	c.Analysis, c.Zone = a, chicago(t)
	f := opened(t, made(t, c, MaxRows))
	var got []string
	for _, row := range shown(t, f, "Incidents") {
		if text := strings.Trim(strings.Join(row, "|"), "|"); text != "" {
			got = append(got, text)
		}
	}
	want := []string{
		"Incidents",
		"1 incident: 1 strong; 1 campaign below",
		got[2],
		"Incident 1  -  strong, 0.93  -  pat@example.net",
		"Summary|strong: two steps joined by ip",
		"Loss|0.51 BTC from Coinbase, worth 8306.07 USD as stated",
		"Loss|2 ETH; no statement gives its value",
		"Campaign|A",
		"How it ended|stopped by owner",
		"Came from|ip:203.0.113.77",
		"Services|Coinbase",
		"Step|Why it belongs|What|From (UTC)|From (America/Chicago)|To (UTC)|Certainty|Joined by|ATT&CK|Innocent if|Rules|Event IDs",
		"all steps|||2022-11-14 03:05:02|2022-11-13 21:05:02|2022-11-14 03:10:02",
		`key|a key was made|"Outlook-2"|2022-11-14 03:05:02|2022-11-13 21:05:02|2022-11-14 03:05:02|observed|same ip|T1098.001|The owner made it.|KEY-01|id0`,
		"deletion|15 mails went|35 s after they came|2022-11-14 03:10:02|2022-11-13 21:10:02|2022-11-14 03:10:02|inferred|||||id0 id1 id2 id3 id4 id5 id6 id7 id8 id9 id10 id11 and 3 more",
		"repair: key|the owner took the key away||2022-11-14 03:10:02|2022-11-13 21:10:02||observed",
		"repair|sessions ended|||||observed",
		"missing: money|Looked for and not found in: coinbase.csv. Not covered: no statement of Gemini.",
		"missing: reset|Not on record.",
		"the score|+0.90 two steps; -0.10 a baseline that is short",
		"Campaigns: incidents that share a source",
		"Campaign|What they share|Incidents|First (UTC)|First (America/Chicago)|Last (UTC)",
		"A|2 times. Shared: network AS64511. Loss: 1 BTC from Kraken; no statement gives its value|1, 4|2022-11-14 03:05:02|2022-11-13 21:05:02|2022-11-14 03:10:02",
		"Thresholds that this case sets otherwise",
		"reset.window = 30m (15m)",
		"Rules that could not be asked",
		"Rule|What it looks for, and why it was not asked|Accounts",
		"DEL-05|Absent: no such source|the whole case",
		"KEY-01|Key made: no such source|2 accounts",
		"Limits of the search",
		"the baseline is short",
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
	c.Analysis = &forensics.Analysis{}
	rows := shown(t, opened(t, made(t, c, MaxRows)), "Incidents")
	if !strings.HasPrefix(rows[1][0], "No incident was found") {
		t.Errorf("an analysis without incidents says %q", rows[1])
	}
}
