package investigate

import (
	"fmt"
	"path/filepath"
	"runtime"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"keytrail/forensics"
	"keytrail/forensics/casefile"
	"keytrail/forensics/detect"
	"keytrail/forensics/format/all"
	"keytrail/forensics/incident/attacktest"
	"keytrail/forensics/ingest"
)

// generated makes one case of several people's evidence.
func generated(tb testing.TB, people uint64) *casefile.Case {
	tb.Helper()
	notices, err := detect.LoadNotices()
	if err != nil {
		tb.Fatal(err)
	}
	dir := tb.TempDir()
	for seed := range people {
		if err := attacktest.Generate(seed).Write(filepath.Join(dir, "evidence", fmt.Sprintf("%02d", seed))); err != nil {
			tb.Fatal(err)
		}
	}
	now := func() time.Time { return time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC) }
	c, err := casefile.Create(filepath.Join(dir, "case"), casefile.Options{Tool: "test", Who: "test", Now: now})
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { _ = c.Close() })
	o := ingest.Options{Formats: all.Formats(), Notices: notices, Tool: "test", Now: now, Where: attacktest.Where, WhereFrom: "test"}
	if _, err := ingest.Add(tb.Context(), c, []string{filepath.Join(dir, "evidence")}, o, nil); err != nil {
		tb.Fatal(err)
	}
	return c
}

// inFull gives the questions that come of looking at every answer in every account.
func inFull(t *testing.T, a *Analyst, most int) []forensics.Question {
	t.Helper()
	analysis, err := a.Analyse(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	list, judge, err := a.list(t.Context(), analysis)
	if err != nil {
		t.Fatal(err)
	}
	w := newWeighing(a, analysis, judge, list)
	for i := range list {
		c := &list[i]
		for k := range c.looks {
			for n := range c.looks[k] {
				o := w.take(t.Context(), task{c, k, n}, nil)
				if o.err != nil {
					t.Fatal(o.err)
				}
				c.looks[k][n] = look{begun: true, done: true, effect: moved(w.of[c.accounts[n]], o.found)}
			}
		}
		if c.looks[0] != nil {
			c.question.Incidents = nil
			w.bound(c)
		}
	}
	questions, err := a.put(firstOf(list, most))
	if err != nil {
		t.Fatal(err)
	}
	return questions
}

// TestQuestionsAreThoseOfALookAtEverything: what is not looked at could not have been asked.
func TestQuestionsAreThoseOfALookAtEverything(t *testing.T) {
	cases := map[string]*casefile.Case{
		"hijacked": makeCase(t, "mailserver/dovecot", lines(t, hijacked)),
		"lives":    makeCase(t, "microsoft/unified-audit", lives(10_000, 50)),
	}
	for _, people := range []uint64{1, 6} {
		cases[fmt.Sprintf("%d people", people)] = generated(t, people)
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			if _, err := c.Briefs(t.Context()); err != nil {
				t.Fatal(err)
			}
			for round := range 3 {
				want := inFull(t, New(c, Options{Where: attacktest.Where}), mostQuestions)
				a := New(c, Options{Where: attacktest.Where})
				first, err := a.FirstQuestion(t.Context())
				if err != nil {
					t.Fatal(err)
				}
				if diff := cmp.Diff(want[:min(1, len(want))], first); diff != "" {
					t.Errorf("round %d: another question comes first (-full +first):\n%s", round, diff)
				}
				got, err := a.Questions(t.Context())
				if err != nil {
					t.Fatal(err)
				}
				if diff := cmp.Diff(want, got); diff != "" {
					t.Errorf("round %d: other questions are asked (-full +asked):\n%s", round, diff)
				}
				if len(got) == 0 {
					break
				}
				if err := c.SetVerdict(got[0].Entities, answers[round%2]); err != nil {
					t.Fatal(err)
				}
				got, err = a.Questions(t.Context()) // with what was found out before the answer
				if err != nil {
					t.Fatal(err)
				}
				if diff := cmp.Diff(inFull(t, New(c, Options{Where: attacktest.Where}), mostQuestions), got); diff != "" {
					t.Errorf("round %d: other questions are asked after an answer (-full +asked):\n%s", round, diff)
				}
			}
		})
	}
}

// BenchmarkQuestions measures a case of 50 people and what is asked first about it, everything that is asked, and what is asked after an
// answer.
func BenchmarkQuestions(b *testing.B) {
	c := generated(b, 50)
	o := Options{Where: attacktest.Where}
	ask := func(b *testing.B, f func(*Analyst) ([]forensics.Question, error), prepare func(*Analyst)) {
		for b.Loop() {
			b.StopTimer()
			a := New(c, o)
			if _, err := a.Analyse(b.Context()); err != nil {
				b.Fatal(err)
			}
			prepare(a)
			runtime.GC()
			b.StartTimer()
			if _, err := f(a); err != nil {
				b.Fatal(err)
			}
		}
	}
	first := func(a *Analyst) ([]forensics.Question, error) { return a.FirstQuestion(b.Context()) }
	whole := func(a *Analyst) ([]forensics.Question, error) { return a.Questions(b.Context()) }
	b.Run("first", func(b *testing.B) { ask(b, first, func(*Analyst) {}) })
	b.Run("all", func(b *testing.B) { ask(b, whole, func(*Analyst) {}) })
	b.Run("all_after_the_first", func(b *testing.B) {
		ask(b, whole, func(a *Analyst) {
			if _, err := first(a); err != nil {
				b.Fatal(err)
			}
		})
	})
	b.Run("again_after_an_answer", func(b *testing.B) {
		ask(b, whole, func(a *Analyst) {
			list, err := whole(a)
			if err != nil {
				b.Fatal(err)
			}
			last := list[len(list)-1].Entities
			if err := c.SetVerdict(last, casefile.VerdictNotMine); err != nil {
				b.Fatal(err)
			}
			b.Cleanup(func() { _ = c.SetVerdict(last, casefile.VerdictUnknown) })
		})
	})
}
