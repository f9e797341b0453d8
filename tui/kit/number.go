package kit

import (
	"fmt"
	"strconv"
	"time"

	"keytrail/forensics"
)

// Count writes n with thousands separators: 12,408.
func Count(n int64) string {
	s := strconv.FormatInt(n, 10)
	start := 0
	if n < 0 {
		start = 1
	}
	for i := len(s) - 3; i > start; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

// Plural writes "1 event", "2 events".
func Plural(n int64, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return Count(n) + " " + noun + "s"
}

// Bytes writes a size with three digits: 38.9 MB. Units are powers of 1000.
func Bytes(n int64) string {
	if n < 0 {
		return "?"
	}
	if n < 1000 {
		return strconv.FormatInt(n, 10) + " B"
	}
	v, unit := float64(n), 0
	for v >= 999.5 && unit < 5 {
		v /= 1000
		unit++
	}
	digits := 0
	if v < 9.995 {
		digits = 2
	} else if v < 99.95 {
		digits = 1
	}
	return strconv.FormatFloat(v, 'f', digits, 64) + " " + []string{"B", "kB", "MB", "GB", "TB", "PB"}[unit]
}

// Duration writes how long something takes in its two largest units: 8 s, 3 min 20 s.
func Duration(d time.Duration) string {
	s := int64(d.Round(time.Second) / time.Second)
	switch {
	case s < 1:
		return "under 1 s"
	case s < 60:
		return fmt.Sprintf("%d s", s)
	case s < 3600:
		return fmt.Sprintf("%d min %d s", s/60, s%60)
	}
	return fmt.Sprintf("%d h %d min", s/3600, s/60%60)
}

// Clock writes the time of day of an event in a zone, only as precisely as the
// source wrote it: 03:14:52, 03:14, or nothing where the source has only the day.
func Clock(t forensics.Time, zone *time.Location) string {
	switch at := t.Std().In(zone); t.Precision {
	case forensics.PrecisionNone, forensics.PrecisionDay:
		return ""
	case forensics.PrecisionMinute:
		return at.Format("15:04")
	default:
		return at.Format("15:04:05")
	}
}

// Moment writes a full time in a zone with the zone's name, as precisely as the source.
func Moment(t forensics.Time, zone *time.Location) string {
	at := t.Std().In(zone)
	layout := "2006-01-02 15:04:05"
	switch t.Precision {
	case forensics.PrecisionNone:
		return ""
	case forensics.PrecisionDay:
		return at.Format("2006-01-02")
	case forensics.PrecisionMinute:
		layout = "2006-01-02 15:04"
	case forensics.PrecisionMilli:
		layout += ".000"
	case forensics.PrecisionMicro:
		layout += ".000000"
	case forensics.PrecisionNano:
		layout += ".000000000"
	}
	return at.Format(layout) + " " + OffsetOf(at)
}

// OffsetOf names the zone of a moment by its distance from UTC: "UTC", "+02:00".
func OffsetOf(t time.Time) string {
	if _, off := t.Zone(); off != 0 {
		return forensics.OffsetText(int32(off))
	}
	return "UTC"
}

// ZoneName is the zone as the header shows it. at decides between summer and
// winter time.
func ZoneName(zone *time.Location, at time.Time) string {
	if zone == time.UTC || zone.String() == "UTC" {
		return "UTC"
	}
	name := zone.String()
	if name == "Local" {
		name = "local time"
	}
	return name + " " + OffsetOf(at.In(zone))
}
