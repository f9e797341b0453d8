package statement

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"keytrail/forensics/corpustest"
	"keytrail/forensics/format"
	"keytrail/forensics/format/formattest"
)

// TestCorpus reads public samples of exports; the counts were taken with cut and sort. What the samples of other
// programs hold (a portfolio tracker's own table) no format takes.
func TestCorpus(t *testing.T) {
	dir := corpustest.Dir(t, "export-to-ghostfolio", "samples")
	type counts struct {
		Format string
		Read   int
		Kinds  map[string]int
	}
	tests := map[string]counts{
		"coinbase-export.csv":       {"statement/coinbase", 8, map[string]int{"funds-sent": 1, "funds-received": 1, "other": 6}},
		"cryptocom-export.csv":      {"statement/cryptocom", 65, map[string]int{"funds-sent": 1, "funds-received": 4, "other": 60}},
		"bitvavo-export.csv":        {"statement/bitvavo", 34, map[string]int{"funds-sent": 6, "funds-received": 7, "other": 21}},
		"revolut-crypto-export.csv": {"statement/revolut", 13, map[string]int{"funds-sent": 1, "funds-received": 1, "other": 11}},
		"cointracking-export.csv":   {},
		"delta-export.csv":          {},
		"relai-export.csv":          {},
	}
	for name, want := range tests {
		data, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		f, g := format.Detect(Formats(), formattest.Head(name, data))
		if f == nil || g.Score <= 0 {
			if want.Format != "" {
				t.Errorf("%s: no format knows it", name)
			}
			continue
		}
		s, err := formattest.Parse(f, data)
		if err != nil {
			t.Fatal(err)
		}
		got := counts{Format: f.Name(), Read: s.Read, Kinds: map[string]int{}}
		for _, e := range s.Events() {
			got.Kinds[e.Kind.String()]++
		}
		if d := cmp.Diff(want, got); d != "" {
			t.Errorf("%s (-want +got):\n%s", name, d)
		}
		if len(s.Lost)+len(s.Warnings) > 0 {
			t.Errorf("%s: %s", name, s.Summary())
		}
		t.Logf("%s: %s, %s, %v", name, f.Name(), s.Summary(), got.Kinds)
	}
	t.Logf("%d files checked in %s", len(tests), dir)
}
