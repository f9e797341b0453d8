package statement

import (
	"strings"

	"keytrail/forensics"
	"keytrail/forensics/format"
)

const coinbaseHelp = "https://help.coinbase.com/en/coinbase/taxes/reports/how-can-i-download-a-transaction-history-report"

// coinbase are the four generations of Coinbase's transaction report. No specification is published: the headers
// are those that public readers of these files know. Rows stand above the header: a title, the user.
//
// Older generations write what was sent without a sign, newer ones with it. "Exchange Withdrawal" and "Pro
// Withdrawal" are named from the other side: they move from the user's account at Coinbase Exchange or Pro into this one.
var coinbase = exchange{
	name: "statement/coinbase", service: "coinbase", preamble: true,
	about: format.About{
		Title:  "Coinbase transaction report",
		Reads:  "the CSV in its four generations, from \"USD Spot Price at Transaction\" to \"ID,Timestamp,...\"",
		Gives:  []string{"money", "other"},
		HowTo:  "coinbase.com > profile > Statements (or Taxes > Documents) > Generate custom statement: all time, all assets, CSV.",
		Source: coinbaseHelp,
	},
	layouts: []layout{
		coinbaseLayout("id", "price currency", "price at transaction", "total (inclusive of fees and/or spread)", "fees and/or spread"),
		coinbaseLayout("", "spot price currency", "spot price at transaction", "total (inclusive of fees and/or spread)", "fees and/or spread"),
		coinbaseLayout("", "spot price currency", "spot price at transaction", "total (inclusive of fees)", "fees"),
		coinbaseLayout("", "", "* spot price at transaction", "* total (inclusive of fees)", "* fees"),
	},
}

func coinbaseLayout(id, currency, price, total, fee string) layout {
	l := layout{
		header: []string{"timestamp", "transaction type", "asset", "quantity transacted", price, total, "notes"},
		at:     "timestamp", op: "transaction type", asset: "asset", amount: "quantity transacted",
		id: id, usd: total, cur: currency, price: price, fee: fee, note: "notes",
		clock: clock{layouts: []string{layoutUTC, layoutISO}, zone: zoneUTC},
		words: map[string]way{
			"send": sent, "receive": received, "donation": sent,
			"withdrawal": fiatSent, "deposit": fiatReceived,
			"exchange withdrawal": internalReceived, "pro withdrawal": internalReceived,
			"exchange deposit": internalSent, "pro deposit": internalSent,
		},
		rest: coinbaseRow,
	}
	for _, name := range []string{id, currency} {
		if name != "" {
			l.header = append(l.header, name)
		}
	}
	return l
}

// coinbaseRow takes the destination out of the notes: "Sent 0.5 BTC to bc1q...".
func coinbaseRow(r *row, e *forensics.Event) string {
	note := r.get(r.note)
	if e.Kind == forensics.FundsSent && e.Destination == "" {
		e.Destination = destinationOf(note)
	}
	if note != "" && e.Destination == "" {
		e.Detail = strings.TrimPrefix(e.Detail+"; "+note, "; ")
	}
	return ""
}

// destinationOf finds where a note says that it was sent: the last word behind "to" that can be an address.
func destinationOf(note string) string {
	for rest := note; ; {
		i := strings.LastIndex(rest, " to ")
		if i < 0 {
			return ""
		}
		word, _, _ := strings.Cut(strings.TrimSpace(note[i+len(" to "):]), " ")
		if word = strings.Trim(word, "().,;\"'"); isAddress(word) {
			return word
		}
		rest = rest[:i]
	}
}

// coinbaseOld is the report of before 2019 of one wallet, with the balance beside each transaction, two columns
// without a name at its end (the hash of the chain and an id), and the user above the header.
var coinbaseOld = exchange{
	name: "statement/coinbase-transactions", service: "coinbase", preamble: true,
	about: format.About{
		Title:  "Coinbase transactions of one wallet (until 2018)",
		Reads:  "the CSV \"Timestamp,Balance,Amount,Currency,To,Notes,Instantly Exchanged,Transfer Total,...\"",
		Gives:  []string{"money", "other"},
		HowTo:  "no longer offered; who saved it then still has it, and the archive of personal data has the same.",
		Source: coinbaseHelp,
	},
	layouts: []layout{{
		header: []string{"timestamp", "balance", "amount", "currency", "to", "notes", "instantly exchanged", "transfer total"},
		at:     "timestamp", asset: "currency", amount: "amount", dest: "to", note: "notes",
		usd: "transfer total", cur: "transfer total currency", fee: "", id: "",
		clock: clock{layouts: []string{layoutOffset, layoutUTC, layoutISO}, zone: zoneUTC},
		way:   bySign,
		rest:  coinbaseOldRow,
	}},
}

// coinbaseOldRow tells transfers from trades: a trade has a Transfer Total, and what goes out has a receiver or a hash.
func coinbaseOldRow(r *row, e *forensics.Event) string {
	hash := ""
	for i := r.columns.amount + 1; i < len(r.fields); i++ {
		if s := r.get(i); i > r.note && (len(s) == 64 || len(s) == 66) && isAddress(s) {
			hash = s
		}
	}
	e.TxID = hash
	e.Operation = "transaction"
	if note := r.get(r.note); note != "" {
		e.Detail = strings.TrimPrefix(e.Detail+"; "+note, "; ")
	}
	if e.Destination == "" && hash == "" || r.get(r.usd) != "" {
		e.Kind, e.Reasons = forensics.Other, nil
	}
	return ""
}
