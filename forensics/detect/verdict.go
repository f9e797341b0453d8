package detect

import (
	"slices"
	"strings"

	"keytrail/forensics"
)

// verdict says what the receiver recorded about the sender of a mail that claims
// to be a brand's.
func (n *Notices) verdict(m *forensics.Mail, r *receiver, b *Brand, domain string) forensics.Sender {
	own := func(d string) bool {
		return d == domain || strings.Contains(d, ".") && strings.HasSuffix(domain, "."+d) || n.brandOf(d) == b
	}
	limit := newDKIMLimit(m)
	failed := false
	dmarc := map[string]bool{} // servers whose verdict on DMARC was seen: a second one is not theirs
	for i := range m.Auth {
		v := &m.Auth[i]
		if !r.trusts(v.Server, v.Below) {
			continue
		}
		switch v.Method {
		case "dmarc":
			key := v.Server
			if v.ARC {
				key += " arc"
			}
			if dmarc[key] || v.Domain != "" && !own(v.Domain) {
				continue
			}
			dmarc[key] = true
			switch {
			case v.Result == "pass" && !failed:
				return forensics.SenderAuthenticated
			case v.Result == "fail":
				failed = true
			}
		case "dkim":
			if !limit.take(v) || !own(v.Domain) {
				continue
			}
			switch v.Result {
			case "pass":
				// A DMARC failure above a DKIM pass for the same mail is contradictory: the
				// failure counts.
				if !failed {
					return forensics.SenderAuthenticated
				}
			case "fail":
				failed = failed || !n.laterPass(m, r, i, own, limit)
			}
		}
	}
	if failed {
		return forensics.SenderFailed
	}
	return forensics.SenderUnknown
}

// laterPass reports whether a pass follows a failed signature: a mail may carry several
// signatures of one domain, and one that holds is enough (RFC 6376 section 6.1).
func (n *Notices) laterPass(m *forensics.Mail, r *receiver, i int, own func(string) bool, limit *dkimLimit) bool {
	ahead := limit.clone()
	for j := i + 1; j < len(m.Auth); j++ {
		v := &m.Auth[j]
		if r.trusts(v.Server, v.Below) && v.Result == "pass" && own(v.Domain) {
			if v.Method == "dkim" && ahead.take(v) || v.Method == "dmarc" {
				return true
			}
			continue
		}
		if r.trusts(v.Server, v.Below) && v.Method == "dkim" {
			ahead.take(v)
		}
	}
	return false
}

// dkimLimit knows how many DKIM results stand in the topmost header of each
// server that has any. A sender can write a header in the receiver's name below the
// receiver's own; its results are beyond that number and do not count.
type dkimLimit struct {
	m    *forensics.Mail
	left map[string]int
}

func newDKIMLimit(m *forensics.Mail) *dkimLimit { return &dkimLimit{m: m, left: map[string]int{}} }

func (l *dkimLimit) clone() *dkimLimit {
	c := newDKIMLimit(l.m)
	for k, v := range l.left {
		c.left[k] = v
	}
	return c
}

// take counts one DKIM verdict and reports whether it may be the receiver's.
func (l *dkimLimit) take(v *forensics.AuthVerdict) bool {
	header := "Authentication-Results"
	if v.ARC {
		header = "ARC-Authentication-Results"
	}
	key := header + " " + v.Server
	left, known := l.left[key]
	if !known {
		left = dkimResults(l.m, header, v.Server)
	}
	l.left[key] = left - 1
	return left > 0
}

// dkimResults counts the DKIM results in the topmost header of a server that holds
// any. Where the raw headers are not at hand nothing is limited.
func dkimResults(m *forensics.Mail, header, server string) int {
	const unlimited = 1 << 30
	if m.Header == nil {
		return unlimited
	}
	values := m.Header(header)
	if len(values) == 0 {
		return unlimited
	}
	for _, v := range values {
		low := strings.ToLower(v[:min(len(v), 8<<10)])
		if server != "" && !slices.ContainsFunc(strings.FieldsFunc(low, func(r rune) bool { return r == ';' || r == ' ' || r == '\t' }),
			func(word string) bool { return word == strings.ToLower(server) }) {
			continue
		}
		if k := strings.Count(low, "dkim="); k > 0 {
			return k
		}
	}
	return unlimited
}
