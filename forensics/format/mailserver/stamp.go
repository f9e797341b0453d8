package mailserver

import (
	"bytes"
	"strconv"
	"time"

	"keytrail/forensics"
)

// missingYear stands in for a year that is not written: a leap year, so that
// February 29 survives.
const missingYear = 1972

// parseStamp reads the time at the start of b and gives what follows it, without
// leading blanks. It knows
//
//	Feb  7 03:14:52            BSD syslog (RFC 3164), also with fraction, year or offset
//	2026-02-07T03:14:52.123Z   RFC 3339, ISO 8601, journald's short-iso, container runtimes
//	2026-02-07 03:14:52        Dovecot's and Exim's own files, with fraction or offset or not
//	Sat 2026-02-07 03:14:52 CET, Sat Feb  7 03:14:52 2026
//	@400000004c91b044077a9e94    TAI64N, as multilog writes it (https://cr.yp.to/libtai/tai64.html)
//
// A zone that is only an abbreviation is kept in the original text and counts as not
// stated, UTC and GMT apart: most abbreviations mean several zones.
func parseStamp(b []byte) (t forensics.Time, rest []byte, ok bool) {
	if len(b) > 25 && b[0] == '@' {
		return parseTAI(b)
	}
	s := stamp{b: b}
	weekday := s.weekday()
	var year, month, day int
	hasYear := true
	switch {
	case s.i < len(b) && isDigit(b[s.i]):
		year, month, day, ok = s.isoDate()
	default:
		month, day, ok = s.monthDay()
		year, hasYear = missingYear, false
		if y, has := s.yearBefore(); ok && has {
			year, hasYear = y, true
		}
	}
	if !ok {
		return t, b, false
	}
	hour, minute, second, ok := s.clock()
	if !ok {
		return t, b, false
	}
	nanos, digits := s.fraction()
	if weekday && !hasYear {
		if y, has := s.yearAfter(); has {
			year, hasYear = y, true
		}
	}
	offset, zoned, ok := s.zone(weekday)
	if !ok || !s.atEnd() || day > daysIn(year, month) {
		return t, b, false
	}
	at := time.Date(year, time.Month(month), day, hour, minute, second, nanos, time.UTC)
	original := string(b[:s.i])
	if zoned {
		t = forensics.UTC(at.Add(-time.Duration(offset)*time.Second), forensics.PrecisionOf(digits), original, "")
		t.Offset = int32(offset)
	} else {
		t = forensics.Wall(at, forensics.PrecisionOf(digits), original, "")
	}
	t.YearMissing = !hasYear
	return t, trimBlanks(b[s.i:]), true
}

// parseTAI reads a TAI64N label. Like multilog and tai64nlocal it takes TAI to be ten
// seconds ahead of UTC: the leap seconds since 1972 are not counted.
func parseTAI(b []byte) (t forensics.Time, rest []byte, ok bool) {
	if b[25] != ' ' {
		return t, b, false
	}
	seconds, err := strconv.ParseUint(string(b[1:17]), 16, 64)
	nanos, err2 := strconv.ParseUint(string(b[17:25]), 16, 32)
	const epoch = 1<<62 + 10
	if err != nil || err2 != nil || seconds < epoch || seconds > epoch+1<<36 || nanos > 999_999_999 {
		return t, b, false
	}
	at := time.Unix(int64(seconds-epoch), int64(nanos)).UTC()
	return forensics.UTC(at, forensics.PrecisionNano, string(b[:25]), ""), trimBlanks(b[25:]), true
}

// stamp is a cursor over the bytes of a time.
type stamp struct {
	b []byte
	i int
}

func (s *stamp) at(n int) byte {
	if s.i+n < len(s.b) {
		return s.b[s.i+n]
	}
	return 0
}

func (s *stamp) blanks() {
	for s.at(0) == ' ' {
		s.i++
	}
}

// number reads at least low and at most high digits.
func (s *stamp) number(low, high int) (int, bool) {
	n, i := 0, 0
	for i < high && isDigit(s.at(i)) {
		n = n*10 + int(s.at(i)-'0')
		i++
	}
	if i < low {
		return 0, false
	}
	s.i += i
	return n, true
}

func (s *stamp) weekday() bool {
	b := s.b
	if len(b) < 5 || b[0] < 'A' || b[0] > 'Z' {
		return false
	}
	switch string(b[:3]) {
	case "Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun":
	default:
		return false
	}
	s.i = 3
	if s.at(0) == ',' {
		s.i++
	}
	s.blanks()
	return true
}

func (s *stamp) isoDate() (year, month, day int, ok bool) {
	year, ok = s.number(4, 4)
	if !ok || s.at(0) != '-' {
		return 0, 0, 0, false
	}
	s.i++
	month, ok = s.number(2, 2)
	if !ok || s.at(0) != '-' || month < 1 || month > 12 {
		return 0, 0, 0, false
	}
	s.i++
	day, ok = s.number(2, 2)
	if !ok || day < 1 || s.at(0) != 'T' && s.at(0) != ' ' {
		return 0, 0, 0, false
	}
	s.i++
	return year, month, day, true
}

func (s *stamp) monthDay() (month, day int, ok bool) {
	month = monthOf(s.b[s.i:])
	if month == 0 {
		return 0, 0, false
	}
	s.i += 3
	if s.at(0) != ' ' {
		return 0, 0, false
	}
	s.blanks()
	day, ok = s.number(1, 2)
	if !ok || day < 1 || s.at(0) != ' ' {
		return 0, 0, false
	}
	s.blanks()
	return month, day, true
}

// yearBefore reads a year between date and clock: "Feb  7 2026 03:14:52".
func (s *stamp) yearBefore() (int, bool) {
	if !isDigit(s.at(0)) || !isDigit(s.at(1)) || !isDigit(s.at(2)) || !isDigit(s.at(3)) || s.at(4) != ' ' {
		return 0, false
	}
	y, _ := s.number(4, 4)
	s.blanks()
	return y, true
}

// yearAfter reads a year behind the clock, as ctime writes it.
func (s *stamp) yearAfter() (int, bool) {
	if s.at(0) != ' ' || !isDigit(s.at(1)) || !isDigit(s.at(2)) || !isDigit(s.at(3)) || !isDigit(s.at(4)) || isDigit(s.at(5)) {
		return 0, false
	}
	s.i++
	y, ok := s.number(4, 4)
	return y, ok
}

func (s *stamp) clock() (hour, minute, second int, ok bool) {
	hour, ok = s.number(1, 2)
	if !ok || hour > 23 || s.at(0) != ':' {
		return 0, 0, 0, false
	}
	s.i++
	minute, ok = s.number(2, 2)
	if !ok || minute > 59 || s.at(0) != ':' {
		return 0, 0, 0, false
	}
	s.i++
	second, ok = s.number(2, 2)
	if !ok || second > 60 { // 60 is a leap second: time.Date makes it the next minute's 0
		return 0, 0, 0, false
	}
	return hour, minute, second, true
}

func (s *stamp) fraction() (nanos, digits int) {
	if c := s.at(0); c != '.' && c != ',' || !isDigit(s.at(1)) {
		return 0, 0
	}
	s.i++
	scale := int(time.Second)
	for isDigit(s.at(0)) {
		if scale /= 10; scale > 0 {
			nanos += int(s.at(0)-'0') * scale
		}
		digits++
		s.i++
	}
	return nanos, digits
}

// zone reads an offset, Z, UTC or GMT. Other abbreviations are passed over, and
// only where abbreviated is set, for a host can be named like one.
func (s *stamp) zone(abbreviated bool) (offset int, zoned, ok bool) {
	start := s.i
	if s.at(0) == ' ' {
		s.i++
	}
	switch c := s.at(0); {
	case c == 'Z' && s.i == start && s.end(1):
		s.i++
		return 0, true, true
	case (c == '+' || c == '-') && isDigit(s.at(1)):
		s.i++
		hours, ok := s.number(2, 2)
		if !ok || hours > 15 {
			return 0, false, false
		}
		minutes := 0
		if s.at(0) == ':' {
			s.i++
		}
		if isDigit(s.at(0)) {
			if minutes, ok = s.number(2, 2); !ok || minutes > 59 {
				return 0, false, false
			}
		}
		offset = hours*3600 + minutes*60
		if c == '-' {
			offset = -offset
		}
		return offset, true, true
	case (bytes.HasPrefix(s.b[s.i:], []byte("UTC")) || bytes.HasPrefix(s.b[s.i:], []byte("GMT"))) && s.end(3):
		s.i += 3
		return 0, true, true
	case abbreviated && c >= 'A' && c <= 'Z':
		n := 0
		for s.at(n) >= 'A' && s.at(n) <= 'Z' {
			n++
		}
		if n <= 5 && s.end(n) {
			s.i += n
			return 0, false, true
		}
	}
	s.i = start
	return 0, false, true
}

// end reports whether the byte n places ahead ends a time.
func (s *stamp) end(n int) bool {
	c := s.at(n)
	return c == 0 || c == ' ' || c == ':' || c == ']' || c == '\t'
}

func (s *stamp) atEnd() bool { return s.end(0) }

func isDigit(c byte) bool { return c >= '0' && c <= '9' }

func trimBlanks(b []byte) []byte {
	for len(b) > 0 && (b[0] == ' ' || b[0] == '\t') {
		b = b[1:]
	}
	return b
}

func monthOf(b []byte) int {
	if len(b) < 4 {
		return 0
	}
	switch string(b[:3]) {
	case "Jan":
		return 1
	case "Feb":
		return 2
	case "Mar":
		return 3
	case "Apr":
		return 4
	case "May":
		return 5
	case "Jun":
		return 6
	case "Jul":
		return 7
	case "Aug":
		return 8
	case "Sep":
		return 9
	case "Oct":
		return 10
	case "Nov":
		return 11
	case "Dec":
		return 12
	}
	return 0
}

func daysIn(year, month int) int {
	switch month {
	case 4, 6, 9, 11:
		return 30
	case 2:
		if year%4 == 0 && (year%100 != 0 || year%400 == 0) {
			return 29
		}
		return 28
	}
	return 31
}
