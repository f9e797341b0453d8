package widget

import (
	"testing"
	"time"

	"github.com/charmbracelet/x/ansi"
	"github.com/google/go-cmp/cmp"

	"keytrail/forensics"
	"keytrail/tui/kit"
)

func TestAxis(t *testing.T) {
	start := time.Date(2023, 2, 7, 3, 12, 0, 0, time.UTC).UnixNano()
	at := func(minutes ...int) []int64 {
		var out []int64
		for _, m := range minutes {
			out = append(out, start+int64(m)*int64(time.Minute))
		}
		return out
	}
	for _, c := range []struct {
		name    string
		moments []int64
		width   int
		cells   []int           // of the moments
		gaps    []time.Duration // that are cut out
	}{
		{"one", at(0, 0), 50, []int{0, 0}, nil},
		{"to-scale", at(0, 10, 20, 40), 41, []int{0, 10, 20, 40}, nil},
		{"a-silence", at(0, 10, 20, 300), 50, []int{0, 21, 41, 49}, []time.Duration{280 * time.Minute}},
		{"two-silences", at(0, 5000, 5010, 9000), 60, []int{0, 8, 51, 59}, []time.Duration{5000 * time.Minute, 3990 * time.Minute}},
		{"short-silences-stay", at(0, 1, 29), 40, []int{0, 1, 39}, nil},
		{"narrow", at(0, 10, 300), 20, []int{0, 1, 19}, nil},
		{"one-cell", at(0, 10, 300), 1, []int{0, 0, 0}, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			a := NewAxis(c.moments, c.width)
			var cells []int
			for _, m := range c.moments {
				cells = append(cells, a.CellOf(m))
			}
			var gaps []time.Duration
			for _, b := range a.Breaks {
				gaps = append(gaps, b.Gap)
			}
			if diff := cmp.Diff(c.gaps, gaps); diff != "" {
				t.Errorf("cuts (-want +got):\n%s", diff)
			}
			for i := range c.cells {
				if d := cells[i] - c.cells[i]; d < -1 || d > 1 || cells[i] < 0 || cells[i] >= c.width {
					t.Errorf("cells %v, want about %v", cells, c.cells)
					break
				}
			}
		})
	}
	if a := NewAxis(nil, 10); a.CellOf(5) != 0 {
		t.Error("an axis without moments has a cell")
	}
}

func TestSpan(t *testing.T) {
	for d, want := range map[time.Duration][2]string{
		0: {"0 s", "0 s"}, 59 * time.Second: {"59 s", "59 s"}, 165 * time.Second: {"2 min 45 s", "2 min"}, time.Hour: {"1 h", "1 h"},
		47 * time.Hour: {"47 h", "47 h"}, 100 * time.Hour: {"4 d 4 h", "4 d"},
	} {
		if got := [2]string{Span(d), ShortSpan(d)}; got != want {
			t.Errorf("%v: %q, want %q", d, got, want)
		}
	}
}

func TestRuler(t *testing.T) {
	st := kit.NewStyles(true, true)
	day := func(d int) int64 { return time.Date(2023, 1, d, 12, 0, 0, 0, time.UTC).UnixNano() }
	r := Ruler{From: 1, To: 100, Zone: time.UTC, Runs: []forensics.UIDRun{
		{First: 1, Last: 40, State: "present", NotBefore: day(1), NotAfter: day(20)},
		{First: 41, Last: 50, State: "moved", NotBefore: day(20), NotAfter: day(21)},
		{First: 61, Last: 89, State: "present"},
		{First: 90, Last: 90, State: "missing", NotBefore: day(25), NotAfter: day(26)},
		{First: 91, Last: 100, State: "present", NotBefore: day(26), NotAfter: day(27)},
	}}
	var got []string
	for _, l := range r.Lines(st, 50, 3) {
		got = append(got, ansi.Strip(l))
	}
	want := []string{
		"····················>>>>>     ··············x·····",
		"                                            ▲     ",
		"1             29            57            85   100",
		"2023-01-01    ~2023-01-14              ~2023-01-27",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("ruler (-want +got):\n%s", diff)
	}
	r.From, r.To = 85, 94 // five cells for each UID
	if line := ansi.Strip(r.Lines(st, 50, 3)[0]); line != "·························xxxxx····················" {
		t.Errorf("zoomed in: %q", line)
	}
	r.From, r.To = 1, 4294967295
	r.Runs = []forensics.UIDRun{{First: 4294967290, Last: 4294967295, State: "missing"}}
	r.Reset()
	if line := ansi.Strip(r.Lines(st, 10, 0)[0]); line != "         x" {
		t.Errorf("the last UIDs there can be: %q", line)
	}
	if i := r.RunAt(1); i != 0 {
		t.Errorf("run %d, want the next one", i)
	}
}
