package forensics

import (
	"fmt"
	"testing"
)

func TestLooked(t *testing.T) {
	var list []string
	for n, want := range []string{"", "0.log", "0.log, 1.log", "0.log, 1.log, 2.log", "0.log, 1.log, 2.log, 3.log", "0.log, 1.log, 2.log, 3.log, 4.log",
		"0.log, 1.log, 2.log, 3.log, 4.log, 5.log", "0.log, 1.log, 2.log, 3.log, 4.log and 2 more"} {
		m := Missing{LookedIn: list}
		if got := m.Looked(", "); got != want {
			t.Errorf("%d sources: %q, want %q", n, got, want)
		}
		list = append(list, fmt.Sprintf("%d.log", n))
	}
}
