package mailbox

import (
	"testing"

	"keytrail/forensics"
)

func TestTimeOf(t *testing.T) {
	for _, tc := range []struct {
		in, want, zone string
		precision      forensics.Precision
	}{
		{"Mon, 14 Nov 2022 03:12:45 -0600", "2022-11-14T09:12:45Z", "-06:00", forensics.PrecisionSecond},
		{"14 Nov 2022 03:12:45 +0000", "2022-11-14T03:12:45Z", "utc", forensics.PrecisionSecond},
		{"Mon, 14 Nov 2022 03:12 GMT", "2022-11-14T03:12:00Z", "utc", forensics.PrecisionMinute},
		{"Mon, 14 Nov 2022 03:12:45 -0000", "2022-11-14T03:12:45Z", "utc", forensics.PrecisionSecond},
		{"Mon, 14 Nov 2022 03:12:45 -0800 (PST)", "2022-11-14T11:12:45Z", "-08:00", forensics.PrecisionSecond},
		{"Mon, 14 Nov 2022 03:12:45 PST", "2022-11-14T11:12:45Z", "-08:00", forensics.PrecisionSecond},
		{"Mon, 14 Nov 2022 03:12:45 UT", "2022-11-14T03:12:45Z", "utc", forensics.PrecisionSecond},
		{"Mon, 14 Nov 2022 03:12:45 CET", "2022-11-14T03:12:45Z", "missing", forensics.PrecisionSecond},
		{"Mon, 14 Nov 2022 03:12:45 Pacific Standard Time", "2022-11-14T03:12:45Z", "missing", forensics.PrecisionSecond},
		{"Mon, 14 Nov 2022 03:12:45 A", "2022-11-14T03:12:45Z", "missing", forensics.PrecisionSecond},
		{"Mon, 14 Nov 2022 03:12:45 +9900", "2022-11-14T03:12:45Z", "missing", forensics.PrecisionSecond},
		{"Mon, 14 Nov 2022 03:12:45 -600", "2022-11-14T09:12:45Z", "-06:00", forensics.PrecisionSecond},
		{"Mon, 14 Nov 2022 03:12:45", "2022-11-14T03:12:45Z", "missing", forensics.PrecisionSecond},
		{"Mon Nov 14 03:12:45 2022", "2022-11-14T03:12:45Z", "missing", forensics.PrecisionSecond},
		{"Mon Nov 14 03:12:45 EST 2022", "2022-11-14T08:12:45Z", "-05:00", forensics.PrecisionSecond},
		{"Monday, 14 November 2022 03:12:45 +0530", "2022-11-13T21:42:45Z", "+05:30", forensics.PrecisionSecond},
		{"14-Nov-2022 03:12:45 +0100", "2022-11-14T02:12:45Z", "+01:00", forensics.PrecisionSecond},
		{"2022-11-14T03:12:45.125Z", "2022-11-14T03:12:45.125Z", "utc", forensics.PrecisionMilli},
		{"2022-11-14 03:12:45 +02:00", "2022-11-14T01:12:45Z", "+02:00", forensics.PrecisionSecond},
		{"Mon, 14 Nov 2022", "2022-11-14T00:00:00Z", "missing", forensics.PrecisionDay},
		{"14 Nov 22 3:12:45 PM +0000", "2022-11-14T15:12:45Z", "utc", forensics.PrecisionSecond},
		{"Sat, 31 Dec 2016 23:59:60 +0000", "2017-01-01T00:00:00Z", "utc", forensics.PrecisionSecond},
		{"Fri, 13 Nov 98 03:12:45 GMT", "1998-11-13T03:12:45Z", "utc", forensics.PrecisionSecond},
		{"Fri, (a (nested) remark) 13 Nov 98 03:12:45 GMT", "1998-11-13T03:12:45Z", "utc", forensics.PrecisionSecond},
		{"Mon, 14 Nov 102 03:12:45 +0000", "", "utc", forensics.PrecisionSecond},
		{"Mon, 14 Nov 3609 03:12:45 +0000", "", "utc", forensics.PrecisionSecond},
		{"11/12/2022 03:12:45", "", "", forensics.PrecisionNone},
		{"Wed, 30 Feb 2022 03:12:45 +0000", "", "", forensics.PrecisionNone},
		{"Mon, 14 Nov 2022 25:12:45 +0000", "", "", forensics.PrecisionNone},
		{"yesterday", "", "", forensics.PrecisionNone},
		{"", "", "", forensics.PrecisionNone},
	} {
		t.Run(tc.in, func(t *testing.T) {
			got := timeOf([]byte(tc.in), "Date header")
			if got.RFC3339() != tc.want || got.ZoneText() != tc.zone || got.Precision != tc.precision {
				t.Errorf("timeOf(%q) = %q zone %q precision %v, want %q %q %v", tc.in, got.RFC3339(), got.ZoneText(), got.Precision, tc.want, tc.zone, tc.precision)
			}
			if (tc.want == "") != got.Unreliable {
				t.Errorf("timeOf(%q).Unreliable = %v", tc.in, got.Unreliable)
			}
			if got.Original != tc.in {
				t.Errorf("Original = %q, want %q", got.Original, tc.in)
			}
		})
	}
}
