package screen

import (
	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"keytrail/tui/kit"
	"keytrail/tui/widget"
)

// startMode says what the start screen shows.
type startMode uint8

const (
	inRecent   startMode = iota // the cases that were open before
	inProvider                  // the guided way: whose mailbox was it
	inAdvice                    // the guided way: what to get, and how
)

// Start is the screen before a case is open: recent cases, a new one, the
// sample, and the guided way for somebody whose mailbox was taken over.
type Start struct {
	ctx           *kit.Context
	width, height int
	mode          startMode

	recent []kit.RecentCase
	cursor int
	guide  int // the chosen provider
	top    int // first visible line of the advice
	busy   string
}

// recentRead brings the cases that were open before.
type recentRead struct{ recent []kit.RecentCase }

// nameTyped is the name of a case to make or to open.
type nameTyped struct {
	name   string
	create bool
	copy   bool // a mailbox is copied into it at once
}

// NewStart makes the screen.
func NewStart(ctx *kit.Context) *Start { return &Start{ctx: ctx} }

// SetSize takes the area.
func (s *Start) SetSize(width, height int) tea.Cmd {
	s.width, s.height = width, height
	return nil
}

// Hints are the keys at the bottom.
func (s *Start) Hints() []key.Binding {
	k := s.ctx.Keys
	switch s.mode {
	case inProvider:
		return []key.Binding{k.Up, k.Down, k.Accept, k.Cancel}
	case inAdvice:
		if s.copies() {
			return []key.Binding{k.Acquire, k.NewCase, k.Up, k.Down, k.PageDown, k.Cancel}
		}
		return []key.Binding{k.NewCase, k.Up, k.Down, k.PageDown, k.Cancel}
	}
	hints := append([]key.Binding{k.Help, k.Quit}, s.actions()...) // the actions stand above as well
	if len(s.recent) > 0 {
		open := key.NewBinding(key.WithKeys("enter"), key.WithHelp("⏎", "open"))
		hints = append([]key.Binding{open}, hints...)
	}
	return hints
}

// actions are the ways to begin that exist here.
func (s *Start) actions() []key.Binding {
	k := s.ctx.Keys
	var out []key.Binding
	if s.ctx.Create != nil {
		out = append(out, k.NewCase)
	}
	if s.ctx.Open != nil {
		out = append(out, k.OpenPath)
	}
	if s.ctx.Demo != nil {
		out = append(out, k.Demo)
	}
	return append(out, k.Guide)
}

// Status shows nothing.
func (s *Start) Status() string { return "" }

// Typing is never the case: names are typed in dialogues.
func (s *Start) Typing() bool { return false }

// Init reads the recent cases.
func (s *Start) Init() tea.Cmd {
	recent := s.ctx.Recent
	if recent == nil {
		return nil
	}
	return func() tea.Msg { return recentRead{recent()} }
}

// Update handles keys and what the commands bring.
func (s *Start) Update(msg tea.Msg) (kit.Screen, tea.Cmd) {
	switch msg := msg.(type) {
	case recentRead:
		s.recent = msg.recent
	case nameTyped:
		if msg.create {
			s.busy = "making the case…"
			return s, s.openCmd(s.ctx.Create, msg.name, msg.copy)
		}
		s.busy = "opening the case…"
		return s, s.openCmd(s.ctx.Open, msg.name, false)
	case kit.Noticed:
		s.busy = ""
	case tea.KeyPressMsg:
		switch s.mode {
		case inProvider:
			s.providerKey(msg)
			return s, nil
		case inAdvice:
			return s, s.adviceKey(msg)
		}
		return s, s.key(msg)
	case tea.MouseClickMsg:
		return s, s.click(msg)
	case tea.MouseWheelMsg:
		s.top = max(0, s.top+widget.Wheel(msg))
	}
	return s, nil
}

func (s *Start) key(msg tea.KeyPressMsg) tea.Cmd {
	k := s.ctx.Keys
	switch {
	case key.Matches(msg, k.Up):
		s.cursor = max(0, s.cursor-1)
	case key.Matches(msg, k.Down):
		s.cursor = max(0, min(s.cursor+1, len(s.recent)-1))
	case key.Matches(msg, k.Accept) && s.cursor < len(s.recent) && s.ctx.Open != nil:
		s.busy = "opening the case…"
		return s.openCmd(s.ctx.Open, s.recent[s.cursor].Path, false)
	case key.Matches(msg, k.NewCase) && s.ctx.Create != nil:
		return s.ctx.Post(kit.SheetOpened{Sheet: s.nameSheet("new case", "name", true)})
	case key.Matches(msg, k.OpenPath) && s.ctx.Open != nil:
		return s.ctx.Post(kit.SheetOpened{Sheet: s.nameSheet("open a case", "folder", false)})
	case key.Matches(msg, k.Demo) && s.ctx.Demo != nil:
		s.busy = "making the sample case…"
		return s.demoCmd()
	case key.Matches(msg, k.Guide):
		s.mode = inProvider
	}
	return nil
}

func (s *Start) providerKey(msg tea.KeyPressMsg) {
	k := s.ctx.Keys
	switch {
	case key.Matches(msg, k.Cancel):
		s.mode = inRecent
	case key.Matches(msg, k.Up):
		s.guide = max(0, s.guide-1)
	case key.Matches(msg, k.Down):
		s.guide = min(s.guide+1, len(guides)-1)
	case key.Matches(msg, k.Accept):
		s.mode, s.top = inAdvice, 0
	}
}

func (s *Start) adviceKey(msg tea.KeyPressMsg) tea.Cmd {
	k := s.ctx.Keys
	switch {
	case key.Matches(msg, k.Cancel):
		s.mode = inProvider
	case key.Matches(msg, k.Up):
		s.top = max(0, s.top-1)
	case key.Matches(msg, k.Down):
		s.top++
	case key.Matches(msg, k.PageUp):
		s.top = max(0, s.top-s.adviceHeight()+2)
	case key.Matches(msg, k.PageDown):
		s.top += s.adviceHeight() - 2
	case key.Matches(msg, k.First):
		s.top = 0
	case key.Matches(msg, k.Last):
		s.top = 1 << 20
	case (key.Matches(msg, k.NewCase) || key.Matches(msg, k.Accept)) && s.ctx.Create != nil:
		return s.ctx.Post(kit.SheetOpened{Sheet: s.nameSheet("new case", "name", true)})
	case key.Matches(msg, k.Acquire) && s.copies():
		p := s.nameSheet("copy a mailbox: into a new case", "name", true)
		p.done = func(text string) tea.Msg {
			if text = cleanPath(text); text == "" {
				return nil
			}
			return nameTyped{name: text, create: true, copy: true}
		}
		return s.ctx.Post(kit.SheetOpened{Sheet: p})
	}
	return nil
}

func (s *Start) click(msg tea.MouseClickMsg) tea.Cmd {
	first := s.left()
	line := msg.Y - first.listTop
	if s.mode != inRecent || msg.Button != tea.MouseLeft || line < 0 || line >= len(s.recent) || s.ctx.Open == nil {
		return nil
	}
	if s.cursor == line {
		return s.openCmd(s.ctx.Open, s.recent[line].Path, false)
	}
	s.cursor = line
	return nil
}

// copies reports whether a mailbox can be copied into a new case.
func (s *Start) copies() bool { return s.ctx.Create != nil && s.ctx.Acquire != nil }

// nameSheet asks for the name of a case.
func (s *Start) nameSheet(title, label string, create bool) *prompt {
	p := newPrompt(s.ctx, title, label, "")
	p.hint = "a name, such as pat-rivera: the folder NAME.keytrail is made here; or a path"
	if !create {
		p.hint = "the folder of a case: NAME.keytrail"
		p.look = lookAtPath
	}
	p.done = func(text string) tea.Msg {
		if text = cleanPath(text); text == "" {
			return nil
		}
		return nameTyped{name: text, create: create}
	}
	return p
}

func (s *Start) openCmd(open func(string) (kit.Case, error), path string, copies bool) tea.Cmd {
	ctx := s.ctx
	return func() tea.Msg {
		c, err := open(path)
		if err != nil {
			return kit.Noticed{Text: problemText(err), Bad: true}
		}
		opened := kit.CaseOpened{Case: c}
		if copies {
			opened.Sheet = NewAcquireSheet(ctx)
		}
		return opened
	}
}

func (s *Start) demoCmd() tea.Cmd {
	demo := s.ctx.Demo
	return func() tea.Msg {
		c, paths, err := demo()
		if err != nil {
			return kit.Noticed{Text: problemText(err), Bad: true}
		}
		return kit.CaseOpened{Case: c, Paths: paths}
	}
}
