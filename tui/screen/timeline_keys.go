package screen

import (
	"time"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"keytrail/tui/kit"
	"keytrail/tui/widget"
)

// key sends a key to where the keys go at present.
func (t *Timeline) key(msg tea.Msg) tea.Cmd {
	press, isKey := msg.(tea.KeyPressMsg)
	switch {
	case t.mode == inFilter:
		accepted, cmd := t.filter.update(msg)
		if accepted {
			t.arrive(false)
			return t.apply(t.filter.input.Value(), true)
		}
		if !t.filter.typing {
			t.mode = inTable
		}
		return cmd
	case !isKey:
		return nil
	case t.mode == inTable:
		return t.tableKey(press)
	}
	return t.detailsKey(press)
}

func (t *Timeline) tableKey(msg tea.KeyPressMsg) tea.Cmd {
	k, page := t.ctx.Keys, max(1, t.table.height-2)
	switch {
	case key.Matches(msg, k.Up):
		t.table.move(t.table.cursor - 1)
	case key.Matches(msg, k.Down):
		t.table.move(t.table.cursor + 1)
	case key.Matches(msg, k.PageUp):
		t.table.move(t.table.cursor - page)
	case key.Matches(msg, k.PageDown):
		t.table.move(t.table.cursor + page)
	case key.Matches(msg, k.First):
		t.table.move(0)
	case key.Matches(msg, k.Last):
		t.table.move(t.table.length() - 1)
	case key.Matches(msg, k.NextDay):
		return t.daySeek(1)
	case key.Matches(msg, k.PrevDay):
		return t.daySeek(-1)
	case key.Matches(msg, k.Filter):
		t.mode = inFilter
		return t.filter.open(t.text)
	case key.Matches(msg, k.Cancel) && t.back:
		return t.goBack()
	case key.Matches(msg, k.Cancel) && t.text != "":
		return t.apply("", false)
	case key.Matches(msg, k.GoTo):
		return t.openGoTo()
	case key.Matches(msg, k.Details) && t.table.length() > 0:
		return t.openDetails()
	case key.Matches(msg, k.Pane) && t.paneWidth() > 0 && t.table.length() > 0:
		t.mode = inPane
	case key.Matches(msg, k.ZoomIn):
		return t.zoomBy(4)
	case key.Matches(msg, k.ZoomOut):
		return t.zoomBy(0.25)
	default:
		return t.eventKey(msg)
	}
	return nil
}

// eventKey handles what can be done to the chosen event, in the table and in its details.
func (t *Timeline) eventKey(msg tea.KeyPressMsg) tea.Cmd {
	k, e := t.ctx.Keys, t.table.current()
	switch {
	case e == nil:
	case key.Matches(msg, k.Tag):
		return t.ctx.Post(kit.SheetOpened{Sheet: NewTagSheet(t.ctx, e)})
	case key.Matches(msg, k.Note):
		return t.ctx.Post(kit.SheetOpened{Sheet: NewNoteSheet(t.ctx, e)})
	case key.Matches(msg, k.Similar):
		return t.ctx.Post(kit.SheetOpened{Sheet: NewSimilarSheet(t.ctx, e, t.text)})
	case key.Matches(msg, k.ItsIncidents):
		return showIncidents(t.ctx, e.Incidents, "the event of "+kit.Clock(e.Time, t.ctx.Zone))
	case key.Matches(msg, k.Mine):
		return openJudge(t.ctx, "mine", entitiesOf(e))
	case key.Matches(msg, k.NotMine):
		return openJudge(t.ctx, "not-mine", entitiesOf(e))
	case key.Matches(msg, k.Unjudge):
		return openJudge(t.ctx, "unknown", entitiesOf(e))
	}
	return nil
}

func (t *Timeline) detailsKey(msg tea.KeyPressMsg) tea.Cmd {
	k, height := t.ctx.Keys, t.detailHeight()
	switch {
	case key.Matches(msg, k.Cancel), t.mode == inPane && key.Matches(msg, k.Pane), t.mode == inDetails && key.Matches(msg, k.Details):
		t.mode = inTable
		t.layDetails()
	case key.Matches(msg, k.Details):
		return t.openDetails()
	case key.Matches(msg, k.Up):
		t.pane.Shift(-1, len(t.details), height)
	case key.Matches(msg, k.Down):
		t.pane.Shift(1, len(t.details), height)
	case key.Matches(msg, k.PageUp):
		t.pane.Shift(2-height, len(t.details), height)
	case key.Matches(msg, k.PageDown):
		t.pane.Shift(height-2, len(t.details), height)
	case key.Matches(msg, k.First):
		t.pane.Top = 0
	case key.Matches(msg, k.Last):
		t.pane.Shift(len(t.details), len(t.details), height)
	case key.Matches(msg, k.Prev):
		t.table.move(t.table.cursor - 1)
	case key.Matches(msg, k.Next):
		t.table.move(t.table.cursor + 1)
	case key.Matches(msg, k.GoTo):
		return t.openGoTo()
	default:
		return t.eventKey(msg)
	}
	return nil
}

// openDetails fills the screen with the details of the chosen event.
func (t *Timeline) openDetails() tea.Cmd {
	t.mode = inDetails
	t.layDetails()
	return t.readRaw()
}

func (t *Timeline) openGoTo() tea.Cmd {
	var near int64
	if e := t.table.current(); e != nil && !e.Time.Unreliable {
		near = e.Time.Nano
	} else if t.base != nil {
		near, _, _ = t.base.Span()
	}
	var first, last int64
	if t.base != nil {
		first, last, _ = t.base.Span()
	}
	return t.ctx.Post(kit.SheetOpened{Sheet: NewGoToSheet(t.ctx, near, first, last)})
}

// daySeek goes to the first event of another day.
func (t *Timeline) daySeek(step int) tea.Cmd {
	e := t.table.current()
	if e == nil || t.table.cursor >= t.table.view.Dated() {
		t.table.move(t.table.cursor + step)
		return nil
	}
	y, m, d := e.Time.Std().In(t.ctx.Zone).Date()
	start := time.Date(y, m, d, 0, 0, 0, 0, t.ctx.Zone)
	if step > 0 {
		return t.seekCmd(start.AddDate(0, 0, 1).UnixNano(), 0)
	}
	return t.seekCmd(start.UnixNano(), t.table.cursor)
}

// zoomBy makes the strip span less or more time around the chosen event.
func (t *Timeline) zoomBy(f float64) tea.Cmd {
	if t.base == nil {
		return nil
	}
	first, last, ok := t.base.Span()
	if !ok || last <= first {
		return nil
	}
	from, to := t.strip.From, t.strip.To
	span := int64(float64(to-from) / f)
	if span >= last-first {
		t.zoom = [2]int64{}
		return t.stripCmd()
	}
	span = max(span, int64(time.Minute))
	center := (from + to) / 2
	if e := t.table.current(); e != nil && !e.Time.Unreliable {
		center = e.Time.Nano
	}
	t.zoom = [2]int64{center - span/2, center + span/2}
	return t.stripCmd()
}

// click goes to the row, the time or the part that was clicked.
func (t *Timeline) click(msg tea.MouseClickMsg) tea.Cmd {
	if msg.Button != tea.MouseLeft || t.mode == inDetails {
		return nil
	}
	head := t.headHeight()
	switch tableWidth := t.tableWidth(); {
	case msg.Y < t.stripHeight()+1:
		return t.seekCmd(t.strip.TimeAt(msg.X-1, t.stripWidth()), 0)
	case msg.Y < head:
		if t.mode != inFilter {
			t.mode = inFilter
			return t.filter.open(t.text)
		}
	case msg.X < tableWidth:
		if i := t.table.at(msg.Y - head); i >= 0 && t.mode != inFilter {
			t.mode = inTable
			again := i == t.table.cursor && t.paneWidth() == 0
			t.table.move(i)
			if again {
				return t.openDetails()
			}
		}
	case t.mode == inTable:
		t.mode = inPane
	}
	return nil
}

func (t *Timeline) wheel(msg tea.MouseWheelMsg) {
	n := widget.Wheel(msg)
	if t.mode == inDetails || t.paneWidth() > 0 && msg.X > t.tableWidth() {
		t.pane.Shift(n, len(t.details), t.detailHeight())
		return
	}
	t.table.shift(n)
}
