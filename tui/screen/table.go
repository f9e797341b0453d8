package screen

import (
	"time"

	"keytrail/forensics"
	"keytrail/tui/kit"
	"keytrail/tui/widget"
)

// table is the list of events in the timeline: where its window stands, where the
// cursor is, and the pages that were read. It holds no more than the pages.
type table struct {
	view   kit.View
	pages  *widget.Pages[forensics.Event]
	zone   *time.Location
	marked map[int64]bool // rows that were chosen together
	// incidents leaves room for the numbers of incidents.
	incidents bool
	accounts  bool // there are several, so that each row says whose it is
	cursor    int
	top       int
	height    int
}

// slot is one line of the table: a day's heading or an event.
type slot struct {
	index   int // -1 for a heading
	heading string
}

func (t *table) length() int {
	if t.view == nil {
		return 0
	}
	return t.view.Len()
}

// current is the event under the cursor, nil while it is being read.
func (t *table) current() *forensics.Event { return t.pages.At(t.cursor) }

// slots lays out the lines from the event at top on. A heading stands over the first
// event and wherever the day changes.
func (t *table) slots(top int) []slot {
	out := make([]slot, 0, t.height)
	day := ""
	for i := top; i < t.length() && len(out) < t.height; i++ {
		if e := t.pages.At(i); e != nil {
			if h := t.headingOf(i, e); h != day {
				day = h
				if len(out) > 0 && len(out) == t.height-1 {
					break // a heading alone at the bottom says nothing
				}
				out = append(out, slot{-1, h})
			}
		} else if i == top {
			out = append(out, slot{-1, ""})
		}
		if len(out) < t.height {
			out = append(out, slot{index: i})
		}
	}
	return out
}

func (t *table) headingOf(i int, e *forensics.Event) string {
	if i >= t.view.Dated() {
		return undatedHeading
	}
	return heading(e, t.zone)
}

// move puts the cursor on an event and the window around it.
func (t *table) move(to int) {
	t.cursor = max(0, min(to, t.length()-1))
	t.show()
}

// jump puts the cursor on an event that may be far away, and the window so that
// something before it is seen as well.
func (t *table) jump(to int) {
	t.cursor = max(0, min(to, t.length()-1))
	if t.cursor < t.top || t.cursor >= t.top+t.height || !t.sees(t.cursor) {
		t.top = max(0, t.cursor-t.height/4)
	}
	t.show()
}

// show moves the window as little as needed to have the cursor in it.
func (t *table) show() {
	if t.height < 1 || t.length() == 0 {
		t.top = 0
		return
	}
	t.top = max(0, min(t.top, t.cursor))
	t.top = max(t.top, t.cursor-t.height+1)
	for t.top < t.cursor && !t.sees(t.cursor) {
		t.top++
	}
}

func (t *table) sees(index int) bool {
	slots := t.slots(t.top)
	return len(slots) > 0 && slots[len(slots)-1].index >= index
}

// shift scrolls the window, the cursor stays inside it.
func (t *table) shift(n int) {
	t.top = max(0, min(t.top+n, t.length()-1))
	if last := t.length() - t.height + 1; n > 0 && t.top > last {
		t.top = max(0, last)
	}
	t.cursor = max(t.cursor, t.top)
	for t.cursor > t.top && !t.sees(t.cursor) {
		t.cursor--
	}
}

// visible is the range of events in the window.
func (t *table) visible() (first, last int) {
	return t.top, min(t.top+t.height, t.length())
}

// window is the time from the first to the last visible event.
func (t *table) window() (a, b int64) {
	for _, s := range t.slots(t.top) {
		if s.index < 0 || t.view == nil || s.index >= t.view.Dated() {
			continue
		}
		if e := t.pages.At(s.index); e != nil {
			if a == 0 {
				a = e.Time.Nano
			}
			b = e.Time.Nano
		}
	}
	return a, b
}

// at is the event on a line of the window, -1 where there is none.
func (t *table) at(line int) int {
	slots := t.slots(t.top)
	if line < 0 || line >= len(slots) {
		return -1
	}
	return slots[line].index
}

// lines draws the window.
func (t *table) lines(st *kit.Styles, width int, focused bool) []string {
	c := columnsFor(width, t.accounts)
	if t.incidents && width >= 64 {
		c.incident = 4
	}
	c.marked = t.marked
	out := make([]string, 0, t.height)
	for _, s := range t.slots(t.top) {
		switch e := t.pages.At(s.index); {
		case s.index < 0:
			out = append(out, headingLine(st, s.heading, width))
		case e == nil:
			out = append(out, waitingLine(st, width, s.index == t.cursor))
		default:
			out = append(out, rowLine(st, e, c, t.zone, s.index == t.cursor && focused))
		}
	}
	for len(out) < t.height {
		out = append(out, kit.NewLine(width).String())
	}
	return out
}
