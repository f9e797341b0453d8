package screen

import (
	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"keytrail/forensics"
	"keytrail/tui/kit"
	"keytrail/tui/widget"
)

// warningList lists what could not be read of one evidence, with its place. It reads
// pages as they are looked at.
type warningList struct {
	ctx           *kit.Context
	evidence      int64
	name          string
	count         int
	pages         *widget.Pages[forensics.Warning]
	scroll        widget.Scroll
	width, height int
	err           error
}

// warningsRead brings a page of warnings.
type warningsRead struct {
	evidence int64
	page     int
	warnings []forensics.Warning
	err      error
}

func newWarningList(ctx *kit.Context, evidence int64, name string, count int) *warningList {
	return &warningList{ctx: ctx, evidence: evidence, name: name, count: count, pages: widget.NewPages[forensics.Warning](200, 16)}
}

func (w *warningList) setSize(width, height int) tea.Cmd {
	w.width, w.height = width, height
	return w.move(0)
}

func (w *warningList) status() string {
	return kit.Count(int64(w.scroll.Cursor+1)) + " of " + kit.Count(int64(w.count))
}

func (w *warningList) tableHeight() int { return max(1, w.height-8) }

// key moves; open is false when the list is to be closed.
func (w *warningList) key(msg tea.KeyPressMsg) (cmd tea.Cmd, open bool) {
	k := w.ctx.Keys
	switch {
	case key.Matches(msg, k.Cancel, k.Warnings):
		return nil, false
	case key.Matches(msg, k.Up):
		return w.move(-1), true
	case key.Matches(msg, k.Down):
		return w.move(1), true
	case key.Matches(msg, k.PageUp):
		return w.move(-w.tableHeight()), true
	case key.Matches(msg, k.PageDown):
		return w.move(w.tableHeight()), true
	case key.Matches(msg, k.First):
		return w.move(-w.count), true
	case key.Matches(msg, k.Last):
		return w.move(w.count), true
	}
	return nil, true
}

func (w *warningList) move(n int) tea.Cmd {
	w.scroll.Move(w.scroll.Cursor+n, w.count, w.tableHeight())
	from := w.scroll.Top
	to := from + w.tableHeight()
	var cmds []tea.Cmd
	for _, page := range w.pages.Want(from, to, from-100, to+100, w.count, 3) {
		c, evidence, size := w.ctx.Case, w.evidence, w.pages.Size
		cmds = append(cmds, func() tea.Msg {
			list, err := c.Warnings(evidence, int64(page*size), size)
			return warningsRead{evidence, page, list, err}
		})
	}
	return tea.Batch(cmds...)
}

func (w *warningList) took(msg warningsRead) {
	if msg.evidence != w.evidence {
		return
	}
	if w.err = msg.err; msg.err != nil {
		w.pages.Failed(msg.page)
		return
	}
	w.pages.Put(msg.page, msg.warnings)
}

func (w *warningList) view() []string {
	st := w.ctx.Styles
	out := []string{
		kit.NewLine(w.width).Space(1).Add(st.Strong, kit.Plural(int64(w.count), "warning")).Add(st.Muted, " of "+w.name).String(),
		st.HRule(w.width),
	}
	for i := w.scroll.Top; i < w.scroll.Top+w.tableHeight(); i++ {
		l := kit.NewLine(w.width)
		if i < w.count {
			w.row(l, i)
		}
		out = append(out, l.String())
	}
	out = append(out, st.HRule(w.width))
	if e := w.pages.At(w.scroll.Cursor); e != nil {
		out = append(out, kit.NewLine(w.width).Space(2).Add(st.Muted, words(e.ItemName, placeText(e.Ref))).String())
		for _, s := range kit.Wrap(e.Text, w.width-4, 4) {
			out = append(out, kit.NewLine(w.width).Space(2).Add(st.Text, s).String())
		}
	} else if w.err != nil {
		out = append(out, kit.NewLine(w.width).Space(2).Add(st.Bad, w.err.Error()).String())
	}
	for len(out) < w.height {
		out = append(out, kit.NewLine(w.width).String())
	}
	return out[:w.height]
}

func (w *warningList) row(l *kit.Line, i int) {
	st := w.ctx.Styles
	mark := " "
	if i == w.scroll.Cursor {
		l.On(st.Row)
		mark = "▌"
	}
	l.Add(st.Accent, mark).Space(1)
	e := w.pages.At(i)
	if e == nil {
		l.Add(st.Faint, "…")
		return
	}
	place := "line " + kit.Count(e.Ref.Line)
	if e.Ref.Line == 0 {
		place = "at " + kit.Count(e.Ref.Offset)
	}
	l.Number(st.Muted, place, 16).Space(2)
	if e.ItemName != "" {
		room := min(30, w.width/4)
		l.Cell(st.Muted, kit.CutLeft(e.ItemName, room), room).Space(1)
	}
	l.Add(st.Text, e.Text)
}

func placeText(r forensics.Ref) string {
	s := "offset " + kit.Count(r.Offset)
	if r.Line > 0 {
		s = "line " + kit.Count(r.Line) + "  " + s
	}
	if r.Length > 0 {
		s += "  length " + kit.Count(r.Length)
	}
	return s
}
