package forensics

import (
	"slices"
	"strings"
	"time"
)

// Reasons of events about money, as Event.Reasons holds them: why a transfer is no loss by itself.
const (
	// ReasonReversal marks a row that undoes another one of the same service and TxID: a withdrawal that failed and
	// came back. Its kind is the opposite one, so that the two add up to nothing.
	ReasonReversal = "reversal"
	// ReasonInternal marks a transfer between two accounts of one person at the same company.
	ReasonInternal = "internal"
	// ReasonFiat marks a payout to a bank or card, or a deposit from one.
	ReasonFiat = "fiat"
)

// Transfer is what adding up needs of an event about money.
type Transfer struct {
	Row      int64 // of the event
	Time     int64 // nanoseconds since 1970
	Sent     bool  // it left; else it came
	Outcome  Outcome
	Stated   bool // a statement has it, not only a notice
	Internal bool // between two accounts of one person
	Reversal bool // it undoes another one
	Service  string
	Asset    string
	TxID     string
	Amount   Decimal // positive
}

// TransferOf takes a transfer out of an event; ok is false where the event is none, or states no amount.
func TransferOf(e *Event) (t Transfer, ok bool) {
	if e.Kind != FundsSent && e.Kind != FundsReceived || e.Amount == "" {
		return t, false
	}
	amount, err := ParseDecimal(e.Amount)
	if err != nil {
		return t, false
	}
	return Transfer{
		Row: e.Row, Time: e.Time.Nano, Sent: e.Kind == FundsSent, Outcome: e.Outcome, Stated: e.Sender == SenderNone,
		Internal: slices.Contains(e.Reasons, ReasonInternal), Reversal: slices.Contains(e.Reasons, ReasonReversal),
		Service: e.Service, Asset: e.Asset, TxID: e.TxID, Amount: amount.Abs(),
	}, true
}

// Netted is how a transfer counts: 1 where its amount left, -1 where it gives back what another one took, 0 where it does
// not count. Why says in a few words why it does not, or what it gives back.
type Netted struct {
	Sign int
	Why  string
}

// sameTransfer is how far a notice and the statement's row about one transfer may be dated apart.
const sameTransfer = int64(24 * time.Hour)

// NetTransfers tells how each of a list of transfers counts towards what left, so that their sum holds every one
// once: what failed or came back does not count, and a notice of what a statement has does not count either.
func NetTransfers(list []Transfer) []Netted {
	out := make([]Netted, len(list))
	type key struct{ service, asset, detail string }
	keyOf := func(t *Transfer, detail string) key {
		return key{strings.ToLower(t.Service), strings.ToUpper(t.Asset), detail}
	}
	plain := func(t *Transfer) string {
		s := t.Amount.String()
		if strings.Contains(s, ".") {
			s = strings.TrimRight(strings.TrimRight(s, "0"), ".")
		}
		return s
	}
	taken := map[key]int{}    // by service, asset and TxID: places, from 1, of what statements say was taken
	stated := map[key][]int{} // by service, asset and amount: places of statements' rows that no notice was found for
	for i := range list {
		t := &list[i]
		if !t.Sent || !t.Stated || t.Reversal {
			continue
		}
		amount := keyOf(t, plain(t))
		stated[amount] = append(stated[amount], i)
		switch {
		case t.Outcome == Failure:
			out[i].Why = "failed"
			continue
		case t.Outcome == OutcomeUnknown:
			out[i].Why = "its outcome is not known"
			continue
		case t.Internal:
			out[i].Why = "between two accounts of the same user"
			continue
		}
		out[i].Sign = 1
		if t.TxID == "" {
			continue
		}
		tx := keyOf(t, t.TxID)
		if first := taken[tx]; first > 0 && list[first-1].Amount.Cmp(t.Amount) == 0 {
			out[i] = Netted{Why: "the same transfer stands in another row"}
			continue
		}
		taken[tx] = i + 1
	}
	for i := range list {
		t := &list[i]
		switch {
		case t.Reversal && !t.Sent:
			out[i].Why = "gives back a transfer that is not here"
			if first := taken[keyOf(t, t.TxID)]; first > 0 && t.TxID != "" {
				out[i] = Netted{Sign: -1, Why: "gives back what was taken"}
			}
		case t.Reversal:
			out[i].Why = "takes back a deposit"
		case !t.Sent:
			out[i].Why = "received"
		case !t.Stated:
			out[i] = Netted{Sign: 1}
			amount := keyOf(t, plain(t))
			rows := stated[amount]
			at := slices.IndexFunc(rows, func(k int) bool { gap := list[k].Time - t.Time; return max(gap, -gap) <= sameTransfer })
			switch {
			case at >= 0:
				out[i] = Netted{Why: "a notice of a transfer that a statement has"}
				stated[amount] = slices.Delete(rows, at, at+1)
			case t.Outcome == Failure:
				out[i] = Netted{Why: "failed"}
			}
		}
	}
	return out
}
