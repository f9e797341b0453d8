package casefile

import (
	"context"
	"fmt"

	"keytrail/forensics/filter"
)

// Query finds the events that e matches; a nil e matches all. The view is a
// snapshot in the order of the timeline.
func (c *Case) Query(ctx context.Context, e filter.Expr) (*View, error) {
	c.mu.Lock()
	s, err := c.current(ctx)
	if err == nil {
		s.sort()
	}
	c.mu.Unlock()
	if err != nil {
		return nil, err
	}
	v := &View{c: c, s: s, index: s.order, dated: s.dated}
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
	v.index = make([]uint32, 0, matched.count())
	for k, i := range s.order {
		if k == s.dated {
			v.dated = len(v.index)
		}
		if matched.has(i) {
			v.index = append(v.index, i)
		}
	}
	if s.dated == len(s.order) {
		v.dated = len(v.index)
	}
	return v, nil
}
