package rule

import (
	"context"
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"testing"

	"keytrail/forensics"
	"keytrail/forensics/rule/ruletest"
)

// places are the networks of the tests: home, an office of the same country, a server abroad, a mobile carrier, a
// hotel abroad, a mail proxy, a VPN.
var places = []struct {
	prefix netip.Prefix
	place  forensics.Place
}{
	{netip.MustParsePrefix("198.51.100.0/24"), forensics.Place{Country: "US", ASN: 64496, Org: "Home ISP"}},
	{netip.MustParsePrefix("203.0.113.0/25"), forensics.Place{Country: "NL", ASN: 64511, Org: "Example Hosting", Kind: "hosting"}},
	{netip.MustParsePrefix("203.0.113.128/25"), forensics.Place{Country: "RO", ASN: 64510, Org: "Other ISP"}},
	{netip.MustParsePrefix("192.0.2.0/26"), forensics.Place{Country: "US", ASN: 64500, Org: "Office"}},
	{netip.MustParsePrefix("192.0.2.64/26"), forensics.Place{Country: "US", ASN: 64501, Org: "Example Mobile", Kind: "mobile"}},
	{netip.MustParsePrefix("192.0.2.128/26"), forensics.Place{Country: "FR", ASN: 64502, Org: "Hotel Net"}},
	{netip.MustParsePrefix("192.0.2.192/27"), forensics.Place{Country: "IE", ASN: 64503, Org: "Mail Fetcher", Kind: "proxy"}},
	{netip.MustParsePrefix("192.0.2.224/27"), forensics.Place{Country: "SE", ASN: 64504, Org: "Example VPN", Kind: "vpn"}},
}

func where(ip netip.Addr) forensics.Place {
	for _, p := range places {
		if p.prefix.Contains(ip) {
			return p.place
		}
	}
	return forensics.Place{}
}

func kilometres(a, b forensics.Place) (int, bool) {
	if a.Country == "" || b.Country == "" {
		return 0, false
	}
	if a.Country == b.Country {
		return 0, true
	}
	if a.Country == "US" || b.Country == "US" {
		return 5000, true
	}
	return 100, true
}

// options of one evaluation.
type options struct {
	verdicts map[string]string // "ip:203.0.113.7" to "mine" or "not-mine"
	settings map[string]string
	sources  []Source
	account  string
}

func evaluateLines(t testing.TB, table string, o options) (*Account, *ruletest.Case) {
	t.Helper()
	c, err := ruletest.Lines(table)
	if err != nil {
		t.Fatal(err)
	}
	in := input(t, c, o)
	a, err := Evaluate(context.Background(), in)
	if err != nil {
		t.Fatal(err)
	}
	check(t, c, a)
	return a, c
}

func input(t testing.TB, c *ruletest.Case, o options) *Input {
	if o.account == "" {
		o.account = ruletest.DefaultAccount
	}
	events, err := c.Account(o.account, nil)
	if err != nil {
		t.Fatal(err)
	}
	unowned, err := c.Account("", nil)
	if err != nil {
		t.Fatal(err)
	}
	set := Defaults()
	for name, value := range o.settings {
		if err := set.Set(name, value); err != nil {
			t.Fatal(err)
		}
	}
	return &Input{Briefs: c, Account: events, Unowned: unowned.Briefs, Where: where, Kilometres: kilometres, Settings: set, Sources: o.sources,
		Judge: func(kind, value string) string { return o.verdicts[kind+":"+value] }}
}

// check is what holds for every finding.
func check(t testing.TB, c *ruletest.Case, a *Account) {
	t.Helper()
	known := map[string]*Rule{}
	for _, r := range Catalogue() {
		known[r.ID] = r
	}
	for _, f := range a.Findings {
		if known[f.Rule] == nil || f.Why == "" || f.InnocentIf == "" || len(f.Rows) == 0 || f.Weight < 0 || f.Weight > 1 || f.End < f.Start {
			t.Errorf("incomplete finding %+v", f)
		}
		if strings.Contains(f.Why, "%!") || strings.Contains(f.Why, "\n") {
			t.Errorf("%s: %q", f.Rule, f.Why)
		}
		if !slices.IsSorted(f.Rows) && f.Step != forensics.StepMoney {
			t.Errorf("%s: rows out of order: %d", f.Rule, f.Rows)
		}
		for _, row := range f.Rows {
			if e := c.Event(row); e.Certainty > f.Certainty {
				t.Errorf("%s is %s, but its event %d only %s", f.Rule, f.Certainty, row, e.Certainty)
			}
		}
	}
	if a.Profile == nil {
		t.Error("no profile")
	}
}

// dump writes findings one a line, for the eye.
func dump(a *Account) string {
	var b strings.Builder
	for _, f := range a.Findings {
		fmt.Fprintf(&b, "%s %-8s %.2f %-8s rows %d related %d: %s\n", f.Rule, f.Step, f.Weight, f.Certainty, f.Rows, f.Related, f.Why)
	}
	for _, n := range a.NotChecked {
		fmt.Fprintf(&b, "not checked: %s %s\n", n.Rule, n.Why)
	}
	return b.String()
}

// found gives the findings of one rule.
func found(a *Account, rule string) (list []forensics.Finding) {
	for _, f := range a.Findings {
		if f.Rule == rule {
			list = append(list, f)
		}
	}
	return list
}

// quietLife is half a year of an owner at home: a mail program, the site, an office.
const quietLife = `
2022-06-01T07:00:00Z login-succeeded ip=198.51.100.7 protocol=imap client="Thunderbird 102" every=24h times=180
2022-06-01T19:00:00Z login-succeeded ip=198.51.100.7 protocol=web client="Firefox 100" every=48h times=90
2022-06-02T12:00:00Z login-succeeded ip=192.0.2.10 protocol=web client="Firefox 100" every=168h times=25
2022-06-01T09:00:00Z mail-received from=friend@example.org every=12h times=360
`
