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
	t, err := time.Parse(time.RFC3339Nano, s)
	if err == nil {
		return forensics.UTC(t, Fraction(s), s, desc)
	}
	if t, err = time.Parse("2006-01-02 15:04:05.999999999Z07:00", s); err == nil {
		return forensics.UTC(t, Fraction(s), s, desc)
	}
	// Of another zone's abbreviation, package time does not know the offset.
	if t, err = time.Parse("2006-01-02 15:04:05.999999999 MST", s); err == nil && strings.HasSuffix(s, " UTC") {
		return forensics.UTC(t, Fraction(s), s, desc)
	}
	for _, layout := range []string{"2006-01-02 15:04:05.999999999", "2006-01-02T15:04:05.999999999"} {
		if t, err = time.Parse(layout, s); err == nil {
			return forensics.Wall(t, Fraction(s), s, desc)
		}
	}
	return forensics.Time{Unreliable: true, Original: s, Desc: desc}
}

// Fraction tells the precision of a time that has seconds from the digits behind its last point. A comma does not count
// here; forensics.PrecisionWritten knows it, and layouts without seconds.
func Fraction(s string) forensics.Precision {
	i := strings.LastIndexByte(s, '.')
	if i < 0 {
		return forensics.PrecisionSecond
	}
	n := 0
	for _, c := range s[i+1:] {
		if c < '0' || c > '9' {
			break
		}
		n++
	}
	return forensics.PrecisionOf(n)
}
