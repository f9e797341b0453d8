package report_test

import (
	"context"
	"net/netip"
	"strings"
	"testing"

	"keytrail/export/report"
	"keytrail/forensics"
	"keytrail/forensics/casefile"
	"keytrail/forensics/geo"
	"keytrail/forensics/investigate"
)

// analysed are the options of a workbook with incidents.
func analysed(t *testing.T, c *casefile.Case) report.Options {
	t.Helper()
	db, err := geo.Embedded()
	if err != nil {
		t.Fatal(err)
	}
	where := func(ip netip.Addr) forensics.Place { return db.Place(ip) }
	return report.Options{Where: where, Analyse: func(ctx context.Context) (*forensics.Analysis, error) {
		return investigate.Analyse(ctx, c, investigate.Options{Where: where})
	}}
}

func TestWorkbookHoldsTheIncidents(t *testing.T) {
	c := sampleCase(t)
	_, data := write(t, c, "r.xlsx", analysed(t, c))
	a, err := investigate.Analyse(t.Context(), c, investigate.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if len(a.Incidents) == 0 {
		t.Fatal("the sample has no incident")
	}
	text := workbookText(t, data)
	for _, s := range []string{a.Incidents[0].Summary, a.Incidents[0].Steps[0].EventIDs[0], "Rules that could not be asked"} {
		if !strings.Contains(text, s) {
			t.Errorf("%q is not in the workbook", s)
		}
	}
	_, again := write(t, c, "r.xlsx", analysed(t, c))
	if string(again) != string(data) {
		t.Error("a second workbook with incidents differs")
	}
}

// TestFilteredIncidents: a report of what one account saw tells of no other account's incidents and addresses.
func TestFilteredIncidents(t *testing.T) {
	c := sampleCase(t)
	o := analysed(t, c)
	o.Filter = "account:nobody@example.org"
	found := o.Analyse
	o.Analyse = func(ctx context.Context) (*forensics.Analysis, error) {
		a, err := found(ctx)
		if err != nil {
			return nil, err
		}
		a.Findings = append(a.Findings, forensics.Finding{Rule: "SIGMA:x.yml", Title: "A rule of others", Account: "pat@example.net", Rows: []int64{1}, EventIDs: []string{"1"}})
		return a, nil
	}
	_, data := write(t, c, "r.xlsx", o)
	text := workbookText(t, data)
	for _, s := range []string{"Incident 1", "203.0.113.91", "A rule of others"} {
		if strings.Contains(text, s) {
			t.Errorf("%q is in a report that leaves no event of it", s)
		}
	}
}

// TestRedactedIncidents: what detection words about other people is blacked out too.
func TestRedactedIncidents(t *testing.T) {
	c := sampleCase(t)
	o := analysed(t, c)
	found := o.Analyse
	o.Redact = true
	const secret = "hans@friend.example.org"
	o.Analyse = func(ctx context.Context) (*forensics.Analysis, error) {
		a, err := found(ctx)
		if err != nil {
			return nil, err
		}
		in := &a.Incidents[0]
		in.Summary, in.State, in.Entities = in.Summary+" "+secret, secret, append(in.Entities, "account:"+secret)
		in.Steps[0].Why, in.Steps[0].Label, in.Steps[0].InnocentIf = "x "+secret, secret, secret
		in.Missing = append(in.Missing, forensics.Missing{Step: forensics.StepMoney, LookedIn: []string{secret}, NotCovered: []string{secret}})
		a.Campaigns = []forensics.Campaign{{ID: "A", Incidents: []int64{in.ID}, Shared: []string{secret}, Text: secret}}
		a.Notes, a.Changed = []string{secret}, []string{secret}
		a.NotChecked = append(a.NotChecked, forensics.NotChecked{Rule: "X-1", Title: secret, Why: secret})
		a.Findings = append(a.Findings, forensics.Finding{Rule: "SIGMA:x.yml", Title: "A rule " + secret, InnocentIf: secret, Account: secret, Rows: []int64{1}})
		return a, nil
	}
	_, data := write(t, c, "r.xlsx", o)
	if strings.Contains(workbookText(t, data), secret) {
		t.Error("an address of somebody else is readable")
	}
}
