package xlsx

import (
	"fmt"
	"net/netip"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"

	"keytrail/forensics"
)

// transfer makes an event of a statement.
func transfer(t *testing.T, row int64, service, amount, asset, value string, more func(*forensics.Event)) forensics.Event {
	t.Helper()
	e := forensics.Event{Row: row, ID: fmt.Sprint("id", row), Kind: forensics.FundsSent, Certainty: forensics.Reported, Outcome: forensics.Success, Provider: "statement/" + service,
		Service: service, Amount: amount, Asset: asset, ValueUSD: value, Time: at(t, "2022-11-14T03:31:09Z", forensics.PrecisionSecond), Ref: forensics.Ref{Evidence: 1, Item: 1, Line: row}}
	if more != nil {
		more(&e)
	}
	return e
}

func moneyContent(t *testing.T, a *forensics.Analysis) *Content {
	t.Helper()
	reversal := func(e *forensics.Event) {
		e.Kind, e.Reasons, e.TxID = forensics.FundsReceived, []string{forensics.ReasonReversal}, "Q-1"
	}
	view := list(
		transfer(t, 1, "coinbase", "0.510000000000000001", "BTC", "8306.07", nil),
		transfer(t, 2, "coinbase", "0.1", "btc", "1000", nil),
		transfer(t, 3, "coinbase", "0.51000000000000000100", "BTC", "", func(e *forensics.Event) { e.Sender, e.Outcome = forensics.SenderAuthenticated, forensics.OutcomeNone }),
		transfer(t, 4, "kraken", "3", "ETH", "", func(e *forensics.Event) { e.TxID = "Q-1" }),
		transfer(t, 5, "kraken", "3", "ETH", "", reversal),
		transfer(t, 6, "kraken", "2", "ETH", "", func(e *forensics.Event) { e.Outcome = forensics.Failure }),
		transfer(t, 7, "kraken", "9", "ETH", "", func(e *forensics.Event) { e.Kind = forensics.FundsReceived }),
		transfer(t, 8, "kraken", "", "ETH", "", nil),
	)
	c := content(view, map[forensics.Group]Events{forensics.GroupMoney: view})
	c.Analysis = a
	return c
}

func TestLosses(t *testing.T) {
	a := &forensics.Analysis{Incidents: []forensics.Incident{{ID: 7, Steps: []forensics.Step{{Step: forensics.StepMoney, Rows: []int64{1, 3}}}}}}
	f := opened(t, made(t, moneyContent(t, a), MaxRows))
	rows, err := f.GetRows("Losses", excelize.Options{RawCellValue: true})
	if err != nil {
		t.Fatal(err)
	}
	got := []string{}
	for _, row := range rows[3:7] {
		got = append(got, strings.Join(row, "|"))
	}
	want := []string{
		"1|coinbase||BTC|0.610000000000000001|9306.07|2|0|0.510000000000000001|8306.07",
		"2|kraken||ETH|0|not stated|1|1|0|0",
		"||||sum|9306.07|3|||8306.07",
		"A transfer outside of incidents may be the owner's own.",
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("sums (-want +got):\n%s", d)
	}
	head := rows[10]
	counts, incident, why, written, amount := indexOf(t, head, "Counts"), indexOf(t, head, "Incident"), indexOf(t, head, "Why it counts, or not"), indexOf(t, head, "Amount as written"), indexOf(t, head, "Amount")
	got = nil
	for _, row := range rows[11:] {
		got = append(got, strings.Join([]string{row[amount], row[counts], row[incident], row[why], row[written]}, "|"))
	}
	want = []string{
		"0.510000000000000001|yes|7|a statement has it|0.510000000000000001",
		"0.1|yes||a statement has it|0.1",
		"0.51000000000000000100|no|7|a notice of a transfer that a statement has|0.51000000000000000100",
		"3|yes||a statement has it|3",
		"-3|yes||gives back what was taken|3",
		"2|no||failed|2",
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("transfers (-want +got):\n%s", d)
	}
	// What a spreadsheet computes from the cells is what stands there.
	for cell, want := range map[string]string{"E4": "0.61", "F4": "9306.07", "G4": "2", "I4": "0.51", "J4": "8306.07", "E5": "0", "G5": "1", "F6": "9306.07", "G6": "3"} {
		value, err := f.CalcCellValue("Losses", cell, excelize.Options{RawCellValue: true})
		if err != nil || value != want {
			t.Errorf("%s is computed as %q, %v, want %q", cell, value, err, want)
		}
	}
}

func TestLossesWithoutAnalysis(t *testing.T) {
	f := opened(t, made(t, moneyContent(t, nil), MaxRows))
	rows, err := f.GetRows("Losses")
	if err != nil {
		t.Fatal(err)
	}
	text := fmt.Sprint(rows)
	if !strings.Contains(text, "Incidents were not looked for") || strings.Contains(text, "in incidents") {
		t.Errorf("the sheet speaks of incidents that nobody looked for: %s", text)
	}
	none := content(list(), nil)
	for _, name := range opened(t, made(t, none, MaxRows)).GetSheetList() {
		if name == "Losses" || name == "Incidents" || name == "IP addresses" {
			t.Errorf("an empty case has a sheet %s", name)
		}
	}
}

// hostileAnalysis has every text of an analysis hostile.
func hostileAnalysis() *forensics.Analysis {
	a := &forensics.Analysis{Notes: hostile, Changed: hostile}
	for i, s := range hostile {
		all := []string{s, s}
		step := forensics.Step{Step: forensics.StepName(s), Start: 1, End: 2, Rows: []int64{int64(i + 1)}, EventIDs: all, Rules: all, JoinedBy: all, Technique: s, Label: s, Why: s, InnocentIf: s}
		a.Incidents = append(a.Incidents, forensics.Incident{ID: int64(i + 1), Account: s, Start: 1, End: 2, Strength: s, Campaign: s, Summary: s, State: s, Entities: all, Services: all,
			Parts: []forensics.ScorePart{{Text: s, Value: 1}}, Steps: []forensics.Step{step}, Repair: []forensics.Step{step},
			Missing: []forensics.Missing{{Step: forensics.StepName(s), LookedIn: all, NotCovered: all}}, Loss: []forensics.Loss{{Service: s, Asset: s, Amount: s, ValueUSD: s}}})
		a.Campaigns = append(a.Campaigns, forensics.Campaign{ID: s, Incidents: []int64{1}, Shared: all, Text: s})
		a.NotChecked = append(a.NotChecked, forensics.NotChecked{Rule: s, Title: s, Account: s, Why: s})
	}
	return a
}

// TestNewSheetsObeyNothing: no text of an analysis, a transfer or an address becomes a formula or a link.
func TestNewSheetsObeyNothing(t *testing.T) {
	var events []forensics.Event
	for i, s := range hostile {
		events = append(events, transfer(t, int64(i+1), s, "1.5", s, "2", func(e *forensics.Event) {
			e.Destination, e.TxID, e.Account, e.EvidenceName = s, s, s, s
		}))
	}
	view := list(events...)
	c := content(view, map[forensics.Group]Events{forensics.GroupMoney: view})
	c.Analysis = hostileAnalysis()
	for _, s := range hostile {
		c.Addresses = append(c.Addresses, forensics.Entity{Kind: forensics.EntityIP, Value: s, Country: s, Org: s, Place: s, Verdict: s})
	}
	ours := regexp.MustCompile(`^(Losses![A-Z]+\d+|SUM\([A-Z]+\d+:[A-Z]+\d+\)|F\d+-G\d+-H\d+-I\d+|(SUMIFS|COUNTIFS)\((\$[A-Z]+\$\d+:\$[A-Z]+\$\d+,?|\d+,?|"(yes|&lt;&gt;|&gt;=0)",?)+\))$`)
	formula := regexp.MustCompile(`<f>(.*?)</f>`)
	found := 0
	for name, part := range unzipped(t, made(t, c, MaxRows)) {
		if strings.HasSuffix(name, ".rels") && strings.Contains(string(part), "External") {
			t.Errorf("%s leads out of the workbook", name)
		}
		if !strings.HasPrefix(name, sheetDir) {
			continue
		}
		for _, m := range formula.FindAllSubmatch(part, -1) {
			found++
			if !ours.Match(m[1]) {
				t.Errorf("%s: formula %.120q is not ours", name, m[1])
			}
		}
	}
	if found < 50 {
		t.Errorf("only %d formulas were looked at", found)
	}
	again := moneyContent(t, hostileAnalysis())
	if first, second := made(t, again, MaxRows), made(t, moneyContent(t, hostileAnalysis()), MaxRows); string(first) != string(second) {
		t.Error("the same content gives other bytes")
	}
}

func TestAddresses(t *testing.T) {
	own := forensics.Event{Row: 1, ID: "a", Kind: forensics.LoginSucceeded, Account: "pat@example.com", Time: at(t, "2022-11-06T06:30:00Z", forensics.PrecisionSecond)}
	own.IP = address4(198, 51, 100, 7)
	strange := own
	strange.Row, strange.ID, strange.IP = 2, "b", address4(203, 0, 113, 77)
	view := list(own, strange)
	c := content(view, map[forensics.Group]Events{forensics.GroupLogin: view})
	c.Analysis = &forensics.Analysis{Incidents: []forensics.Incident{{ID: 3, Steps: []forensics.Step{{Step: forensics.StepLogin, Rows: []int64{2}}}, Repair: []forensics.Step{{Rows: []int64{1}}}}}}
	c.Addresses = []forensics.Entity{
		{Kind: forensics.EntityIP, Value: "198.51.100.7", Events: 1, Groups: [8]uint32{forensics.GroupLogin: 1}, Accounts: 1, Verdict: "mine"},
		{Kind: forensics.EntityIP, Value: "203.0.113.77", Country: "NL", ASN: 64511, Org: "Example", Place: "hosting", Events: 1, Groups: [8]uint32{forensics.GroupLogin: 1}, Accounts: 2, Verdict: "not-mine", Incidents: []int64{3}},
	}
	f := opened(t, made(t, c, MaxRows))
	rows, err := f.GetRows("IP addresses")
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, row := range rows[1:] {
		got = append(got, strings.Join(row, "|"))
	}
	want := []string{
		"203.0.113.77|NL|AS64511|Example|hosting|||1||1|||||||pat@example.com and 1 more|not mine|3",
		"198.51.100.7|||||||1||1|||||||pat@example.com|mine",
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
}

func address4(a, b, c, d byte) netip.Addr { return netip.AddrFrom4([4]byte{a, b, c, d}) }
