package statement

import (
	"context"
	"os"
	"path/filepath"
	"testing"

	"keytrail/forensics"
	"keytrail/forensics/format"
	"keytrail/forensics/format/formattest"
)

// check parses data with f and looks at what every event must keep.
func check(t *testing.T, f format.Format, name string, data []byte) {
	f.Match(formattest.Head(name, data))
	s := &formattest.Sink{}
	if err := f.Parse(context.Background(), formattest.Input(name, data), s); err != nil {
		t.Fatal(err)
	}
	for _, r := range s.Refs {
		if r.Offset < 0 || r.Length < 0 || r.Offset+r.Length > int64(len(data)) {
			t.Fatalf("ref %+v leaves the item of %d bytes", r, len(data))
		}
	}
	for _, e := range s.Events() {
		if e.Amount == "" {
			continue
		}
		d, err := forensics.ParseDecimal(e.Amount)
		if err != nil || e.Kind != forensics.Other && d.Sign() < 0 {
			t.Fatalf("%s of %q: %v", e.Kind, e.Amount, err)
		}
		if e.Operation == "" || e.Service == "" {
			t.Fatalf("event without a word or a service: %+v", e)
		}
	}
}

func FuzzTables(f *testing.F) {
	for name, files := range tables {
		for file := range files {
			data, err := os.ReadFile(filepath.Join("testdata", filepath.Base(name), file))
			if err != nil {
				f.Fatal(err)
			}
			f.Add(file, data)
		}
	}
	f.Fuzz(func(t *testing.T, name string, data []byte) {
		for _, format := range Formats() {
			if table, ok := format.(Table); ok && (table.Match(formattest.Head(name, data)).Score > 0 || table.Name() == coinbase.name) {
				check(t, table, name, data)
			}
		}
	})
}

func FuzzArchive(f *testing.F) {
	data, err := os.ReadFile("testdata/coinbase-archive/coinbase_data.json")
	if err != nil {
		f.Fatal(err)
	}
	f.Add(data)
	f.Add([]byte(`{"a":[{"b":{"c":[1,{"d":"x\"}]}]},{"e":1}]}`))
	f.Add([]byte("[{\"Site activity\":[{\"Action\":\"a\nb\"},{]}"))
	f.Fuzz(func(t *testing.T, data []byte) { check(t, CoinbaseArchive{}, "", data) })
}

func FuzzWorkbook(f *testing.F) {
	f.Add(geminiFile(f, geminiHeader, geminiRows))
	f.Add(inlineFile(f, geminiRows))
	f.Fuzz(func(t *testing.T, data []byte) { check(t, Gemini{}, "", data) })
}

// FuzzSheet changes the parts, which behind the packing no fuzzer reaches.
func FuzzSheet(f *testing.F) {
	f.Add(`<sst><si><t>Date</t></si></sst>`, `<worksheet><sheetData><row r="1"><c r="A1" t="s"><v>0</v></c></row></sheetData></worksheet>`)
	f.Add(`<sst><si><r><t>a</t></r><rPh><t>b</t></rPh></si></sst>`, `<row r="9"><c r="ZZZZ1" t="inlineStr"><is><t>x</t></is></c></row></c>`)
	f.Fuzz(func(t *testing.T, shared, sheet string) {
		check(t, Gemini{}, "", zipOf(t, "xl/sharedStrings.xml", shared, "xl/worksheets/sheet1.xml", sheet))
	})
}
