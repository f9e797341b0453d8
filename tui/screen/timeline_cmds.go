package screen

import (
	"context"
	"time"

	tea "charm.land/bubbletea/v2"

	"keytrail/forensics"
	"keytrail/tui/kit"
	"keytrail/tui/widget"
)

const (
	pageSize    = 200 // events read at once
	pagesKept   = 24
	pagesAtOnce = 4
	ahead       = 300 // events read before and after the window
	// restTime is how long the cursor stays on an event before its record is read again.
	restTime = 120 * time.Millisecond
)

// viewOpened brings a view, with the page around the cursor so that nothing flickers.
type viewOpened struct {
	request    int
	view, base kit.View
	counts     kit.Cell
	cursor     int
	from       int   // where the cursor was when the view was asked for
	target     place // where the cursor was sent
	dropped    bool  // the filter left that row out, so all events are shown
	accounts   bool  // the case is about several accounts
	pages      map[int][]forensics.Event
	err        error
}

// pageRead brings a page of the view with the number epoch.
type pageRead struct {
	epoch, page int
	events      []forensics.Event
	err         error
}

// sought says where a time stands in the view.
type sought struct{ epoch, index int }

// refound says where an event stands in a view that came while the cursor was moved.
type refound struct {
	epoch, index int
	at           int // where the cursor was put until then
}

// stripCounted brings the counts of the strip.
type stripCounted struct {
	request int
	strip   widget.Strip
}

// rested says that the cursor did not move for a while.
type rested struct{ rest int }

// rawReRead brings a record as it stands in the evidence now.
type rawReRead struct {
	row int64
	rawRecord
}

// queryCmd makes a view and finds the cursor's event in it; where it is filtered out, the
// next one after its time.
func (t *Timeline) queryCmd(ctx context.Context) tea.Cmd {
	request, c, expr, base := t.request, t.ctx.Case, t.expr, t.base
	row, nano, index, target := int64(0), int64(0), t.table.cursor, t.target
	if e := t.table.current(); e != nil {
		row, nano = e.Row, e.Time.Nano
	}
	if target.row != 0 {
		row = target.row
	}
	accounts := t.table.accounts
	return func() tea.Msg {
		out := viewOpened{request: request, from: index, target: target, accounts: accounts, pages: map[int][]forensics.Event{}}
		if out.base = base; base == nil {
			if out.base, out.err = c.Query(ctx, nil); out.err != nil {
				return out
			}
			out.accounts = len(c.Values("account", "", 2)) > 1
		}
		out.view = out.base
		if expr != nil {
			if out.view, out.err = c.Query(ctx, expr); out.err != nil {
				return out
			}
		}
		if target.row != 0 && target.text == "" && expr != nil && out.view.IndexOf(target.row) < 0 && out.base.IndexOf(target.row) >= 0 {
			out.view, out.dropped = out.base, true
		}
		out.counts = out.view.GroupCounts()
		out.cursor = index
		switch {
		case target.first:
			out.cursor = 0
		case row != 0:
			if out.cursor = out.view.IndexOf(row); out.cursor < 0 {
				out.cursor = out.view.SeekTime(nano)
			}
		}
		out.cursor = max(0, min(out.cursor, out.view.Len()-1))
		for n := max(0, out.cursor-60) / pageSize; n <= (out.cursor+60)/pageSize && n*pageSize < out.view.Len(); n++ {
			if out.pages[n], out.err = out.view.Events(n*pageSize, pageSize); out.err != nil {
				return out
			}
		}
		return out
	}
}

// pageCmds reads the pages of the window and those around it.
func (t *Timeline) pageCmds() []tea.Cmd {
	first, last := t.table.visible()
	var cmds []tea.Cmd
	for _, page := range t.table.pages.Want(first, last, first-ahead, last+ahead, t.table.length(), pagesAtOnce) {
		epoch, view := t.epoch, t.table.view
		cmds = append(cmds, func() tea.Msg {
			events, err := view.Events(page*pageSize, pageSize)
			return pageRead{epoch, page, events, err}
		})
	}
	return cmds
}

// seekCmd finds the first event at or after a time. Where that is the event `not`, the
// one before it is meant.
func (t *Timeline) seekCmd(nano int64, not int) tea.Cmd {
	epoch, view := t.epoch, t.table.view
	if view == nil {
		return nil
	}
	return func() tea.Msg {
		i := view.SeekTime(nano)
		if not > 0 && i == not {
			i--
		}
		return sought{epoch, i}
	}
}

// refindCmd finds the event that the cursor was moved to while a view was made.
func (t *Timeline) refindCmd(row int64) tea.Cmd {
	epoch, view, at := t.epoch, t.table.view, t.table.cursor
	return func() tea.Msg { return refound{epoch, view.IndexOf(row), at} }
}

// stripCmd counts the events for the strip.
func (t *Timeline) stripCmd() tea.Cmd {
	if t.base == nil || t.width == 0 {
		return nil
	}
	t.stripAsk++
	request, base, view, zoom, cells := t.stripAsk, t.base, t.table.view, t.zoom, t.stripWidth()
	return func() tea.Msg {
		out := stripCounted{request: request}
		from, to, ok := base.Span()
		if !ok {
			return out
		}
		if from == to {
			from, to = from-int64(time.Hour), to+int64(time.Hour)
		}
		to++ // the last event belongs into the last cell
		if zoom != [2]int64{} {
			from, to = zoom[0], zoom[1]
		}
		out.strip.From, out.strip.To = from, to
		out.strip.Cells = view.Histogram(from, to, cells)
		if view != base {
			out.strip.Base = base.Histogram(from, to, cells)
		}
		return out
	}
}

func (t *Timeline) rememberCmd(text string) tea.Cmd {
	c := t.ctx.Case
	return func() tea.Msg {
		if err := c.AddHistory(text); err != nil {
			return kit.Noticed{Text: "the filter could not be kept in the history: " + err.Error(), Bad: true}
		}
		return nil
	}
}

func (t *Timeline) restCmd() tea.Cmd {
	if t.ctx.ReadRaw == nil {
		return nil
	}
	rest := t.rest
	return tea.Tick(restTime, func(time.Time) tea.Msg { return rested{rest} })
}

// readRaw reads the chosen event's record again, one record at a time.
func (t *Timeline) readRaw() tea.Cmd {
	e := t.table.current()
	if e == nil || t.reading || t.ctx.ReadRaw == nil || t.raw.state != rawAsked || t.paneWidth() == 0 && t.mode != inDetails {
		return nil
	}
	t.reading = true
	event, read, c := *e, t.ctx.ReadRaw, t.ctx.Case
	return func() tea.Msg {
		raw, same, err := read(c, &event)
		if err != nil {
			return rawReRead{event.Row, rawRecord{state: rawFailed, err: err}}
		}
		return rawReRead{event.Row, rawRecord{state: rawRead, bytes: raw, same: same}}
	}
}

// rawCame shows a record, or reads the one that was chosen meanwhile.
func (t *Timeline) rawCame(msg rawReRead) tea.Cmd {
	t.reading = false
	if msg.row != t.rawOf {
		return t.readRaw()
	}
	t.raw = msg.rawRecord
	t.layDetails()
	return nil
}
