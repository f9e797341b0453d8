package mailbox

import (
	"bytes"
	"strconv"
	"time"

	"keytrail/forensics"
)

// clock is a date as it is written, before it becomes a forensics.Time.
type clock struct {
	year, month, day int
	hour, min, sec   int
	nano             int
	fraction         int // digits of the fraction
	hasTime, hasSec  bool
	yearDigits       int
	pm               int8 // 1 for AM, 2 for PM
	zone             forensics.ZoneState
	offset           int // seconds east of UTC
	strange          bool
}

// maxDate is how much of a date header is looked at, in bytes.
const maxDate = 256

// parseDate reads a date of RFC 5322 section 3.3 with its obsolete forms (section 4.3),
// the asctime form of mbox separators, and the ISO form that some programs write.
// Text that it does not know is passed over; ok is false where day, month or year are
// missing or impossible.
//
// QUIRK: RFC 5322 section 4.3 adds 1900 to a three-digit year. Programs that wrote the
// year 102 were broken, and what they meant is a guess: the year is kept as written and
// the time is unreliable.
func parseDate(b []byte) (c clock, ok bool) {
	b = b[:min(len(b), maxDate)]
	for n := 0; n < 24; n++ {
		var tok []byte
		tok, b = dateToken(b)
		if len(tok) == 0 {
			break
		}
		if !c.take(tok) {
			return c, false
		}
	}
	return c, c.settle()
}

// dateToken cuts off the next token, passing over white space, commas and comments.
func dateToken(b []byte) (tok, rest []byte) {
	depth := 0
	for i := 0; i < len(b); i++ {
		switch ch := b[i]; {
		case ch == '(':
			depth++
		case ch == ')':
			depth = max(depth-1, 0)
		case depth > 0 || ch == ' ' || ch == '\t' || ch == ',' || ch == '\r' || ch == '\n':
		default:
			j := i + 1
			for j < len(b) && b[j] != ' ' && b[j] != '\t' && b[j] != ',' && b[j] != '(' && b[j] != '\r' && b[j] != '\n' {
				j++
			}
			return b[i:j], b[j:]
		}
	}
	return nil, nil
}

// take puts one token where it belongs; false means that the text is no date.
func (c *clock) take(tok []byte) bool {
	switch first := tok[0]; {
	case first == '+' || first == '-':
		if c.hasTime {
			c.numericZone(tok)
		}
		return true
	case isLetter(first):
		c.word(bytes.TrimRight(tok, "."))
		return true
	case !isDigit(first):
		return true
	}
	if i := bytes.IndexByte(tok, ':'); i >= 0 && i <= 2 {
		return c.timeOfDay(tok)
	}
	if bytes.IndexByte(tok, '/') >= 0 {
		return false // which of the numbers is the month is not stated
	}
	if bytes.IndexByte(tok, '-') > 0 {
		return c.dashed(tok)
	}
	n, digits := number(tok)
	if digits != len(tok) {
		c.strange = true
		return true
	}
	return c.number(n, digits)
}

func (c *clock) number(n, digits int) bool {
	switch {
	case c.day == 0 && digits <= 2:
		c.day = n
		return n > 0
	case c.yearDigits == 0 && digits >= 2 && digits <= 6:
		c.year, c.yearDigits = n, digits
		return true
	}
	c.strange = true
	return true
}

// dashed reads 22-Feb-2008, 2008-02-22 and 2008-02-22T17:06:23Z.
func (c *clock) dashed(tok []byte) bool {
	parts := bytes.SplitN(tok, []byte{'-'}, 3)
	if len(parts) != 3 || c.day != 0 || c.yearDigits != 0 {
		c.strange = true
		return true
	}
	if n, d := number(parts[0]); d == 4 && d == len(parts[0]) {
		m, md := number(parts[1])
		day, dd := number(parts[2])
		if md != len(parts[1]) || dd == 0 {
			return false
		}
		c.year, c.yearDigits, c.month, c.day = n, 4, m, day
		rest := parts[2][dd:]
		if len(rest) > 1 && (rest[0] == 'T' || rest[0] == 't') {
			return c.timeOfDay(rest[1:])
		}
		return len(rest) == 0
	}
	day, dd := number(parts[0])
	year, yd := number(parts[2])
	if dd != len(parts[0]) || yd != len(parts[2]) || yd < 2 || yd > 6 {
		return false
	}
	c.day, c.year, c.yearDigits = day, year, yd
	c.month = monthOf(parts[1])
	return c.month > 0
}

// timeOfDay reads HH:MM[:SS[.fraction]] and a zone that follows without a space.
func (c *clock) timeOfDay(tok []byte) bool {
	if c.hasTime {
		c.strange = true
		return true
	}
	h, d := number(tok)
	if d == 0 || d > 2 || d >= len(tok) || tok[d] != ':' {
		return false
	}
	tok = tok[d+1:]
	m, d := number(tok)
	if d == 0 || d > 2 {
		return false
	}
	tok = tok[d:]
	c.hour, c.min, c.hasTime = h, m, true
	if len(tok) > 1 && tok[0] == ':' {
		s, d := number(tok[1:])
		if d == 0 || d > 2 {
			return false
		}
		c.sec, c.hasSec = s, true
		tok = tok[1+d:]
		if len(tok) > 1 && tok[0] == '.' && isDigit(tok[1]) {
			c.fractionOf(tok[1:])
			_, d := number(tok[1:])
			tok = tok[1+d:]
		}
	}
	switch {
	case len(tok) == 0:
	case tok[0] == '+' || tok[0] == '-':
		c.numericZone(tok)
	case isLetter(tok[0]):
		c.word(tok)
	default:
		c.strange = true
	}
	return true
}

func (c *clock) fractionOf(b []byte) {
	scale := 100_000_000
	for _, ch := range b {
		if !isDigit(ch) {
			return
		}
		c.nano += int(ch-'0') * scale
		scale /= 10
		if c.fraction < 9 {
			c.fraction++
		}
	}
}

// word reads a weekday, a month, AM and PM, or the name of a zone.
func (c *clock) word(w []byte) {
	if c.month == 0 && c.day == 0 && isWeekday(w) {
		return
	}
	if c.month == 0 {
		if m := monthOf(w); m > 0 {
			c.month = m
			return
		}
	}
	if !c.hasTime {
		return
	}
	if bytes.EqualFold(w, []byte("AM")) {
		c.pm = 1
		return
	}
	if bytes.EqualFold(w, []byte("PM")) {
		c.pm = 2
		return
	}
	if c.zone != forensics.ZoneMissing {
		return
	}
	if off, ok := namedZone(w); ok {
		c.zone, c.offset = forensics.ZoneStated, off
	}
}

// numericZone reads +hhmm, +hh:mm, +hmm and +hh. It goes before a name, which is often a mere
// remark. A distance of more than a day is no zone.
func (c *clock) numericZone(tok []byte) {
	sign := 1
	if tok[0] == '-' {
		sign = -1
	}
	tok = bytes.Replace(tok[1:], []byte{':'}, nil, 1)
	n, d := number(tok)
	if d != len(tok) || d < 2 || d > 4 {
		return
	}
	if d == 2 {
		n *= 100
	}
	if n/100 > 15 || n%100 > 59 {
		return
	}
	c.zone, c.offset = forensics.ZoneStated, sign*(n/100*3600+n%100*60)
}

// namedZone knows the zones of RFC 5322 section 4.3 and no others: EST is -0500 there,
// while a name such as IST or BST has several meanings and one letter none at all.
func namedZone(w []byte) (offset int, ok bool) {
	switch string(bytes.ToUpper(w[:min(len(w), 4)])) {
	case "UT", "UTC", "GMT", "Z":
		return 0, true
	case "EST", "CDT":
		return -5 * 3600, true
	case "EDT":
		return -4 * 3600, true
	case "CST", "MDT":
		return -6 * 3600, true
	case "MST", "PDT":
		return -7 * 3600, true
	case "PST":
		return -8 * 3600, true
	}
	return 0, false
}

// settle widens a short year and checks that the parts make a day.
func (c *clock) settle() bool {
	if c.yearDigits == 2 {
		if c.year < 50 {
			c.year += 2000
		} else {
			c.year += 1900
		}
	}
	if c.pm != 0 && c.hour >= 1 && c.hour <= 12 {
		c.hour = c.hour%12 + 12*int(c.pm-1)
	}
	if c.yearDigits == 0 || c.month < 1 || c.month > 12 || c.day < 1 || c.hour > 23 || c.min > 59 || c.sec > 60 {
		return false
	}
	return c.day <= time.Date(c.year, time.Month(c.month)+1, 0, 0, 0, 0, 0, time.UTC).Day()
}

// time makes the moment. original is kept as it was written.
func (c *clock) time(original, desc string) forensics.Time {
	t := time.Date(c.year, time.Month(c.month), c.day, c.hour, c.min, c.sec, c.nano, time.UTC)
	p := forensics.PrecisionDay
	switch {
	case c.hasSec:
		p = forensics.PrecisionOf(c.fraction)
	case c.hasTime:
		p = forensics.PrecisionMinute
	}
	if c.zone == forensics.ZoneMissing {
		return forensics.Wall(t, p, original, desc)
	}
	out := forensics.UTC(t.Add(-time.Duration(c.offset)*time.Second), p, original, desc)
	out.Offset = int32(c.offset)
	return out
}

// timeOf parses b; where that is no date the result has no time, is unreliable and keeps the text.
func timeOf(b []byte, desc string) forensics.Time {
	original := printable(b)
	c, ok := parseDate(b)
	if !ok {
		return forensics.Time{Unreliable: true, Original: original, Desc: desc}
	}
	return c.time(original, desc)
}

func number(b []byte) (n, digits int) {
	for digits < len(b) && digits < 10 && isDigit(b[digits]) {
		n = n*10 + int(b[digits]-'0')
		digits++
	}
	return n, digits
}

func isDigit(c byte) bool  { return c >= '0' && c <= '9' }
func isLetter(c byte) bool { return c|0x20 >= 'a' && c|0x20 <= 'z' }

const (
	monthNames   = "janfebmaraprmayjunjulaugsepoctnovdec"
	weekdayNames = "sunmontuewedthufrisat"
)

// monthOf knows English names by their first three letters, the longer ones too.
func monthOf(w []byte) int { return nameIndex(w, monthNames) }

func isWeekday(w []byte) bool { return nameIndex(w, weekdayNames) > 0 }

func nameIndex(w []byte, names string) int {
	if len(w) < 3 || len(w) > 9 {
		return 0
	}
	a, b, c := w[0]|0x20, w[1]|0x20, w[2]|0x20
	for i := 0; i+2 < len(names); i += 3 {
		if names[i] == a && names[i+1] == b && names[i+2] == c {
			return i/3 + 1
		}
	}
	return 0
}

// epoch makes the time that a Maildir name begins with: seconds since 1970, in UTC.
func epoch(digits, desc string) (forensics.Time, bool) {
	n, err := strconv.ParseInt(digits, 10, 64)
	if err != nil || n < 1e8 || n > 1e10 {
		return forensics.Time{}, false
	}
	return forensics.UTC(time.Unix(n, 0).UTC(), forensics.PrecisionSecond, digits, desc), true
}
