package statement

import (
	"strconv"
	"strings"
	"time"

	"keytrail/forensics"
)

// clock says how an export writes its times, and in which zone.
type clock struct {
	layouts []string // as Go's time package has them; those with a zone of their own win over zone
	zone    zone
	offset  int // of zoneFixed, in seconds east of UTC
}

// zone says what a time without a zone of its own means.
type zone uint8

const (
	zoneUTC    zone = iota // documented, or said by the column's name
	zoneHeader             // the column's name holds it: "Date(UTC+2)", "Time(UTC+08:00)"
	zoneFixed              // always the same, not UTC
	zoneNone               // nothing says it: the timeline settles it
)

// The usual spellings.
const (
	layoutSpace  = "2006-01-02 15:04:05"
	layoutT      = "2006-01-02T15:04:05"
	layoutISO    = time.RFC3339
	layoutUTC    = "2006-01-02 15:04:05 UTC"
	layoutOffset = "2006-01-02 15:04:05 -0700"
)

// read reads a cell; offset is what the header says, in seconds east of UTC. ok is false
// where no layout fits.
func (c clock) read(cell string, offset int, desc string) (t forensics.Time, ok bool) {
	const longest = 64
	if cell == "" || len(cell) > longest {
		return t, false
	}
	text := strings.Map(func(r rune) rune {
		if r == '\u00a0' || r == '\u202f' { // some libraries put them before AM and PM
			return ' '
		}
		return r
	}, cell)
	text = strings.Replace(text, "Sept. ", "Sep. ", 1) // QUIRK: some write months as newspapers do
	for _, layout := range c.layouts {
		at, err := time.Parse(layout, text)
		if err != nil {
			continue
		}
		p := forensics.PrecisionWritten(layout, text)
		switch {
		case strings.Contains(layout, "07") || strings.Contains(layout, "UTC"):
			return forensics.UTC(at, p, cell, desc), true
		case c.zone == zoneNone:
			return forensics.Wall(at, p, cell, desc), true
		}
		if offset != 0 {
			at = time.Date(at.Year(), at.Month(), at.Day(), at.Hour(), at.Minute(), at.Second(), at.Nanosecond(), time.FixedZone("", offset))
		}
		return forensics.UTC(at, p, cell, desc), true
	}
	return t, false
}

// headerOffset reads the zone in a column's name: "", "+2", "+08:00", "-5".
func headerOffset(s string) (seconds int, ok bool) {
	s = strings.TrimSpace(strings.ReplaceAll(s, "\u2212", "-"))
	if s == "" {
		return 0, true
	}
	sign := 1
	switch s[0] {
	case '-':
		sign = -1
	case '+':
	default:
		return 0, false
	}
	hours, minutes, _ := strings.Cut(s[1:], ":")
	h, err := strconv.Atoi(hours)
	if err != nil || h > 14 {
		return 0, false
	}
	m := 0
	if minutes != "" {
		if m, err = strconv.Atoi(minutes); err != nil || m > 59 {
			return 0, false
		}
	}
	return sign * (h*3600 + m*60), true
}

// unixOrISO reads the times of the archive: seconds or milliseconds since 1970, or ISO 8601, without a zone in UTC.
func unixOrISO(cell, desc string) (t forensics.Time, ok bool) {
	if n, err := strconv.ParseInt(cell, 10, 64); err == nil {
		switch {
		case n >= 1e8 && n < 1e11:
			return forensics.UTC(time.Unix(n, 0).UTC(), forensics.PrecisionSecond, cell, desc), true
		case n >= 1e11 && n < 1e14:
			return forensics.UTC(time.UnixMilli(n).UTC(), forensics.PrecisionMilli, cell, desc), true
		}
		return t, false
	}
	return archiveClock.read(cell, 0, desc)
}

var archiveClock = clock{layouts: []string{layoutISO, layoutT, layoutUTC, layoutOffset, layoutSpace, "2006-01-02"}}
