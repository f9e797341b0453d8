package forensics

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
