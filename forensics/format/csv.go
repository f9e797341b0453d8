package format

import (
	"bytes"
	"io"

	"keytrail/forensics"
)

// CSV reads records of comma separated values as RFC 4180 has them, leniently: the
// delimiter is found from the first line, quoted fields may hold line ends and doubled
// quotes, rows may be ragged. A quote that is never closed costs the line
// it stands in, not the rest of the file. A first line that is no record, `#TYPE x` of
// PowerShell's Export-Csv or `sep=;` of Excel, is passed over.
type CSV struct {
	b      *buffer
	delim  byte
	begun  bool // the first line was seen
	quick  int  // the column of ExpectJSON, from 1; 0: none
	raw    []byte
	text   []byte // the record as UTF-8, without its line end
	ref    forensics.Ref
	cells  []cell
	fields [][]byte // made of cells when they are asked for
	list   [][]byte // keeps the memory of fields
	plain  []byte   // unescaped fields
	broken string
}

// cell is a field before unescaping.
type cell struct {
	text    []byte // between the outer quotes, where it has some
	doubled bool   // quotes in text are written twice
	torn    bool   // QUIRK: more text stands between closing quote and delimiter; text then begins with the opening quote
}

// NewCSV reads r; a record longer than limit bytes (MaxRecord where limit is 0) is broken.
func NewCSV(r io.Reader, limit int) *CSV { return &CSV{b: newBuffer(r, limit)} }

// Next moves to the next record that is not blank and reports whether there is one.
func (c *CSV) Next() bool {
	for {
		if !c.scan() {
			return false
		}
		c.cells, c.fields, c.text = c.cells[:0], nil, nil
		if c.broken != "" && c.raw == nil {
			return true
		}
		text := bytes.TrimRight(c.b.text(c.raw), "\r\n")
		if len(text) == 0 {
			continue
		}
		if !c.begun {
			c.begun = true
			if d, ok := preamble(text); ok {
				c.delim = d
				continue
			}
		}
		if c.delim == 0 {
			c.delim = Delimiter(text)
		}
		c.text = text
		c.split(text, c.quick)
		return true
	}
}

// preamble recognises a first line that is no record, and the delimiter it states, if any.
func preamble(text []byte) (delim byte, ok bool) {
	text = bytes.Trim(text, `"`)
	switch {
	case bytes.HasPrefix(text, []byte("#TYPE ")):
		return 0, true
	case len(text) == 5 && bytes.EqualFold(text[:4], []byte("sep=")):
		return text[4], true
	}
	return 0, false
}

// scan finds the raw bytes of the next record: lines until the quotes in them are even.
func (c *CSV) scan() bool {
	c.broken = ""
	var end, quotes int
	var lines int64
	first := 0
	for {
		e, ok := c.b.lineEnd(end)
		if e == 0 {
			return false
		}
		if lines == 0 {
			first = e
		}
		if !ok && lines == 0 { // one endless line
			c.ref = forensics.Ref{Offset: c.b.offset, Line: c.b.line + 1}
			c.ref.Length = c.b.passLine()
			c.b.line++
			c.raw, c.broken = nil, "record is longer than the limit"
			return true
		}
		if e == end || !ok { // the text or the limit ends inside a quoted field: only its first line is lost
			c.settle(first, first, 1)
			return true
		}
		quotes += c.quotes(c.b.window()[end:e])
		end = e
		lines++
		if quotes%2 == 0 {
			if lines == 1 {
				c.take(end, 1)
			} else {
				c.settle(end, first, lines)
			}
			return true
		}
	}
}

// settle takes a record whose lines were joined because of their quotes, or as much of
// it as is one: a stray quote in one line and another a hundred lines below do not make one
// record.
func (c *CSV) settle(end, first int, lines int64) {
	w := c.b.window()[:end]
	text := c.b.text(w)
	delim := c.delim
	if delim == 0 {
		delim = Delimiter(text)
	}
	n, ok := recordEnd(text, delim)
	switch {
	case ok && n == len(text):
		c.take(end, lines)
	case ok && c.b.enc == bytewise:
		c.take(n, int64(bytes.Count(w[:n], []byte{'\n'})))
	default:
		c.take(first, 1)
		c.broken = "quote is never closed"
	}
}

// recordEnd finds where the record that starts at text ends by the letter of
// RFC 4180, where only a field that begins with a quote is a quoted one.
func recordEnd(text []byte, delim byte) (n int, ok bool) {
	i := 0
	for i < len(text) {
		if text[i] != '"' {
			line := bytes.IndexByte(text[i:], '\n')
			if line < 0 {
				line = len(text) - i - 1
			}
			if d := bytes.IndexByte(text[i:i+line+1], delim); d >= 0 {
				i += d + 1
				continue
			}
			return i + line + 1, true
		}
		end, _ := closing(text[i+1:])
		if end < 0 {
			return 0, false
		}
		i += end + 2
		if i < len(text) && text[i] == '\r' {
			i++
		}
		switch {
		case i == len(text):
		case text[i] == '\n':
			return i + 1, true
		case text[i] == delim:
			i++
		default:
			return 0, false
		}
	}
	return len(text), true
}

func (c *CSV) quotes(raw []byte) int {
	if c.b.enc == bytewise {
		return bytes.Count(raw, []byte{'"'})
	}
	n := 0
	for i := 0; i+1 < len(raw); i += 2 {
		if c.b.unit(raw[i:]) == '"' {
			n++
		}
	}
	return n
}

func (c *CSV) take(n int, lines int64) {
	c.raw = c.b.window()[:n]
	c.ref = forensics.Ref{Offset: c.b.offset, Length: int64(n), Line: c.b.line + 1}
	c.b.skip(n)
	c.b.line += lines
}

// split cuts a record into cells.
func (c *CSV) split(text []byte, quick int) {
	c.cells, c.fields = c.cells[:0], nil
	for {
		if len(text) > 0 && text[0] == '"' {
			end, doubled := -1, true
			if len(c.cells)+1 == quick && bytes.HasPrefix(text[1:], []byte(`{""`)) {
				end = closingBrace(text[1:])
			}
			if end < 0 {
				end, doubled = closing(text[1:])
			}
			if end < 0 {
				c.cells = append(c.cells, cell{text: text[1:], doubled: true})
				return
			}
			rest := text[end+2:]
			if len(rest) == 0 {
				c.cells = append(c.cells, cell{text: text[1 : end+1], doubled: doubled})
				return
			}
			if rest[0] == c.delim {
				c.cells = append(c.cells, cell{text: text[1 : end+1], doubled: doubled})
				text = rest[1:]
				continue
			}
			// QUIRK: RFC 4180 has nothing between a closing quote and the delimiter; keep what is there.
			i := bytes.IndexByte(rest, c.delim)
			if i < 0 {
				c.cells = append(c.cells, cell{text: text, torn: true})
				return
			}
			c.cells = append(c.cells, cell{text: text[:end+2+i], torn: true})
			text = rest[i+1:]
			continue
		}
		i := bytes.IndexByte(text, c.delim)
		if i < 0 {
			c.cells = append(c.cells, cell{text: text})
			return
		}
		c.cells = append(c.cells, cell{text: text[:i]})
		text = text[i+1:]
	}
}

// closing finds the closing quote of a field, given what follows its opening quote, or
// -1, and whether doubled quotes stand before it.
func closing(s []byte) (end int, doubled bool) {
	for i := 0; ; {
		n := bytes.IndexByte(s[i:], '"')
		if n < 0 {
			return -1, doubled
		}
		i += n
		if i+1 == len(s) || s[i+1] != '"' {
			return i, doubled
		}
		doubled = true
		i += 2
	}
}

// closingBrace finds the first single quote behind a brace, or -1. Where every quote
// before it is doubled, it is the closing one.
func closingBrace(s []byte) int {
	for i := 0; ; {
		n := bytes.IndexByte(s[i:], '}')
		if n < 0 {
			return -1
		}
		i += n + 1
		if i < len(s) && s[i] == '"' && (i+1 == len(s) || s[i+1] != '"') {
			return i
		}
	}
}

// unescape writes a cell's text to dst with its quotes single.
func (c *cell) unescape(dst []byte) []byte {
	text := c.text
	if c.torn {
		end, _ := closing(text[1:])
		inner := cell{text: text[1 : end+1]}
		return append(inner.unescape(dst), text[end+2:]...)
	}
	for {
		i := bytes.IndexByte(text, '"')
		if i < 0 {
			return append(dst, text...)
		}
		dst = append(dst, text[:i+1]...)
		text = text[i+1:]
		if len(text) > 0 && text[0] == '"' {
			text = text[1:]
		}
	}
}

// Delimiter tells which of comma, semicolon, tab and bar a header line uses.
func Delimiter(header []byte) byte {
	best, most := byte(','), 0
	for _, d := range []byte{',', ';', '\t', '|'} {
		if n := bytes.Count(header, []byte{d}); n > most {
			best, most = d, n
		}
	}
	return best
}

// Fields are the record's fields as UTF-8, valid until the next call of Next. Of a
// record whose quote is never closed they are the fields of its first line.
func (c *CSV) Fields() [][]byte {
	if c.fields != nil {
		return c.fields
	}
	size := 0
	for i := range c.cells {
		size += len(c.cells[i].text)
	}
	if cap(c.plain) < size { // never moved while fields point into it
		c.plain = make([]byte, 0, 2*size)
	}
	c.plain = c.plain[:0]
	c.fields = c.list[:0]
	for i := range c.cells {
		cl := &c.cells[i]
		text := cl.text
		if cl.doubled || cl.torn {
			start := len(c.plain)
			c.plain = cl.unescape(c.plain)
			text = c.plain[start:len(c.plain):len(c.plain)]
		}
		c.fields = append(c.fields, text)
	}
	c.list = c.fields
	return c.fields
}

// Len is the number of the record's fields.
func (c *CSV) Len() int { return len(c.cells) }

// Cell is a field as it stands between its quotes; doubled says that quotes in it may
// be written twice. It costs nothing, where Fields unescapes every field.
func (c *CSV) Cell(i int) (text []byte, doubled bool) {
	cl := &c.cells[i]
	if cl.torn {
		return c.Fields()[i], false
	}
	return cl.text, cl.doubled
}

// ExpectJSON makes the end of a quoted cell in a column (from 0) that starts with `{""` be
// looked for behind a closing brace only, which is several times as fast. It is the right end
// wherever all quotes up to there are doubled: who reads the cell has to check that,
// and to call Exact where they are not.
func (c *CSV) ExpectJSON(column int) { c.quick = column + 1 }

// Exact cuts the record again, without the shortcut of ExpectJSON.
func (c *CSV) Exact() {
	if c.quick > 0 && c.text != nil {
		c.split(c.text, 0)
	}
}

// Raw is the record as it stands in the source, with its line end.
func (c *CSV) Raw() []byte { return c.raw }

// Ref is the record's place; its length counts the line end.
func (c *CSV) Ref() forensics.Ref { return c.ref }

// Broken says why the record could not be read, empty where it could.
func (c *CSV) Broken() string { return c.broken }

// Err is the error that ended reading, nil at the regular end.
func (c *CSV) Err() error { return c.b.failure() }
