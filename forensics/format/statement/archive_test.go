package statement

import (
	"context"
	"strings"
	"testing"

	"keytrail/forensics/format"
	"keytrail/forensics/format/formattest"
)

// A transaction whose amount cannot be read is broken, not passed over in silence.
func TestArchiveAmounts(t *testing.T) {
	for amount, broken := range map[string]string{
		`"-0.1"`: "", `-0.1`: "", `"NaN"`: "amount is no number", `1e999`: "amount is no number", `null`: "amount is no number", `"1,5"`: "amount is no number",
	} {
		data := `{"Your transactions": [{"Amount": ` + amount + `, "Coinbase_id": "1", "Crypto_hash": "ab", "Currency": "BTC", "Timestamp": "2022-11-14T03:31:09Z"}]}`
		s := formattest.Sink{}
		if err := (CoinbaseArchive{}).Parse(context.Background(), &format.Input{Name: "coinbase_data.json", Reader: strings.NewReader(data), Head: []byte(data)}, &s); err != nil {
			t.Fatal(err)
		}
		switch {
		case broken == "" && (len(s.Records) != 1 || len(s.Lost) != 0):
			t.Errorf("%s: %d records, %v", amount, len(s.Records), s.Lost)
		case broken != "" && (len(s.Records) != 0 || len(s.Lost) != 1 || s.Lost[0].Text != broken):
			t.Errorf("%s: %d records, %v, want %q", amount, len(s.Records), s.Lost, broken)
		}
	}
}
