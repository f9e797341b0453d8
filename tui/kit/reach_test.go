package kit

import (
	"testing"

	"keytrail/forensics"
)

func TestReachText(t *testing.T) {
	for want, r := range map[string]forensics.Reach{
		"no event": {Of: 3, Sources: 10},
		"1 event of the only account, 100% of all that name where they came from":     {Events: 1, Accounts: 1, Of: 1, From: 1, Sources: 1},
		"5,120 events of 2 of 3 accounts, 99% of all that name where they came from":  {Events: 5120, Accounts: 2, Of: 3, From: 5120, Sources: 5121},
		"2 events of 1 of 2 accounts, under 1% of all that name where they came from": {Events: 2, Accounts: 1, Of: 2, From: 2, Sources: 900},
		"7 events of 1 of 2 accounts": {Events: 7, Accounts: 1, Of: 2},
	} {
		if got := ReachText(&r); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}
