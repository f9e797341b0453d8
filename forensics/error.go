package forensics

import (
	"errors"
	"fmt"
	"strings"
)

// Error is what a person is told: what went wrong, where, and what to do next.
type Error struct {
	What string // short, lower case, no full stop
	File string
	Line int64 // from 1; 0 where unknown
	Byte int64 // offset; -1 where unknown
	Hint string
	Err  error
}

// Error writes place, message and cause on one line; the hint is apart.
func (e *Error) Error() string {
	var b strings.Builder
	if e.File != "" {
		b.WriteString(e.File)
		if e.Line > 0 {
			fmt.Fprintf(&b, ":%d", e.Line)
		}
		b.WriteString(": ")
	}
	b.WriteString(e.What)
	if e.Byte > 0 {
		fmt.Fprintf(&b, " (at byte %d)", e.Byte)
	}
	if e.Err != nil {
		b.WriteString(": " + e.Err.Error())
	}
	return b.String()
}

// Unwrap gives the cause.
func (e *Error) Unwrap() error { return e.Err }

// Hint finds what the user can do about err, empty where nothing is known.
func Hint(err error) string {
	var e *Error
	if errors.As(err, &e) {
		return e.Hint
	}
	return ""
}
