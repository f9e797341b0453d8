package forensics

import (
	"net/netip"
	"strings"
	"testing"
)

func TestWide(t *testing.T) {
	for _, test := range []struct {
		name    string
		reach   Reach
		verdict string
		want    string // a piece of the reason; empty: nothing speaks against it
	}{
		{"half of the events", Reach{From: 20, Sources: 40}, "not-mine", "usually his own"},
		{"less than half", Reach{From: 20, Sources: 41}, "not-mine", ""},
		{"too few to tell", Reach{From: 19, Sources: 19}, "not-mine", ""},
		{"all of it is mine", Reach{From: 400, Sources: 400}, "mine", ""},
		{"an account of the case", Reach{Own: []string{"pat@example.com"}}, "not-mine", "pat@example.com is an account"},
		{"the owner's account", Reach{Own: []string{"pat@example.com"}}, "mine", ""},
		{"everybody is not me", Reach{Blocks: []string{"0.0.0.0/0"}}, "not-mine", "0.0.0.0/0 is larger"},
		{"everybody is me", Reach{Blocks: []string{"0.0.0.0/0"}}, "mine", "everybody at once"},
		{"taken back", Reach{From: 400, Sources: 400, Blocks: []string{"0.0.0.0/0"}}, "unknown", ""},
	} {
		got := test.reach.Wide(test.verdict)
		if test.want == "" && got != "" || !strings.Contains(got, test.want) {
			t.Errorf("%s: %q, want %q", test.name, got, test.want)
		}
	}
	for network, want := range map[string]bool{"0.0.0.0/0": true, "8.0.0.0/7": true, "10.0.0.0/8": false, "203.0.113.0/24": false, "2000::/3": true, "2001:db8::/32": false} {
		if got := WideBlock(netip.MustParsePrefix(network)); got != want {
			t.Errorf("%s: %v", network, got)
		}
	}
}
