package screen

import (
	"context"
	"time"

	tea "charm.land/bubbletea/v2"

	"keytrail/forensics"
	"keytrail/forensics/filter"
	"keytrail/tui/kit"
)

const (
	storyRest = 80 * time.Millisecond // how long the cursor stays on an incident before its events are read
	storyRows = 400                   // events of one incident that are read for its story
)

// storyRested says that the cursor did not move for a while.
type storyRested struct{ rest int }

// rowsRead brings events of an incident.
type rowsRead struct {
	name   incidentName
	events map[int64]forensics.Event
	err    error
}

func (s *Incidents) restCmd() tea.Cmd {
	rest := s.rest
	return tea.Tick(storyRest, func(time.Time) tea.Msg { return storyRested{rest} })
}

// readStory reads the events of the chosen incident's steps: when each was, and what it came from.
func (s *Incidents) readStory() tea.Cmd {
	in := s.incident()
	if in == nil {
		return nil
	}
	var rows []int64
	for _, l := range s.lanes {
		rows = append(rows, l.Step.Rows[:min(len(l.Step.Rows), storyRows/max(1, len(s.lanes)))]...)
	}
	c, name, id := s.ctx.Case, s.chosen, in.ID
	return func() tea.Msg {
		events, err := readRows(c, "incident:"+itoa(id), rows)
		return rowsRead{name, events, err}
	}
}

// readRows reads events by their row numbers, those that a filter gives all at once.
func readRows(c kit.Case, near string, rows []int64) (map[int64]forensics.Event, error) {
	out := make(map[int64]forensics.Event, len(rows))
	wanted := make(map[int64]bool, len(rows))
	for _, row := range rows {
		wanted[row] = true
	}
	ctx := context.Background()
	if expr, err := filter.Parse(near); err == nil {
		view, err := c.Query(ctx, expr)
		if err != nil {
			return nil, err
		}
		if view.Len() <= 10*storyRows {
			events, err := view.Events(0, view.Len())
			if err != nil {
				return nil, err
			}
			for _, e := range events {
				if wanted[e.Row] {
					out[e.Row] = e
				}
			}
		}
	}
	if len(out) == len(wanted) {
		return out, nil
	}
	all, err := c.Query(ctx, nil)
	if err != nil {
		return nil, err
	}
	for row := range wanted {
		if _, ok := out[row]; ok {
			continue
		}
		if i := all.IndexOf(row); i >= 0 {
			events, err := all.Events(i, 1)
			if err != nil {
				return nil, err
			}
			if len(events) == 1 {
				out[row] = events[0]
			}
		}
	}
	return out, nil
}

func (s *Incidents) took(msg rowsRead) tea.Cmd {
	if msg.name != s.chosen {
		return nil
	}
	if msg.err != nil {
		return s.ctx.Post(kit.Noticed{Text: "the events of the incident could not be read: " + msg.err.Error(), Bad: true})
	}
	s.events = msg.events
	s.lay()
	return nil
}
