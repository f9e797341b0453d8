// Package statement reads what exchanges hand out about money: exports of transactions, and
// Coinbase's archive of personal data with its own log of sign-ins.
//
// Most exports are tables, and most of what is known about them is data: exchanges.go has one row of facts for
// each exchange (columns, zone, words, signs), table.go reads them all. What a table cannot say has a file of its own.
//
// Invariants: an amount is a decimal string, exactly as written but for signs, symbols and separators of thousands;
// what it means in dollars is what the export states, never a price from elsewhere; a row that moved nothing out of or into the
// account (a trade, a reward) is kept as "other"; a row that undoes another one is kept beside it, so that
// both are there to be shown and their sum is zero.
package statement

import "keytrail/forensics/format"

// Formats lists the formats of this family. Their headers have nothing in common, so their order
// means nothing; it is by how often they are met.
func Formats() []format.Format {
	out := []format.Format{CoinbaseArchive{}, Gemini{}}
	for i := range exchanges {
		out = append(out, Table{&exchanges[i]})
	}
	return out
}
