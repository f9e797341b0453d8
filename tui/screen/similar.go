package screen

import (
	"strconv"
	"strings"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"keytrail/forensics"
	"keytrail/forensics/filter"
	"keytrail/tui/kit"
	"keytrail/tui/widget"
)

// similar lists the values of an event that the timeline can be filtered by.
type similar struct {
	ctx    *kit.Context
	text   string // the filter that holds
	terms  []string
	scroll widget.Scroll
	height int
}

// NewSimilarSheet offers to filter by a value of an event, within the filter that holds.
func NewSimilarSheet(ctx *kit.Context, e *forensics.Event, text string) kit.Sheet {
	return &similar{ctx: ctx, text: text, terms: similarTerms(ctx, e), height: 12}
}

func similarTerms(ctx *kit.Context, e *forensics.Event) []string {
	var out []string
	add := func(key, value string) {
		if value != "" && len(value) < 200 {
			out = append(out, key+":"+filter.Quote(value))
		}
	}
	if e.IP.IsValid() {
		add("ip", e.IP.String())
	}
	add("account", e.Account)
	add("session", e.Session)
	add("client", e.Client)
	add("country", e.Country)
	if e.ASN != 0 {
		add("asn", strconv.FormatUint(uint64(e.ASN), 10))
	}
	add("host", e.Host)
	add("service", e.Service)
	add("from", e.From)
	add("message-id", e.MessageID)
	add("subject", e.Subject)
	add("key", e.Key)
	add("folder", e.Folder)
	add("operation", e.Operation)
	add("protocol", e.Protocol)
	add("kind", e.Kind.String())
	add("group", e.Kind.Group().String())
	if !e.Time.Unreliable && !e.Time.IsZero() {
		add("on", e.Time.Std().In(ctx.Zone).Format("2006-01-02"))
	}
	add("evidence", strconv.FormatInt(e.Ref.Evidence, 10))
	for _, t := range e.Tags {
		add("tag", t)
	}
	return out
}

func (s *similar) Init() tea.Cmd { return nil }

func (s *similar) Title() string { return "filter by a value of this event" }

func (s *similar) Hints() []key.Binding {
	k := s.ctx.Keys
	without := key.NewBinding(key.WithKeys("-", "x"), key.WithHelp("-", "leave it out"))
	only := key.NewBinding(key.WithKeys("o"), key.WithHelp("o", "only this"))
	return []key.Binding{k.Up, k.Down, k.Accept, without, only, k.Cancel}
}

func (s *similar) Update(msg tea.Msg) (kit.Sheet, tea.Cmd) {
	press, ok := msg.(tea.KeyPressMsg)
	if !ok {
		return s, nil
	}
	k := s.ctx.Keys
	switch {
	case key.Matches(press, k.Cancel):
		return s, s.ctx.Post(kit.SheetClosed{})
	case key.Matches(press, k.Up):
		s.scroll.Move(s.scroll.Cursor-1, len(s.terms), s.height)
	case key.Matches(press, k.Down):
		s.scroll.Move(s.scroll.Cursor+1, len(s.terms), s.height)
	case key.Matches(press, k.Accept):
		return s, s.choose(s.text, "")
	case press.String() == "-" || press.String() == "x":
		return s, s.choose(s.text, "-")
	case press.String() == "o":
		return s, s.choose("", "")
	}
	return s, nil
}

// choose adds the chosen term to a filter. An OR in it is put into parentheses first, as the
// term is meant for all of it.
func (s *similar) choose(text, sign string) tea.Cmd {
	if strings.Contains(text, " OR ") {
		text = "(" + text + ")"
	}
	text = strings.TrimSpace(text + " " + sign + s.terms[s.scroll.Cursor])
	return s.ctx.Post(kit.SheetClosed{Answer: kit.FilterChosen{Text: text}})
}

func (s *similar) View(width, height int) []string {
	st := s.ctx.Styles
	s.height = min(height, 12)
	s.scroll.Move(s.scroll.Cursor, len(s.terms), s.height)
	var out []string
	for i := s.scroll.Top; i < len(s.terms) && len(out) < s.height; i++ {
		l := kit.NewLine(width)
		name, value, _ := strings.Cut(s.terms[i], ":")
		mark := " "
		if i == s.scroll.Cursor {
			l.On(st.Row)
			mark = "▌"
		}
		out = append(out, l.Add(st.Accent, mark).Space(1).Add(st.Muted, name+":").Add(st.Text, value).String())
	}
	return out
}
