package statement

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"keytrail/forensics"
	"keytrail/forensics/format"
	"keytrail/forensics/format/formattest"
)

// line writes what matters of an event in one line.
func line(e *forensics.Event) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s %s", firstOf(e.Time.RFC3339(), "-"), e.Kind)
	if e.Time.Zone == forensics.ZoneMissing && !e.Time.Unreliable {
		b.WriteString(" (no zone)")
	}
	for _, f := range []struct{ name, value string }{
		{"outcome", e.Outcome.String()}, {"amount", strings.TrimSpace(e.Amount + " " + e.Asset)}, {"usd", e.ValueUSD}, {"to", e.Destination}, {"tx", e.TxID},
		{"op", e.Operation}, {"account", e.Account}, {"host", e.Host}, {"client", e.Client}, {"why", strings.Join(e.Reasons, "+")}, {"detail", e.Detail},
	} {
		if f.value != "" && f.value != "success" {
			fmt.Fprintf(&b, " | %s %s", f.name, f.value)
		}
	}
	if e.IP.IsValid() {
		fmt.Fprintf(&b, " | ip %s", e.IP)
	}
	s := b.String()
	for long, short := range map[string]string{
		"bc1qexample0example0example0example0exam7le": "ADDRESS", "0x00000000000000000000000000000000000e5a3f": "0xADDRESS",
		"00000000000000000000000000000000000000000000000000000000deadbe07": "HASH",
	} {
		s = strings.ReplaceAll(s, long, short)
	}
	return s
}

func parsed(t *testing.T, f format.Format, name string, data []byte) []string {
	t.Helper()
	s := &formattest.Sink{}
	if err := f.Parse(t.Context(), formattest.Input(name, data), s); err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, e := range s.Events() {
		out = append(out, line(&e))
	}
	for _, n := range s.Lost {
		out = append(out, fmt.Sprintf("broken in line %d: %s", n.Ref.Line, n.Text))
	}
	return out
}

// TestEvents compares every sample with what it says: the file of the same name that ends in .want. Set UPDATE to
// write them.
func TestEvents(t *testing.T) {
	check := func(f format.Format, file string, data []byte) {
		got := strings.Join(parsed(t, f, filepath.Base(file), data), "\n") + "\n"
		name := filepath.Join("testdata", strings.TrimSuffix(file, filepath.Ext(file))+".want")
		if os.Getenv("UPDATE") != "" {
			if err := os.WriteFile(name, []byte(got), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(strings.Split(string(want), "\n"), strings.Split(got, "\n")); d != "" {
			t.Errorf("%s (-want +got):\n%s", file, d)
		}
	}
	for name, files := range tables {
		for file := range files {
			path := filepath.Join(filepath.Base(name), file)
			check(named(t, name), path, sample(t, path, 0, 0).Data)
		}
	}
	check(CoinbaseArchive{}, "coinbase-archive/coinbase_data.json", sample(t, "coinbase-archive/coinbase_data.json", 0, 0).Data)
	check(Gemini{}, "gemini.xlsx", geminiFile(t, geminiHeader, geminiRows))
	check(Gemini{}, "gemini-1904.xlsx", inlineFile(t, geminiRows))
}
