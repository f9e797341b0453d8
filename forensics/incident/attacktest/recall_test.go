package attacktest_test

import (
	"context"
	"flag"
	"os"
	"sync"
	"sync/atomic"
	"testing"

	"keytrail/forensics"
	"keytrail/forensics/casefile"
	"keytrail/forensics/incident/attacktest"
	"keytrail/forensics/investigate"
)

var (
	cases = flag.Int("cases", 40, "how many cases TestRecall measures")
	first = flag.Uint64("seed", 1000, "the seed of the first one")
	table = flag.Bool("table", false, "print the table and every failure")
)

// analyse asks as the program does.
func analyse(ctx context.Context, cf *casefile.Case) (*forensics.Analysis, error) {
	if _, err := investigate.Infer(ctx, cf); err != nil {
		return nil, err
	}
	return investigate.Analyse(ctx, cf, investigate.Options{Where: attacktest.Where})
}

// TestRecall measures detection. Its seeds are not those that the other tests look at.
func TestRecall(t *testing.T) {
	if testing.Short() {
		t.Skip("NOT RUN: takes half a minute")
	}
	r := reader(t)
	tmp := t.TempDir()
	outcomes := make([]*attacktest.Outcome, *cases)
	var next atomic.Int64
	var wait sync.WaitGroup
	for range 2 {
		wait.Go(func() {
			for i := next.Add(1) - 1; i < int64(len(outcomes)); i = next.Add(1) - 1 {
				o, err := attacktest.Measure(t.Context(), *first+uint64(i), r, analyse, tmp)
				if err != nil {
					t.Error(err)
					return
				}
				outcomes[i] = o
			}
		})
	}
	wait.Wait()
	if t.Failed() {
		return
	}
	sum := attacktest.Summarise(outcomes)
	if *table {
		sum.Write(os.Stdout)
	}
	for _, f := range sum.Failures {
		t.Log(f)
	}
	if got := sum.Recall(); got < 0.98 {
		t.Errorf("recall %.4f of %d attacks with three and more recorded steps, want 0.98", got, sum.Attacks)
	}
	if got := sum.FalsePerCentury(); got > 1 {
		t.Errorf("%d false incidents in %.0f account-years without an attack, want at most 1 in 100", sum.False, sum.CleanYears)
	}
	if got := sum.Assigned(); got < 0.97 {
		t.Errorf("%d of %d steps assigned right, %.4f, want 0.97", sum.StepsRight, sum.StepsAll, got)
	}
}
