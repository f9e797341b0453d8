package forensics_test

import (
	"testing"
	"time"

	"keytrail/forensics"
)

func TestKindsAreNamedAndGrouped(t *testing.T) {
	for _, k := range forensics.Kinds() {
		got, ok := forensics.ParseKind(k.String())
		if !ok || got != k {
			t.Errorf("kind %d: name %q does not lead back to it", k, k)
		}
		if _, ok := forensics.ParseGroup(k.Group().String()); !ok {
			t.Errorf("kind %v: group %q is unknown", k, k.Group())
		}
	}
}

func TestZoneText(t *testing.T) {
	at := time.Date(2023, 2, 7, 3, 14, 52, 118e6, time.FixedZone("", 7200))
	for _, tt := range []struct {
		name       string
		time       forensics.Time
		zone, text string
	}{
		{"offset", forensics.UTC(at, forensics.PrecisionMilli, "", ""), "+02:00", "2023-02-07T01:14:52.118Z"},
		{"utc", forensics.UTC(at.UTC(), forensics.PrecisionSecond, "", ""), "utc", "2023-02-07T01:14:52Z"},
		{"missing", forensics.Wall(at, forensics.PrecisionSecond, "", ""), "missing", "2023-02-07T03:14:52Z"},
		{"none", forensics.Time{}, "", ""},
		{"half_hour", forensics.UTC(at.In(time.FixedZone("", -12600)), forensics.PrecisionNano, "", ""), "-03:30", "2023-02-07T01:14:52.118000000Z"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := tt.time.ZoneText(); got != tt.zone {
				t.Errorf("zone = %q, want %q", got, tt.zone)
			}
			if got := tt.time.RFC3339(); got != tt.text {
				t.Errorf("text = %q, want %q", got, tt.text)
			}
		})
	}
}

func TestEventIDIsStable(t *testing.T) {
	d := forensics.Digest{1, 2, 3}
	id := forensics.EventID(d, "INBOX", 4096, forensics.LoginFailed, 0)
	if want := "f4b2428631840983d4187de1"; id != want { // a change of the scheme orphans every tag, note and citation
		t.Errorf("id = %q, want %q", id, want)
	}
	for name, other := range map[string]string{
		"digest": forensics.EventID(forensics.Digest{1}, "INBOX", 4096, forensics.LoginFailed, 0),
		"item":   forensics.EventID(d, "Sent", 4096, forensics.LoginFailed, 0),
		"offset": forensics.EventID(d, "INBOX", 4097, forensics.LoginFailed, 0),
		"kind":   forensics.EventID(d, "INBOX", 4096, forensics.LoginSucceeded, 0),
		"n":      forensics.EventID(d, "INBOX", 4096, forensics.LoginFailed, 1),
	} {
		if other == id {
			t.Errorf("another %s gives the same id", name)
		}
	}
}
