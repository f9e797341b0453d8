package mailserver

import (
	"bytes"
	"context"

	"keytrail/forensics"
	"keytrail/forensics/format"
)

// Courier reads the logins in the syslog lines of Courier IMAP and POP3.
type Courier struct{}

var _ format.Format = Courier{}

// Name implements format.Format.
func (Courier) Name() string { return "mailserver/courier" }

// About implements format.Format.
func (Courier) About() format.About {
	return format.About{
		Title:  "Courier mail server log",
		Reads:  "syslog or journald lines of imapd, imapd-ssl, pop3d, pop3d-ssl (text)",
		Gives:  []string{"login"},
		HowTo:  "copy /var/log/mail.log* or maillog*.",
		Source: "https://www.courier-mta.org/imap/ (imaplogin.c, pop3login.c; 2026-11)",
	}
}

// Match implements format.Format.
func (Courier) Match(h *format.Head) format.Guess {
	t := tally(h.Bytes)
	return t.guess(t.courier, "Courier", false)
}

// Parse implements format.Format.
func (Courier) Parse(ctx context.Context, in *format.Input, out format.Sink) error {
	return newParser(in.Reader, out).run(ctx)
}

// isCourierName knows the processes; other servers have an imapd too, so the text decides.
func isCourierName(name []byte) bool {
	switch string(bytes.TrimPrefix(name, []byte("courier-"))) {
	case "imapd", "imapd-ssl", "pop3d", "pop3d-ssl", "imaplogin", "pop3login":
		return true
	}
	return false
}

func isCourier(msg []byte) bool {
	return bytes.HasPrefix(msg, []byte("LOGIN")) && bytes.Contains(msg, []byte(", ip=["))
}

// courier reads
//
//	LOGIN, user=USER, ip=[IP], port=[PORT], protocol=IMAP
//	LOGIN FAILED, [user=USER, ][method=PLAIN, ]ip=[IP][, port=[PORT]]
//
// USER is what the client sent: the last address counts.
func (p *parser) courier(b []byte) {
	if !isCourier(b) {
		return
	}
	verb, pairs, _ := bytes.Cut(b, []byte(", "))
	kind, desc, outcome := forensics.LoginSucceeded, "Login", forensics.Success
	switch string(verb) {
	case "LOGIN":
	case "LOGIN FAILED":
		kind, desc, outcome = forensics.LoginFailed, "Failed login", forensics.Failure
	default:
		return
	}
	e := p.add(kind, desc)
	e.Outcome = outcome
	e.Operation = p.str(verb)
	e.Protocol = "imap"
	if bytes.Contains(p.line.program, []byte("pop3")) {
		e.Protocol = "pop3"
	}
	at := bytes.LastIndex(pairs, []byte("ip=["))
	ip, rest, _ := bytes.Cut(pairs[at+4:], []byte("]"))
	e.IP, _ = address(ip)
	if port, ok := bytes.CutPrefix(rest, []byte(", port=[")); ok {
		port, _, _ = bytes.Cut(port, []byte("]"))
		e.Port = parsePort(port)
	}
	if user, ok := bytes.CutPrefix(pairs[:at], []byte("user=")); ok {
		p.who(e, bytes.TrimSuffix(user, []byte(", ")))
	} else if method, ok := bytes.CutPrefix(pairs[:at], []byte("method=")); ok {
		e.Detail = p.str(clip(bytes.TrimSuffix(method, []byte(", ")), 40))
	}
}
