package statement

import (
	"strings"

	"keytrail/forensics"
	"keytrail/forensics/format"
)

// kraken is the ledger of a Kraken account. It names no addresses and no transactions of a chain: TxID holds the
// refid, which a withdrawal shares with the row that reverses it. Times are in UTC.
//
// A withdrawal that fails stands there twice: what was taken, and the same with the other sign. Both are kept; the
// second one is "funds-received" with the reason "reversal".
var kraken = exchange{
	name: "statement/kraken", service: "kraken",
	about: format.About{
		Title:  "Kraken ledgers",
		Reads:  "the CSV \"txid,refid,time,type,subtype,aclass,asset,amount,fee,balance\", with or without subclass, wallet and amountusd",
		Gives:  []string{"money", "other"},
		HowTo:  "kraken.com > Documents (History > Export): type Ledgers, all assets, the whole time, CSV. It names no addresses: save the pages of the withdrawals too.",
		Source: "https://support.kraken.com/articles/360001169383-how-to-interpret-ledger-history-fields",
	},
	layouts: []layout{{
		header: []string{"txid", "refid", "time", "type", "asset", "amount", "fee", "balance"},
		at:     "time", op: "type", asset: "asset", amount: "amount", tx: "refid", id: "txid", usd: "amountusd", fee: "fee",
		clock:  clock{layouts: []string{layoutSpace, "2006-01-02 15:04", layoutISO}, zone: zoneUTC},
		words:  map[string]way{"withdrawal": sent, "deposit": received},
		assets: krakenAssets,
		signed: true,
		rest:   krakenRow,
	}},
}

// krakenAssets are Kraken's own codes; all others are as everywhere.
var krakenAssets = map[string]string{
	"XXBT": "BTC", "XBT": "BTC", "XETH": "ETH", "XETC": "ETC", "XLTC": "LTC", "XMLN": "MLN", "XREP": "REP", "XXDG": "DOGE", "XDG": "DOGE",
	"XXLM": "XLM", "XXMR": "XMR", "XXRP": "XRP", "XZEC": "ZEC", "ZAUD": "AUD", "ZCAD": "CAD", "ZEUR": "EUR", "ZGBP": "GBP", "ZJPY": "JPY", "ZUSD": "USD",
}

// krakenRow says what a row without a txid is: an order that was taken and not booked. Once it is, a second row with
// a txid follows.
func krakenRow(r *row, e *forensics.Event) string {
	if r.get(r.id) == "" && e.Kind != forensics.Other {
		e.Outcome = forensics.OutcomeUnknown
		e.Detail = strings.TrimPrefix(e.Detail+"; not booked: the row has no txid", "; ")
	}
	return ""
}
