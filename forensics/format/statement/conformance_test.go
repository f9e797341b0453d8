package statement

import (
	"os"
	"path/filepath"
	"slices"
	"testing"

	"keytrail/forensics/format"
	"keytrail/forensics/format/formattest"
)

// sample reads a file of testdata.
func sample(t testing.TB, name string, records, skipped int) formattest.Sample {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("testdata", filepath.FromSlash(name)))
	if err != nil {
		t.Fatal(err)
	}
	return formattest.Sample{Data: data, Records: records, Skipped: skipped, Events: records}
}

// named finds a format by its name.
func named(t testing.TB, name string) format.Format {
	t.Helper()
	for _, f := range Formats() {
		if f.Name() == name {
			return f
		}
	}
	t.Fatalf("no format %s", name)
	return nil
}

// tables are the samples of the table formats: file, rows that are read, rows that are not.
var tables = map[string]map[string][2]int{
	"statement/coinbase":              {"newest.csv": {6, 3}, "third.csv": {3, 3}, "second.csv": {3, 1}, "oldest.csv": {3, 2}},
	"statement/coinbase-transactions": {"wallet.csv": {6, 4}},
	"statement/kraken":                {"ledgers.csv": {6, 1}, "newer.csv": {3, 1}},
	"statement/binance":               {"withdrawals.csv": {3, 1}, "history.csv": {3, 1}, "Deposit_History.csv": {3, 1}, "statement.csv": {3, 1}},
	"statement/binance-us":            {"newer.csv": {3, 1}, "older.csv": {3, 1}},
	"statement/cryptocom":             {"app.csv": {4, 1}},
	"statement/bitstamp":              {"newer.csv": {3, 1}, "older.csv": {3, 1}},
	"statement/bitfinex":              {"movements.csv": {3, 1}},
	"statement/kucoin":                {"withdrawals.csv": {3, 1}, "deposits.csv": {3, 1}, "older.csv": {3, 1}, "oldest.csv": {3, 1}},
	"statement/okx":                   {"funding.csv": {3, 1}},
	"statement/bybit":                 {"assets.csv": {3, 1}},
	"statement/robinhood":             {"transfers.csv": {3, 1}},
	"statement/blockchain":            {"wallet.csv": {3, 1}, "trading.csv": {3, 1}},
	"statement/bitvavo":               {"transactions.csv": {3, 1}},
	"statement/revolut":               {"crypto.csv": {3, 1}},
}

// shortTables are the ones that a short run, such as the race detector's, takes through the suite: all of them have one
// reader, and differ in the facts of a row.
var shortTables = []string{"statement/coinbase", "statement/kraken", "statement/binance"}

func TestTableConformance(t *testing.T) {
	for name, files := range tables {
		if testing.Short() && !slices.Contains(shortTables, name) {
			t.Logf("%s: not in a short run, which takes %v", name, shortTables)
			continue
		}
		f := named(t, name)
		c := formattest.Case{Valid: map[string]formattest.Sample{}, Bad: []byte("not,a,row\n"), Endless: [][]byte{[]byte(`1,"`)}}
		for file, n := range files {
			s := sample(t, filepath.Join(filepath.Base(name), file), n[0], n[1])
			s.Name = file
			c.Valid[file] = s
		}
		t.Run(filepath.Base(name), func(t *testing.T) { formattest.Suite(t, f, c) })
	}
	for _, f := range Formats() {
		if _, ok := f.(Table); ok && tables[f.Name()] == nil {
			t.Errorf("%s has no samples", f.Name())
		}
	}
}

// TestOneMatch: no two formats of the family know the same header.
func TestOneMatch(t *testing.T) {
	for name, files := range tables {
		for file := range files {
			s := sample(t, filepath.Join(filepath.Base(name), file), 0, 0)
			for _, f := range Formats() {
				if g := f.Match(formattest.Head(file, s.Data)); g.Score > 0 && f.Name() != name {
					t.Errorf("%s/%s: %s matches with %d (%s)", name, file, f.Name(), g.Score, g.Why)
				}
			}
		}
	}
}

func TestArchiveConformance(t *testing.T) {
	s := sample(t, "coinbase-archive/coinbase_data.json", 10, 2)
	s.Events = 11
	formattest.Suite(t, CoinbaseArchive{}, formattest.Case{
		Valid:      map[string]formattest.Sample{"whole": s},
		Bad:        []byte("{\"Action\": \"signin\", \"Time\": \"2022-11-14},\n"),
		Endless:    [][]byte{[]byte(`{"a":[{"Action":"`), []byte(`[{"Action":[1,`)},
		SingleByte: true,
	})
}
