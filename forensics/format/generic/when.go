package generic

import (
	"strconv"
	"strings"
	"time"

	"keytrail/forensics"
)

// layouts are the times that can be read in one way only; the first group states
// its zone.
var layouts = [...]struct {
	layout string
	zoned  bool
}{
	{"2006-01-02T15:04:05Z07:00", true},
	{"2006-01-02 15:04:05Z07:00", true},
	{"2006-01-02T15:04:05Z0700", true},
	{"2006-01-02 15:04:05 -0700", true},
	{"2006-01-02 15:04:05 -07:00", true},
	{"Mon, 2 Jan 2006 15:04:05 -0700", true},
	{"2 Jan 2006 15:04:05 -0700", true},
	{"2006-01-02T15:04:05", false},
	{"2006-01-02 15:04:05", false},
	{"2006-01-02T15:04", false},
	{"2006-01-02 15:04", false},
	{"2006/01/02 15:04:05", false},
	{"2006/01/02 15:04", false},
	{"2 Jan 2006 15:04:05", false},
	{"2-Jan-2006 15:04:05", false},
	{"2 January 2006 15:04:05", false},
	{"Jan 2, 2006 15:04:05", false},
	{"Jan 2, 2006 3:04:05 PM", false},
	{"Jan 2, 2006, 3:04:05 PM", false},
	{"January 2, 2006 3:04:05 PM", false},
	{"January 2, 2006, 3:04:05 PM", false},
	{"Jan 2, 2006 3:04 PM", false},
	{"Jan 2, 2006, 3:04 PM", false},
	{"2006-01-02", false},
}

// when reads a time, or says why it cannot be read.
func (t Table) when(s string) (at forensics.Time, why string) {
	if s == "" {
		return at, "row without a time"
	}
	if len(s) > 64 {
		return at, "time is longer than 64 bytes"
	}
	const desc = "Time column"
	if t.Mapping != nil && t.Mapping.Layout != "" {
		switch layout := t.Mapping.Layout; layout {
		case "unix", "unixms":
			n, err := strconv.ParseInt(s, 10, 64)
			if err != nil {
				return at, "time is not a whole number"
			}
			if layout == "unix" {
				return forensics.UTC(time.Unix(n, 0).UTC(), forensics.PrecisionSecond, s, desc), ""
			}
			return forensics.UTC(time.UnixMilli(n).UTC(), forensics.PrecisionMilli, s, desc), ""
		default:
			return t.parse(s, s, layout, zoned(layout), desc)
		}
	}
	text, utc := s, false
	for _, end := range [...]string{" UTC", " GMT", " (UTC)", " Z"} {
		if cut, ok := strings.CutSuffix(text, end); ok {
			text, utc = cut, true
			break
		}
	}
	for _, l := range layouts {
		if l.zoned && utc {
			continue
		}
		if at, why = t.parse(s, text, l.layout, l.zoned || utc, desc); why == "" {
			return at, ""
		}
	}
	if strings.Count(text, "/") == 2 || strings.Count(text, ".") >= 2 {
		return at, "time can be read in more than one way: give its layout in a mapping"
	}
	return at, "time cannot be read: give its layout in a mapping"
}

// zoned reports whether a layout holds a zone that says how far it is from UTC.
func zoned(layout string) bool {
	return strings.Contains(layout, "-07") || strings.Contains(layout, "Z07")
}

func (t Table) parse(original, text, layout string, zoned bool, desc string) (at forensics.Time, why string) {
	loc := time.UTC
	assumed := !zoned && t.Mapping != nil && t.Mapping.zone != nil
	if assumed {
		loc = t.Mapping.zone
	}
	got, err := time.ParseInLocation(layout, text, loc)
	if err != nil {
		return at, "time does not have the layout " + strconv.Quote(layout)
	}
	p := forensics.PrecisionWritten(layout, text)
	switch {
	case zoned:
		return forensics.UTC(got, p, original, desc), ""
	case assumed:
		at = forensics.UTC(got, p, original, desc)
		at.Zone, at.ZoneName = forensics.ZoneAssumed, t.Mapping.Zone
		return at, ""
	}
	return forensics.Wall(got, p, original, desc), ""
}
