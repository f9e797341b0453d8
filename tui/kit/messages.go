package kit

import (
	"time"

	tea "charm.land/bubbletea/v2"

	"keytrail/forensics"
)

// CaseOpened brings a case to work on, and evidence to add to it at once.
type CaseOpened struct {
	Case  Case
	Paths []string
	Sheet Sheet // a dialogue to begin with; nil: none
}

// CaseChanged says that the case holds something new: events, marks.
type CaseChanged struct{}

// Shown tells a screen that it came to the front, or went to the back.
type Shown struct{ On bool }

// LookChanged says that the zone or the theme in the Context is another one.
type LookChanged struct{}

// SheetOpened puts a dialogue on the screen.
type SheetOpened struct{ Sheet Sheet }

// SheetClosed takes the uppermost dialogue away; Answer, if any, is sent on after that.
type SheetClosed struct{ Answer tea.Msg }

// Noticed is a short word to the user; it stays until the next key.
type Noticed struct {
	Text string
	Bad  bool
}

// TimeChosen moves the timeline to a time (nanoseconds since 1970).
type TimeChosen struct{ Nano int64 }

// ZoneChosen sets the zone that times are shown in.
type ZoneChosen struct{ Zone *time.Location }

// TagChosen adds a tag to events, or takes it away.
type TagChosen struct {
	Rows   []int64
	Tag    string
	Remove bool
}

// NoteWritten sets the note of an event; an empty text removes it.
type NoteWritten struct {
	Row  int64
	Text string
}

// FilterChosen shows the timeline with this filter.
type FilterChosen struct{ Text string }

// VerdictChosen says what the user says about entities, as verdicts name them.
type VerdictChosen struct {
	Entities []string
	Verdict  string // mine, not-mine or unknown
}

// UndoChosen takes the last mark back.
type UndoChosen struct{}

// EventsChosen shows events on the timeline: those of a filter, the cursor on the event of a row, with a
// mark at some of them. The screen that sent it comes back with BackChosen.
type EventsChosen struct {
	Filter string
	Row    int64   // 0: the first one
	Marked []int64 // rows
	Sheet  Sheet   // the dialogue that they were chosen in, which the way back opens again; nil: none
}

// IncidentsChosen shows some of the incidents: those of an event or an entity, which Of names. The screen that sent it
// comes back with BackChosen.
type IncidentsChosen struct {
	IDs []int64
	Of  string
}

// BackChosen goes back to the screen that EventsChosen or IncidentsChosen came from.
type BackChosen struct{}

// Analysed brings what detection says about the case now.
type Analysed struct {
	Analysis *forensics.Analysis // nil where Err is set
	Err      error
	Took     time.Duration
	// Changed reports that events belong to other incidents than before.
	Changed bool
}

// PathsChosen starts an add.
type PathsChosen struct{ Paths []string }

// AddProgressed is how far the running add has come.
type AddProgressed struct{ Progress Progress }

// AddFinished ends an add.
type AddFinished struct {
	Last Progress
	Err  error
}

// QuitChosen ends the program. Stop ends a running add first; without Stop
// the add is waited for.
type QuitChosen struct{ Stop bool }

// Send wraps a message in a command.
func Send(msg tea.Msg) tea.Cmd { return func() tea.Msg { return msg } }
