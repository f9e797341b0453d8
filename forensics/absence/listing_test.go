package absence

import (
	"math"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// A listing that claims every number there is costs no more than one run of numbers.
func TestListingsOfBillions(t *testing.T) {
	listed := func(set []Range, next uint32, taken int64, mails ...Mail) *Folder {
		f := folder("INBOX", RoleInbox, next, taken, mails...)
		f.UIDs = set
		return f
	}
	all := []Range{{1, math.MaxUint32}}
	for _, tt := range []struct {
		name   string
		copies []*Copy
		want   []string
	}{
		{"all of them", []*Copy{copyOf(listed(all, math.MaxUint32, 100, mail(1, 10), mail(7, 20)))}, []string{"1-4294967295 present"}},
		{"all of them, nothing copied", []*Copy{copyOf(listed(all, math.MaxUint32, 100))}, []string{"1-4294967295 present"}},
		{
			"a hole", []*Copy{copyOf(listed([]Range{{1, 3}, {5, math.MaxUint32}}, math.MaxUint32, 100, mail(1, 10), mail(7, 20)))},
			[]string{"1-3 present", "4-4 missing", "5-4294967295 present"},
		},
		{
			"gone since", []*Copy{copyOf(listed(all, math.MaxUint32, 100, mail(7, 20))), copyOf(listed([]Range{{7, 9}}, 10, 200, mail(8, 30)))},
			[]string{"1-6 moved", "7-9 present", "10-4294967295 moved"},
		},
		{
			"overlapping listings", []*Copy{copyOf(listed([]Range{{1, 10}, {20, 30}}, 31, 100)), copyOf(listed([]Range{{5, 25}}, 31, 200, mail(6, 30)))},
			[]string{"1-4 moved", "5-25 present", "26-30 moved"},
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			r := Infer(&Input{Copies: tt.copies})
			var got []string
			for _, v := range r.Folders[0].Runs {
				got = append(got, formatRun(v))
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("runs (-want +got):\n%s", diff)
			}
		})
	}
}

// More mails than an event lists are counted in its words.
func TestVeryManyMissing(t *testing.T) {
	r := Infer(&Input{Copies: []*Copy{copyOf(folder("INBOX", RoleInbox, 4000, 100, mail(1, 10), mail(2, 20)))}})
	if len(r.Lost) != 1 || r.Lost[0].Count != 3997 || len(r.Lost[0].UIDs) != maxUIDs {
		t.Fatalf("lost: %+v", tell(r))
	}
	if want := "UID 3 to 3999, 3997 in all, behind the newest mail"; !strings.HasPrefix(r.Lost[0].Detail, want) {
		t.Errorf("detail %q, want %q", r.Lost[0].Detail, want)
	}
}
