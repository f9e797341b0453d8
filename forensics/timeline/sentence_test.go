package timeline_test

import (
	"net/netip"
	"slices"
	"testing"

	"keytrail/forensics"
	"keytrail/forensics/timeline"
)

func TestSentence(t *testing.T) {
	ip := netip.MustParseAddr("203.0.113.77")
	for _, tt := range []struct {
		name string
		e    forensics.Event
		want string
	}{
		{"login", forensics.Event{Kind: forensics.LoginSucceeded, Protocol: "imap", IP: ip, Country: "NL"}, "Signed in over IMAP from 203.0.113.77 (NL)"},
		{"login_of_a_browser", forensics.Event{Kind: forensics.LoginSucceeded, IP: ip, Client: "Mozilla/5.0 (X11; Linux x86_64; rv:109.0) Gecko/20100101 Firefox/112.0"}, "Signed in from 203.0.113.77 with Firefox on Linux"},
		{"login_bare", forensics.Event{Kind: forensics.LoginSucceeded}, "Signed in"},
		{"key_observed", forensics.Event{Kind: forensics.KeyCreated, Key: "Outlook-2", Actor: "admin@example.net", Account: "pat@example.net"}, `App password "Outlook-2" created by admin@example.net`},
		{"application_credential", forensics.Event{Kind: forensics.KeyCreated, Key: "creds", Operation: "Add service principal credentials."}, `Application credential "creds" created`},
		{"own_actor_is_not_repeated", forensics.Event{Kind: forensics.KeyCreated, Actor: "Pat@example.net", Account: "pat@example.net"}, `App password created`},
		{"key_reported", forensics.Event{Kind: forensics.KeyCreated, Certainty: forensics.Reported, Service: "google", Key: "Mail", Sender: forensics.SenderAuthenticated}, `Google says an app password was created: "Mail"`},
		{"reset_unverified", forensics.Event{Kind: forensics.ResetRequested, Certainty: forensics.Reported, Service: "coinbase", Subject: "Reset your password", Sender: forensics.SenderUnknown}, `Coinbase reset or verification mail: "Reset your password" (sender not verified)`},
		{"look_alike", forensics.Event{Kind: forensics.Alert, Detail: "imitates COINBASE", From: "no-reply@c0inbase.example", Subject: "Reset", Sender: forensics.SenderFailed}, `Mail from no-reply@c0inbase.example imitates COINBASE: "Reset"`},
		{"purged_many", forensics.Event{Kind: forensics.MailPurged, Folder: "INBOX", Messages: []forensics.Message{{}, {Subject: "Reset your password"}}}, `2 mails removed for good from INBOX, among them "Reset your password"`},
		{"missing", forensics.Event{Kind: forensics.MailMissing, Certainty: forensics.Inferred, Folder: "INBOX", UIDs: []uint32{4211}, Detail: "UID 4211"}, `Mail is missing from INBOX: UID 4211`},
		{"missing_many", forensics.Event{Kind: forensics.MailMissing, Certainty: forensics.Inferred, Folder: "INBOX", UIDs: []uint32{4211, 4212}}, `2 mails are missing from INBOX`},
		{"missing_very_many", forensics.Event{Kind: forensics.MailMissing, Certainty: forensics.Inferred, Folder: "INBOX", UIDs: make([]uint32, 1000)}, `1000 or more mails are missing from INBOX`},
		{"in_trash", forensics.Event{Kind: forensics.MailDeleted, Certainty: forensics.Inferred, Folder: "Trash", Reasons: []string{"trash"}, Subject: "Reset"}, `Mail "Reset" was put into Trash`},
		{"marked", forensics.Event{Kind: forensics.MailDeleted, Certainty: forensics.Inferred, Folder: "INBOX", Reasons: []string{"marked"}}, `Mail in INBOX was marked as deleted`},
		{"deleted_by_log_and_in_trash", forensics.Event{Kind: forensics.MailDeleted, Folder: "INBOX", Reasons: []string{"log", "trash"}}, `Mail deleted from INBOX`},
		{"api_token", forensics.Event{Kind: forensics.KeyCreated, Outcome: forensics.Success, Service: "okta", Operation: "system.api_token.create", Key: "backup-2"}, `API token "backup-2" created`},
		{"failed_cmdlet", forensics.Event{Kind: forensics.RuleSet, Outcome: forensics.Failure, Detail: `"." deletes mail`}, `Attempt failed: Mail rule set: "." deletes mail`},
		{"money", forensics.Event{Kind: forensics.FundsSent, Amount: "2.41", Asset: "BTC", Destination: "bc1qexample"}, "2.41 BTC sent to bc1qexample"},
		{"other", forensics.Event{Kind: forensics.Other, Operation: "FileAccessed"}, "FileAccessed"},
		{"exchange_login", forensics.Event{Kind: forensics.LoginSucceeded, Provider: "statement/coinbase-archive", Service: "coinbase", IP: ip, Detail: "web"}, "Signed in to Coinbase from 203.0.113.77: web"},
		{"statement", forensics.Event{Kind: forensics.FundsSent, Certainty: forensics.Reported, Outcome: forensics.Success, Provider: "statement/coinbase", Service: "coinbase", Amount: "0.51", Asset: "BTC", Destination: "bc1qexample", ValueUSD: "8306.07", Detail: "fee 1.68 USD"},
			"0.51 BTC sent to bc1qexample, worth 8306.07 USD, says Coinbase: fee 1.68 USD"},
		{"statement_failed", forensics.Event{Kind: forensics.FundsSent, Outcome: forensics.Failure, Provider: "statement/bitfinex", Service: "bitfinex", Amount: "0.4", Asset: "BTC", Detail: "status CANCELED"}, "Attempt failed: 0.4 BTC sent, says Bitfinex: status CANCELED"},
		{"statement_pending", forensics.Event{Kind: forensics.FundsSent, Outcome: forensics.OutcomeUnknown, Provider: "statement/kraken", Service: "kraken", Amount: "0.25", Asset: "BTC"}, "0.25 BTC sent, says Kraken (outcome not known)"},
		{"reversal", forensics.Event{Kind: forensics.FundsReceived, Provider: "statement/kraken", Service: "kraken", Amount: "0.25", Asset: "BTC", Reasons: []string{"reversal"}, Detail: "reversal of withdrawal Q-1"}, "0.25 BTC given back, says Kraken: reversal of withdrawal Q-1"},
		{"trade", forensics.Event{Kind: forensics.Other, Operation: "Convert", Provider: "statement/coinbase", Service: "coinbase", Amount: "-2.1", Asset: "ETH"}, "Convert: -2.1 ETH, says Coinbase"},
		{"device", forensics.Event{Kind: forensics.Other, Operation: "confirmed device", Provider: "statement/coinbase-archive", Service: "coinbase", IP: ip}, "Coinbase: confirmed device from 203.0.113.77"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := timeline.Sentence(&tt.e); got != tt.want {
				t.Errorf("got  %s\nwant %s", got, tt.want)
			}
		})
	}
}

func TestEveryKindHasASentence(t *testing.T) {
	for _, k := range forensics.Kinds() {
		for _, c := range []forensics.Certainty{forensics.Observed, forensics.Reported} {
			e := forensics.Event{Kind: k, Certainty: c, Operation: "Op", Service: "example"}
			if timeline.Sentence(&e) == "" {
				t.Errorf("%v %v has no sentence", k, c)
			}
		}
	}
}

func TestWords(t *testing.T) {
	if w := timeline.Words(forensics.LoginFailed); !slices.Contains(w, "sign-in") || slices.Contains(w, "where") {
		t.Errorf("words of login-failed: %q", w)
	}
}
