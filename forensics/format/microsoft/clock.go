package microsoft

import (
	"bytes"
	"strconv"
	"time"

	"keytrail/forensics"
)

// moment is a time as it was read, before it is known what its zone is.
type moment struct {
	t         time.Time
	precision forensics.Precision
	zoned     bool // a zone was written
	swapped   time.Time
	either    bool // month and day could stand for each other; swapped is the other reading
	shows     order
}

// order is what a date shows of the order of day and month.
type order uint8

const (
	orderUnknown order = iota
	orderMonthFirst
	orderDayFirst
)

// parseTime reads the spellings of 1.2.2: ISO 8601 with T or a space, up to nine
// digits of fraction, with or without zone; dates of the machine's culture (with dots,
// slashes or dashes, day or month first, with or without AM/PM); /Date(ms)/.
func parseTime(b []byte, dayFirst bool) (moment, bool) {
	b = bytes.TrimSpace(b)
	switch {
	case len(b) >= 10 && b[4] == '-' && b[7] == '-':
		return parseISO(b)
	case bytes.HasPrefix(b, []byte("/Date(")):
		b = bytes.TrimSuffix(b[6:], []byte(")/"))
		if i := bytes.LastIndexAny(b, "+-"); i > 0 { // the zone that it was shown in; the number counts UTC
			b = b[:i]
		}
		ms, err := strconv.ParseInt(string(b), 10, 64)
		if err != nil || ms > 1<<53 || ms < -1<<53 {
			return moment{}, false
		}
		return moment{t: time.UnixMilli(ms).UTC(), precision: forensics.PrecisionMilli, zoned: true}, true
	}
	return parseCulture(b, dayFirst)
}

func digits(b []byte, want int) (n int, ok bool) {
	if len(b) < want {
		return 0, false
	}
	for _, c := range b[:want] {
		if c < '0' || c > '9' {
			return 0, false
		}
		n = n*10 + int(c-'0')
	}
	return n, true
}

func parseISO(b []byte) (moment, bool) {
	year, ok1 := digits(b, 4)
	month, ok2 := digits(b[5:], 2)
	day, ok3 := digits(b[8:], 2)
	if !ok1 || !ok2 || !ok3 || !valid(year, month, day) {
		return moment{}, false
	}
	if len(b) == 10 {
		return moment{t: time.Date(year, time.Month(month), day, 0, 0, 0, 0, time.UTC), precision: forensics.PrecisionDay}, true
	}
	if b[10] != 'T' && b[10] != ' ' {
		return moment{}, false
	}
	c, rest, ok := parseClock(b[11:])
	if !ok {
		return moment{}, false
	}
	m := moment{precision: c.precision}
	zone := time.UTC
	rest = bytes.TrimSpace(rest)
	switch {
	case len(rest) == 0:
	case len(rest) == 1 && (rest[0] == 'Z' || rest[0] == 'z'), string(rest) == "UTC":
		m.zoned = true
	case rest[0] == '+' || rest[0] == '-':
		h, ok := digits(rest[1:], 2)
		if !ok {
			return moment{}, false
		}
		min, _ := digits(bytes.TrimPrefix(rest[3:], []byte(":")), 2)
		if h > 23 || min > 59 {
			return moment{}, false
		}
		seconds := (h*60 + min) * 60
		if rest[0] == '-' {
			seconds = -seconds
		}
		m.zoned = true
		if seconds != 0 {
			zone = time.FixedZone("", seconds)
		}
	default:
		return moment{}, false
	}
	m.t = time.Date(year, time.Month(month), day, c.hour, c.minute, c.second, c.nano, zone)
	return m, true
}

func valid(year, month, day int) bool {
	if month < 1 || month > 12 || day < 1 || day > 31 {
		return false
	}
	return day <= 28 || time.Date(year, time.Month(month), day, 0, 0, 0, 0, time.UTC).Day() == day
}

type clock struct {
	hour, minute, second, nano int
	precision                  forensics.Precision
}

// parseClock reads h:mm[:ss[.fraction]] and gives what follows.
func parseClock(b []byte) (c clock, rest []byte, ok bool) {
	if c.hour, b, ok = number(b, 2); !ok || len(b) == 0 || b[0] != ':' {
		return c, b, false
	}
	if c.minute, b, ok = number(b[1:], 2); !ok {
		return c, b, false
	}
	c.precision = forensics.PrecisionMinute
	if len(b) > 0 && b[0] == ':' {
		if c.second, b, ok = number(b[1:], 2); !ok {
			return c, b, false
		}
		c.precision = forensics.PrecisionSecond
		if len(b) > 1 && (b[0] == '.' || b[0] == ',') {
			n := 0
			for b = b[1:]; len(b) > 0 && b[0] >= '0' && b[0] <= '9'; b = b[1:] {
				if n < 9 {
					c.nano = c.nano*10 + int(b[0]-'0')
				}
				n++
			}
			for i := n; i < 9; i++ {
				c.nano *= 10
			}
			c.precision = forensics.PrecisionOf(n)
		}
	}
	return c, b, c.hour < 24 && c.minute < 60 && c.second < 60
}

// number reads up to max digits.
func number(b []byte, max int) (n int, rest []byte, ok bool) {
	i := 0
	for i < len(b) && i < max && b[i] >= '0' && b[i] <= '9' {
		n = n*10 + int(b[i]-'0')
		i++
	}
	return n, b[i:], i > 0
}

// parseCulture reads a date as Windows writes it in some language: 9/20/2023 4:05:03 AM,
// 20.09.2023 04:05:03, 20-09-2023 04:05.
func parseCulture(b []byte, dayFirst bool) (moment, bool) {
	one, rest, ok := number(b, 2)
	if !ok || len(rest) == 0 || rest[0] != '/' && rest[0] != '.' && rest[0] != '-' {
		return moment{}, false
	}
	separator := rest[0]
	two, rest, ok := number(rest[1:], 2)
	if !ok || len(rest) == 0 || rest[0] != separator {
		return moment{}, false
	}
	year, rest, ok := number(rest[1:], 4)
	if !ok || year < 1000 {
		return moment{}, false
	}
	month, day := one, two
	if dayFirst && two <= 12 || one > 12 {
		month, day = two, one
	}
	if !valid(year, month, day) {
		return moment{}, false
	}
	m := moment{precision: forensics.PrecisionDay}
	var c clock
	rest = bytes.TrimLeft(rest, " ,T")
	if len(rest) > 0 {
		if c, rest, ok = parseClock(rest); !ok {
			return moment{}, false
		}
		m.precision = c.precision
		// U+202F stands before AM and PM since .NET 8.
		half := bytes.ToUpper(bytes.Trim(bytes.ReplaceAll(rest, []byte("\u202F"), nil), " ."))
		switch string(bytes.ReplaceAll(half, []byte{'.'}, nil)) {
		case "":
		case "Z", "UTC":
			m.zoned = true
		case "AM", "PM":
			if c.hour > 12 || c.hour == 0 {
				return moment{}, false
			}
			c.hour %= 12
			if half[0] == 'P' {
				c.hour += 12
			}
		default:
			return moment{}, false
		}
	}
	at := func(month, day int) time.Time {
		return time.Date(year, time.Month(month), day, c.hour, c.minute, c.second, c.nano, time.UTC)
	}
	m.t = at(month, day)
	switch {
	case one > 12:
		m.shows = orderDayFirst
	case two > 12:
		m.shows = orderMonthFirst
	case one != two:
		m.either, m.swapped = true, at(day, month)
	}
	return m, true
}

// culture learns, row by row, how the outer column of one file writes its dates.
type culture struct {
	dayFirst, settled bool
	shift             time.Duration // the column's distance from UTC
	shifted           bool          // shift was seen in a row whose inner time is known
	utc               bool          // the container documents its column as UTC
}

// learn compares a row's outer time with the UTC time inside it (zero where there is none).
func (c *culture) learn(outer []byte, inner time.Time) {
	if c.shifted && (c.settled || len(outer) > 4 && outer[4] == '-') { // an ISO date settles nothing
		return
	}
	m, ok := parseTime(outer, c.dayFirst)
	if !ok {
		return
	}
	if m.shows != orderUnknown {
		c.settled, c.dayFirst = true, m.shows == orderDayFirst
	}
	if inner.IsZero() {
		return
	}
	if m.either && !c.settled {
		near, far := distance(m.t, inner), distance(m.swapped, inner)
		switch day := 26 * time.Hour; {
		case near <= day && far > day:
			c.settled = true
		case far <= day && near > day:
			c.settled, c.dayFirst = true, !c.dayFirst
			m.t = m.swapped
		}
	}
	if !c.shifted && (c.settled || !m.either) {
		shift := m.t.Truncate(time.Minute).Sub(inner.Truncate(time.Minute))
		if shift%(15*time.Minute) == 0 && shift.Abs() <= 14*time.Hour {
			c.shifted, c.shift = true, shift
		}
	}
}

func distance(a, b time.Time) time.Duration { return a.Sub(b).Abs() }

// time reads an outer time by what was learned. doubt says what could not be settled.
func (c *culture) time(outer []byte, original, desc string) (t forensics.Time, others []forensics.Time, doubt string) {
	m, ok := parseTime(outer, c.dayFirst)
	if !ok {
		return forensics.Time{Original: original, Desc: desc, Unreliable: true}, nil, "time cannot be read"
	}
	place := func(at time.Time) forensics.Time {
		switch {
		case m.zoned || c.shifted && c.shift == 0 || c.utc && !c.shifted:
			return forensics.UTC(at, m.precision, original, desc)
		case c.shifted:
			out := forensics.UTC(at.Add(-c.shift), m.precision, original, desc)
			out.Offset = int32(c.shift / time.Second)
			out.Zone, out.ZoneName = forensics.ZoneAssumed, forensics.OffsetText(out.Offset)
			return out
		}
		return forensics.Wall(at, m.precision, original, desc)
	}
	t = place(m.t)
	if m.either && !c.settled {
		return t, []forensics.Time{place(m.swapped)}, "day and month of the time could be the other way round"
	}
	return t, nil, ""
}
