package casefile

import (
	"context"
	"path/filepath"
	"strings"
	"testing"

	"keytrail/forensics"

	"github.com/google/go-cmp/cmp"
)

func TestReach(t *testing.T) {
	c := newCase(t)
	addItem(t, c, "a.log", namedEvents())
	for _, test := range []struct {
		entities string
		want     forensics.Reach
	}{
		{"ip:203.0.113.7", forensics.Reach{Events: 2, Accounts: 2, Of: 2, From: 2, Sources: 6}},
		{"network:0.0.0.0/0", forensics.Reach{Events: 4, Accounts: 2, Of: 2, From: 4, Sources: 6, Blocks: []string{"0.0.0.0/0"}}},
		{"network:2000::/3", forensics.Reach{Events: 2, Accounts: 1, Of: 2, From: 2, Sources: 6, Blocks: []string{"2000::/3"}}},
		{"asn:64511 ip:2001:db8::8", forensics.Reach{Events: 2, Accounts: 1, Of: 2, From: 2, Sources: 6}},
		{"client:imap", forensics.Reach{Of: 2, Sources: 5}},
		{"key:outlook-2 service:coinbase", forensics.Reach{Events: 2, Accounts: 1, Of: 2}},
		{"account:KIM@example.com", forensics.Reach{Events: 1, Accounts: 1, Of: 2, Own: []string{"KIM@example.com"}}},
		{"account:admin@example.com", forensics.Reach{Events: 1, Accounts: 1, Of: 2}},
		{"key:none", forensics.Reach{Of: 2}},
	} {
		got, err := c.Reach(context.Background(), strings.Fields(test.entities))
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(&test.want, got); diff != "" {
			t.Errorf("%s: -want +got:\n%s", test.entities, diff)
		}
	}
	if _, err := c.Reach(context.Background(), []string{"nonsense"}); err == nil {
		t.Error("nonsense is no entity")
	}
}

// BenchmarkReach counts what verdicts touch in a million events of 1000 accounts.
func BenchmarkReach(b *testing.B) {
	c, err := Create(filepath.Join(b.TempDir(), "million"), Options{})
	if err != nil {
		b.Fatal(err)
	}
	defer c.Close()
	fill(b, c, millionOfAThousand(), 4096)
	mustBriefs(b, c)
	for _, entities := range []string{"network:0.0.0.0/0", "asn:64496 client:imap ip:203.0.113.7 account:pat@example.com"} {
		b.Run(entities, func(b *testing.B) {
			for b.Loop() {
				if _, err := c.Reach(context.Background(), strings.Fields(entities)); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
