package rule

import (
	"testing"
)

// attack is one with every step, from a hosting network.
const attack = `
2022-11-14T03:04:00Z key-created ip=203.0.113.7 key="Outlook-2"
2022-11-14T03:10:00Z login-succeeded ip=203.0.113.7 protocol=imap client="PyMail 1" session=s1 key="Outlook-2"
2022-11-14T03:11:00Z reset-requested service=coinbase certainty=reported sender=authenticated id=r1@coinbase.com
2022-11-14T03:13:00Z mail-purged ip=203.0.113.7 session=s1 id=r1@coinbase.com
2022-11-14T03:20:00Z reset-requested service=gemini certainty=reported sender=authenticated id=r2@gemini.com
2022-11-14T03:22:00Z mail-deleted ip=203.0.113.7 session=s1 ids=r2@gemini.com,other@example.org
2022-11-14T04:00:00Z funds-sent account=- service=coinbase amount=1.5 asset=BTC destination=bc1qexample certainty=reported
`

func TestStory(t *testing.T) {
	a, _ := evaluateLines(t, quietLife+attack, options{})
	t.Log("\n" + dump(a))
	for _, l := range a.Profile.Usual() {
		t.Log(l)
	}
	for _, rule := range []string{"KEY-01", "KEY-02", "LOG-02", "LOG-04", "RST-01", "RST-02", "RST-03", "DEL-01", "DEL-02", "DEL-03", "LOSS-01"} {
		if len(found(a, rule)) == 0 {
			t.Errorf("no %s", rule)
		}
	}
}

func TestQuiet(t *testing.T) {
	a, _ := evaluateLines(t, quietLife, options{})
	if len(a.Findings) != 0 {
		t.Errorf("a quiet life gives\n%s", dump(a))
	}
}
