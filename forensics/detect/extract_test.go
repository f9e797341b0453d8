package detect

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"keytrail/forensics"
)

func TestTemplate(t *testing.T) {
	tests := map[string]struct {
		template, text string
		want           []value
	}{
		"key_across_lines":   {"this password for {key}, someone", "If you didn't generate this password for Mail on\nmy PC, someone might", []value{{"key", "Mail on my PC"}}},
		"end_of_line":        {"Device: {device}", "Device: Chrome on Windows\nIP: 192.0.2.1", []value{{"device", "Chrome on Windows"}}},
		"one_word_ends":      {"sent to {destination}", "sent to bc1qexample. Bye", []value{{"destination", "bc1qexample"}}},
		"three_fields":       {"sent {amount} {asset} to {destination}", "You sent 0.5 BTC to bc1qexample", []value{{"amount", "0.5"}, {"asset", "BTC"}, {"destination", "bc1qexample"}}},
		"leading":            {"{app} was granted access", "Hello\nMail Reader was granted access to", []value{{"app", "Mail Reader"}}},
		"account":            {"account {account} was", "Account <Pat@Example.com> was", []value{{"account", "pat@example.com"}}},
		"no_account":         {"account {account}", "account yours", nil},
		"amount_needs_digit": {"sent {amount} {asset} to", "sent some coins to", nil},
		"second_place_fits":  {"device: {device}, ip {ip}", "device: A, ip none; device: B, ip 192.0.2.1", []value{{"device", "B"}, {"ip", "192.0.2.1"}}},
		"word_edge":          {"key {key} was", "monkey banana was key one was", []value{{"key", "one"}}},
		"too_far":            {"key {key} ends", "key " + strings.Repeat("x", 2*maxGap) + " ends", nil},
		"case_and_quotes":    {`Password "{key}" made`, "PASSWORD “Mail” MADE", []value{{"key", "Mail"}}},
		"ip6":                {"from {ip}", "from 2001:db8::1.", []value{{"ip", "2001:db8::1"}}},
		"bad_ip":             {"from {ip}", "from 300.1.1.1", nil},
		"empty_text":         {"from {ip}", "", nil},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			tmpl, err := newTemplate(tt.template)
			if err != nil {
				t.Fatal(err)
			}
			got := tmpl.values(newText(tt.text, maxBody))
			if diff := cmp.Diff(tt.want, got, cmp.AllowUnexported(value{})); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestNewTemplate_Refuses(t *testing.T) {
	for _, s := range []string{"no placeholder", "{key}", "{key}{device}", "for {name}", "for {key", " {key} "} {
		if _, err := newTemplate(s); err == nil {
			t.Errorf("%q is taken", s)
		}
	}
}

// TestKeyIsBounded: the name of an app password is text of whoever made it.
func TestKeyIsBounded(t *testing.T) {
	got := bounded(strings.Repeat("ä", 5000))
	if n := utf8.RuneCountInString(got); n != maxValue {
		t.Errorf("got %d runes, want %d", n, maxValue)
	}
}

func TestAmountOf(t *testing.T) {
	tests := map[string][2]string{
		"0.5": {"0.5", ""}, "1,234.50": {"1234.50", ""}, "1.234,50": {"1234.50", ""}, "€12,50": {"12,50", "EUR"}, "$1,000": {"1,000", "$"},
		"12,345,678": {"12345678", ""}, "1.234.567": {"1234567", ""}, "£3": {"3", "GBP"}, "1,234,567.8": {"1234567.8", ""},
	}
	for in, want := range tests {
		amount, asset := amountOf(in)
		if got := [2]string{amount, asset}; got != want {
			t.Errorf("%s: got %q, want %q", in, got, want)
		}
	}
}

func TestSameAccount(t *testing.T) {
	tests := []struct {
		a, b string
		want bool
	}{
		{"pat@example.com", "Pat@Example.com", true},
		{"pat@example.com", "pat+bank@example.com", true},
		{"p.a.t@gmail.com", "pat@googlemail.com", true},
		{"p.a.t@example.com", "pat@example.com", false},
		{"pat@example.com", "mallory@example.com", false},
		{"pat@example.com", "p*****t@example.com", true},
		{"pat@example.com", "p••@example.com", true},
		{"p**@e****.com", "pat@example.com", true},
		{"pat@example.com", "m*****y@example.com", false},
		{"pat@example.com", "*@example.net", false},
		{"pat@example.com", "***", true},
		{"pat@example.com", "pa*", true},
		{"pat@example.com", "*com", true},
		{"pat@example.com", "p*t@*", true},
		{"ab@example.com", "ab*b@example.com", false},
	}
	for _, tt := range tests {
		if got := sameAccount(tt.a, tt.b); got != tt.want {
			t.Errorf("%s and %s: got %t, want %t", tt.a, tt.b, got, tt.want)
		}
		if got := sameAccount(tt.b, tt.a); got != tt.want {
			t.Errorf("%s and %s: got %t, want %t", tt.b, tt.a, got, tt.want)
		}
	}
}

func TestOtherAccount(t *testing.T) {
	tests := map[string]struct {
		account, named string
		recovery       bool
		wantAccount    string
		wantDetail     string
		wantReasons    []string
	}{
		"same":             {"pat@example.com", "PAT@example.com", false, "pat@example.com", "", nil},
		"other":            {"pat@example.com", "mallory@example.net", false, "mallory@example.net", "about another account: mallory@example.net", []string{"other-account"}},
		"none_named":       {"pat@example.com", "", false, "pat@example.com", "", nil},
		"recovery_unnamed": {"pat@example.com", "", true, "pat@example.com", "about another account", []string{"other-account"}},
		"recovery_named":   {"pat@example.com", "mallory@example.net", true, "mallory@example.net", "about another account: mallory@example.net", []string{"other-account"}},
		"mailbox_unknown":  {"", "pat@example.com", false, "pat@example.com", "", nil},
		"masked_unknown":   {"", "p*t@example.com", false, "", "", nil},
		"masked_same":      {"pat@example.com", "p*t@example.com", false, "pat@example.com", "", nil},
		"masked_other":     {"pat@example.com", "m*y@example.net", false, "m*y@example.net", "about another account: m*y@example.net", []string{"other-account"}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			e := forensics.Event{Account: tt.account}
			otherAccount(&e, tt.named, tt.recovery)
			if e.Account != tt.wantAccount || e.Detail != tt.wantDetail {
				t.Errorf("got account %q, detail %q; want %q, %q", e.Account, e.Detail, tt.wantAccount, tt.wantDetail)
			}
			if diff := cmp.Diff(tt.wantReasons, e.Reasons); diff != "" {
				t.Errorf("reasons (-want +got):\n%s", diff)
			}
		})
	}
}

func TestPhrase(t *testing.T) {
	tests := []struct {
		phrase, text string
		want         bool
	}{
		{"=Security alert", "Security\u00a0Alert", true},
		{"=Security alert", "Critical security alert", false},
		{"security alert", "Critical security alert!", true},
		{"new device", "renew devices", false},
		{"new device", "a new\n device", true},
		{"=New login to Facebook from *", "New login to Facebook from Firefox", true},
		{"=New login to Facebook from *", "New login to Facebook", false},
		{"=[Binance] Withdrawal Successful - *(UTC)", "[Binance] Withdrawal Successful - 2022-11-14 03:04:05(UTC)", true},
		{"deactivat*", "Your account was deactivated", true},
		{"deactivat*", "reactivated", false},
		{"app password * created", "app password for Mail created", true},
		{"app password * created", "app password " + strings.Repeat("x ", maxGap) + "created", false},
		{"réinitialiser", "Re\u0301initialiser le mot de passe", true},
		{"didn't", "you didn\u2019t", true},
	}
	for _, tt := range tests {
		p := newPhrase("en", BasisGuess, tt.phrase)
		if got := p.in(newText(tt.text, maxBody).low); got != tt.want {
			t.Errorf("%q in %q: got %t, want %t", tt.phrase, tt.text, got, tt.want)
		}
	}
}

func TestTypeNumber(t *testing.T) {
	tests := []struct {
		header, value, body string
		number              int
		recovery            bool
	}{
		{"X-Account-Notification-Type", "20", "", 20, false},
		{"X-Account-Notification-Type", "N325", "", 325, false},
		{"X-Account-Notification-Type", "325-RECOVERY", "", 325, true},
		{"Feedback-ID", "269:account-notifier", "", 269, false},
		{"Feedback-ID", "269-RECOVERY:account-notifier", "", 269, true},
		{"Feedback-ID", "269:shop", "", 0, false},
		{"", "", "see https://myaccount.google.com/alert/nt/1668400000000?rfn%3D20%26x", 20, false},
		{"", "", "https://x/alert/nt/1668400000000?rfn%3D127-RECOVERY%26x", 127, true},
		{"", "", "https://x/alert/nt/1668400000000?rfn=16", 16, false},
		{"", "", "https://x/alert/nt/1668400000000 rfn=16", 0, false},
		{"X-Account-Notification-Type", "none", "", 0, false},
	}
	for _, tt := range tests {
		s := &sight{typ: -1, mail: &forensics.Mail{Text: func() string { return tt.body }, Header: func(h string) []string {
			if h == tt.header {
				return []string{tt.value}
			}
			return nil
		}}}
		if n, r := s.number(), s.recovery(); n != tt.number || r != tt.recovery {
			t.Errorf("%s %s %s: got %d %t, want %d %t", tt.header, tt.value, tt.body, n, r, tt.number, tt.recovery)
		}
	}
}

func TestLinkTime(t *testing.T) {
	body := "https://accounts.google.com/x?continue=https://myaccount.google.com/alert/nt/1668400000123?rfn%3D20"
	s := &sight{mail: &forensics.Mail{Text: func() string { return body }}}
	got, ok := s.linkTime()
	if want := "2022-11-14T04:26:40.123Z"; !ok || got.RFC3339() != want || got.Original != "1668400000123" {
		t.Errorf("got %q from %q, want %q", got.RFC3339(), got.Original, want)
	}
}
