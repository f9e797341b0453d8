package detect

import (
	"strconv"
	"strings"
	"time"

	"keytrail/forensics"
)

// Google numbers its notices in a way that does not depend on the language: header
// X-Account-Notification-Type ("20" or "N20"), header Feedback-ID ("20:account-notifier"),
// or the link ".../alert/nt/<milliseconds>?rfn%3D20" in the body. "-RECOVERY" behind the
// number marks a copy about another account. Read in public samples of 2016 to 2024.

const recoverySuffix = "-recovery"

// number gives the mail's type number, 0 where it has none.
func (s *sight) number() int {
	if s.typ < 0 {
		s.typ, _ = s.numberAndRecovery()
	}
	return s.typ
}

// recovery reports whether the number is marked as one about another account.
func (s *sight) recovery() bool {
	_, recovery := s.numberAndRecovery()
	return recovery
}

func (s *sight) numberAndRecovery() (int, bool) {
	for _, v := range header(s.mail, "X-Account-Notification-Type") {
		if n, recovery := typeNumber(v); n > 0 {
			return n, recovery
		}
	}
	for _, v := range header(s.mail, "Feedback-ID") {
		if strings.Contains(v, "account-notifier") {
			if n, recovery := typeNumber(v); n > 0 {
				return n, recovery
			}
		}
	}
	low := s.text().low
	for tries := 0; tries < maxTries; tries++ {
		_, rest, found := strings.Cut(low, "/alert/nt/")
		if !found {
			break
		}
		low = rest
		link := rest[:min(len(rest), 128)]
		if blank := strings.IndexByte(link, ' '); blank >= 0 {
			link = link[:blank]
		}
		for _, mark := range []string{"rfn%3d", "rfn=", "rfn%253d"} {
			if _, after, ok := strings.Cut(link, mark); ok {
				if n, recovery := typeNumber(after); n > 0 {
					return n, recovery
				}
			}
		}
	}
	return 0, false
}

// linkTime gives the moment that the link of a notice carries: when the thing that it
// reports happened, as Google's clock had it.
func (s *sight) linkTime() (forensics.Time, bool) {
	_, rest, found := strings.Cut(s.text().low, "/alert/nt/")
	if !found {
		return forensics.Time{}, false
	}
	digits := 0
	for digits < len(rest) && digits < 14 && rest[digits] >= '0' && rest[digits] <= '9' {
		digits++
	}
	ms, err := strconv.ParseInt(rest[:digits], 10, 64)
	if err != nil || digits != 13 { // 13 digits: the years 2001 to 2286
		return forensics.Time{}, false
	}
	return forensics.UTC(time.UnixMilli(ms).UTC(), forensics.PrecisionMilli, rest[:digits], "time in the notice's link"), true
}

// typeNumber reads "20", "N20", "20-RECOVERY".
func typeNumber(s string) (n int, recovery bool) {
	s = strings.ToLower(strings.TrimSpace(cutRunes(s, 64)))
	s = strings.TrimPrefix(s, "n")
	digits := 0
	for digits < len(s) && digits < 6 && s[digits] >= '0' && s[digits] <= '9' {
		n = n*10 + int(s[digits]-'0')
		digits++
	}
	if digits == 0 {
		return 0, false
	}
	return n, strings.HasPrefix(s[digits:], recoverySuffix)
}
