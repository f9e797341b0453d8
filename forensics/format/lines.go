package format

import (
	"bytes"
	"io"

	"keytrail/forensics"
)

// Lines reads a text line by line, in UTF-8 or, with a byte order mark, in UTF-16.
type Lines struct {
	b    *buffer
	raw  []byte
	text []byte
	ref  forensics.Ref
	long bool
}

// NewLines reads r; a line longer than limit bytes (MaxRecord where limit is 0) is cut.
func NewLines(r io.Reader, limit int) *Lines { return &Lines{b: newBuffer(r, limit)} }

// Next moves to the next line and reports whether there is one.
func (l *Lines) Next() bool {
	end, ok := l.b.lineEnd(0)
	if end == 0 {
		return false
	}
	l.long = !ok
	l.raw = l.b.window()[:end]
	l.ref = forensics.Ref{Offset: l.b.offset, Length: int64(end), Line: l.b.line + 1}
	if l.long {
		// The head of the line is kept; what follows is dropped unseen.
		l.raw = append([]byte(nil), l.raw[:min(end, 4096)]...)
		l.ref.Length = l.b.passLine()
	} else {
		l.b.skip(end)
	}
	l.b.line++
	l.text = bytes.TrimRight(l.b.text(l.raw), "\r\n")
	return true
}

// Bytes is the line as UTF-8 without its end, valid until the next call of Next.
func (l *Lines) Bytes() []byte { return l.text }

// Raw is the line as it stands in the source, with its end; of a line that is too
// long, the first 4 KiB.
func (l *Lines) Raw() []byte { return l.raw }

// Ref is the line's place; its length counts the line's end.
func (l *Lines) Ref() forensics.Ref { return l.ref }

// TooLong reports whether the line was longer than the limit.
func (l *Lines) TooLong() bool { return l.long }

// Err is the error that ended reading, nil at the regular end.
func (l *Lines) Err() error { return l.b.failure() }
