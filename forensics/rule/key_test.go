package rule

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

func TestKey01(t *testing.T) {
	const strange = "2022-11-14T03:04:00Z key-created ip=203.0.113.7 key=Outlook-2\n"
	runCases(t, "KEY-01", []ruleCase{
		{name: "strange", events: strange, want: 1, least: 0.5, says: `"Outlook-2" was made from 203.0.113.7`},
		{name: "from_home", events: "2022-11-14T19:04:00Z key-created ip=198.51.100.7 key=Phone", want: 1, most: 0.05, says: "Home ISP"},
		{name: "stranger_from_the_same_operator_after_it", events: "2022-11-14T19:04:00Z key-created ip=198.51.100.99 key=Phone\n2022-11-14T19:30:00Z login-succeeded ip=198.51.100.98 session=h\n" + hides("19:31", "h"),
			want: 1, least: 0.15, says: "a stranger came from the same network soon after"},
		{name: "replaces_at_home", events: "2022-11-14T19:00:00Z key-removed ip=198.51.100.7 key=Old\n2022-11-14T19:04:00Z key-created ip=198.51.100.7 key=New", want: 1, most: 0.05, owner: true},
		{name: "not_mine", events: strange, options: verdict("key:outlook-2", "not-mine"), want: 1, least: 0.9, says: "not yours, as you said"},
		{name: "mine", events: strange, options: verdict("key:outlook-2", "mine"), want: 1, most: 0.001, owner: true},
		{name: "address_mine", events: strange, options: verdict("ip:203.0.113.7", "mine"), want: 1, most: 0.001, owner: true},
		{name: "notice", bare: true, events: "2022-11-14T03:04:00Z key-created certainty=reported service=att sender=authenticated id=k@att.com", want: 1, least: 0.3, most: 0.3},
		{name: "notice_unverified", bare: true, events: "2022-11-14T03:04:00Z key-created certainty=reported service=att sender=unknown id=k@att.com", want: 1, least: 0.2, most: 0.22, says: "no receiver vouched"},
		{name: "about_another_account", bare: true, events: `2022-11-14T03:04:00Z key-created certainty=reported sender=authenticated detail="about another account: x@example.net"`, want: 0},
		{name: "sender_failed", bare: true, events: "2022-11-14T03:04:00Z key-created certainty=reported sender=failed", want: 0},
		{name: "refused", events: "2022-11-14T03:04:00Z key-created ip=203.0.113.7 outcome=failure", want: 0},
		{name: "no_source", bare: true, events: "2022-11-14T03:04:00Z mail-received", notChecked: "no such source: no record or notice of keys"},
		{name: "source_shows_none", bare: true, events: "2022-11-14T03:04:00Z mail-received", options: options{sources: []Source{{Shows: allKinds}}}},
		{name: "answer", events: "2022-11-14T03:04:00Z key-created key=x\n2022-11-14T07:10:00Z login-failed ip=198.51.100.7 protocol=imap every=10m times=5\n2022-11-14T08:10:00Z key-created key=mine\n2022-11-14T08:12:00Z login-succeeded ip=198.51.100.7 protocol=imap", want: 2, least: 0.3},
		{name: "other_service", bare: true, events: "2022-11-14T03:04:00Z key-created service=coinbase certainty=reported", want: 0},
		{name: "notice_after_owners_login", events: "2022-11-14T18:40:00Z login-succeeded protocol=web ip=198.51.100.7\n2022-11-14T18:50:00Z key-created certainty=reported sender=authenticated id=k@example.com", want: 1, most: 0.15, says: "owner logged in"},
	})
}

func TestKey02(t *testing.T) {
	runCases(t, "KEY-02", []ruleCase{
		{name: "nobody_logged_in", events: "2022-11-14T03:04:00Z key-created key=x", want: 1, least: 0.35},
		{name: "owner_logged_in", events: "2022-11-14T18:40:00Z login-succeeded protocol=web ip=198.51.100.7\n2022-11-14T18:50:00Z key-created key=x", want: 0},
		{name: "edge_inside", events: "2022-11-14T12:50:00Z login-succeeded protocol=web ip=198.51.100.7\n2022-11-14T13:50:00Z key-created key=x", want: 0},
		{name: "edge_outside", events: "2022-11-14T12:50:00Z login-succeeded protocol=web ip=198.51.100.7\n2022-11-14T13:50:01Z key-created key=x", want: 1},
		{name: "imap_login_is_none", events: "2022-11-14T13:40:00Z login-succeeded protocol=imap ip=198.51.100.7\n2022-11-14T13:50:00Z key-created key=x", want: 1},
		{name: "same_moment", events: "2022-11-14T13:50:00Z login-succeeded protocol=web ip=198.51.100.7\n2022-11-14T13:50:00Z key-created key=x", want: 0},
		{name: "shorter_window", events: "2022-11-14T12:50:00Z login-succeeded protocol=web ip=198.51.100.7\n2022-11-14T13:50:00Z key-created key=x", options: setting("key.owner-login", "30m"), want: 1, says: "30 minutes"},
		{name: "logins_do_not_cover", events: "2023-11-14T03:04:00Z key-created key=x", want: 0, notChecked: "no log of web logins covers"},
		{name: "no_logins", bare: true, events: "2022-11-14T03:04:00Z key-created", want: 0, notChecked: "no login records"},
	})
}

func TestKey03(t *testing.T) {
	const failures = "2022-11-14T07:00:00Z login-failed ip=198.51.100.7 protocol=imap every=10m times=5\n"
	runCases(t, "KEY-03", []ruleCase{
		{name: "replaced", events: "2022-11-14T03:04:00Z key-created key=x\n" + failures, want: 1, least: 0.4, says: "5 failures of the owner's client"},
		{name: "more_than_are_named", events: "2022-11-14T03:04:00Z key-created key=x\n2022-11-14T07:00:00Z login-failed ip=198.51.100.7 protocol=imap times=700 every=1m", want: 1, says: "700 failures"},
		{name: "more_than_are_counted", events: "2022-11-14T03:04:00Z key-created key=x\n2022-11-14T07:00:00Z login-failed ip=198.51.100.7 protocol=imap times=2500 every=20s", want: 1, says: "at least 2000 failures"},
		{name: "too_few", events: "2022-11-14T03:04:00Z key-created key=x\n2022-11-14T07:00:00Z login-failed ip=198.51.100.7 times=2 every=1m", want: 0},
		{name: "failed_before", events: "2022-11-14T06:59:00Z key-created key=x\n2022-11-13T07:01:00Z login-failed ip=198.51.100.7 protocol=imap every=1h times=20\n" + failures, want: 0},
		{name: "strangers_failures", events: "2022-11-14T03:04:00Z key-created key=x\n2022-11-14T07:00:00Z login-failed ip=203.0.113.7 times=9 every=1m", want: 0},
		{name: "owners_key", events: "2022-11-14T03:04:00Z key-created key=x ip=198.51.100.7\n" + failures, want: 0},
		{name: "removed", events: "2022-11-14T03:04:00Z key-removed key=x\n" + failures, want: 1, says: "was removed"},
		{name: "too_late", events: "2022-11-12T03:04:00Z key-created key=x\n" + failures, want: 0},
		{name: "no_failures_recorded", events: "2022-11-12T03:04:00Z key-created key=x", notChecked: "no record of failed logins"},
	})
}

func TestKey04(t *testing.T) {
	runCases(t, "KEY-04", []ruleCase{
		{name: "two", events: "2022-11-14T03:04:00Z key-created key=a\n2022-11-14T05:04:00Z key-created key=b", want: 1, least: 0.3, says: "2 keys made within 2 hours"},
		{name: "edge", events: "2022-11-14T03:04:00Z key-created key=a\n2022-11-15T03:04:00Z key-created key=b", want: 1},
		{name: "past_edge", events: "2022-11-14T03:04:00Z key-created key=a\n2022-11-15T03:04:01Z key-created key=b", want: 0},
		{name: "own_devices", events: "2022-11-14T19:00:10Z key-created key=a ip=198.51.100.7\n2022-11-14T19:04:00Z key-created key=b ip=198.51.100.7", want: 0},
		{name: "made_again", events: "2022-11-14T03:04:00Z key-created key=a\n2022-11-14T04:04:00Z key-removed key=a\n2022-11-14T05:04:00Z key-created key=b", want: 1, most: 0.15, says: "1 removed in between"},
	})
}

func TestKey05(t *testing.T) {
	runCases(t, "KEY-05", []ruleCase{
		{name: "mass", events: "2022-11-20T03:04:00Z key-removed key=a\n2022-11-20T03:04:01Z key-removed key=b\n2022-11-20T03:04:02Z key-removed key=c", want: 1, says: "3 keys removed", owner: true},
		{name: "two_acts", events: "2022-11-20T03:04:00Z key-removed key=a\n2022-11-20T04:04:01Z key-removed key=b", want: 2, owner: true},
		{name: "sessions", events: "2022-11-20T03:04:00Z session-revoked", want: 1, says: "sessions were ended", owner: true},
		{name: "forced", events: `2022-11-20T03:04:00Z password-changed operation="Reset user password."`, want: 1, says: "forced", owner: false},
		{name: "before_a_stranger_comes", events: "2022-11-14T03:04:00Z key-removed key=a\n2022-11-14T03:30:00Z login-succeeded ip=203.0.113.7", want: 1, least: 0.2, says: "26 minutes before a login from 203.0.113.7"},
		{name: "after_a_stranger_came", events: "2022-11-14T03:04:00Z login-succeeded ip=203.0.113.7\n2022-11-14T08:30:00Z key-removed key=a\n2022-11-14T08:50:00Z login-succeeded ip=203.0.113.7", want: 1, most: 0.001, owner: true},
		{name: "locks_the_owner_out", events: "2022-11-12T03:04:00Z login-succeeded ip=203.0.113.7\n2022-11-14T08:30:00Z key-removed key=a\n2022-11-14T08:40:00Z login-failed ip=198.51.100.7 every=10m times=8\n2022-11-14T15:50:00Z login-succeeded ip=203.0.113.7",
			want: 1, least: 0.3, says: "the owner's client failed 8 times since, and 7 hours later came a login from 203.0.113.7"},
		{name: "stranger_removes", events: "2022-11-20T03:04:00Z key-removed key=a ip=203.0.113.7", want: 1, least: 0.4, says: "203.0.113.7"},
		{name: "own_change", events: "2022-11-20T03:04:00Z password-changed ip=198.51.100.7", want: 0},
	})
}

func TestKey06(t *testing.T) {
	runCases(t, "KEY-06", []ruleCase{
		{name: "after_removal", events: "2022-11-14T03:04:00Z key-removed key=a\n2022-11-14T05:04:00Z login-succeeded key=a ip=203.0.113.7", want: 1, least: 0.6, says: "2 hours after it was removed"},
		{name: "made_again", events: "2022-11-14T03:04:00Z key-removed key=a\n2022-11-14T04:04:00Z key-created key=a\n2022-11-14T05:04:00Z login-succeeded key=a ip=203.0.113.7", want: 0},
		{name: "same_moment", events: "2022-11-14T03:04:00Z key-removed key=a\n2022-11-14T03:04:00Z login-succeeded key=a ip=203.0.113.7", want: 0},
		{name: "after_password", events: "2022-11-14T03:04:00Z key-created key=a ip=203.0.113.7\n2022-11-14T05:04:00Z password-changed ip=198.51.100.7\n2022-11-14T09:04:00Z login-succeeded key=a ip=203.0.113.7", want: 1, least: 0.3, most: 0.3, says: "outlived"},
		{name: "own_key_after_password", events: "2022-06-14T03:04:00Z key-created key=a ip=198.51.100.7\n2022-11-14T05:04:00Z password-changed ip=198.51.100.7\n2022-11-14T09:04:00Z login-succeeded key=a ip=198.51.100.7", want: 0},
	})
}

func TestKey07(t *testing.T) {
	runCases(t, "KEY-07", []ruleCase{
		{name: "stranger", events: `2022-11-14T03:04:00Z consent-granted detail="Mail Reader" ip=203.0.113.7`, want: 1, least: 0.4, says: "Mail Reader"},
		{name: "owner", events: `2022-11-14T03:04:00Z consent-granted detail="Mail Reader" ip=198.51.100.7`, want: 1, most: 0.05},
		{name: "again", events: `2022-11-14T03:04:00Z consent-granted detail="Mail Reader" every=24h times=5`, want: 1, least: 0.15},
		{name: "again_before_a_stranger", events: `2022-11-14T03:04:00Z consent-granted detail="Mail Reader" every=240h times=2` + "\n2022-11-24T05:04:00Z login-succeeded ip=203.0.113.7", want: 2, least: 0.15},
		{name: "after_a_pause", events: `2022-10-14T03:04:00Z consent-granted detail="Mail Reader" every=360h times=2`, want: 2},
	})
}

// hides is a session that throws three mails away and at once purges each from the trash, from a minute of that day on.
func hides(from, session string) string {
	at, err := time.Parse("15:04", from)
	if err != nil {
		panic(err)
	}
	var out strings.Builder
	for n := range 3 {
		for _, kind := range []string{"mail-deleted", "mail-purged"} {
			fmt.Fprintf(&out, "2022-11-14T%sZ %s id=h%d@example.org session=%s\n", at.Format("15:04:05"), kind, n, session)
			at = at.Add(10 * time.Second)
		}
	}
	return out.String()
}
