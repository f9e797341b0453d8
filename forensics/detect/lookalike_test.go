package detect

import (
	"testing"

	"keytrail/forensics"
)

func TestImitations(t *testing.T) {
	const alarm = "Action required: verify your account"
	tests := map[string]struct {
		name, from, subject, body string
		header                    map[string][]string
		want                      string
	}{
		"support_domain":          {"Help Desk", "x@coinbase-support.com", alarm, "", nil, "imitates COINBASE"},
		"joined_domain":           {"Help Desk", "x@coinbasesupport.com", alarm, "", nil, "imitates COINBASE"},
		"prefix_domain":           {"Help Desk", "x@secure-paypal.com", alarm, "", nil, "imitates PAYPAL"},
		"digit":                   {"", "x@paypa1.com", alarm, "", nil, "imitates PAYPAL"},
		"capital_i":               {"", "x@paypai.com", alarm, "", nil, "imitates PAYPAL"},
		"rn_for_m":                {"", "x@arnazon.com", alarm, "", nil, "imitates AMAZON"},
		"vv_for_w":                {"", "x@vvellsfargo.com", alarm, "", nil, "imitates WELLS FARGO"},
		"cyrillic_domain":         {"", "x@раураl.com", alarm, "", nil, "imitates PAYPAL"},
		"punycode_domain":         {"", "x@xn--inbase-vqfx.com", alarm, "", nil, "imitates COINBASE"},
		"greek_name":              {"ΡayΡal", "x@bills.example", alarm, "", nil, "imitates PAYPAL"},
		"cyrillic_name":           {"Соinbase Bulletin", "x@mail.example", alarm, "", nil, "imitates COINBASE"},
		"fullwidth_name":          {"Ｃｏｉｎｂａｓｅ", "x@mail.example", alarm, "", nil, "imitates COINBASE"},
		"zero_width_name":         {"Coin\u200bbase Security", "x@mail.example", alarm, "", nil, "imitates COINBASE"},
		"transposed":              {"", "x@coinbsae.com", alarm, "", nil, "imitates COINBASE"},
		"letter_missing":          {"", "x@robinhod.com", alarm, "", nil, "imitates ROBINHOOD"},
		"letter_added":            {"", "x@metamaask.io", alarm, "", nil, "imitates METAMASK"},
		"root_inside":             {"", "x@coinbase.com.login.example", alarm, "", nil, "imitates COINBASE"},
		"name_and_free_mail":      {"PayPal Service", "pp77@gmail.com", alarm, "", nil, "imitates PAYPAL"},
		"address_as_name":         {"no-reply@coinbase.com", "x@mail.example", alarm, "", nil, "imitates COINBASE"},
		"body_only":               {"Coinbase", "x@mail.example", "Hello", "We saw unusual activity. Please verify your identity.", nil, "imitates COINBASE"},
		"double_without_alarm":    {"Robinhood", "x@r0binhood.example", "Your order", "", nil, "imitates ROBINHOOD"},
		"homoglyphs_in_subject":   {"AT&T", "x@mail.example", "Vеrify уоur account", "", nil, "imitates AT&T"},
		"german":                  {"PayPal Kundenservice", "x@mail.example", "Ihr Konto wurde eingeschränkt", "", nil, "imitates PAYPAL"},
		"gemini_support":          {"Gemini Support", "x@mail.example", alarm, "", nil, "imitates GEMINI"},
		"user_of_att":             {"AT&T Security", "sam@att.net", alarm, "", nil, "imitates AT&T"},
		"body_html_name_entities": {"Binance®", "x@mail.example", alarm, "", nil, "imitates BINANCE"},

		"newsletter":             {"Crypto Weekly", "news@weekly.example", "Coinbase: reset your password now?", "unusual activity", nil, ""},
		"name_with_other_words":  {"PayPal Millionaires Club", "x@club.example", alarm, "", nil, ""},
		"credit_union":           {"Apple Federal Credit Union", "alerts@creditunion.example", "Password reset", "", nil, ""},
		"person":                 {"Chase Miller", "chase@example.net", "Security alert at the office", "", nil, ""},
		"person_first_name_only": {"Chase", "chase@example.net", "urgent: password", "", nil, ""},
		"company_of_that_name":   {"Gemini", "x@hotel.example", "Verify your email", "", nil, ""},
		"list_about_amazon": {"Amazon Support", "dev@lists.example", "Sign in with Amazon", "verify your account",
			map[string][]string{"List-Post": {"<mailto:dev@lists.example>"}}, ""},
		"reply_about_it":        {"Coinbase", "x@mail.example", "Re: lunch", "verify your identity", nil, ""},
		"name_without_alarm":    {"Coinbase", "x@mail.example", "Our summer party", "Bring a cake.", nil, ""},
		"unlisted_ending":       {"Amazon", "x@amazon.example", alarm, "", nil, ""},
		"unlisted_no_name":      {"", "x@coinbase.example", alarm, "", nil, ""},
		"design_office":         {"", "x@webdesign.example", alarm, "", nil, ""},
		"pineapple":             {"Pineapple Shop", "x@pineapple.example", alarm, "", nil, ""},
		"attic":                 {"Attic", "x@attic-storage.example", alarm, "", nil, ""},
		"japanese_name":         {"Aoi", "aoi@example.jp", alarm, "", nil, ""},
		"word_one_letter_away":  {"", "x@twister.example", alarm, "", nil, ""},
		"forwarded_by_a_friend": {"Sam Doe", "sam@example.net", "Fwd: Coinbase: verify your account", "verify your account", nil, ""},
		"partner":               {"Coinbase", "x@sendsafely.com", alarm, "", nil, ""},
	}
	n := load(t)
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			m := &forensics.Mail{From: tt.from, FromName: tt.name, Subject: tt.subject, Text: func() string { return tt.body },
				Header: func(h string) []string { return tt.header[h] }}
			e := forensics.Event{Kind: forensics.MailReceived, Service: "", Account: "pat@example.com"}
			n.Classify(m, &e)
			if e.Detail != tt.want {
				t.Errorf("got %q (%s), want %q", e.Detail, e.Kind, tt.want)
			}
			if isAlert := e.Kind == forensics.Alert && e.Sender == forensics.SenderFailed; isAlert != (tt.want != "") {
				t.Errorf("got kind %s, sender %s", e.Kind, e.Sender)
			}
			if e.Service != "" {
				t.Errorf("an imitation is no event of the service %q", e.Service)
			}
		})
	}
}

func TestSkeleton(t *testing.T) {
	same := [][]string{
		{"paypal", "PayPaI", "paypa1", "раураl", "ΡΑΥΡΑL", "ｐａｙｐａｌ", "pаypal", "páypal", "pay\u200bpal"},
		{"amazon", "arnazon", "AMAZ0N", "аmаzоn"},
		{"wells", "vvells", "we11s", "w\u0435lls"},
		{"microsoft", "micr0s0ft", "MICROSOFT", "місrоsоft", "rnicrosoft"},
	}
	for _, group := range same {
		for _, s := range group {
			if got, want := skeleton(s), skeleton(group[0]); got != want {
				t.Errorf("%q: got %q, want %q as of %q", s, got, want, group[0])
			}
		}
	}
	if skeleton("coinbase") == skeleton("cornbase") {
		t.Error("coinbase and cornbase look alike")
	}
}
