package format

import (
	"testing"

	"keytrail/forensics"
)

func TestReadAddr(t *testing.T) {
	for in, want := range map[string]string{
		"192.0.2.7": "192.0.2.7", " 192.0.2.7\n": "192.0.2.7", "[2001:db8::7]": "2001:db8::7", "::ffff:192.0.2.7": "192.0.2.7", "fe80::1%eth0": "fe80::1",
		"": "invalid IP", "192.0.2": "invalid IP", "192.0.2.7:25": "invalid IP",
	} {
		if got, _ := ReadAddr(in); got.String() != want || got.Is4In6() || got.Zone() != "" {
			t.Errorf("ReadAddr(%q) = %v, want %s", in, got, want)
		}
	}
	for in, want := range map[string]string{"mail.example.org": "mail.example.org", " [gateway] ": "gateway", "192.0.2.7": "", "": ""} {
		if _, host := ReadAddr(in); host != want {
			t.Errorf("ReadAddr(%q) has the host %q, want %q", in, host, want)
		}
	}
}

func TestReadTime(t *testing.T) {
	for _, tt := range []struct {
		in, want, zone string // "" where it cannot be read
		precision      forensics.Precision
	}{
		{"2026-03-09T03:12:07Z", "2026-03-09T03:12:07Z", "utc", forensics.PrecisionSecond},
		{"2026-03-09T05:12:07.5+02:00", "2026-03-09T03:12:07.500Z", "+02:00", forensics.PrecisionMilli},
		{"2026-03-09 03:12:07.123456Z", "2026-03-09T03:12:07.123456Z", "utc", forensics.PrecisionMicro},
		{"2026-03-09T03:12:07,123Z", "2026-03-09T03:12:07.123Z", "utc", forensics.PrecisionMilli},
		{"2026-03-09 03:12:07,123456+00:00", "2026-03-09T03:12:07.123456Z", "utc", forensics.PrecisionMicro},
		{"2026-03-09 03:12:07,5 UTC", "2026-03-09T03:12:07.500Z", "utc", forensics.PrecisionMilli},
		{"2026-03-09 03:12:07,250", "2026-03-09T03:12:07.250Z", "missing", forensics.PrecisionMilli},
		{"2026-03-09T03:12:07.1234 UTC", "", "", 0},
		{"2026-03-09 03:12:07 UTC", "2026-03-09T03:12:07Z", "utc", forensics.PrecisionSecond},
		{"2026-03-09 03:12:07 CET", "", "", 0},
		{"2026-03-09 03:12:07.000000001", "2026-03-09T03:12:07.000000001Z", "missing", forensics.PrecisionNano},
		{"2026-03-09T03:12:07", "2026-03-09T03:12:07Z", "missing", forensics.PrecisionSecond},
		{"2026-09-31T03:12:07Z", "", "", 0},
		{"2026-03-09", "", "", 0},
		{"soon", "", "", 0},
		{"", "", "", 0},
	} {
		got := ReadTime(tt.in, "Login")
		if got.RFC3339() != tt.want || got.Unreliable != (tt.want == "") || got.Original != tt.in || got.Desc != "Login" {
			t.Errorf("%q: %s, %+v", tt.in, got.RFC3339(), got)
		}
		if tt.want != "" && (got.ZoneText() != tt.zone || got.Precision != tt.precision) {
			t.Errorf("%q: zone %s, precision %d; want %s, %d", tt.in, got.ZoneText(), got.Precision, tt.zone, tt.precision)
		}
	}
}
