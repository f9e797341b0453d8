package screen

import (
	"slices"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"keytrail/forensics"
	"keytrail/tui/kit"
	"keytrail/tui/widget"
)

// Evidence is the fourth screen: what was read, how much of it, what not, and
// which time it covers.
type Evidence struct {
	ctx           *kit.Context
	width, height int

	evidence []evidenceNode
	rows     []evidenceRow
	unfolded map[int64]bool
	scroll   widget.Scroll
	span     [2]int64 // the common axis of the coverage bars
	total    forensics.Counts
	err      error

	loaded, loading, again bool
	shown, stale           bool // while it is not shown, changes wait
	progress               *kit.Progress
	warnings               *warningList // over the table while it is open
	folders                *folderList  // the same
}

// evidenceNode is one evidence with its items.
type evidenceNode struct {
	forensics.Evidence
	items  []forensics.Item
	counts forensics.Counts
	state  map[forensics.Status]int // how many items are in each
	format string
	cover  []bool // of the common axis, one for each cell of the bar
	barOf  int    // the width that cover was made for
}

// evidenceRow is one line of the table: an evidence, or an item of it.
type evidenceRow struct {
	node int
	item int // -1 for the evidence itself
}

// evidenceRead brings everything that the table shows.
type evidenceRead struct {
	evidence []evidenceNode
	span     [2]int64
	err      error
}

// NewEvidence makes the screen for the case in the context.
func NewEvidence(ctx *kit.Context) *Evidence {
	return &Evidence{ctx: ctx, unfolded: map[int64]bool{}}
}

// SetSize takes the area.
func (s *Evidence) SetSize(width, height int) tea.Cmd {
	s.width, s.height = width, height
	s.scroll.Move(s.scroll.Cursor, len(s.rows), s.tableHeight())
	if s.folders != nil {
		s.folders.setSize(width, height)
	}
	if s.warnings != nil {
		return s.warnings.setSize(width, height)
	}
	return nil
}

// Hints are the keys at the bottom.
func (s *Evidence) Hints() []key.Binding {
	k := s.ctx.Keys
	switch {
	case s.warnings != nil:
		return []key.Binding{k.Up, k.Down, k.Cancel}
	case s.folders != nil:
		return s.folders.hints()
	}
	hints := []key.Binding{k.Unfold, k.ShowEvents, k.Warnings, k.Folders, k.Fold, k.Export}
	if s.ctx.Acquire != nil {
		hints = append([]key.Binding{k.Acquire}, hints...)
	}
	if s.ctx.Add != nil {
		hints = append([]key.Binding{k.Add}, hints...)
	}
	return hints
}

// Status is the place in the list.
func (s *Evidence) Status() string {
	switch {
	case s.warnings != nil:
		return s.warnings.status()
	case s.folders != nil:
		return s.folders.status()
	}
	if len(s.rows) == 0 {
		return ""
	}
	return kit.Count(int64(s.scroll.Cursor+1)) + " of " + kit.Count(int64(len(s.rows)))
}

// Typing is never the case here.
func (s *Evidence) Typing() bool { return false }

// Init reads the list.
func (s *Evidence) Init() tea.Cmd { return s.load() }

// Update handles keys, the mouse and what the commands bring.
func (s *Evidence) Update(msg tea.Msg) (kit.Screen, tea.Cmd) {
	switch msg := msg.(type) {
	case evidenceRead:
		return s, s.took(msg)
	case warningsRead:
		if s.warnings != nil {
			s.warnings.took(msg)
		}
	case foldersRead:
		if s.folders != nil {
			return s, s.folders.took(msg)
		}
	case kit.CaseChanged:
		if s.stale = !s.shown; s.shown {
			return s, s.reload()
		}
	case kit.Shown:
		s.shown = msg.On
		if s.stale && s.shown {
			s.stale = false
			return s, s.reload()
		}
	case kit.AddProgressed:
		s.progress = &msg.Progress
	case kit.AddFinished:
		s.progress = nil
	case tea.KeyPressMsg:
		return s, s.key(msg)
	case tea.MouseWheelMsg:
		if s.warnings != nil {
			return s, s.warnings.move(widget.Wheel(msg))
		}
		if s.folders != nil {
			s.folders.move(widget.Wheel(msg))
			return s, nil
		}
		s.move(widget.Wheel(msg))
	case tea.MouseClickMsg:
		s.click(msg)
	}
	return s, nil
}

func (s *Evidence) key(msg tea.KeyPressMsg) tea.Cmd {
	switch {
	case s.warnings != nil:
		cmd, open := s.warnings.key(msg)
		if !open {
			s.warnings = nil
		}
		return cmd
	case s.folders != nil:
		cmd, open := s.folders.key(msg)
		if !open {
			s.folders = nil
		}
		return cmd
	}
	k, page := s.ctx.Keys, max(1, s.tableHeight()-1)
	switch {
	case key.Matches(msg, k.Up):
		s.move(-1)
	case key.Matches(msg, k.Down):
		s.move(1)
	case key.Matches(msg, k.PageUp):
		s.move(-page)
	case key.Matches(msg, k.PageDown):
		s.move(page)
	case key.Matches(msg, k.First):
		s.move(-len(s.rows))
	case key.Matches(msg, k.Last):
		s.move(len(s.rows))
	case key.Matches(msg, k.Unfold):
		s.fold(false)
	case key.Matches(msg, k.Fold):
		s.fold(true)
	case key.Matches(msg, k.Details):
		if n := s.node(); n != nil {
			s.fold(s.unfolded[n.ID])
		}
	case key.Matches(msg, k.Warnings):
		return s.openWarnings()
	case key.Matches(msg, k.Folders):
		s.folders = newFolderList(s.ctx)
		s.folders.setSize(s.width, s.height)
		return s.folders.load()
	case key.Matches(msg, k.Acquire) && s.ctx.Acquire != nil:
		return s.ctx.Post(kit.SheetOpened{Sheet: NewAcquireSheet(s.ctx)})
	case key.Matches(msg, k.ShowEvents):
		if n := s.node(); n != nil {
			return s.ctx.Post(kit.EventsChosen{Filter: "evidence:" + itoa(n.ID)})
		}
	}
	return nil
}

func (s *Evidence) click(msg tea.MouseClickMsg) {
	if s.folders != nil && msg.Button == tea.MouseLeft {
		s.folders.click(msg)
		return
	}
	line := msg.Y - s.headHeight()
	if msg.Button != tea.MouseLeft || s.warnings != nil || line < 0 || line >= s.tableHeight() {
		return
	}
	if i := s.scroll.Top + line; i < len(s.rows) {
		if n := s.node(); i == s.scroll.Cursor && n != nil {
			s.fold(s.unfolded[n.ID])
			return
		}
		s.scroll.Move(i, len(s.rows), s.tableHeight())
	}
}

func (s *Evidence) move(n int) {
	s.scroll.Move(s.scroll.Cursor+n, len(s.rows), s.tableHeight())
}

// node is the evidence under the cursor, nil where there is none.
func (s *Evidence) node() *evidenceNode {
	if s.scroll.Cursor >= len(s.rows) {
		return nil
	}
	return &s.evidence[s.rows[s.scroll.Cursor].node]
}

// item is the item under the cursor, nil where the cursor is on an evidence.
func (s *Evidence) item() *forensics.Item {
	n := s.node()
	if n == nil {
		return nil
	}
	if i := s.rows[s.scroll.Cursor].item; i >= 0 {
		return &n.items[i]
	}
	if n.plain() {
		return &n.items[0]
	}
	return nil
}

// plain reports whether the evidence is one file that is its own item.
func (n *evidenceNode) plain() bool { return len(n.items) == 1 && n.items[0].Name == "" }

// fold hides or shows the items of the evidence under the cursor.
func (s *Evidence) fold(hide bool) {
	n := s.node()
	if n == nil || n.plain() || len(n.items) == 0 {
		return
	}
	at := s.rows[s.scroll.Cursor].node
	s.unfolded[n.ID] = !hide
	s.flatten()
	for i, r := range s.rows {
		if r.node == at && r.item < 0 && hide {
			s.scroll.Cursor = i
		}
	}
	s.move(0)
}

// flatten lists the rows of what is unfolded: first the items that could not be read in full, as nobody finds one of them among
// thousands.
func (s *Evidence) flatten() {
	s.rows = s.rows[:0]
	for i := range s.evidence {
		s.rows = append(s.rows, evidenceRow{i, -1})
		if s.unfolded[s.evidence[i].ID] {
			for _, wanting := range []bool{true, false} {
				for j := range s.evidence[i].items {
					if wants(s.evidence[i].items[j].Status) == wanting {
						s.rows = append(s.rows, evidenceRow{i, j})
					}
				}
			}
		}
	}
}

func (s *Evidence) took(msg evidenceRead) tea.Cmd {
	s.loading, s.loaded = false, true
	if s.err = msg.err; msg.err == nil {
		s.evidence, s.span, s.total = msg.evidence, msg.span, forensics.Counts{}
		for i := range s.evidence {
			s.total = s.total.Add(s.evidence[i].counts)
		}
		at := evidenceRow{-1, -1}
		if s.scroll.Cursor < len(s.rows) {
			at = s.rows[s.scroll.Cursor]
		}
		s.flatten()
		if i := slices.Index(s.rows, at); i >= 0 {
			s.scroll.Cursor = i
		}
		s.move(0)
	}
	if s.again {
		s.again = false
		return s.load()
	}
	return nil
}

func (s *Evidence) openWarnings() tea.Cmd {
	n := s.node()
	if n == nil {
		return nil
	}
	if n.counts.Warnings == 0 {
		return s.ctx.Post(kit.Noticed{Text: n.Name + " has no warnings"})
	}
	s.warnings = newWarningList(s.ctx, n.ID, n.Name, int(n.counts.Warnings))
	return s.warnings.setSize(s.width, s.height)
}

// reload reads again what is shown.
func (s *Evidence) reload() tea.Cmd {
	if s.folders != nil {
		return tea.Batch(s.load(), s.folders.load())
	}
	return s.load()
}

// load reads the list, one reading at a time.
func (s *Evidence) load() tea.Cmd {
	if s.loading {
		s.again = true
		return nil
	}
	s.loading = true
	c := s.ctx.Case
	return func() tea.Msg {
		evidence, err := c.Evidence()
		if err != nil {
			return evidenceRead{err: err}
		}
		items, err := c.Items(0)
		return gather(evidence, items, err)
	}
}
