// Package xlsx writes a case as a workbook that an investigator files and a victim attaches to a
// claim: a page to read first, a summary with a chart, the incidents, the timeline, one sheet for each kind of
// step, what was lost, the addresses, what the evidence can speak of, and the evidence with its custody log.
//
// The frame of the workbook (styles, widths, filters, print setup, the chart) is made with
// excelize; the rows are written straight into the zip by a small encoder of its own, page by page.
// Three reasons: excelize's StreamWriter writes its sheets in the random order of a map, so that
// no two files are equal; it keeps the rows in temporary files and the finished workbook in
// memory, readable for others on the same machine; and it is slower by a factor (see the
// benchmark in this package).
//
// Invariants: memory does not grow with the number of events; the same content gives the same
// bytes; every cell that holds something from evidence is an inline string or a number,
// cleaned by export.Clean, so it is never a formula, a link or a control character; every row of an
// event carries the evidence's number, the SHA-256 of its record and its place.
package xlsx

import (
	"context"
	"io"
	"time"

	"keytrail/export"
	"keytrail/forensics"
	"keytrail/forensics/casefile"
	"keytrail/forensics/detect"
)

// Events is a view of the case: *casefile.View, or one with what is private blacked out.
type Events interface {
	export.Source
	// Dated tells how many of the events have a time that can be right; they are the first ones.
	Dated() int
	// Span gives the times of the first and the last of these, in nanoseconds since 1970.
	Span() (first, last int64, ok bool)
	// Histogram counts the dated events from `from` up to and without `to` in equal cells.
	Histogram(from, to int64, cells int) []casefile.Cell
	GroupCounts() casefile.Cell
}

// Content is what a workbook is made from. All of it must come from one state of the case.
type Content struct {
	Case     string
	Tool     string         // "keytrail 0.1.0": the one that writes
	Zone     *time.Location // stands beside UTC; nil or UTC: UTC alone
	Filter   string         // as given; empty: everything
	Redacted []string       // what was blacked out, a sentence each; empty: nothing
	Total    int            // events in the case, without the filter

	Timeline Events
	Groups   map[forensics.Group]Events // by group, of what the filter leaves
	Charted  Events                     // the groups of the chart together
	Alerts   Events                     // kind alert, of what the filter leaves
	BySource map[int64]Events           // by number of the evidence, of what the filter leaves: the first ListedSources

	Missing int // deletions that follow from something missing; they have bounds, not a moment

	// Places names the databases that say where an address is, and Sigma says which rules of others were asked; empty: nothing
	// is said of them.
	Places, Sigma string

	// Analysis is what detection says, of what the filter leaves; nil: incidents were not looked for.
	Analysis *forensics.Analysis
	// Addresses are the IP addresses of the events that the filter leaves, in the order of their sheet.
	Addresses []forensics.Entity

	Deleted  []detect.Pair // notices and the deletions of their mails, of the whole case
	Evidence []forensics.Evidence
	Items    []forensics.Item
	Times    Times               // of every event of the case
	Custody  []forensics.Custody // up to the last entry that is not about a report
	Warnings func(after int64, n int) ([]forensics.Warning, error)
}

// Times gives moment and item of every dated event, in the order of time.
type Times interface {
	Dated() int
	Time(k int) int64 // nanoseconds since 1970
	Item(k int) int64 // number of the item
}

// MaxRows is how many rows a sheet can have.
const MaxRows = 1_048_576

// Write writes the workbook. It holds a few pages of events at a time.
func Write(ctx context.Context, w io.Writer, c *Content) error { return write(ctx, w, c, MaxRows) }

func write(ctx context.Context, w io.Writer, c *Content, maxRows int) error {
	b := newBook(c, maxRows)
	sheets, err := b.sheets(ctx)
	if err != nil {
		return err
	}
	return b.save(ctx, w, sheets)
}
