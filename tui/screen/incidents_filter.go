package screen

import (
	"strings"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"keytrail/forensics"
	"keytrail/forensics/filter"
	"keytrail/tui/kit"
	"keytrail/tui/widget"
)

// incidentFilter is what the list of incidents is narrowed to: words that are typed, or the incidents that an event or an
// entity of another screen belongs to.
type incidentFilter struct {
	text   string // the words that hold
	input  widget.Input
	typing bool
	before incidentName // under the cursor when the typing began

	of   string                // of what they are, on another screen; empty: of nothing
	only map[incidentName]bool // these, by what stays the same when incidents get other numbers
	back bool                  // esc goes back to that screen
}

// on reports whether the list is narrowed, or about to be.
func (f *incidentFilter) on() bool { return f.typing || f.text != "" || f.of != "" }

// words are those that an incident must hold.
func (f *incidentFilter) words() []string {
	if f.typing {
		return strings.Fields(filter.Fold(f.input.Value()))
	}
	return strings.Fields(filter.Fold(f.text))
}

// holds reports whether an incident is in the list.
func (f *incidentFilter) holds(in *forensics.Incident, folded []string) bool {
	if f.of != "" {
		if !f.only[nameOf(in).stays()] {
			return false
		}
	}
	if len(folded) == 0 {
		return true
	}
	campaign := ""
	if in.Campaign != "" {
		campaign = "campaign " + in.Campaign
	}
	text := filter.Fold(strings.Join([]string{
		"#" + itoa(in.ID), in.Account, in.Strength, in.State, campaign, stepsText(in), strings.Join(in.Entities, " "), strings.Join(in.Services, " "),
	}, " "))
	for _, w := range folded {
		if !strings.Contains(text, w) {
			return false
		}
	}
	return true
}

// Filters says that / is typed here.
func (s *Incidents) Filters() bool { return true }

// Typing reports whether a filter is being typed.
func (s *Incidents) Typing() bool { return s.filter.typing }

// head is the lines over the list: the filter, its columns and the rule.
func (s *Incidents) head() int {
	if s.filter.on() {
		return incidentHead + 1
	}
	return incidentHead
}

// typeKey takes a key while the filter is typed; the list follows every letter.
func (s *Incidents) typeKey(msg tea.Msg) tea.Cmd {
	k := s.ctx.Keys
	press, isKey := msg.(tea.KeyPressMsg)
	switch {
	case isKey && key.Matches(press, k.Accept):
		s.filter.typing, s.filter.text = false, strings.TrimSpace(s.filter.input.Value())
	case isKey && key.Matches(press, k.Cancel):
		s.filter.typing, s.chosen = false, s.filter.before
	case !s.filter.input.Update(msg):
		return nil
	}
	return s.narrow()
}

// openFilter begins to type.
func (s *Incidents) openFilter() {
	s.inStory = false
	s.filter.typing, s.filter.input, s.filter.before = true, widget.NewInput(s.filter.text), s.chosen
	s.lay()
}

// narrow lists what the filter holds; the cursor stays on its incident where that is in the list, else it goes to the first.
func (s *Incidents) narrow() tea.Cmd {
	if s.ctx.Analysis == nil {
		return nil
	}
	s.arrange()
	s.scroll.Cursor = 0
	s.find(s.chosen)
	return s.choose()
}

// showOnly lists the incidents of an event or an entity.
func (s *Incidents) showOnly(msg kit.IncidentsChosen) tea.Cmd {
	f := incidentFilter{of: msg.Of, back: true, only: map[incidentName]bool{}}
	first := incidentName{}
	if s.ctx.Analysis != nil {
		for i := range s.ctx.Analysis.Incidents {
			in := &s.ctx.Analysis.Incidents[i]
			for _, id := range msg.IDs {
				if in.ID == id {
					name := nameOf(in)
					if len(f.only) == 0 {
						first = name
					}
					f.only[name.stays()] = true
				}
			}
		}
	}
	s.filter, s.inStory, s.chosen = f, false, first
	return s.narrow()
}

// clearFilter shows all incidents again; the way back to where some were chosen ends it.
func (s *Incidents) clearFilter() tea.Cmd {
	back := s.filter.back
	s.filter = incidentFilter{}
	cmd := s.narrow()
	if back {
		s.ctx.Post(kit.BackChosen{})
	}
	return cmd
}

// filterLine shows what the list is narrowed to.
func (s *Incidents) filterLine() string {
	st := s.ctx.Styles
	count := ""
	if s.ctx.Analysis != nil {
		count = kit.Count(int64(len(s.list))) + " of " + kit.Plural(int64(len(s.ctx.Analysis.Incidents)), "incident")
	}
	l := kit.NewLine(s.width).Space(1).Add(st.Accent, "/ ")
	room := l.Left() - kit.Width(count) - 2
	if s.filter.of != "" {
		of := kit.Cut("of "+s.filter.of, max(10, room/2))
		l.Add(st.Strong, of).Space(2)
		room -= kit.Width(of) + 2
	}
	if s.filter.typing {
		s.filter.input.Render(l, st, room)
	} else {
		l.Add(st.Strong, kit.Cut(s.filter.text, room))
	}
	return l.Gap(kit.Width(count)+1).Add(st.Muted, count).String()
}
