package mailserver

import (
	"context"

	"keytrail/forensics/format"
)

// Postfix reads the logins in the logs of Postfix, and the lines of Dovecot among them.
type Postfix struct{}

var _ format.Format = Postfix{}

// Name implements format.Format.
func (Postfix) Name() string { return "mailserver/postfix" }

// About implements format.Format.
func (Postfix) About() format.About {
	return format.About{
		Title:  "Postfix mail server log",
		Reads:  "syslog, journald or container log of Postfix, alone or mixed with Dovecot (text)",
		Gives:  []string{"login"},
		HowTo:  "copy /var/log/mail.log* or maillog*, or `journalctl -u postfix -o short-iso`.",
		Source: "https://www.postfix.org/SASL_README.html (2026-11)",
	}
}

// Match implements format.Format.
func (Postfix) Match(h *format.Head) format.Guess {
	t := tally(h.Bytes)
	return t.guess(t.postfix, "Postfix", false)
}

// Parse implements format.Format.
func (Postfix) Parse(ctx context.Context, in *format.Input, out format.Sink) error {
	return newParser(in.Reader, out).run(ctx)
}
