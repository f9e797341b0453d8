package casefile

import (
	"context"
	"net/netip"
	"testing"

	"keytrail/forensics"

	"github.com/google/go-cmp/cmp"
)

func TestParseEntity(t *testing.T) {
	for _, test := range []struct{ in, want string }{
		{"ip:203.0.113.7", "ip:203.0.113.7"},
		{"IP: ::ffff:203.0.113.7", "ip:203.0.113.7"},
		{"network:203.0.113.7/24", "network:203.0.113.0/24"},
		{"asn:64496", "asn:64496"},
		{"asn:AS64496", "asn:64496"},
		{"asn:as064496", "asn:64496"},
		{`client:"Outlook"`, "client:Outlook"},
		{"service:coinbase", "service:coinbase"},
		{"account:pat@example.com", "account:pat@example.com"},
		{"key:Outlook-2", "key:Outlook-2"},
		{"asn:0", ""}, {"asn:4294967296", ""}, {"asn:Example", ""}, {"ip:203.0.113", ""}, {"network:203.0.113.7", ""},
		{"session:1", ""}, {"203.0.113.7", ""}, {"client:", ""},
	} {
		got, err := ParseEntity(test.in)
		if got != test.want || (err == nil) != (test.want != "") {
			t.Errorf("%s: got %q, %v, want %q", test.in, got, err, test.want)
		}
	}
}

// judged are events that differ in what verdicts can be about.
func judged() []forensics.Event {
	event := func(minute int, ip string, asn uint32, f func(e *forensics.Event)) forensics.Event {
		e := login(minute, "pat@example.com", "203.0.113.7")
		e.IP, e.ASN, e.Actor, e.Client = netip.Addr{}, asn, "", ""
		if ip != "" {
			e.IP = netip.MustParseAddr(ip)
		}
		if f != nil {
			f(&e)
		}
		return e
	}
	return []forensics.Event{
		event(0, "203.0.113.7", 64496, nil),
		event(1, "203.0.113.8", 64496, nil),
		event(2, "198.51.100.1", 64496, nil),
		event(3, "", 64496, nil),
		event(4, "198.51.100.2", 64511, nil),
		event(5, "198.51.100.1", 64496, func(e *forensics.Event) { e.Client = "Thunderbird" }),
		event(6, "", 0, func(e *forensics.Event) { e.Client, e.Service = "thunderbird", "coinbase" }),
		event(7, "", 0, func(e *forensics.Event) { e.Service = "coinbase" }),
		event(8, "", 0, func(e *forensics.Event) { e.Actor, e.Service = "pat@example.com", "gemini" }),
		event(9, "", 0, func(e *forensics.Event) { e.Actor, e.Key = "pat@example.com", "Outlook-2" }),
	}
}

// The screen's verdict, the filter and the judge agree.
func TestVerdictOfEvents(t *testing.T) {
	const mine, not = VerdictMine, VerdictNotMine
	for _, test := range []struct {
		name     string
		verdicts map[string]string
		want     []string
	}{
		{"none", nil, []string{"", "", "", "", "", "", "", "", "", ""}},
		{"operator", map[string]string{"asn:64496": not}, []string{not, not, not, not, "", not, "", "", "", ""}},
		{"network before operator", map[string]string{"asn:64496": not, "network:203.0.113.0/24": mine}, []string{mine, mine, not, not, "", not, "", "", "", ""}},
		{"address before network", map[string]string{"network:203.0.113.0/24": mine, "ip:203.0.113.8": not}, []string{mine, not, "", "", "", "", "", "", "", ""}},
		{"smallest network", map[string]string{"network:203.0.113.0/24": mine, "network:203.0.113.8/29": not}, []string{mine, not, "", "", "", "", "", "", "", ""}},
		{"not mine outweighs", map[string]string{"asn:64496": not, "client:Thunderbird": mine}, []string{not, not, not, not, "", not, mine, "", "", ""}},
		{"service", map[string]string{"service:Coinbase": not}, []string{"", "", "", "", "", "", not, not, "", ""}},
		{"a service of one's own says nothing", map[string]string{"service:coinbase": mine}, []string{"", "", "", "", "", "", "", "", "", ""}},
		{"actor last", map[string]string{"account:pat@example.com": mine, "key:outlook-2": not}, []string{"", "", "", "", "", "", "", "", mine, not}},
		{"actor and service", map[string]string{"account:pat@example.com": mine, "service:gemini": not}, []string{"", "", "", "", "", "", "", "", not, mine}},
	} {
		t.Run(test.name, func(t *testing.T) {
			c := newCase(t)
			addItem(t, c, "a.log", judged())
			for entity, verdict := range test.verdicts {
				if err := c.SetVerdict([]string{entity}, verdict); err != nil {
					t.Fatal(err)
				}
			}
			events := mustEvents(t, mustQuery(t, c, ""))
			got := make([]string, len(events))
			for i := range events {
				got[i] = events[i].Verdict
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
			for i, verdict := range test.want {
				for _, word := range []string{"unknown", mine, not} {
					v := mustQuery(t, c, "verdict:"+word)
					if found, want := v.IndexOf(events[i].Row) >= 0, word == verdict || word == "unknown" && verdict == ""; found != want {
						t.Errorf("event %d, verdict:%s: %v, want %v", i, word, found, want)
					}
				}
			}
			j, err := c.Judge(context.Background())
			if err != nil {
				t.Fatal(err)
			}
			for i := range events[:5] {
				if got := j.IP(events[i].IP, events[i].ASN); got != test.want[i] {
					t.Errorf("judge on event %d: %q, want %q", i, got, test.want[i])
				}
			}
		})
	}
}

func TestJudge(t *testing.T) {
	c := newCase(t)
	for entity, verdict := range map[string]string{"network:203.0.113.0/24": VerdictMine, "ip:203.0.113.7": VerdictNotMine, "asn:64496": VerdictNotMine,
		"service:Coinbase": VerdictMine, "network:2001:db8::/48": VerdictNotMine} {
		if err := c.SetVerdict([]string{entity}, verdict); err != nil {
			t.Fatal(err)
		}
	}
	j, err := c.Judge(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct{ kind, value, want string }{
		{"ip", "203.0.113.7", VerdictNotMine}, {"ip", "203.0.113.8", VerdictMine}, {"ip", "198.51.100.1", ""}, {"ip", "nonsense", ""},
		{"ip", "::ffff:203.0.113.8", VerdictMine}, {"ip", "2001:db8::1", VerdictNotMine},
		{"network", "203.0.113.0/24", VerdictMine}, {"network", "203.0.113.128/25", VerdictMine}, {"network", "203.0.112.0/23", ""},
		{"network", "2001:db8::/64", VerdictNotMine}, {"asn", "64496", VerdictNotMine}, {"asn", "1", ""}, {"asn", "x", ""},
		{"service", "coinbase", VerdictMine}, {"service", "", ""}, {"key", "coinbase", ""},
	} {
		if got := j.Text(test.kind, test.value); got != test.want {
			t.Errorf("%s:%s is %q, want %q", test.kind, test.value, got, test.want)
		}
	}
	if (Judge{}).Text("ip", "203.0.113.7") != "" || (Judge{}).IP(netip.MustParseAddr("203.0.113.7"), 64496) != "" {
		t.Error("the zero judge says something")
	}
}

// Verdicts and settings stand in the custody log, and so does taking them back.
func TestJudgingIsOnRecord(t *testing.T) {
	c := newCase(t)
	if entries, err := c.Custody(); err != nil || len(entries) != 1 {
		t.Fatalf("%d entries, %v", len(entries), err)
	}
	steps := []func() error{
		func() error { return c.SetVerdict([]string{"asn:AS64496", "client:Outlook"}, VerdictNotMine) },
		func() error { return c.SetVerdict([]string{"client:OUTLOOK"}, VerdictNotMine) }, // as it is: no entry
		func() error { return c.SetVerdict([]string{"client:outlook"}, VerdictMine) },
		func() error { return c.SetSetting("reset.window", "30m") },
		func() error { return c.SetSetting("reset.window", "30m") },
		func() error { return c.SetSetting("reset.window", "") },
		func() error { _, err := c.Undo(); return err },
		func() error { _, err := c.Undo(); return err },
		func() error { _, err := c.Undo(); return err },
	}
	for i, step := range steps {
		if err := step(); err != nil {
			t.Fatalf("step %d: %v", i, err)
		}
	}
	entries, err := c.Custody()
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, e := range entries[1:] {
		got = append(got, e.What+" "+e.Detail)
	}
	if diff := cmp.Diff([]string{
		"verdict not-mine: asn:64496, client:Outlook",
		"verdict mine: client:Outlook",
		"setting reset.window = 30m",
		"setting reset.window: the program's own",
		"undone reset.window: the program's own",
		"undone reset.window = 30m",
		"undone mine: client:Outlook",
	}, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	verdicts, err := c.Verdicts()
	if diff := cmp.Diff([]Verdict{{"asn:64496", VerdictNotMine}, {"client:Outlook", VerdictNotMine}}, verdicts); diff != "" || err != nil {
		t.Errorf("%v -want +got:\n%s", err, diff)
	}
	settings, err := c.Settings()
	if len(settings) != 0 || err != nil {
		t.Errorf("got %v, %v", settings, err)
	}
	if err := c.SetSetting("login.window", "1h"); err != nil {
		t.Fatal(err)
	}
	if settings, err := c.Settings(); settings["login.window"] != "1h" || err != nil {
		t.Errorf("got %v, %v", settings, err)
	}
	if err := c.SetSetting(" ", "1h"); err == nil {
		t.Error("a setting without a name")
	}
	if err := c.CheckCustody(); err != nil {
		t.Error(err)
	}
}
