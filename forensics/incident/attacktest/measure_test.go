package attacktest_test

import (
	"context"
	"slices"
	"testing"

	"keytrail/forensics"
	"keytrail/forensics/casefile"
	"keytrail/forensics/incident/attacktest"
)

// oracle answers with the truth itself.
func oracle(seed uint64) attacktest.Analyse {
	return func(ctx context.Context, cf *casefile.Case) (*forensics.Analysis, error) {
		events, err := attacktest.Events(ctx, cf)
		if err != nil {
			return nil, err
		}
		find := attacktest.NewFinder(events)
		a := &forensics.Analysis{}
		for _, attack := range attacktest.Generate(seed).Attacks {
			if len(attack.Recorded()) == 0 {
				continue
			}
			in := forensics.Incident{Score: 0.99, Start: attack.Start.UnixNano()}
			for _, name := range attack.Recorded() {
				s := forensics.Step{Step: name}
				for i := range attack.Marks {
					if m := &attack.Marks[i]; m.Step == name && !m.Repair {
						for _, e := range find.Find(m) {
							s.Rows = append(s.Rows, e.Row)
						}
					}
				}
				in.Steps = append(in.Steps, s)
			}
			a.Incidents = append(a.Incidents, in)
		}
		return a, nil
	}
}

// TestMeasure checks the measure itself: the truth scores everything, silence nothing, and noise counts as noise.
func TestMeasure(t *testing.T) {
	r := reader(t)
	var perfect, silent, noisy []*attacktest.Outcome
	seeds := 10
	if testing.Short() {
		seeds = 5
		t.Logf("a short run: %d cases", seeds)
	}
	for seed := range uint64(seeds) {
		for _, tt := range []struct {
			to      *[]*attacktest.Outcome
			analyse attacktest.Analyse
		}{
			{&perfect, oracle(seed)},
			{&silent, func(context.Context, *casefile.Case) (*forensics.Analysis, error) { return &forensics.Analysis{}, nil }},
			{&noisy, func(ctx context.Context, cf *casefile.Case) (*forensics.Analysis, error) {
				return &forensics.Analysis{Incidents: []forensics.Incident{{Score: 0.9, Steps: []forensics.Step{{Step: forensics.StepLogin, Rows: []int64{1, 2, 3}}}}}}, nil
			}},
		} {
			o, err := attacktest.Measure(t.Context(), seed, r, tt.analyse, t.TempDir())
			if err != nil {
				t.Fatal(err)
			}
			*tt.to = append(*tt.to, o)
		}
	}
	p, s, n := attacktest.Summarise(perfect), attacktest.Summarise(silent), attacktest.Summarise(noisy)
	if p.Attacks < 3 || p.Recall() != 1 || p.Assigned() != 1 || p.False != 0 || p.Beside != 0 {
		t.Errorf("the truth: recall %v of %d, assigned %v of %d, %d false, %d beside\n%q", p.Recall(), p.Attacks, p.Assigned(), p.StepsAll, p.False, p.Beside, p.Failures)
	}
	if s.Recall() != 0 || s.False != 0 {
		t.Errorf("silence: recall %v, %d false", s.Recall(), s.False)
	}
	if n.Recall() != 0 || n.False != n.Clean || n.False+n.Beside != seeds {
		t.Errorf("noise: recall %v, %d false and %d beside, of %d; %d clean", n.Recall(), n.False, n.Beside, seeds, n.Clean)
	}
	if !slices.IsSortedFunc(perfect, func(a, b *attacktest.Outcome) int { return int(a.Case.Seed) - int(b.Case.Seed) }) {
		t.Error("outcomes are not in order")
	}
}
