package forensics

import (
	"fmt"
	"strings"
	"time"
)

// ZoneState says how the zone of a time is known.
type ZoneState uint8

// The zone states. A zone that is missing is a state of its own: it is never
// taken for UTC without saying so.
const (
	ZoneMissing ZoneState = iota // wall clock only: Nano counts as if it were UTC
	ZoneStated                   // written in the record, or documented by the source
	ZoneAssumed                  // given by the user for the file, or taken from neighbours
)

// Precision is the finest unit that the source wrote.
type Precision uint8

// The precisions. PrecisionNone means that there is no time at all.
const (
	PrecisionNone Precision = iota
	PrecisionDay
	PrecisionMinute
	PrecisionSecond
	PrecisionMilli
	PrecisionMicro
	PrecisionNano
)

var precisionNames = [...]string{"", "day", "minute", "second", "millisecond", "microsecond", "nanosecond"}

// String gives the word used in `keytrail.time.precision`.
func (p Precision) String() string {
	if int(p) < len(precisionNames) {
		return precisionNames[p]
	}
	return ""
}

// Time is a moment as a source states it. A format fills in what it read; the
// timeline settles the zone and the year and judges whether it can be right.
type Time struct {
	// Nano is nanoseconds since 1970. While Zone is ZoneMissing it counts the
	// wall clock as if it were UTC. It is meaningless where Precision is
	// PrecisionNone, and saturates outside the years 1678 to 2262.
	Nano int64
	// Offset is the zone's distance from UTC in seconds, as far as it is known.
	Offset int32
	Zone   ZoneState
	// ZoneName is the name behind an assumed zone, such as "America/Chicago".
	ZoneName  string
	Precision Precision
	// YearMissing marks a time written without its year (Nano then lies in year
	// 1972, a leap year, until the timeline settles it).
	YearMissing bool
	// Unreliable marks a time that cannot be right (year 102, year 3609, none):
	// the event is kept, flagged and listed apart from the dated ones.
	Unreliable bool
	// Original is the text as the source wrote it.
	Original string
	// Desc says what the time means: "Login", "INTERNALDATE", "Date header".
	Desc string
}

// UTC makes a Time from a moment whose zone the source states or documents.
func UTC(t time.Time, p Precision, original, desc string) Time {
	_, offset := t.Zone()
	out := Time{Nano: Nanos(t), Offset: int32(offset), Zone: ZoneStated, Precision: p, Original: original, Desc: desc}
	if y := t.Year(); y < 1678 || y > 2261 {
		out.Unreliable = true
	}
	return out
}

// Wall makes a Time from a wall clock whose zone the source does not state.
func Wall(t time.Time, p Precision, original, desc string) Time {
	out := UTC(time.Date(t.Year(), t.Month(), t.Day(), t.Hour(), t.Minute(), t.Second(), t.Nanosecond(), time.UTC), p, original, desc)
	out.Zone = ZoneMissing
	return out
}

// Nanos is t.UnixNano, saturating where that overflows.
func Nanos(t time.Time) int64 {
	switch y := t.Year(); {
	case y < 1678:
		return -1 << 63
	case y > 2261:
		return 1<<63 - 1
	}
	return t.UnixNano()
}

// IsZero reports whether there is no time at all.
func (t Time) IsZero() bool { return t.Precision == PrecisionNone }

// Std gives the moment as a time.Time in UTC.
func (t Time) Std() time.Time { return time.Unix(0, t.Nano).UTC() }

// ZoneText is the contract's `keytrail.time.zone`: "utc", "+02:00" or
// "assumed:ZONE"; "missing" while nobody settled it.
func (t Time) ZoneText() string {
	switch {
	case t.IsZero():
		return ""
	case t.Zone == ZoneMissing:
		return "missing"
	case t.Zone == ZoneAssumed:
		return "assumed:" + t.ZoneName
	case t.Offset == 0:
		return "utc"
	}
	return OffsetText(t.Offset)
}

// OffsetText writes a distance from UTC in seconds as "+02:00".
func OffsetText(seconds int32) string {
	sign := '+'
	if seconds < 0 {
		sign, seconds = '-', -seconds
	}
	if s := seconds % 60; s != 0 {
		return fmt.Sprintf("%c%02d:%02d:%02d", sign, seconds/3600, seconds/60%60, s)
	}
	return fmt.Sprintf("%c%02d:%02d", sign, seconds/3600, seconds/60%60)
}

// Layouts of RFC 3339 by precision.
var layouts = [...]string{
	PrecisionNone:   "2006-01-02T15:04:05Z07:00",
	PrecisionDay:    "2006-01-02T15:04:05Z07:00",
	PrecisionMinute: "2006-01-02T15:04:05Z07:00",
	PrecisionSecond: "2006-01-02T15:04:05Z07:00",
	PrecisionMilli:  "2006-01-02T15:04:05.000Z07:00",
	PrecisionMicro:  "2006-01-02T15:04:05.000000Z07:00",
	PrecisionNano:   "2006-01-02T15:04:05.000000000Z07:00",
}

// RFC3339 writes the time in UTC, as precise as the source, empty where there
// is none.
func (t Time) RFC3339() string {
	if t.IsZero() || t.Unreliable {
		return ""
	}
	return t.Std().Format(layouts[t.Precision])
}

// PrecisionOf tells the precision of a number of written fraction digits.
func PrecisionOf(fractionDigits int) Precision {
	switch {
	case fractionDigits == 0:
		return PrecisionSecond
	case fractionDigits <= 3:
		return PrecisionMilli
	case fractionDigits <= 6:
		return PrecisionMicro
	}
	return PrecisionNano
}

// PrecisionWritten tells how finely a text states a time of day or a day. The layout is the one of package time that reads
// it; the fraction, behind a point or a comma, need not stand in it. A clock without colons counts as one to the second.
func PrecisionWritten(layout, text string) Precision {
	switch {
	case !strings.Contains(layout, "04"):
		return PrecisionDay
	case !strings.Contains(layout, "05"):
		return PrecisionMinute
	}
	return PrecisionOf(fractionDigits(text))
}

// fractionDigits counts the digits of the fraction that follows one of the numbers of a clock. Points and commas of a day,
// before the clock or behind it, do not count.
func fractionDigits(text string) int {
	for {
		_, number, found := strings.Cut(text, ":")
		if !found {
			return 0
		}
		text = number
		rest := number[leadingDigits(number):]
		if rest != "" && (rest[0] == '.' || rest[0] == ',') {
			if n := leadingDigits(rest[1:]); n > 0 {
				return n
			}
		}
	}
}

func leadingDigits(s string) int {
	n := 0
	for n < len(s) && s[n] >= '0' && s[n] <= '9' {
		n++
	}
	return n
}
