package xlsx

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/xuri/excelize/v2"

	"keytrail/forensics"
)

// losses makes the sheet of what left: the sums, and below them every transfer with how it counts. It is nil where
// nothing left.
func (b *book) losses(ctx context.Context) (*sheet, error) {
	l, err := b.ledger(ctx)
	if err != nil || len(l.list) == 0 {
		return nil, err
	}
	w := &lossWriter{b: b, l: l}
	w.layout()
	b.lost = w
	s := &sheet{name: "Losses", wraps: len(l.list) <= wrapUpTo, columns: w.columns, printed: w.printed, body: w.write, shape: w.shape}
	return s, nil
}

// shape gives the list its filters, and repeats its head on every printed page.
func (w *lossWriter) shape(f *excelize.File, name string) error {
	names := columnNames(len(w.columns))
	if err := f.AutoFilter(name, fmt.Sprintf("A%d:%s%d", w.first-1, names[len(names)-1], w.last), nil); err != nil {
		return err
	}
	fit := true // a filter makes the sheet's properties anew
	if err := f.SetSheetProps(name, &excelize.SheetPropsOptions{FitToPage: &fit}); err != nil {
		return err
	}
	return f.SetDefinedName(&excelize.DefinedName{Name: "_xlnm.Print_Titles", RefersTo: fmt.Sprintf("%s!$%d:$%d", quoted(name), w.first-1, w.first-1), Scope: name})
}

// lossWriter writes the sheet. The sums stand under columns of the list whose widths fit.
type lossWriter struct {
	b *book
	l *ledger

	main, further []eventColumn
	columns       []column
	printed       int
	i             int // the transfer that is being written

	service, asset, amount, value, counts, incident, why, dest, number int // places of columns
	first, last                                                        int // rows of the list
}

func (w *lossWriter) layout() {
	l, st := w.l, w.b.st
	at := func(place *int, c eventColumn) eventColumn {
		*place = len(w.b.when()) + len(w.main)
		return c
	}
	add := func(place *int, title string, width float64, cell func(*rows, *forensics.Event)) {
		w.main = append(w.main, at(place, eventColumn{column{title, width}, cell}))
	}
	var unused int
	add(&w.service, "Service", 11, serviceCell)
	add(&unused, "Account", 18, accountCell)
	add(&w.asset, "Asset", 8, func(r *rows, e *forensics.Event) { r.text(st.bold, e.Asset) })
	add(&w.amount, "Amount", 16, func(r *rows, _ *forensics.Event) { r.decimal(st.amount, w.signed(l.list[w.i].Amount)) })
	add(&w.value, "Value in USD", 13, func(r *rows, _ *forensics.Event) {
		if !l.valued[w.i] {
			r.skip(1)
			return
		}
		r.decimal(st.dollars, w.signed(l.values[w.i]))
	})
	add(&w.counts, "Counts", 8, func(r *rows, _ *forensics.Event) {
		if l.netted[w.i].Sign == 0 {
			r.text(st.no, "no")
			return
		}
		r.text(st.yes, "yes")
	})
	add(&w.incident, "Incident", 8, func(r *rows, _ *forensics.Event) { incidentCell(r, l.in[l.list[w.i].Row]) })
	add(&w.why, "Why it counts, or not", 24, func(r *rows, e *forensics.Event) { r.wrap(st.wrap, w.reason(e)) })
	add(&w.dest, "Destination", 26, func(r *rows, e *forensics.Event) { r.wrap(st.wrap, e.Destination) })
	add(&unused, "Transaction", 22, func(r *rows, e *forensics.Event) { r.wrap(st.smallWrap, e.TxID) })
	w.main = append(w.main, provenance()...)
	w.further = append([]eventColumn{
		{column{"Amount as written", 26}, func(r *rows, e *forensics.Event) { r.text(st.text, e.Amount) }},
		{column{"Sum no.", 7}, func(r *rows, _ *forensics.Event) {
			if l.total[w.i] == 0 {
				r.skip(1)
				return
			}
			r.number(st.number, int64(l.total[w.i]))
		}},
	}, identity()...)
	all := slices.Concat(w.b.when(), w.main, w.further)
	for _, c := range all {
		w.columns = append(w.columns, c.column)
	}
	w.printed = len(w.b.when()) + len(w.main)
	w.number = w.printed + 1
	// Title, note, head, sums, sum of all, note, blank, title, note, head.
	w.first = 3 + len(l.totals) + 1 + 1 + 1 + 3 + 1
	w.last = w.first + len(l.list) - 1
}

// sumRow is the row of the sum over all services and assets.
func (w *lossWriter) sumRow() int { return 4 + len(w.l.totals) }

// valuedSum is a sum, and how many of its transfers have no value.
type valuedSum struct {
	lossSum
	without int64
}

// sums adds up what counts: everything, and what belongs to incidents.
func (w *lossWriter) sums() (all, attack valuedSum) {
	for _, t := range w.l.totals {
		all.n, all.value, all.without = all.n+t.all.n, all.value.Add(t.all.value), all.without+t.without
		attack.n, attack.value, attack.without = attack.n+t.attack.n, attack.value.Add(t.attack.value), attack.without+t.withoutInAttack
	}
	return all, attack
}

// signed gives a transfer that gives back the sign that its sum needs.
func (w *lossWriter) signed(v forensics.Decimal) forensics.Decimal {
	if w.l.list[w.i].Reversal && !w.l.list[w.i].Sent {
		return v.Neg()
	}
	return v
}

// reason says why a transfer counts or not, and who says that there was one.
func (w *lossWriter) reason(e *forensics.Event) string {
	by := "a statement has it"
	if !w.l.list[w.i].Stated {
		by = "only a notice tells of it"
	}
	if why := w.l.netted[w.i].Why; why != "" {
		return why
	}
	if slices.Contains(e.Reasons, forensics.ReasonFiat) {
		return by + "; a payout to a bank or card"
	}
	return by
}

func (w *lossWriter) write(ctx context.Context, r *rows) error {
	b := w.b
	analysed := b.c.Analysis != nil
	note := "Each transfer is counted once: what failed, came back, or stayed with the same user does not count. Values are those that statements give, at the time of the transfer; none is looked up."
	if err := b.titleRow(r, "What left, by service and asset", note); err != nil {
		return err
	}
	if err := w.totalRows(r, analysed); err != nil {
		return err
	}
	if err := r.next(); err != nil {
		return err
	}
	r.text(b.st.small, w.limits(analysed))
	if err := r.next(); err != nil {
		return err
	}
	if err := b.titleRow(r, "Transfers", "Amounts with up to ten places are shown; the exact text is in the column Amount as written. A transfer that gives back another one has a minus."); err != nil {
		return err
	}
	if err := r.tall(27); err != nil {
		return err
	}
	for i, c := range w.columns {
		if i == w.amount || i == w.value || i == w.number {
			r.text(b.st.headR, c.title)
			continue
		}
		r.text(b.st.head, c.title)
	}
	if r.n+1 != w.first {
		return fmt.Errorf("sheet Losses: the list begins in row %d, not %d", r.n+1, w.first)
	}
	return w.listRows(ctx, r)
}

// limits says what the sums do not hold.
func (w *lossWriter) limits(analysed bool) string {
	parts := []string{"A transfer outside of incidents may be the owner's own."}
	if !analysed {
		parts = []string{"Incidents were not looked for: the sums hold the owner's own transfers too."}
	}
	if w.l.more > 0 {
		parts = append(parts, fmt.Sprintf("%d further transfers are on the sheet Money only, and are not in the sums.", w.l.more))
	}
	if w.l.others > 0 {
		parts = append(parts, fmt.Sprintf("%d transfers are of assets that have no sum: there are more than %d.", w.l.others, maxTotals))
	}
	if b := w.b.c; b.Filter != "" {
		parts = append(parts, "Only what the filter leaves is here.")
	}
	return strings.Join(parts, " ")
}

// totalRows writes the sums as formulas over the list.
func (w *lossWriter) totalRows(r *rows, analysed bool) error {
	st := w.b.st
	if err := r.tall(27); err != nil {
		return err
	}
	heads := map[int]string{0: "Sum no.", w.service: "Service", w.asset: "Asset", w.amount: "Amount", w.value: "Value in USD", w.counts: "How many", w.incident: "Without a value"}
	if analysed {
		heads[w.why], heads[w.dest] = "Amount in incidents", "Value in USD in incidents"
	}
	for i := range w.dest + 1 {
		style := st.headR
		if i == w.service || i == w.asset {
			style = st.head
		}
		r.text(style, orElse(heads[i], " "))
	}
	area := func(column int) string {
		return fmt.Sprintf("$%s$%d:$%s$%d", r.names[column], w.first, r.names[column], w.last)
	}
	for i, t := range w.l.totals {
		if err := r.next(); err != nil {
			return err
		}
		which := fmt.Sprintf(`%s,%d,%s,"yes"`, area(w.number), i+1, area(w.counts))
		attack := which + "," + area(w.incident) + `,"<>"`
		r.number(st.number, int64(i+1))
		r.col = w.service
		r.text(st.text, t.service)
		r.col = w.asset
		r.text(st.bold, t.asset)
		r.col = w.amount
		r.formulaOf(st.amount, "SUMIFS("+area(w.amount)+","+which+")", t.all.amount)
		w.dollars(r, "SUMIFS("+area(w.value)+","+which+")", t.all, t.without)
		r.col = w.counts
		r.formula(st.number, "COUNTIFS("+which+","+area(w.amount)+`,">=0")`, t.all.n)
		r.number(st.number, t.without)
		if analysed {
			r.formulaOf(st.amount, "SUMIFS("+area(w.amount)+","+attack+")", t.attack.amount)
			w.dollars(r, "SUMIFS("+area(w.value)+","+attack+")", t.attack, t.withoutInAttack)
		}
	}
	if err := r.next(); err != nil {
		return err
	}
	all, attack := w.sums()
	column := func(at int) string {
		return fmt.Sprintf("SUM(%s%d:%s%d)", r.names[at], 4, r.names[at], 3+max(1, len(w.l.totals)))
	}
	r.col = w.amount
	r.text(st.sum, "sum")
	r.formulaOf(st.dollarSum, column(w.value), all.value)
	r.col = w.counts
	r.formula(st.sum, column(w.counts), all.n)
	if analysed {
		r.col = w.dest
		r.formulaOf(st.dollarSum, column(w.dest), attack.value)
	}
	return nil
}

// dollars writes a sum of values, and says so where none is stated: 0 would be a statement too.
func (w *lossWriter) dollars(r *rows, formula string, sum lossSum, without int64) {
	if sum.n > 0 && sum.n == without {
		r.text(w.b.st.faint, "not stated")
		return
	}
	r.formulaOf(w.b.st.dollars, formula, sum.value)
}

// listRows writes the transfers in the order of the timeline.
func (w *lossWriter) listRows(ctx context.Context, r *rows) error {
	cells := slices.Concat(w.b.when(), w.main, w.further)
	index := 0
	return each(ctx, w.b.c.Groups[forensics.GroupMoney], func(e *forensics.Event) error {
		at := index
		index++
		if w.i == len(w.l.at) || w.l.at[w.i] != at {
			return nil
		}
		if err := r.next(); err != nil {
			return err
		}
		for k := range cells {
			cells[k].cell(r, e)
		}
		w.i++
		return nil
	})
}

// numbers lists numbers: "1, 3".
func numbers(list []int64) string {
	text := make([]string, len(list))
	for i, n := range list {
		text[i] = strconv.FormatInt(n, 10)
	}
	return strings.Join(text, ", ")
}
