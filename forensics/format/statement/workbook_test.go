package statement

import (
	"archive/zip"
	"bytes"
	"context"
	"errors"
	"fmt"
	"runtime"
	"strings"
	"testing"

	"keytrail/forensics/format/formattest"
)

// bomb packs a part that repeats a text, so that it unpacks to a hundred times its size and more.
func bomb(t *testing.T, name, opening, text string, times int) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	w, err := z.Create(name)
	if err != nil {
		t.Fatal(err)
	}
	block := strings.Repeat(text, max(1, 64<<10/len(text)))
	if _, err := w.Write([]byte(opening)); err != nil {
		t.Fatal(err)
	}
	for range times {
		if _, err := w.Write([]byte(block)); err != nil {
			t.Fatal(err)
		}
	}
	if w, err = z.Create("xl/worksheets/sheet1.xml"); err == nil && name != "xl/worksheets/sheet1.xml" {
		_, err = w.Write([]byte(`<worksheet><sheetData/></worksheet>`))
	}
	if err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// TestWorkbookBombs: a workbook made to explode costs a warning, in bounded memory.
func TestWorkbookBombs(t *testing.T) {
	const blocks, few = 512, 64 // of 64 KiB: what ends soon, and what is read to its end
	tests := map[string]struct {
		part, opening, text string
		times               int
	}{
		"shared_texts":      {"xl/sharedStrings.xml", "<sst>", "<si><t>" + strings.Repeat("x", 500) + "</t></si>", blocks},
		"empty_shared":      {"xl/sharedStrings.xml", "<sst>", "<si/>", blocks},
		"one_text":          {"xl/sharedStrings.xml", "<sst><si><t>", "x", blocks},
		"one_attribute":     {"xl/sharedStrings.xml", `<sst a="`, "x", blocks},
		"deep":              {"xl/worksheets/sheet1.xml", "", "<a>", blocks},
		"comment":           {"xl/worksheets/sheet1.xml", "<!--", "-x", blocks},
		"cell_of_one_text":  {"xl/worksheets/sheet1.xml", `<row><c t="str"><v>`, "x", blocks},
		"many_columns":      {"xl/worksheets/sheet1.xml", `<row>`, `<c r="ZZZZZZZZ1"><v>1</v></c>`, few},
		"many_wide_columns": {"xl/worksheets/sheet1.xml", `<row>`, `<c r="AAA1"><v>1</v></c>`, few},
		"empty_rows":        {"xl/worksheets/sheet1.xml", `<sheetData>`, `<row/>`, few},
		"rows_of_one_cell":  {"xl/worksheets/sheet1.xml", `<sheetData>`, `<row><c><v>1</v></c></row>`, few},
	}
	for name, tt := range tests {
		if testing.Short() && name != "shared_texts" && name != "empty_rows" {
			t.Logf("%s: not in a short run", name)
			continue
		}
		t.Run(name, func(t *testing.T) {
			data := bomb(t, tt.part, tt.opening, tt.text, tt.times)
			var before, after runtime.MemStats
			runtime.GC()
			runtime.ReadMemStats(&before)
			s := &formattest.Sink{CountOnly: true}
			if err := (Gemini{}).Parse(t.Context(), formattest.Input("", data), s); err != nil {
				t.Fatal(err)
			}
			runtime.ReadMemStats(&after)
			if len(s.Lost) != 1 || s.Read != 0 || len(s.Skipped) > maxPreamble {
				t.Errorf("%s", s.Summary())
			}
			const most = 256 << 20 // of heap taken from the system: the collector runs when it doubled
			if grown := int64(after.HeapSys) - int64(before.HeapSys); grown > most {
				t.Errorf("the heap grew by %d MiB", grown>>20)
			}
			t.Logf("%d bytes packed: %v", len(data), s.Lost)
		})
	}
}

// TestWorkbookCancel: reading stops in the middle of a sheet too, where no row comes.
func TestWorkbookCancel(t *testing.T) {
	w := &workbook{}
	data := bomb(t, "xl/worksheets/sheet1.xml", `<sheetData>`, `<row/>`, 16)
	if err := w.file.readAll(t.Context(), bytes.NewReader(data)); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	w.ctx = ctx
	if err := w.open(); err != nil {
		t.Fatal(err)
	}
	cancel()
	if err := w.rows(w.sheets()[0], nil); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want %v", err, context.Canceled)
	}
}

func TestWorkbookCells(t *testing.T) {
	sheet := `<worksheet><sheetData>
<row r="3"><c r="B3" t="s"><v>1</v></c><c r="D3" t="inlineStr"><is><r><t>a</t></r><r><t>b</t></r></is></c><c r="E3" t="str"><f>1+1</f><v>two</v></c></row>
<row><c><v>0.10000000000000001</v></c><c t="s"><v>99</v></c><c t="b"><v>1</v></c><c t="e"><v>#REF!</v></c></row>
<row r="9"><c r="A9"/></row></sheetData></worksheet>`
	data := zipOf(t, "xl/sharedStrings.xml", `<sst><si><t>zero</t></si><si><r><t>o</t></r><r><t xml:space="preserve">ne </t></r><rPh><t>no</t></rPh></si></sst>`, "xl/worksheets/sheet1.xml", sheet)
	w := &workbook{ctx: t.Context()}
	if err := w.file.readAll(t.Context(), bytes.NewReader(data)); err != nil {
		t.Fatal(err)
	}
	if err := w.open(); err != nil {
		t.Fatal(err)
	}
	var got []string
	err := w.rows(w.sheets()[0], func(n int64, cells []string) error {
		got = append(got, fmt.Sprintf("%d %q", n, cells))
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	want := []string{`3 ["" "one" "" "ab" "two"]`, `4 ["0.1" "" "1" "#REF!"]`}
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("got %q, want %q", got, want)
	}
}
