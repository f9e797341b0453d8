package detect

import (
	"strings"
	"testing"

	"keytrail/forensics"
)

// BenchmarkClassify measures one mail: ordinary ones, which are nearly all of a
// mailbox, and a notice whose body is read.
func BenchmarkClassify(b *testing.B) {
	n := load(b)
	received := []string{gmailInner, gmailOuter}
	head := func(h string) []string {
		if h == "Received" {
			return received
		}
		return nil
	}
	long := strings.Repeat("Some words of an ordinary mail, line after line.\n", 400)
	for _, bb := range []struct {
		name string
		mail forensics.Mail
		body string
	}{
		{"ordinary", forensics.Mail{From: "sam.doe@mail.department.example.co.uk", FromName: "Sam Doe (Accounting)", Subject: "Re: [project] minutes of the meeting on Tuesday, second part"}, long},
		{"newsletter", forensics.Mail{From: "news@email.shop.example", FromName: "The Nice Shop", Subject: "Nur heute: 20 % auf alles für dein Zuhause"}, long},
		{"brand_mail", forensics.Mail{From: "shipment-tracking@amazon.com", FromName: "Amazon.com", Subject: "Shipped: \"A Book about Something\" and 2 more items"}, long},
		{"notice", forensics.Mail{From: "no-reply@accounts.google.com", FromName: "Google", Subject: "Security alert",
			Auth: []forensics.AuthVerdict{{Server: "mx.google.com", Method: "dmarc", Result: "pass", Domain: "accounts.google.com", Below: 2}}},
			"App password created to sign in to your account\npat@example.com\nIf you didn't generate this password for Mail, someone\n" + long},
	} {
		b.Run(bb.name, func(b *testing.B) {
			m := bb.mail
			m.Header = head
			m.Text = func() string { return bb.body }
			b.ReportAllocs()
			for b.Loop() {
				e := forensics.Event{Kind: forensics.MailReceived, Account: "pat@example.com"}
				n.Classify(&m, &e)
			}
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "mails/s")
		})
	}
}
