package screen

import (
	"cmp"
	"slices"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"keytrail/forensics"
	"keytrail/tui/kit"
	"keytrail/tui/widget"
)

// incidentOrder says what the list of incidents is sorted by.
type incidentOrder uint8

const (
	byScore incidentOrder = iota
	byTime
	byAccount
	incidentOrders
)

var orderNames = [incidentOrders]string{"by score", "by time", "by account"}

// Incidents is the second screen: the list of incidents and the story of the chosen one, step by step.
type Incidents struct {
	ctx           *kit.Context
	width, height int
	analyst       analyst

	order   incidentOrder
	filter  incidentFilter
	list    []int // places in ctx.Analysis.Incidents, in the order of the list
	longest incidentColumns
	losses  []string // by place
	lost    []string // in those of the list, the longest text first
	scroll  widget.Scroll
	chosen  incidentName // of the incident under the cursor
	inStory bool         // the keys go to the steps of the chosen incident
	step    int          // the chosen one of lanes
	lanes   []lane
	laneTop int
	panel   []string
	pane    widget.Scroll

	rest   int // counts moves, so that only the last one reads events
	events map[int64]forensics.Event
}

// incidentName tells an incident again after its number has changed, or some of its events.
type incidentName struct {
	id         int64
	account    string
	row        int64 // of its first event
	start, end int64
}

// stays is what mostly stays the same: the account and the first event.
func (n incidentName) stays() incidentName { return incidentName{account: n.account, row: n.row} }

// like says how sure it is that two names are of one incident: 0 where nothing speaks for it.
func (n incidentName) like(o incidentName) int {
	switch {
	case n == o:
		return 4
	case n.account != o.account:
		return 0
	case n.row == o.row:
		return 3
	case n.start <= o.end && o.start <= n.end:
		return 2
	case n.id == o.id:
		return 1
	}
	return 0
}

// NewIncidents makes the screen for the case in the context.
func NewIncidents(ctx *kit.Context) *Incidents {
	return &Incidents{ctx: ctx, analyst: analyst{ctx: ctx}}
}

// Init asks for the incidents.
func (s *Incidents) Init() tea.Cmd { return s.analyst.ask() }

// SetSize takes the area.
func (s *Incidents) SetSize(width, height int) tea.Cmd {
	s.width, s.height = width, height
	s.lay()
	return nil
}

// Hints are the keys at the bottom.
func (s *Incidents) Hints() []key.Binding {
	k := s.ctx.Keys
	switch {
	case s.filter.typing:
		return []key.Binding{k.Accept, k.Cancel}
	case s.filter.on() && len(s.list) == 0:
		return []key.Binding{k.Filter, k.Cancel}
	case s.incident() == nil:
		hints := []key.Binding{k.Findings, k.NotChecked} // no question is asked where there is no incident
		if s.ctx.Add != nil {
			hints = append([]key.Binding{k.Add}, hints...)
		}
		return hints
	case s.inStory && len(s.panel) > s.panelHeight():
		return []key.Binding{k.Cancel, k.ShowHere, k.PageDown, k.Mine, k.NotMine, k.NextIncident, k.Score, k.Questions, k.Undo}
	case s.inStory:
		return []key.Binding{k.Cancel, k.ShowHere, k.Mine, k.NotMine, k.NextIncident, k.Score, k.Questions, k.Undo}
	}
	hints := []key.Binding{k.Details, k.Mine, k.NotMine, k.Questions, k.Filter, k.Score, k.Order, k.Findings, k.NotChecked, k.ShowEvents, k.Export}
	if s.filter.on() {
		hints = append([]key.Binding{k.Cancel}, hints...)
	}
	return hints
}

// Status is what is being computed, else the place in the list.
func (s *Incidents) Status() string {
	if state := s.analyst.state(); state != "" {
		return state
	}
	if len(s.list) == 0 {
		return ""
	}
	return orderNames[s.order] + "  " + kit.Count(int64(s.scroll.Cursor+1)) + " of " + kit.Count(int64(len(s.list)))
}

// Update handles keys, the mouse and what the commands bring.
func (s *Incidents) Update(msg tea.Msg) (kit.Screen, tea.Cmd) {
	switch msg := msg.(type) {
	case kit.CaseChanged:
		return s, s.analyst.ask()
	case kit.Analysed:
		return s, s.install()
	case kit.LookChanged:
		s.lay()
	case rowsRead:
		return s, s.took(msg)
	case storyRested:
		if msg.rest == s.rest {
			return s, s.readStory()
		}
	case kit.IncidentsChosen:
		return s, s.showOnly(msg)
	case tea.PasteMsg:
		if s.filter.typing {
			return s, s.typeKey(msg)
		}
	case tea.KeyPressMsg:
		if s.filter.typing {
			return s, s.typeKey(msg)
		}
		return s, s.key(msg)
	case tea.MouseClickMsg:
		return s, s.click(msg)
	case tea.MouseWheelMsg:
		return s, s.wheel(msg)
	default:
		came, cmd := s.analyst.update(msg)
		if came != nil {
			s.ctx.Post(*came)
		}
		return s, cmd
	}
	return s, nil
}

// incident is the one under the cursor, nil where there is none.
func (s *Incidents) incident() *forensics.Incident {
	if s.ctx.Analysis == nil || s.scroll.Cursor >= len(s.list) {
		return nil
	}
	return &s.ctx.Analysis.Incidents[s.list[s.scroll.Cursor]]
}

// choose follows the cursor to another incident.
func (s *Incidents) choose() tea.Cmd {
	in := s.incident()
	s.lanes = nil
	if in == nil {
		s.chosen, s.inStory = incidentName{}, false
		s.lay()
		return nil
	}
	if name := nameOf(in); name != s.chosen {
		s.chosen, s.step, s.laneTop, s.events = name, 0, 0, nil
	}
	s.lanes = lanesOf(in)
	s.pane.Top = 0
	s.lay()
	s.rest++
	return s.restCmd()
}

func (s *Incidents) key(msg tea.KeyPressMsg) tea.Cmd {
	k := s.ctx.Keys
	switch {
	case key.Matches(msg, k.NotChecked):
		return s.ctx.Post(kit.SheetOpened{Sheet: newNotCheckedSheet(s.ctx)})
	case key.Matches(msg, k.Findings):
		return s.ctx.Post(kit.SheetOpened{Sheet: newFindingsSheet(s.ctx)})
	case key.Matches(msg, k.Questions):
		return s.ctx.Post(kit.SheetOpened{Sheet: NewTriageSheet(s.ctx)})
	case key.Matches(msg, k.Filter) && s.ctx.Analysis != nil:
		s.openFilter()
	case key.Matches(msg, k.Cancel) && !s.inStory && s.filter.on():
		return s.clearFilter()
	case s.incident() == nil:
		return nil
	case key.Matches(msg, k.Score):
		return s.ctx.Post(kit.SheetOpened{Sheet: newScoreSheet(s.ctx, s.incident())})
	case key.Matches(msg, k.Order):
		s.order = (s.order + 1) % incidentOrders
		s.arrange()
		s.find(s.chosen)
	case key.Matches(msg, k.PrevIncident):
		return s.move(-1)
	case key.Matches(msg, k.NextIncident):
		return s.move(1)
	case key.Matches(msg, k.Mine):
		return s.judge("mine")
	case key.Matches(msg, k.NotMine):
		return s.judge("not-mine")
	case key.Matches(msg, k.Unjudge):
		return s.judge("unknown")
	case s.inStory:
		s.storyKey(msg)
	default:
		return s.listKey(msg)
	}
	return nil
}

func (s *Incidents) listKey(msg tea.KeyPressMsg) tea.Cmd {
	k, page := s.ctx.Keys, max(1, s.listHeight()-1)
	switch {
	case key.Matches(msg, k.Up):
		return s.move(-1)
	case key.Matches(msg, k.Down):
		return s.move(1)
	case key.Matches(msg, k.PageUp):
		return s.move(-page)
	case key.Matches(msg, k.PageDown):
		return s.move(page)
	case key.Matches(msg, k.First):
		return s.move(-len(s.list))
	case key.Matches(msg, k.Last):
		return s.move(len(s.list))
	case key.Matches(msg, k.ShowEvents):
		in := s.incident()
		return s.ctx.Post(kit.EventsChosen{Filter: "incident:" + itoa(in.ID), Row: s.chosen.row})
	case key.Matches(msg, k.Details, k.Unfold):
		s.inStory = len(s.lanes) > 0
		s.lay()
	}
	return nil
}

func (s *Incidents) storyKey(msg tea.KeyPressMsg) {
	k := s.ctx.Keys
	switch {
	case key.Matches(msg, k.Cancel, k.Fold):
		s.inStory = false
		s.pane.Top = 0
	case key.Matches(msg, k.Up):
		s.step--
	case key.Matches(msg, k.Down):
		s.step++
	case key.Matches(msg, k.First):
		s.step = 0
	case key.Matches(msg, k.Last):
		s.step = len(s.lanes)
	case key.Matches(msg, k.PageUp):
		s.pane.Shift(2-s.panelHeight(), len(s.panel), s.panelHeight())
		return
	case key.Matches(msg, k.PageDown):
		s.pane.Shift(s.panelHeight()-2, len(s.panel), s.panelHeight())
		return
	case key.Matches(msg, k.ShowHere):
		step, in := s.lanes[s.step].Step, s.incident()
		if len(step.Rows) > 0 {
			s.ctx.Post(kit.EventsChosen{Filter: "incident:" + itoa(in.ID), Row: step.Rows[0], Marked: step.Rows})
		}
		return
	default:
		return
	}
	s.pane.Top = 0
	s.step = max(0, min(s.step, len(s.lanes)-1))
	s.lay()
}

func (s *Incidents) move(n int) tea.Cmd {
	s.scroll.Move(s.scroll.Cursor+n, len(s.list), s.listHeight())
	if in := s.incident(); in != nil && nameOf(in) == s.chosen {
		return nil
	}
	return s.choose()
}

// judge asks which of the things that a step, or the whole incident, came from is meant.
func (s *Incidents) judge(verdict string) tea.Cmd {
	in := s.incident()
	var names []string
	from := func(step *forensics.Step) {
		for _, row := range step.Rows {
			if e, ok := s.events[row]; ok {
				names = appendNew(names, entitiesOf(&e)...)
			}
		}
	}
	switch {
	case s.inStory && s.step < len(s.lanes):
		step := s.lanes[s.step].Step
		if from(step); step.Step == forensics.StepKey {
			slices.SortStableFunc(names, func(a, b string) int { return cmp.Compare(keyFirst(a), keyFirst(b)) })
		}
	case len(in.Entities) == 0:
		for i := range in.Steps {
			from(&in.Steps[i])
		}
	}
	names = appendNew(names, in.Entities...)
	return askJudge(s.ctx, verdict, names)
}

// click chooses the incident or the step that was clicked; a second click opens it.
func (s *Incidents) click(msg tea.MouseClickMsg) tea.Cmd {
	if msg.Button != tea.MouseLeft {
		return nil
	}
	if line := msg.Y - s.head(); line >= 0 && line < s.listHeight() {
		if i := s.scroll.Top + line; i < len(s.list) {
			s.inStory = s.inStory && i == s.scroll.Cursor
			return s.move(i - s.scroll.Cursor)
		}
		return nil
	}
	if line := msg.Y - s.lanesAt(); line >= 0 && line < s.lanesHeight() && s.laneTop+line < len(s.lanes) {
		if s.inStory && s.step == s.laneTop+line {
			s.storyKey(tea.KeyPressMsg{Code: tea.KeyEnter})
			return nil
		}
		s.inStory, s.step, s.pane.Top = true, s.laneTop+line, 0
		s.lay()
	}
	return nil
}

func (s *Incidents) wheel(msg tea.MouseWheelMsg) tea.Cmd {
	if msg.Y >= s.lanesAt() {
		s.pane.Shift(widget.Wheel(msg), len(s.panel), s.panelHeight())
		return nil
	}
	return s.move(widget.Wheel(msg))
}

// Count is how many incidents there are, -1 while that is not known.
func (s *Incidents) Count() int {
	if s.ctx.Analysis == nil {
		return -1
	}
	return len(s.ctx.Analysis.Incidents)
}
