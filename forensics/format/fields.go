package format

import (
	"net/netip"
	"strings"
	"time"

	"keytrail/forensics"
)

// ReadAddr reads an address, in brackets or bare; what is none comes back as the name of a host, without brackets. IPv4 in
// IPv6 is IPv4, and the zone is dropped, which means nothing on another machine.
func ReadAddr(s string) (addr netip.Addr, host string) {
	s = strings.Trim(strings.TrimSpace(s), "[]")
	addr, err := netip.ParseAddr(s)
	if err != nil {
		return netip.Addr{}, s
	}
	return addr.Unmap().WithZone(""), ""
}

// ReadTime reads a time as RFC 3339 writes it, or as shippers rewrite that: with a space, with the word UTC, or without a
// zone, which is then unknown. What is none of these is unreliable and keeps the text.
func ReadTime(s, desc string) forensics.Time {
	for _, l := range [...]struct {
		layout, end string // end is what the text must end in
		zoned       bool
	}{
		{time.RFC3339Nano, "", true},
		{"2006-01-02 15:04:05.999999999Z07:00", "", true},
		{"2006-01-02 15:04:05.999999999 MST", " UTC", true}, // of another zone's abbreviation, package time does not know the offset
		{"2006-01-02 15:04:05.999999999", "", false},
		{"2006-01-02T15:04:05.999999999", "", false},
	} {
		t, err := time.Parse(l.layout, s)
		if err != nil || !strings.HasSuffix(s, l.end) {
			continue
		}
		p := forensics.PrecisionWritten(l.layout, s)
		if l.zoned {
			return forensics.UTC(t, p, s, desc)
		}
		return forensics.Wall(t, p, s, desc)
	}
	return forensics.Time{Unreliable: true, Original: s, Desc: desc}
}
