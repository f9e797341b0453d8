package xlsx

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/xuri/excelize/v2"

	"keytrail/forensics"
	"keytrail/forensics/casefile"
	"keytrail/forensics/timeline"
)

// The columns of the summary: what is printed, then the chart's data.
const (
	summaryPrinted = 7
	chartColumn    = 8 // from 0: where the chart's data begins
	chartRows      = 17
	chartRowHeight = 15 // points
	listedDeleted  = 25 // notices that are listed as deleted
)

// ListedSources is how many pieces of evidence the summary lists; only of these are counts asked for.
const ListedSources = 40

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
	steps, err := b.stepEvents(ctx)
	if err != nil {
		return nil, err
	}
	columns := []column{{"", 21}, {"", 21}, {"", 10}, {"", 24}, {"", 73}, {"", 18}, {"", 25}, {"", 3}, {"", 11}}
	for range len(chartGroups) + 2 { // the groups, mail and other
		columns = append(columns, column{"", 9})
	}
	found := slices.Concat(b.foundRows(), b.deletedRows(), b.checkRows())
	numbers := b.numberRows(2 + len(found))
	numbersAt := len(found) + 4              // their heading begins a page: two rows above what was found, an empty one
	chartAt := len(found) + len(numbers) + 5 // the same, and the chart's own heading
	chronologyAt := chartAt + chartRows + 1  // it begins a page
	s := &sheet{name: "Summary", columns: columns, printed: summaryPrinted, late: true, wraps: true}
	s.shape = func(f *excelize.File, name string) error {
		for _, at := range [...]int{numbersAt, chronologyAt} {
			if err := f.InsertPageBreak(name, fmt.Sprintf("A%d", at)); err != nil {
				return err
			}
		}
		return b.chart(f, name, chart, chartAt)
	}
	s.body = func(_ context.Context, r *rows) error {
		w := &summaryWriter{b: b, r: r, chart: chart}
		w.tall(24, func(r *rows) { r.text(b.st.title, "Summary") })
		w.line(func(r *rows) { r.text(b.st.small, b.scopeLine()) })
		w.all(found)
		w.all(numbers)
		w.line(nil)
		w.tall(17, func(r *rows) { partCells(r, chart.title(), summaryPrinted) })
		for range chartRows {
			w.tall(chartRowHeight, nil)
		}
		w.line(nil)
		w.chronology(steps)
		for w.err == nil && r.n <= len(chart.bins) { // what the rows so far had no room for
			w.line(nil)
		}
		return w.err
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

// summaryRow is one row: its height in points, 0 for what its texts need, and its cells; nil for none.
type summaryRow struct {
	points int
	cells  func(*rows)
}

// numberRows gives the counts by group and by source; above is how many rows stand over them.
func (b *book) numberRows(above int) []summaryRow {
	st := b.st
	var out []summaryRow
	title := func(text string) {
		out = append(out, summaryRow{}, summaryRow{points: 17, cells: func(r *rows) { partCells(r, text, summaryPrinted) }})
	}
	head := func(names ...string) { out = append(out, summaryRow{cells: headRow(st, names...)}) }
	title("Events by group")
	head("First (UTC)", "Last (UTC)", "Group", "Events", "What the group holds")
	counts := b.c.Timeline.GroupCounts()
	firstRow := len(out) + above + 1
	for _, g := range forensics.Groups() {
		out = append(out, summaryRow{cells: func(r *rows) {
			spanCells(r, b.c.Groups[g])
			r.text(st.group[g], g.String())
			r.number(st.number, int64(counts[g]))
			r.wrap(st.wrap, groupMeaning[g])
		}})
	}
	sumRow := func(first int, what string) {
		last := len(out) + above
		out = append(out, summaryRow{cells: func(r *rows) {
			r.skip(2)
			r.text(st.sum, "sum")
			r.formula(st.sum, fmt.Sprintf("SUM(D%d:D%d)", first, last), int64(counts.Sum()))
			r.wrap(st.faint, what)
		}})
	}
	sumRow(firstRow, "events on the sheet Timeline")
	title("Events by source")
	head("First (UTC)", "Last (UTC)", "Ev. no.", "Events", "Source")
	firstRow = len(out) + above + 1
	rest := b.c.Timeline.Len()
	for _, ev := range b.c.Evidence[:min(len(b.c.Evidence), ListedSources)] {
		events := b.c.BySource[ev.ID]
		rest -= events.Len()
		out = append(out, summaryRow{cells: func(r *rows) {
			spanCells(r, events)
			r.number(st.number, ev.ID)
			r.number(st.number, int64(events.Len()))
			r.wrap(st.wrap, ev.Name+": "+orElse(countsText(events.GroupCounts()), "no events"))
		}})
	}
	if more := len(b.c.Evidence) - ListedSources; more > 0 {
		out = append(out, summaryRow{cells: func(r *rows) {
			r.skip(3)
			r.number(st.number, int64(rest))
			r.wrap(st.wrap, fmt.Sprintf("%d further sources; see the sheet Evidence and custody", more))
		}})
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

// summaryWriter writes the summary's rows, each with its row of the chart's data at the right. The
// first error stops it and is kept.
type summaryWriter struct {
	b     *book
	r     *rows
	chart chartTable
	err   error
}

func (w *summaryWriter) line(cells func(*rows)) {
	if w.err == nil {
		w.err = w.r.next()
	}
	w.cells(cells)
}

// tall is line with a height in points.
func (w *summaryWriter) tall(points int, cells func(*rows)) {
	if w.err == nil {
		w.err = w.r.tall(points)
	}
	w.cells(cells)
}

func (w *summaryWriter) all(list []summaryRow) {
	for _, row := range list {
		if row.points > 0 {
			w.tall(row.points, row.cells)
			continue
		}
		w.line(row.cells)
	}
}

func (w *summaryWriter) cells(cells func(*rows)) {
	if w.err != nil {
		return
	}
	if cells != nil {
		cells(w.r)
	}
	w.r.col = chartColumn
	w.chart.row(w.r, w.r.n-1)
}

// deletedRows lists the notices whose mails were deleted.
func (b *book) deletedRows() []summaryRow {
	st := b.st
	out := []summaryRow{{}, {17, func(r *rows) { partCells(r, "Notices whose mails were deleted", summaryPrinted) }}}
	if len(b.c.Deleted) == 0 {
		return append(out, summaryRow{cells: func(r *rows) {
			if b.c.Filter != "" {
				r.text(st.small, "Of the notices that the filter leaves, no log of this case records that one was deleted. That is no proof that none was.")
				return
			}
			r.text(st.small, "No log of this case records that a notice was deleted. That is no proof that none was.")
		}})
	}
	out = append(out, summaryRow{cells: headRow(st, "Came (UTC)", "Deleted (UTC)", "After", "Account", "What the mail said", "By IP or session", "Event ID of the deletion")})
	for i := range b.c.Deleted[:min(len(b.c.Deleted), listedDeleted)] {
		p := &b.c.Deleted[i]
		out = append(out, summaryRow{cells: func(r *rows) {
			utcCell(r, &p.Notice.Time)
			utcCell(r, &p.Deletion.Time)
			r.wrap(st.alarm, spanText(p.After))
			r.text(st.text, p.Notice.Account)
			r.wrap(st.wrap, timeline.Sentence(&p.Notice))
			if p.Deletion.IP.IsValid() {
				ipCell(r, &p.Deletion)
			} else {
				r.text(st.text, p.Deletion.Session)
			}
			r.text(st.small, p.Deletion.ID)
		}})
	}
	if more := len(b.c.Deleted) - listedDeleted; more > 0 {
		out = append(out, summaryRow{cells: func(r *rows) {
			r.text(st.small, fmt.Sprintf("and %d more, on the sheets Keys, Logins, Resets, Settings and Money", more))
		}})
	}
	return append(out, summaryRow{cells: func(r *rows) {
		r.text(st.small, "Mail and deletion are joined by their Message-ID. The times are of two clocks, the mailbox's and the log's, which can differ.")
	}})
}

// headRow names the columns of one part of the summary.
func headRow(st *styles, names ...string) func(*rows) {
	return func(r *rows) {
		for _, n := range names {
			if n == "Events" || n == "Ev. no." {
				r.text(st.headR, n)
				continue
			}
			r.text(st.head, n)
		}
		for r.col < summaryPrinted {
			r.blank(st.head)
		}
	}
}
