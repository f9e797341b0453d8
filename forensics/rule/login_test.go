package rule

import "testing"

func TestLog01(t *testing.T) {
	const web = "2022-06-01T19:00:00Z login-succeeded ip=198.51.100.7 protocol=web every=24h times=180\n"
	runCases(t, "LOG-01", []ruleCase{
		{name: "first_ever", bare: true, events: web + "2022-11-14T03:04:00Z login-succeeded ip=203.0.113.7 protocol=imap", want: 1, least: 0.35, says: "first imap login ever"},
		{name: "owner_sets_up", bare: true, events: web + "2022-11-14T03:04:00Z login-succeeded ip=198.51.100.7 protocol=imap", want: 1, most: 0.05},
		{name: "always_used", events: "2022-11-14T03:04:00Z login-succeeded ip=203.0.113.7 protocol=imap", want: 0},
		{name: "other_protocol", events: "2022-11-14T03:04:00Z login-succeeded ip=203.0.113.7 protocol=pop3", want: 1},
		{name: "after_a_pause", bare: true, events: web + "2022-06-02T03:04:00Z login-succeeded ip=198.51.100.7 protocol=imap\n2022-11-14T03:04:00Z login-succeeded ip=198.51.100.7 protocol=imap", want: 1, says: "in 165 days"},
		{name: "short", bare: true, events: "2022-11-14T03:04:00Z login-succeeded ip=203.0.113.7 protocol=imap", notChecked: "too little is on record"},
	})
}

func TestLog02(t *testing.T) {
	runCases(t, "LOG-02", []ruleCase{
		{name: "server_abroad", events: "2022-11-14T03:04:00Z login-succeeded ip=203.0.113.7 protocol=imap every=1h times=5", want: 1, least: 0.5, says: "5 logins from 203.0.113.7 (AS64511 Example Hosting, NL, hosting) within 4 hours"},
		{name: "two_visits", events: "2022-11-14T03:04:00Z login-succeeded ip=203.0.113.7 every=25h times=2", want: 2},
		{name: "one_visit", events: "2022-11-14T03:04:00Z login-succeeded ip=203.0.113.7 every=24h times=2", want: 1},
		{name: "hotel", events: `2022-11-14T13:04:00Z login-succeeded ip=192.0.2.130 protocol=imap client="Thunderbird 102" every=4h times=9`, want: 1, most: 0.3, says: "with a usual client"},
		{name: "mobile", events: "2022-11-14T13:04:00Z login-succeeded ip=192.0.2.70 protocol=imap every=4h times=9", want: 0},
		{name: "mail_proxy", events: "2022-11-14T13:04:00Z login-succeeded ip=192.0.2.200 protocol=imap every=1h times=9", want: 0},
		{name: "same_operator", events: "2022-11-14T13:04:00Z login-succeeded ip=198.51.100.200 protocol=imap", want: 0},
		{name: "vpn_by_habit", events: "2022-06-05T13:04:00Z login-succeeded ip=192.0.2.230 protocol=imap every=72h times=50", want: 0},
		{name: "not_mine_at_home", events: "2022-11-14T13:04:00Z login-succeeded ip=198.51.100.200", options: verdict("ip:198.51.100.200", "not-mine"), want: 1, least: 0.9, says: "as you said"},
		{name: "network_not_mine", events: "2022-11-14T13:04:00Z login-succeeded ip=203.0.113.7", options: verdict("network:203.0.113.0/24", "not-mine"), want: 1, least: 0.9},
		{name: "asn_mine", events: "2022-11-14T13:04:00Z login-succeeded ip=203.0.113.7", options: verdict("asn:64511", "mine"), want: 0},
		{name: "client_not_mine", events: "2022-11-14T13:04:00Z login-succeeded ip=198.51.100.7 client=PyMail", options: verdict("client:pymail", "not-mine"), want: 1, least: 0.9},
		{name: "other_addresses", events: "2022-11-14T13:04:00Z login-succeeded ip=203.0.113.7\n2022-11-14T14:04:00Z login-succeeded ip=203.0.113.8\n2022-11-14T15:04:00Z login-succeeded ip=203.0.113.7", want: 1,
			says: "3 logins from 203.0.113.7 (AS64511 Example Hosting, NL, hosting) and 1 more address of that network within 2 hours"},
		{name: "more_than_are_named", events: "2022-11-14T13:04:00Z login-succeeded ip=203.0.113.7 every=1m times=600", want: 1, says: "600 logins from 203.0.113.7"},
		{name: "reads_without_login", events: "2022-11-14T13:04:00Z mail-read ip=203.0.113.7 every=1m times=9", want: 1, says: "9 accesses"},
		{name: "service_login", events: "2022-11-14T13:04:00Z login-succeeded ip=203.0.113.7 service=coinbase", want: 0},
		{name: "failed", events: "2022-11-14T13:04:00Z login-failed ip=203.0.113.7", want: 0},
		{name: "stays_for_long_with_a_key", events: "2022-08-01T03:00:00Z key-created ip=203.0.113.7 key=x\n2022-08-01T03:10:00Z login-succeeded ip=203.0.113.7 protocol=imap every=5m times=30000", want: 1, least: 0.5, says: "key change"},
		{name: "short_history", bare: true, events: "2022-11-13T03:04:00Z login-succeeded ip=198.51.100.7\n2022-11-14T03:04:00Z login-succeeded ip=203.0.113.7", want: 0},
		{name: "short_history_with_key", bare: true, events: "2022-11-10T03:04:00Z login-succeeded ip=198.51.100.7 every=6h times=20\n2022-11-14T03:00:00Z key-created key=x\n2022-11-14T03:04:00Z login-succeeded ip=203.0.113.7", want: 1, most: 0.3, says: "too little is on record"},
		{name: "short_said_once", bare: true, events: "2022-11-10T03:04:00Z login-succeeded ip=198.51.100.7 every=6h times=20\n2022-11-14T03:00:00Z key-created key=x\n2022-11-14T03:04:00Z login-succeeded ip=203.0.113.7", want: 1, most: 0.3, says: "2022-11-14, first seen together with a key change (a hosting network, too little is on record"},
	})
}

func TestLog03(t *testing.T) {
	const home = "2022-11-14T13:00:00Z login-succeeded ip=198.51.100.7 protocol=web\n"
	runCases(t, "LOG-03", []ruleCase{
		{name: "impossible", events: home + "2022-11-14T14:00:00Z login-succeeded ip=203.0.113.200", want: 1, least: 0.35, says: "at least 5000 km apart"},
		{name: "possible", events: "2022-11-15T13:05:00Z login-succeeded ip=203.0.113.200", want: 0},
		{name: "near", events: "2022-11-14T13:00:00Z login-succeeded ip=192.0.2.130\n2022-11-14T13:01:00Z login-succeeded ip=203.0.113.200", want: 0},
		{name: "same_moment", events: home + "2022-11-14T13:00:00Z login-succeeded ip=203.0.113.200", want: 1},
		{name: "vpn", events: home + "2022-11-14T13:20:00Z login-succeeded ip=192.0.2.230", want: 1, most: 0.15},
		{name: "proxy", events: home + "2022-11-14T13:20:00Z login-succeeded ip=192.0.2.200", want: 0},
		{name: "own_vpn", events: "2022-06-05T13:04:00Z login-succeeded ip=192.0.2.230 protocol=imap every=72h times=50\n" + home, want: 0},
		{name: "ipv6_mapped", events: home + "2022-11-14T13:20:00Z login-succeeded ip=::ffff:203.0.113.200", want: 1},
	})
}

func TestLog04(t *testing.T) {
	runCases(t, "LOG-04", []ruleCase{
		{name: "hosting", events: "2022-11-14T03:04:00Z login-succeeded ip=203.0.113.7", want: 1, least: 0.3},
		{name: "ordinary", events: "2022-11-14T03:04:00Z login-succeeded ip=203.0.113.200", want: 0},
		{name: "own_vpn", events: "2022-06-05T13:04:00Z login-succeeded ip=192.0.2.230 protocol=imap every=72h times=50", want: 0},
		{name: "mine", events: "2022-11-14T03:04:00Z login-succeeded ip=203.0.113.7", options: verdict("ip:203.0.113.7", "mine"), want: 0},
		{name: "short", bare: true, events: "2022-11-14T03:04:00Z login-succeeded ip=203.0.113.7", want: 1, most: 0.15, says: "too little is on record"},
	})
}

func TestLog05(t *testing.T) {
	runCases(t, "LOG-05", []ruleCase{
		{name: "guessed", events: "2022-11-14T03:00:00Z login-failed ip=203.0.113.200 every=1m times=12\n2022-11-14T03:20:00Z login-succeeded ip=203.0.113.200", want: 1, least: 0.45, says: "12 failures"},
		{name: "more_than_are_counted", events: "2022-11-14T03:00:00Z login-failed ip=203.0.113.200 every=1s times=2100\n2022-11-14T03:40:00Z login-succeeded ip=203.0.113.200", want: 1, says: "at least 2000 failures"},
		{name: "nine", events: "2022-11-14T03:00:00Z login-failed ip=203.0.113.200 every=1m times=9\n2022-11-14T03:20:00Z login-succeeded ip=203.0.113.200", want: 0},
		{name: "owner_in_between", events: "2022-11-14T18:30:00Z login-failed ip=203.0.113.200 every=1m times=12\n2022-11-14T19:10:00Z login-succeeded ip=198.51.100.7", want: 0},
		{name: "own_device", events: "2022-11-14T18:30:00Z login-failed ip=198.51.100.7 every=1m times=12\n2022-11-14T19:10:00Z login-succeeded ip=198.51.100.7", want: 0},
		{name: "edge", events: "2022-11-14T03:00:00Z login-failed ip=203.0.113.200 every=1s times=10\n2022-11-14T04:00:00Z login-succeeded ip=203.0.113.200", want: 1},
		{name: "past_edge", events: "2022-11-14T03:00:00Z login-failed ip=203.0.113.200 every=1s times=10\n2022-11-14T04:00:01Z login-succeeded ip=203.0.113.200", want: 0},
	})
}

func TestLog06(t *testing.T) {
	runCases(t, "LOG-06", []ruleCase{
		{name: "session_moves", events: "2022-11-14T13:00:00Z login-succeeded ip=198.51.100.7 session=abc\n2022-11-14T13:30:00Z mail-read ip=203.0.113.200 session=abc", want: 1, least: 0.45, says: "goes on from"},
		{name: "phone", events: "2022-11-14T13:00:00Z login-succeeded ip=198.51.100.7 session=abc\n2022-11-14T13:30:00Z mail-read ip=192.0.2.70 session=abc", want: 0},
		{name: "new_client", events: "2022-11-14T03:00:00Z login-succeeded ip=203.0.113.200 client=PyMail", want: 1, most: 0.15, says: "PyMail"},
		{name: "new_version_at_home", events: `2022-11-14T03:00:00Z login-succeeded ip=198.51.100.7 client="Thunderbird 115.2"`, want: 0},
		{name: "usual_client", events: `2022-11-14T03:00:00Z login-succeeded ip=203.0.113.200 client="Thunderbird 115.2"`, want: 0},
	})
}

func TestLog07(t *testing.T) {
	runCases(t, "LOG-07", []ruleCase{
		{name: "three", events: "2022-11-14T13:00:00Z login-succeeded ip=198.51.100.7\n2022-11-14T13:30:00Z login-succeeded ip=203.0.113.200\n2022-11-14T14:30:00Z login-succeeded ip=203.0.113.7", want: 1, says: "3 networks within 90 minutes, 2 of them"},
		{name: "own_three", events: "2022-11-14T13:00:00Z login-succeeded ip=198.51.100.7\n2022-11-14T13:30:00Z login-succeeded ip=192.0.2.10\n2022-11-14T14:30:00Z login-succeeded ip=192.0.2.70", want: 0},
		{name: "past_edge", events: "2022-11-15T09:00:00Z login-succeeded ip=198.51.100.7\n2022-11-15T13:30:00Z login-succeeded ip=203.0.113.200\n2022-11-15T15:00:01Z login-succeeded ip=203.0.113.7", want: 0},
	})
}

func TestLog08(t *testing.T) {
	runCases(t, "LOG-08", []ruleCase{
		{name: "stranger", events: "2022-11-14T13:00:00Z login-succeeded ip=203.0.113.200 client=BAV2ROPC every=1h times=3", want: 1, least: 0.35},
		{name: "owner", events: "2022-11-14T13:00:00Z login-succeeded ip=198.51.100.7 client=BAV2ROPC", want: 0},
	})
}

func TestLog09(t *testing.T) {
	runCases(t, "LOG-09", []ruleCase{
		{name: "alert", events: "2022-11-14T13:00:00Z alert operation=suspicious_login ip=203.0.113.200", want: 1, least: 0.4, says: "suspicious_login"},
		{name: "notice", events: "2022-11-14T13:00:00Z alert certainty=reported sender=authenticated", want: 1, least: 0.25, most: 0.25},
		{name: "imitation", events: `2022-11-14T13:00:00Z alert certainty=reported sender=failed detail="imitates COINBASE"`, want: 0},
		{name: "marked", events: `2022-11-14T13:00:00Z login-succeeded detail="google_password, is_suspicious" ip=203.0.113.200`, want: 1},
		{name: "owner", events: "2022-11-14T13:00:00Z alert operation=suspicious_login ip=198.51.100.7", want: 1, most: 0.1},
	})
}

func TestLog10(t *testing.T) {
	runCases(t, "LOG-10", []ruleCase{
		{name: "stranger", events: "2022-11-14T13:00:00Z mail-read ip=203.0.113.200 every=1s times=120", want: 1, least: 0.3, says: "mail was read 120 times"},
		{name: "few", events: "2022-11-14T13:00:00Z mail-read ip=203.0.113.200 every=1s times=20", want: 0},
		{name: "several_in_one", events: "2022-11-14T13:00:00Z mail-read ip=203.0.113.200 ids=a@x,b@x,c@x,d@x,e@x,f@x every=1s times=20", want: 1, says: "mail was read 120 times"},
		{name: "owner", events: "2022-11-14T13:00:00Z mail-read ip=198.51.100.7 every=1s times=500", want: 0},
		{name: "throttled", events: `2022-11-14T13:00:00Z mail-read ip=203.0.113.200 detail="Bind, throttled"`, want: 1, says: "log itself was cut"},
		{name: "not_recorded", events: "", notChecked: "no record of who read mail"},
	})
}
