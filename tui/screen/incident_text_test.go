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

func TestIncidentNumbers(t *testing.T) {
	for _, c := range []struct {
		mark string
		ids  []int64
		w    int
		want string
	}{
		{"", []int64{1, 2}, 5, "#1 #2"},
		{"+", []int64{1, 2}, 7, "+#1 +#2"},
		{"+", []int64{1, 2}, 6, "+#1 +1"},
		{"", []int64{1, 20, 300}, 9, "#1 #20 +1"},
		{"", []int64{1, 20, 300}, 5, "#1 +2"},
		{"", []int64{12345}, 3, "#12345"},
		{"", nil, 5, ""},
	} {
		if got := incidentNumbers(c.mark, c.ids, c.w); got != c.want {
			t.Errorf("%q %v in %d columns: %q, want %q", c.mark, c.ids, c.w, got, c.want)
		}
	}
}
