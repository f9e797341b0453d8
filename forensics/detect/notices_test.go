package detect

import (
	"testing"
)

func TestEveryCaseComesOutAsItSays(t *testing.T) {
	n := load(t)
	for _, c := range n.cases {
		if err := c.run(n, c.brand); err != nil {
			t.Error(err)
		}
	}
	t.Logf("%d brands, %d rules, %d cases", len(n.Brands()), len(n.Rules()), len(n.cases))
}

func load(t testing.TB) *Notices {
	t.Helper()
	n, err := LoadNotices()
	if err != nil {
		t.Fatal(err)
	}
	return n
}
