package screen

import (
	"testing"
	"time"
)

func TestParseMoment(t *testing.T) {
	zone := time.FixedZone("", -6*3600)
	near := time.Date(2023, 2, 7, 3, 14, 52, 0, zone)
	for _, c := range []struct{ in, want string }{
		{"2023-02-08", "2023-02-08 00:00:00"}, {"2023-02-08 04:05", "2023-02-08 04:05:00"}, {"2023-02-08T04:05:06", "2023-02-08 04:05:06"},
		{"2023-02-08 04", "2023-02-08 04:00:00"}, {"2023", "2023-01-01 00:00:00"}, {"2023-03", "2023-03-01 00:00:00"},
		{"04:05", "2023-02-07 04:05:00"}, {" 04:05:06 ", "2023-02-07 04:05:06"},
		{"+2h", "2023-02-07 05:14:52"}, {"-3d", "2023-02-04 03:14:52"}, {"+ 10min", "2023-02-07 03:24:52"}, {"+10 min", ""}, {"+10min", "2023-02-07 03:24:52"}, {"-1y", "2022-02-07 03:14:52"}, {"+1w", "2023-02-14 03:14:52"},
		{"2023-02-08T00:00:00Z", "2023-02-07 18:00:00"}, {"0001", ""}, {"tomorrow", ""}, {"", ""}, {"25:00", ""},
	} {
		got, err := parseMoment(c.in, near)
		switch {
		case c.want == "" && err == nil:
			t.Errorf("parseMoment(%q) = %v, want an error", c.in, got)
		case c.want != "" && (err != nil || got.Format("2006-01-02 15:04:05") != c.want):
			t.Errorf("parseMoment(%q) = %v, %v; want %s", c.in, got, err, c.want)
		}
	}
}

func TestZonesExist(t *testing.T) {
	for _, z := range zones {
		if _, err := time.LoadLocation(z); err != nil {
			t.Errorf("zone %s: %v", z, err)
		}
	}
}
