package screen

import (
	"maps"
	"net/netip"
	"slices"
	"strings"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"keytrail/forensics"
	"keytrail/tui/kit"
	"keytrail/tui/widget"
)

// Entities is the third screen: everything that acts or is acted on, and whose the user says it is.
type Entities struct {
	ctx           *kit.Context
	width, height int
	shown         bool

	kind    int // place in forensics.EntityKinds
	lists   map[string][]forensics.Entity
	stale   map[string]bool
	order   []int32        // places in the list of the kind, filtered and sorted
	where   map[string]int // the widest text about a place in each list
	request int            // number of the last question for an order
	pace    pace
	err     error

	sort    entitySort
	reverse bool
	text    string // the filter that holds
	input   widget.Input
	typing  bool

	scroll   widget.Scroll
	chosen   string // name of the entity under the cursor
	selected map[string]bool
	asked    bool // whether a verdict on them is meant: it was the last key
}

// NewEntities makes the screen for the case in the context.
func NewEntities(ctx *kit.Context) *Entities {
	return &Entities{ctx: ctx, lists: map[string][]forensics.Entity{}, where: map[string]int{}, stale: map[string]bool{}, selected: map[string]bool{}}
}

// Init does nothing: entities are counted when they are looked at.
func (s *Entities) Init() tea.Cmd { return nil }

// SetSize takes the area.
func (s *Entities) SetSize(width, height int) tea.Cmd {
	s.width, s.height = width, height
	s.move(0)
	return nil
}

// Filters says that / is typed here.
func (s *Entities) Filters() bool { return true }

// Typing reports whether a filter is being typed.
func (s *Entities) Typing() bool { return s.typing }

// Hints are the keys at the bottom.
func (s *Entities) Hints() []key.Binding {
	k := s.ctx.Keys
	switch {
	case s.typing:
		return []key.Binding{k.Accept, k.Cancel}
	case len(s.order) == 0:
		hints := []key.Binding{k.NextKind, k.Filter, k.Questions}
		if s.ctx.Add != nil {
			hints = append([]key.Binding{k.Add}, hints...)
		}
		return hints
	}
	return []key.Binding{k.Mine, k.NotMine, k.NextKind, k.ShowHere, k.Select, k.Filter, k.ItsIncidents, k.Network, k.Sort, k.Questions, k.Undo}
}

// Status is the place in the list.
func (s *Entities) Status() string {
	if len(s.order) == 0 {
		return ""
	}
	text := "by " + sortNames[s.sort] + "  " + kit.Count(int64(s.scroll.Cursor+1)) + " of " + kit.Count(int64(len(s.order)))
	if n := len(s.selected); n > 0 {
		text = kit.Count(int64(n)) + " chosen  " + text
	}
	return text
}

// Update handles keys, the mouse and what the commands bring.
func (s *Entities) Update(msg tea.Msg) (kit.Screen, tea.Cmd) {
	switch msg := msg.(type) {
	case kit.Shown:
		if s.shown = msg.On; s.shown && (s.lists[s.kindName()] == nil || s.stale[s.kindName()]) {
			return s, s.load()
		}
	case kit.CaseChanged:
		if s.asked {
			clear(s.selected)
		}
		return s, s.changed()
	case kit.Analysed:
		if msg.Changed {
			return s, s.changed()
		}
	case entitiesDue:
		s.pace.waiting = false
		return s, s.changed()
	case entitiesArranged:
		return s, s.took(msg)
	case tea.PasteMsg:
		if s.typing && s.input.Update(msg) {
			return s, s.arrange()
		}
	case tea.KeyPressMsg:
		if s.typing {
			return s, s.typeKey(msg)
		}
		return s, s.key(msg)
	case tea.MouseClickMsg:
		return s, s.click(msg)
	case tea.MouseWheelMsg:
		s.move(widget.Wheel(msg))
	}
	return s, nil
}

// changed reads the kind that is looked at again; the others wait until they are looked at.
func (s *Entities) changed() tea.Cmd {
	for _, kind := range forensics.EntityKinds() {
		s.stale[kind] = true
	}
	if !s.shown {
		return nil
	}
	return s.load()
}

func (s *Entities) kindName() string { return forensics.EntityKinds()[s.kind] }

// entity is the one in a line of the list, nil where there is none.
func (s *Entities) entity(i int) *forensics.Entity {
	list := s.lists[s.kindName()]
	if i < 0 || i >= len(s.order) || int(s.order[i]) >= len(list) {
		return nil
	}
	return &list[s.order[i]]
}

func (s *Entities) current() *forensics.Entity { return s.entity(s.scroll.Cursor) }

func (s *Entities) move(n int) {
	s.scroll.Move(s.scroll.Cursor+n, len(s.order), s.tableHeight())
	if e := s.current(); e != nil {
		s.chosen = e.Name()
	}
}

// key acts on the list.
func (s *Entities) key(msg tea.KeyPressMsg) tea.Cmd {
	s.asked = false
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
		s.move(-len(s.order))
	case key.Matches(msg, k.Last):
		s.move(len(s.order))
	case key.Matches(msg, k.NextKind):
		return s.show(s.kind + 1)
	case key.Matches(msg, k.PrevKind):
		return s.show(s.kind - 1)
	case key.Matches(msg, k.Filter):
		s.typing, s.input = true, widget.NewInput(s.text)
	case key.Matches(msg, k.Sort):
		s.sort, s.reverse = (s.sort+1)%entitySorts, false
		return s.arrange()
	case key.Matches(msg, k.Reverse):
		s.reverse = !s.reverse
		return s.arrange()
	case key.Matches(msg, k.Questions):
		return s.ctx.Post(kit.SheetOpened{Sheet: NewTriageSheet(s.ctx)})
	case key.Matches(msg, k.Cancel):
		switch {
		case len(s.selected) > 0:
			clear(s.selected)
		case s.text != "":
			s.text = ""
			return s.arrange()
		}
	default:
		return s.entityKey(msg)
	}
	return nil
}

// entityKey acts on the chosen entities.
func (s *Entities) entityKey(msg tea.KeyPressMsg) tea.Cmd {
	k, e := s.ctx.Keys, s.current()
	switch {
	case e == nil:
	case key.Matches(msg, k.Select):
		if name := e.Name(); s.selected[name] {
			delete(s.selected, name)
		} else {
			s.selected[name] = true
		}
		s.move(1)
	case key.Matches(msg, k.Mine):
		return s.judge("mine")
	case key.Matches(msg, k.NotMine):
		return s.judge("not-mine")
	case key.Matches(msg, k.Unjudge):
		return s.judge("unknown")
	case key.Matches(msg, k.Network):
		return s.network(e)
	case key.Matches(msg, k.ItsIncidents):
		return showIncidents(s.ctx, slices.Concat(e.Incidents, e.Answered), s.value(e))
	case key.Matches(msg, k.ShowHere):
		return s.events(s.meant()...)
	}
	return nil
}

// meant are the names of all that are chosen, else of the one under the cursor.
func (s *Entities) meant() []string {
	if len(s.selected) == 0 {
		return []string{s.current().Name()}
	}
	return slices.Sorted(maps.Keys(s.selected))
}

// judge sets the verdict of all that are chosen.
func (s *Entities) judge(verdict string) tea.Cmd {
	names := s.meant()
	if e := s.current(); verdict == "unknown" && len(names) == 1 && names[0] == e.Name() && e.Verdict == "" {
		return s.ctx.Post(kit.Noticed{Text: "nothing is said about " + s.value(e)})
	}
	if verdict != "unknown" && (len(names) > 1 || verdict == "not-mine" && s.most(s.current())) {
		s.asked = true
		return openSure(s.ctx, verdict, names)
	}
	clear(s.selected)
	return s.ctx.Post(kit.VerdictChosen{Entities: names, Verdict: verdict})
}

// most reports whether so much comes from an entity that it is likely the owner's: then it is counted in full before it is judged.
func (s *Entities) most(e *forensics.Entity) bool {
	switch e.Kind {
	case forensics.EntityAccount:
		return true
	case forensics.EntityKey, forensics.EntityService:
		return false
	}
	var all int64
	for i := range s.lists[e.Kind] {
		all += s.lists[e.Kind][i].Events
	}
	return e.Events >= forensics.WideEvents && float64(e.Events) >= forensics.WideShare*float64(all)
}

// events shows the events of entities on the timeline.
func (s *Entities) events(names ...string) tea.Cmd {
	var terms []string
	for _, name := range names {
		text := entityFilter(name)
		if text == "" {
			return s.ctx.Post(kit.Noticed{Text: "the timeline has no filter for this", Bad: true})
		}
		terms = append(terms, text)
	}
	return s.ctx.Post(kit.EventsChosen{Filter: strings.Join(terms, " OR ")})
}

// showIncidents lists the incidents of something on their screen.
func showIncidents(ctx *kit.Context, ids []int64, of string) tea.Cmd {
	if len(ids) == 0 {
		return ctx.Post(kit.Noticed{Text: "this is part of no incident"})
	}
	return ctx.Post(kit.IncidentsChosen{IDs: ids, Of: of})
}

// network shows everything from the network of an address: the block around it, or all of its operator.
func (s *Entities) network(e *forensics.Entity) tea.Cmd {
	var names []string
	if ip, err := netip.ParseAddr(e.Value); err == nil && e.Kind == forensics.EntityIP {
		names = append(names, forensics.EntityNetwork+":"+forensics.Network(ip).String())
	}
	if e.Kind == forensics.EntityNetwork {
		names = append(names, e.Name())
	}
	if e.ASN != 0 {
		names = append(names, forensics.EntityASN+":"+itoa(int64(e.ASN)))
	} else if e.Kind == forensics.EntityASN {
		names = append(names, e.Name())
	}
	switch len(names) {
	case 0:
		return s.ctx.Post(kit.Noticed{Text: "only addresses and networks have a network around them"})
	case 1:
		return s.events(names[0])
	}
	done := func(name string) tea.Msg { return kit.EventsChosen{Filter: entityFilter(name)} }
	return s.ctx.Post(kit.SheetOpened{Sheet: &judge{ctx: s.ctx, title: "everything from which network?", again: s.ctx.Keys.Network, done: done, names: names}})
}

// typeKey takes a key while the filter is typed; the list follows every letter.
func (s *Entities) typeKey(msg tea.KeyPressMsg) tea.Cmd {
	k := s.ctx.Keys
	switch {
	case key.Matches(msg, k.Accept):
		s.typing, s.text = false, strings.TrimSpace(s.input.Value())
	case key.Matches(msg, k.Cancel):
		s.typing = false
		return s.arrange()
	case s.input.Update(msg):
		return s.arrange()
	}
	return nil
}

// filterText is what the list is filtered by now.
func (s *Entities) filterText() string {
	if s.typing {
		return s.input.Value()
	}
	return s.text
}

// show changes to another kind.
func (s *Entities) show(kind int) tea.Cmd {
	n := len(forensics.EntityKinds())
	s.kind = (kind + n) % n
	clear(s.selected)
	s.order, s.chosen, s.scroll = nil, "", widget.Scroll{}
	if s.lists[s.kindName()] == nil || s.stale[s.kindName()] {
		return s.load()
	}
	return s.arrange()
}

func (s *Entities) click(msg tea.MouseClickMsg) tea.Cmd {
	if msg.Button != tea.MouseLeft {
		return nil
	}
	if msg.Y == 0 {
		if kind := s.kindAt(msg.X); kind >= 0 && kind != s.kind {
			return s.show(kind)
		}
		return nil
	}
	line := msg.Y - entityHead
	if line < 0 || line >= s.tableHeight() || s.scroll.Top+line >= len(s.order) {
		return nil
	}
	again := s.scroll.Top+line == s.scroll.Cursor
	s.move(s.scroll.Top + line - s.scroll.Cursor)
	if e := s.current(); again && e != nil {
		return s.events(e.Name())
	}
	return nil
}
