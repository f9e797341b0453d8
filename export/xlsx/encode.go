package xlsx

import (
	"encoding/hex"
	"strconv"
	"strings"

	"keytrail/export"
	"keytrail/forensics"
)

// maxCell is how many UTF-16 units a cell can hold.
const maxCell = 32_767

// cutMark stands at the end of a text that did not fit into its cell.
const cutMark = " [cut here: too long for a cell]"

// encoder appends cells of one sheet as SpreadsheetML (ECMA-376 part 1, 18.3). Texts are inline strings:
// they can be written without knowing what follows, and are never taken for a formula.
type encoder struct {
	buf   []byte
	row   []byte // the number of the row that is being written
	col   int    // the next column, from 0
	names []string
}

// columnNames gives A, B, ... for n columns.
func columnNames(n int) []string {
	names := make([]string, n)
	for i := range names {
		for k := i + 1; k > 0; k = (k - 1) / 26 {
			names[i] = string(rune('A'+(k-1)%26)) + names[i]
		}
	}
	return names
}

func (e *encoder) open(s style) {
	e.buf = append(e.buf, `<c r="`...)
	e.buf = append(e.buf, e.names[e.col]...)
	e.buf = append(e.buf, e.row...)
	e.buf = append(e.buf, s...)
	e.col++
}

// skip leaves cells out.
func (e *encoder) skip(n int) { e.col += n }

// blank writes a cell that has a style only.
func (e *encoder) blank(s style) {
	e.open(s)
	e.buf = append(e.buf, `/>`...)
}

// text writes a string, an empty one as no cell at all.
func (e *encoder) text(s style, v string) {
	if v == "" {
		e.col++
		return
	}
	e.open(s)
	e.buf = append(e.buf, ` t="inlineStr"><is><t`...)
	e.buf = appendString(e.buf, v)
	e.buf = append(e.buf, `</t></is></c>`...)
}

// number writes a whole number.
func (e *encoder) number(s style, v int64) {
	e.open(s)
	e.buf = append(e.buf, `><v>`...)
	e.buf = strconv.AppendInt(e.buf, v, 10)
	e.buf = append(e.buf, `</v></c>`...)
}

// formula writes a formula of ours with the value that it has.
func (e *encoder) formula(s style, formula string, value int64) {
	e.open(s)
	e.buf = append(e.buf, `><f>`...)
	e.buf = appendEscaped(e.buf, formula)
	e.buf = append(e.buf, `</f><v>`...)
	e.buf = strconv.AppendInt(e.buf, value, 10)
	e.buf = append(e.buf, `</v></c>`...)
}

// decimal writes an exact number. Spreadsheets keep about 15 digits of it, so whoever needs all of them finds the text
// beside it.
func (e *encoder) decimal(s style, v forensics.Decimal) {
	e.open(s)
	e.buf = append(e.buf, `><v>`...)
	e.buf = append(e.buf, v.String()...)
	e.buf = append(e.buf, `</v></c>`...)
}

// formulaOf is formula with an exact value.
func (e *encoder) formulaOf(s style, formula string, value forensics.Decimal) {
	e.open(s)
	e.buf = append(e.buf, `><f>`...)
	e.buf = appendEscaped(e.buf, formula)
	e.buf = append(e.buf, `</f><v>`...)
	e.buf = append(e.buf, value.String()...)
	e.buf = append(e.buf, `</v></c>`...)
}

// digest writes a SHA-256 in hexadecimal, none as no cell.
func (e *encoder) digest(s style, d *forensics.Digest) {
	if d.IsZero() {
		e.col++
		return
	}
	e.open(s)
	e.buf = append(e.buf, ` t="inlineStr"><is><t>`...)
	e.buf = hex.AppendEncode(e.buf, d[:])
	e.buf = append(e.buf, `</t></is></c>`...)
}

const (
	msPerDay = 86_400_000
	// epochDay is 1970-01-01 in days since 1899-12-30, which is how a workbook counts.
	epochDay = 25_569
	// firstDay is 1900-03-01: before it, workbooks have a day that never was.
	firstDay = 61
	// endDay is 10000-01-01.
	endDay = 2_958_466
)

// date writes a moment as a date cell, to the millisecond; wall is milliseconds of the wall clock since
// 1970. It reports false, and writes nothing, where a workbook cannot hold the date.
func (e *encoder) date(s style, wall int64) bool {
	day, ms := wall/msPerDay, wall%msPerDay
	if ms < 0 {
		day, ms = day-1, ms+msPerDay
	}
	day += epochDay
	if day < firstDay || day >= endDay {
		return false
	}
	e.open(s)
	e.buf = append(e.buf, `><v>`...)
	e.buf = strconv.AppendInt(e.buf, day, 10)
	if ms != 0 {
		// Ten digits of a day are 9 microseconds: enough to give the millisecond back.
		const digits = 10_000_000_000
		frac := (ms*digits + msPerDay/2) / msPerDay
		e.buf = append(e.buf, '.')
		for unit := int64(digits / 10); unit > 0 && frac > 0; unit /= 10 {
			e.buf = append(e.buf, byte('0'+frac/unit))
			frac %= unit
		}
	}
	e.buf = append(e.buf, `</v></c>`...)
	return true
}

// appendString appends a cell's text from the end of its opening tag's name on.
func appendString(b []byte, s string) []byte {
	s = export.Clean(s)
	if len(s) > maxCell {
		s = cut(s)
	}
	if s[0] == ' ' || s[len(s)-1] == ' ' {
		b = append(b, ` xml:space="preserve"`...)
	}
	b = append(b, '>')
	if strings.Contains(s, "_x") {
		s = escapeUnderscores(s)
	}
	return appendEscaped(b, s)
}

func appendEscaped(b []byte, s string) []byte {
	start := 0
	for i := 0; i < len(s); i++ {
		var with string
		switch s[i] {
		case '&':
			with = "&amp;"
		case '<':
			with = "&lt;"
		case '>':
			with = "&gt;"
		default:
			continue
		}
		b = append(append(b, s[start:i]...), with...)
		start = i + 1
	}
	return append(b, s[start:]...)
}

// cut shortens a text to what a cell holds, where it is longer in UTF-16.
func cut(s string) string {
	units, end := 0, 0
	for i, r := range s {
		if units <= maxCell-len(cutMark) {
			end = i
		}
		units++
		if r > 0xFFFF {
			units++
		}
	}
	if units <= maxCell {
		return s
	}
	return s[:end] + cutMark
}

// escapeUnderscores keeps texts like _x0041_ as they are: a workbook would read a character's number in
// it (ECMA-376 part 1, 22.9.2.19).
func escapeUnderscores(s string) string {
	var b strings.Builder
	for {
		i := strings.Index(s, "_x")
		if i < 0 || len(s) < i+7 {
			b.WriteString(s)
			return b.String()
		}
		b.WriteString(s[:i])
		if isHex(s[i+2:i+6]) && s[i+6] == '_' {
			b.WriteString("_x005F")
		}
		b.WriteByte('_')
		s = s[i+1:]
	}
}

func isHex(s string) bool {
	for _, c := range []byte(s) {
		if (c < '0' || c > '9') && (c < 'a' || c > 'f') && (c < 'A' || c > 'F') {
			return false
		}
	}
	return true
}
