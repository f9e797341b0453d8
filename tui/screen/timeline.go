package screen

import (
	"context"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"keytrail/forensics"
	"keytrail/forensics/filter"
	"keytrail/tui/kit"
	"keytrail/tui/widget"
)

// timelineMode says what the keys do.
type timelineMode uint8

const (
	inTable   timelineMode = iota // move and act
	inFilter                      // keys are text of the filter
	inPane                        // the details beside the table scroll
	inDetails                     // the details fill the screen
)

// Timeline is the first screen: the strip, the filter, the table of events and
// the details of the chosen one.
type Timeline struct {
	ctx           *kit.Context
	width, height int
	mode          timelineMode

	table  table
	filter filterLine
	text   string // the filter that holds
	expr   filter.Expr
	err    error

	base     kit.View // all events, for the strip's axis and ground; nil when the case changed
	request  int      // number of the last question for a view
	cancel   context.CancelFunc
	waiting  bool // a view is being made
	again    bool // the case changed meanwhile
	epoch    int  // number of the view that the pages belong to
	counts   kit.Cell
	strip    widget.Strip
	zoom     [2]int64 // the time that the strip is zoomed to; zero for all
	stripAsk int

	chosen  int64 // row number of the event that the details show, 0 while unknown
	rawOf   int64 // row number of the event that raw belongs to
	rest    int   // counts cursor moves, so that only the last one reads the record again
	raw     rawRecord
	reading bool // a record is being read again
	details []string
	pane    widget.Scroll

	back   bool           // the events were chosen on another screen, to which esc goes back
	before place          // where one was before that
	target place          // where the cursor goes with the next view
	marked map[int64]bool // rows that were chosen together
}

// place is what a look at other events comes back to.
type place struct {
	text   string // the filter; empty in a place that one is sent to
	row    int64  // of the event under the cursor; 0: where the cursor is
	offset int    // of the cursor from the upper end of the window
	first  bool   // the first event, whichever it is
}

// NewTimeline makes the screen for the case in the context.
func NewTimeline(ctx *kit.Context) *Timeline {
	t := &Timeline{ctx: ctx}
	t.table.pages = widget.NewPages[forensics.Event](pageSize, pagesKept)
	t.table.zone = ctx.Zone
	t.filter.ctx = ctx
	t.strip.Zone = ctx.Zone
	return t
}

// SetSize divides the area among the parts.
func (t *Timeline) SetSize(width, height int) tea.Cmd {
	t.width, t.height = width, height
	t.table.height = max(1, height-t.headHeight()-1)
	t.table.show()
	t.layDetails()
	return tea.Batch(t.stripCmd(), t.settle())
}

// Hints are the keys at the bottom.
func (t *Timeline) Hints() []key.Binding {
	k := t.ctx.Keys
	switch t.mode {
	case inFilter:
		return t.filter.hints()
	case inPane:
		return []key.Binding{k.Up, k.Down, k.PageDown, k.Details, k.Cancel}
	case inDetails:
		return []key.Binding{k.Cancel, k.Up, k.Down, k.Prev, k.Next, k.Mine, k.NotMine, k.ItsIncidents, k.Tag, k.Note, k.Similar}
	}
	hints := []key.Binding{k.Details, k.Filter, k.Mine, k.NotMine, k.GoTo, k.Similar, k.Tag, k.Note, k.Zone, k.Export, k.Undo}
	switch e := t.table.current(); {
	case t.table.length() == 0: // nothing to look at, nothing to do with it
		hints = []key.Binding{k.Evidence, k.Zone}
		if t.text != "" {
			hints = []key.Binding{k.Filter, k.Cancel, k.Zone, k.Undo}
		} else if t.ctx.Add != nil {
			hints = append([]key.Binding{k.Add}, hints...)
		}
		return hints
	case e != nil && len(e.Incidents) > 0:
		hints = append([]key.Binding{k.Details, k.ItsIncidents}, hints[1:]...)
	}
	if t.back {
		hints = append([]key.Binding{k.Cancel}, hints...)
	}
	if t.ctx.Add != nil {
		hints = append(hints, k.Add)
	}
	return hints
}

// Status is the place in the list.
func (t *Timeline) Status() string {
	n := t.table.length()
	if n == 0 {
		return ""
	}
	return kit.Count(int64(t.table.cursor+1)) + " of " + kit.Count(int64(n))
}

// Typing reports whether a filter is being typed.
func (t *Timeline) Typing() bool { return t.mode == inFilter }

// Filter is the filter that holds, and whether it leaves something out.
func (t *Timeline) Filter() string { return t.text }

// Init asks for all events.
func (t *Timeline) Init() tea.Cmd { return t.query() }

// Update handles keys, the mouse, and the answers of the commands.
func (t *Timeline) Update(msg tea.Msg) (kit.Screen, tea.Cmd) {
	var cmd tea.Cmd
	switch msg := msg.(type) {
	case tea.KeyPressMsg, tea.PasteMsg:
		cmd = t.key(msg)
	case tea.MouseClickMsg:
		cmd = t.click(msg)
	case tea.MouseWheelMsg:
		t.wheel(msg)
	case kit.CaseChanged:
		t.base = nil // counted anew
		cmd = t.query()
	case kit.LookChanged:
		cmd = t.look()
	case kit.TimeChosen:
		cmd = t.seekCmd(msg.Nano, 0)
	case kit.FilterChosen:
		t.arrive(false)
		cmd = t.apply(msg.Text, true)
	case kit.EventsChosen:
		cmd = t.showEvents(msg)
	case kit.Analysed:
		if msg.Err == nil {
			t.table.incidents = len(msg.Analysis.Incidents) > 0
		}
		if msg.Changed {
			cmd = t.query() // the events name other incidents
		}
	default:
		cmd = t.answer(msg)
	}
	return t, tea.Batch(cmd, t.settle())
}

// answer takes what the commands bring.
func (t *Timeline) answer(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case candidatesFound, historyRead:
		_, cmd := t.filter.update(msg)
		return cmd
	case viewOpened:
		return t.opened(msg)
	case pageRead:
		t.page(msg)
	case sought:
		if msg.epoch == t.epoch {
			t.table.jump(msg.index)
		}
	case refound:
		if msg.epoch == t.epoch && msg.at == t.table.cursor && msg.index >= 0 {
			t.table.jump(msg.index)
		}
	case stripCounted:
		if msg.request == t.stripAsk {
			t.strip = msg.strip
			t.strip.Zone = t.ctx.Zone
		}
	case rested:
		if msg.rest == t.rest {
			return t.readRaw()
		}
	case rawReRead:
		return t.rawCame(msg)
	}
	return nil
}

// opened takes a new view in the place of the old one; the cursor stays on its event.
func (t *Timeline) opened(msg viewOpened) tea.Cmd {
	if msg.request != t.request {
		return nil
	}
	t.waiting = false
	if t.again {
		t.again = false
		cmd := t.install(msg)
		t.base = nil
		return tea.Batch(cmd, t.query())
	}
	return t.install(msg)
}

func (t *Timeline) install(msg viewOpened) tea.Cmd {
	if t.err = msg.err; msg.err != nil {
		return t.ctx.Post(kit.Noticed{Text: msg.err.Error(), Bad: true})
	}
	offset, moved, row := t.table.cursor-t.table.top, 0, int64(0)
	if e := t.table.current(); msg.target == (place{}) && e != nil { // what was pressed meanwhile still counts
		moved, row = t.table.cursor-msg.from, e.Row
	}
	if msg.target == t.target {
		if t.target.row != 0 && t.target.offset >= 0 {
			offset = t.target.offset
		}
		t.target = place{}
	}
	if msg.dropped {
		t.text, t.expr = "", nil
	}
	t.epoch = msg.request
	t.base, t.table.view, t.counts, t.table.accounts = msg.base, msg.view, msg.counts, msg.accounts
	t.table.pages.Reset()
	for n, events := range msg.pages {
		t.table.pages.Put(n, events)
	}
	t.table.cursor = max(0, min(msg.cursor+moved, t.table.length()-1))
	t.table.top = max(0, t.table.cursor-offset)
	t.table.show()
	t.chosen = 0 // so that marks and further refs are laid out anew
	if moved != 0 {
		return tea.Batch(t.stripCmd(), t.refindCmd(row))
	}
	return t.stripCmd()
}

func (t *Timeline) page(msg pageRead) {
	if msg.epoch != t.epoch {
		return
	}
	if t.err = msg.err; msg.err != nil {
		t.table.pages.Failed(msg.page)
		return
	}
	t.table.pages.Put(msg.page, msg.events)
	t.table.show()
}

// settle asks for what the present state lacks: pages, the chosen event's record.
func (t *Timeline) settle() tea.Cmd {
	if t.table.view == nil {
		return nil
	}
	cmds := t.pageCmds()
	if e := t.table.current(); e != nil && e.Row != t.chosen {
		t.chosen = e.Row
		if t.rawOf != e.Row {
			t.rawOf, t.raw, t.pane.Top = e.Row, rawRecord{}, 0
			t.rest++
			cmds = append(cmds, t.restCmd())
		}
		t.layDetails()
	} else if e == nil {
		t.chosen = 0
		t.layDetails()
	}
	return tea.Batch(cmds...)
}

// look follows another zone or theme.
func (t *Timeline) look() tea.Cmd {
	t.table.zone, t.strip.Zone = t.ctx.Zone, t.ctx.Zone
	t.layDetails()
	t.table.show()
	if expr, mistake := t.filter.parse(t.text); mistake == nil && !filter.Equal(expr, t.expr) {
		t.expr = expr // days and moments in the filter are in the zone of the screen
		return t.query()
	}
	return nil
}

// apply makes a filter hold.
func (t *Timeline) apply(text string, remember bool) tea.Cmd {
	expr, mistake := t.filter.parse(text)
	if mistake != nil {
		return t.ctx.Post(kit.Noticed{Text: mistake.Error(), Bad: true})
	}
	t.filter.close()
	t.mode = inTable
	t.text, t.expr = text, expr
	if text == "" || !remember {
		return t.query()
	}
	return tea.Batch(t.query(), t.rememberCmd(text))
}

// showEvents shows events that were chosen on another screen.
func (t *Timeline) showEvents(msg kit.EventsChosen) tea.Cmd {
	before := place{text: t.text, offset: t.table.cursor - t.table.top}
	if e := t.table.current(); e != nil {
		before.row = e.Row
	}
	if t.back {
		before = t.before
	}
	t.arrive(true)
	t.before, t.target = before, place{row: msg.Row, offset: -1, first: msg.Row == 0}
	for _, row := range msg.Marked {
		t.marked[row] = true
	}
	t.table.marked = t.marked
	return t.apply(msg.Filter, false)
}

// arrive begins or ends the look at events that were chosen elsewhere.
func (t *Timeline) arrive(chosen bool) {
	t.back, t.before, t.marked, t.table.marked = chosen, place{}, map[int64]bool{}, nil
}

// goBack leaves the events that were chosen elsewhere: filter and cursor are again what they were.
func (t *Timeline) goBack() tea.Cmd {
	before := t.before
	t.arrive(false)
	t.target = before
	t.ctx.Post(kit.BackChosen{})
	return t.apply(before.text, false)
}

// query asks for the events of the present filter.
func (t *Timeline) query() tea.Cmd {
	if t.waiting && t.ctx.Adding {
		t.again = true // one question at a time while the case grows
		return nil
	}
	if t.cancel != nil {
		t.cancel()
	}
	var ctx context.Context
	ctx, t.cancel = context.WithCancel(context.Background())
	t.waiting = true
	t.request++
	return t.queryCmd(ctx)
}
