package rule

import (
	"context"
	"testing"
)

// BenchmarkEvaluate measures an account of half a year with one attack: the time per event.
func BenchmarkEvaluate(b *testing.B) {
	busy := `
2022-06-01T07:00:00Z login-succeeded ip=198.51.100.7 protocol=imap client="Thunderbird 102" service=microsoft session=a every=3h times=1400
2022-06-01T07:00:10Z mail-read ip=198.51.100.7 protocol=imap client="Thunderbird 102" service=microsoft session=a every=3h times=1400
2022-06-01T08:00:00Z mail-received from=friend@example.org every=2h times=2100
`
	const other = "2022-06-01T08:00:00Z login-succeeded account=sam@example.net ip=198.51.100.9\n" // an account beside it, as in a big case
	_, c := evaluateLines(b, busy+attack+other, options{})
	in := input(b, c, options{})
	in.Cache = NewCache()
	in.Settings = Defaults()
	b.ReportAllocs()
	for b.Loop() {
		if _, err := Evaluate(context.Background(), in); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(len(in.Account.Briefs)), "ns/brief")
}
