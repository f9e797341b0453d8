package kit

import (
	"testing"
	"time"

	"keytrail/forensics"
)

func TestNumbers(t *testing.T) {
	for _, c := range []struct{ got, want string }{
		{Count(0), "0"}, {Count(999), "999"}, {Count(12408), "12,408"}, {Count(-1234567), "-1,234,567"},
		{Plural(1, "event"), "1 event"}, {Plural(0, "event"), "0 events"},
		{Bytes(0), "0 B"}, {Bytes(999), "999 B"}, {Bytes(1000), "1.00 kB"}, {Bytes(38886358), "38.9 MB"}, {Bytes(999_999), "1.00 MB"}, {Bytes(-1), "?"},
		{Duration(300 * time.Millisecond), "under 1 s"}, {Duration(8 * time.Second), "8 s"}, {Duration(200 * time.Second), "3 min 20 s"}, {Duration(2 * time.Hour), "2 h 0 min"},
	} {
		if c.got != c.want {
			t.Errorf("got %q, want %q", c.got, c.want)
		}
	}
}

func TestTimes(t *testing.T) {
	at := time.Date(2023, 2, 7, 3, 14, 52, 118_000_000, time.UTC)
	east := time.FixedZone("", 5*3600+1800)
	for _, c := range []struct {
		precision     forensics.Precision
		zone          *time.Location
		clock, moment string
	}{
		{forensics.PrecisionMilli, time.UTC, "03:14:52", "2023-02-07 03:14:52.118 UTC"},
		{forensics.PrecisionSecond, east, "08:44:52", "2023-02-07 08:44:52 +05:30"},
		{forensics.PrecisionMinute, time.UTC, "03:14", "2023-02-07 03:14 UTC"},
		{forensics.PrecisionDay, time.UTC, "", "2023-02-07"},
		{forensics.PrecisionNone, time.UTC, "", ""},
	} {
		tm := forensics.UTC(at, c.precision, "", "")
		if got := Clock(tm, c.zone); got != c.clock {
			t.Errorf("Clock(%v) = %q, want %q", c.precision, got, c.clock)
		}
		if got := Moment(tm, c.zone); got != c.moment {
			t.Errorf("Moment(%v) = %q, want %q", c.precision, got, c.moment)
		}
	}
}
