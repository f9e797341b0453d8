package microsoft

import (
	"testing"
	"time"

	"keytrail/forensics"
)

func TestParseTime(t *testing.T) {
	tests := []struct {
		in, want  string // RFC 3339 with nanoseconds; "" where it cannot be read
		precision forensics.Precision
		zoned     bool
	}{
		{"2020-02-10T15:13:13", "2020-02-10T15:13:13Z", forensics.PrecisionSecond, false},
		{"2020-02-10T15:13:13Z", "2020-02-10T15:13:13Z", forensics.PrecisionSecond, true},
		{"2026-01-24T06:54:24.0000000Z ", "2026-01-24T06:54:24Z", forensics.PrecisionNano, true},
		{"2021-08-02T13:29:25.983Z", "2021-08-02T13:29:25.983Z", forensics.PrecisionMilli, true},
		{"2021-08-02T13:11:39.7724491Z", "2021-08-02T13:11:39.7724491Z", forensics.PrecisionNano, true},
		{"2021-08-02 13:11:39.000000001", "2021-08-02T13:11:39.000000001Z", forensics.PrecisionNano, false},
		{"2021-08-02T13:11:39+02:00", "2021-08-02T11:11:39Z", forensics.PrecisionSecond, true},
		{"2021-08-02T13:11:39-0330", "2021-08-02T16:41:39Z", forensics.PrecisionSecond, true},
		{"2021-08-02", "2021-08-02T00:00:00Z", forensics.PrecisionDay, false},
		{"9/20/2023 4:05:03 AM", "2023-09-20T04:05:03Z", forensics.PrecisionSecond, false},
		{"9/20/2023 12:05:03 AM", "2023-09-20T00:05:03Z", forensics.PrecisionSecond, false},
		{"9/20/2023 12:05 PM", "2023-09-20T12:05:00Z", forensics.PrecisionMinute, false},
		{"9/20/2023 4:05:03\u202FPM", "2023-09-20T16:05:03Z", forensics.PrecisionSecond, false},
		{"20.09.2023 04:05:03", "2023-09-20T04:05:03Z", forensics.PrecisionSecond, false},
		{"20-09-2023 04:05", "2023-09-20T04:05:00Z", forensics.PrecisionMinute, false},
		{"/Date(1695182703000)/", "2023-09-20T04:05:03Z", forensics.PrecisionMilli, true},
		{"/Date(1695182703000+0200)/", "2023-09-20T04:05:03Z", forensics.PrecisionMilli, true},
		{"2023-02-30T00:00:00Z", "", 0, false},
		{"2023-13-01T00:00:00Z", "", 0, false},
		{"2023-01-01T24:00:00Z", "", 0, false},
		{"2023-01-01T00:00:00 soon", "", 0, false},
		{"13/13/2023", "", 0, false},
		{"9/20/2023 13:05 PM", "", 0, false},
		{"yesterday", "", 0, false},
		{"", "", 0, false},
	}
	for _, tt := range tests {
		m, ok := parseTime([]byte(tt.in), false)
		got := ""
		if ok {
			got = m.t.UTC().Format(time.RFC3339Nano)
		}
		if got != tt.want || ok && (m.precision != tt.precision || m.zoned != tt.zoned) {
			t.Errorf("%q: got %q, %v, zoned %v", tt.in, got, m.precision, m.zoned)
		}
	}
}

// TestCulture checks what the outer column is taken for by what its file has shown before.
func TestCulture(t *testing.T) {
	at := func(s string) time.Time {
		v, err := time.Parse(time.RFC3339, s)
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
	type row struct {
		outer string
		inner time.Time
	}
	tests := []struct {
		name   string
		utc    bool
		rows   []row
		read   string
		want   string
		zone   string
		doubts bool
	}{
		{"nothing_known", false, nil, "05/01/2024 10:00:00", "2024-05-01T10:00:00Z", "missing", true},
		{"documented_as_utc", true, nil, "05/01/2024 10:00:00", "2024-05-01T10:00:00Z", "utc", true},
		{"iso_needs_no_order", true, nil, "2024-05-01T10:00:00", "2024-05-01T10:00:00Z", "utc", false},
		{"day_above_12", true, []row{{outer: "25/01/2024 10:00:00"}}, "05/01/2024 10:00:00", "2024-01-05T10:00:00Z", "utc", false},
		{"month_first_shown", true, []row{{outer: "01/25/2024 10:00:00"}}, "05/01/2024 10:00:00", "2024-05-01T10:00:00Z", "utc", false},
		{"same_number_shows_nothing", true, []row{{outer: "02/02/2024 10:00:00"}}, "05/01/2024 10:00:00", "2024-05-01T10:00:00Z", "utc", true},
		{"day_first_by_inner_time", false, []row{{"05/01/2024 10:00:00", at("2024-01-05T10:00:00Z")}}, "06.02.2024 10:00:00", "2024-02-06T10:00:00Z", "utc", false},
		{"shifted_by_inner_time", false, []row{{"25.01.2024 12:00:00", at("2024-01-25T10:00:00Z")}}, "06.02.2024 10:00:00", "2024-02-06T08:00:00Z", "assumed:+02:00", false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			c := culture{utc: tt.utc}
			for _, r := range tt.rows {
				c.learn([]byte(r.outer), r.inner)
			}
			got, others, doubt := c.time([]byte(tt.read), tt.read, "CreationDate")
			if got.RFC3339() != tt.want || got.ZoneText() != tt.zone {
				t.Errorf("got %s, zone %s", got.RFC3339(), got.ZoneText())
			}
			if (doubt != "") != tt.doubts || (len(others) > 0) != tt.doubts {
				t.Errorf("doubt %q, other readings %v", doubt, others)
			}
		})
	}
}
