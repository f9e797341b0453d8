package investigate

import (
	"fmt"
	"path/filepath"
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
	several := uint64(6)
	if testing.Short() {
		several = 2
		t.Logf("a short run: %d people", several)
	}
	for _, people := range []uint64{1, several} {
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

// BenchmarkQuestions measures what is asked about a case of 50 people, and what is asked after an answer.
func BenchmarkQuestions(b *testing.B) {
	c := generated(b, 50)
	ask := func(b *testing.B, prepare func(*Analyst)) {
		for b.Loop() {
			b.StopTimer()
			a := New(c, Options{Where: attacktest.Where})
			if _, err := a.Analyse(b.Context()); err != nil {
				b.Fatal(err)
			}
			prepare(a)
			b.StartTimer()
			if _, err := a.Questions(b.Context()); err != nil {
				b.Fatal(err)
			}
		}
	}
	b.Run("first", func(b *testing.B) { ask(b, func(*Analyst) {}) })
	b.Run("after_an_answer", func(b *testing.B) {
		var answered []string
		say := func(verdict string) {
			if err := c.SetVerdict(answered, verdict); err != nil {
				b.Fatal(err)
			}
		}
		ask(b, func(a *Analyst) {
			if answered != nil {
				say(casefile.VerdictUnknown)
			}
			list, err := a.Questions(b.Context())
			if err != nil {
				b.Fatal(err)
			}
			answered = list[len(list)-1].Entities
			say(casefile.VerdictNotMine)
		})
		say(casefile.VerdictUnknown)
	})
}
