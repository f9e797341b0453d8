package widget

import tea "charm.land/bubbletea/v2"

// Scroll is the place in something that is longer than its window, with a
// cursor in it.
type Scroll struct {
	Cursor, Top int
}

// Move sets the cursor and the window so that the cursor is inside [0, length)
// and visible in height lines, of which none stays empty while there is something to fill it.
func (s *Scroll) Move(cursor, length, height int) {
	s.Cursor = max(0, min(cursor, length-1))
	s.Top = max(s.Top, s.Cursor-height+1)
	s.Top = max(0, min(s.Top, s.Cursor, length-max(1, height)))
}

// Shift scrolls a text without a cursor by n lines.
func (s *Scroll) Shift(n, length, height int) {
	s.Top = max(0, min(s.Top+n, length-height))
}

// Wheel is how many lines a turn of the mouse wheel moves, 0 for other buttons.
func Wheel(msg tea.MouseWheelMsg) int {
	switch msg.Button {
	case tea.MouseWheelUp:
		return -3
	case tea.MouseWheelDown:
		return 3
	}
	return 0
}
