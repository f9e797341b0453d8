package timeline_test

import (
	"testing"
	"time"

	"keytrail/forensics"
	"keytrail/forensics/timeline"
)

func wall(s string) forensics.Time {
	t, err := time.Parse(time.DateTime, s)
	if err != nil {
		panic(err)
	}
	return forensics.Wall(t, forensics.PrecisionSecond, s, "test")
}

func yearless(s string) forensics.Time {
	t := wall("1972-" + s)
	t.YearMissing = true
	return t
}

func stated(s string) forensics.Time {
	t, err := time.Parse(time.RFC3339, s)
	if err != nil {
		panic(err)
	}
	return forensics.UTC(t, forensics.PrecisionSecond, s, "test")
}

func TestClockSettlesZone(t *testing.T) {
	chicago, err := time.LoadLocation("America/Chicago")
	if err != nil {
		t.Skip("no zone data on this machine:", err)
	}
	for _, tt := range []struct {
		name     string
		clock    timeline.Clock
		in       forensics.Time
		at, zone string
	}{
		{"stated_utc", timeline.Clock{Zone: chicago}, stated("2023-02-07T03:14:52Z"), "2023-02-07T03:14:52Z", "utc"},
		{"stated_offset", timeline.Clock{}, stated("2023-02-07T03:14:52+02:00"), "2023-02-07T01:14:52Z", "+02:00"},
		{"missing_is_assumed_utc", timeline.Clock{}, wall("2023-02-07 03:14:52"), "2023-02-07T03:14:52Z", "assumed:UTC"},
		{"missing_in_given_zone", timeline.Clock{Zone: chicago}, wall("2023-02-07 03:14:52"), "2023-02-07T09:14:52Z", "assumed:America/Chicago"},
		{"summer_time", timeline.Clock{Zone: chicago}, wall("2023-07-07 03:14:52"), "2023-07-07T08:14:52Z", "assumed:America/Chicago"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			e := forensics.Event{Time: tt.in}
			tt.clock.Settle(&e)
			if got := e.Time.RFC3339(); got != tt.at {
				t.Errorf("time = %s, want %s", got, tt.at)
			}
			if got := e.Time.ZoneText(); got != tt.zone {
				t.Errorf("zone = %s, want %s", got, tt.zone)
			}
		})
	}
}

func TestClockSettlesYear(t *testing.T) {
	written := time.Date(2023, 2, 9, 12, 0, 0, 0, time.UTC)
	for _, tt := range []struct {
		name  string
		clock timeline.Clock
		in    []string
		want  []string
	}{
		{"before_the_file_was_written", timeline.Clock{Written: written},
			[]string{"11-14 03:05:00", "02-07 03:14:52", "02-09 13:00:00", "02-11 00:00:00"},
			[]string{"2022-11-14T03:05:00Z", "2023-02-07T03:14:52Z", "2023-02-09T13:00:00Z", "2022-02-11T00:00:00Z"}},
		{"given_and_turning", timeline.Clock{Year: 2021, Written: written},
			[]string{"12-30 10:00:00", "12-31 23:59:59", "01-01 00:00:01", "06-01 00:00:00", "01-02 00:00:00"},
			[]string{"2021-12-30T10:00:00Z", "2021-12-31T23:59:59Z", "2022-01-01T00:00:01Z", "2022-06-01T00:00:00Z", "2022-01-02T00:00:00Z"}},
		{"leap_day", timeline.Clock{Written: written}, []string{"02-29 01:00:00"}, []string{"2020-02-29T01:00:00Z"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			for i, in := range tt.in {
				e := forensics.Event{Time: yearless(in)}
				tt.clock.Settle(&e)
				if got := e.Time.RFC3339(); got != tt.want[i] {
					t.Errorf("%s = %s, want %s", in, got, tt.want[i])
				}
			}
			if tt.clock.Assumed() == "" {
				t.Error("the clock does not say what it assumed")
			}
		})
	}
}

func TestClockDoubtsTimesThatCannotBeRight(t *testing.T) {
	latest := time.Date(2026, 11, 21, 0, 0, 0, 0, time.UTC)
	for _, tt := range []struct {
		name       string
		time       forensics.Time
		others     []forensics.Time
		want       string
		unreliable bool
		conflict   bool
	}{
		{"year_102", stated("0102-01-01T00:00:00Z"), nil, "", true, false},
		{"year_3609", stated("3609-01-01T00:00:00Z"), nil, "", true, false},
		{"none", forensics.Time{}, nil, "", true, false},
		{"future", stated("2028-01-01T00:00:00Z"), nil, "", true, false},
		{"next_one_is_taken", stated("2028-01-01T00:00:00Z"), []forensics.Time{stated("2022-01-01T00:00:00Z")}, "2022-01-01T00:00:00Z", false, true},
		{"hour_apart", stated("2022-01-01T02:00:00Z"), []forensics.Time{stated("2022-01-01T01:00:00Z")}, "2022-01-01T02:00:00Z", false, false},
		{"more_than_an_hour_apart", stated("2022-01-01T02:00:01Z"), []forensics.Time{stated("2022-01-01T01:00:00Z")}, "2022-01-01T02:00:01Z", false, true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			e := forensics.Event{Time: tt.time, Others: tt.others}
			c := timeline.Clock{Latest: latest}
			c.Settle(&e)
			if got := e.Time.RFC3339(); got != tt.want || e.Time.Unreliable != tt.unreliable || e.TimeConflict != tt.conflict {
				t.Errorf("got %q unreliable=%v conflict=%v, want %q %v %v", got, e.Time.Unreliable, e.TimeConflict, tt.want, tt.unreliable, tt.conflict)
			}
		})
	}
}
