package mailserver

import (
	"bytes"
	"context"
	"strconv"

	"keytrail/forensics/format"
)

// Formats lists the formats of the family. Both read the same lines: which of the two names a
// mixed log gets is decided by whose lines are more.
func Formats() []format.Format { return []format.Format{Dovecot{}, Postfix{}} }

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
	return t.guess(t.dovecot, "Dovecot")
}

// Parse implements format.Format.
func (Dovecot) Parse(ctx context.Context, in *format.Input, out format.Sink) error {
	return newParser(in.Reader, out).run(ctx)
}

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
	return t.guess(t.postfix, "Postfix")
}

// Parse implements format.Format.
func (Postfix) Parse(ctx context.Context, in *format.Input, out format.Sink) error {
	return newParser(in.Reader, out).run(ctx)
}

// census counts the lines of a head by the program that wrote them.
type census struct {
	lines, dated, dovecot, postfix int
}

// tallyLines bounds the lines of a head that are looked at closely.
const tallyLines = 2000

func tally(b []byte) (c census) {
	b = bytes.TrimPrefix(b, []byte{0xEF, 0xBB, 0xBF})
	if bytes.IndexByte(b[:min(len(b), 512)], 0) >= 0 {
		return c
	}
	for len(b) > 0 && c.lines < tallyLines {
		var one []byte
		one, b, _ = bytes.Cut(b, []byte("\n"))
		one = bytes.TrimRight(one, "\r ")
		if len(one) == 0 {
			continue
		}
		c.lines++
		l, dated := split(one)
		if !dated {
			continue
		}
		c.dated++
		switch {
		case isDovecotName(l.program):
			if _, ok := parseHead(l.msg); ok {
				c.dovecot++
			}
		case bytes.HasPrefix(l.program, []byte("postfix/")), bytes.Equal(l.program, []byte("postfix")):
			c.postfix++
		}
	}
	return c
}

// guess scores n lines of a program among all.
func (c census) guess(n int, name string) format.Guess {
	if n == 0 {
		if c.dated > 0 && c.dated*2 > c.lines {
			return format.Guess{Score: -10, Why: "a log with times, but no line of " + name + " in its head"}
		}
		return format.Guess{}
	}
	score := 40 + 50*n/max(c.lines, 1)
	return format.Guess{Score: score, Why: strconv.Itoa(n) + " of " + strconv.Itoa(c.lines) + " lines are " + name + "'s"}
}
