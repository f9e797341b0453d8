package kit

import "strings"

// Line builds one line of the screen from styled pieces and never grows wider than
// its limit: what does not fit is cut with an ellipsis.
type Line struct {
	b     strings.Builder
	base  Style
	limit int
	used  int
}

// NewLine begins a line of at most limit cells.
func NewLine(limit int) *Line { return &Line{limit: limit} }

// On lays a style, such as the background of the chosen row, under all pieces that
// follow.
func (l *Line) On(base Style) *Line { l.base = base; return l }

// Left is how many cells are free.
func (l *Line) Left() int { return l.limit - l.used }

// Used is how many cells are taken.
func (l *Line) Used() int { return l.used }

// Raw appends another line as far as it was built. It must fit.
func (l *Line) Raw(o *Line) *Line {
	l.b.WriteString(o.b.String())
	l.used += o.used
	return l
}

// Add appends text, cut to what is free.
func (l *Line) Add(st Style, text string) *Line {
	if l.Left() <= 0 || text == "" {
		return l
	}
	text = Cut(text, l.Left())
	l.b.WriteString(st.over(l.base).paint(text))
	l.used += width(text)
	return l
}

// Cell appends text in a column of exactly w cells (fewer at the line's end).
func (l *Line) Cell(st Style, text string, w int) *Line {
	return l.Add(st, Fit(text, min(w, l.Left())))
}

// Number appends text at the right end of a column of w cells.
func (l *Line) Number(st Style, text string, w int) *Line {
	return l.Add(st, FitRight(text, min(w, l.Left())))
}

// Space appends n blank cells.
func (l *Line) Space(n int) *Line {
	return l.Add(Style{}, strings.Repeat(" ", max(0, min(n, l.Left()))))
}

// Gap fills up with blanks so that exactly n cells stay free at the right.
func (l *Line) Gap(n int) *Line { return l.Space(l.Left() - n) }

// String gives the line, filled up with blanks to its limit.
func (l *Line) String() string {
	l.Gap(0)
	return l.b.String()
}
