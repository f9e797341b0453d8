package screen

import (
	"context"
	"encoding/binary"
	"errors"
	"hash/fnv"
	"sync/atomic"
	"time"

	tea "charm.land/bubbletea/v2"

	"keytrail/forensics"
	"keytrail/tui/kit"
)

// tickTime is how often a long computation says how long it has taken.
const tickTime = 200 * time.Millisecond

// analyst asks the case for its findings and incidents whenever the case has changed: one question at a time, and
// seldom while the case grows.
type analyst struct {
	ctx    *kit.Context
	pace   pace
	began  time.Time
	cancel context.CancelFunc
	tick   int // number of the last tick that is due

	generation int64  // of the case, when it last answered
	print      uint64 // of which events belong to which incidents
	known      bool   // it has answered once
	err        error
}

// analysisCame is an answer.
type analysisCame struct {
	analysis   *forensics.Analysis
	err        error
	took       time.Duration
	generation int64
	print      uint64
	same       bool // nothing has changed since the last answer
}

// analysisDue says that it is time to ask again.
type analysisDue struct{}

// analysisRested says that the hand rests, and the first question can be asked.
type analysisRested struct{}

// analysisTicked says that an answer takes long.
type analysisTicked struct{ tick int }

// ask asks now, or later where the case is asked often enough.
func (a *analyst) ask() tea.Cmd {
	if a.ctx.Case == nil {
		return nil
	}
	if a.pace.running && !a.ctx.Adding && a.cancel != nil {
		a.cancel() // what is being computed is of yesterday
	}
	now, later := a.pace.ask(a.ctx)
	if later > 0 {
		return tea.Tick(later, func(time.Time) tea.Msg { return analysisDue{} })
	}
	if !now {
		return nil
	}
	if !a.known {
		return a.rest()
	}
	return a.begin()
}

// begin asks, and says from time to time how long it takes.
func (a *analyst) begin() tea.Cmd {
	a.began = time.Now()
	a.tick++
	return tea.Batch(a.command(), a.ticker())
}

// rest waits before the first question until no key came for a while.
func (a *analyst) rest() tea.Cmd {
	var ctx context.Context
	ctx, a.cancel = context.WithCancel(context.Background())
	typed := a.ctx.Typed
	a.began = time.Time{}
	return func() tea.Msg {
		handRests(ctx, typed)
		return analysisRested{}
	}
}

func (a *analyst) command() tea.Cmd {
	var ctx context.Context
	ctx, a.cancel = context.WithCancel(context.Background())
	c, known, last := a.ctx.Case, a.known && a.err == nil, a.generation
	return func() tea.Msg {
		began := time.Now()
		if known && c.Generation() == last {
			return analysisCame{same: true, generation: last}
		}
		out := analysisCame{generation: c.Generation()} // a change while it is computed is seen by the next question
		out.analysis, out.err = c.Analysis(ctx)
		if out.err == nil && out.analysis == nil {
			out.err = errors.New("the case gave no answer")
		}
		if out.err == nil {
			out.print = fingerprint(out.analysis)
		}
		out.took = time.Since(began)
		return out
	}
}

// handRest is how long no key comes before the first analysis begins: it looks at every event, and its garbage
// would be felt by who scrolls through a large case right after the start.
const handRest = 300 * time.Millisecond

// handRests waits until no key came for a while.
func handRests(ctx context.Context, typed *atomic.Int64) {
	for {
		wait := handRest - time.Since(time.Unix(0, typed.Load()))
		if wait <= 0 {
			return
		}
		select {
		case <-ctx.Done():
			return
		case <-time.After(wait):
		}
	}
}

func (a *analyst) ticker() tea.Cmd {
	tick := a.tick
	return tea.Tick(tickTime, func(time.Time) tea.Msg { return analysisTicked{tick} })
}

// update takes the answers; came is what the screens are to be told, nil where there is nothing new.
func (a *analyst) update(msg tea.Msg) (came *kit.Analysed, cmd tea.Cmd) {
	switch msg := msg.(type) {
	case analysisDue:
		a.pace.waiting = false
		return nil, a.ask()
	case analysisRested:
		return nil, a.begin()
	case analysisTicked:
		if msg.tick == a.tick && a.pace.running {
			return nil, a.ticker()
		}
	case analysisCame:
		again := a.pace.answered(msg.took)
		if again && errors.Is(msg.err, context.Canceled) {
			return nil, a.ask()
		}
		if !msg.same {
			a.generation, a.err = msg.generation, msg.err
			came = &kit.Analysed{Analysis: msg.analysis, Err: msg.err, Took: msg.took}
			if msg.err == nil {
				came.Changed = a.print != msg.print
				a.known, a.print = true, msg.print
			}
		}
		if again {
			cmd = a.ask()
		}
	}
	return came, cmd
}

// state says in a word what is going on, empty where nothing is.
func (a *analyst) state() string {
	if !a.pace.running || a.began.IsZero() {
		return ""
	}
	if d := time.Since(a.began); d >= tickTime {
		return "computing, " + seconds(d)
	}
	return ""
}

// seconds writes a short time: 0.3 s.
func seconds(d time.Duration) string {
	tenths := int64(d / (100 * time.Millisecond))
	return itoa(tenths/10) + "." + itoa(tenths%10) + " s"
}

// fingerprint is equal for two answers that put the same events into the same incidents.
func fingerprint(a *forensics.Analysis) uint64 {
	h := fnv.New64a()
	var b [8]byte
	put := func(n int64) {
		binary.LittleEndian.PutUint64(b[:], uint64(n))
		h.Write(b[:])
	}
	for i := range a.Incidents {
		in := &a.Incidents[i]
		put(-in.ID)
		for _, steps := range [][]forensics.Step{in.Steps, in.Repair} {
			for j := range steps {
				for _, row := range steps[j].Rows {
					put(row)
				}
			}
		}
	}
	return h.Sum64()
}
