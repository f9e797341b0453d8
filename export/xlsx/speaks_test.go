package xlsx

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"keytrail/forensics/format/all"
)

// The report may not import the formats, so it has its own words on what they can speak of.
func TestSpeaksAgreesWithTheFormats(t *testing.T) {
	for _, f := range all.Formats() {
		s, ok := speaks[f.Name()]
		if !ok {
			t.Errorf("%s: the coverage sheet has no words on it", f.Name())
			continue
		}
		var got []string
		for _, g := range s.groups {
			got = append(got, g.String())
		}
		want := slices.Clone(f.About().Gives)
		slices.Sort(got)
		slices.Sort(want)
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s: groups (-want +got):\n%s", f.Name(), diff)
		}
	}
	if len(speaks) != len(all.Formats()) {
		t.Errorf("%d formats have words, %d exist", len(speaks), len(all.Formats()))
	}
}
