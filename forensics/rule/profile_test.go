package rule

import (
	"fmt"
	"strings"
	"testing"
)

// TestProfile: who counts as the owner.
func TestProfile(t *testing.T) {
	const polling = "2022-08-01T03:00:00Z key-created ip=203.0.113.7 key=x\n2022-08-01T03:10:00Z login-succeeded ip=203.0.113.7 protocol=imap every=5m times=30000\n"
	const probe = "2022-11-14T05:03:00Z mail-read ip="
	tests := []struct {
		name   string
		events string
		ip     string
		options
		want Standing
		says string
	}{
		{name: "home", ip: "198.51.100.7", want: Usual, says: "180 days"},
		{name: "same_operator", ip: "198.51.100.99", want: Usual},
		{name: "office", ip: "192.0.2.10", want: Usual},
		{name: "never_seen", ip: "203.0.113.200", want: Unusual, says: "one day only"},
		{name: "mobile_at_home", ip: "192.0.2.70", want: Unknown},
		{name: "proxy", ip: "192.0.2.200", want: Unknown, says: "says nothing"},
		{name: "vpn_once", ip: "192.0.2.230", want: Unusual},
		{name: "vpn_by_habit", ip: "192.0.2.230", events: "2022-06-05T13:04:00Z login-succeeded ip=192.0.2.230 protocol=imap every=72h times=50", want: Usual},
		{name: "new_line", ip: "203.0.113.200", events: "2022-09-01T13:04:00Z login-succeeded ip=203.0.113.200 every=24h times=80", want: Usual},
		{name: "most_of_the_traffic", ip: "203.0.113.7", events: polling, want: Unknown, says: "together with a key change"},
		{name: "most_of_the_traffic_judged", ip: "203.0.113.7", events: polling, options: verdict("asn:64511", "not-mine"), want: NotMine, says: "asn:64511 is not yours, as you said"},
		{name: "owner_beside_most_of_the_traffic", ip: "198.51.100.7", events: polling, want: Usual},
		{name: "known_from_the_start", ip: "203.0.113.200", options: verdict("ip:203.0.113.200", "mine"), want: Mine},
		{name: "one_address_at_home_judged", ip: "198.51.100.66", options: verdict("ip:198.51.100.66", "not-mine"), want: NotMine},
		{name: "home_beside_a_judged_address", ip: "198.51.100.7", events: "2022-11-13T03:10:00Z login-succeeded ip=198.51.100.66", options: verdict("ip:198.51.100.66", "not-mine"), want: Usual},
		{name: "ten_attacks", ip: "203.0.113.7", events: attacks(10), want: Unusual},
		{name: "guest_from_abroad", ip: "203.0.113.200", events: "2022-06-10T03:04:00Z login-succeeded ip=203.0.113.200 every=360h times=11", want: Unusual, says: "12 days"},
		{name: "guest_of_the_same_country", ip: "192.0.2.10", events: "2022-06-10T03:04:00Z login-succeeded ip=192.0.2.10 every=360h times=11", want: Usual},
		{name: "same_operator_with_another_client", ip: "198.51.100.7 client=PyMail", events: "2022-08-01T03:00:00Z key-created key=x\n2022-08-01T03:10:00Z login-succeeded ip=198.51.100.99 protocol=imap client=PyMail\n2022-09-01T03:00:00Z key-created key=x\n2022-09-01T03:10:00Z login-succeeded ip=198.51.100.99 protocol=imap client=PyMail\n2022-11-14T03:00:00Z key-created key=x", want: Unusual, says: "only, around changes"},
		{name: "new_phone_at_home", ip: "198.51.100.7 client=Phone", events: "2022-08-01T18:00:00Z key-created key=x\n2022-08-01T18:10:00Z login-succeeded ip=198.51.100.7 protocol=imap client=Phone every=24h times=90", want: Usual},
		{name: "seen_before_resets", ip: "203.0.113.200", events: "2022-09-01T13:04:00Z login-succeeded ip=203.0.113.200 every=24h times=8\n2022-09-01T13:10:00Z reset-requested service=coinbase certainty=reported sender=authenticated id=q@coinbase.com", want: Unusual, says: "right before a reset"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			a, c := evaluateLines(t, quietLife+tt.events+"\n"+probe+tt.ip, tt.options)
			for _, b := range input(t, c, tt.options).Account.Briefs {
				if e := c.Event(b.Row); e.Kind.String() != "mail-read" {
					continue
				}
				if got := a.Profile.Known(&b); got != tt.want {
					t.Errorf("got %s, want %s: %s", got, tt.want, a.Profile.Explain(&b))
				}
				if why := a.Profile.Explain(&b); !strings.Contains(why, tt.says) || why == "" {
					t.Errorf("explains %q", why)
				}
			}
		})
	}
}

// TestSilentSession: where all of the owner's sessions name their client, one that does not is somebody else's.
func TestSilentSession(t *testing.T) {
	named := strings.Builder{}
	for i := range 50 {
		fmt.Fprintf(&named, "2022-%02d-%02dT08:00:00Z login-succeeded ip=198.51.100.7 session=n%d client=Thunderbird\n", 6+i/25, 1+i%25, i)
	}
	tests := []struct {
		name, events string
		want         Standing
	}{
		{"silent", "2022-11-14T05:00:00Z login-succeeded ip=198.51.100.7 session=q\n2022-11-14T05:03:00Z mail-read ip=198.51.100.7 session=q", Unusual},
		{"named", "2022-11-14T05:00:00Z login-succeeded ip=198.51.100.7 session=q client=Thunderbird\n2022-11-14T05:03:00Z mail-read ip=198.51.100.7 session=q", Usual},
		{"login_not_on_record", "2022-11-14T05:03:00Z mail-read ip=198.51.100.7 session=q", Usual},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			a, c := evaluateLines(t, quietLife+named.String()+tt.events, options{})
			for _, b := range input(t, c, options{}).Account.Briefs {
				if c.Event(b.Row).Kind.String() != "mail-read" {
					continue
				}
				if got := a.Profile.Known(&b); got != tt.want {
					t.Errorf("got %s, want %s: %s", got, tt.want, a.Profile.Explain(&b))
				}
			}
		})
	}
}

// attacks are n attacks from one network, eleven days apart, each with a key and some hours of reading.
func attacks(n int) string {
	var b strings.Builder
	for i := range n {
		day := 5 + i*11
		for _, line := range []string{
			"T03:00:00Z key-created ip=203.0.113.7 key=Outlook",
			"T03:05:00Z login-succeeded ip=203.0.113.7 protocol=imap every=1h times=6",
			"T03:10:00Z reset-requested service=coinbase certainty=reported sender=authenticated",
		} {
			b.WriteString(dayOf(day) + line + "\n")
		}
	}
	return b.String()
}

// dayOf counts days from 2022-07-01.
func dayOf(n int) string { return date(1656633600*1e9 + int64(n)*day) }

// TestManyAttacks: every one of ten attacks is seen anew.
func TestManyAttacks(t *testing.T) {
	a, _ := evaluateLines(t, quietLife+attacks(10), options{})
	for _, rule := range []string{"KEY-01", "LOG-02", "RST-03"} {
		if got := len(found(a, rule)); got != 10 {
			t.Errorf("%s: got %d findings, want 10", rule, got)
		}
	}
}

// TestInnocent: what an owner does alarms nobody by itself.
func TestInnocent(t *testing.T) {
	tests := map[string]string{
		"travel":            `2022-10-01T09:00:00Z login-succeeded ip=192.0.2.130 protocol=imap client="Thunderbird 102" every=5h times=50`,
		"new_phone":         "2022-10-01T18:59:00Z login-succeeded ip=198.51.100.7 protocol=web\n2022-10-01T19:05:00Z key-created ip=198.51.100.7 key=Phone\n2022-10-01T19:06:00Z login-succeeded ip=198.51.100.7 protocol=imap client=Phone every=1h times=500\n2022-10-02T09:00:00Z login-succeeded ip=192.0.2.70 protocol=imap client=Phone every=3h times=300",
		"dynamic_addresses": "2022-10-01T09:00:00Z login-succeeded ip=198.51.100.31 protocol=imap every=24h times=9\n2022-10-11T09:00:00Z login-succeeded ip=198.51.100.77 protocol=imap every=24h times=9",
		"fetcher":           "2022-10-01T09:00:00Z login-succeeded ip=192.0.2.200 protocol=imap every=10m times=5000",
		"own_reset":         "2022-10-01T19:05:00Z reset-requested service=coinbase certainty=reported sender=authenticated id=r@coinbase.com\n2022-10-01T19:09:00Z mail-deleted ip=198.51.100.7 id=r@coinbase.com",
		"new_password":      "2022-10-01T19:05:00Z password-changed ip=198.51.100.7\n2022-10-01T19:15:00Z login-failed ip=198.51.100.7 protocol=imap every=5m times=30",
		"phishing":          `2022-10-01T19:05:00Z alert certainty=reported sender=failed detail="imitates COINBASE" every=24h times=30`,
	}
	for name, events := range tests {
		t.Run(name, func(t *testing.T) {
			a, _ := evaluateLines(t, quietLife+events, options{})
			for _, f := range a.Findings {
				if f.Weight > 0.31 {
					t.Errorf("%s %.2f: %s", f.Rule, f.Weight, f.Why)
				}
			}
		})
	}
}
