package xlsx

import (
	"fmt"
	"strings"

	"github.com/xuri/excelize/v2"

	"keytrail/export"
)

// scratchSheet is the sheet that a new file has.
const scratchSheet = "Sheet1"

const (
	paperA4   = 9
	landscape = "landscape"
)

// frame makes one part of a sheet, without its rows.
func (b *book) frame(s *sheet, part int) error {
	name := s.partName(part)
	if err := b.addSheet(name); err != nil {
		return err
	}
	last, err := excelize.ColumnNumberToName(len(s.columns))
	if err != nil {
		return err
	}
	for i := len(s.columns) - 1; i >= 0; i-- {
		col, err := excelize.ColumnNumberToName(i + 1)
		if err != nil {
			return err
		}
		if err := b.f.SetColWidth(name, col, col, s.columns[i].width); err != nil {
			return err
		}
	}
	if s.table {
		if err := b.tableFrame(name, last, s.partRows(part, b.maxRows)); err != nil {
			return err
		}
	}
	if err := b.pageFrame(s, name); err != nil {
		return err
	}
	if s.shape != nil && part == 0 {
		return s.shape(b.f, name)
	}
	return nil
}

// addSheet adds a sheet; the first one takes the place of the one that a new file has.
func (b *book) addSheet(name string) error {
	if i, err := b.f.GetSheetIndex(scratchSheet); err == nil && i >= 0 {
		return b.f.SetSheetName(scratchSheet, name)
	}
	_, err := b.f.NewSheet(name)
	return err
}

// tableFrame freezes the head, gives it filters and repeats it in print.
func (b *book) tableFrame(name, last string, n int) error {
	area := fmt.Sprintf("A1:%s%d", last, max(n, 2))
	if err := b.f.SetSheetDimension(name, area); err != nil {
		return err
	}
	if err := b.f.AutoFilter(name, area, nil); err != nil {
		return err
	}
	if err := b.f.SetPanes(name, &excelize.Panes{Freeze: true, YSplit: 1, TopLeftCell: "A2", ActivePane: "bottomLeft",
		Selection: []excelize.Selection{{SQRef: "A2", ActiveCell: "A2", Pane: "bottomLeft"}}}); err != nil {
		return err
	}
	return b.f.SetDefinedName(&excelize.DefinedName{Name: "_xlnm.Print_Titles", RefersTo: quoted(name) + "!$1:$1", Scope: name})
}

// pageFrame is the print setup: landscape, as wide as the page.
func (b *book) pageFrame(s *sheet, name string) error {
	size, orientation, wide, high, fit, grid := paperA4, landscape, 1, 0, true, s.table
	margin, edge := 0.4, 0.6
	if err := b.f.SetPageLayout(name, &excelize.PageLayoutOptions{Size: &size, Orientation: &orientation, FitToWidth: &wide, FitToHeight: &high}); err != nil {
		return err
	}
	height, own := lineHeight, true
	if err := b.f.SetSheetProps(name, &excelize.SheetPropsOptions{FitToPage: &fit, DefaultRowHeight: &height, CustomHeight: &own}); err != nil {
		return err
	}
	if err := b.f.SetPageMargins(name, &excelize.PageLayoutMarginsOptions{Left: &margin, Right: &margin, Top: &edge, Bottom: &edge}); err != nil {
		return err
	}
	if err := b.f.SetSheetView(name, 0, &excelize.ViewOptions{ShowGridLines: &grid}); err != nil {
		return err
	}
	if s.printed > 0 && s.printed < len(s.columns) {
		to, err := excelize.ColumnNumberToName(s.printed)
		if err != nil {
			return err
		}
		if err := b.f.SetDefinedName(&excelize.DefinedName{Name: "_xlnm.Print_Area", RefersTo: fmt.Sprintf("%s!$A:$%s", quoted(name), to), Scope: name}); err != nil {
			return err
		}
	}
	title := strings.ReplaceAll(printable(b.c.Case), "&", "&&")
	return b.f.SetHeaderFooter(name, &excelize.HeaderFooterOptions{
		OddHeader: "&L&8Case " + title + "&R&8&A",
		OddFooter: "&L&8" + strings.ReplaceAll(b.c.Tool, "&", "&&") + "&R&8Page &P of &N",
	})
}

// quoted writes a sheet's name as formulas need it.
func quoted(name string) string { return "'" + strings.ReplaceAll(name, "'", "''") + "'" }

// printable shortens a name for headers and properties, which have limits of their own.
func printable(s string) string {
	r := []rune(export.Clean(s))
	if len(r) > 60 {
		return string(r[:59]) + "…"
	}
	return string(r)
}
