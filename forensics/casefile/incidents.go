package casefile

import (
	"slices"

	"keytrail/forensics/filter"
)

// SetIncidents notes which incidents each event belongs to: what the filter's key `incident`,
// events and entities answer from, until it is called again. It is kept in memory only, because
// it follows from the events and the verdicts. The map is the case's from now on.
func (c *Case) SetIncidents(byRow map[int64][]int64) { c.incidents.Store(&byRow) }

// incidentsOf gives the map of SetIncidents; it must not be changed.
func (c *Case) incidentsOf() map[int64][]int64 {
	if m := c.incidents.Load(); m != nil {
		return *m
	}
	return nil
}

// inIncident answers the key `incident`.
func (q *query) inIncident(t *filter.Term) bitset {
	found := newBitset(q.n)
	for row, list := range q.c.incidentsOf() {
		if slices.Contains(list, t.Number) {
			if i, ok := q.s.columns.find(row); ok {
				found.add(i)
			}
		}
	}
	return found
}
