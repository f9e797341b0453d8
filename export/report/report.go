// Package report writes what a case knows as one file, in the form that its ending asks for.
package report

import (
	"context"
	"io"
	"net/netip"
	"time"

	"keytrail/export"
	"keytrail/export/xlsx"
	"keytrail/forensics"
	"keytrail/forensics/casefile"
	"keytrail/forensics/filter"
)

// Options say what a report holds. The same case and the same options give the same bytes.
type Options struct {
	Zone   *time.Location // stands beside UTC; nil: UTC alone
	Filter string         // in the filter language; empty: everything
	Redact bool           // other people's addresses and subjects are blacked out
	Force  bool           // replace the file where it exists
	Tool   string

	// Analyse finds the incidents of the case as it is now, and tells the case of them; nil: the workbook has none. It is
	// called more than once, and has to be quick where nothing has changed.
	Analyse func(context.Context) (*forensics.Analysis, error)
	// Where looks an address up; nil: the workbook says of networks what events say.
	Where func(netip.Addr) forensics.Place
	// Places names the databases that Where asks, and Sigma says which rules Analyse asked beside its own; empty: nothing is said of them.
	Places, Sigma string
}

// Write writes the report to path, by its ending: .xlsx, .csv or .jsonl.
func Write(ctx context.Context, c *casefile.Case, path string, o Options) (export.Result, error) {
	ending, err := export.Ending(path)
	if err != nil {
		return export.Result{}, err
	}
	zone := o.Zone
	if zone == nil {
		zone = time.UTC
	}
	expr, err := filter.ParseIn(o.Filter, zone)
	if err != nil {
		return export.Result{}, err
	}
	g := &gatherer{c: c, o: o, own: expr}
	if o.Redact {
		if g.hide, err = g.redactor(ctx); err != nil {
			return export.Result{}, err
		}
	}
	if o.Analyse != nil { // events then say which incidents they belong to, and filters can ask for them
		if _, err := o.Analyse(ctx); err != nil {
			return export.Result{}, err
		}
	}
	view, err := g.view(ctx, expr, "")
	if err != nil {
		return export.Result{}, err
	}
	var result export.Result
	switch ending {
	case ".csv":
		result, err = export.File(path, o.Force, func(w io.Writer) error { return export.CSV(ctx, w, g.hidden(view), zone) })
	case ".jsonl":
		return g.timesketch(ctx, path, view)
	default:
		var content *xlsx.Content
		if content, err = g.content(ctx); err != nil {
			return export.Result{}, err
		}
		result, err = export.File(path, o.Force, func(w io.Writer) error { return xlsx.Write(ctx, w, content) })
	}
	result.Rows = int64(view.Len())
	return result, err
}
