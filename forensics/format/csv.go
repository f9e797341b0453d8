package format

import (
	"bytes"
	"io"

	"keytrail/forensics"
)

// CSV reads records of comma separated values as RFC 4180 has them, leniently: the
// delimiter is found from the first line, quoted fields may hold line ends and doubled
// quotes, rows may be ragged. A quote that is never closed costs the line
// it stands in, not the rest of the file.
type CSV struct {
	b      *buffer
	delim  byte
	raw    []byte
	ref    forensics.Ref
	fields [][]byte
	plain  []byte // unescaped fields
	broken string
}

// NewCSV reads r; a record longer than limit bytes (MaxRecord where limit is 0) is broken.
func NewCSV(r io.Reader, limit int) *CSV { return &CSV{b: newBuffer(r, limit)} }

// Next moves to the next record that is not blank and reports whether there is one.
func (c *CSV) Next() bool {
	for {
		if !c.scan() {
			return false
		}
		if c.broken != "" {
			c.fields = c.fields[:0]
			return true
		}
		text := bytes.TrimRight(c.b.text(c.raw), "\r\n")
		if len(text) == 0 {
			continue
		}
		if c.delim == 0 {
			c.delim = Delimiter(text)
		}
		c.split(text)
		return true
	}
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
			c.take(first, 1)
			c.broken = "quote is never closed"
			return true
		}
		quotes += c.quotes(c.b.window()[end:e])
		end = e
		lines++
		if quotes%2 == 0 {
			c.take(end, lines)
			return true
		}
	}
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

// split cuts a record into fields, unescaping the quoted ones.
func (c *CSV) split(text []byte) {
	c.fields = c.fields[:0]
	if cap(c.plain) < len(text) { // never moved while fields point into it
		c.plain = make([]byte, 0, 2*len(text))
	}
	c.plain = c.plain[:0]
	for {
		if len(text) > 0 && text[0] == '"' {
			start := len(c.plain)
			text = text[1:]
			for {
				i := bytes.IndexByte(text, '"')
				if i < 0 {
					c.plain = append(c.plain, text...)
					text = nil
					break
				}
				c.plain = append(c.plain, text[:i]...)
				text = text[i+1:]
				if len(text) == 0 || text[0] != '"' {
					break
				}
				c.plain = append(c.plain, '"')
				text = text[1:]
			}
			// QUIRK: RFC 4180 has nothing between a closing quote and the delimiter; keep what is there.
			i := bytes.IndexByte(text, c.delim)
			if i < 0 {
				c.plain = append(c.plain, text...)
				c.fields = append(c.fields, c.plain[start:len(c.plain):len(c.plain)])
				return
			}
			c.plain = append(c.plain, text[:i]...)
			c.fields = append(c.fields, c.plain[start:len(c.plain):len(c.plain)])
			text = text[i+1:]
			continue
		}
		i := bytes.IndexByte(text, c.delim)
		if i < 0 {
			c.fields = append(c.fields, text)
			return
		}
		c.fields = append(c.fields, text[:i])
		text = text[i+1:]
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

// Fields are the record's fields as UTF-8, valid until the next call of Next.
func (c *CSV) Fields() [][]byte { return c.fields }

// Raw is the record as it stands in the source, with its line end.
func (c *CSV) Raw() []byte { return c.raw }

// Ref is the record's place; its length counts the line end.
func (c *CSV) Ref() forensics.Ref { return c.ref }

// Broken says why the record could not be read, empty where it could.
func (c *CSV) Broken() string { return c.broken }

// Err is the error that ended reading, nil at the regular end.
func (c *CSV) Err() error { return c.b.failure() }
