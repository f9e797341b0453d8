package widget

import (
	"sort"
	"strings"
	"time"

	"keytrail/forensics"
	"keytrail/tui/kit"
)

// Ruler lays the UIDs of a folder along a width: a letter and a colour for what became of them, the time of arrival
// below. It draws itself; its owner moves.
type Ruler struct {
	Runs     []forensics.UIDRun // in order, not overlapping
	From, To uint32             // the UIDs it spans, both included
	Zone     *time.Location

	cells   []byte // what was drawn last: a state for each cell
	drawnAs [3]uint32
}

// The states of a cell; the ones further down are louder.
const (
	uidUnknown byte = iota
	uidPresent
	uidMoved
	uidMissing
)

var uidLetters = [...]string{uidUnknown: " ", uidPresent: "·", uidMoved: ">", uidMissing: "x"}

func uidState(s string) byte {
	switch s {
	case "present":
		return uidPresent
	case "moved":
		return uidMoved
	case "missing":
		return uidMissing
	}
	return uidUnknown
}

// StateLook is the letter and the look of a state: present, moved or missing.
func StateLook(st *kit.Styles, state string) (letter string, look kit.Style) {
	s := uidState(state)
	return uidLetters[s], stateStyle(st, s)
}

func stateStyle(st *kit.Styles, s byte) kit.Style {
	switch s {
	case uidPresent:
		return st.Group[forensics.GroupLogin]
	case uidMoved:
		return st.Group[forensics.GroupSettings]
	case uidMissing:
		return st.Group[forensics.GroupDeletion].Bold()
	}
	return st.Faint
}

func (r *Ruler) span() float64 { return float64(r.To) - float64(r.From) + 1 }

// CellOf is the cell of a UID, kept inside the ruler.
func (r *Ruler) CellOf(uid uint32, width int) int {
	f := (float64(uid) - float64(r.From)) / r.span()
	return max(0, min(width-1, int(f*float64(width))))
}

// UIDAt is the first UID of a cell.
func (r *Ruler) UIDAt(cell, width int) uint32 {
	return r.From + uint32(float64(cell)/float64(width)*r.span())
}

// RunAt is the run that holds a UID, or the first one after it; len(Runs) where there is none.
func (r *Ruler) RunAt(uid uint32) int {
	return sort.Search(len(r.Runs), func(i int) bool { return r.Runs[i].Last >= uid })
}

// states gives every cell the loudest state of its UIDs.
func (r *Ruler) states(width int) []byte {
	as := [3]uint32{r.From, r.To, uint32(width)}
	if r.cells != nil && r.drawnAs == as {
		return r.cells
	}
	r.cells, r.drawnAs = make([]byte, width), as
	for i := r.RunAt(r.From); i < len(r.Runs) && r.Runs[i].First <= r.To; i++ {
		s := uidState(r.Runs[i].State)
		a, b := r.cellsOf(&r.Runs[i], width)
		for c := a; c <= b; c++ {
			r.cells[c] = max(r.cells[c], s)
		}
	}
	return r.cells
}

// cellsOf are the first and the last cell of a run that the ruler reaches.
func (r *Ruler) cellsOf(run *forensics.UIDRun, width int) (first, last int) {
	cell := func(uid float64) int { return int((uid - float64(r.From)) / r.span() * float64(width)) }
	first = max(0, min(width-1, cell(float64(run.First))))
	return first, max(first, min(width-1, cell(float64(run.Last)+1)-1))
}

// Reset forgets what was drawn: the runs are others.
func (r *Ruler) Reset() { r.cells = nil }

// Lines draws the ruler: the states, the cursor under one run, the UIDs and the times.
func (r *Ruler) Lines(st *kit.Styles, width, run int) []string {
	cells := r.states(width)
	l := kit.NewLine(width)
	for i := 0; i < width; {
		j := i
		for j < width && cells[j] == cells[i] {
			j++
		}
		l.Add(stateStyle(st, cells[i]), strings.Repeat(uidLetters[cells[i]], j-i))
		i = j
	}
	marks := kit.NewLine(width)
	if run < len(r.Runs) && r.Runs[run].Last >= r.From && r.Runs[run].First <= r.To {
		a, b := r.cellsOf(&r.Runs[run], width)
		marks.Space(a)
		if a == b {
			marks.Add(st.Accent, "▲")
		} else {
			marks.Add(st.Accent, "╘"+strings.Repeat("═", b-a-1)+"╛")
		}
	}
	return []string{l.String(), marks.String(), r.numbers(st, width), r.times(st, width)}
}

// labelLine writes texts at cells, at most one for so many cells, the last cell's at the end of the line.
func labelLine(st *kit.Styles, width, every int, text func(cell int) string) string {
	out := []rune(strings.Repeat(" ", width))
	last := text(width - 1)
	end := width
	if w := len([]rune(last)); last != "" && w < width/2 {
		copy(out[width-w:], []rune(last))
		end = width - w - 2
	}
	for at := 0; at < end; {
		s := []rune(text(at))
		if len(s) == 0 || at+len(s) > end {
			at++
			continue
		}
		copy(out[at:], s)
		at += max(every, len(s)+2)
	}
	return kit.NewLine(width).Add(st.Muted, string(out)).String()
}

func (r *Ruler) numbers(st *kit.Styles, width int) string {
	return labelLine(st, width, 14, func(cell int) string {
		if cell == width-1 {
			return kit.Count(int64(r.To))
		}
		return kit.Count(int64(r.UIDAt(cell, width)))
	})
}

// times writes when the mails of the cells came, where that is known. Between the ends of a run it is estimated, and
// says so with a ~.
func (r *Ruler) times(st *kit.Styles, width int) string {
	layout := "2006-01-02"
	if first, last := r.bound(r.From, r.To); last-first < int64(48*time.Hour) && last > first {
		layout = "01-02 15:04"
	}
	said := ""
	return labelLine(st, width, 14, func(cell int) string {
		uid, next := r.UIDAt(cell, width), r.UIDAt(cell+1, width)
		if cell == width-1 {
			uid, next = r.To, r.To+1
		}
		i := r.RunAt(uid)
		if i == len(r.Runs) {
			if i--; cell < width-1 || i < 0 {
				return ""
			}
		}
		run, about := r.Runs[i], ""
		at := run.NotBefore
		if run.First < uid { // inside a run: as far between its bounds as between its ends
			if run.NotAfter == 0 || at == 0 {
				return ""
			}
			f := (float64(uid) - float64(run.First)) / (float64(run.Last) - float64(run.First) + 1)
			at += int64(min(1, f) * float64(run.NotAfter-at))
			about = "~"
		} else if run.First >= next && cell < width-1 {
			return ""
		}
		if at == 0 {
			return ""
		}
		text := time.Unix(0, at).In(r.Zone).Format(layout)
		if text == said {
			return ""
		}
		said = text
		return about + text
	})
}

// bound is the time between two UIDs, as far as the runs know it.
func (r *Ruler) bound(from, to uint32) (first, last int64) {
	for i := r.RunAt(from); i < len(r.Runs) && r.Runs[i].First <= to; i++ {
		if t := r.Runs[i].NotBefore; t != 0 && (first == 0 || t < first) {
			first = t
		}
		last = max(last, r.Runs[i].NotAfter)
	}
	return first, last
}
