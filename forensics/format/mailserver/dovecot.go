package mailserver

import (
	"context"

	"keytrail/forensics/format"
)

// Formats lists the formats of the family. All but Roundcube read the same lines:
// a log with any line of Dovecot in its head is Dovecot's, for what it alone knows weighs most.
func Formats() []format.Format {
	return []format.Format{Dovecot{}, Postfix{}, Exim{}, Courier{}, Roundcube{}}
}

// Dovecot reads the logs of Dovecot. In a mail.log that Postfix writes to as well, it
// reads Postfix's logins too.
type Dovecot struct{}

var _ format.Format = Dovecot{}

// Name implements format.Format.
func (Dovecot) Name() string { return "mailserver/dovecot" }

// About implements format.Format.
func (Dovecot) About() format.About {
	return format.About{
		Title:  "Dovecot mail server log",
		Reads:  "syslog, journald, container or Dovecot's own log file, Dovecot 2.0 to 2.4, alone or mixed with Postfix (text)",
		Gives:  []string{"login", "deletion", "mail", "other"},
		HowTo:  "copy /var/log/mail.log* or the file that `doveadm log find` names; for single deletions the mail_log plugin must have been on.",
		Source: "https://doc.dovecot.org/2.4.0/core/summaries/settings.html and https://github.com/dovecot/core (2026-11)",
	}
}

// Match implements format.Format: any line of Dovecot in the head is enough, more of them
// make it surer.
func (Dovecot) Match(h *format.Head) format.Guess {
	t := tally(h.Bytes)
	return t.guess(t.dovecot, "Dovecot", true)
}

// Parse implements format.Format.
func (Dovecot) Parse(ctx context.Context, in *format.Input, out format.Sink) error {
	return newParser(in.Reader, out).run(ctx)
}
