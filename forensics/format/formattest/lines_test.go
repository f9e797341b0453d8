package formattest

import (
	"net/netip"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"keytrail/forensics"
)

func TestLines(t *testing.T) {
	at := time.Date(2026, 3, 9, 3, 12, 7, 0, time.UTC)
	wall := forensics.Wall(at, forensics.PrecisionSecond, "", "Login")
	events := []forensics.Event{
		{Time: wall, Kind: forensics.LoginSucceeded, Outcome: forensics.Success, Operation: "in", Account: "pat@example.com", Actor: "Pat@example.com",
			IP: netip.MustParseAddr("192.0.2.7"), ASN: 64496, Client: "browser", Session: "s", To: []string{"a@example.com", "b@example.com"}, Others: []forensics.Time{{Desc: "Mail event"}, wall}},
		{Kind: forensics.Other, Operation: "x", Actor: "admin@example.com", Host: "gateway"},
	}
	want := []string{
		"2026-03-09T03:12:07Z login-succeeded in account=pat@example.com outcome=success ip=192.0.2.7 asn=64496 session=s to=a@example.com,b@example.com Login=2026-03-09T03:12:07Z zone=missing",
		" other x account= actor=admin@example.com host=gateway",
	}
	if d := cmp.Diff(want, Lines(events, "client")); d != "" {
		t.Errorf("lines (-want +got):\n%s", d)
	}
	if got := Lines(events[:1])[0]; got == want[0] {
		t.Errorf("no client in %s", got)
	}
}
