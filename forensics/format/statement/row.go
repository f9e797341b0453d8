package statement

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"strconv"
	"strings"

	"keytrail/forensics"
	"keytrail/forensics/format"
)

// row is one row of a table, and what the rows before it said.
type row struct {
	service, name string // the exchange; the item's name
	account       string // whom the file is about, where it says so
	layout        *layout
	columns
	fields [][]byte
	seen   map[uint64]int // rows of the same content, by their hash
}

// maxText is the longest text of an event, in bytes; of addresses and names of transactions too.
const maxText = 500

// get is a field's text, empty where the row has none.
func (r *row) get(column int) string {
	if column < 0 || column >= len(r.fields) {
		return ""
	}
	f := r.fields[column]
	if len(f) > 4*maxText {
		f = f[:4*maxText]
	}
	return clip(strings.TrimSpace(format.Text(f)))
}

// clip bounds a text without cutting a character.
func clip(s string) string {
	if len(s) <= maxText {
		return s
	}
	n := maxText
	for n > 0 && s[n]&0xC0 == 0x80 {
		n--
	}
	return s[:n]
}

// header takes the row as the header where it is one, and reports whether it is. Files that were put together
// repeat it.
func (r *row) header(layouts []layout, n int) bool {
	if r.layout != nil {
		if len(r.fields) <= r.time || fold(r.get(r.time)) == "" || r.get(r.time)[0] >= '0' && r.get(r.time)[0] <= '9' {
			return false
		}
	} else if n >= maxPreamble {
		return false
	}
	names := foldAll(r.fields)
	if names == nil {
		return false
	}
	for i := range layouts {
		if c, ok := layouts[i].bind(names); ok {
			r.layout, r.columns = &layouts[i], c
			return true
		}
	}
	return false
}

// preamble looks at a row above the header: Coinbase names the user there.
func (r *row) preamble() {
	for i := range r.fields {
		if s := r.get(i); strings.Contains(s, "@") && isAddress(s) && r.account == "" {
			r.account = strings.ToLower(s)
		}
	}
}

// event fills e from the row, or says why it cannot.
func (r *row) event(e *forensics.Event) (why string) {
	l := r.layout
	if len(r.fields) < r.width {
		return "row is too short: " + strconv.Itoa(len(r.fields)) + " of at least " + strconv.Itoa(r.width) + " columns"
	}
	at, ok := l.clock.read(r.get(r.time), r.offset, "Transaction")
	if !ok {
		return "time is not one of the known spellings"
	}
	cell := r.get(r.columns.amount)
	sum, unit, ok := amount(cell)
	if !ok && cell != "" {
		return "amount is no number"
	}
	*e = forensics.Event{
		Time: at, Certainty: forensics.Reported, Service: r.service, Account: r.account, Operation: r.get(r.op),
		Amount: sum.Abs().String(), Asset: r.assetOf(unit), Destination: r.get(r.dest), TxID: r.get(r.tx),
	}
	w := l.way
	if known, ok := l.words[fold(e.Operation)]; ok {
		w = known
	}
	e.Kind = w.kind(sum.Sign() < 0)
	switch {
	case cell == "" && e.Kind != forensics.Other:
		return "transfer without an amount"
	case cell == "": // trades have their amounts elsewhere
		e.Amount = ""
	case e.Kind == forensics.Other:
		e.Amount = sum.String() // of a trade's two sides the sign tells which is which
	}
	e.Outcome = forensics.Success
	if r.status >= 0 {
		e.Outcome = outcome(r.get(r.status))
	}
	valued := r.value(e, sum)
	detail := r.describe(e, &w)
	if l.signed {
		if undoes := reversal(w, sum, e); undoes != "" {
			detail = append(detail, undoes)
		}
	}
	if r.status >= 0 && e.Outcome != forensics.Success {
		detail = append(detail, "status "+quoteEmpty(r.get(r.status)))
	}
	if s := r.get(r.network); s != "" && e.Kind != forensics.Other {
		detail = append(detail, "network "+s)
	}
	if s := r.get(r.note); s != "" && l.rest == nil {
		detail = append(detail, s)
	}
	if fee, unit, ok := amount(r.get(r.fee)); ok && fee.Sign() != 0 {
		currency := firstOf(r.get(r.cur), r.currency)
		detail = append(detail, "fee "+fee.Abs().String()+" "+firstOf(asset("", unit), firstOf(currency, e.Asset)))
	}
	if valued != "" {
		detail = append(detail, valued)
	}
	e.Detail = strings.Join(detail, "; ")
	if l.rest != nil {
		if why := l.rest(r, e); why != "" {
			return why
		}
	}
	if e.Kind == forensics.FundsReceived {
		e.Destination = "" // the column then has the user's own address
	}
	e.Detail = clip(e.Detail)
	if e.Operation == "" {
		e.Operation = plainWord(e.Kind)
	}
	r.identify(e)
	return ""
}

// plainWord names what a row does in files that have no word for it.
func plainWord(k forensics.Kind) string {
	switch k {
	case forensics.FundsSent:
		return "withdrawal"
	case forensics.FundsReceived:
		return "deposit"
	}
	return "transaction"
}

// describe says what no theft by itself is, and marks it for those who add up losses.
func (r *row) describe(e *forensics.Event, w *way) (detail []string) {
	if fiat[e.Asset] {
		switch *w {
		case sent:
			*w = fiatSent
		case received:
			*w = fiatReceived
		}
	}
	switch *w {
	case internalSent, internalReceived:
		e.Reasons = append(e.Reasons, forensics.ReasonInternal)
		detail = append(detail, "between two accounts of the same user")
	case fiatSent:
		e.Reasons = append(e.Reasons, forensics.ReasonFiat)
		detail = append(detail, "a payout to a bank or card")
	case fiatReceived:
		e.Reasons = append(e.Reasons, forensics.ReasonFiat)
	case unsaid:
		detail = append(detail, "deposit or withdrawal: the export does not say which")
	}
	return detail
}

// reversal turns a row around whose sign is against its word: a withdrawal with a positive amount gives back what
// an earlier one took.
func reversal(w way, sum forensics.Decimal, e *forensics.Event) string {
	switch {
	case (w == sent || w == fiatSent) && sum.Sign() > 0:
		e.Kind = forensics.FundsReceived
	case (w == received || w == fiatReceived) && sum.Sign() < 0:
		e.Kind = forensics.FundsSent
	default:
		return ""
	}
	e.Reasons = append(e.Reasons, forensics.ReasonReversal)
	return strings.TrimSpace("reversal of " + fold(e.Operation) + " " + e.TxID)
}

// value sets what the export says that it was worth in dollars. Where it only states the price of one, it is
// multiplied, and said so.
func (r *row) value(e *forensics.Event, sum forensics.Decimal) (how string) {
	if e.Asset == "USD" {
		e.ValueUSD = sum.Abs().String()
		return ""
	}
	currency := r.currency // that the header says
	if r.cur >= 0 {
		currency = r.get(r.cur)
	}
	dollars := func(column int) (forensics.Decimal, bool) {
		v, unit, ok := amount(r.get(column))
		said := asset(currency, unit)
		return v.Abs(), ok && v.Sign() != 0 && (said == "USD" || said == "" && r.cur < 0)
	}
	if v, ok := dollars(r.usd); ok {
		e.ValueUSD = v.String()
	} else if price, ok := dollars(r.price); ok && e.Kind != forensics.Other {
		e.ValueUSD = price.Mul(sum.Abs()).Round(2).String()
		return "value: amount times the stated price of " + price.String() + " USD"
	}
	return ""
}

// assetOf is the row's asset by the name that everybody uses.
func (r *row) assetOf(unit string) string {
	code := asset(r.get(r.asset), unit)
	return firstOf(r.layout.assets[strings.ToUpper(code)], code)
}

// asset is a column's asset, or what stood beside the amount.
func asset(column, unit string) string {
	switch unit {
	case "$":
		unit = "USD"
	case "€":
		unit = "EUR"
	case "£":
		unit = "GBP"
	case "¥":
		unit = "JPY"
	}
	return firstOf(column, unit)
}

// maxSeen is how many rows are remembered to tell equal ones apart.
const maxSeen = 1 << 16

// identify gives the event its fact: by the export's own id, else by its content. Where two rows have one
// content the second is a second transfer, in every export that has both.
func (r *row) identify(e *forensics.Event) {
	if id := r.get(r.id); id != "" {
		e.Fact = fact(r.service, id, e)
		return
	}
	sum := sha256.Sum256([]byte(strings.Join([]string{e.Time.RFC3339(), e.Operation, trimZeros(e.Amount), e.Asset, e.Destination, e.TxID}, "\x00")))
	if len(r.seen) >= maxSeen {
		clear(r.seen)
	}
	key := binary.BigEndian.Uint64(sum[:])
	n := r.seen[key]
	r.seen[key] = n + 1
	e.Fact = r.service + "|" + hex.EncodeToString(sum[:12]) + "|" + strconv.Itoa(n)
}

// fact names a transfer by the exchange's id for it. The sum belongs to it: some exchanges give both sides of
// a trade one id.
func fact(service, id string, e *forensics.Event) string {
	return service + "|" + id + "|" + e.Asset + "|" + trimZeros(e.Amount)
}

// trimZeros writes 0.50 as 0.5, so that two exports of one transfer agree.
func trimZeros(s string) string {
	if strings.Contains(s, ".") {
		s = strings.TrimRight(strings.TrimRight(s, "0"), ".")
	}
	return s
}

func firstOf(a, b string) string {
	if a != "" {
		return a
	}
	return b
}

// quoteEmpty shows that there is no word.
func quoteEmpty(s string) string {
	if s == "" {
		return "not given"
	}
	return s
}
