package statement

import (
	"archive/zip"
	"bytes"
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"keytrail/forensics/format/formattest"
)

var geminiHeader = []any{"Date", "Time (UTC)", "Type", "Symbol", "Specification", "Liquidity Indicator", "Trading Fee Rate (bps)",
	"USD Amount USD", "Fee (USD) USD", "USD Balance USD", "BTC Amount BTC", "Fee (BTC) BTC", "BTC Balance BTC",
	"Trade ID", "Order ID", "Order Date", "Order Time", "Client Order ID", "API Session", "Tx Hash", "Deposit Destination", "Deposit Tx Output", "Withdrawal Destination", "Withdrawal Tx Output"}

// geminiRow fills a row of the header above.
func geminiRow(values map[string]any) []any {
	row := make([]any, len(geminiHeader))
	for i, name := range geminiHeader {
		row[i] = values[name.(string)]
	}
	return row
}

var geminiRows = [][]any{
	geminiRow(map[string]any{"Date": time.Date(2022, 11, 10, 8, 0, 1, 500e6, time.UTC), "Time (UTC)": time.Date(2022, 11, 10, 8, 0, 1, 500e6, time.UTC), "Type": "Credit", "Symbol": "BTC",
		"Specification": "Deposit (BTC)", "BTC Amount BTC": 0.75, "BTC Balance BTC": 0.75, "Tx Hash": strings.Repeat("a", 64), "Deposit Destination": "bc1qexample0mine"}),
	geminiRow(map[string]any{"Date": time.Date(2022, 11, 11, 9, 0, 0, 0, time.UTC), "Time (UTC)": time.Date(2022, 11, 11, 9, 0, 0, 0, time.UTC), "Type": "Buy", "Symbol": "BTCUSD",
		"Specification": "Limit", "Liquidity Indicator": "Maker", "USD Amount USD": -1600.5, "BTC Amount BTC": 0.1, "Trade ID": 7}),
	geminiRow(map[string]any{"Date": time.Date(2022, 11, 14, 3, 50, 7, 0, time.UTC), "Time (UTC)": time.Date(2022, 11, 14, 3, 50, 7, 0, time.UTC), "Type": "Debit", "Symbol": "BTC",
		"Specification": "Withdrawal (BTC)", "BTC Amount BTC": -0.85, "Fee (BTC) BTC": -0.0001, "Tx Hash": strings.Repeat("b", 64), "Withdrawal Destination": "bc1qexample0example0example0example0exam7le"}),
	geminiRow(map[string]any{"Date": "2022-11-14", "Time (UTC)": "03:55:00.250", "Type": "Debit", "Symbol": "USD", "Specification": "Withdrawal (USD)", "USD Amount USD": -20}),
	geminiRow(map[string]any{"USD Amount USD": -1620.5, "BTC Amount BTC": 0}),
}

// geminiFile writes a workbook as an ordinary program does.
func geminiFile(t testing.TB, header []any, rows [][]any) []byte {
	t.Helper()
	f := excelize.NewFile()
	defer func() { _ = f.Close() }()
	for i, row := range append([][]any{header}, rows...) {
		if err := f.SetSheetRow("Sheet1", fmt.Sprintf("A%d", i+1), &row); err != nil {
			t.Fatal(err)
		}
	}
	var b bytes.Buffer
	if err := f.Write(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// zipOf makes a workbook of parts as they are.
func zipOf(t testing.TB, parts ...string) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for i := 0; i+1 < len(parts); i += 2 {
		w, err := z.Create(parts[i])
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.WriteString(w, parts[i+1]); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// inlineFile is a workbook whose cells hold their texts themselves, without names of cells.
func inlineFile(t testing.TB, rows [][]any) []byte {
	var sheet strings.Builder
	sheet.WriteString(`<?xml version="1.0"?><x:worksheet xmlns:x="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><x:sheetData>`)
	for _, row := range append([][]any{geminiHeader}, rows...) {
		sheet.WriteString("<x:row>")
		for _, cell := range row {
			switch cell := cell.(type) {
			case nil:
				sheet.WriteString("<x:c/>")
			case time.Time:
				fmt.Fprintf(&sheet, "<x:c><x:v>%.11f</x:v></x:c>", cell.Sub(time.Date(1904, 1, 1, 0, 0, 0, 0, time.UTC)).Hours()/24)
			case string:
				fmt.Fprintf(&sheet, `<x:c t="inlineStr"><x:is><x:r><x:t>%s</x:t></x:r></x:is></x:c>`, cell)
			default:
				fmt.Fprintf(&sheet, "<x:c><x:v>%v</x:v></x:c>", cell)
			}
		}
		sheet.WriteString("</x:row>")
	}
	sheet.WriteString("</x:sheetData></x:worksheet>")
	return zipOf(t, "[Content_Types].xml", "<Types/>", "_rels/.rels", "<Relationships/>",
		"xl/workbook.xml", `<workbook><workbookPr date1904="1"/></workbook>`, "xl/worksheets/sheet1.xml", sheet.String())
}

func TestGeminiConformance(t *testing.T) {
	formattest.Suite(t, Gemini{}, formattest.Case{
		Valid: map[string]formattest.Sample{
			"excelize": {Data: geminiFile(t, geminiHeader, geminiRows), Records: 4, Skipped: 2, Events: 4},
			"inline":   {Data: inlineFile(t, geminiRows), Records: 4, Skipped: 2, Events: 4},
		},
		Container: true, SingleByte: true,
		Foreign: map[string][]byte{"other_workbook": geminiFile(t, []any{"Name", "Amount"}, [][]any{{"tea", 2}})},
	})
}
