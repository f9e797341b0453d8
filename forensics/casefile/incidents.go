package casefile

import (
	"slices"

	"keytrail/forensics/filter"
)

// incidentRows says of each event to which incidents it belongs, and to which of these by an answer only.
type incidentRows struct{ all, answers map[int64][]int64 }

// SetIncidents notes which incidents each event belongs to, as a step or as something that the owner or the provider did about it, and
// of which it is only the latter: what the filter's key `incident`, events and entities answer from, until it is called again. It is
// kept in memory only, because it follows from the events and the verdicts. The maps are the case's from now on.
func (c *Case) SetIncidents(all, answers map[int64][]int64) {
	c.incidents.Store(&incidentRows{all, answers})
}

// incidentsOf gives what SetIncidents noted; it must not be changed.
func (c *Case) incidentsOf() incidentRows {
	if m := c.incidents.Load(); m != nil {
		return *m
	}
	return incidentRows{}
}

// inIncident answers the key `incident`.
func (q *query) inIncident(t *filter.Term) bitset {
	found := newBitset(q.n)
	for row, list := range q.c.incidentsOf().all {
		if slices.Contains(list, t.Number) {
			if i, ok := q.s.columns.find(row); ok {
				found.add(i)
			}
		}
	}
	return found
}
