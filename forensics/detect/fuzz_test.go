package detect

import (
	"strings"
	"testing"
	"unicode/utf8"

	"keytrail/forensics"
)

// FuzzClassify feeds mails of every kind: nothing may panic, and without a verdict of a
// receiver no event may claim an authenticated sender.
func FuzzClassify(f *testing.F) {
	f.Add("no-reply@accounts.google.com", "Google", "Security alert", "App password created to sign in to your account a@b.example If you didn't generate this password for x, someone", gmailOuter, "20-RECOVERY")
	f.Add("x@xn--inbase-vqfx.com", "Соinbase", "You just sent 0.5 BTC to bc1qexample", "/alert/nt/1668400000000?rfn%3D20", forged, "")
	f.Add("x@xn--.com", "AT&T", "Vеrify уоur account", "\xff\xfe", "from (((( by )))) by [", "n99999999999")
	n := load(f)
	f.Fuzz(func(t *testing.T, from, name, subject, body, received, number string) {
		m := &forensics.Mail{From: from, FromName: name, Subject: subject, Text: func() string { return body }, Header: func(h string) []string {
			switch h {
			case "Received":
				return strings.Split(received, "\n")
			case "X-Account-Notification-Type":
				return []string{number}
			}
			return nil
		}}
		e := forensics.Event{Kind: forensics.MailReceived, Account: "pat@example.com"}
		n.Classify(m, &e)
		if e.Sender == forensics.SenderAuthenticated {
			t.Errorf("nobody vouched for %q", from)
		}
		if k := utf8.RuneCountInString(e.Key); k > maxValue {
			t.Errorf("key of %d runes", k)
		}
		if !utf8.ValidString(e.Key) || !utf8.ValidString(e.Account) || !utf8.ValidString(e.Destination) {
			t.Error("a value is not valid UTF-8")
		}
		// The same with a pass: every rule's extraction runs on these words.
		e = forensics.Event{Kind: forensics.MailReceived, Account: "pat@example.com"}
		m.Auth = []forensics.AuthVerdict{{Server: "mx.google.com", Method: "dmarc", Result: "pass"}}
		m.Header = nil
		n.Classify(m, &e)
	})
}

func FuzzParseRules(f *testing.F) {
	f.Add([]byte(extraRules))
	f.Add([]byte("brand: x\nrule: y\nkind: alert\nbasis: guess\nsubject.en: *\n-- is y --\n"))
	f.Add([]byte("brand: x\nrule: y\nfind: {key} {"))
	f.Fuzz(func(t *testing.T, b []byte) {
		p, err := parseRules("fuzz.rules", b)
		if err != nil {
			return
		}
		for i := range p.cases {
			n := &Notices{generic: &Brand{ID: genericID}}
			_ = p.cases[i].run(n, p.brand.ID)
		}
	})
}

func FuzzFold(f *testing.F) {
	f.Add("  A\u00a0\n b\u200bc\xff ")
	f.Fuzz(func(t *testing.T, s string) {
		x := newText(s, 100)
		if len(x.shown) != len(x.low) {
			t.Fatalf("%d bytes shown, %d in lower case", len(x.shown), len(x.low))
		}
		skeleton(s)
	})
}
