package format

import (
	"bytes"

	"keytrail/forensics"
)

// jsonStyle is how the records of this text begin, learnt from the first: with which
// key, and whether on a line of their own with some indentation. After a broken record the
// next one is found by it.
type jsonStyle struct {
	at     int    // spaces since the line's start; -1 where other bytes stand before
	indent int    // of records; -1 where they do not begin a line, or none was seen
	key    []byte // their first key in its quotes; nil where none was seen
	known  bool
}

// see notes a byte between records.
func (s *jsonStyle) see(c byte) {
	switch {
	case c == '\n':
		s.at = 0
	case c != ' ' && c != '\t' && c != '\r':
		s.at = -1
	case s.at >= 0:
		s.at++
	}
}

// learn looks at a record; the first one tells.
func (s *jsonStyle) learn(record []byte) {
	if !s.known {
		s.known = true
		s.indent = s.at
		s.key = firstKey(record)
	}
	s.at = -1
}

func firstKey(record []byte) []byte {
	const longest = 256
	if i := skipSpace(record, 1); i < len(record) && record[i] == '"' {
		if end := stringEnd(record[:min(len(record), i+longest)], i+1); end >= 0 {
			return bytes.Clone(record[i : end+1])
		}
	}
	return nil
}

const (
	// jsonContext is how many bytes before a place are kept to judge it.
	jsonContext = 1 << 10
	// jsonFreeDebt and jsonDebtFactor bound the work on broken input: bytes that were looked at
	// in vain are looked at again only while they are few beside those passed.
	jsonFreeDebt   = 16 << 20
	jsonDebtFactor = 8
)

// lose passes over what stands at the window as a broken record, up to the next place
// where a record can begin. seen bytes of it have been looked at in vain.
func (j *JSONRecords) lose(why string, seen int) {
	style := j.style
	if !style.known {
		if w := j.b.window(); w[0] == '{' {
			style.indent, style.key = style.at, firstKey(w)
		}
	}
	start := j.b.offset
	j.ref = forensics.Ref{Offset: start, Line: j.b.line + 1}
	j.broken, j.raw, j.text, j.lost = why, nil, nil, true

	from := 1
	if j.debt += int64(seen); j.debt > jsonFreeDebt+jsonDebtFactor*start {
		from = max(seen, 1)
	}
	j.pass(&style, from)
	j.ref.Length = j.b.offset - start
}

// pass drops bytes up to the first place at or after from where a record can begin.
func (j *JSONRecords) pass(style *jsonStyle, from int) {
	for {
		// What is behind the line's end judges the places in it: how much a read returned must not matter.
		w := j.b.window()
		if nl := bytes.IndexByte(w[min(from, len(w)):], '\n'); nl >= 0 {
			for len(w) < from+nl+jsonContext && j.b.fill() {
				w = j.b.window()
			}
		}
		at := j.nextStart(style, w, from)
		if at >= 0 {
			j.style.at = indentOf(w, at)
			j.b.pass(at)
			return
		}
		// Without any known style, a line is what is lost.
		if style.key == nil && style.indent < 0 {
			if i := bytes.IndexByte(w[min(from, len(w)):], '\n'); i >= 0 {
				j.b.pass(min(from, len(w)) + i)
				return
			}
		}
		from = max(min(from, len(w)), len(w)-jsonContext)
		if drop := from - jsonContext; drop > 0 {
			j.b.pass(drop)
			from -= drop
		}
		if !j.b.fill() {
			j.b.pass(len(j.b.window()))
			return
		}
	}
}

// nextStart finds the first place in w at or after from where a record can begin, or -1.
// It goes in steps, so that what it costs is in proportion to how far the place is.
func (j *JSONRecords) nextStart(style *jsonStyle, w []byte, from int) int {
	if style.key == nil && style.indent < 0 {
		return objectStart(w, from)
	}
	const step = 4 << 10
	for ; from < len(w); from += step {
		part := w[:min(len(w), from+step+jsonContext)]
		best := -1
		if style.key != nil {
			best = j.keyStart(part, from, style.key)
		}
		if style.indent >= 0 {
			if best >= 0 {
				part = part[:best]
			}
			if at := lineStart(part, from, style.indent); at >= 0 {
				best = at
			}
		}
		if best >= 0 {
			return best
		}
	}
	return -1
}

// indentOf counts the spaces between the line's start and at, -1 where other bytes stand there.
func indentOf(w []byte, at int) int {
	i := at
	for i > 0 && (w[i-1] == ' ' || w[i-1] == '\t') {
		i--
	}
	if i > 0 && w[i-1] == '\n' {
		return at - i
	}
	return -1
}

// lineStart finds a { behind a newline and exactly indent spaces.
func lineStart(w []byte, from, indent int) int {
	for i := max(from-indent-1, 0); ; {
		k := bytes.IndexByte(w[min(i, len(w)):], '\n')
		if k < 0 {
			return -1
		}
		i += k + 1
		at := i
		for at < len(w) && (w[at] == ' ' || w[at] == '\t') {
			at++
		}
		if at >= from && at < len(w) && w[at] == '{' && at-i == indent {
			return at
		}
	}
}

// keyStart finds a { that key follows and that is no value inside a record.
func (j *JSONRecords) keyStart(w []byte, from int, key []byte) int {
	for i := from; i < len(w); {
		k := bytes.Index(w[i:], key)
		if k < 0 {
			return -1
		}
		i += k + len(key)
		at := backSpace(w, i-len(key))
		if at < from || w[at] != '{' {
			continue
		}
		before := backSpace(w, at)
		if before >= 0 && (w[before] == ':' || w[before] == '[' && j.nested(w, before)) {
			continue
		}
		return at
	}
	return -1
}

// nested reports whether the array that opens at i is a record's own, not that of a wrapper.
func (j *JSONRecords) nested(w []byte, i int) bool {
	colon := backSpace(w, i)
	if colon < 0 || w[colon] != ':' {
		return false
	}
	quote := backSpace(w, colon)
	for _, key := range j.wrappers {
		if quote >= 0 && bytes.HasSuffix(w[:quote+1], []byte(`"`+key+`"`)) {
			return false
		}
	}
	return true
}

// backSpace gives the place of the last byte before i that is no space, or -1.
func backSpace(w []byte, i int) int {
	for i--; i >= 0 && w[i] <= ' '; i-- {
	}
	return i
}

// objectStart finds a { with a string behind it that is an element of an array, in
// the line that holds from: all that can be said where no record was seen yet.
func objectStart(w []byte, from int) int {
	for i := from; i < len(w) && w[i] != '\n'; i++ {
		if w[i] != '{' {
			continue
		}
		before := backSpace(w, i)
		if before < 0 || w[before] != ',' && w[before] != '[' && w[before] != '}' {
			continue
		}
		near := w[:min(len(w), i+jsonContext)]
		if v := skipSpace(near, i+1); v < len(near) && near[v] == '"' {
			return i
		}
	}
	return -1
}
