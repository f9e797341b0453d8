package investigate

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"keytrail/forensics"
	"keytrail/forensics/casefile"
	"keytrail/forensics/format/all"
	"keytrail/forensics/ingest"
)

const takeoutLog = `Gaia ID,Activity Timestamp,IP Address,Product Name,Activity Type
1,2023-03-01 10:00:00 UTC,198.51.100.7,Gmail,Login
1,2023-03-02 10:00:00 UTC,203.0.113.9,Gmail,Login
`

const statementOf = `ID,Timestamp,Transaction Type,Asset,Quantity Transacted,Price Currency,Price at Transaction,Subtotal,Total (inclusive of fees and/or spread),Fees and/or Spread,Notes
a1,2023-03-02 11:00:00 UTC,Send,BTC,-0.5,USD,$27000.00,-$13500.00,-$13500.00,$0.00,Sent 0.5 BTC to bc1qexample
`

func letterTo(account, id string) string {
	return "From ada@friends.example Wed Mar  1 09:00:00 2023\nDelivered-To: " + account +
		"\nReceived: from a.example (a.example [192.0.2.1]) by mx.google.com; Wed, 01 Mar 2023 09:00:00 +0000\nFrom: ada@friends.example\nTo: " + account +
		"\nSubject: Dinner\nDate: Wed, 01 Mar 2023 09:00:00 +0000\nMessage-ID: <" + id + "@friends.example>\n\nHello\n\n"
}

// TestBind checks whose the events without an account are.
func TestBind(t *testing.T) {
	one := letterTo("pat@works.example", "1") + letterTo("pat@works.example", "2")
	for _, tt := range []struct {
		name         string
		mail         string
		bound, loose int
	}{
		{"one account", one, 2, 1},
		{"two accounts", one + letterTo("sam@works.example", "3"), 0, 3},
		{"no mail", "", 0, 0}, // then they are all there is, and looked at as they are
	} {
		t.Run(tt.name, func(t *testing.T) {
			dir := t.TempDir()
			evidence := filepath.Join(dir, "Takeout")
			if err := os.Mkdir(evidence, 0o700); err != nil {
				t.Fatal(err)
			}
			for name, text := range map[string]string{"access.csv": takeoutLog, "coinbase.csv": statementOf, "All.mbox": tt.mail} {
				if err := os.WriteFile(filepath.Join(evidence, name), []byte(text), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			c, err := casefile.Create(filepath.Join(dir, "case"), casefile.Options{Tool: "test"})
			if err != nil {
				t.Fatal(err)
			}
			defer func() { _ = c.Close() }()
			if _, err := ingest.Add(t.Context(), c, []string{evidence}, ingest.Options{Formats: all.Formats(), Tool: "test", Now: time.Now}, nil); err != nil {
				t.Fatal(err)
			}
			a := New(c, Options{})
			if _, err := a.Analyse(t.Context()); err != nil {
				t.Fatal(err)
			}
			if got := len(a.bound["pat@works.example"]); got != tt.bound || len(a.loose) != tt.loose {
				t.Errorf("%d events bound and %d left, want %d and %d", got, len(a.loose), tt.bound, tt.loose)
			}
		})
	}
}

func TestWithBound(t *testing.T) {
	at := func(list ...int64) (out []forensics.Brief) {
		for _, n := range list {
			out = append(out, forensics.Brief{Row: n, Time: n, Unreliable: n < 0})
		}
		return out
	}
	var got []int64
	for _, b := range withBound(at(1, 5, 9, -1), at(3, 7, -2)) {
		got = append(got, b.Row)
	}
	want := []int64{1, 3, 5, 7, 9, -1, -2}
	for i := range want {
		if i >= len(got) || got[i] != want[i] {
			t.Fatalf("order %v, want %v", got, want)
		}
	}
}
