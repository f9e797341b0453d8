package xlsx

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"

	"keytrail/forensics"
)

// foundContent is a case with one attack that took money, and the owner's own repair.
func foundContent(t *testing.T) *Content {
	t.Helper()
	start := time.Date(2022, 11, 14, 23, 55, 2, 0, time.UTC).UnixNano()
	later := func(d time.Duration) int64 { return start + int64(d) }
	a := &forensics.Analysis{Incidents: []forensics.Incident{{ID: 7, Account: "pat@example.net", Start: start, End: later(21 * time.Minute), Strength: "strong", State: "stopped by owner",
		Entities: []string{"ip:203.0.113.77", "client:eM Client"},
		Steps: []forensics.Step{
			{Step: forensics.StepKey, Start: start, Label: "new key from 203.0.113.77"},
			{Step: forensics.StepLogin, Start: later(time.Minute), Label: "203.0.113.77"},
			{Step: forensics.StepDeletion, Start: later(10 * time.Minute), Label: "+23 s, +15 s"},
			{Step: forensics.StepKey, Start: later(11 * time.Minute), Label: "new key", Owner: true},
			{Step: forensics.StepMoney, Start: later(21 * time.Minute), Rows: []int64{1, 3}, Label: "0.51 BTC"},
		},
		Missing: []forensics.Missing{{Step: forensics.StepReset}},
		Loss:    []forensics.Loss{{Service: "coinbase", Asset: "BTC", Amount: "0.51", ValueUSD: "8306.07"}},
	}}}
	c := moneyContent(t, a)
	c.Evidence = []forensics.Evidence{{ID: 1, Name: "a.csv", Done: true}, {ID: 2, Name: "b.csv"}}
	c.BySource = map[int64]Events{1: list(), 2: list()}
	return c
}

// summaryUpTo gives the rows of the summary before its counts, without the chart's data.
func summaryUpTo(t *testing.T, f *excelize.File) (out []string) {
	t.Helper()
	for _, row := range shown(t, f, "Summary") {
		text := strings.Trim(strings.Join(row[:min(len(row), summaryPrinted)], "|"), "|")
		if text == "Events by group" {
			return out
		}
		if text != "" {
			out = append(out, text)
		}
	}
	t.Fatal("the summary has no counts")
	return nil
}

func TestSummarySaysWhatWasFound(t *testing.T) {
	c := foundContent(t)
	f := opened(t, made(t, c, MaxRows))
	got := summaryUpTo(t, f)
	want := []string{
		"Summary",
		got[1],
		"What was found",
		"Not read to the end: 1 piece of evidence. What is said here rests on a part of the evidence.",
		got[4],
		"From (UTC)|To (UTC)|Incident|Account|What happened|Came from|What left",
		"2022-11-14 23:55:02|2022-11-15 00:16:02|7|pat@example.net|strong: 23:55:02 app password or mail key made from 203.0.113.77; 23:56:02 sign-in: 203.0.113.77; " +
			"2022-11-15 00:05:02 notices deleted 23 s, 15 s after they came; 2022-11-15 00:16:02 money sent: 0.51 BTC; stopped by owner. Not on record: reset.|203.0.113.77, client:eM Client|" +
			"0.51 BTC from Coinbase, worth 8306.07 USD as stated",
		"Time (UTC)|Service|Incident|Account|What left, and where to|Evidence, place|Transaction",
		"2022-11-14 03:31:09|Coinbase|7||0.510000000000000001 BTC sent, worth 8306.07 USD, says Coinbase|no. 1, line 1|none stated",
		"What left in incidents, in USD as statements value it: 1 transfer||8306.07",
		"What left in the whole case, the owner's own transfers too, in USD as statements value it: 3 transfers; those without a stated value (1) are not in the sum||9306.07",
		"Notices whose mails were deleted",
		"No log of this case records that a notice was deleted. That is no proof that none was.",
		"How to check it",
		got[14], got[15], got[16], got[17],
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
	// The sums are those of the sheet Losses.
	for cell, want := range map[string]string{"G12": "8306.07", "G13": "9306.07"} {
		value, err := f.CalcCellValue("Summary", cell, excelize.Options{RawCellValue: true})
		if err != nil || value != want {
			t.Errorf("%s is computed as %q, %v, want %q", cell, value, err, want)
		}
	}
	if text := strings.Join(got[14:], "\n"); !strings.Contains(text, "2 files or folders") || !strings.Contains(text, "custody entry 1") {
		t.Errorf("how to check it:\n%s", text)
	}
}

func TestSummaryWithoutIncidents(t *testing.T) {
	for _, tt := range []struct {
		name string
		c    func() *Content
		want []string
	}{
		{"not_looked_for", func() *Content { return moneyContent(t, nil) }, []string{"Incidents were not looked for.",
			"What left in the whole case, the owner's own transfers too, in USD as statements value it: 3 transfers; those without a stated value (1) are not in the sum||9306.07"}},
		{"none_found", func() *Content { return moneyContent(t, &forensics.Analysis{}) }, []string{
			"No incident was found. That is no proof that there was none.",
			"No transfer out belongs to an incident.",
			"What left in the whole case, the owner's own transfers too, in USD as statements value it: 3 transfers; those without a stated value (1) are not in the sum||9306.07"}},
		{"nothing_left", func() *Content { return content(list(), nil) }, []string{"Incidents were not looked for.",
			"No transfer out is on record. The sheet Coverage says which sources could have shown one."}},
		{"no_amount", func() *Content {
			view := list(transfer(t, 1, "kraken", "", "ETH", "", nil))
			return content(view, map[forensics.Group]Events{forensics.GroupMoney: view})
		}, []string{"Incidents were not looked for.", "No transfer out states an amount. The sheet Money has what notices and statements say."}},
		{"no_value", func() *Content {
			view := list(transfer(t, 1, "kraken", "3", "ETH", "", nil))
			return content(view, map[forensics.Group]Events{forensics.GroupMoney: view})
		}, []string{"Incidents were not looked for.", "What left in the whole case, the owner's own transfers too, in USD as statements value it: 1 transfer||no value is stated"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got := summaryUpTo(t, opened(t, made(t, tt.c(), MaxRows)))
			if d := cmp.Diff(tt.want, got[3:3+len(tt.want)]); d != "" {
				t.Errorf("(-want +got):\n%s", d)
			}
		})
	}
}

func TestSummaryOfManyIncidents(t *testing.T) {
	c := foundContent(t)
	one := c.Analysis.Incidents[0]
	for i := range 20 {
		one.ID = int64(i + 10)
		c.Analysis.Incidents = append(c.Analysis.Incidents, one)
	}
	for range 10 {
		c.Analysis.Incidents[0].Entities = append(c.Analysis.Incidents[0].Entities, "ip:198.51.100.9")
	}
	c.Filter = "account:pat@*"
	text := strings.Join(summaryUpTo(t, opened(t, made(t, c, MaxRows))), "\n")
	for _, want := range []string{"and 6 more, on the sheet Incidents", "198.51.100.9, and 6 more|0.51 BTC", "What left, of what the filter leaves, the owner's own transfers too"} {
		if !strings.Contains(text, want) {
			t.Errorf("no %q in:\n%s", want, text)
		}
	}
}

// TestLossesCanBeFiltered: the list below the sums has filters over exactly its rows, and its head on each printed page.
func TestLossesCanBeFiltered(t *testing.T) {
	f := opened(t, made(t, foundContent(t), MaxRows))
	var got []string
	for _, n := range f.GetDefinedName() {
		if n.Scope == "Losses" {
			got = append(got, n.Name+" "+n.RefersTo)
		}
	}
	rows, err := f.GetRows("Losses")
	if err != nil {
		t.Fatal(err)
	}
	if props, err := f.GetSheetProps("Losses"); err != nil || props.FitToPage == nil || !*props.FitToPage {
		t.Errorf("the sheet does not fit a page in width: %+v, %v", props, err)
	}
	head := 0
	for i, row := range rows {
		if len(row) > 0 && row[0] == "Time (UTC)" {
			head = i + 1
		}
	}
	if head != 11 || len(rows) != 17 {
		t.Fatalf("head in row %d of %d", head, len(rows))
	}
	text := strings.Join(got, "\n")
	for _, want := range []string{"_xlnm.Print_Titles 'Losses'!$11:$11", "$A$11:$T$17"} {
		if !strings.Contains(text, want) {
			t.Errorf("no %q among the names:\n%s", want, text)
		}
	}
}

// TestEmptySheetsSayWhy: nobody has to guess whether a sheet without rows is a mistake.
func TestEmptySheetsSayWhy(t *testing.T) {
	c := content(list(), nil)
	c.Items = []forensics.Item{{Evidence: 1, Format: "mailserver/dovecot"}}
	for name, want := range map[string]string{
		"Timeline":  "No event was read from the evidence: the sheet Evidence and custody says what became of each file.",
		"Keys":      "No such event is on record, and no evidence of this case can speak of any: that none are listed says nothing.",
		"Logins":    "No such event is on record. For which time the sources could have shown one is on the sheet Coverage.",
		"Deletions": "No such event is on record. For which time the sources could have shown one is on the sheet Coverage.",
	} {
		rows, err := opened(t, made(t, c, MaxRows)).GetRows(name)
		if err != nil {
			t.Fatal(err)
		}
		if len(rows) != 2 || len(rows[1]) != 1 || rows[1][0] != want {
			t.Errorf("%s says %q", name, rows[1:])
		}
	}
	c.Filter = "group:money"
	rows, err := opened(t, made(t, c, MaxRows)).GetRows("Keys")
	if err != nil || len(rows) != 2 || rows[1][0] != "The filter leaves no such event." {
		t.Errorf("Keys with a filter says %q, %v", rows, err)
	}
}

// TestEventsNameTheirIncident: the timeline can be filtered by incident, and money is numbers.
func TestEventsNameTheirIncident(t *testing.T) {
	c := foundContent(t)
	c.Analysis.Incidents = append(c.Analysis.Incidents, forensics.Incident{ID: 9, Steps: []forensics.Step{{Step: forensics.StepMoney, Rows: []int64{3}}}})
	f := opened(t, made(t, c, MaxRows))
	for _, name := range []string{"Timeline", "Money"} {
		rows, err := f.GetRows(name, excelize.Options{RawCellValue: true})
		if err != nil {
			t.Fatal(err)
		}
		at := indexOf(t, rows[0], "Incident")
		if got := []string{rows[1][at], rows[2][at], rows[3][at]}; !cmp.Equal(got, []string{"7", "", "7, 9"}) {
			t.Errorf("%s: incidents %q", name, got)
		}
	}
	rows, err := f.GetRows("Money")
	if err != nil {
		t.Fatal(err)
	}
	for title, want := range map[string]excelize.CellType{"Amount": excelize.CellTypeUnset, "Value in USD": excelize.CellTypeUnset, "Amount as written": excelize.CellTypeInlineString} {
		cell, err := excelize.CoordinatesToCellName(indexOf(t, rows[0], title)+1, 2)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := f.GetCellType("Money", cell); err != nil || got != want {
			t.Errorf("%s is a cell of type %v, %v", title, got, err)
		}
	}
	rows, err = opened(t, made(t, moneyContent(t, nil), MaxRows)).GetRows("Timeline")
	if err != nil {
		t.Fatal(err)
	}
	for _, h := range rows[0] {
		if h == "Incident" {
			t.Error("a timeline without incidents has a column for them")
		}
	}
}

// TestOnlyMailsAreDeleted: a statement's row is reported as a notice is, and has no mail that could have been deleted.
func TestOnlyMailsAreDeleted(t *testing.T) {
	view := list(transfer(t, 1, "coinbase", "1", "BTC", "2", nil), transfer(t, 2, "coinbase", "1", "BTC", "", func(e *forensics.Event) { e.MessageID = "a@example.com" }))
	rows, err := opened(t, made(t, content(view, map[forensics.Group]Events{forensics.GroupMoney: view}), MaxRows)).GetRows("Money")
	if err != nil {
		t.Fatal(err)
	}
	at := indexOf(t, rows[0], "Its mail was deleted")
	if got := []string{rows[1][at], rows[2][at]}; !cmp.Equal(got, []string{"", "not on record"}) {
		t.Errorf("%q", got)
	}
}

// TestFilteredSummaryIsNotOfTheCase: what a filter leaves out is not said to be absent.
func TestFilteredSummaryIsNotOfTheCase(t *testing.T) {
	c := content(list(), nil)
	c.Filter, c.Analysis = "group:key", &forensics.Analysis{}
	f := opened(t, made(t, c, MaxRows))
	text := strings.Join(summaryUpTo(t, f), "\n")
	for _, want := range []string{"The filter leaves no event of an incident.", "The filter leaves no transfer out.", "Of the notices that the filter leaves"} {
		if !strings.Contains(text, want) {
			t.Errorf("no %q in:\n%s", want, text)
		}
	}
	if strings.Contains(text, "No incident was found") || strings.Contains(text, "No transfer out is on record") {
		t.Errorf("it speaks of the whole case:\n%s", text)
	}
	if rows := shown(t, f, "Incidents"); !strings.HasPrefix(rows[1][0], "The filter leaves no event of an incident") {
		t.Errorf("Incidents says %q", rows[1])
	}
}
