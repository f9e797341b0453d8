package forensics_test

import (
	"strings"
	"testing"

	"keytrail/forensics"
)

func TestParseDecimal(t *testing.T) {
	tests := []struct{ in, want string }{
		{"0", "0"},
		{"-0.00", "0.00"},
		{"1.25", "1.25"},
		{"+1.25", "1.25"},
		{"-0.00100000", "-0.00100000"},
		{"007.5", "7.5"},
		{".5", "0.5"},
		{"5.", "5"},
		{"1E-8", "0.00000001"},
		{"2.50e3", "2500"},
		{"1.5e1", "15"},
		{"115792089237316195423570985008687907853269984665640564039457.584007913129639935", "115792089237316195423570985008687907853269984665640564039457.584007913129639935"},
		{"", ""},
		{"-", ""},
		{".", ""},
		{"1.2.3", ""},
		{"1,000", ""},
		{" 1", ""},
		{"0x10", ""},
		{"1_000", ""},
		{"--1", ""},
		{"NaN", ""},
		{"Inf", ""},
		{"1e999999999", ""},
		{"1e", ""},
		{"٣", ""},
		{strings.Repeat("9", 1<<16), ""},
		{"0." + strings.Repeat("0", 70), ""},
	}
	for _, tt := range tests {
		d, err := forensics.ParseDecimal(tt.in)
		if tt.want == "" {
			if err == nil {
				t.Errorf("%.40q: read as %s", tt.in, d)
			}
			continue
		}
		if err != nil || d.String() != tt.want {
			t.Errorf("%q: got %s, %v, want %s", tt.in, d, err, tt.want)
		}
	}
}

func TestDecimalSums(t *testing.T) {
	parse := func(s string) forensics.Decimal {
		d, err := forensics.ParseDecimal(s)
		if err != nil {
			t.Fatal(err)
		}
		return d
	}
	tests := []struct {
		name, want string
		sum        forensics.Decimal
	}{
		{"no_float_error", "0.3", parse("0.1").Add(parse("0.2"))},
		{"places_kept", "150.50", parse("100.00").Add(parse("50.5"))},
		{"netted", "0.000", parse("-1.5").Add(parse("1.500"))},
		{"zero_value", "1.5", forensics.Decimal{}.Add(parse("1.5"))},
		{"multiplied", "28500.000", parse("0.5").Mul(parse("57000.00"))},
		{"rounded_up", "0.13", parse("0.125").Round(2)},
		{"rounded_down", "-0.12", parse("-0.1249").Round(2)},
		{"rounded_away", "-2", parse("-1.5").Round(0)},
		{"not_rounded", "1.5", parse("1.5").Round(2)},
		{"zero_rounded", "0", forensics.Decimal{}.Mul(parse("1")).Round(2)},
		{"negated", "-0.07", parse("0.07").Neg()},
		{"zero_negated", "0", forensics.Decimal{}.Neg()},
		{"absolute", "0.07", parse("-0.07").Abs()},
		{"satoshi", "20999999.97690001", parse("20999999.9769").Add(parse("0.00000001")).Add(parse("0.00010000")).Add(parse("-0.0001")).Add(parse("1E-8").Neg()).Add(parse("0.00000001"))},
	}
	for _, tt := range tests {
		if got := tt.sum.String(); got != tt.want {
			t.Errorf("%s: got %s, want %s", tt.name, got, tt.want)
		}
	}
	for _, tt := range []struct {
		a, b string
		want int
	}{{"1.0", "1", 0}, {"-1", "1", -1}, {"0.30", "0.299", 1}, {"0", "-0.0", 0}} {
		if got := parse(tt.a).Cmp(parse(tt.b)); got != tt.want {
			t.Errorf("%s compared with %s: got %d, want %d", tt.a, tt.b, got, tt.want)
		}
	}
	if got := (forensics.Decimal{}).Sign(); got != 0 {
		t.Errorf("sign of the zero value: %d", got)
	}
}
