package screen

import (
	"cmp"
	"context"
	"net/netip"
	"slices"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"keytrail/forensics"
	"keytrail/forensics/filter"
	"keytrail/tui/kit"
)

// seenCells is how finely the case tells when an entity was seen.
const seenCells = 24

// entitySort says what the list is sorted by.
type entitySort uint8

const (
	sortIncidents entitySort = iota // the ones that matter first
	sortEvents
	sortLast
	sortFirst
	sortValue
	sortWhere
	sortAccounts
	sortVerdict
	entitySorts
)

var sortNames = [entitySorts]string{"incidents", "events", "last", "first", "value", "where", "accounts", "verdict"}

// entitiesDue says that it is time to read the list again.
type entitiesDue struct{}

// entitiesArranged brings a list, or the same list in another order.
type entitiesArranged struct {
	request int
	kind    string
	list    []forensics.Entity
	order   []int32
	where   int // the widest text about a place in a list that was loaded
	cursor  int // of the entity that was chosen, -1 where it is not in the list
	loaded  bool
	took    time.Duration
	err     error
}

// load reads the entities of the kind that is looked at, and puts them in order.
func (s *Entities) load() tea.Cmd {
	now, later := s.pace.ask(s.ctx)
	if later > 0 {
		return tea.Tick(later, func(time.Time) tea.Msg { return entitiesDue{} })
	}
	if !now {
		return nil
	}
	s.request++
	a := s.arrangement()
	c := s.ctx.Case
	return func() tea.Msg {
		began := time.Now()
		list, err := c.Entities(context.Background(), a.kind, seenCells)
		if list == nil {
			list = []forensics.Entity{}
		}
		out := entitiesArranged{kind: a.kind, request: a.request, list: list, loaded: true, err: err}
		if err == nil {
			out.order, out.cursor = a.arrange(list)
			out.where = widestWhere(list)
		}
		out.took = time.Since(began)
		return out
	}
}

// arrange puts the list that is here into another order.
func (s *Entities) arrange() tea.Cmd {
	list := s.lists[s.kindName()]
	if list == nil {
		return nil
	}
	s.request++
	a := s.arrangement()
	return func() tea.Msg {
		out := entitiesArranged{kind: a.kind, request: a.request, list: list}
		out.order, out.cursor = a.arrange(list)
		return out
	}
}

// widestWhere is how much room the places of a list need, as far as there is any.
func widestWhere(list []forensics.Entity) (w int) {
	for i := range list {
		if w = max(w, kit.Width(whereText(&list[i]))); w >= whereMost {
			return whereMost
		}
	}
	return w
}

// took shows a list; the cursor stays on its entity.
func (s *Entities) took(msg entitiesArranged) tea.Cmd {
	var cmd tea.Cmd
	again := false
	if msg.loaded {
		again = s.pace.answered(msg.took)
		if s.err = msg.err; msg.err == nil {
			s.lists[msg.kind], s.where[msg.kind], s.stale[msg.kind] = msg.list, msg.where, false
		}
	}
	switch {
	case again || msg.kind != s.kindName() && s.lists[s.kindName()] == nil:
		cmd = s.load()
	case msg.loaded && msg.err == nil && msg.request != s.request:
		cmd = s.arrange() // the order changed while it was read
	}
	if msg.request != s.request || msg.err != nil || msg.kind != s.kindName() {
		return cmd
	}
	offset := s.scroll.Cursor - s.scroll.Top
	s.order = msg.order
	if msg.cursor >= 0 {
		s.scroll.Cursor = msg.cursor
		s.scroll.Top = max(0, msg.cursor-offset)
	}
	s.move(0)
	return cmd
}

// arrangement is what an order depends on.
type arrangement struct {
	kind    string
	request int
	sort    entitySort
	reverse bool
	words   []string // folded; an entity must hold all of them
	chosen  string
}

func (s *Entities) arrangement() arrangement {
	return arrangement{s.kindName(), s.request, s.sort, s.reverse, strings.Fields(filter.Fold(s.filterText())), s.chosen}
}

// arrange filters and sorts; cursor is where the chosen one stands.
func (a arrangement) arrange(list []forensics.Entity) (order []int32, cursor int) {
	order = make([]int32, 0, len(list))
	for i := range list {
		if a.holds(&list[i]) {
			order = append(order, int32(i))
		}
	}
	var ips []netip.Addr
	if a.sort == sortValue && (a.kind == forensics.EntityIP || a.kind == forensics.EntityNetwork) {
		ips = make([]netip.Addr, len(list))
		for i := range list {
			text, _, _ := strings.Cut(list[i].Value, "/")
			ips[i], _ = netip.ParseAddr(text)
		}
	}
	slices.SortStableFunc(order, func(i, j int32) int {
		c := 0
		if ips != nil {
			c = ips[i].Compare(ips[j])
		}
		c = cmp.Or(c, a.compare(&list[i], &list[j]))
		if a.reverse {
			c = -c
		}
		return cmp.Or(c, cmp.Compare(list[j].Events, list[i].Events), cmp.Compare(list[i].Value, list[j].Value))
	})
	cursor = -1
	for i, n := range order {
		if e := &list[n]; len(a.chosen) == len(e.Kind)+1+len(e.Value) && a.chosen[len(e.Kind)+1:] == e.Value {
			cursor = i
			break
		}
	}
	return order, cursor
}

// compare is the natural direction of each column: what matters first.
func (a arrangement) compare(x, y *forensics.Entity) int {
	switch a.sort {
	case sortIncidents:
		return cmp.Or(cmp.Compare(len(y.Incidents), len(x.Incidents)), cmp.Compare(len(y.Answered), len(x.Answered)))
	case sortEvents:
		return cmp.Compare(y.Events, x.Events)
	case sortLast:
		return cmp.Compare(y.Last, x.Last)
	case sortFirst:
		return cmp.Compare(x.First, y.First)
	case sortWhere:
		return cmp.Or(cmp.Compare(x.Country, y.Country), cmp.Compare(x.ASN, y.ASN), cmp.Compare(x.Org, y.Org))
	case sortAccounts:
		return cmp.Compare(y.Accounts, x.Accounts)
	case sortVerdict:
		return cmp.Compare(y.Verdict, x.Verdict)
	}
	return cmp.Compare(x.Value, y.Value)
}

// holds reports whether every word of the filter stands somewhere in the entity.
func (a arrangement) holds(e *forensics.Entity) bool {
	for _, w := range a.words {
		if !strings.Contains(filter.Fold(e.Value), w) && !strings.Contains(filter.Fold(whereText(e)), w) && !strings.Contains(verdictWord(e.Verdict), w) {
			return false
		}
	}
	return true
}
