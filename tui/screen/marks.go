package screen

import (
	"slices"
	"strings"
	"unicode"

	tea "charm.land/bubbletea/v2"

	"keytrail/forensics"
	"keytrail/tui/kit"
)

// NewTagSheet asks for a tag to put on an event. A tag that it has already is
// taken away.
func NewTagSheet(ctx *kit.Context, e *forensics.Event) kit.Sheet {
	p := newPrompt(ctx, "tag", "tag", "")
	tags, row, c := e.Tags, e.Row, ctx.Case
	p.hint = "a word; it can be filtered by with tag:WORD"
	if len(tags) > 0 {
		p.hint = "has #" + strings.Join(tags, " #") + "; the same word again takes it away"
	}
	p.check = func(text string) (string, bool) {
		switch text = strings.TrimPrefix(strings.TrimSpace(text), "#"); {
		case strings.ContainsFunc(text, unicode.IsSpace):
			return "a tag is one word", true
		case slices.Contains(tags, text):
			return "takes #" + text + " away", false
		}
		return "", false
	}
	p.look = func(text string) looked {
		return looked{candidates: c.Values("tag", strings.TrimPrefix(strings.TrimSpace(text), "#"), 20)}
	}
	p.done = func(text string) tea.Msg {
		text = strings.TrimPrefix(strings.TrimSpace(text), "#")
		if text == "" || strings.ContainsFunc(text, unicode.IsSpace) {
			return nil
		}
		return kit.TagChosen{Rows: []int64{row}, Tag: text, Remove: slices.Contains(tags, text)}
	}
	return p
}

// NewNoteSheet asks for the note of an event.
func NewNoteSheet(ctx *kit.Context, e *forensics.Event) kit.Sheet {
	text := ""
	if len(e.Notes) > 0 {
		text = e.Notes[0]
	}
	p := newPrompt(ctx, "note", "note", text)
	p.hint = "your own words to this event; an empty line takes the note away"
	row := e.Row
	p.done = func(text string) tea.Msg { return kit.NoteWritten{Row: row, Text: strings.TrimSpace(text)} }
	return p
}
