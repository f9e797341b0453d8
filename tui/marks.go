package tui

import (
	"strings"

	tea "charm.land/bubbletea/v2"

	"keytrail/forensics"
	"keytrail/tui/kit"
)

// outcome waits for what a verdict, taking it back, or an add changes: who says "mine" of a thief's address by mistake is to see
// that an incident went with it, and who added evidence what was found in it.
type outcome struct {
	before     int // incidents when it was said
	said, then string
}

// begin notes what was said of which incidents.
func (o *outcome) begin(a *forensics.Analysis, said, then string) {
	if *o = (outcome{said: said, then: then}); a != nil {
		o.before = len(a.Incidents)
	}
}

// came says how many incidents there are now, empty where there are as many as before.
func (o *outcome) came(a *forensics.Analysis) string {
	was := *o
	*o = outcome{}
	if was.said == "" || len(a.Incidents) == was.before {
		return ""
	}
	text := was.said + ": " + kit.Plural(int64(len(a.Incidents)), "incident") + " now"
	if was.before > 0 {
		text += ", " + kit.Count(int64(was.before)) + " before"
	}
	return text + was.then
}

// markCmd writes a tag, a note or a verdict into the case.
func markCmd(c kit.Case, msg tea.Msg) tea.Cmd {
	return changeCmd(c, func() (string, error) {
		switch m := msg.(type) {
		case kit.TagChosen:
			if m.Remove {
				return "#" + m.Tag + " taken away; u undoes", c.Untag(m.Rows, m.Tag)
			}
			return "#" + m.Tag + " added; u undoes", c.Tag(m.Rows, m.Tag)
		case kit.NoteWritten:
			return "noted; u undoes", c.SetNote(m.Row, m.Text)
		case kit.VerdictChosen:
			return verdictText(m) + "; u undoes", c.SetVerdict(m.Entities, m.Verdict)
		}
		return "", nil
	})
}

// verdictText says what was judged: 203.0.113.77 is not mine.
func verdictText(m kit.VerdictChosen) string {
	said := strings.ReplaceAll(m.Verdict, "-", " ")
	if len(m.Entities) != 1 {
		return kit.Count(int64(len(m.Entities))) + " are " + said
	}
	_, name, _ := strings.Cut(m.Entities[0], ":")
	return kit.Cut(name, 60) + " is " + said
}

// undoCmd takes the last mark back.
func undoCmd(c kit.Case) tea.Cmd {
	return changeCmd(c, func() (string, error) {
		what, err := c.Undo()
		if err == nil && what == "" {
			return "there is nothing to undo", nil
		}
		return "undone: " + what, err
	})
}

// changeCmd runs a change of the case, says what was done, and has the case looked at again.
func changeCmd(c kit.Case, change func() (string, error)) tea.Cmd {
	return func() tea.Msg {
		text, err := change()
		if err != nil {
			return kit.Noticed{Text: err.Error(), Bad: true}
		}
		return tea.BatchMsg{kit.Send(kit.Noticed{Text: text}), pollCmd(c)}
	}
}
