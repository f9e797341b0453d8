package screen

import (
	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"keytrail/tui/kit"
)

// quit asks what becomes of a running add.
type quit struct{ ctx *kit.Context }

// NewQuitSheet asks whether to stop a running add or to wait for it.
func NewQuitSheet(ctx *kit.Context) kit.Sheet { return &quit{ctx} }

func (q *quit) Init() tea.Cmd { return nil }

func (q *quit) Title() string { return "quit" }

func (q *quit) Hints() []key.Binding {
	k := q.ctx.Keys
	return []key.Binding{k.StopAdd, k.WaitAdd, k.Cancel}
}

func (q *quit) Update(msg tea.Msg) (kit.Sheet, tea.Cmd) {
	press, ok := msg.(tea.KeyPressMsg)
	if !ok {
		return q, nil
	}
	k := q.ctx.Keys
	switch {
	case key.Matches(press, k.StopAdd), press.String() == "ctrl+c":
		return q, q.ctx.Post(kit.QuitChosen{Stop: true})
	case key.Matches(press, k.WaitAdd):
		return q, q.ctx.Post(kit.SheetClosed{Answer: kit.QuitChosen{}})
	case key.Matches(press, k.Cancel):
		return q, q.ctx.Post(kit.SheetClosed{})
	}
	return q, nil
}

func (q *quit) View(width, height int) []string {
	st := q.ctx.Styles
	out := []string{kit.NewLine(width).Space(1).Add(st.Text, "Evidence is still being added.").String()}
	for _, text := range kit.Wrap("Stopped now, what was read stays in the case; adding the same again goes on from there.", width-2, height-1) {
		out = append(out, kit.NewLine(width).Space(1).Add(st.Muted, text).String())
	}
	return out
}
