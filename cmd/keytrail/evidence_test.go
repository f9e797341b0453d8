package main

import (
	"fmt"
	"testing"

	"keytrail/forensics"
)

// TestFolded checks which items share a line of the table of evidence, and that nothing is lost in it.
func TestFolded(t *testing.T) {
	var items []forensics.Item
	for i := range 12 {
		items = append(items, forensics.Item{Name: fmt.Sprintf("INBOX/cur/%d", i), Format: "mailbox/maildir", Status: forensics.StatusOK,
			Counts: forensics.Counts{Records: 1, Read: 1, Events: 1}, First: int64(100 - i), Last: int64(200 + i)})
	}
	if n := alike(items); n != 12 {
		t.Errorf("%d of 12 alike", n)
	}
	unknown := append([]forensics.Item{}, items...)
	for i := range unknown {
		unknown[i].Status, unknown[i].Reason = forensics.StatusUnrecognised, "no format knows it"
	}
	if n := alike(unknown); n != 12 {
		t.Errorf("%d of 12 that no format knows are alike", n)
	}
	unknown[7].Reason = "nearest is another"
	if n := alike(unknown); n != 7 {
		t.Errorf("%d alike, want 7 before another reason", n)
	}
	sum := together(items)
	if sum.Records != 12 || sum.Read != 12 || sum.First != 89 || sum.Last != 211 {
		t.Errorf("together they are %+v", sum)
	}
	for what, change := range map[string]func(*forensics.Item){
		"another folder":   func(it *forensics.Item) { it.Name = "Trash/cur/5" },
		"another format":   func(it *forensics.Item) { it.Format = "mailbox/eml" },
		"a broken one":     func(it *forensics.Item) { it.Status = forensics.StatusPartial },
		"an assumed zone":  func(it *forensics.Item) { it.Clock = "UTC" },
		"one without name": func(it *forensics.Item) { it.Name = "" },
	} {
		changed := append([]forensics.Item{}, items...)
		change(&changed[5])
		if n := alike(changed); n != 5 {
			t.Errorf("%s: %d alike, want 5", what, n)
		}
	}
}
