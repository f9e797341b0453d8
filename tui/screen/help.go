package screen

import (
	"slices"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"keytrail/forensics"
	"keytrail/tui/kit"
	"keytrail/tui/widget"
)

// help shows all keys, made from the table of keys.
type help struct {
	ctx    *kit.Context
	first  string // the section of what is shown
	scroll widget.Scroll
	lines  int
	height int
}

// NewHelpSheet shows all keys, those of one section first.
func NewHelpSheet(ctx *kit.Context, first string) kit.Sheet { return &help{ctx: ctx, first: first} }

func (h *help) Init() tea.Cmd { return nil }

func (h *help) Title() string { return "help" }

func (h *help) Hints() []key.Binding {
	return []key.Binding{h.ctx.Keys.Up, h.ctx.Keys.Down, h.ctx.Keys.PageDown, h.ctx.Keys.Cancel}
}

func (h *help) Update(msg tea.Msg) (kit.Sheet, tea.Cmd) {
	press, ok := msg.(tea.KeyPressMsg)
	if !ok {
		return h, nil
	}
	k := h.ctx.Keys
	switch {
	case key.Matches(press, k.Up):
		h.scroll.Shift(-1, h.lines, h.height)
	case key.Matches(press, k.Down):
		h.scroll.Shift(1, h.lines, h.height)
	case key.Matches(press, k.PageUp):
		h.scroll.Shift(-h.height, h.lines, h.height)
	case key.Matches(press, k.PageDown):
		h.scroll.Shift(h.height, h.lines, h.height)
	case key.Matches(press, k.Cancel, k.Help, k.Quit, k.Accept):
		return h, h.ctx.Post(kit.SheetClosed{})
	}
	return h, nil
}

// View sets the sections in columns: three where there is room, else two or one.
func (h *help) View(width, height int) []string {
	columns := max(1, min(3, width/39))
	w := width / columns
	parts := make([][]string, columns)
	put := func(lines []string) {
		shortest := 0
		for i := range parts {
			if len(parts[i]) < len(parts[shortest]) {
				shortest = i
			}
		}
		parts[shortest] = append(parts[shortest], lines...)
	}
	for _, s := range h.sections() {
		put(h.section(s, w))
	}
	if h.ctx.Case != nil {
		put(h.marks(w))
	}
	var all []string
	for i := 0; ; i++ {
		line, any := "", false
		for _, p := range parts {
			if i < len(p) {
				line, any = line+p[i], true
			} else {
				line += kit.NewLine(w).String()
			}
		}
		if !any {
			break
		}
		all = append(all, line+kit.NewLine(width-w*columns).String())
	}
	h.lines, h.height = len(all), height
	h.scroll.Shift(0, h.lines, height)
	out := all[h.scroll.Top:min(len(all), h.scroll.Top+height)]
	if more := len(all) - h.scroll.Top - len(out); more > 0 {
		text := "↓ " + kit.Plural(int64(more)+1, "more line")
		out[len(out)-1] = kit.NewLine(width).Space(1).Add(h.ctx.Styles.Faint, text).String()
	}
	return out
}

// sections are those that mean something here, the one of what is shown first.
func (h *help) sections() []kit.KeySection {
	var out []kit.KeySection
	for _, s := range h.ctx.Keys.Sections() {
		switch {
		case s.Title == h.first:
			out = slices.Insert(out, 0, s)
		case s.Title == "Start", h.ctx.Case == nil && s.Title != "Moving" && s.Title != "Typing":
		default:
			out = append(out, s)
		}
	}
	if h.ctx.Case == nil {
		k := h.ctx.Keys
		out = append(out, kit.KeySection{Title: "Everywhere", Bindings: []key.Binding{k.Cancel, k.Help, k.Quit}})
	}
	return out
}

func (h *help) section(s kit.KeySection, w int) []string {
	st := h.ctx.Styles
	out := []string{kit.NewLine(w).Space(1).Add(st.Strong, s.Title).String()}
	for _, b := range s.Bindings {
		out = append(out, kit.NewLine(w).Space(1).Cell(st.Accent, b.Help().Key, 11).Add(st.Text, b.Help().Desc).String())
	}
	return append(out, kit.NewLine(w).String())
}

// marks explains letters and words of the timeline.
func (h *help) marks(w int) []string {
	st := h.ctx.Styles
	out := []string{kit.NewLine(w).Space(1).Add(st.Strong, "Marks").String()}
	for _, g := range forensics.Groups() {
		if g == forensics.GroupOther {
			continue
		}
		word := g.String()
		if g == forensics.GroupMail {
			word = "mail and other"
		}
		out = append(out, kit.NewLine(w).Space(1).Cell(st.GroupStyle(g).Bold(), kit.GroupLetter(g), 11).Add(st.Text, word).String())
	}
	for _, m := range [][2]string{
		{"~", "zone assumed or unknown"}, {"reported", "a notice says so"},
		{"inferred", "follows from what is gone"}, {"unverified", "no verdict on the sender"},
		{"not proved", "the sender's check failed"}, {"conflict", "its times differ by hours"},
	} {
		out = append(out, kit.NewLine(w).Space(1).Cell(st.Accent, m[0], 11).Add(st.Text, m[1]).String())
	}
	return out
}
