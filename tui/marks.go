package tui

import (
	tea "charm.land/bubbletea/v2"

	"keytrail/tui/kit"
	"keytrail/tui/screen"
)

// markCmd writes a tag or a note into the case.
func (a *app) markCmd(msg tea.Msg) tea.Cmd {
	c := a.ctx.Case
	return a.changing(func() (string, error) {
		switch m := msg.(type) {
		case kit.TagChosen:
			if m.Remove {
				return "#" + m.Tag + " taken away; u undoes", c.Untag(m.Rows, m.Tag)
			}
			return "#" + m.Tag + " added; u undoes", c.Tag(m.Rows, m.Tag)
		case kit.NoteWritten:
			return "noted; u undoes", c.SetNote(m.Row, m.Text)
		}
		return "", nil
	})
}

// undoCmd takes the last mark back.
func (a *app) undoCmd() tea.Cmd {
	c := a.ctx.Case
	return a.changing(func() (string, error) {
		what, err := c.Undo()
		if err == nil && what == "" {
			return "there is nothing to undo", nil
		}
		return "undone: " + what, err
	})
}

// changing runs a change of the case, says what was done, and has the case looked at again.
func (a *app) changing(change func() (string, error)) tea.Cmd {
	c := a.ctx.Case
	return func() tea.Msg {
		text, err := change()
		if err != nil {
			return kit.Noticed{Text: err.Error(), Bad: true}
		}
		return tea.BatchMsg{kit.Send(kit.Noticed{Text: text}), func() tea.Msg { return generationSeen{c.Generation()} }}
	}
}

// exportSheet opens the export with the timeline's filter.
func (a *app) exportSheet() tea.Cmd {
	t, ok := a.tabs[0].screen.(*screen.Timeline)
	if !ok {
		return nil
	}
	shown, all := t.Counts()
	return kit.Send(kit.SheetOpened{Sheet: screen.NewExportSheet(a.ctx, t.Filter(), shown, all)})
}
