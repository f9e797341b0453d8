package export_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"keytrail/export"
	"keytrail/forensics"
)

func TestRedact(t *testing.T) {
	const b = export.Black
	r := export.NewRedactor([]string{"Pat@example.net"}, map[string]bool{"n1@coinbase.com": true})
	for _, tt := range []struct {
		name     string
		in, want forensics.Event
	}{
		{"ordinary_mail",
			forensics.Event{Kind: forensics.MailReceived, Account: "pat@example.net", From: "ann@friend.example.org", To: []string{"PAT@example.net", "bob@friend.example.org"}, Subject: "Dinner", MessageID: "x@friend.example.org"},
			forensics.Event{Kind: forensics.MailReceived, Account: "pat@example.net", From: b, To: []string{"PAT@example.net", b}, Subject: b, MessageID: b}},
		{"notice",
			forensics.Event{Kind: forensics.ResetRequested, Account: "pat@example.net", From: "no-reply@coinbase.com", To: []string{"pat@example.net"}, Subject: "Reset your password", MessageID: "n1@coinbase.com", Rule: "coinbase/reset"},
			forensics.Event{Kind: forensics.ResetRequested, Account: "pat@example.net", From: "no-reply@coinbase.com", To: []string{"pat@example.net"}, Subject: "Reset your password", MessageID: "n1@coinbase.com", Rule: "coinbase/reset"}},
		{"deletion_of_a_notice",
			forensics.Event{Kind: forensics.MailPurged, Subject: "Reset your password", MessageID: "n1@coinbase.com"},
			forensics.Event{Kind: forensics.MailPurged, Subject: "Reset your password", MessageID: "n1@coinbase.com"}},
		{"deletion_of_several",
			forensics.Event{Kind: forensics.MailPurged, Messages: []forensics.Message{{MessageID: "n1@coinbase.com", Subject: "Reset"}, {MessageID: "y@friend.example.org", Subject: "Dinner", Folder: "INBOX"}}},
			forensics.Event{Kind: forensics.MailPurged, Messages: []forensics.Message{{MessageID: "n1@coinbase.com", Subject: "Reset"}, {MessageID: b, Subject: b, Folder: "INBOX"}}}},
		{"another_actor",
			forensics.Event{Kind: forensics.KeyCreated, Account: "pat@example.net", Actor: "admin@corp.example.com", Key: "thunderbird"},
			forensics.Event{Kind: forensics.KeyCreated, Account: "pat@example.net", Actor: b, Key: "thunderbird"}},
		{"forwarding_stays",
			forensics.Event{Kind: forensics.ForwardingSet, Account: "pat@example.net", Detail: "to thief@drop.example.org"},
			forensics.Event{Kind: forensics.ForwardingSet, Account: "pat@example.net", Detail: "to thief@drop.example.org"}},
		{"notes", forensics.Event{Kind: forensics.LoginFailed, Notes: []string{"ask Ann"}, Tags: []string{"odd"}}, forensics.Event{Kind: forensics.LoginFailed, Notes: []string{b}, Tags: []string{"odd"}}},
		{"detail_of_mail",
			forensics.Event{Kind: forensics.MailSent, Detail: "to ann@friend.example.org, pat@example.net."},
			forensics.Event{Kind: forensics.MailSent, Detail: "to " + b + ", pat@example.net."}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got := tt.in
			r.Event(&got)
			if diff := cmp.Diff(tt.want, got, cmp.Comparer(func(a, b forensics.Digest) bool { return a == b }), cmp.FilterPath(func(p cmp.Path) bool { return p.Last().String() == ".IP" }, cmp.Ignore())); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestRedactLeavesTheSourceAlone(t *testing.T) {
	e := forensics.Event{Kind: forensics.MailReceived, To: []string{"ann@friend.example.org"}, Messages: []forensics.Message{{Subject: "Dinner"}}, Notes: []string{"x"}}
	src := one{e}
	r := export.NewRedactor(nil, nil)
	if _, err := r.Source(src).Events(0, 1); err != nil {
		t.Fatal(err)
	}
	if e.To[0] != "ann@friend.example.org" || e.Messages[0].Subject != "Dinner" || e.Notes[0] != "x" {
		t.Errorf("the source was changed: %v %v %v", e.To, e.Messages, e.Notes)
	}
}

func TestRedactText(t *testing.T) {
	r := export.NewRedactor([]string{"pat@example.net"}, nil)
	for in, want := range map[string]string{
		"account:pat@example.net from:ann@*":     "account:pat@example.net from:" + export.Black,
		"no address":                             "no address",
		"<Ann.Lee+x@friend.example.org>, rest":   "<" + export.Black + ">, rest",
		"/home/x/mail.mbox, sha256 ab, @":        "/home/x/mail.mbox, sha256 ab, " + export.Black,
		`from:"jörg@büro.example" OR from:*@b.c`: `from:"` + export.Black + `" OR from:` + export.Black,
	} {
		if got := r.Text(in); got != want {
			t.Errorf("%q becomes %q, want %q", in, got, want)
		}
	}
}
