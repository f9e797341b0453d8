// Package timeline makes dated events of what formats read: it settles zones and years,
// judges which times can be right, and words each event in one sentence.
//
// Invariants: a zone that no source states is marked as assumed, with what it was
// assumed to be; a time that cannot be right is kept and flagged, never moved; the same
// record settles to the same time whatever stands around it, except for logs without a year.
package timeline

import (
	"time"

	"keytrail/forensics"
)

// conflictAfter is how far two times of one record may lie apart before the event is flagged.
const conflictAfter = time.Hour

// earliest is the oldest moment that evidence of a mail account can be from: the first IMAP
// and POP services for the public are of the early 1990s.
var earliest = time.Date(1990, 1, 1, 0, 0, 0, 0, time.UTC)

// Clock settles the times of one item. The zero value assumes UTC, the current year
// of Latest, and judges nothing to be in the future.
type Clock struct {
	// Zone is what wall clocks without a zone are read in: given by the user, or taken
	// from neighbours. Nil means UTC, said to be assumed.
	Zone *time.Location
	// Year is the year of the first record of an item whose times have none; 0 where
	// it is to be taken from Written.
	Year int
	// Written is when the item was last written: a log without years ends before it.
	Written time.Time
	// Latest is the latest moment that a time in the evidence can have; zero for no bound.
	Latest time.Time

	previous time.Time // of the last time without a year, to see the year turn
	turned   int       // years passed since Year
	used     struct{ zone, year bool }
}

// Settle gives the event its moment: the first of its times that can be right. The others
// stay beside it.
func (c *Clock) Settle(e *forensics.Event) {
	c.settle(&e.Time)
	for i := range e.Others {
		c.settle(&e.Others[i])
	}
	if e.Time.Unreliable {
		for i := range e.Others {
			if !e.Others[i].Unreliable {
				e.Time, e.Others[i] = e.Others[i], e.Time
				break
			}
		}
	}
	for _, o := range e.Others {
		if o.Unreliable || e.Time.Unreliable {
			e.TimeConflict = e.TimeConflict || !o.IsZero() && o.Unreliable != e.Time.Unreliable
			continue
		}
		if d := time.Duration(o.Nano - e.Time.Nano); d > conflictAfter || d < -conflictAfter {
			e.TimeConflict = true
		}
	}
	if b := e.Bounds; b != nil {
		for _, t := range []*forensics.Time{&b.NotBefore, &b.NotAfter, &b.ArrivedNotBefore, &b.ArrivedNotAfter} {
			c.settle(t)
		}
	}
}

// Assumed says in words what had to be assumed for the item so far, empty where nothing.
func (c *Clock) Assumed() string {
	switch {
	case c.used.zone && c.used.year:
		return "zone " + c.zoneName() + " and year " + c.yearBasis()
	case c.used.zone:
		return "zone " + c.zoneName()
	case c.used.year:
		return "year " + c.yearBasis()
	}
	return ""
}

func (c *Clock) yearBasis() string {
	if c.Year != 0 {
		return "as given"
	}
	return "from the file's date, " + c.Written.UTC().Format(time.DateOnly)
}

func (c *Clock) zoneName() string {
	if c.Zone == nil {
		return "UTC"
	}
	return c.Zone.String()
}

func (c *Clock) settle(t *forensics.Time) {
	if t.IsZero() {
		t.Unreliable = true
		return
	}
	if t.YearMissing {
		c.setYear(t)
	}
	if t.Zone == forensics.ZoneMissing {
		c.setZone(t)
	}
	at := t.Std()
	if at.Before(earliest) || !c.Latest.IsZero() && at.After(c.Latest) {
		t.Unreliable = true
	}
}

// setZone reads the wall clock in the assumed zone. An hour that a change to
// summer time repeats is read as its first.
func (c *Clock) setZone(t *forensics.Time) {
	zone := c.Zone
	if zone == nil {
		zone = time.UTC
	}
	w := t.Std()
	at := time.Date(w.Year(), w.Month(), w.Day(), w.Hour(), w.Minute(), w.Second(), w.Nanosecond(), zone)
	_, offset := at.Zone()
	if !t.Unreliable {
		t.Nano = forensics.Nanos(at)
	}
	t.Offset, t.Zone, t.ZoneName = int32(offset), forensics.ZoneAssumed, zone.String()
	c.used.zone = true
}

// setYear completes a wall clock without a year. With a year given, the count goes up
// where a record stands more than half a year before the one above it (December to
// January). Without one, it is the latest year that lies before the file was last written.
func (c *Clock) setYear(t *forensics.Time) {
	w := t.Std()
	in := func(year int) time.Time {
		return time.Date(year, w.Month(), w.Day(), w.Hour(), w.Minute(), w.Second(), w.Nanosecond(), time.UTC)
	}
	year := c.Year
	switch {
	case year != 0:
		if at := in(year + c.turned); !c.previous.IsZero() && c.previous.Sub(at) > 183*24*time.Hour {
			c.turned++
		}
		year += c.turned
	case !c.Written.IsZero():
		year = c.Written.UTC().Year()
		if in(year).After(c.Written.Add(26 * time.Hour)) { // any zone, and a clock that is a little off
			year--
		}
		for in(year).Day() != w.Day() { // 29 February: the last leap year
			year--
		}
	default:
		t.Unreliable = true
		return
	}
	at := in(year)
	c.previous = at
	t.Nano, t.YearMissing = forensics.Nanos(at), false
	if t.Zone == forensics.ZoneMissing {
		c.used.year = true
	}
}
