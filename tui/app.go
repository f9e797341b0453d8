package tui

import (
	"sync/atomic"
	"time"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"keytrail/tui/kit"
	"keytrail/tui/screen"
)

// pollTime is how often a growing case is looked at for new events.
const pollTime = 500 * time.Millisecond

// tab is one of the numbered screens.
type tab struct {
	key    key.Binding
	name   string
	screen kit.Screen
}

// app is the root model: it owns the context and the screens, and decides who
// gets a message.
type app struct {
	ctx           *kit.Context
	opts          Options
	width, height int

	start  kit.Screen
	tabs   []tab
	active int
	back   map[int]int // the screens to go back to from those that show what was chosen elsewhere
	reopen kit.Sheet   // the dialogue that they were chosen in
	sheets []kit.Sheet // the last one is on top
	notice kit.Noticed

	add      adding
	outcome  outcome
	quitting bool
	seen     int64 // generation of the case that the screens know, 0 before the first look
}

// generationSeen is what the case counts its changes with.
type generationSeen struct{ generation int64 }

// pollDue says that it is time to look at the case again.
type pollDue struct{}

func newApp(o Options) *app {
	o = o.withDefaults()
	a := &app{opts: o, add: adding{queue: o.AddPaths}}
	a.ctx = &kit.Context{
		Typed:    new(atomic.Int64),
		Services: o.Services, Styles: kit.NewStyles(true, o.NoColor), Keys: kit.NewKeys(),
		Zone: o.Zone, Now: o.Now,
	}
	a.start = screen.NewStart(a.ctx)
	if o.Case != nil {
		a.open(o.Case)
	}
	return a
}

// open makes the screens of a case.
func (a *app) open(c kit.Case) {
	a.ctx.Case, a.ctx.Analysis, a.active, a.back, a.reopen, a.sheets, a.seen = c, nil, 0, map[int]int{}, nil, nil, 0
	k := a.ctx.Keys
	a.tabs = []tab{
		{k.Timeline, "Timeline", screen.NewTimeline(a.ctx)},
		{k.Incidents, "Incidents", screen.NewIncidents(a.ctx)},
		{k.Entities, "Entities", screen.NewEntities(a.ctx)},
		{k.Evidence, "Evidence", screen.NewEvidence(a.ctx)},
	}
}

// Init starts the screens, and the add that was asked for.
func (a *app) Init() tea.Cmd {
	return tea.Batch(tea.RequestBackgroundColor, a.initScreens(), a.startAdd())
}

func (a *app) initScreens() tea.Cmd {
	if a.ctx.Case == nil {
		return a.start.Init()
	}
	var cmds []tea.Cmd
	for _, t := range a.tabs {
		cmds = append(cmds, t.screen.Init())
	}
	return tea.Batch(append(cmds, pollCmd(a.ctx.Case))...)
}

// Update handles a message and what the screens post while they handle it.
func (a *app) Update(msg tea.Msg) (tea.Model, tea.Cmd) {
	cmds := []tea.Cmd{a.handle(msg)}
	for posted := a.ctx.Posted(); len(posted) > 0; posted = a.ctx.Posted() {
		for _, m := range posted {
			cmds = append(cmds, a.handle(m))
		}
	}
	return a, tea.Batch(cmds...)
}

// handle decides who gets a message.
func (a *app) handle(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case tea.WindowSizeMsg:
		a.width, a.height = msg.Width, msg.Height
		return a.resize()
	case tea.BackgroundColorMsg:
		a.ctx.Styles = kit.NewStyles(msg.IsDark(), a.opts.NoColor)
		return a.broadcast(kit.LookChanged{})
	case tea.KeyPressMsg:
		return a.key(msg)
	case tea.PasteMsg:
		return a.paste(msg)
	case tea.MouseClickMsg, tea.MouseWheelMsg:
		return a.mouse(msg)
	case tea.InterruptMsg:
		return a.quit()
	}
	if cmd, mine := a.own(msg); mine {
		return cmd
	}
	return a.broadcast(msg)
}

// own handles the messages that are meant for the root.
func (a *app) own(msg tea.Msg) (tea.Cmd, bool) {
	switch msg := msg.(type) {
	case kit.SheetOpened:
		a.sheets = append(a.sheets, msg.Sheet)
		return msg.Sheet.Init(), true
	case kit.SheetClosed:
		a.sheets = a.sheets[:max(0, len(a.sheets)-1)]
		if msg.Answer == nil {
			return nil, true
		}
		return a.ctx.Post(msg.Answer), true
	case kit.Noticed:
		a.notice = msg
		return nil, a.ctx.Case != nil // the start screen wants to know as well
	case kit.CaseOpened:
		a.open(msg.Case)
		a.add.queue = append(a.add.queue, msg.Paths...)
		if msg.Sheet != nil {
			a.ctx.Post(kit.SheetOpened{Sheet: msg.Sheet})
		}
		return tea.Batch(a.resize(), a.initScreens(), a.startAdd()), true
	case kit.ZoneChosen:
		a.ctx.Zone = msg.Zone
		return a.broadcast(kit.LookChanged{}), true
	case screen.ZoneCycled:
		return a.nextZone(), true
	case kit.TagChosen, kit.NoteWritten:
		return markCmd(a.ctx.Case, msg), true
	case kit.VerdictChosen:
		a.outcome.begin(a.ctx.Analysis, verdictText(msg), "; u undoes")
		return markCmd(a.ctx.Case, msg), true
	case kit.FilterChosen, kit.TimeChosen:
		return tea.Batch(a.show(0), a.toActive(msg)), true
	case kit.UndoChosen:
		a.outcome.begin(a.ctx.Analysis, "undone", "")
		return undoCmd(a.ctx.Case), true
	case kit.EventsChosen:
		a.back[0], a.reopen = a.active, msg.Sheet
		return tea.Batch(a.show(0), a.toActive(msg)), true
	case kit.BackChosen:
		if a.active == 0 && a.reopen != nil {
			a.ctx.Post(kit.SheetOpened{Sheet: a.reopen})
			a.reopen = nil
		}
		return a.show(a.back[a.active]), true
	case kit.IncidentsChosen:
		a.back[1] = a.active
		return tea.Batch(a.show(1), a.toActive(msg)), true
	case kit.Analysed:
		if msg.Err == nil {
			a.ctx.Analysis = msg.Analysis
			if text := a.outcome.came(msg.Analysis); text != "" {
				a.notice = kit.Noticed{Text: text}
			}
		}
		return a.broadcast(msg), true
	case kit.QuitChosen:
		return a.quitChosen(msg), true
	case generationSeen:
		return a.generation(msg), true
	case pollDue:
		return pollCmd(a.ctx.Case), true
	}
	if cmd := screen.ZoneCmd(msg); cmd != nil {
		return cmd, true
	}
	return a.addMessage(msg)
}

// key sends a key to the dialogue, the screen that types, or does what it means everywhere.
func (a *app) key(msg tea.KeyPressMsg) tea.Cmd {
	a.ctx.Typed.Store(time.Now().UnixNano())
	a.notice = kit.Noticed{}
	if n := len(a.sheets); n > 0 {
		if msg.String() == "ctrl+c" && !a.add.running {
			return tea.Quit
		}
		sheet, cmd := a.sheets[n-1].Update(msg)
		a.sheets[n-1] = sheet
		return cmd
	}
	switch msg.String() {
	case "ctrl+c":
		return a.quit()
	case "ctrl+z":
		return tea.Suspend
	}
	if !a.screen().Typing() {
		if cmd, done := a.everywhere(msg); done {
			return cmd
		}
	}
	return a.toActive(msg)
}

// everywhere does what a key means on every screen.
func (a *app) everywhere(msg tea.KeyPressMsg) (tea.Cmd, bool) {
	k := a.ctx.Keys
	switch {
	case key.Matches(msg, k.Quit):
		return a.quit(), true
	case key.Matches(msg, k.Help):
		return a.ctx.Post(kit.SheetOpened{Sheet: screen.NewHelpSheet(a.ctx, helpSection(a))}), true
	case a.ctx.Case == nil:
		return nil, false
	case key.Matches(msg, k.Zone):
		return a.nextZone(), true
	case key.Matches(msg, k.Add) && a.ctx.Add != nil:
		return a.ctx.Post(kit.SheetOpened{Sheet: screen.NewAddSheet(a.ctx)}), true
	case key.Matches(msg, k.Export) && a.ctx.Export != nil:
		if t, ok := a.tabs[0].screen.(*screen.Timeline); ok {
			shown, all := t.Counts()
			return a.ctx.Post(kit.SheetOpened{Sheet: screen.NewExportSheet(a.ctx, t.Filter(), shown, all, a.active != 0)}), true
		}
		return nil, true
	case key.Matches(msg, k.Undo):
		return a.ctx.Post(kit.UndoChosen{}), true
	case key.Matches(msg, k.Filter) && a.active != 0 && !filters(a.screen()):
		return tea.Batch(a.show(0), a.toActive(msg)), true
	}
	for i, t := range a.tabs {
		if key.Matches(msg, t.key) {
			return a.show(i), true
		}
	}
	return nil, false
}

// filters reports whether a screen has a filter of its own.
func filters(s kit.Screen) bool {
	f, ok := s.(interface{ Filters() bool })
	return ok && f.Filters()
}

// paste goes where text is typed.
func (a *app) paste(msg tea.PasteMsg) tea.Cmd {
	if n := len(a.sheets); n > 0 {
		sheet, cmd := a.sheets[n-1].Update(msg)
		a.sheets[n-1] = sheet
		return cmd
	}
	return a.toActive(msg)
}

// mouse sends a click to the tabs or to the screen, in its own coordinates. A dialogue
// is worked with keys.
func (a *app) mouse(msg tea.Msg) tea.Cmd {
	if len(a.sheets) > 0 {
		return nil
	}
	switch m := msg.(type) {
	case tea.MouseClickMsg:
		if m.Y == tabsLine && a.ctx.Case != nil {
			if i := (frame{a}).tabAt(m.X); i >= 0 {
				return a.show(i)
			}
			return nil
		}
		m.Y -= a.headHeight()
		if m.Y < 0 || m.Y >= a.bodyHeight() {
			return nil
		}
		return a.toActive(m)
	case tea.MouseWheelMsg:
		m.Y -= a.headHeight()
		return a.toActive(m)
	}
	return nil
}

// show brings a numbered screen to the front.
func (a *app) show(i int) tea.Cmd {
	if i == a.active {
		return nil
	}
	hidden := a.toActive(kit.Shown{On: false})
	a.active = i
	return tea.Batch(hidden, a.toActive(kit.Shown{On: true}))
}

// screen is the one that is shown.
func (a *app) screen() kit.Screen {
	if a.ctx.Case == nil {
		return a.start
	}
	return a.tabs[a.active].screen
}

func (a *app) toActive(msg tea.Msg) tea.Cmd {
	s, cmd := a.screen().Update(msg)
	if a.ctx.Case == nil {
		a.start = s
	} else {
		a.tabs[a.active].screen = s
	}
	return cmd
}

// broadcast sends an answer to all screens and dialogues: each knows its own.
func (a *app) broadcast(msg tea.Msg) tea.Cmd {
	var cmds []tea.Cmd
	for i := range a.sheets {
		sheet, cmd := a.sheets[i].Update(msg)
		a.sheets[i] = sheet
		cmds = append(cmds, cmd)
	}
	if a.ctx.Case == nil {
		s, cmd := a.start.Update(msg)
		a.start = s
		return tea.Batch(append(cmds, cmd)...)
	}
	for i := range a.tabs {
		s, cmd := a.tabs[i].screen.Update(msg)
		a.tabs[i].screen = s
		cmds = append(cmds, cmd)
	}
	return tea.Batch(cmds...)
}

// resize gives every screen its area.
func (a *app) resize() tea.Cmd {
	if a.width == 0 {
		return nil
	}
	cmds := []tea.Cmd{a.start.SetSize(a.width, a.bodyHeight())}
	for _, t := range a.tabs {
		cmds = append(cmds, t.screen.SetSize(a.width, a.bodyHeight()))
	}
	return tea.Batch(cmds...)
}

// nextZone goes from UTC to local time to a zone that is typed, and back to UTC.
func (a *app) nextZone() tea.Cmd {
	switch a.ctx.Zone {
	case time.UTC:
		return a.ctx.Post(kit.ZoneChosen{Zone: time.Local})
	case time.Local:
		return a.ctx.Post(kit.SheetOpened{Sheet: screen.NewZoneSheet(a.ctx)})
	}
	return a.ctx.Post(kit.ZoneChosen{Zone: time.UTC})
}

// generation tells the screens when the case has changed, and looks again while it grows.
func (a *app) generation(msg generationSeen) tea.Cmd {
	var cmds []tea.Cmd
	// While evidence is added, the first look too can come behind what the screens asked for.
	if msg.generation != a.seen && (a.seen != 0 || a.add.running) {
		cmds = append(cmds, a.broadcast(kit.CaseChanged{}))
	}
	a.seen = msg.generation
	if a.add.running {
		cmds = append(cmds, tea.Tick(pollTime, func(time.Time) tea.Msg { return pollDue{} }))
	}
	return tea.Batch(cmds...)
}

func pollCmd(c kit.Case) tea.Cmd {
	return func() tea.Msg { return generationSeen{c.Generation()} }
}
