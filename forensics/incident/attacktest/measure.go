package attacktest

import (
	"context"
	"fmt"
	"os"
	"slices"
	"strings"
	"time"

	"keytrail/forensics"
	"keytrail/forensics/casefile"
)

// Counts is the least score that counts as reported: that of "likely". What is weaker is shown as a lead, and counted apart.
const Counts = 0.55

// Analyse is what is measured.
type Analyse func(context.Context, *casefile.Case) (*forensics.Analysis, error)

// Outcome is what detection made of one case.
type Outcome struct {
	Case      *Case
	Events    int
	Attacks   []Hit       // as the attacks of the case
	Incidents []Judgement // as the incidents of the analysis
	Read      time.Duration
	Analysed  time.Duration
}

// Hit is how an attack was found.
type Hit struct {
	Recorded []forensics.StepName
	Incident int     // the one that covers most of it, from 0; -1 for none
	Covered  int     // how many of its recorded steps that one covers
	Score    float64 // of that one
	Missed   []forensics.StepName
}

// Found reports whether an incident of at least that score covers most of the recorded steps.
func (h *Hit) Found(score float64) bool {
	return h.Incident >= 0 && 2*h.Covered > len(h.Recorded) && h.Score >= score
}

// Judgement is what an incident is worth.
type Judgement struct {
	*forensics.Incident
	Of     []int // the attacks whose best incident it is, from 0
	Rows   int   // events of its steps
	True   int   // of these, how many are of any attack
	Right  []forensics.StepName
	Wrong  []forensics.StepName // named, and mostly of other events than that step's
	Repair [2]int               // its events of the owner's repair: right ones, all
}

// IsTrue reports whether most of it is of attacks.
func (j *Judgement) IsTrue() bool { return 2*j.True > j.Rows }

// Measure makes a case, reads it and judges what detection says of it.
func Measure(ctx context.Context, seed uint64, r *Reader, analyse Analyse, tmp string) (*Outcome, error) {
	dir, err := os.MkdirTemp(tmp, "attack")
	if err != nil {
		return nil, err
	}
	defer func() { _ = os.RemoveAll(dir) }()
	o := &Outcome{Case: Generate(seed)}
	begin := time.Now()
	cf, err := r.Read(ctx, o.Case, dir)
	if err != nil {
		return nil, err
	}
	defer func() { _ = cf.Close() }()
	o.Read = time.Since(begin)
	begin = time.Now()
	a, err := analyse(ctx, cf)
	if err != nil {
		return nil, fmt.Errorf("seed %d: %w", seed, err)
	}
	o.Analysed = time.Since(begin)
	events, err := Events(ctx, cf)
	if err != nil {
		return nil, err
	}
	o.Events = len(events)
	o.judge(truths(o.Case, events), a)
	o.Case.files, o.Case.Marks = nil, nil // a thousand outcomes fit into memory, their evidence does not
	return o, nil
}

// truths tells of every event whose it is.
func truths(c *Case, events []forensics.Event) map[int64][]owned {
	find := NewFinder(events)
	out := map[int64][]owned{}
	for n := range c.Attacks {
		for i := range c.Attacks[n].Marks {
			m := &c.Attacks[n].Marks[i]
			for _, e := range find.Find(m) {
				out[e.Row] = append(out[e.Row], owned{n, m})
			}
		}
	}
	return out
}

// owned says that an event is of an attack.
type owned struct {
	attack int
	mark   *Mark
}

// is reports whether the event is of that step of the attack.
func (o owned) is(step forensics.StepName) bool {
	return !o.mark.Repair && (o.mark.Step == step || slices.Contains(o.mark.Also, step))
}

func (o *Outcome) judge(truth map[int64][]owned, a *forensics.Analysis) {
	for i := range a.Incidents {
		o.Incidents = append(o.Incidents, Judgement{Incident: &a.Incidents[i]})
	}
	for n := range o.Case.Attacks {
		h := Hit{Recorded: o.Case.Attacks[n].Recorded(), Incident: -1}
		for i := range o.Incidents {
			in := o.Incidents[i].Incident
			covered := covers(in, n, h.Recorded, truth)
			if covered > h.Covered || covered == h.Covered && covered > 0 && in.Score > h.Score {
				h.Incident, h.Covered, h.Score = i, covered, in.Score
			}
		}
		if h.Incident >= 0 {
			o.Incidents[h.Incident].Of = append(o.Incidents[h.Incident].Of, n)
		}
		o.Attacks = append(o.Attacks, h)
	}
	for i := range o.Incidents {
		o.Incidents[i].count(truth)
	}
	for n := range o.Attacks {
		h := &o.Attacks[n]
		for _, s := range h.Recorded {
			if h.Incident >= 0 && !hasStep(o.Incidents[h.Incident].Incident, n, s, truth) {
				h.Missed = append(h.Missed, s)
			}
		}
	}
}

// covers counts the recorded steps of an attack of which an incident has any event, in whatever step.
func covers(in *forensics.Incident, attack int, recorded []forensics.StepName, truth map[int64][]owned) int {
	n := 0
	for _, s := range recorded {
		if slices.ContainsFunc(in.Steps, func(st forensics.Step) bool {
			return !st.Owner && slices.ContainsFunc(st.Rows, func(row int64) bool { return has(truth[row], attack, s) })
		}) {
			n++
		}
	}
	return n
}

func has(list []owned, attack int, step forensics.StepName) bool {
	return slices.ContainsFunc(list, func(o owned) bool { return o.attack == attack && !o.mark.Repair && o.mark.Step == step })
}

// hasStep reports whether an incident calls any event of an attack's step by the name of that step, or by
// another name that the event may have.
func hasStep(in *forensics.Incident, attack int, step forensics.StepName, truth map[int64][]owned) bool {
	return slices.ContainsFunc(in.Steps, func(st forensics.Step) bool {
		return !st.Owner && slices.ContainsFunc(st.Rows, func(row int64) bool {
			return slices.ContainsFunc(truth[row], func(o owned) bool { return o.attack == attack && o.mark.Step == step && o.is(st.Step) })
		})
	})
}

// count judges the steps of an incident. Events that belong to an attack and to none of its steps count for nothing.
func (j *Judgement) count(truth map[int64][]owned) {
	for _, s := range j.Steps {
		if s.Owner {
			continue
		}
		right, rows := 0, 0
		for _, row := range s.Rows {
			list := truth[row]
			if slices.ContainsFunc(list, func(o owned) bool { return o.mark.Step == "" && !o.mark.Repair }) {
				continue
			}
			rows++
			if slices.ContainsFunc(list, func(o owned) bool { return !o.mark.Repair }) {
				j.True++
			}
			if slices.ContainsFunc(list, func(o owned) bool { return slices.Contains(j.Of, o.attack) && o.is(s.Step) }) {
				right++
			}
		}
		j.Rows += rows
		switch {
		case rows == 0:
		case 2*right > rows:
			j.Right = append(j.Right, s.Step)
		default:
			j.Wrong = append(j.Wrong, s.Step)
		}
	}
	for _, s := range j.Incident.Repair {
		for _, row := range s.Rows {
			if slices.ContainsFunc(truth[row], func(o owned) bool { return o.mark.Step == "" && !o.mark.Repair }) {
				continue // the owner's own program, locked out
			}
			j.Repair[1]++
			if slices.ContainsFunc(truth[row], func(o owned) bool { return o.mark.Repair }) {
				j.Repair[0]++
			}
		}
	}
}

// Tell describes an incident in a line.
func (j *Judgement) Tell() string {
	var steps []string
	for _, s := range j.Steps {
		steps = append(steps, fmt.Sprintf("%s %s [%s]", s.Step, s.Label, strings.Join(s.Rules, " ")))
	}
	return fmt.Sprintf("%s score %.2f: %s", time.Unix(0, j.Start).UTC().Format(time.DateOnly), j.Score, strings.Join(steps, "; "))
}
