package filter

import (
	"math"
	"strings"
	"time"

	"keytrail/forensics"
)

const (
	minNano int64 = math.MinInt64
	maxNano int64 = math.MaxInt64
)

// moments are the accepted spellings with the span that each means.
var moments = []struct {
	layout string
	end    func(time.Time) time.Time
}{
	{"2006", func(t time.Time) time.Time { return t.AddDate(1, 0, 0) }},
	{"2006-01", func(t time.Time) time.Time { return t.AddDate(0, 1, 0) }},
	{"2006-01-02", func(t time.Time) time.Time { return t.AddDate(0, 0, 1) }},
	{"2006-01-02T15", func(t time.Time) time.Time { return t.Add(time.Hour) }},
	{"2006-01-02T15:04", func(t time.Time) time.Time { return t.Add(time.Minute) }},
	{"2006-01-02T15:04:05", func(t time.Time) time.Time { return t.Add(time.Second) }},
}

// parseMoment reads a time as a half-open span of nanoseconds since 1970. zoned
// says that the text names its own zone (Z or +02:00); else loc counts. A space
// or a small t may stand for the T.
func parseMoment(s string, loc *time.Location) (from, to int64, zoned, ok bool) {
	if len(s) > 40 {
		return 0, 0, false, false
	}
	s = strings.ToUpper(strings.Replace(s, " ", "T", 1))
	for _, m := range moments {
		for _, zone := range []string{"", "Z07:00"} {
			if zone != "" && !strings.Contains(m.layout, "T") {
				continue
			}
			t, err := time.ParseInLocation(m.layout+zone, s, loc)
			if err != nil {
				continue
			}
			end := m.end(t)
			if strings.Contains(s, ".") { // a fraction: this moment alone
				end = t.Add(1)
			}
			return forensics.Nanos(t), forensics.Nanos(end), zone != "", true
		}
	}
	return 0, 0, false, false
}
