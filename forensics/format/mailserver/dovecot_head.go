package mailserver

import (
	"bytes"
	"net/netip"
)

// head is what Dovecot puts before the text of a line.
//
// Source: mail_log_prefix, whose default is "%{service}(%{user})<%{process:pid}><%{session}>: "
// (https://doc.dovecot.org/2.4.0/core/summaries/settings.html#mail_log_prefix, 2026-11);
// older versions have fewer of the parts.
type head struct {
	service  string // "imap", "imap-login", ...; one of the known names
	inside   []byte // what stands in the parentheses, whole
	user     []byte
	ip       netip.Addr // from prefixes that were changed to "%s(%u,%r)"
	session  []byte
	level    byte // 'I', 'W', 'E', 'F', 'P', 'D'; 0 where none is written (syslog carries it)
	repeated []byte
	text     []byte
}

// service gives the canonical name of a Dovecot process, empty where there is none of
// that name.
func service(name []byte) string {
	switch string(name) {
	case "imap-login":
		return "imap-login"
	case "pop3-login":
		return "pop3-login"
	case "submission-login":
		return "submission-login"
	case "managesieve-login", "sieve-login":
		return "managesieve-login"
	case "imap":
		return "imap"
	case "pop3":
		return "pop3"
	case "submission":
		return "submission"
	case "managesieve", "sieve":
		return "managesieve"
	case "lmtp":
		return "lmtp"
	case "lda", "deliver":
		return "lda"
	case "auth", "auth-worker", "auth-master":
		return "auth"
	case "doveadm", "dsync", "dsync-local", "dsync-remote", "dsync-server":
		return "doveadm"
	case "imap-hibernate":
		return "imap-hibernate"
	case "master", "dovecot", "anvil", "config", "log", "stats", "old-stats", "ssl-params", "dict", "dict-async", "dict-expire",
		"indexer", "indexer-worker", "director", "replicator", "aggregator", "ipc", "quota-status", "imap-urlauth",
		"imap-urlauth-login", "imap-urlauth-worker", "tcpwrap", "script", "script-login", "fs-auth", "health-check", "lmtp-proxy", "doveconf":
		return "none"
	}
	return ""
}

// parseHead takes a message of Dovecot apart; ok is false where it is not one.
func parseHead(b []byte) (h head, ok bool) {
	if rest, found := bytes.CutPrefix(b, []byte("message repeated ")); found { // rsyslog's summary of equal lines
		n, rest := token(rest)
		if rest, found = bytes.CutPrefix(rest, []byte("times: [ ")); found {
			h, ok = parseHead(bytes.TrimSuffix(bytes.TrimRight(rest, " "), []byte("]")))
			h.text = bytes.TrimRight(h.text, " ")
			if len(n) < 8 {
				h.repeated = n
			}
			return h, ok
		}
		return h, false
	}
	i := 0
	for i < len(b) && i < 24 && (b[i] >= 'a' && b[i] <= 'z' || isDigit(b[i]) || b[i] == '-') {
		i++
	}
	if i == 0 || i == len(b) {
		return h, false
	}
	if h.service = service(b[:i]); h.service == "" {
		return h, false
	}
	if rest, found := bytes.CutPrefix(b, []byte("dovecot: ")); found { // 1.x named itself twice
		if inner, ok := parseHead(rest); ok {
			return inner, true
		}
	}
	b = b[i:]
	if b[0] == '(' {
		end := closing(b)
		if end < 0 {
			return h, false
		}
		h.person(b[1:end])
		b = b[end+1:]
	}
	var groups [3][]byte
	n := 0
	for len(b) > 0 && b[0] == '<' {
		end := bytes.IndexByte(b[:min(len(b), 256)], '>')
		if end < 0 {
			return h, false
		}
		if n < len(groups) {
			groups[n] = b[1:end]
			n++
		}
		b = b[end+1:]
	}
	switch {
	case n >= 2:
		h.session = groups[n-1]
	case n == 1 && !allDigits(groups[0]):
		h.session = groups[0]
	}
	if len(b) == 0 || b[0] != ':' {
		return h, false
	}
	h.text = trimBlanks(b[1:])
	h.level, h.text = level(h.text)
	return h, true
}

// closing finds the parenthesis that ends the user's name: names may hold some themselves.
func closing(b []byte) int {
	for i := 1; i < len(b) && i < 512; i++ {
		if b[i] == ')' && i+1 < len(b) && (b[i+1] == ':' || b[i+1] == '<') {
			return i
		}
	}
	return -1
}

// person reads what stands in the parentheses: "user", "pid", "pid, user", "user,ip".
func (h *head) person(b []byte) {
	h.inside = b
	if i := bytes.Index(b, []byte(", ")); i > 0 && allDigits(b[:i]) {
		b = b[i+2:]
	} else if allDigits(b) && h.service != "imap" && h.service != "pop3" {
		return
	}
	if i := bytes.LastIndexByte(b, ','); i > 0 {
		if ip, ok := address(b[i+1:]); ok {
			h.ip, b = ip, b[:i]
		}
	}
	h.user = b
}

// level takes "Info: " and its siblings off the front.
func level(b []byte) (byte, []byte) {
	if len(b) == 0 || b[0] < 'A' || b[0] > 'W' {
		return 0, b
	}
	for _, word := range levels {
		if bytes.HasPrefix(b, word) {
			return word[0], trimBlanks(b[len(word):])
		}
	}
	return 0, b
}

var levels = [...][]byte{[]byte("Info: "), []byte("Error: "), []byte("Warning: "), []byte("Debug: "), []byte("Fatal: "), []byte("Panic: ")}

// isOwn reports whether b starts like a line of Dovecot's own log file: service and level.
func isOwn(b []byte) bool {
	if len(b) == 0 || b[0] < 'a' || b[0] > 'z' {
		return false
	}
	i := 1
	for i < len(b) && i < 24 && (b[i] >= 'a' && b[i] <= 'z' || isDigit(b[i]) || b[i] == '-') {
		i++
	}
	if i == len(b) || b[i] != ':' && b[i] != '(' && b[i] != '<' || service(b[:i]) == "" {
		return false
	}
	h, ok := parseHead(b)
	return ok && (h.level != 0 || h.service == "auth" && bytes.HasPrefix(h.text, requestWord))
}

// requestWord begins the text of an authentication worker's line from 2.4 on, and the level
// stands behind it.
var requestWord = []byte("request [")

func allDigits(b []byte) bool {
	for _, c := range b {
		if !isDigit(c) {
			return false
		}
	}
	return len(b) > 0
}

// address reads an IP address; an IPv4 address written as IPv6 becomes IPv4.
func address(b []byte) (netip.Addr, bool) {
	if len(b) < 2 || len(b) > 64 {
		return netip.Addr{}, false
	}
	if b[0] == '[' && b[len(b)-1] == ']' {
		b = b[1 : len(b)-1]
	}
	ip, err := netip.ParseAddr(string(b))
	if err != nil {
		return netip.Addr{}, false
	}
	return ip.WithZone("").Unmap(), true
}
