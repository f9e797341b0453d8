package investigate

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"keytrail/forensics"
)

// TestWordsOfQuestions: a question says over how many accounts it asks and counts the events of all of them, and spells programs and keys as a
// person knows them.
func TestWordsOfQuestions(t *testing.T) {
	const firefox = `client="Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:109.0) Gecko/20100101 Firefox/112.0"`
	quiet := func(account, ip string) string {
		return "2022-01-01T08:00:00Z login-succeeded account=" + account + " ip=" + ip + " country=US protocol=imap " + firefox + " every=19h times=500 session=own\n"
	}
	attack := func(account, id string) string {
		from := " account=" + account + " ip=203.0.113.77 country=NL "
		return "2023-02-07T03:12:07Z key-created" + from + "key=Outlook-2 operation=app-password\n" +
			"2023-02-07T03:14:52Z login-succeeded" + from + "session=s1 protocol=imap client=imaplib\n" +
			"2023-02-07T03:19:30Z reset-requested account=" + account + " id=" + id + "@coinbase.example service=coinbase certainty=reported sender=authenticated\n" +
			"2023-02-07T03:19:58Z mail-purged" + from + "id=" + id + "@coinbase.example session=s1\n"
	}
	table := quiet("pat@example.com", "2001:db8:1:2::7") + attack("pat@example.com", "m1") +
		quiet("kim@example.com", "2001:db8:1:2::9") + attack("kim@example.com", "m2") +
		quiet("lee@example.com", "2001:db8:1:3::5") + attack("lee@example.com", "m3")
	c := makeCase(t, "mailserver/dovecot", lines(t, table))
	a := New(c, Options{})
	analysis, err := a.Analyse(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	all, _, err := a.list(t.Context(), analysis) // what could be asked, whether or not it settles much
	if err != nil {
		t.Fatal(err)
	}
	list, err := a.put(all)
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]forensics.Question{}
	for _, q := range list {
		q.Incidents, q.Suggest = nil, ""
		got[q.Entities[0]] = q
	}
	want := map[string]forensics.Question{
		"ip:203.0.113.77": {
			Text:     "3 accounts were used from 203.0.113.77, most often with imaplib, 9 times on 2023-02-07. Was it you?",
			Detail:   "kim@example.com: 3 events, lee@example.com: 3 events, pat@example.com: 3 events; on 1 day, first 2023-02-07 03:12, last 2023-02-07 03:19 (UTC)",
			Entities: []string{"ip:203.0.113.77"}, Events: 9,
		},
		"key:outlook-2": {
			Text:     `A key named "Outlook-2" stands in 3 events of 3 accounts on 2023-02-07. Did you make it?`,
			Detail:   "kim@example.com: 1 event, lee@example.com: 1 event, pat@example.com: 1 event; on 1 day, first 2023-02-07 03:12, last 2023-02-07 03:12 (UTC)",
			Entities: []string{"key:outlook-2"}, Events: 3,
		},
		"network:2001:db8:1:2::/64": {
			Text:     "2 accounts were used from 2001:db8:1:2::/64 1,000 times on 396 days, most often with Firefox on Windows, mostly 0-20 h UTC. Yours?",
			Detail:   "kim@example.com: 500 events, pat@example.com: 500 events; on 396 days, first 2022-01-01 08:00, last 2023-01-31 09:00 (UTC)",
			Entities: []string{"network:2001:db8:1:2::/64"}, Events: 1000,
		},
		"network:2001:db8:1:3::/64": {
			Text:     "You used Firefox on Windows from 2001:db8:1:3::/64 500 times on 396 days, mostly 0-20 h UTC. Yours?",
			Detail:   "lee@example.com: 500 events on 396 days, first 2022-01-01 08:00, last 2023-01-31 09:00 (UTC)",
			Entities: []string{"network:2001:db8:1:3::/64"}, Events: 500,
		},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
