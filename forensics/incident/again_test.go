package incident

import (
	"strings"
	"testing"
)

// TestAgain checks what an incident gains from an earlier strong one.
func TestAgain(t *testing.T) {
	later := func(ip string) string {
		return strings.TrimSpace(whole) + "\n2023-03-20T03:00:00Z key-created ip=" + ip + " key=other\n2023-03-20T03:10:00Z login-succeeded ip=" + ip + " session=s2\n"
	}
	const says = wholeSays + "; KEY-01 6; LOG-02 7; LOG-04 7"
	tests := []struct {
		name, table, says string
		want              string // in the parts of the last incident; empty: nothing is lent
	}{
		{"same_address", later("203.0.113.77"), says, "the same address as the incident of 2023-02-07"},
		{"same_block", later("203.0.113.9"), says, "the same network as the incident of 2023-02-07"},
		{"elsewhere", later("192.0.2.9"), says, ""},
		{"nothing_strong_before", "2023-02-07T03:00:00Z key-created ip=203.0.113.77 key=a\n2023-02-07T03:10:00Z login-succeeded ip=203.0.113.77 session=s1\n" +
			"2023-03-20T03:00:00Z key-created ip=203.0.113.77 key=b\n2023-03-20T03:10:00Z login-succeeded ip=203.0.113.77 session=s2\n",
			"KEY-01 1; LOG-02 2; LOG-04 2; KEY-01 3; LOG-02 4; LOG-04 4", ""},
		{"alone", strings.TrimSpace(whole), wholeSays, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			found := find(t, tt.table, tt.says)
			if len(found) == 0 {
				t.Fatal("no incident")
			}
			got := ""
			for _, p := range found[len(found)-1].Parts {
				if strings.Contains(p.Text, "as the incident of") {
					got = p.Text
				}
			}
			if got != tt.want {
				t.Errorf("lent %q, want %q", got, tt.want)
			}
			for _, p := range found[0].Parts {
				if strings.Contains(p.Text, "as the incident of 2023-02-07") {
					t.Errorf("an incident is its own witness: %q", p.Text)
				}
			}
		})
	}
}
