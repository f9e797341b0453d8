package statement

import (
	"bytes"
	"compress/flate"
	"context"
	"encoding/binary"
	"errors"
	"io"
	"math"
	"strconv"
	"strings"
	"time"

	"keytrail/forensics"
	"keytrail/forensics/format"
)

// Gemini reads the transaction history of a Gemini account, a workbook. Every asset has three columns ("BTC Amount BTC",
// "Fee (BTC) BTC", "BTC Balance BTC"); those of a row are found by its symbol. Times are in UTC. The last row holds
// totals and no date. No specification is published: the columns are those that public readers know.
//
// A row has no bytes of its own in a workbook: a record's place is the packed sheet, its line the number of the row.
type Gemini struct{}

var _ format.Format = Gemini{}

const gemini = "gemini" // the service

// Name implements format.Format.
func (Gemini) Name() string { return "statement/gemini" }

// About implements format.Format.
func (Gemini) About() format.About {
	return format.About{
		Title:  "Gemini transaction history",
		Reads:  "the workbook (.xlsx) as it is downloaded",
		Gives:  []string{"money", "other"},
		HowTo:  "gemini.com > Account > Settings > Statements and History > Transaction history: the whole time, XLSX.",
		Source: "https://support.gemini.com/hc/en-us/articles/360034411451",
	}
}

// What the header must have, folded.
var geminiColumns = []string{"date", "type", "symbol", "specification", "liquidity indicator", "tx hash", "withdrawal destination"}

// Match implements format.Format. What a large workbook says can stand behind the head: then its name is all there is
// to go by, and the parser says whether it was right.
func (Gemini) Match(h *format.Head) format.Guess {
	if !bytes.HasPrefix(h.Bytes, []byte("PK\x03\x04")) || !bytes.Contains(h.Bytes, []byte("xl/")) {
		return format.Guess{}
	}
	found := 0
	eachPart(h.Bytes, func(data []byte) {
		if bytes.Contains(data, []byte("Liquidity Indicator")) && bytes.Contains(data, []byte("Withdrawal Destination")) {
			found++
		}
	})
	switch {
	case found > 0:
		return format.Guess{Score: 95, Why: "a workbook with the columns of Gemini's transaction history"}
	case !h.Complete && strings.Contains(strings.ToLower(h.Name), gemini):
		return format.Guess{Score: 20, Why: "a workbook named after Gemini; its columns stand farther back"}
	}
	return format.Guess{Score: -20, Why: "a workbook, but its columns are not those of a Gemini transaction history: save its sheet as CSV and name the columns with --mapping"}
}

// eachPart unpacks what the head has of each part of a zip.
func eachPart(head []byte, visit func([]byte)) {
	const local, most, mostParts = 30, 512 << 10, 64
	budget := 4 << 20
	for n := 0; n < mostParts && len(head) > local && bytes.HasPrefix(head, []byte("PK\x03\x04")) && budget > 0; n++ {
		method := binary.LittleEndian.Uint16(head[8:])
		at := local + int(binary.LittleEndian.Uint16(head[26:])) + int(binary.LittleEndian.Uint16(head[28:]))
		if at > len(head) {
			return
		}
		packed := int(binary.LittleEndian.Uint32(head[18:]))
		in := bytes.NewReader(head[at:])
		switch {
		case method == 8:
			data, _ := io.ReadAll(io.LimitReader(flate.NewReader(in), int64(min(most, budget)))) // what is there
			budget -= len(data)
			visit(data)
			if packed == 0 { // the sizes follow the part
				packed = len(head) - at - in.Len()
			}
		case method == 0:
			visit(head[at:min(at+packed, len(head))])
		}
		if packed < 0 || at+packed > len(head) {
			return
		}
		head = head[at+packed:]
		if i := bytes.Index(head[:min(len(head), 64)], []byte("PK\x03\x04")); i > 0 { // behind a data descriptor
			head = head[i:]
		}
	}
}

// Parse implements format.Format.
func (Gemini) Parse(ctx context.Context, in *format.Input, out format.Sink) error {
	w := &workbook{ctx: ctx}
	if err := w.file.readAll(ctx, in.Reader); err != nil {
		if errors.Is(err, errTooLarge) {
			out.Broken(forensics.Ref{Length: w.file.size}, err.Error())
			return nil
		}
		return err
	}
	if w.file.size == 0 {
		return nil
	}
	whole := forensics.Ref{Length: w.file.size}
	err := w.open()
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if err != nil {
		out.Broken(whole, clip(err.Error()))
		return nil
	}
	found := false
	for _, f := range w.sheets() {
		s := sheet{ctx: ctx, out: out, is1904: w.is1904, account: in.Account, seen: map[uint64]int{}}
		var err error
		if s.ref, s.digest, err = w.ref(f); err != nil {
			out.Broken(whole, clip("sheet "+f.Name+": "+err.Error()))
			continue
		}
		err = w.rows(f, s.row)
		found = found || s.names != nil
		switch {
		case s.failed != nil:
			return s.failed
		case ctx.Err() != nil:
			return ctx.Err()
		case err != nil:
			out.Broken(s.ref, clip("sheet is damaged: what stands before is kept: "+err.Error()))
			found = true
		}
	}
	if !found {
		out.Broken(whole, "no sheet has the columns of a Gemini transaction history")
	}
	return ctx.Err()
}

// sheet is the sheet that is read.
type sheet struct {
	ctx     context.Context
	out     format.Sink
	ref     forensics.Ref
	digest  forensics.Digest
	is1904  bool
	account string
	names   []string // of the columns, folded; nil before the header
	seen    map[uint64]int
	n       int
	failed  error // what ends the reading
	rec     format.Record
}

// row takes one row.
func (s *sheet) row(number int64, cells []string) error {
	if s.n++; s.n%cancelEvery == 0 {
		if s.failed = s.ctx.Err(); s.failed != nil {
			return s.failed
		}
	}
	ref := s.ref
	ref.Line = number
	if s.names == nil {
		s.header(cells)
		if s.names != nil || s.n <= maxPreamble {
			s.out.Skip(ref)
		}
		return nil
	}
	if s.get(cells, "date") == "" { // the totals
		s.out.Skip(ref)
		return nil
	}
	s.rec.Events = append(s.rec.Events[:0], forensics.Event{})
	if why := s.event(&s.rec.Events[0], cells); why != "" {
		s.out.Broken(ref, why)
		return nil
	}
	s.rec.Ref, s.rec.Digest = ref, s.digest
	s.failed = s.out.Record(&s.rec)
	return s.failed
}

func (s *sheet) header(cells []string) {
	names := make([]string, len(cells))
	for i, c := range cells {
		names[i] = fold(c)
	}
	for _, want := range geminiColumns {
		if at, _ := findColumn(names, want); at < 0 {
			return
		}
	}
	s.names = names
}

func (s *sheet) get(cells []string, column string) string {
	if at, _ := findColumn(s.names, column); at >= 0 && at < len(cells) {
		return cells[at]
	}
	return ""
}

func (s *sheet) event(e *forensics.Event, cells []string) (why string) {
	get := func(column string) string { return s.get(cells, column) }
	at, ok := s.when(get("date"), get("time (utc)"))
	if !ok {
		return "time is not one of the known spellings"
	}
	symbol, what := get("symbol"), get("type")
	*e = forensics.Event{
		Time: at, Certainty: forensics.Reported, Outcome: forensics.Success, Service: gemini, Account: s.account,
		Operation: strings.TrimSpace(what + " " + get("specification")), TxID: get("tx hash"),
	}
	spec := fold(get("specification"))
	moved := strings.Contains(spec, "withdraw") || strings.Contains(spec, "deposit") || e.TxID != ""
	switch {
	case fold(what) == "debit" && (moved || get("withdrawal destination") != ""):
		e.Kind, e.Destination = forensics.FundsSent, get("withdrawal destination")
	case fold(what) == "credit" && (moved || get("deposit destination") != ""):
		e.Kind = forensics.FundsReceived
	}
	e.Asset = symbol
	sum, _, ok := amount(get(fold(symbol + " amount " + symbol)))
	switch {
	case ok && e.Kind == forensics.Other:
		e.Amount = sum.String()
	case ok:
		e.Amount = sum.Abs().String()
	case e.Kind != forensics.Other:
		return "transfer without an amount in the columns of " + clip(symbol)
	}
	if fiat[symbol] && e.Kind != forensics.Other {
		e.Reasons = []string{forensics.ReasonFiat}
		if e.Kind == forensics.FundsSent {
			e.Detail = "a payout to a bank or card"
		}
	}
	if symbol == "USD" {
		e.ValueUSD = e.Amount
	}
	if fee, _, ok := amount(get(fold("fee (" + symbol + ") " + symbol))); ok && fee.Sign() != 0 {
		e.Detail = strings.TrimPrefix(e.Detail+"; fee "+fee.Abs().String()+" "+symbol, "; ")
	}
	if e.Operation == "" {
		e.Operation = plainWord(e.Kind)
	}
	r := row{service: gemini, columns: columns{id: -1}, seen: s.seen}
	r.identify(e)
	return ""
}

// when joins the two columns. Both hold numbers (days, and parts of a day) or texts.
func (s *sheet) when(date, clock string) (t forensics.Time, ok bool) {
	const desc = "Transaction"
	original := strings.TrimSpace(date + " " + clock)
	day, err := strconv.ParseFloat(date, 64)
	if err != nil {
		for _, text := range []string{original, date} {
			if t, ok := geminiClock.read(text, 0, desc); ok {
				t.Original = original
				return t, true
			}
		}
		return t, false
	}
	if part, err := strconv.ParseFloat(clock, 64); err == nil {
		day = math.Floor(day) + part - math.Floor(part)
	} else if of, err := time.Parse("15:04:05.999999999", clock); err == nil {
		day = math.Floor(day) + of.Sub(of.Truncate(24*time.Hour)).Seconds()/(24*3600)
	}
	epoch := time.Date(1899, 12, 30, 0, 0, 0, 0, time.UTC)
	if s.is1904 {
		epoch = time.Date(1904, 1, 1, 0, 0, 0, 0, time.UTC)
	}
	const last = 2_958_465 // 9999-12-31
	if day < 1 || day > last || math.IsNaN(day) {
		return t, false
	}
	at := epoch.AddDate(0, 0, int(day)).Add(time.Duration(math.Round((day-math.Floor(day))*24*3600*1000)) * time.Millisecond)
	return forensics.UTC(at, forensics.PrecisionMilli, original, desc), true
}

var geminiClock = clock{layouts: []string{layoutSpace, layoutISO, layoutT, "2006-01-02"}, zone: zoneUTC}
