package screen

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"keytrail/forensics"
	"keytrail/forensics/filter"
	"keytrail/tui/kit"
	"keytrail/tui/widget"
)

// The sizes of the network around an address: what one customer usually has, or less.
// entitiesOf names what an event came from, the narrowest first.
func entitiesOf(e *forensics.Event) []string {
	var out []string
	if e.IP.IsValid() {
		out = append(out, forensics.EntityIP+":"+e.IP.WithZone("").String(), forensics.EntityNetwork+":"+forensics.Network(e.IP).String())
	}
	if e.ASN != 0 {
		out = append(out, forensics.EntityASN+":"+strconv.FormatUint(uint64(e.ASN), 10))
	}
	if e.Client != "" {
		out = append(out, forensics.EntityClient+":"+e.Client)
	}
	if e.Key != "" {
		out = append(out, forensics.EntityKey+":"+e.Key)
	}
	return slices.DeleteFunc(out, func(s string) bool { return s == "" })
}

// keyFirst orders the things that a key's creation came from.
func keyFirst(name string) int {
	if strings.HasPrefix(name, forensics.EntityKey+":") {
		return 0
	}
	return 1
}

// appendNew appends what is not there yet.
func appendNew(list []string, more ...string) []string {
	for _, m := range more {
		if !slices.Contains(list, m) {
			list = append(list, m)
		}
	}
	return list
}

// entityFilter is the filter for the events of an entity, empty where the language has no key for it.
func entityFilter(name string) string {
	kind, value, ok := strings.Cut(name, ":")
	if !ok || value == "" {
		return ""
	}
	switch kind {
	case forensics.EntityNetwork:
		kind = forensics.EntityIP
	case forensics.EntityIP, forensics.EntityASN, forensics.EntityClient, forensics.EntityKey, forensics.EntityAccount, forensics.EntityService:
	default:
		return ""
	}
	return kind + ":" + filter.Quote(value)
}

// entityText names an entity for a person.
func entityText(name string) (value, kind string) {
	kind, value, _ = strings.Cut(name, ":")
	switch kind {
	case forensics.EntityIP:
		kind = "this address"
	case forensics.EntityNetwork:
		kind = "the network around it"
	case forensics.EntityASN:
		value, kind = "AS"+value, "all networks of this operator"
	case forensics.EntityClient:
		kind = "this mail program, from anywhere"
	case forensics.EntityKey:
		kind = "this key"
	}
	return value, kind
}

// judgeRest is what a line of the dialogue needs beside the name.
const judgeRest = 2 + 2 + 32 + 1 + 14 + 1

// judge asks which of several entities is meant: which one a verdict is about, or whose events are to be shown.
type judge struct {
	ctx    *kit.Context
	title  string
	again  key.Binding // the key that opened it takes the first one
	done   func(name string) tea.Msg
	names  []string
	counts []int64 // events, -1 while not known
	scroll widget.Scroll

	verdict string                      // that is given; empty where none is
	reach   map[string]*forensics.Reach // by name, as far as it is counted
	held    string                      // accepted before it was counted
	warned  string                      // seen to be likely a mistake: accepted again, it is meant
}

// eventsCounted says how many events each of the choices has.
type eventsCounted struct {
	of     *judge
	counts []int64
}

// openJudge judges at once where there is no choice, and a name that cannot be everybody's.
func openJudge(ctx *kit.Context, verdict string, names []string) tea.Cmd {
	switch len(names) {
	case 0:
		return ctx.Post(kit.Noticed{Text: "nothing here says where it came from: no address, no client, no key", Bad: true})
	case 1:
		if verdict != "not-mine" || keyFirst(names[0]) == 0 {
			return ctx.Post(kit.VerdictChosen{Entities: names, Verdict: verdict})
		}
	}
	return askJudge(ctx, verdict, names)
}

// askJudge shows what would be judged even where there is no choice: for what stands on the screen as a whole, such as an incident.
func askJudge(ctx *kit.Context, verdict string, names []string) tea.Cmd {
	if len(names) == 0 {
		return openJudge(ctx, verdict, names)
	}
	k := ctx.Keys
	return ctx.Post(kit.SheetOpened{Sheet: &judge{
		ctx: ctx, names: names, title: strings.ReplaceAll(verdict, "-", " ") + ": what?",
		again: verdictKey(&k, verdict), verdict: verdict, reach: map[string]*forensics.Reach{},
		done: func(name string) tea.Msg { return kit.VerdictChosen{Entities: []string{name}, Verdict: verdict} },
	}})
}

// Init counts the events of each choice.
func (j *judge) Init() tea.Cmd {
	if j.verdict != "" {
		var cmds []tea.Cmd
		for _, name := range j.names {
			cmds = append(cmds, reachCmd(j.ctx, j, name, []string{name}))
		}
		return tea.Batch(cmds...)
	}
	c, names := j.ctx.Case, j.names
	return func() tea.Msg {
		out := eventsCounted{of: j}
		for _, name := range names {
			n := int64(-1)
			if expr, err := filter.Parse(entityFilter(name)); err == nil && expr != nil {
				if v, err := c.Query(context.Background(), expr); err == nil {
					n = int64(v.Len())
				}
			}
			out.counts = append(out.counts, n)
		}
		return out
	}
}

func (j *judge) Title() string { return j.title }

func (j *judge) Hints() []key.Binding {
	k := j.ctx.Keys
	return []key.Binding{k.Up, k.Down, k.Accept, k.Cancel}
}

func (j *judge) Update(msg tea.Msg) (kit.Sheet, tea.Cmd) {
	switch msg := msg.(type) {
	case eventsCounted:
		if msg.of == j {
			j.counts = msg.counts
		}
	case reached:
		if msg.of == any(j) {
			return j, j.reached(msg)
		}
	case tea.KeyPressMsg:
		return j, j.key(msg)
	}
	return j, nil
}

func (j *judge) key(msg tea.KeyPressMsg) tea.Cmd {
	k := j.ctx.Keys
	switch {
	case key.Matches(msg, k.Up):
		j.held, j.warned = "", ""
		j.scroll.Cursor = max(0, j.scroll.Cursor-1)
	case key.Matches(msg, k.Down):
		j.held, j.warned = "", ""
		j.scroll.Cursor = min(len(j.names)-1, j.scroll.Cursor+1)
	case key.Matches(msg, k.Accept, j.again):
		return j.accept()
	case key.Matches(msg, k.Cancel):
		return j.ctx.Post(kit.SheetClosed{})
	}
	return nil
}

// accept takes the one under the cursor. What is likely a mistake is said first, and taken when it is accepted again.
func (j *judge) accept() tea.Cmd {
	name := j.names[j.scroll.Cursor]
	r := j.reach[name]
	switch {
	case j.verdict == "":
	case r == nil:
		j.held = name
		return nil
	case r.Wide(j.verdict) != "" && j.warned != name:
		j.warned = name
		return nil
	}
	return j.ctx.Post(kit.SheetClosed{Answer: j.done(name)})
}

// reached notes how much one of the names touches.
func (j *judge) reached(msg reached) tea.Cmd {
	if msg.err != nil {
		return j.ctx.Post(kit.Noticed{Text: msg.err.Error(), Bad: true})
	}
	j.reach[msg.name] = msg.reach
	if j.held == msg.name {
		j.held = ""
		return j.accept()
	}
	return nil
}

// events of a name, -1 while they are not known.
func (j *judge) events(i int) int64 {
	if r := j.reach[j.names[i]]; r != nil {
		return r.Events
	}
	if i < len(j.counts) {
		return j.counts[i]
	}
	return -1
}

func (j *judge) View(width, height int) []string {
	st := j.ctx.Styles
	said := &pane{ctx: j.ctx, width: width}
	if r := j.reach[j.names[j.scroll.Cursor]]; r != nil {
		said.atMost(2, "touches", st.Muted, kit.ReachText(r), st.Text)
		if j.warned != "" {
			said.atMost(3, "careful", st.Warn, r.Wide(j.verdict)+". "+j.again.Help().Key+" again if it is meant.", st.Text)
		}
	} else if j.verdict != "" {
		said.atMost(1, "touches", st.Muted, "counting", st.Muted)
	}
	most := max(1, min(height, 12))
	height = max(1, most-len(said.lines))
	j.scroll.Move(j.scroll.Cursor, len(j.names), height)
	var out []string
	for i := j.scroll.Top; i < len(j.names) && len(out) < height; i++ {
		l := kit.NewLine(width)
		mark, look := " ", st.Text
		if i == j.scroll.Cursor {
			l.On(st.Row)
			mark, look = "▌", st.Strong
		}
		value, kind := entityText(j.names[i])
		l.Add(st.Accent, mark).Space(1).Cell(look, value, min(40, max(10, width-judgeRest))).Space(2).Cell(st.Muted, kind, 32)
		if n := j.events(i); n >= 0 && l.Left() > 8 {
			l.Space(1).Number(st.Muted, kit.Plural(n, "event"), min(14, l.Left()))
		}
		out = append(out, l.String())
	}
	return append(out, said.lines[:min(len(said.lines), most-len(out))]...)
}
