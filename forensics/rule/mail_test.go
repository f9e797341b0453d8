package rule

import (
	"fmt"
	"strings"
	"testing"

	"keytrail/forensics"
)

var allKinds = forensics.Kinds()

const (
	reset  = "2022-11-14T03:00:00Z reset-requested service=coinbase certainty=reported sender=authenticated id=r1@coinbase.com\n"
	reset2 = "2022-11-14T03:30:00Z reset-requested service=gemini certainty=reported sender=authenticated id=r2@gemini.com\n"
)

func TestRst01(t *testing.T) {
	runCases(t, "RST-01", []ruleCase{
		{name: "vouched", bare: true, events: reset, want: 1, least: 0.15, most: 0.15, says: "Coinbase, whose sender the receiver vouched for"},
		{name: "unknown", bare: true, events: "2022-11-14T03:00:00Z reset-requested service=coinbase certainty=reported sender=unknown", want: 1, most: 0.11},
		{name: "failed", bare: true, events: "2022-11-14T03:00:00Z reset-requested service=coinbase certainty=reported sender=failed", want: 0},
		{name: "confirmed_device", bare: true, events: `2022-11-14T03:00:00Z reset-requested service=coinbase certainty=reported sender=authenticated id=d@coinbase.com ip=203.0.113.7 detail="device confirmation"`, want: 1,
			says: "whose sender the receiver vouched for; it names 203.0.113.7"},
		{name: "new_device", bare: true, events: "2022-11-14T03:00:00Z login-succeeded service=coinbase certainty=reported sender=authenticated id=d@coinbase.com ip=203.0.113.7", want: 1, says: "Coinbase told of a new sign-in from 203.0.113.7"},
		{name: "statement_login", bare: true, events: "2022-11-14T03:00:00Z login-succeeded service=coinbase certainty=reported ip=203.0.113.7", want: 0},
		{name: "none", bare: true, events: "2022-11-14T03:00:00Z mail-received", notChecked: "no mailbox with notices"},
		{name: "withdrawal", bare: true, events: "2022-11-14T03:00:00Z reset-requested service=coinbase certainty=reported sender=authenticated detail=\"withdrawal to be confirmed\"", want: 1, most: 0.06},
		{name: "from_home", events: "2022-11-14T13:00:00Z login-succeeded service=coinbase certainty=reported sender=authenticated id=d@coinbase.com ip=198.51.100.7", want: 1, most: 0.03, says: "usual for the account"},
		{name: "from_the_strangers_place", events: "2022-11-14T02:00:00Z login-succeeded ip=203.0.113.7\n2022-11-14T03:00:00Z login-succeeded service=coinbase certainty=reported sender=authenticated id=d@coinbase.com ip=203.0.113.9", want: 1, least: 0.4, says: "a stranger was in the mailbox as well"},
	})
}

func TestRst02(t *testing.T) {
	runCases(t, "RST-02", []ruleCase{
		{name: "two", bare: true, events: reset + reset2, want: 1, least: 0.4, says: "Coinbase, Gemini"},
		{name: "same_service", bare: true, events: reset + strings.ReplaceAll(reset2, "gemini", "coinbase"), want: 0},
		{name: "edge", bare: true, events: reset + strings.Replace(reset2, "03:30:00", "04:00:00", 1), want: 1},
		{name: "past_edge", bare: true, events: reset + strings.Replace(reset2, "03:30:00", "04:00:01", 1), want: 0},
		{name: "own_mailbox", bare: true, events: reset + "2022-11-14T03:10:00Z reset-requested service=microsoft", want: 0},
	})
}

func TestRst03(t *testing.T) {
	runCases(t, "RST-03", []ruleCase{
		{name: "after_key", bare: true, events: reset + "2022-11-14T02:00:00Z key-created key=x", want: 1, least: 0.3, says: "60 minutes after the key"},
		{name: "after_strange_login", events: reset + "2022-11-14T02:00:00Z login-succeeded ip=203.0.113.7", want: 1, says: "a login from 203.0.113.7"},
		{name: "same_moment", bare: true, events: reset + "2022-11-14T03:00:00Z key-created key=x", want: 1},
		{name: "key_after", bare: true, events: reset + "2022-11-14T03:00:01Z key-created key=x", want: 0},
		{name: "edge", bare: true, events: reset + "2022-11-13T03:00:00Z key-created key=x", want: 1},
		{name: "past_edge", bare: true, events: reset + "2022-11-13T02:59:59Z key-created key=x", want: 0},
		{name: "own_key", events: reset + "2022-11-14T02:00:00Z key-created key=x ip=198.51.100.7", want: 0},
		{name: "no_keys_or_logins", bare: true, events: reset, notChecked: "no record of keys or logins"},
	})
}

func TestRst04(t *testing.T) {
	const stranger = "2022-11-14T02:00:00Z login-succeeded ip=203.0.113.200\n"
	runCases(t, "RST-04", []ruleCase{
		{name: "stranger", events: "2022-11-14T03:00:00Z recovery-changed ip=203.0.113.200", want: 1, least: 0.4},
		{name: "after_stranger", events: stranger + "2022-11-14T03:00:00Z recovery-changed", want: 1, least: 0.2, says: "after a login from"},
		{name: "owner_repairs", events: stranger + "2022-11-14T13:00:00Z password-changed ip=198.51.100.7", want: 1, most: 0.001, owner: true},
		{name: "owner_stays", events: stranger + "2022-11-15T05:00:00Z password-changed", want: 1, most: 0.001, owner: true, says: "the owner got in 2 hours later"},
		{name: "owner_locked_out", events: stranger + "2022-11-14T05:00:00Z password-changed\n2022-11-14T06:00:00Z login-failed ip=198.51.100.7 every=10m times=5", want: 1, least: 0.1, says: "after a login from"},
		{name: "with_a_key_thrown_away", events: stranger + "2022-11-14T05:00:00Z password-changed\n2022-11-14T05:10:00Z key-removed key=x", want: 1, most: 0.001, owner: true, says: "was removed within the hour"},
		{name: "owner_alone", events: "2022-11-14T13:00:00Z password-changed ip=198.51.100.7", want: 0},
		{name: "switched_off", events: `2022-11-14T13:00:00Z second-factor-changed operation=2sv_disable`, want: 1, says: "switched off"},
		{name: "other_service", events: "2022-11-14T13:00:00Z password-changed service=coinbase certainty=reported", want: 0, notChecked: ""},
		{name: "not_mine", events: "2022-11-14T03:00:00Z recovery-changed ip=198.51.100.9", options: verdict("ip:198.51.100.9", "not-mine"), want: 1, least: 0.85},
	})
}

func TestRst05And06(t *testing.T) {
	runCases(t, "RST-05", []ruleCase{
		{name: "imitations", bare: true, events: `2022-11-14T13:00:00Z alert certainty=reported sender=failed detail="imitates COINBASE" every=1h times=150`, want: 1, most: 0.001, says: "150 mails imitate Coinbase"},
		{name: "failed", bare: true, events: `2022-11-14T13:00:00Z reset-requested certainty=reported sender=failed service=coinbase detail="one-time code" id=x@y`, want: 1, most: 0.001,
			says: "1 mail (one-time code) whose sender failed the receiver's test"},
	})
	runCases(t, "RST-06", []ruleCase{
		{name: "other", bare: true, events: `2022-11-14T13:00:00Z key-created certainty=reported sender=authenticated detail="about another account: x@example.net"`, want: 1, most: 0.001},
	})
}

// warned are mails about security that go within minutes by a hand that is not on record.
func warned(kind string, n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "2022-11-14T09:%02d:00Z %s id=w%d@x subject=\"Reset your password\"\n", 2*i, kind, i)
	}
	return b.String()
}

func TestDel01(t *testing.T) {
	purge := func(at, more string) string { return "2022-11-14T" + at + "Z mail-deleted " + more + "\n" }
	runCases(t, "DEL-01", []ruleCase{
		{name: "quick", bare: true, events: reset + purge("03:02:00", "id=r1@coinbase.com"), want: 1, least: 0.45, most: 0.45, says: "notice of Coinbase was deleted 2 minutes after it came"},
		{name: "quick_from", bare: true, events: reset + purge("03:02:00", "id=r1@coinbase.com ip=203.0.113.7"), want: 1, says: "notice of Coinbase was deleted from 203.0.113.7 (AS64511 Example Hosting, NL, hosting) 2 minutes after it came"},
		{name: "stranger", events: reset + purge("03:02:00", "id=r1@coinbase.com ip=203.0.113.7"), want: 1, least: 0.75},
		{name: "owner", events: reset + purge("03:02:00", "id=r1@coinbase.com ip=198.51.100.7"), want: 1, most: 0.08},
		{name: "owner_and_several_services", events: reset + reset2 + purge("03:05:00", "id=r1@coinbase.com ip=198.51.100.7") + purge("03:40:00", "id=r2@gemini.com ip=198.51.100.7"), want: 2, least: 0.2, most: 0.2, says: "one of those of 2 services within an hour"},
		{name: "session_of_owner", events: reset + "2022-11-14T02:50:00Z login-succeeded ip=198.51.100.7 session=q\n" + purge("03:02:00", "id=r1@coinbase.com session=q"), want: 1, most: 0.08},
		{name: "one_of_several", bare: true, events: reset + purge("03:02:00", "ids=a@x,<R1@coinbase.com>,b@x"), want: 1},
		{name: "several_others", bare: true, events: reset + purge("03:02:00", "ids=a@x,b@x"), want: 0},
		{name: "batch", bare: true, events: reset + reset2 + purge("03:31:00", "ids=r1@coinbase.com,r2@gemini.com"), want: 1, says: "2 notices (Coinbase, Gemini) were deleted, the quickest 60 seconds"},
		{name: "edge", bare: true, events: reset + purge("03:15:00", "id=r1@coinbase.com"), want: 1, least: 0.45},
		{name: "past_edge", bare: true, events: reset + purge("03:15:01", "id=r1@coinbase.com"), want: 1, most: 0.2},
		{name: "after_owners_login", events: "2022-11-14T02:30:00Z login-succeeded ip=198.51.100.7\n" + reset + purge("03:02:00", "id=r1@coinbase.com"), want: 1, most: 0.1, says: "the last login, 32 minutes before, was from 198.51.100.7"},
		{name: "after_strangers_login", events: "2022-11-14T02:30:00Z login-succeeded ip=203.0.113.7\n" + reset + purge("03:02:00", "id=r1@coinbase.com"), want: 1, least: 0.6, says: "was from 203.0.113.7"},
		{name: "after_both", events: "2022-11-14T02:20:00Z login-succeeded ip=198.51.100.7\n2022-11-14T02:30:00Z login-succeeded ip=203.0.113.7\n" + reset + purge("03:02:00", "id=r1@coinbase.com"), want: 1, least: 0.5, says: "after a login"},
		{name: "next_day_edge", bare: true, events: reset + "2022-11-15T03:00:00Z mail-deleted id=r1@coinbase.com", want: 1, most: 0.2},
		{name: "too_late", bare: true, events: reset + "2022-11-15T03:00:01Z mail-deleted id=r1@coinbase.com", want: 0},
		{name: "other_mail", bare: true, events: reset + purge("03:02:00", "id=other@coinbase.com"), want: 0},
		{name: "clock_behind", bare: true, events: reset + purge("02:59:00", "id=r1@coinbase.com"), want: 1, says: "less than a second"},
		{name: "before_it_came", bare: true, events: reset + purge("02:57:00", "id=r1@coinbase.com"), want: 0},
		{name: "server", bare: true, events: reset + purge("03:02:00", `id=r1@coinbase.com detail="by the server itself (autoexpunge)"`), want: 0},
		{name: "bounded", bare: true, events: reset + "- mail-deleted id=r1@coinbase.com certainty=inferred after=2022-11-14T03:00:00Z before=2022-11-14T03:10:00Z", want: 1, least: 0.45, says: "gone at most 10 minutes"},
		{name: "loosely_bounded", bare: true, events: reset + "- mail-deleted id=r1@coinbase.com certainty=inferred after=2022-11-14T03:00:00Z before=2022-12-14T03:10:00Z", want: 1, most: 0.2},
		{name: "unbounded", bare: true, events: reset + "- mail-deleted id=r1@coinbase.com certainty=inferred", want: 0},
		{name: "ordinary_mail", bare: true, events: "2022-11-14T03:00:00Z mail-received id=a@x\n" + purge("03:02:00", "id=a@x"), want: 0},
		{name: "by_subject", events: "2022-11-14T02:00:00Z login-succeeded ip=203.0.113.7 session=s\n2022-11-14T09:00:00Z mail-deleted subject=\"Reset your password\"", want: 1, least: 0.4, says: "such as \"Reset your password\", 7 hours after a login"},
		{name: "by_subject_in_two_records", events: "2022-11-14T02:00:00Z login-succeeded ip=203.0.113.7 session=s\n2022-11-14T09:00:00Z mail-deleted id=a@x subject=\"Reset your password\"\n2022-11-14T09:00:00Z mail-purged id=a@x subject=\"Reset your password\"", want: 1, says: "1 deletion of mail"},
		{name: "by_subject_more_than_are_read", events: "2022-11-14T02:00:00Z login-succeeded ip=203.0.113.7 session=s\n2022-11-14T03:00:00Z mail-deleted subject=\"Reset your password\" every=1s times=1200", want: 1, says: "at least 1000 deletions"},
		{name: "by_subject_without_stranger", events: "2022-11-14T09:00:00Z mail-deleted subject=\"Reset your password\"", want: 0},
		{name: "by_subject_of_owner", events: "2022-11-14T02:00:00Z login-succeeded ip=203.0.113.7\n2022-11-14T09:00:00Z mail-deleted subject=\"Reset your password\" ip=198.51.100.7", want: 0},
		{name: "together", events: warned("mail-deleted", 4), want: 1, least: 0.3, most: 0.3, says: "4 mails whose subject speaks of security"},
		{name: "three_together", events: warned("mail-deleted", 3), want: 0},
		{name: "one_mail_four_times", events: strings.Repeat("2022-11-14T09:00:00Z mail-deleted id=w@x subject=\"Reset your password\"\n", 4), want: 0},
		{name: "emptied_trash", events: warned("mail-purged", 9), want: 0},
		{name: "moved_by_stranger", events: reset + "2022-11-14T03:01:00Z mail-moved id=r1@coinbase.com ip=203.0.113.7 detail=RSS\n2022-11-14T03:01:00Z mail-deleted id=z@x", want: 1, least: 0.75, says: "moved away"},
		{name: "window_set", bare: true, events: reset + purge("03:15:01", "id=r1@coinbase.com"), options: setting("deletion.soon", "20m"), want: 1, least: 0.45},
	})
}

func TestDel02And03(t *testing.T) {
	runCases(t, "DEL-02", []ruleCase{
		{name: "purged", bare: true, events: reset + "2022-11-14T03:02:00Z mail-purged id=r1@coinbase.com", want: 1, least: 0.3},
		{name: "trash_then_purge", bare: true, events: reset + "2022-11-14T03:02:00Z mail-deleted id=r1@coinbase.com\n2022-11-14T03:04:00Z mail-purged id=r1@coinbase.com", want: 1, says: "4 minutes"},
		{name: "owner", events: reset + "2022-11-14T03:02:00Z mail-purged id=r1@coinbase.com ip=198.51.100.7", want: 0},
		{name: "purged_one_by_one", events: "2022-11-14T03:00:00Z login-succeeded ip=203.0.113.7 session=h\n" + hides("03:01", "h"), want: 1, least: 0.4, says: "at once purged from the trash"},
		{name: "purged_one_by_one_from_home", events: "2022-11-14T03:00:00Z login-succeeded ip=198.51.100.7 session=h\n" + hides("03:01", "h"), want: 1, least: 0.25, says: "3 mails were thrown away"},
		{name: "purged_one_by_one_and_mine", events: "2022-11-14T03:00:00Z login-succeeded ip=198.51.100.7 session=h\n" + hides("03:01", "h"), options: verdict("ip:198.51.100.7", "mine"), want: 0},
		{name: "trash_emptied_at_once", events: "2022-11-14T03:00:00Z login-succeeded ip=198.51.100.7 session=h\n" + strings.ReplaceAll(strings.ReplaceAll(hides("03:01", "h"), "03:01:10", "03:01:50"), "03:01:30", "03:01:50"), want: 0},
		{name: "emptied_with_much_else", bare: true, events: reset + "2022-11-14T03:02:00Z mail-purged id=r1@coinbase.com\n" + purged(5), want: 0},
		{name: "emptied_with_little_else", bare: true, events: reset + "2022-11-14T03:02:00Z mail-purged id=r1@coinbase.com\n" + purged(4), want: 1},
	})
	runCases(t, "DEL-03", []ruleCase{
		{name: "stranger", events: "2022-11-14T03:02:00Z mail-deleted ip=203.0.113.7 every=1m times=4", want: 1, least: 0.35, most: 0.45, says: "4 deletions from 203.0.113.7"},
		{name: "other_addresses", events: "2022-11-14T03:02:00Z mail-deleted ip=203.0.113.7\n2022-11-14T03:03:00Z mail-deleted ip=203.0.113.8\n2022-11-14T03:04:00Z mail-deleted ip=203.0.113.9", want: 1, says: ") and 2 more addresses of that network; "},
		{name: "one_mail_in_two_records", events: "2022-11-14T03:02:00Z mail-deleted ip=203.0.113.7 id=a@x\n2022-11-14T03:02:00Z mail-purged ip=203.0.113.7 id=a@x\n", want: 1, says: "1 deletion from 203.0.113.7"},
		{name: "notice", events: reset + "2022-11-14T03:02:00Z mail-deleted ip=203.0.113.7 id=r1@coinbase.com", want: 1, least: 0.75, says: ", of the notice of Coinbase"},
		{name: "owner", events: "2022-11-14T03:02:00Z mail-deleted ip=198.51.100.7", want: 0},
		{name: "unknown", events: "2022-11-14T03:02:00Z mail-deleted", want: 0},
	})
}

// purged is that many mails that go in the same second as the notice does.
func purged(n int) string {
	var out strings.Builder
	for i := range n {
		fmt.Fprintf(&out, "2022-11-14T03:02:00Z mail-purged id=p%d@example.org\n", i)
	}
	return out.String()
}

func TestHiding(t *testing.T) {
	const login = "2022-11-14T03:00:00Z login-succeeded ip=198.51.100.7 session=h\n"
	gone := func(subjects ...string) string {
		var out strings.Builder
		for i, s := range subjects {
			fmt.Fprintf(&out, "2022-11-14T03:%02d:00Z mail-deleted id=g%d@example.org session=h subject=%q\n", i+1, i, s)
		}
		return out.String()
	}
	about := []string{"Reset your password", "Your password was changed", "New sign-in to your account", "Confirm your withdrawal", "Security alert"}
	runCases(t, "LOG-02", []ruleCase{
		{name: "nothing_but_warnings", events: login + gone(about...), want: 1, least: 0.3, says: "a visit that deleted 5 mails about security and hardly anything else"},
		{name: "four_warnings", events: login + gone(about[:4]...), want: 0},
		{name: "among_other_mail", events: login + gone(append([]string{"Lunch", "Digest", "Re: boat"}, about...)...), want: 0},
		{name: "mine", events: login + gone(about...), options: verdict("ip:198.51.100.7", "mine"), want: 0},
		{name: "cleared_away_the_next_day", events: login + strings.ReplaceAll(reset+reset2, "2022-11-14", "2022-11-13") +
			"2022-11-14T03:31:00Z mail-deleted id=r1@coinbase.com session=h\n2022-11-14T03:32:00Z mail-deleted id=r2@gemini.com session=h\n2022-11-14T03:33:00Z mail-deleted id=g@example.org session=h subject=\"New sign-in\"\n",
			want: 0},
		{name: "notices_of_two_services", events: login + reset + reset2 +
			"2022-11-14T03:31:00Z mail-deleted id=r1@coinbase.com session=h\n2022-11-14T03:32:00Z mail-deleted id=r2@gemini.com session=h\n2022-11-14T03:33:00Z mail-deleted id=g@example.org session=h subject=\"New sign-in\"\n",
			want: 1, says: "of 2 services"},
	})
}

func TestDel04And05(t *testing.T) {
	const key = "2022-11-14T03:00:00Z key-created key=x\n"
	gap := func(from, to, more string) string {
		return fmt.Sprintf("- mail-missing certainty=inferred reasons=uid-gap folder=INBOX arrived-after=%s arrived-before=%s %s\n", from, to, more)
	}
	runCases(t, "DEL-04", []ruleCase{
		{name: "gap", events: key + gap("2022-11-14T02:50:00Z", "2022-11-14T06:00:00Z", "uids=7,8"), want: 1, least: 0.3, says: "2 messages missing from \"INBOX\" in the 25 hours before and after the key \"x\" was made"},
		{name: "elsewhere", events: key + gap("2022-10-01", "2022-10-02", "uids=7,8"), want: 0},
		{name: "too_wide", events: key + gap("2022-11-01", "2022-11-30", "uids=7,8"), want: 0},
		{name: "by_habit", events: key + strings.Repeat(gap("2022-10-01", "2022-10-02", "uids=1,2,3,4,5,6,7,8,9,10"), 40) + gap("2022-11-14T02:50:00Z", "2022-11-14T06:00:00Z", "uids=7,8"), want: 0},
		{name: "no_attack", events: gap("2022-11-14T02:50:00Z", "2022-11-14T06:00:00Z", "uids=7,8"), want: 0},
		{name: "reset_only", events: reset + gap("2022-11-14T02:50:00Z", "2022-11-14T06:00:00Z", "uids=7,8"), want: 1, most: 0.15},
		{name: "way_into_itself", events: key + "- mail-missing certainty=inferred reasons=sibling service=google arrived-after=2022-11-14T02:50:00Z arrived-before=2022-11-14T06:00:00Z\n", want: 0},
		{name: "no_source", events: key, notChecked: "no gap in the UIDs"},
	})
	runCases(t, "DEL-05", []ruleCase{
		{name: "notice_absent", bare: true, events: reset + "- mail-missing certainty=inferred id=r1@coinbase.com after=2022-11-14T03:00:00Z before=2022-12-14", want: 1, least: 0.4, says: "Coinbase is known from another copy"},
		{name: "with_key", bare: true, events: key + strings.Replace(reset, "03:00:00", "03:05:00", 1) + "- mail-missing certainty=inferred id=r1@coinbase.com after=2022-11-14T03:05:00Z before=2022-12-14", want: 1, least: 0.55},
		{name: "other_mail_around_key", bare: true, events: key + "- mail-missing certainty=inferred id=q@x arrived-after=2022-11-14T03:00:00Z arrived-before=2022-11-14T05:00:00Z", want: 1, most: 0.2},
		{name: "other_mail", bare: true, events: key + "- mail-missing certainty=inferred id=q@x arrived-after=2022-11-01 arrived-before=2022-11-02", want: 0},
	})
}

func TestDel06And07(t *testing.T) {
	runCases(t, "DEL-06", []ruleCase{
		{name: "stranger_hides", events: `2022-11-14T03:00:00Z rule-set ip=203.0.113.7 detail="rule . : delete; if subject words reset"`, want: 1, least: 0.55},
		{name: "owner_sorts", events: `2022-11-14T03:00:00Z rule-set ip=198.51.100.7 detail="rule News: move to Newsletters"`, want: 0},
		{name: "owner_hides_words", events: `2022-11-14T03:00:00Z rule-set ip=198.51.100.7 detail="rule x: delete; if subject words security alert"`, want: 1, most: 0.08},
		{name: "nobody_known", events: `2022-11-14T03:00:00Z rule-set detail="rule x: delete; if subject words coinbase"`, want: 1, least: 0.4},
		{name: "taken_away", events: `2022-11-14T03:00:00Z rule-set operation=Remove-InboxRule ip=203.0.113.7`, want: 0},
		{name: "after_stranger", events: "2022-11-14T02:00:00Z login-succeeded ip=203.0.113.7\n2022-11-14T03:00:00Z rule-set detail=\"rule x: delete\"", want: 1, least: 0.3, says: "after a login"},
	})
	runCases(t, "DEL-07", []ruleCase{
		{name: "stranger", events: `2022-11-14T03:00:00Z forwarding-set ip=203.0.113.7 detail="forward to x@example.net"`, want: 1, least: 0.6},
		{name: "owner", events: `2022-11-14T03:00:00Z forwarding-set ip=198.51.100.7 detail="forward to x@example.net"`, want: 1, most: 0.1},
		{name: "inside", events: `2022-11-14T03:00:00Z forwarding-set detail="forward to sam@example.com"`, want: 1, most: 0.1},
		{name: "removed", events: `2022-11-14T03:00:00Z forwarding-set detail="forwarding removed"`, want: 0},
	})
}

func TestDel08(t *testing.T) {
	flood := func(n int) string {
		var b strings.Builder
		for i := range n {
			fmt.Fprintf(&b, "2022-11-14T03:%02d:00Z mail-received from=news@d%d.example\n", i%60, i)
		}
		return b.String()
	}
	runCases(t, "DEL-08", []ruleCase{
		{name: "with_reset", events: flood(60) + reset, want: 1, least: 0.35, says: "buries"},
		{name: "alone", events: flood(60), want: 1, most: 0.1},
		{name: "few", events: flood(29), want: 0},
		{name: "thirty", events: flood(30), want: 1},
		{name: "new_mailbox", bare: true, events: flood(60), want: 0},
	})
}

func TestLoss(t *testing.T) {
	sent := func(at, more string) string {
		return at + " funds-sent service=coinbase certainty=reported amount=1 asset=BTC " + more + "\n"
	}
	runCases(t, "LOSS-01", []ruleCase{
		{name: "after_reset", bare: true, events: reset + sent("2022-11-14T04:00:00Z", ""), want: 1, least: 0.4, says: "60 minutes after its reset mail"},
		{name: "own_wallet", bare: true, events: sent("2022-07-01T04:00:00Z", "destination=bc1qown") + sent("2022-08-01T04:00:00Z", "destination=bc1qown") + reset + sent("2022-11-14T04:00:00Z", "destination=bc1qown"), want: 1, most: 0.1, says: "went to that destination before"},
		{name: "other_wallet", bare: true, events: sent("2022-07-01T04:00:00Z", "destination=bc1qown") + sent("2022-08-01T04:00:00Z", "destination=bc1qown") + reset + sent("2022-11-14T04:00:00Z", "destination=bc1qother"), want: 1, least: 0.48, says: "nothing went to that destination before"},
		{name: "confirmed", bare: true, events: "2022-11-14T03:50:00Z reset-requested service=coinbase certainty=reported sender=authenticated detail=\"withdrawal to be confirmed\"\n" + sent("2022-11-14T04:00:00Z", ""), want: 1, most: 0.1},
		{name: "after_days", bare: true, events: reset + sent("2022-11-18T04:00:00Z", ""), want: 1, most: 0.15},
		{name: "edge", bare: true, events: reset + sent("2022-11-21T03:00:00Z", ""), want: 1},
		{name: "past_edge", bare: true, events: reset + sent("2022-11-21T03:00:01Z", ""), want: 0},
		{name: "other_service", bare: true, events: reset2 + sent("2022-11-14T04:00:00Z", ""), want: 0},
		{name: "before", bare: true, events: reset + sent("2022-11-14T02:59:00Z", ""), want: 0},
		{name: "no_account", bare: true, events: reset + sent("2022-11-14T04:00:00Z", "account=-"), want: 1, says: "names no account, and is joined because this is the only one of the case"},
		{name: "no_account_of_two", bare: true, events: reset + sent("2022-11-14T04:00:00Z", "account=-") + "2022-11-14T04:00:00Z login-succeeded account=sam@example.net", want: 1, says: "the statement names no account, and is joined because the mailbox has 1 notice of Coinbase"},
		{name: "no_account_of_two_no_notice", bare: true, events: reset2 + sent("2022-11-14T04:00:00Z", "account=-") + "2022-11-14T04:00:00Z login-succeeded account=sam@example.net", want: 0},
		{name: "no_account_no_notice", bare: true, events: reset2 + sent("2022-11-14T04:00:00Z", "account=-"), want: 0},
		{name: "after_stranger", events: "2022-11-14T03:00:00Z login-succeeded ip=203.0.113.7\n" + sent("2022-11-14T04:00:00Z", ""), want: 1, least: 0.2, says: "no reset mail"},
		{name: "no_money", bare: true, events: reset, notChecked: "no statement"},
	})
	before := sent("2022-08-01T04:00:00Z", "destination=bc1qown") + sent("2022-08-11T04:00:00Z", "destination=bc1qown") + sent("2022-08-21T04:00:00Z", "destination=bc1qown")
	runCases(t, "LOSS-02", []ruleCase{
		{name: "new_destination", bare: true, events: before + sent("2022-11-14T04:00:00Z", "destination=bc1qother"), want: 1, most: 0.1, says: "new after 3 transfers"},
		{name: "known", bare: true, events: before, want: 0},
		{name: "first_ever", bare: true, events: sent("2022-11-14T04:00:00Z", "destination=bc1qother"), want: 0},
		{name: "new_address", bare: true, events: "2022-08-01T04:00:00Z login-succeeded service=coinbase ip=198.51.100.7 every=100h times=5\n2022-11-14T03:50:00Z login-succeeded service=coinbase ip=203.0.113.200\n" + sent("2022-11-14T04:00:00Z", ""), want: 1, least: 0.3, says: "203.0.113.200"},
		{name: "own_address", events: "2022-08-01T04:00:00Z login-succeeded service=coinbase ip=198.51.100.7 every=100h times=5\n2022-11-14T03:50:00Z login-succeeded service=coinbase ip=192.0.2.10\n" + sent("2022-11-14T04:00:00Z", ""), want: 0},
		{name: "address_of_the_mailbox_stranger", events: "2022-11-14T03:00:00Z login-succeeded ip=203.0.113.7\n2022-11-14T03:50:00Z login-succeeded service=coinbase ip=203.0.113.8\n" + sent("2022-11-14T04:00:00Z", ""), want: 1, least: 0.6, says: "a stranger was in the mailbox"},
	})
	notices := sent("2022-07-01T04:00:00Z", "sender=authenticated id=n1@coinbase.com") + sent("2022-08-01T04:00:00Z", "sender=authenticated id=n2@coinbase.com")
	runCases(t, "LOSS-03", []ruleCase{
		{name: "silent", events: notices + sent("2022-11-14T04:00:00Z", "account=-"), want: 1, least: 0.15, says: "no mail of Coinbase"},
		{name: "told", events: notices + sent("2022-11-14T04:00:00Z", "account=-") + sent("2022-11-14T04:01:00Z", "sender=authenticated id=n3@coinbase.com"), want: 0},
		{name: "never_tells", events: sent("2022-11-14T04:00:00Z", ""), want: 0},
		{name: "mailbox_does_not_cover", events: notices + sent("2023-11-14T04:00:00Z", "account=-"), want: 0},
	})
}

func TestGap01(t *testing.T) {
	runCases(t, "GAP-01", []ruleCase{
		{name: "hole", bare: true, events: "2022-06-01T07:00:00Z login-succeeded ip=198.51.100.7 every=6h times=100\n2022-08-01T07:00:00Z login-succeeded ip=198.51.100.7 every=6h times=100", want: 1, most: 0.001, says: "no login is on record for 36 days"},
		{name: "even", events: "", want: 0},
		{name: "bypass", events: "2022-11-14T03:00:00Z other operation=Set-MailboxAuditBypassAssociation ip=203.0.113.7", want: 1, least: 0.2},
		{name: "throttled", events: `2022-11-14T13:00:00Z mail-read ip=203.0.113.200 detail="Bind, throttled"`, want: 1},
	})
}
