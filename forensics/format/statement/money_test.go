package statement

import "testing"

func TestAmount(t *testing.T) {
	tests := []struct{ in, want, unit string }{
		{"0.5", "0.5", ""},
		{"-0.51000000", "-0.51000000", ""},
		{"$16,000.00", "16000.00", "$"},
		{"-$8,304.39", "-8304.39", "$"},
		{"$-8,304.39", "-8304.39", "$"},
		{"-€597.49846", "-597.49846", "€"},
		{"€3302.6508979077133026", "3302.6508979077133026", "€"},
		{"(1.25)", "-1.25", ""},
		{"($1,000.25)", "-1000.25", "$"},
		{"0.50000000 BTC", "0.50000000", "BTC"},
		{"BTC 0.5", "0.5", "BTC"},
		{"\u22120.5", "-0.5", ""},
		{"1 234 567.5", "1234567.5", ""},
		{"1\u00a0234.50 SEK", "1234.50", "SEK"},
		{"1'000.5", "1000.5", ""},
		{"1E-8", "0.00000001", ""},
		{"2.5e3", "2500", ""},
		{"5 EUR", "5", "EUR"},
		{" 7 ", "7", ""},
		{"", "", ""},
		{"-", "", ""},
		{"abc", "", ""},
		{"1,5", "", ""},
		{"1.234,56", "", ""},
		{"1,2345", "", ""},
		{",5", "", ""},
		{"1.2.3", "", ""},
		{"--5", "", ""},
		{"12:30", "", ""},
		{"2022-11-14", "", ""},
		{"=1+1", "", ""},
		{"100%", "", ""},
	}
	for _, tt := range tests {
		d, unit, ok := amount(tt.in)
		if tt.want == "" {
			if ok {
				t.Errorf("%q: read as %s", tt.in, d)
			}
			continue
		}
		if !ok || d.String() != tt.want || unit != tt.unit {
			t.Errorf("%q: got %s, %q, %v, want %s, %q", tt.in, d, unit, ok, tt.want, tt.unit)
		}
	}
}

func TestDestinationOf(t *testing.T) {
	for note, want := range map[string]string{
		"Sent 0.5 BTC to bc1qexample0example0example0example0exam7le":       "bc1qexample0example0example0example0exam7le",
		"Sent 0.5 BTC to 1ExampleExampleExampleExamp1e (moved to a wallet)": "1ExampleExampleExampleExamp1e",
		"Sent 1 ETH to pat.eth":                                          "pat.eth",
		"Sent 1 ETH to sam@example.net":                                  "sam@example.net",
		"Sent 0.5 BCH to bitcoincash:qexample0example0example0example00": "bitcoincash:qexample0example0example0example00",
		"Sent 1 ETH to an external account":                              "",
		"Sent 0.180914809326 ETH2s":                                      "",
		"Converted 1 BTC to 20 ETH":                                      "",
		"to":                                                             "",
		" to ":                                                           "",
		"":                                                               "",
	} {
		if got := destinationOf(note); got != want {
			t.Errorf("%q: got %q, want %q", note, got, want)
		}
	}
}

func TestShortest(t *testing.T) {
	for in, want := range map[string]string{
		"0.10000000000000001": "0.1", "-0.84999999999999998": "-0.85", "0.1": "0.1", "1E-8": "1E-8", "44879.145833333336": "44879.145833333336",
		"0.123456789012345678901": "0.123456789012345678901", "12345678901234567890": "12345678901234567890", "abc": "abc", "": "",
	} {
		if got := shortest(in); got != want {
			t.Errorf("%q: got %q, want %q", in, got, want)
		}
	}
}
