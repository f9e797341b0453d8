package xlsx

import (
	"strconv"
	"unicode/utf8"
)

// Spreadsheets do not agree on when they fit the height of a row to wrapped text: one does it
// when it opens the file, one when somebody edits the cell, a viewer never. So the height is written,
// from a measure of the text that is good enough for a row to hold it.

const (
	lineHeight = 12.75 // points of one line at 9 points, the default of every sheet
	maxHeight  = 400   // points; a row can have 409
	pxPerUnit  = 7     // of a column's width, at the default font
	cellPad    = 8     // pixels
)

// letterWidth is about how many pixels a character takes at 9 points.
func letterWidth(c rune) float64 {
	switch {
	case c == ' ' || c == '.' || c == ',' || c == ':' || c == ';' || c == '\'' || c == '|' || c == 'i' || c == 'l' || c == 'j' || c == '!':
		return 3.2
	case c == 't' || c == 'f' || c == 'r' || c == '(' || c == ')' || c == '-' || c == '/' || c == '[' || c == ']' || c == '"':
		return 4.2
	case c == 'm' || c == 'w' || c == 'M' || c == 'W' || c == '@' || c == '%':
		return 10.5
	case c >= 'A' && c <= 'Z':
		return 8.2
	case c >= 0x1100:
		return 12.5
	}
	return 6.45
}

// lines tells about how many lines a text takes in a column; scale is the font's size in 9 points.
func lines(s string, width, scale float64) int {
	room := (width*pxPerUnit - cellPad) / scale
	n, used, word := 1, 0.0, 0.0
	for i := 0; i < len(s); {
		c, size := utf8.DecodeRuneInString(s[i:])
		i += size
		w := letterWidth(c)
		if c == ' ' || c == '-' || c >= 0x2E80 { // a line can break here
			used += w
			word = 0
			continue
		}
		if used+w > room {
			n++
			used = word // the word that is begun goes to the next line
			if word+w > room {
				used, word = 0, 0
			}
		}
		used += w
		word += w
	}
	return n
}

// heightOf gives the height of n lines as three digits, the form in which it replaces noHeight.
func heightOf(n int, scale float64) string {
	points := min(maxHeight, int(float64(n)*12*scale+2))
	return strconv.Itoa(1000 + points)[1:]
}

// noHeight stands in a row until its cells are known.
const noHeight = ` ht="013" customHeight="1"`

// wrap writes a text that takes as many lines as it needs, where the sheet is one of wrapped rows.
func (r *rows) wrap(s style, v string) {
	if !r.sheet.wraps {
		switch s {
		case r.st.wrap:
			s = r.st.text
		case r.st.smallWrap:
			s = r.st.small
		}
	} else if v != "" {
		scale := 1.0
		switch s {
		case r.st.lead:
			scale = 1.12
		case r.st.bold, r.st.alarm:
			scale = 1.08
		}
		if h := heightOf(lines(v, r.sheet.columns[r.col].width, scale), scale); h > r.height {
			r.height = h
		}
	}
	r.text(s, v)
}
