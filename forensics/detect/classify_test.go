package detect

import (
	"testing"

	"keytrail/forensics"
)

// TestUnverified: without a verdict of the receiver only a rule that was seen, with its exact
// sender and subject, counts, and only where no Received header speaks against it.
func TestUnverified(t *testing.T) {
	const (
		seen      = "account-security-noreply@accountprotection.microsoft.com"
		seenWords = "Microsoft account security info was added"
	)
	by := func(from string) []string {
		return []string{"from " + from + " by mx.example.com with ESMTPS id 1; Mon, 14 Nov 2022 11:04:05 +0000"}
	}
	tests := map[string]struct {
		from, subject string
		received      []string
		want          forensics.Kind
	}{
		"no_received":        {seen, seenWords, nil, forensics.RecoveryChanged},
		"from_the_brand":     {seen, seenWords, by("a.outbound.microsoft.com (a.outbound.microsoft.com [192.0.2.1])"), forensics.RecoveryChanged},
		"from_bulk_sender":   {"no-reply@coinbase.com", "You just sent 1 BTC to bc1qexampleexampleexample000", by("a1.smtp-out.amazonses.com (a1.smtp-out.amazonses.com [192.0.2.1])"), forensics.FundsSent},
		"from_somebody":      {seen, seenWords, by("mail.evil.example (mail.evil.example [192.0.2.1])"), forensics.MailReceived},
		"from_nameless_host": {seen, seenWords, by("microsoft.com (unknown [203.0.113.66])"), forensics.MailReceived},
		"other_sender":       {"service@accountprotection.microsoft.com", seenWords, nil, forensics.MailReceived},
		"other_subject":      {seen, "Your Microsoft account security info was added today", nil, forensics.MailReceived},
		"guessed_language":   {seen, "Sicherheitsinfo zum Microsoft-Konto hinzugefügt", nil, forensics.MailReceived},
		"guessed_rule":       {"no-reply@coinbase.com", "Reset your password", nil, forensics.MailReceived},
		"old_spam":           {"service@paypal.com", "Your PayPal account is limited", by("dialup.isp.example (dialup.isp.example [203.0.113.9])"), forensics.MailReceived},
	}
	n := load(t)
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			m := &forensics.Mail{From: tt.from, Subject: tt.subject, Header: func(h string) []string {
				if h == "Received" {
					return tt.received
				}
				return nil
			}}
			e := forensics.Event{Kind: forensics.MailReceived, Account: "pat@example.com"}
			n.Classify(m, &e)
			if e.Kind != tt.want {
				t.Errorf("got %s by %q, want %s", e.Kind, e.Rule, tt.want)
			}
			if e.Sender == forensics.SenderAuthenticated || e.Sender == forensics.SenderFailed {
				t.Errorf("got sender %s", e.Sender)
			}
			if counted := e.Kind != forensics.MailReceived; counted != (e.Rule != "") || counted != (e.Certainty == forensics.Reported) || counted && e.Sender != forensics.SenderUnknown {
				t.Errorf("got kind %s, rule %q, certainty %s, sender %s", e.Kind, e.Rule, e.Certainty, e.Sender)
			}
		})
	}
}

// TestFailed: where the receiver recorded a failure the rule's kind never stands.
func TestFailed(t *testing.T) {
	list := map[string][]string{"List-Post": {"<mailto:all@lists.example>"}}
	tests := map[string]struct {
		from, subject string
		header        map[string][]string
		want          forensics.Kind
	}{
		"notice":            {"no-reply@coinbase.com", "You just sent 1 BTC to bc1qexampleexampleexample000", nil, forensics.Alert},
		"notice_on_a_list":  {"no-reply@coinbase.com", "You just sent 1 BTC to bc1qexampleexampleexample000", list, forensics.Alert},
		"alarm":             {"help@coinbase.com", "Your account is locked", nil, forensics.Alert},
		"alarm_on_a_list":   {"dev@google.com", "[go-nuts] verification of modules", list, forensics.MailReceived},
		"ordinary":          {"news@coinbase.com", "What is new this week", nil, forensics.MailReceived},
		"answer_of_a_human": {"dev@google.com", "Re: password in the log", nil, forensics.MailReceived},
	}
	n := load(t)
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			m := &forensics.Mail{From: tt.from, Subject: tt.subject,
				Auth: []forensics.AuthVerdict{{Server: "mx.google.com", Method: "dmarc", Result: "fail", Below: 1}},
				Header: func(h string) []string {
					if h == "Received" {
						return []string{gmailOuter}
					}
					return tt.header[h]
				}}
			e := forensics.Event{Kind: forensics.MailReceived, Account: "pat@gmail.com"}
			n.Classify(m, &e)
			if e.Kind != tt.want {
				t.Errorf("got %s by %q, want %s", e.Kind, e.Rule, tt.want)
			}
			if e.Kind == forensics.Alert && (e.Sender != forensics.SenderFailed || e.Service != "" || e.Key != "" || e.Amount != "") {
				t.Errorf("an imitation claims more than that it is one: %+v", e)
			}
		})
	}
}

// TestHostileKeyName: the name of an app password is written by whoever made it, who may
// be the attacker, into a mail that Google signs.
func TestHostileKeyName(t *testing.T) {
	body := "App password created to sign in to your account\npat@example.com\n" +
		"If you didn't generate this password for 2-Step Verification turned off password was changed\x1b[2J \u202eevil, someone might be using your account."
	m := &forensics.Mail{From: "no-reply@accounts.google.com", Subject: "Security alert", Text: func() string { return body },
		Auth: []forensics.AuthVerdict{{Server: "mx.google.com", Method: "dmarc", Result: "pass", Domain: "accounts.google.com"}}}
	e := forensics.Event{Kind: forensics.MailReceived, Account: "pat@example.com"}
	load(t).Classify(m, &e)
	if e.Kind != forensics.KeyCreated || e.Rule != "google/app-password-created" {
		t.Errorf("got %s by %q, want key-created", e.Kind, e.Rule)
	}
	// Control characters stay: the screen and the report take them out, the event quotes.
	if want := "2-Step Verification turned off password was changed\x1b[2J \u202eevil"; e.Key != want {
		t.Errorf("got key %q, want %q", e.Key, want)
	}
	if e.Detail != "" || e.Account != "pat@example.com" {
		t.Errorf("got detail %q, account %q", e.Detail, e.Account)
	}
}
