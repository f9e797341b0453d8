package xlsx

import (
	"context"
	"fmt"
	"strings"

	"github.com/xuri/excelize/v2"

	"keytrail/forensics"
	"keytrail/forensics/casefile"
)

// The columns of the summary: what is printed, then the chart's data.
const (
	summaryPrinted = 7
	chartColumn    = 8 // from 0: where the chart's data begins
	chartRows      = 17
	listedDeleted  = 25 // notices that are listed as deleted
)

var groupMeaning = map[forensics.Group]string{
	forensics.GroupKey:      "app passwords and mail keys, created or removed",
	forensics.GroupLogin:    "sign-ins, succeeded or failed",
	forensics.GroupReset:    "password resets, verification mails, changed passwords",
	forensics.GroupDeletion: "mails deleted, removed for good, or missing",
	forensics.GroupSettings: "rules, forwarding, recovery details, second factors, access given to apps",
	forensics.GroupMoney:    "funds sent or received",
	forensics.GroupMail:     "ordinary mail received, sent, read or moved",
	forensics.GroupOther:    "warnings of a source, and everything else",
}

// summary makes the sheet of numbers, the chart and the chronology.
func (b *book) summary(ctx context.Context) (*sheet, error) {
	chart := b.chartData()
	first, err := b.stepEvents(ctx)
	if err != nil {
		return nil, err
	}
	columns := []column{{"", 21}, {"", 21}, {"", 11}, {"", 24}, {"", 82}, {"", 17}, {"", 30}, {"", 3}, {"", 12}}
	for range chartGroups {
		columns = append(columns, column{"", 9})
	}
	columns = append(columns, column{"", 9}, column{"", 9})
	s := &sheet{name: "Summary", columns: columns, printed: summaryPrinted, late: true}
	numbers := b.numberRows()
	chartAt := len(numbers) + 5 // two rows above the numbers, an empty one and the chart's heading under them
	s.shape = func(f *excelize.File, name string) error { return b.chart(f, name, chart, chartAt) }
	s.body = func(ctx context.Context, r *rows) error {
		w := &summaryWriter{b: b, r: r, chart: chart}
		if err := w.line(func() { r.text(b.st.title, "Summary") }); err != nil {
			return err
		}
		if err := w.line(func() { r.text(b.st.small, b.scopeLine()) }); err != nil {
			return err
		}
		for _, row := range numbers {
			if err := w.line(func() { row(r) }); err != nil {
				return err
			}
		}
		if err := w.line(func() {}); err != nil {
			return err
		}
		if err := w.part(chart.title(), summaryPrinted); err != nil {
			return err
		}
		for range chartRows {
			if err := w.line(func() {}); err != nil {
				return err
			}
		}
		if err := w.deleted(); err != nil {
			return err
		}
		if err := w.chronology(first); err != nil {
			return err
		}
		return w.restOfChart()
	}
	return s, nil
}

// scopeLine says which events the numbers speak of.
func (b *book) scopeLine() string {
	zone := "times in UTC"
	if b.zone != nil {
		zone += " and in " + zoneName(b.zone)
	}
	if b.c.Filter == "" {
		return fmt.Sprintf("%d events of the case %s; %s", b.c.Timeline.Len(), b.c.Case, zone)
	}
	return fmt.Sprintf("%d of %d events of the case %s: those that the filter %s leaves; %s", b.c.Timeline.Len(), b.c.Total, b.c.Case, b.c.Filter, zone)
}

// numberRows gives the counts by group and by source, a function for each row.
func (b *book) numberRows() []func(*rows) {
	st := b.st
	var out []func(*rows)
	title := func(text string) {
		out = append(out, func(*rows) {}, func(r *rows) { partCells(r, text, summaryPrinted) })
	}
	head := func(names ...string) {
		out = append(out, func(r *rows) {
			for _, n := range names {
				r.text(st.head, n)
			}
			for r.col < summaryPrinted {
				r.blank(st.head)
			}
		})
	}
	title("Events by group")
	head("First (UTC)", "Last (UTC)", "Group", "Events", "What the group holds")
	counts := b.c.Timeline.GroupCounts()
	firstRow := len(out) + 2 + 1
	for _, g := range forensics.Groups() {
		out = append(out, func(r *rows) {
			spanCells(r, b.c.Groups[g])
			r.text(st.group[g], g.String())
			r.number(st.number, int64(counts[g]))
			r.text(st.wrap, groupMeaning[g])
		})
	}
	sumRow := func(first int, what string) {
		last := len(out) + 2
		out = append(out, func(r *rows) {
			r.skip(2)
			r.text(st.sum, "sum")
			r.formula(st.sum, fmt.Sprintf("SUM(D%d:D%d)", first, last), int64(counts.Sum()))
			r.text(st.faint, what)
		})
	}
	sumRow(firstRow, "events on the sheet Timeline")
	title("Events by source")
	head("First (UTC)", "Last (UTC)", "Ev. no.", "Events", "Source")
	firstRow = len(out) + 2 + 1
	for _, ev := range b.c.Evidence {
		events := b.c.BySource[ev.ID]
		out = append(out, func(r *rows) {
			spanCells(r, events)
			r.number(st.number, ev.ID)
			r.number(st.number, int64(events.Len()))
			r.text(st.wrap, ev.Name+": "+orElse(countsText(events.GroupCounts()), "no events"))
		})
	}
	sumRow(firstRow, "an event that several sources record is counted where it was read first")
	return out
}

func spanCells(r *rows, events Events) {
	first, last, ok := events.Span()
	if !ok {
		r.skip(2)
		return
	}
	for _, nano := range []int64{first, last} {
		if !r.date(r.st.dates[2], floorMS(nano)) {
			r.skip(1)
		}
	}
}

// countsText lists counts by group: "key 10, login 295".
func countsText(c casefile.Cell) string {
	var parts []string
	for _, g := range forensics.Groups() {
		if c[g] > 0 {
			parts = append(parts, fmt.Sprintf("%s %d", g, c[g]))
		}
	}
	return strings.Join(parts, ", ")
}

// partCells writes the heading of a part over the printed width.
func partCells(r *rows, text string, width int) {
	r.text(r.st.part, text)
	for r.col < width {
		r.blank(r.st.part)
	}
}

// summaryWriter writes the summary's rows, each with its row of the chart's data at the right.
type summaryWriter struct {
	b     *book
	r     *rows
	chart chartTable
}

// line writes one row.
func (w *summaryWriter) line(cells func()) error {
	if err := w.r.next(); err != nil {
		return err
	}
	cells()
	w.r.col = chartColumn
	w.chart.row(w.r, w.r.n-1)
	return nil
}

func (w *summaryWriter) part(text string, width int) error {
	return w.line(func() { partCells(w.r, text, width) })
}

// restOfChart writes what the rows so far had no room for.
func (w *summaryWriter) restOfChart() error {
	for w.r.n <= len(w.chart.bins) {
		if err := w.line(func() {}); err != nil {
			return err
		}
	}
	return nil
}

// deleted lists the notices whose mails were deleted.
func (w *summaryWriter) deleted() error {
	b, r := w.b, w.r
	if err := w.part("Notices whose mails were deleted", summaryPrinted); err != nil {
		return err
	}
	if len(b.c.Deleted) == 0 {
		return w.line(func() {
			r.text(b.st.faint, "No log of this case records that a notice was deleted. That is no proof that none was.")
		})
	}
	if err := w.heads("Came (UTC)", "Deleted (UTC)", "After", "Account", "What the mail said", "Deleted from IP", "Event ID of the deletion"); err != nil {
		return err
	}
	for i := range b.c.Deleted[:min(len(b.c.Deleted), listedDeleted)] {
		p := &b.c.Deleted[i]
		err := w.line(func() {
			utcCell(r, &p.Notice.Time)
			utcCell(r, &p.Deletion.Time)
			r.text(b.st.alarm, spanText(p.After))
			r.text(b.st.text, p.Notice.Account)
			r.text(b.st.wrap, sentenceOf(&p.Notice))
			ipCell(r, &p.Deletion)
			r.text(b.st.small, p.Deletion.ID)
		})
		if err != nil {
			return err
		}
	}
	if more := len(b.c.Deleted) - listedDeleted; more > 0 {
		if err := w.line(func() {
			r.text(b.st.faint, fmt.Sprintf("and %d more, on the sheets Keys, Resets, Settings and Money", more))
		}); err != nil {
			return err
		}
	}
	return w.line(func() {
		r.text(b.st.small, "Mail and deletion are joined by their Message-ID. The times are of two clocks, the mailbox's and the log's, which can differ.")
	})
}

func (w *summaryWriter) heads(names ...string) error {
	return w.line(func() {
		for _, n := range names {
			w.r.text(w.b.st.head, n)
		}
		for w.r.col < summaryPrinted {
			w.r.blank(w.b.st.head)
		}
	})
}
