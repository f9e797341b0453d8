package tui

import (
	"context"

	"keytrail/forensics/casefile"
	"keytrail/forensics/filter"
	"keytrail/tui/kit"
)

// Wrap makes a case ready for the screen.
func Wrap(c *casefile.Case) kit.Case { return openCase{c} }

// Unwrap gives the case back that Wrap was given, nil for any other.
func Unwrap(c kit.Case) *casefile.Case {
	if o, ok := c.(openCase); ok {
		return o.Case
	}
	return nil
}

// openCase is a casefile.Case in the words of the kit.
type openCase struct{ *casefile.Case }

// Query gives the view as the kit's interface.
func (c openCase) Query(ctx context.Context, e filter.Expr) (kit.View, error) {
	v, err := c.Case.Query(ctx, e)
	if err != nil {
		return nil, err
	}
	return openView{v}, nil
}

// openView is a casefile.View in the words of the kit.
type openView struct{ *casefile.View }

// Histogram counts by group.
func (v openView) Histogram(from, to int64, cells int) []kit.Cell {
	counts := v.View.Histogram(from, to, cells)
	out := make([]kit.Cell, len(counts))
	for i, c := range counts {
		out[i] = kit.Cell(c)
	}
	return out
}

// GroupCounts counts all events by group.
func (v openView) GroupCounts() kit.Cell { return kit.Cell(v.View.GroupCounts()) }
