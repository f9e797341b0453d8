package detect

import (
	"os"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"keytrail/forensics"
)

func load(t testing.TB) *Notices {
	t.Helper()
	n, err := LoadNotices()
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func TestEveryCaseComesOutAsItSays(t *testing.T) {
	n := load(t)
	for _, c := range n.cases {
		if err := c.run(n, c.brand); err != nil {
			t.Error(err)
		}
	}
	t.Logf("%d brands, %d rules, %d cases", len(n.Brands()), len(n.Rules()), len(n.cases))
}

// TestEveryRuleHasBothCases refuses a rule that no mail of its file matches, and one
// that no mail of its file is kept from.
func TestEveryRuleHasBothCases(t *testing.T) {
	files, err := embedded.ReadDir("rules")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		b, err := embedded.ReadFile("rules/" + f.Name())
		if err != nil {
			t.Fatal(err)
		}
		p, err := parseRules(f.Name(), b)
		if err != nil {
			t.Fatal(err)
		}
		if err := both(p); err != nil {
			t.Error(err)
		}
		if want := p.brand.ID + ruleSuffix; f.Name() != want {
			t.Errorf("%s: brand %s belongs into %s", f.Name(), p.brand.ID, want)
		}
		var is, not bool
		for _, c := range p.cases {
			is, not = is || c.is, not || !c.is
		}
		if !is || !not {
			t.Errorf("%s: needs a case that matches and one that does not", f.Name())
		}
	}
}

func TestRulesSpeakFourLanguages(t *testing.T) {
	for _, r := range load(t).Rules() {
		spoken := languages(r)
		for _, lang := range []string{"en", "de", "fr", "es"} {
			if !spoken[lang] {
				t.Errorf("%s has no phrase in %s", r.ID, lang)
			}
		}
	}
}

// languages are those that a rule has phrases of.
func languages(r Rule) map[string]bool {
	out := map[string]bool{}
	for _, l := range [][]phrase{r.subject, r.body} {
		for i := range l {
			out[l[i].lang] = true
		}
	}
	return out
}

func TestAllBrands(t *testing.T) {
	want := strings.Fields(`amazon aol apple att bankofamerica binance bitfinex bitstamp blockchain bybit cash-app chase
		coinbase comcast cryptocom ebay exodus facebook fastmail gemini gmx google kraken kucoin ledger metamask microsoft
		okx paypal proton robinhood trezor twitter venmo webde wellsfargo yahoo`)
	var got []string
	for _, b := range load(t).Brands() {
		got = append(got, b.ID)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("brands (-want +got):\n%s", diff)
	}
}

const extraRules = `# An exchange of one's own.
brand: acorn
name: Acorn
service: acorn
domains: acorn.example
names: Acorn

rule: withdrawal
kind: funds-sent
basis: sample
senders: no-reply@acorn.example
subject.en: =Acorns left your tree
find: {amount} {asset} went to {destination}

-- is withdrawal --
From: Acorn <no-reply@acorn.example>
To: pat@example.com
Subject: Acorns left your tree
Verdict: dmarc=pass acorn.example
Expect: kind=funds-sent | amount=12.5 | asset=OAK | destination=oak1example

12.5 OAK went to oak1example.

-- not withdrawal --
From: Squirrel <sam@tree.example>
Subject: Acorns left your tree

Sorry.
`

func TestLoadNotices_ExtraFolder(t *testing.T) {
	n, err := LoadNotices(fstest.MapFS{"acorn.rules": {Data: []byte(extraRules)}, "readme.txt": {Data: []byte("not a rule")}})
	if err != nil {
		t.Fatal(err)
	}
	if _, ok := n.resolve("", "acorn/withdrawal"); !ok {
		t.Error("the rule of the extra folder is not there")
	}
	if got, want := len(n.Brands()), len(load(t).Brands())+1; got != want {
		t.Errorf("got %d brands, want %d", got, want)
	}
}

func TestLoadNotices_ExtraOverridesByID(t *testing.T) {
	n, err := LoadNotices(fstest.MapFS{"coinbase.rules": {Data: []byte(`brand: coinbase
rule: password-reset
kind: reset-requested
basis: sample
senders: no-reply@coinbase.com
subject.en: =A reset of ours

-- is password-reset --
From: no-reply@coinbase.com
Subject: A reset of ours
Verdict: dmarc=pass coinbase.com
Expect: basis=sample | service=coinbase

Words.

-- not password-reset --
From: no-reply@coinbase.com
Subject: Reset your Coinbase password
Verdict: dmarc=pass coinbase.com
Expect: basis=guess

Words.
`)}})
	if err != nil {
		t.Fatal(err)
	}
	count := 0
	for _, r := range n.Rules() {
		if r.ID == "coinbase/password-reset" {
			count++
			if r.Basis != BasisSample {
				t.Errorf("got basis %s, want sample", r.Basis)
			}
		}
	}
	if count != 1 {
		t.Errorf("coinbase/password-reset stands %d times, want once", count)
	}
	if got, want := len(n.Rules()), len(load(t).Rules()); got != want {
		t.Errorf("got %d rules, want %d", got, want)
	}
}

func TestLoadNotices_Refuses(t *testing.T) {
	without := func(from, to string) string {
		i, j := strings.Index(extraRules, from), strings.Index(extraRules, to)
		return extraRules[:i] + extraRules[j:]
	}
	tests := map[string]struct{ rules, want string }{
		"no_positive_case":    {without("-- is", "-- not"), `acorn.rules:8: rule acorn/withdrawal has no matching ("-- is withdrawal --") case`},
		"no_negative_case":    {extraRules[:strings.Index(extraRules, "-- not")], `acorn.rules:8: rule acorn/withdrawal has no failing ("-- not withdrawal --") case`},
		"case_fails":          {strings.Replace(extraRules, "amount=12.5", "amount=13", 1), `acorn.rules:15: amount is "12.5", want "13"`},
		"case_does_not_match": {strings.Replace(extraRules, "dmarc=pass", "dmarc=fail", 1), `acorn.rules:15: case should be acorn/withdrawal, and is "generic/imitation" (alert)`},
		"unknown_kind":        {strings.Replace(extraRules, "funds-sent", "funds-gone", 1), `acorn.rules:9: unknown kind "funds-gone"`},
		"unknown_key":         {strings.Replace(extraRules, "senders:", "from:", 1), `acorn.rules:11: unknown key "from" of a rule`},
		"no_language":         {strings.Replace(extraRules, "subject.en", "subject", 1), `acorn.rules:12: "subject" names no language`},
		"unknown_placeholder": {strings.Replace(extraRules, "{asset}", "{coin}", 1), `acorn.rules:13: unknown placeholder {coin}`},
		"no_colon":            {strings.Replace(extraRules, "basis: sample", "basis sample", 1), `acorn.rules:10: not a "key: value" line`},
		"no_domains":          {strings.Replace(extraRules, "domains: acorn.example\n", "", 1), `acorn.rules: brand acorn needs name, service, domains and names`},
		"domain_of_another":   {strings.Replace(extraRules, "domains: acorn.example", "domains: coinbase.com", 1), `both claim the domain coinbase.com`},
		"phrase_too_short":    {strings.Replace(extraRules, "=Acorns left your tree\nfind", "a\nfind", 1), `fewer than 3 bytes`},
		"no_brand":            {"# nothing\n", `acorn.rules: no "brand:" line`},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			_, err := LoadNotices(fstest.MapFS{"acorn.rules": {Data: []byte(tt.rules)}})
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got error %v, want one with %q", err, tt.want)
			}
		})
	}
}

func TestClassify_OnlyReceivedMail(t *testing.T) {
	m := &forensics.Mail{From: "no-reply@coinbase.com", Subject: "You just sent 1 BTC to bc1qexampleexampleexample000"}
	e := forensics.Event{Kind: forensics.MailSent}
	load(t).Classify(m, &e)
	if e.Kind != forensics.MailSent || e.Rule != "" {
		t.Errorf("a sent mail became %s by %q", e.Kind, e.Rule)
	}
}

func TestClassify_BareMail(t *testing.T) {
	// Neither Header nor Text: the fields are optional to the caller.
	for _, from := range []string{"", "@", "x@", "no-reply@accounts.google.com", "x@coinbase-support.example"} {
		e := forensics.Event{Kind: forensics.MailReceived}
		load(t).Classify(&forensics.Mail{From: from, Subject: "Security alert"}, &e)
	}
}

// TestDocumentation loads the example of docs/notice-rules.md as a user would.
func TestDocumentation(t *testing.T) {
	b, err := os.ReadFile("../../docs/notice-rules.md")
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(b), "```\n")
	example, _, found := strings.Cut(rest, "```\n")
	if !found {
		t.Fatal("no example in docs/notice-rules.md")
	}
	n, err := LoadNotices(fstest.MapFS{"acorn.rules": {Data: []byte(example)}})
	if err != nil {
		t.Fatal(err)
	}
	if _, ok := n.resolve("acorn", "withdrawal"); !ok {
		t.Error("the example's rule is not there")
	}
	for _, f := range fields {
		if !strings.Contains(string(b), "{"+f+"}") {
			t.Errorf("placeholder {%s} is not documented", f)
		}
	}
}
