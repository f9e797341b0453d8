package screen

import (
	"fmt"
	"testing"

	"keytrail/forensics"
)

// TestAlikeRefused: thousands of Sigma rules for other logs are one line, and no other reason is lost in them.
func TestAlikeRefused(t *testing.T) {
	var list []forensics.NotChecked
	for i := range 3000 {
		list = append(list, forensics.NotChecked{Rule: fmt.Sprintf("SIGMA:%04d.yml", i), Title: "W", Why: "keytrail reads no logs of windows"})
	}
	list = append(list, forensics.NotChecked{Rule: "SIGMA:count.yml", Title: "N", Why: "it counts"}, forensics.NotChecked{Rule: "DEL-04", Title: "D", Why: "no such source"})
	got := notChecked(list)
	if len(got) != alikeNamed+2 {
		t.Fatalf("%d lines", len(got))
	}
	if n := got[alikeNamed-1]; n.Title != "2,991 more rules" || n.Rule != "SIGMA" {
		t.Errorf("the others are %+v", n)
	}
	if got[alikeNamed].Rule != "SIGMA:count.yml" || got[alikeNamed+1].Rule != "DEL-04" {
		t.Errorf("the last ones are %+v", got[alikeNamed:])
	}
}
