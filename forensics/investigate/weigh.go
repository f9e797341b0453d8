package investigate

import (
	"context"
	"math"
	"runtime"
	"slices"

	"keytrail/forensics"
	"keytrail/forensics/casefile"
	"keytrail/forensics/incident"
	"keytrail/forensics/rule"
)

const (
	// budget is how many events may be looked at again to learn what answers would change, and findingCost how many of them a finding
	// is worth: it takes as long to come to, and to join with others. An account under a flood has more findings than events.
	budget      = 2_000_000
	findingCost = 10
	// mostFresh is what incidents count that only an answer would make: else "all of this is not mine" always settles most.
	mostFresh = 1.0
	// likely is how sure a suggested answer is taken to be.
	likely = 0.85
	// sumSlack is by how much two sums of the same numbers in another order may differ, and more.
	sumSlack = 1e-9
)

// effect is by how much an answer moves the scores of one account's incidents, and which of them, counted from the account's first.
type effect struct {
	moves float64
	which []int
}

// look is one at what an answer does to an account.
type look struct {
	begun, done bool
	effect
}

// answers are what can be said to a question; effects are listed in this order.
var answers = [2]string{casefile.VerdictMine, casefile.VerdictNotMine}

// weighing finds the questions that settle most.
//
// What an answer does to an account is found by asking the rules about it again, which takes milliseconds; what it can do at most is
// known before: a score moves to 0 or to 1. So of all questions the one that may settle most is looked at further, one answer in one
// account at a time, until none that is left can be among those that are asked. These are the same as if everything had been looked at.
type weighing struct {
	a     *Analyst
	judge rule.Judge
	sigma map[string][]forensics.Finding
	of    map[string][]*forensics.Incident // by account
	most  map[string]float64               // by how much an answer moves an account at most
	list  []candidate
}

func newWeighing(a *Analyst, analysis *forensics.Analysis, judge rule.Judge, list []candidate) *weighing {
	w := &weighing{a: a, judge: judge, sigma: byAccount(a.sigma.findings),
		of: map[string][]*forensics.Incident{}, most: map[string]float64{}, list: list}
	for i := range analysis.Incidents {
		in := &analysis.Incidents[i]
		w.of[in.Account] = append(w.of[in.Account], in)
		w.most[in.Account] += max(in.Score, 1-in.Score)
	}
	for name := range w.most {
		w.most[name] += mostFresh
	}
	left := budget
	for i := range list {
		c := &list[i]
		if left -= 2 * c.events; left < 0 {
			w.roughly(c)
			continue
		}
		for k, verdict := range answers {
			c.looks[k] = make([]look, len(c.accounts))
			for n, name := range c.accounts {
				if e, ok := a.accounts[name].effects[effectKey{c.entity, verdict}]; ok {
					c.looks[k][n] = look{begun: true, done: true, effect: e}
				}
			}
		}
		w.bound(c)
	}
	return w
}

// task is one look that is to be taken.
type task struct {
	c               *candidate
	answer, account int
}

// outcome is what a look gave.
type outcome struct {
	task
	found  []incident.Found
	buffer []forensics.Brief
	err    error
}

// settle looks at the candidates until the first so many of those that settle most are known, two looks at a time.
func (w *weighing) settle(ctx context.Context, wanted int) error {
	buffers := slices.Repeat([][]forensics.Brief{nil}, min(atOnce, runtime.GOMAXPROCS(0))) // one for each look that may be taken
	outcomes := make(chan outcome)
	running, failed := 0, error(nil)
	for {
		for len(buffers) > 0 && failed == nil {
			t, ok := w.next(wanted)
			if !ok {
				break
			}
			last := len(buffers) - 1
			buffer := buffers[last]
			buffers = buffers[:last]
			t.look().begun = true
			running++
			go func() { outcomes <- w.take(ctx, t, buffer) }()
		}
		if running == 0 {
			return failed
		}
		o := <-outcomes
		running--
		buffers = append(buffers, o.buffer)
		switch {
		case o.err == nil:
			w.note(o)
		case failed == nil:
			failed = o.err
		}
	}
}

func (t *task) look() *look { return &t.c.looks[t.answer][t.account] }

// next is the look that is to be taken next: at the candidate that may settle most of those that can be looked at further, as long as it
// may be among the wanted ones.
func (w *weighing) next(wanted int) (task, bool) {
	top := make([]float64, wanted) // what the wanted ones settle at least
	var best *candidate
	for i := range w.list {
		c := &w.list[i]
		if c.open > 0 && (best == nil || c.most > best.most) {
			best = c
		}
		for k, v := 0, c.least; k < len(top); k++ {
			if v > top[k] {
				v, top[k] = top[k], v
			}
		}
	}
	if best == nil || best.most < max(top[wanted-1], leastMove)-sumSlack {
		return task{}, false
	}
	t, says := task{c: best}, -1.0
	weights := best.weights()
	for k := range answers {
		for n, name := range best.accounts {
			if by := weights[k] * w.most[name]; !best.looks[k][n].begun && by > says {
				t.answer, t.account, says = k, n, by
			}
		}
	}
	best.open--
	return t, true
}

// take looks at an account as if the user had given the answer.
func (w *weighing) take(ctx context.Context, t task, buffer []forensics.Brief) outcome {
	name := t.c.accounts[t.account]
	one := &worker{judge: supposing(w.judge, t.c.entity, answers[t.answer]), cache: rule.NewCache(), briefs: w.a.briefs, scores: true, buffer: buffer}
	o := outcome{task: t}
	acct, err := w.a.look(ctx, one, name, w.a.loose, w.sigma[name], w.a.accounts[name])
	if o.err, o.buffer = err, one.buffer; err == nil {
		o.found = acct.found
	}
	return o
}

// note keeps what a look gave, for the next time too.
func (w *weighing) note(o outcome) {
	name := o.c.accounts[o.account]
	l := o.look()
	l.done, l.effect = true, moved(w.of[name], o.found)
	acct := w.a.accounts[name]
	if acct.effects == nil {
		acct.effects = map[effectKey]effect{}
	}
	acct.effects[effectKey{o.c.entity, answers[o.answer]}] = l.effect
	w.bound(o.c)
}

// bound says between what a candidate's weight lies, and what it is when everything was looked at.
func (w *weighing) bound(c *candidate) {
	var least, most [2]float64
	c.settled, c.open = true, 0
	for k := range answers {
		for n, name := range c.accounts {
			l := &c.looks[k][n]
			if !l.begun {
				c.open++
			}
			if !l.done {
				c.settled = false
				most[k] += w.most[name]
				continue
			}
			least[k] += l.moves
			most[k] += l.moves
		}
	}
	c.least, c.most = c.weigh(least), c.weigh(most)
	if !c.settled {
		return
	}
	c.moves = c.least
	for k := range answers {
		for n, name := range c.accounts {
			for _, i := range c.looks[k][n].which {
				c.question.Incidents = append(c.question.Incidents, w.of[name][i].ID)
			}
		}
	}
	c.tidy()
}

// weights say how likely each answer is.
func (c *candidate) weights() [2]float64 {
	mine := 0.5
	switch c.question.Suggest {
	case casefile.VerdictMine:
		mine = likely
	case casefile.VerdictNotMine:
		mine = 1 - likely
	}
	return [2]float64{mine, 1 - mine}
}

// weigh says how much a question settles, given by how much each answer moves the scores.
func (c *candidate) weigh(moves [2]float64) float64 {
	p := c.weights()
	return p[0]*moves[0] + p[1]*moves[1]
}

func (c *candidate) tidy() {
	slices.Sort(c.question.Incidents)
	c.question.Incidents = slices.Compact(c.question.Incidents)
}

// roughly estimates a candidate from what each source weighs in its incidents, where asking the rules again takes too long.
func (w *weighing) roughly(c *candidate) {
	var moves [2]float64
	for _, name := range c.accounts {
		for _, f := range w.a.accounts[name].found {
			for _, l := range f.Levers {
				if l.Entity != c.entity {
					continue
				}
				moves[0] += math.Abs(f.Score - l.Mine)
				moves[1] += math.Abs(l.Not - f.Score)
				for _, in := range w.of[name] {
					if in.Start == f.Start {
						c.question.Incidents = append(c.question.Incidents, in.ID)
					}
				}
			}
		}
	}
	c.moves = c.weigh(moves)
	c.settled, c.least, c.most = true, c.moves, c.moves
	c.tidy()
}

// moved tells by how much the scores of an account's incidents move.
func moved(before []*forensics.Incident, found []incident.Found) effect {
	var e effect
	used := make([]bool, len(found))
	for i, in := range before {
		now := 0.0
		for k := range found {
			if f := &found[k].Incident; !used[k] && f.Start <= in.End && in.Start <= f.End {
				used[k] = true
				now = f.Score
				break
			}
		}
		if by := math.Abs(now - in.Score); by >= leastMove {
			e.moves += by
			e.which = append(e.which, i)
		}
	}
	fresh := 0.0
	for k := range found {
		if !used[k] {
			fresh += found[k].Score
		}
	}
	e.moves += min(fresh, mostFresh)
	return e
}
