package screen

import (
	"time"

	"keytrail/tui/kit"
)

// pace keeps a question to the case to one at a time, and, while an add runs, to a part of the time: what costs a
// second is not asked again for a few seconds.
type pace struct {
	running bool
	again   bool // the case changed while an answer was under way
	waiting bool // a later question is due already
	ended   time.Time
	took    time.Duration
}

const (
	restAtLeast = 2 * time.Second // between two answers while an add runs
	restTimes   = 4               // as many times as the last answer took
)

// ask says whether to ask now. Where not, later is when to ask again, 0 where the end of the running question
// or an earlier wait will see to it.
func (p *pace) ask(ctx *kit.Context) (now bool, later time.Duration) {
	if p.running {
		p.again = true
		return false, 0
	}
	if ctx.Adding && !p.ended.IsZero() {
		rest := max(restAtLeast, restTimes*p.took) - time.Since(p.ended)
		if rest > 0 && p.waiting {
			return false, 0
		}
		if rest > 0 {
			p.waiting = true
			return false, rest
		}
	}
	p.running, p.waiting = true, false
	return true, 0
}

// answered ends a question; again says that the case changed meanwhile.
func (p *pace) answered(took time.Duration) (again bool) {
	again, p.again = p.again, false
	p.running, p.ended, p.took = false, time.Now(), took
	return again
}
