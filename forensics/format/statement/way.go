package statement

import (
	"keytrail/forensics"
)

// way is what a row does with the account's money.
type way uint8

const (
	nothing          way = iota // a trade, a reward, a fee: kept as "other"
	sent                        // coins went to an address
	received                    // coins came
	bySign                      // the amount's sign says which
	internalSent                // to another account of the same person at the same company
	internalReceived            // from one
	fiatSent                    // a payout to a bank or card
	fiatReceived
	unsaid // sent or received, and the export does not say which
)

// kind gives the kind of event; negative is the amount's sign.
func (w way) kind(negative bool) forensics.Kind {
	switch w {
	case sent, internalSent, fiatSent:
		return forensics.FundsSent
	case received, internalReceived, fiatReceived:
		if negative {
			return forensics.FundsSent
		}
		return forensics.FundsReceived
	case bySign:
		if negative {
			return forensics.FundsSent
		}
		return forensics.FundsReceived
	}
	return forensics.Other
}

// outcomes are the words of the columns that say how a transfer ended. Words that are not there, and none, mean
// that it is not known.
var outcomes = map[string]forensics.Outcome{
	"completed": forensics.Success, "complete": forensics.Success, "success": forensics.Success, "successful": forensics.Success, "succeeded": forensics.Success,
	"done": forensics.Success, "settled": forensics.Success, "finished": forensics.Success, "confirmed": forensics.Success, "ok": forensics.Success,
	"wallet_processed": forensics.Success, "withdrawn": forensics.Success,
	"failed": forensics.Failure, "failure": forensics.Failure, "fail": forensics.Failure, "error": forensics.Failure, "canceled": forensics.Failure,
	"cancelled": forensics.Failure, "rejected": forensics.Failure, "refused": forensics.Failure, "reversed": forensics.Failure, "refunded": forensics.Failure,
	"expired": forensics.Failure, "declined": forensics.Failure,
}

// outcome reads such a word.
func outcome(word string) forensics.Outcome {
	if o, ok := outcomes[fold(word)]; ok {
		return o
	}
	return forensics.OutcomeUnknown
}
