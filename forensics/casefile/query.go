package casefile

import (
	"context"
	"fmt"

	"keytrail/forensics/filter"
)

// Query finds the events that e matches; a nil e matches all. The view is a
// snapshot in the order of the timeline.
func (c *Case) Query(ctx context.Context, e filter.Expr) (*View, error) {
	c.flushed()
	c.mu.Lock()
	s, err := c.current(ctx)
	var v *View
	if err == nil {
		s.sort()
		v = &View{c: c, s: s, index: s.order, dated: s.dated}
	}
	c.mu.Unlock()
	if err != nil {
		return nil, err
	}
	if e == nil {
		return v, nil
	}
	q := query{c: c, ctx: ctx, s: s, n: s.columns.len()}
	matched, err := q.eval(e)
	if err != nil {
		return nil, fmt.Errorf("filter: %w", err)
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	dated := v.dated
	v.index = make([]uint32, 0, matched.count())
	for k, i := range s.order {
		if k == dated {
			v.dated = len(v.index)
		}
		if matched.has(i) {
			v.index = append(v.index, i)
		}
	}
	if dated == len(s.order) {
		v.dated = len(v.index)
	}
	return v, nil
}
