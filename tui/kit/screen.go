package kit

import (
	"sync/atomic"
	"time"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"keytrail/forensics"
)

// Screen is one of the numbered screens, or the start screen. The parent tells it
// its size; screens ask the parent for anything outside their area by message.
type Screen interface {
	Init() tea.Cmd
	Update(tea.Msg) (Screen, tea.Cmd)
	// View gives exactly as many lines as the height of the last SetSize.
	View() []string
	SetSize(width, height int) tea.Cmd
	// Hints are the keys worth showing at the bottom in the present state.
	Hints() []key.Binding
	// Status is what stands at the right end of the bottom line.
	Status() string
	// Typing reports whether keys are text now: no command key works then.
	Typing() bool
}

// Sheet is a dialogue: it rises from the bottom of the screen, takes all keys,
// and goes when it sends SheetClosed.
type Sheet interface {
	Init() tea.Cmd
	Update(tea.Msg) (Sheet, tea.Cmd)
	Title() string
	// View gives its lines, at most height of them.
	View(width, height int) []string
	Hints() []key.Binding
}

// Context is what the root model shares with all screens. Only the root model
// changes it, and only inside Update.
type Context struct {
	Services
	Styles *Styles
	Keys   Keys
	Zone   *time.Location
	Case   Case
	// Analysis is what detection said last, nil before its first answer.
	Analysis *forensics.Analysis
	// Adding reports whether an add is running.
	Adding bool
	Now    func() time.Time
	// Typed is when a key came last, in nanoseconds since 1970; 0: none yet. It may be read from any goroutine.
	Typed *atomic.Int64

	posted []tea.Msg
}

// Post hands a message to the root model before the next key is looked at, so that
// what is typed fast does not go to the wrong place. It is called inside Update only; the
// command it returns is nil.
func (c *Context) Post(msg tea.Msg) tea.Cmd {
	c.posted = append(c.posted, msg)
	return nil
}

// Posted takes the messages that were posted.
func (c *Context) Posted() []tea.Msg {
	posted := c.posted
	c.posted = nil
	return posted
}
