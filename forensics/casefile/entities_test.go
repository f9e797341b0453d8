package casefile

import (
	"context"
	"fmt"
	"path/filepath"
	"testing"

	"keytrail/forensics"

	"github.com/google/go-cmp/cmp"
)

func mustEntities(t testing.TB, c *Case, kind string, cells int) []forensics.Entity {
	t.Helper()
	list, err := c.Entities(context.Background(), kind, cells)
	if err != nil {
		t.Fatal(err)
	}
	return list
}

// namedEvents have entities of every kind.
func namedEvents() []forensics.Event {
	e := make([]forensics.Event, 6)
	for i, ip := range []string{"203.0.113.7", "203.0.113.7", "203.0.113.99", "2001:db8::7", "2001:db8::8", "198.51.100.1"} {
		e[i] = login(i*10, "pat@example.com", ip)
		e[i].Actor, e[i].ASN, e[i].Country, e[i].Org = "pat@example.com", 64496, "US", "Example Net"
	}
	e[1].Account, e[1].Actor, e[1].Client = "Kim@example.com", "admin@example.com", "THUNDERBIRD 102"
	e[2].Kind, e[2].Key, e[2].Country, e[2].Org = forensics.KeyCreated, "Outlook-2", "NL", "Other Net"
	e[3].Kind, e[3].Service, e[3].ASN, e[3].Country = forensics.ResetRequested, "coinbase", 64511, ""
	e[4].Actor, e[4].ASN = "SYSTEM", 0
	e[5].Time.Unreliable, e[5].Account, e[5].Client = true, "", ""
	return e
}

func TestEntities(t *testing.T) {
	c := newCase(t)
	addItem(t, c, "a.log", namedEvents())
	c.SetIncidents(map[int64][]int64{1: {2}, 2: {1, 2}, 4: {3}, 99: {1}}, nil)
	for entity, verdict := range map[string]string{"ip:203.0.113.7": VerdictMine, "asn:64496": VerdictNotMine, "client:thunderbird 102": VerdictMine, "service:coinbase": VerdictMine} {
		if err := c.SetVerdict([]string{entity}, verdict); err != nil {
			t.Fatal(err)
		}
	}
	for kind, want := range map[string][]string{
		forensics.EntityIP: {
			"203.0.113.7 2 0-10 login:2 accounts 2 US 64496 Example Net mine [1 2] [1 1 0 0 0]",
			"203.0.113.99 1 20-20 key:1 accounts 1 NL 64496 Other Net not-mine [] [0 0 1 0 0]",
			"2001:db8::7 1 30-30 reset:1 accounts 1  64511 Example Net  [3] [0 0 0 1 0]",
			"2001:db8::8 1 40-40 login:1 accounts 1 US 0 Example Net  [] [0 0 0 0 1]",
			"198.51.100.1 1 undated login:1 accounts 0 US 64496 Example Net not-mine [] [0 0 0 0 0]",
		},
		forensics.EntityNetwork: {
			"203.0.113.0/24 3 0-20 key:1 login:2 accounts 2  64496   [1 2] [1 1 1 0 0]",
			"2001:db8::/64 2 30-40 login:1 reset:1 accounts 1 US 64511 Example Net  [3] [0 0 0 1 1]",
			"198.51.100.0/24 1 undated login:1 accounts 0 US 64496 Example Net  [] [0 0 0 0 0]",
		},
		forensics.EntityASN: {
			"64496 4 0-20 key:1 login:3 accounts 2  64496  not-mine [1 2] [1 1 1 0 0]",
			"64511 1 30-30 reset:1 accounts 1  64511 Example Net  [3] [0 0 0 1 0]",
		},
		forensics.EntityClient: {
			"Thunderbird 102 5 0-40 key:1 login:3 reset:1 accounts 2  0  mine [1 2 3] [1 1 1 1 1]",
		},
		forensics.EntityKey:     {"Outlook-2 1 20-20 key:1 accounts 1  0   [] [0 0 1 0 0]"},
		forensics.EntityService: {"coinbase 1 30-30 reset:1 accounts 1  0  mine [3] [0 0 0 1 0]"},
		forensics.EntityAccount: {
			"pat@example.com 5 0-40 key:1 login:3 reset:1 accounts 1  0   [2 3] [1 0 1 1 1]",
			"Kim@example.com 1 10-10 login:1 accounts 1  0   [1 2] [0 1 0 0 0]",
			"admin@example.com 1 10-10 login:1 accounts 1  0   [1 2] [0 1 0 0 0]",
		},
	} {
		for range 2 { // made, and remembered
			var got []string
			for _, e := range mustEntities(t, c, kind, 5) {
				if e.Kind != kind {
					t.Errorf("%s has the kind %s", e.Value, e.Kind)
				}
				got = append(got, entityLine(&e))
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("%s: -want +got:\n%s", kind, diff)
			}
		}
	}
	if _, err := c.Entities(context.Background(), "session", 5); err == nil {
		t.Error("sessions are no entities")
	}
	// A verdict taken back and further events show at once.
	if err := c.SetVerdict([]string{"ip:203.0.113.7"}, VerdictUnknown); err != nil {
		t.Fatal(err)
	}
	// What is only an answer to an incident stands apart, but not where something else of the incident came from there.
	c.SetIncidents(map[int64][]int64{1: {1, 2}, 2: {2}, 3: {1}}, map[int64][]int64{1: {1, 2}, 3: {1}})
	for i, want := range []string{"[2] [1]", "[] [1]"} {
		if e := mustEntities(t, c, forensics.EntityIP, 0)[i]; fmt.Sprint(e.Incidents, e.Answered) != want {
			t.Errorf("%s: incidents and answers %v %v, want %s", e.Value, e.Incidents, e.Answered, want)
		}
	}
	c.SetIncidents(nil, nil)
	addItem(t, c, "b.log", namedEvents()[:1])
	if e := mustEntities(t, c, forensics.EntityIP, 0)[0]; e.Verdict != VerdictNotMine || e.Events != 3 || e.Incidents != nil || len(e.Seen) != 0 {
		t.Errorf("got %+v", e)
	}
}

// entityLine writes an entity; times are minutes of the test's day.
func entityLine(e *forensics.Entity) string {
	minute := func(nano int64) int64 { return (nano - at(0).Nano) / 60e9 }
	span := "undated"
	if e.First != 0 || e.Last != 0 {
		span = fmt.Sprintf("%d-%d", minute(e.First), minute(e.Last))
	}
	line := fmt.Sprintf("%s %d %s ", e.Value, e.Events, span)
	for _, g := range forensics.Groups() {
		if n := e.Groups[g]; n > 0 {
			line += fmt.Sprintf("%s:%d ", g, n)
		}
	}
	return line + fmt.Sprintf("accounts %d %s %d %s %s %v %v", e.Accounts, e.Country, e.ASN, e.Org, e.Verdict, e.Incidents, e.Seen)
}

func TestNoEntities(t *testing.T) {
	c := newCase(t)
	for _, kind := range forensics.EntityKinds() {
		if list := mustEntities(t, c, kind, 10); len(list) != 0 {
			t.Errorf("%s: %+v", kind, list)
		}
	}
}

func TestAccountsOf(t *testing.T) {
	c := newCase(t)
	addItem(t, c, "a.log", namedEvents())
	for _, test := range []struct {
		entities []string
		want     []string
	}{
		{[]string{"ip:203.0.113.7"}, []string{"kim@example.com", "pat@example.com"}},
		{[]string{"ip:2001:db8::8"}, []string{"pat@example.com"}},
		{[]string{"network:198.51.0.0/16"}, []string{""}},
		{[]string{"asn:64511", "client:Thunderbird 102"}, []string{"kim@example.com", "pat@example.com"}},
		{[]string{"asn:64511"}, []string{"pat@example.com"}},
		{[]string{"key:outlook-2"}, []string{"pat@example.com"}},
		{[]string{"service:Coinbase"}, []string{"pat@example.com"}},
		{[]string{"account:admin@example.com"}, []string{"kim@example.com"}},
		{[]string{"account:KIM@example.com"}, []string{"kim@example.com"}},
		{[]string{"ip:192.0.2.1", "asn:1", "key:none"}, nil},
		{nil, nil},
	} {
		got, err := c.AccountsOf(context.Background(), test.entities)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(test.want, got); diff != "" {
			t.Errorf("%v: -want +got:\n%s", test.entities, diff)
		}
	}
	if _, err := c.AccountsOf(context.Background(), []string{"nonsense"}); err == nil {
		t.Error("nonsense is no entity")
	}
}

// BenchmarkEntities lists entities of a million events of 1000 accounts.
func BenchmarkEntities(b *testing.B) {
	c, err := Create(filepath.Join(b.TempDir(), "million"), Options{})
	if err != nil {
		b.Fatal(err)
	}
	defer c.Close()
	fill(b, c, millionOfAThousand(), 4096)
	mustBriefs(b, c)
	if err := c.SetVerdict([]string{"network:198.51.3.0/24", "asn:64500", "client:Client=OWA;Action=ViaProxy", "account:user0007@example.com"}, VerdictMine); err != nil {
		b.Fatal(err)
	}
	incidents := map[int64][]int64{}
	for row := range int64(10_000) {
		incidents[row*100] = []int64{row / 100}
	}
	c.SetIncidents(incidents, nil)
	for _, kind := range forensics.EntityKinds() {
		b.Run(kind+"/first", func(b *testing.B) {
			for b.Loop() {
				c.entities = nil
				mustEntities(b, c, kind, 60)
			}
		})
		b.Run(kind+"/again", func(b *testing.B) {
			for b.Loop() {
				mustEntities(b, c, kind, 60)
			}
		})
	}
	b.Run("accounts-of", func(b *testing.B) {
		for b.Loop() {
			if _, err := c.AccountsOf(context.Background(), []string{"network:198.51.3.0/24"}); err != nil {
				b.Fatal(err)
			}
		}
	})
	for _, text := range []string{"verdict:mine", "verdict:unknown", "incident:7"} {
		b.Run(text, func(b *testing.B) {
			for b.Loop() {
				mustQuery(b, c, text)
			}
		})
	}
}
