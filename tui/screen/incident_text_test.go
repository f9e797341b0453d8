package screen

import (
	"testing"

	"keytrail/forensics"
)

func TestLossText(t *testing.T) {
	btc := func(amount, usd string) forensics.Loss {
		return forensics.Loss{Asset: "BTC", Amount: amount, ValueUSD: usd}
	}
	for _, c := range []struct {
		name string
		list []forensics.Loss
		want string
	}{
		{"nothing", nil, ""},
		{"valued", []forensics.Loss{btc("1", "100.50"), btc("2", "1000")}, "$1,100.50"},
		{"one has no value", []forensics.Loss{btc("1", "100.50"), btc("2", "")}, "≥$100.50"},
		{"one asset twice", []forensics.Loss{btc("0.1", ""), btc("0.25", "")}, "0.35 BTC"},
		{"two assets thrice", []forensics.Loss{btc("0.1", ""), {Asset: "ETH", Amount: "3"}, btc("1", "")}, "2 assets"},
		{"no number", []forensics.Loss{{Asset: "BTC", Amount: "much"}}, "much BTC"},
	} {
		if got := lossText(c.list); got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}
