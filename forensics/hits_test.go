package forensics

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestRuleHits(t *testing.T) {
	hit := func(rule, level, account string, at int64, row int64) Finding {
		return Finding{Rule: "SIGMA:" + rule, Title: "Title of " + rule, Level: level, Account: account, Start: at, End: at, Rows: []int64{row}, EventIDs: []string{rule + account}}
	}
	a := Analysis{
		Findings:  []Finding{{Rule: "LOG-02", Rows: []int64{1}}, hit("a", "low", "kim", 50, 4), hit("a", "low", "pat", 40, 3), hit("a", "low", "pat", 20, 1), hit("b", "high", "pat", 30, 2), hit("c", "odd", "pat", 0, 5)},
		Incidents: []Incident{{ID: 1, Steps: []Step{{Rows: []int64{1, 3}}}, Repair: []Step{{Rows: []int64{3}}}}, {ID: 2, Steps: []Step{{Rows: []int64{3}}}}},
	}
	want := []RuleHits{
		{Rule: "SIGMA:b", Title: "Title of b", Level: "high", Account: "pat", First: 30, Last: 30, Hits: 1, EventIDs: []string{"bpat"}},
		{Rule: "SIGMA:a", Title: "Title of a", Level: "low", Account: "kim", First: 50, Last: 50, Hits: 1, EventIDs: []string{"akim"}},
		{Rule: "SIGMA:a", Title: "Title of a", Level: "low", Account: "pat", First: 20, Last: 40, Hits: 2, EventIDs: []string{"apat"}, Incidents: []int64{1, 2}},
		{Rule: "SIGMA:c", Title: "Title of c", Level: "odd", Account: "pat", Hits: 1, EventIDs: []string{"cpat"}},
	}
	if diff := cmp.Diff(want, a.RuleHits(1)); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	if got := (&Analysis{}).RuleHits(1); got != nil {
		t.Errorf("nothing was found, and got %v", got)
	}
}
