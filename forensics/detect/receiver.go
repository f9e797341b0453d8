package detect

import (
	"net/netip"
	"strings"

	"golang.org/x/net/publicsuffix"
)

// maxReceived bounds how many Received headers are read.
const maxReceived = 32

// family joins the organisational domains under which one provider receives mail and
// signs its verdicts: the name in Authentication-Results, the host in Received and the
// domain of the account are then the same receiver.
func family(org string) string {
	switch org {
	case "google.com", "gmail.com", "googlemail.com":
		return "google"
	case "outlook.com", "hotmail.com", "live.com", "msn.com", "microsoft.com", "office365.com", "hotmail.de", "hotmail.fr", "hotmail.es", "hotmail.co.uk":
		return "microsoft"
	case "yahoo.com", "yahoodns.net", "ymail.com", "rocketmail.com", "aol.com", "verizon.net", "netscape.net", "aim.com",
		"att.net", "sbcglobal.net", "bellsouth.net", "ameritech.net", "pacbell.net", "swbell.net", "nvbell.net",
		"prodigy.net", "snet.net", "flash.net", "wans.net", "currently.com",
		"yahoo.co.uk", "yahoo.de", "yahoo.fr", "yahoo.es", "yahoo.it", "yahoo.ca", "yahoo.com.br", "yahoo.com.mx", "yahoo.com.au":
		return "yahoo"
	case "icloud.com", "me.com", "mac.com", "apple.com":
		return "apple"
	case "messagingengine.com", "fastmail.com", "fastmail.fm":
		return "fastmail"
	case "proton.me", "protonmail.com", "protonmail.ch", "pm.me":
		return "proton"
	case "gmx.net", "gmx.de", "gmx.com", "gmx.at", "gmx.ch", "web.de", "mail.com", "kundenserver.de":
		return "gmx"
	case "comcast.net", "xfinity.com":
		return "comcast"
	}
	return ""
}

// orgOf gives a host's organisation: the provider's family or the domain registered
// under a public suffix; empty for addresses, names without a dot and inner names.
func orgOf(host string) string {
	host = strings.Trim(strings.ToLower(host), ".[]")
	if !strings.Contains(host, ".") {
		return ""
	}
	if _, err := netip.ParseAddr(host); err == nil {
		return ""
	}
	switch host[strings.LastIndexByte(host, '.')+1:] {
	case "internal", "local", "localdomain", "lan", "home", "corp", "intern", "private":
		return "" // names that anybody uses inside
	}
	org, err := publicsuffix.EffectiveTLDPlusOne(host)
	if err != nil {
		return ""
	}
	if f := family(org); f != "" {
		return f
	}
	return org
}

// receiver is who wrote the topmost Received headers of a mail, as far as that
// can be told: they are the only ones that a sender cannot have written.
type receiver struct {
	org     string // organisation of its hosts, empty where unknown
	size    int    // number of its Received headers
	doubt   bool   // a nameless hop stands above: the organisation alone proves nothing
	account string // organisation of the mailbox's own domain
	from    string // organisation of the host that handed the mail over, empty where unknown
	any     bool   // there are Received headers at all
}

// newReceiver reads the topmost contiguous block of headers whose "by" host is of one
// organisation. The block ends where a header says that the mail came from outside: what
// stands below was written by the sender or on his side, whatever name it carries.
func newReceiver(received []string, account string) receiver {
	r := receiver{any: len(received) > 0}
	if _, domain, ok := strings.Cut(account, "@"); ok {
		r.account = orgOf(domain)
	}
	for i, line := range received[:min(len(received), maxReceived)] {
		h := parseReceived(line)
		org := h.byOrg()
		if org != "" && r.org != "" && org != r.org {
			break
		}
		if org == "" {
			r.doubt = r.doubt || r.org == "" && !h.inner()
		} else {
			r.org = org
		}
		r.size = i + 1
		from := h.fromOrg()
		if r.org == "" && from == r.account && from != "" && !strings.Contains(from, ".") {
			continue // between nameless hosts of the account's provider
		}
		if from != "" && from != r.org {
			r.from = from
			break
		}
	}
	return r
}

// trusts reports whether a verdict's header is one that the receiver wrote: signed
// with its name, and standing no lower than its own Received headers.
func (r *receiver) trusts(server string, below int) bool {
	org := orgOf(server)
	if !r.any {
		return below == 0 && org != "" && (org == r.account || !strings.Contains(org, "."))
	}
	if below > r.size {
		return false
	}
	// QUIRK: Exchange Online writes no authserv-id (RFC 8601 section 2.2 demands one).
	if server == "" {
		return r.org == "microsoft" && !r.doubt
	}
	if org == "" {
		return false
	}
	if org == r.account {
		return r.org == "" || r.org == org || r.doubt
	}
	return org == r.org && !r.doubt
}

// hop is one Received header.
type hop struct {
	by      string
	helo    string // the name the sending side gave
	comment string // what the receiving side saw: "host [address]"
}

// parseReceived finds "from" and "by" outside comments (RFC 5321 section 4.4). It
// never fails: what is not there stays empty.
func parseReceived(s string) hop {
	if len(s) > 2048 {
		s = s[:2048]
	}
	var h hop
	depth, last := 0, ""
	comment := -1
	for i := 0; i < len(s); {
		switch c := s[i]; {
		case c == '(':
			if depth == 0 && h.helo != "" && h.by == "" && h.comment == "" {
				comment = i + 1
			}
			depth++
			i++
		case c == ')':
			if depth > 0 {
				depth--
			}
			if depth == 0 && comment >= 0 {
				h.comment, comment = s[comment:i], -1
			}
			i++
		case depth > 0 || c == ' ' || c == '\t' || c == '\r' || c == '\n':
			i++
		default:
			end := i
			for end < len(s) && !strings.ContainsRune(" \t\r\n(;", rune(s[end])) {
				end++
			}
			if end == i {
				i++
				continue
			}
			word := s[i:end]
			switch {
			case strings.EqualFold(last, "from") && h.helo == "":
				h.helo = word
			case strings.EqualFold(last, "by") && h.by == "":
				h.by = word
			}
			last, i = word, end
		}
	}
	return h
}

// byOrg gives the organisation of the host that wrote the header.
func (h *hop) byOrg() string {
	// QUIRK: Gmail's inner hops are "by 2002:a05:...", its own 10.0.0.0/8 in 6to4 spelling.
	if strings.HasPrefix(h.by, "2002:a") {
		return "google"
	}
	return orgOf(h.by)
}

// fromOrg gives the organisation of the host that handed the mail over, as the
// receiving side saw it: the name found for the address where one is written, else the
// name that the other side gave. "outside" stands for a public address without a name.
// Empty means an inner hop, or that nothing is said.
func (h *hop) fromOrg() string {
	seen, _, hasAddr := strings.Cut(h.comment, "[")
	if word, _, _ := strings.Cut(strings.TrimSpace(seen), " "); word != "" {
		// QUIRK: Yahoo writes "from 192.0.2.1 (EHLO host)".
		if _, helo, ok := strings.Cut(strings.TrimSpace(seen), "EHLO "); ok {
			word = helo
		}
		if org := orgOf(word); org != "" {
			return org
		}
		if strings.EqualFold(word, "unknown") && hasAddr {
			return "outside"
		}
	}
	if h.inner() {
		return ""
	}
	if org := orgOf(h.helo); org != "" {
		return org
	}
	if a, ok := h.address(); ok && a.IsGlobalUnicast() && !a.IsPrivate() {
		return "outside"
	}
	return ""
}

// inner reports whether the receiving side took the mail from an address that only
// exists inside a house.
func (h *hop) inner() bool {
	a, ok := h.address()
	return ok && (a.IsLoopback() || a.IsPrivate())
}

// address gives the address that the receiving side saw, as far as it wrote one.
func (h *hop) address() (netip.Addr, bool) {
	_, rest, ok := strings.Cut(h.comment, "[")
	if !ok {
		rest = strings.Trim(h.helo, "[")
		if h.comment != "" {
			rest, _, _ = strings.Cut(strings.TrimSpace(h.comment), " ")
		}
	}
	rest, _, _ = strings.Cut(rest, "]")
	a, err := netip.ParseAddr(strings.TrimPrefix(rest, "IPv6:"))
	return a.Unmap(), err == nil
}
