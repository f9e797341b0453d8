package statement

import (
	"strings"
	"time"

	"keytrail/forensics"
	"keytrail/forensics/format"
)

// exchanges are the tables that are known, by how often they are met. Headers and words are those that the public
// readers of these files know (BittyTax, rotki); the exchanges publish no specification of them.
var exchanges = []exchange{coinbase, coinbaseOld, kraken, binance, binanceUS, cryptoCom, bitstamp, bitfinex, kucoin, okx, bybit, robinhood, blockchain, bitvavo, revolut}

// about words what most of them have in common.
func about(title, reads, howTo, source string) format.About {
	return format.About{Title: title, Reads: reads, Gives: []string{"money", "other"}, HowTo: howTo, Source: source}
}

// inOut are the words of most exchanges.
var inOut = map[string]way{
	"withdrawal": sent, "withdraw": sent, "send": sent, "crypto withdrawal": sent, "fiat withdrawal": fiatSent, "fiat withdraw": fiatSent,
	"deposit": received, "receive": received, "crypto deposit": received, "fiat deposit": fiatReceived,
}

var binance = exchange{
	name: "statement/binance", service: "binance",
	about: about("Binance withdrawals, deposits and statements", "CSV: withdrawal history (zone in the header), the older one that deposits share, the statement of all operations",
		"binance.com > Wallet > Transaction History > Export Withdrawal History (and Generate all statements), CSV in UTC+0.", "https://www.binance.com/en/support/faq/how-to-download-spot-trading-transaction-history-statement-e4ff64f2533f4d23a0b3f8f17f510eab"),
	layouts: []layout{
		{
			header: []string{"date(utc*)|time(utc*)", "coin", "network", "amount", "fee", "address", "txid", "status"},
			at:     "date(utc*)|time(utc*)", asset: "coin", amount: "amount", dest: "address", tx: "txid", fee: "fee", network: "network", status: "status",
			clock: clock{layouts: []string{layoutSpace, "06-01-02 15:04:05"}, zone: zoneHeader},
			way:   sent, rest: binanceFile,
		},
		{
			header: []string{"date(utc*)", "coin", "network", "amount", "address", "txid", "status"},
			at:     "date(utc*)", asset: "coin", amount: "amount", dest: "address", tx: "txid", fee: "transactionfee", network: "network", status: "status",
			clock: clock{layouts: []string{layoutSpace, "06-01-02 15:04:05"}, zone: zoneHeader},
			way:   unsaid, rest: binanceFile,
		},
		{ // the same before networks were named
			header: []string{"date(utc*)", "coin", "amount", "transactionfee", "address", "txid", "sourceaddress", "status"},
			at:     "date(utc*)", asset: "coin", amount: "amount", dest: "address", tx: "txid", fee: "transactionfee", status: "status",
			clock: clock{layouts: []string{layoutSpace, "06-01-02 15:04:05"}, zone: zoneHeader},
			way:   unsaid, rest: binanceFile,
		},
		{
			header: []string{"utc_time", "account", "operation", "coin", "change", "remark"},
			at:     "utc_time", op: "operation", asset: "coin", amount: "change", note: "remark",
			clock: clock{layouts: []string{layoutSpace, "06-01-02 15:04:05"}, zone: zoneUTC},
			words: inOut,
		},
	},
}

// binanceFile tells a file's direction: of those with a column "TransactionFee" only the file's name does, of the
// newer ones the column "Fee" does. A name is no proof, and said so.
func binanceFile(r *row, e *forensics.Event) string {
	if r.layout.way != unsaid {
		return ""
	}
	const unsaidText = "deposit or withdrawal: the export does not say which"
	name := strings.ToLower(r.name)
	switch {
	case strings.Contains(name, "withdraw"):
		e.Kind = forensics.FundsSent
		e.Detail = strings.Replace(e.Detail, unsaidText, "a withdrawal by the file's name", 1)
	case strings.Contains(name, "deposit"):
		e.Kind = forensics.FundsReceived
		e.Detail = strings.Replace(e.Detail, unsaidText, "a deposit by the file's name", 1)
	}
	return ""
}

var binanceUS = exchange{
	name: "statement/binance-us", service: "binance-us",
	about: about("Binance.US transactions", "CSV \"User ID,Time,Category,Operation,...\", older with underscores",
		"binance.us > Tax > Reports > Custom reports: all transactions, CSV.", "https://support.binance.us"),
	layouts: []layout{{
		header: []string{"user id|user_id", "time", "category", "operation", "primary asset|primary_asset", "realized amount for primary asset|realized_amount_for_primary_asset"},
		at:     "time", op: "category", asset: "primary asset|primary_asset", amount: "realized amount for primary asset|realized_amount_for_primary_asset",
		usd: "realized amount for primary asset in usd*|realized_amount_for_primary_asset_in_usd*", id: "transaction id|transaction_id", note: "additional note|additional_note",
		clock: clock{layouts: []string{layoutSpace, layoutISO}, zone: zoneUTC},
		words: inOut,
	}},
}

var cryptoCom = exchange{
	name: "statement/cryptocom", service: "cryptocom",
	about: about("Crypto.com App transactions", "CSV \"Timestamp (UTC),Transaction Description,Currency,Amount,...,Transaction Kind\"",
		"Crypto.com App > Accounts > History > Export: crypto wallet, the whole time (and the same for the fiat wallet).", "https://help.crypto.com/en/articles/5475788-how-can-i-export-my-crypto-com-app-transactions"),
	layouts: []layout{{
		header: []string{"timestamp (utc)", "transaction description", "currency", "amount", "native amount (in usd)", "transaction kind"},
		at:     "timestamp (utc)", op: "transaction kind", asset: "currency", amount: "amount", tx: "transaction hash", usd: "native amount (in usd)", note: "transaction description",
		clock: clock{layouts: []string{layoutSpace}, zone: zoneUTC},
		words: map[string]way{
			"crypto_withdrawal": sent, "crypto_deposit": received, "crypto_transfer": bySign, "fiat_withdrawal": fiatSent, "viban_withdrawal": fiatSent, "viban_deposit": fiatReceived,
			"crypto_to_exchange_transfer": internalSent, "exchange_to_crypto_transfer": internalReceived,
		},
	}},
}

var bitstamp = exchange{
	name: "statement/bitstamp", service: "bitstamp",
	about: about("Bitstamp transactions", "CSV \"ID,Account,Type,Subtype,Datetime,Amount,Amount currency,...\" and the older one with \"0.5 BTC\" in one cell",
		"bitstamp.net > Transactions > Export all, CSV.", "https://www.bitstamp.net/faq/"),
	layouts: []layout{
		{
			header: []string{"id", "account", "type", "subtype", "datetime", "amount", "amount currency"},
			at:     "datetime", op: "type", asset: "amount currency", amount: "amount", usd: "value", cur: "value currency", id: "id", fee: "fee",
			clock: clock{layouts: []string{layoutISO, layoutSpace}, zone: zoneUTC},
			words: map[string]way{"withdrawal": sent, "ripple payment": sent, "deposit": received, "ripple deposit": received},
		},
		{
			header: []string{"type", "datetime", "account", "amount", "value", "rate", "fee", "sub type"},
			at:     "datetime", op: "type", amount: "amount", usd: "value", fee: "fee",
			clock: clock{layouts: []string{"Jan. 2, 2006, 03:04 PM", "January 2, 2006, 03:04 PM"}, zone: zoneNone},
			words: map[string]way{"withdrawal": sent, "ripple payment": sent, "deposit": received, "ripple deposit": received},
		},
	},
}

// bitfinex lets the user choose how dates are written; those with two digits for the year can be read in two ways, and
// are broken.
var bitfinex = exchange{
	name: "statement/bitfinex", service: "bitfinex",
	about: about("Bitfinex movements", "CSV \"#,DATE,CURRENCY,STATUS,AMOUNT,FEES,DESCRIPTION,TRANSACTION ID\" with the year in four digits",
		"bitfinex.com > Reports > Movements > Export: the whole time, CSV, dates as YYYY-MM-DD in UTC.", "https://support.bitfinex.com"),
	layouts: []layout{{
		header: []string{"#", "date|started", "currency", "status", "amount", "fees", "description", "transaction id"},
		at:     "date|started", asset: "currency", amount: "amount", dest: "description", tx: "transaction id", id: "#", fee: "fees", status: "status", note: "note",
		clock: clock{layouts: []string{layoutSpace, layoutISO}, zone: zoneUTC},
		way:   bySign,
	}},
}

var kucoin = exchange{
	name: "statement/kucoin", service: "kucoin",
	about: about("KuCoin withdrawals and deposits", "CSV \"UID,Account Type,Time(UTC+08:00),Coin,Amount,...\" with the zone in the header, and the older one in UTC+8",
		"kucoin.com > Assets > Download History: withdrawals and deposits, CSV.", "https://www.kucoin.com/support"),
	layouts: []layout{
		{
			header: []string{"time(utc*)", "coin", "amount", "withdrawal address/account", "status"},
			at:     "time(utc*)", asset: "coin", amount: "amount", dest: "withdrawal address/account", tx: "hash", fee: "fee", network: "transfer network", status: "status", note: "remarks",
			clock: clock{layouts: []string{layoutSpace}, zone: zoneHeader},
			way:   sent,
		},
		{
			header: []string{"time(utc*)", "coin", "amount", "deposit address", "status"},
			at:     "time(utc*)", asset: "coin", amount: "amount", tx: "hash", fee: "fee", network: "transfer network", status: "status", note: "remarks",
			clock: clock{layouts: []string{layoutSpace}, zone: zoneHeader},
			way:   received,
		},
		{
			header: []string{"time", "coin", "amount", "wallet address|wallet address/account", "remark"},
			at:     "time", asset: "coin", amount: "amount", dest: "wallet address|wallet address/account", note: "remark",
			clock: clock{layouts: []string{layoutSpace}, zone: zoneFixed, offset: 8 * 3600},
			way:   sent,
		},
		{
			header: []string{"coin_type", "type", "vol", "created_at", "hash"},
			at:     "created_at", op: "type", asset: "coin_type", amount: "vol", tx: "hash",
			clock: clock{layouts: []string{layoutSpace}, zone: zoneFixed, offset: 8 * 3600},
			words: inOut,
		},
	},
}

var okx = exchange{
	name: "statement/okx", service: "okx",
	about: about("OKX funding account", "CSV \"id,Time,Type,Amount,Before Balance,After Balance,Fee,Symbol\"",
		"okx.com > Assets > Order center > Report center: funding account history, CSV in UTC.", "https://www.okx.com/help"),
	layouts: []layout{{
		header: []string{"id", "time", "type", "amount", "before balance", "after balance", "fee", "symbol"},
		at:     "time", op: "type", asset: "symbol", amount: "amount", id: "id", fee: "fee",
		clock: clock{layouts: []string{layoutSpace}, zone: zoneNone},
		words: inOut,
	}},
}

var bybit = exchange{
	name: "statement/bybit", service: "bybit",
	about: about("Bybit assets", "CSV \"Date & Time(UTC),Coin,QTY,Type,Account Balance,Description\"",
		"bybit.com > Orders > Export data: deposits and withdrawals, CSV.", "https://www.bybit.com/en/help-center"),
	layouts: []layout{{
		header: []string{"date & time(utc*)", "coin", "qty", "type", "account balance", "description"},
		at:     "date & time(utc*)", op: "description", asset: "coin", amount: "qty",
		clock: clock{layouts: []string{layoutSpace, "2006-01-02 15:04"}, zone: zoneHeader},
		words: map[string]way{"withdrawal": sent, "withdraw": sent, "deposit": received, "transfer to derivatives account": internalSent, "transfer from derivatives account": internalReceived},
	}},
}

var robinhood = exchange{
	name: "statement/robinhood", service: "robinhood",
	about: about("Robinhood crypto transfers", "CSV \"id,created_at,...,currency_code,transfer_type,amount,...,to_address,...\"",
		"robinhood.com > Account > Reports and statements > Crypto transfers, CSV; or ask for the archive of personal data.", "https://robinhood.com/us/en/support/"),
	layouts: []layout{{
		header: []string{"id", "created_at", "currency_code", "transfer_type", "amount", "to_address"},
		at:     "withdrawal_submitted_timestamp|created_at", op: "transfer_type", asset: "currency_code", amount: "amount", dest: "to_address", tx: "blockchain_txn_id", id: "id",
		usd: "usd_amount_at_request", fee: "network_fee", network: "network", status: "state",
		clock: clock{layouts: []string{layoutISO, layoutSpace, "2006-01-02 15:04:05-07:00"}, zone: zoneUTC},
		words: inOut,
	}},
}

var blockchain = exchange{
	name: "statement/blockchain", service: "blockchain",
	about: about("Blockchain.com wallet", "CSV \"date,time,token,type,amount,value_then,...,tx,note\" and the newer one of trading accounts",
		"Blockchain.com Wallet > the asset > Activity > Download: the whole time, CSV.", "https://support.blockchain.com"),
	layouts: []layout{
		{
			header: []string{"date_time_utc", "transaction_type", "asset", "quantity_transacted", "counter_asset", "transaction_hash"},
			at:     "date_time_utc", op: "transaction_type", asset: "asset", amount: "quantity_transacted", tx: "transaction_hash", id: "transaction_id", note: "notes",
			clock: clock{layouts: []string{layoutSpace, layoutISO, "2006-01-02T15:04:05"}, zone: zoneUTC},
			words: inOut, rest: blockchainSend,
		},
		{
			header: []string{"date", "time", "token|amount_btc", "type", "value_then", "value_now", "exchange_rate_then", "tx"},
			at:     "date", op: "type", asset: "token", amount: "amount|amount_btc", usd: "value_then", tx: "tx", note: "note",
			clock: clock{layouts: []string{"2006-01-02"}, zone: zoneUTC},
			way:   bySign, rest: blockchainTime,
		},
	},
}

// blockchainSend takes what was sent from the columns where trading accounts have it.
func blockchainSend(r *row, e *forensics.Event) string {
	if e.Kind == forensics.FundsSent && fold(e.Operation) == "send" && len(r.fields) > r.columns.amount+2 {
		if d, _, ok := amount(r.get(r.columns.amount + 2)); ok && d.Sign() != 0 {
			e.Amount, e.Asset = d.Abs().String(), firstOf(r.get(r.columns.amount+1), e.Asset)
		}
	}
	return ""
}

// blockchainTime reads the column beside the date: seconds since 1970 for Bitcoin, "22:15:07 GMT +00:00" for others.
func blockchainTime(r *row, e *forensics.Event) string {
	cell := r.get(r.columns.time + 1)
	if t, ok := unixOrISO(cell, e.Time.Desc); ok {
		e.Time = t
	} else if at, err := time.Parse("2006-01-02 15:04:05 GMT -07:00", e.Time.Original+" "+cell); err == nil {
		e.Time = forensics.UTC(at, forensics.PrecisionSecond, e.Time.Original+" "+cell, e.Time.Desc)
	} else if cell != "" {
		return "time is not one of the known spellings"
	}
	if r.columns.asset < 0 {
		e.Asset = "BTC"
	}
	return ""
}

var bitvavo = exchange{
	name: "statement/bitvavo", service: "bitvavo",
	about: about("Bitvavo transactions", "CSV \"Timezone,Date,Time,Type,Currency,Amount,...,Status,Transaction ID,Address\"",
		"bitvavo.com > Account > Export transactions: the whole time, CSV.", "https://support.bitvavo.com"),
	layouts: []layout{{
		header: []string{"timezone", "date", "time", "type", "currency", "amount", "status", "transaction id", "address"},
		at:     "date", op: "type", asset: "currency", amount: "amount", dest: "address", id: "transaction id", fee: "fee amount", cur: "fee currency", status: "status",
		clock: clock{layouts: []string{"2006-01-02"}, zone: zoneNone},
		words: inOut, rest: bitvavoTime,
	}},
}

// bitvavoTime joins date, time and the zone that the row names.
func bitvavoTime(r *row, e *forensics.Event) string {
	i := r.columns.time
	zone, text := r.get(i-1), r.get(i)+" "+r.get(i+1)
	at, err := time.Parse("2006-01-02 15:04:05", text)
	if err != nil {
		return "time is not one of the known spellings"
	}
	p := forensics.PrecisionWritten(layoutSpace, text)
	loc, err := time.LoadLocation(zone)
	if err != nil || zone == "" || zone == "Local" {
		e.Time = forensics.Wall(at, p, text, e.Time.Desc)
		return ""
	}
	at = time.Date(at.Year(), at.Month(), at.Day(), at.Hour(), at.Minute(), at.Second(), at.Nanosecond(), loc)
	e.Time = forensics.UTC(at, p, text+" "+zone, e.Time.Desc)
	return ""
}

var revolut = exchange{
	name: "statement/revolut", service: "revolut",
	about: about("Revolut crypto account", "CSV \"Symbol,Type,Quantity,Price,Value,Fees,Date\"",
		"Revolut app > Crypto > Documents > Statement: the whole time, as a spreadsheet (CSV).", "https://help.revolut.com"),
	layouts: []layout{{
		header: []string{"symbol", "type", "quantity", "price", "value", "fees", "date"},
		at:     "date", op: "type", asset: "symbol", amount: "quantity", usd: "value", fee: "fees",
		clock: clock{layouts: []string{"Jan 2, 2006, 3:04:05 PM"}, zone: zoneNone},
		words: inOut,
	}},
}
