package forensics

import "testing"

func TestPrecisionWritten(t *testing.T) {
	for _, tt := range []struct {
		layout, text string
		want         Precision
	}{
		{"2006-01-02", "2023-02-07", PrecisionDay},
		{"Jan. 2, 2006, 03:04 PM", "Feb. 7, 2023, 03:19 AM", PrecisionMinute},
		{"2006-01-02 15:04:05", "2023-02-07 03:19:30", PrecisionSecond},
		{"2006-01-02 15:04:05", "2023-02-07 03:19:30.25", PrecisionMilli},
		{"2006-01-02 15:04:05", "2023-02-07 03:19:30,250", PrecisionMilli},
		{"02.01.2006 15:04:05", "07.02.2023 03:19:30", PrecisionSecond},
		{"2006-01-02T15:04:05Z07:00", "2023-02-07T03:19:30+01:00", PrecisionSecond},
		{"2006-01-02T15:04:05Z07:00", "2023-02-07T03:19:30.123456+01:00", PrecisionMicro},
		{"2006-01-02 15:04:05 -0700", "2023-02-07 03:19:30.1234567 +0100", PrecisionNano},
		{"2006-01-02T15:04:05Z07:00", "2023-02-07T03:19:30,123456+01:00", PrecisionMicro},
		{"15:04:05 02.01.2006", "03:19:30 07.02.2023", PrecisionSecond},
		{"15:04:05, Jan 2, 2006", "03:19:30, Feb 7, 2023", PrecisionSecond},
		{"15:04:05, Jan 2, 2006", "03:19:30,5, Feb 7, 2023", PrecisionMilli},
		{"2006-01-02 15:04:05", "2023-02-07 03:19:30.", PrecisionSecond},
		{"20060102150405", "20230207031930", PrecisionSecond},
		{"15:04:05", "", PrecisionSecond},
	} {
		if got := PrecisionWritten(tt.layout, tt.text); got != tt.want {
			t.Errorf("%s as %s: precision %d, want %d", tt.text, tt.layout, got, tt.want)
		}
	}
}
