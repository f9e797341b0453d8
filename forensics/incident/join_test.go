package incident

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestJoin says which findings become one incident and which two. Rows are numbered in the order of time.
func TestJoin(t *testing.T) {
	tests := []struct {
		name, table, says string
		want              []string
	}{
		{"equal_times", `
2023-02-07T03:00:00Z key-created ip=203.0.113.77 key=k
2023-02-07T03:00:00Z login-succeeded ip=203.0.113.77 session=s
2023-02-07T03:00:00Z reset-requested id=m@x service=coinbase certainty=reported
2023-02-07T03:00:00Z mail-purged id=m@x session=s
`, "KEY-01 1; LOG-02 2; RST-01 3; DEL-01 4 <3", []string{"key:1 login:2 reset:3 deletion:4"}},

		{"two_hands_at_once", `
2023-02-07T03:00:00Z login-succeeded ip=203.0.113.77 session=a client=x
2023-02-07T03:01:00Z login-succeeded ip=192.0.2.9 session=b client=y
2023-02-07T03:05:00Z reset-requested id=m1@x service=coinbase certainty=reported
2023-02-07T03:06:00Z reset-requested id=m2@x service=gemini certainty=reported
2023-02-07T03:07:00Z mail-purged id=m2@x session=b ip=192.0.2.9
2023-02-07T03:08:00Z mail-purged id=m1@x session=a ip=203.0.113.77
`, "LOG-02 1; LOG-02 2; RST-01 3; RST-01 4; DEL-01 5 <4; DEL-01 6 <3", []string{"login:1 reset:3 deletion:6", "login:2 reset:4 deletion:5"}},

		{"two_hands_and_two_keys", `
2023-02-07T03:00:00Z key-created key=ka ip=203.0.113.1
2023-02-07T03:01:00Z key-created key=kb ip=192.0.2.1
2023-02-07T03:05:00Z login-succeeded ip=192.0.2.9 session=b key=kb
2023-02-07T03:06:00Z login-succeeded ip=203.0.113.77 session=a key=ka
`, "KEY-01 1; KEY-01 2; KEY-02 1; KEY-02 2; LOG-02 3; LOG-02 4; LOG-04 3; LOG-04 4", []string{"key:1 login:4", "key:2 login:3"}},

		{"keys_by_notice_and_two_logins_wait_in_turn", `
2023-02-07T03:00:00Z key-created certainty=reported id=k1@x
2023-02-07T03:20:00Z key-created certainty=reported id=k2@x
2023-02-07T03:25:00Z login-succeeded ip=203.0.113.77 session=a
2023-02-07T03:26:00Z login-succeeded ip=192.0.2.9 session=b
`, "KEY-01 1; LOG-02 3; LOG-02 4; LOG-04 3; LOG-04 4; KEY-02 1", []string{"key:1 login:3"}},

		{"one_hand_with_two_addresses_of_a_network", `
2023-02-07T03:00:00Z login-succeeded ip=203.0.113.77 session=a asn=64496
2023-02-07T03:10:00Z login-succeeded ip=203.0.113.200 session=b asn=64496
2023-02-07T03:11:00Z reset-requested id=m1@x service=coinbase certainty=reported
2023-02-07T03:12:00Z mail-purged id=m1@x session=b ip=203.0.113.200
`, "LOG-02 1; LOG-02 2; RST-01 3; DEL-01 4 <3", []string{"login:1,2 reset:3 deletion:4"}},

		{"the_window_from_key_to_login_is_inclusive", `
2023-02-07T03:00:00Z key-created certainty=reported id=k@x
2023-02-08T03:00:00Z login-succeeded ip=203.0.113.77 session=a
`, "KEY-01 1; KEY-02 1; LOG-01 2; LOG-02 2; LOG-04 2", []string{"key:1 login:2"}},

		{"a_second_later_is_too_late", `
2023-02-07T03:00:00Z key-created certainty=reported id=k@x
2023-02-08T03:00:01Z login-succeeded ip=203.0.113.77 session=a
`, "KEY-01 1; LOG-01 2; LOG-02 2; LOG-04 2; KEY-02 1; LOG-05 2", []string{}},

		{"a_reset_before_anybody_was_there_is_nobodys", `
2023-02-07T02:00:00Z reset-requested id=m0@x service=coinbase certainty=reported
2023-02-07T03:00:00Z login-succeeded ip=203.0.113.77 session=a
2023-02-07T03:11:00Z reset-requested id=m1@x service=coinbase certainty=reported
2023-02-07T03:12:00Z mail-purged id=m1@x session=a ip=203.0.113.77
`, "RST-01 1; LOG-02 2; RST-01 3; DEL-01 4 <3", []string{"login:2 reset:3 deletion:4"}},

		{"money_long_after_by_service", `
2023-02-07T03:00:00Z login-succeeded ip=203.0.113.77 session=a
2023-02-07T03:11:00Z reset-requested id=m1@x service=coinbase certainty=reported
2023-02-07T03:12:00Z mail-purged id=m1@x session=a ip=203.0.113.77
2023-02-10T15:12:00Z funds-sent account=- service=coinbase amount=1 asset=BTC provider=statement/coinbase
2023-02-10T15:12:00Z funds-sent account=- service=kraken amount=1 asset=BTC provider=statement/kraken
`, "LOG-02 1; RST-01 2; DEL-01 3 <2; LOSS-01 4 <2; LOSS-01 5", []string{"login:1 reset:2 deletion:3 money:4"}},

		{"money_after_the_longest_hold_is_no_part", `
2023-02-07T03:00:00Z login-succeeded ip=203.0.113.77 session=a
2023-02-07T03:11:00Z reset-requested id=m1@x service=coinbase certainty=reported
2023-02-07T03:12:00Z mail-purged id=m1@x session=a ip=203.0.113.77
2023-02-10T15:12:01Z funds-sent account=- service=coinbase amount=1 asset=BTC provider=statement/coinbase
`, "LOG-02 1; RST-01 2; DEL-01 3 <2; LOSS-01 4 <2", []string{"login:1 reset:2 deletion:3"}},

		{"most_notices_in_the_trash_are_hidden", `
2023-02-07T03:00:00Z login-succeeded ip=203.0.113.77 session=a
2023-02-07T03:11:00Z reset-requested id=m1@x service=coinbase certainty=reported
2023-02-07T03:11:00Z mail-deleted id=m1@x certainty=inferred
2023-02-07T03:13:00Z reset-requested id=m2@x service=gemini certainty=reported
2023-02-07T03:13:00Z mail-deleted id=m2@x certainty=inferred
2023-02-07T03:14:00Z reset-requested id=m3@x service=kraken certainty=reported
`, "LOG-02 1; RST-01 2; DEL-01 3 <2; RST-01 4; DEL-01 5 <4; RST-01 6", []string{"login:1 reset:2,4,6 deletion:3,5"}},

		{"one_notice_in_the_trash_is_nobodys_deletion", `
2023-02-07T03:00:00Z login-succeeded ip=203.0.113.77 session=a
2023-02-07T03:11:00Z reset-requested id=m1@x service=coinbase certainty=reported
2023-02-07T03:11:00Z mail-deleted id=m1@x certainty=inferred
2023-02-07T03:13:00Z reset-requested id=m2@x service=gemini certainty=reported
2023-02-07T03:14:00Z reset-requested id=m3@x service=kraken certainty=reported
`, "LOG-02 1; RST-01 2; DEL-01 3 <2; RST-01 4; RST-01 5", []string{"login:1 reset:2,4,5"}},

		{"a_new_key_after_the_end_begins_anew", `
2023-02-07T03:00:00Z key-created ip=203.0.113.77 key=Outlook-1
2023-02-07T03:01:00Z login-succeeded ip=203.0.113.77 session=a
2023-02-07T03:11:00Z reset-requested id=m1@x service=coinbase certainty=reported
2023-02-07T03:12:00Z mail-purged id=m1@x session=a ip=203.0.113.77
2023-02-08T03:00:00Z key-created ip=203.0.113.77 key=Outlook-2
2023-02-08T03:01:00Z login-succeeded ip=203.0.113.77 session=b
2023-02-08T03:11:00Z reset-requested id=m2@x service=coinbase certainty=reported
2023-02-08T03:12:00Z mail-purged id=m2@x session=b ip=203.0.113.77
`, "KEY-01 1; LOG-02 2; RST-01 3; DEL-01 4 <3; KEY-01 5; LOG-02 6; RST-01 7; DEL-01 8 <7",
			[]string{"key:1 login:2 reset:3 deletion:4", "key:5 login:6 reset:7 deletion:8"}},

		{"acts_of_the_hand_that_no_rule_names_are_gathered", `
2023-02-07T02:59:00Z login-failed ip=203.0.113.77
2023-02-07T03:00:00Z login-succeeded ip=203.0.113.77 session=a
2023-02-07T03:11:00Z reset-requested id=m1@x service=coinbase certainty=reported
2023-02-07T03:12:00Z mail-purged id=m1@x session=a ip=203.0.113.77
2023-02-07T03:13:00Z rule-set session=a ip=203.0.113.77 detail=.
2023-02-09T03:13:00Z login-failed ip=203.0.113.77
`, "LOG-02 2; RST-01 3; DEL-01 4 <3", []string{"login:1,2 settings:5 reset:3 deletion:4"}},

		{"the_trash_emptied_later_by_another_session", `
2023-02-07T03:00:00Z login-succeeded ip=203.0.113.77 session=a
2023-02-07T03:11:00Z reset-requested id=m1@x service=coinbase certainty=reported
2023-02-07T03:12:00Z mail-deleted id=m1@x session=a ip=203.0.113.77
2023-02-09T08:00:00Z login-succeeded ip=192.0.2.8 session=own
2023-02-09T08:01:00Z mail-purged id=m1@x session=own ip=192.0.2.8
`, "LOG-02 1; RST-01 2; DEL-01 3 <2; DEL-02 5 <2", []string{"login:1 reset:2 deletion:3,5"}},

		{"a_notice_thrown_away_weeks_later", `
2023-02-07T03:00:00Z login-succeeded ip=203.0.113.77 session=a
2023-02-07T03:11:00Z reset-requested id=m1@x service=coinbase certainty=reported
2023-02-07T03:13:00Z reset-requested id=m2@x service=coinbase certainty=reported
2023-02-07T03:14:00Z mail-purged id=m1@x session=a ip=203.0.113.77
2023-02-26T08:00:00Z login-succeeded ip=192.0.2.8 session=own
2023-02-26T08:01:00Z mail-purged id=m2@x session=own ip=192.0.2.8
`, "LOG-02 1; RST-01 2; RST-01 3; DEL-01 4 <2; LOG-02 5; DEL-02 6 <3", []string{"login:1 reset:2,3 deletion:4", "login:5 deletion:6"}},

		{"a_login_at_the_service_is_of_its_reset", `
2023-02-07T03:00:00Z key-created ip=203.0.113.77 key=Outlook-1
2023-02-07T03:11:00Z reset-requested id=m1@x service=coinbase certainty=reported
2023-02-07T03:12:00Z login-succeeded id=m2@x service=coinbase certainty=reported ip=203.0.113.9
2023-02-07T03:13:00Z mail-purged id=m1@x
`, "KEY-01 1; RST-01 2; RST-03 2; RST-01 3; DEL-01 4 <2", []string{"key:1 reset:2,3 deletion:4"}},

		{"no_login_on_record", `
2023-02-07T03:00:00Z key-created certainty=reported id=k@x
2023-02-07T03:11:00Z reset-requested id=m1@x service=coinbase certainty=reported
2023-02-07T03:12:00Z mail-missing certainty=inferred reasons=uid-gap
2023-02-07T04:12:00Z funds-sent account=- service=coinbase amount=1 asset=BTC provider=statement/coinbase
`, "KEY-01 1; RST-01 2; RST-03 2 <1; DEL-04 3 <2; LOSS-01 4 <2", []string{"key:1 reset:2 deletion:3 money:4"}},

		{"a_lone_reset_is_nothing", `
2023-02-07T03:11:00Z reset-requested id=m1@x service=coinbase certainty=reported
`, "RST-01 1", []string{}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := outline(find(t, strings.TrimSpace(tt.table), tt.says))
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("incidents (-want +got):\n%s", diff)
			}
		})
	}
}

// atHome is four weeks of an owner's logins, rows 1 to 28.
func atHome() string {
	var table strings.Builder
	for day := range 28 {
		fmt.Fprintf(&table, "2023-01-%02dT08:00:00Z login-succeeded ip=198.51.100.7 session=h%d client=mail asn=64510\n", day+1, day)
	}
	return table.String()
}

// TestResetInTheOwnersHours has a reset by a stranger of the night, of which the first mail comes while the owner reads his mail.
func TestResetInTheOwnersHours(t *testing.T) {
	table := atHome() + `
2023-02-07T03:00:00Z login-succeeded ip=203.0.113.77 session=a asn=64496
2023-02-07T10:00:00Z login-succeeded ip=198.51.100.7 session=o1 client=mail asn=64510
2023-02-07T10:02:00Z reset-requested id=m1@x service=coinbase certainty=reported
2023-02-07T13:00:00Z password-changed id=m2@x service=coinbase certainty=reported
2023-02-07T13:05:00Z funds-sent account=- service=coinbase amount=1 asset=BTC provider=statement/coinbase
`
	got := outline(find(t, table, "LOG-01 29; LOG-02 29; LOG-04 29; RST-01 31; RST-03 31; RST-01 32; RST-03 32; LOSS-01 33 <32"))
	if diff := cmp.Diff([]string{"login:29 reset:31,32 money:33"}, got); diff != "" {
		t.Errorf("incidents (-want +got):\n%s", diff)
	}
}

// TestAttackOnAJourney has an attack in between the logins of an owner who is on a journey, and the owner
// empties the trash afterwards: the journey is no part of it.
func TestAttackOnAJourney(t *testing.T) {
	table := atHome() + `
2023-02-05T08:00:00Z login-succeeded ip=192.0.2.8 session=o1 client=mail asn=64500
2023-02-06T08:00:00Z login-succeeded ip=192.0.2.8 session=o2 client=mail asn=64500
2023-02-07T02:40:00Z login-succeeded ip=192.0.2.8 session=o3 client=mail asn=64500
2023-02-07T03:00:00Z login-succeeded ip=203.0.113.77 session=a asn=64496
2023-02-07T03:11:00Z reset-requested id=m1@x service=coinbase certainty=reported
2023-02-07T03:12:00Z mail-deleted id=m1@x session=a ip=203.0.113.77 asn=64496
2023-02-07T09:00:00Z login-succeeded ip=192.0.2.8 session=o4 client=mail asn=64500
2023-02-07T09:01:00Z mail-purged id=m1@x session=o4 ip=192.0.2.8 asn=64500
`
	got := outline(find(t, table, "LOG-02 29; LOG-02 30; LOG-02 31; LOG-02 32; LOG-01 32; LOG-04 32; RST-01 33; RST-03 33; DEL-01 34 <33; LOG-02 35; DEL-02 36 <33"))
	if diff := cmp.Diff([]string{"login:32 reset:33 deletion:34"}, got); diff != "" {
		t.Errorf("incidents (-want +got):\n%s", diff)
	}
}

// TestAttackInAFlood has a botnet come in between the steps of an attack: its hands are more than are looked at together, and the attacker's
// is still known when it comes back.
func TestAttackInAFlood(t *testing.T) {
	var table, says strings.Builder
	table.WriteString(`
2023-02-07T03:00:00Z key-created key=k ip=203.0.113.77
2023-02-07T03:01:00Z login-succeeded ip=203.0.113.77 session=a key=k
2023-02-07T03:02:00Z reset-requested id=m1@x service=coinbase certainty=reported
`)
	says.WriteString("KEY-01 1; LOG-02 2; RST-01 3")
	const flood = 2 * mostOpen
	for i := range flood {
		fmt.Fprintf(&table, "2023-02-07T03:%02d:%02dZ login-succeeded ip=2001:db8:%x::9 session=f%d\n", 3+i/60, i%60, i+1, i)
		fmt.Fprintf(&says, "; LOG-02 %d", 4+i)
	}
	table.WriteString("2023-02-07T03:20:00Z reset-requested id=m2@x service=coinbase certainty=reported\n")
	fmt.Fprintf(&says, "; RST-01 %d", 4+flood)
	got := outline(find(t, table.String(), says.String()))
	if want := fmt.Sprintf("key:1 login:2 reset:3,%d", 4+flood); !slices.Contains(got, want) {
		t.Errorf("no %q in %q", want, got)
	}
}
