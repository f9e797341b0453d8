package forensics_test

import (
	"testing"
	"time"

	"keytrail/forensics"
)

func TestNetTransfers(t *testing.T) {
	hour := int64(time.Hour)
	sent := func(amount, tx string, more func(*forensics.Event)) forensics.Event {
		e := forensics.Event{Kind: forensics.FundsSent, Outcome: forensics.Success, Service: "kraken", Asset: "BTC", Amount: amount, TxID: tx}
		e.Time.Nano = 100 * hour
		if more != nil {
			more(&e)
		}
		return e
	}
	reversal := func(e *forensics.Event) {
		e.Kind, e.Reasons = forensics.FundsReceived, []string{forensics.ReasonReversal}
	}
	notice := func(hours int64) func(*forensics.Event) {
		return func(e *forensics.Event) {
			e.Sender, e.Outcome, e.Service, e.Asset = forensics.SenderAuthenticated, forensics.OutcomeNone, "Kraken", "btc"
			e.Time.Nano = hours * hour
		}
	}
	tests := []struct {
		name   string
		events []forensics.Event
		want   []int
		sum    string
	}{
		{"plain", []forensics.Event{sent("0.5", "", nil), sent("0.25", "", nil)}, []int{1, 1}, "0.75"},
		{"reversed", []forensics.Event{sent("0.5", "Q1", nil), sent("0.5", "Q1", reversal)}, []int{1, -1}, "0.0"},
		{"reversal_comes_first", []forensics.Event{sent("0.5", "Q1", reversal), sent("0.5", "Q1", nil)}, []int{-1, 1}, "0.0"},
		{"reversal_of_what_is_not_here", []forensics.Event{sent("0.5", "Q1", nil), sent("0.5", "Q2", reversal)}, []int{1, 0}, "0.5"},
		{"reversal_in_part", []forensics.Event{sent("0.5", "Q1", nil), sent("0.2", "Q1", reversal)}, []int{1, -1}, "0.3"},
		{"of_another_service", []forensics.Event{sent("0.5", "Q1", nil), sent("0.5", "Q1", func(e *forensics.Event) { reversal(e); e.Service = "gemini" })}, []int{1, 0}, "0.5"},
		{"failed", []forensics.Event{sent("0.5", "", func(e *forensics.Event) { e.Outcome = forensics.Failure })}, []int{0}, "0"},
		{"under_way_then_booked", []forensics.Event{sent("0.5", "Q1", func(e *forensics.Event) { e.Outcome = forensics.OutcomeUnknown }), sent("0.5", "Q1", nil)}, []int{0, 1}, "0.5"},
		{"internal", []forensics.Event{sent("0.5", "", func(e *forensics.Event) { e.Reasons = []string{forensics.ReasonInternal} })}, []int{0}, "0"},
		{"fiat_left_all_the_same", []forensics.Event{sent("50", "", func(e *forensics.Event) { e.Reasons = []string{forensics.ReasonFiat} })}, []int{1}, "50"},
		{"deposit_taken_back", []forensics.Event{sent("0.5", "Q1", func(e *forensics.Event) { e.Reasons = []string{forensics.ReasonReversal} })}, []int{0}, "0"},
		{"one_transaction_in_two_exports", []forensics.Event{sent("0.5", "T", nil), sent("0.50", "T", nil)}, []int{1, 0}, "0.5"},
		{"one_transaction_of_two_sums", []forensics.Event{sent("0.5", "T", nil), sent("0.2", "T", nil)}, []int{1, 1}, "0.7"},
		{"equal_sums_are_two", []forensics.Event{sent("0.5", "", nil), sent("0.5", "", nil)}, []int{1, 1}, "1.0"},
		{"notice_and_row", []forensics.Event{sent("0.50", "", notice(101)), sent("0.5", "T", nil)}, []int{0, 1}, "0.5"},
		{"notice_of_another_day", []forensics.Event{sent("0.5", "", notice(125)), sent("0.5", "T", nil)}, []int{1, 1}, "1.0"},
		{"two_notices_one_row", []forensics.Event{sent("0.5", "", notice(101)), sent("0.5", "T", nil), sent("0.5", "", notice(102))}, []int{0, 1, 1}, "1.0"},
		{"notice_of_what_came_back", []forensics.Event{sent("0.5", "", notice(101)), sent("0.5", "Q", nil), sent("0.5", "Q", reversal)}, []int{0, 1, -1}, "0.0"},
		{"notice_alone", []forensics.Event{sent("0.5", "", notice(101))}, []int{1}, "0.5"},
		{"received", []forensics.Event{sent("0.5", "", func(e *forensics.Event) { e.Kind = forensics.FundsReceived })}, []int{0}, "0"},
	}
	for _, tt := range tests {
		var list []forensics.Transfer
		for i := range tt.events {
			x, ok := forensics.TransferOf(&tt.events[i])
			if !ok {
				t.Fatalf("%s: event %d is no transfer", tt.name, i)
			}
			list = append(list, x)
		}
		var sum forensics.Decimal
		for i, n := range forensics.NetTransfers(list) {
			if n.Sign != tt.want[i] {
				t.Errorf("%s: transfer %d counts %d (%s), want %d", tt.name, i, n.Sign, n.Why, tt.want[i])
			}
			if n.Sign != 1 && n.Why == "" {
				t.Errorf("%s: transfer %d does not say why", tt.name, i)
			}
			switch n.Sign {
			case 1:
				sum = sum.Add(list[i].Amount)
			case -1:
				sum = sum.Add(list[i].Amount.Neg())
			}
		}
		if sum.String() != tt.sum && sum.Cmp(forensics.Decimal{}) != 0 {
			t.Errorf("%s: sum %s, want %s", tt.name, sum, tt.sum)
		}
	}
	for _, e := range []forensics.Event{{Kind: forensics.FundsSent}, {Kind: forensics.FundsSent, Amount: "much"}, {Kind: forensics.Other, Amount: "1"}} {
		if _, ok := forensics.TransferOf(&e); ok {
			t.Errorf("%+v is taken for a transfer", e)
		}
	}
}
