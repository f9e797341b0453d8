package mailserver

import (
	"bytes"
	"context"

	"keytrail/forensics"
	"keytrail/forensics/format"
)

// Roundcube reads the userlogins log of the Roundcube webmail, whose users Dovecot sees only as
// logins from the web server's own address.
type Roundcube struct{}

var _ format.Format = Roundcube{}

// Name implements format.Format.
func (Roundcube) Name() string { return "mailserver/roundcube" }

// About implements format.Format.
func (Roundcube) About() format.About {
	return format.About{
		Title:  "Roundcube webmail login log",
		Reads:  "logs/userlogins.log (text)",
		Gives:  []string{"login"},
		HowTo:  "copy logs/userlogins.log of the Roundcube folder; it is written only where $config['log_logins'] is true.",
		Source: "https://github.com/roundcube/roundcubemail, program/lib/Roundcube/rcmail.php, log_login() (2026-11)",
	}
}

// Match implements format.Format.
func (Roundcube) Match(h *format.Head) format.Guess {
	b, lines, hits := format.HeadText(h.Bytes), 0, 0
	for len(b) > 0 && lines < tallyLines {
		var one []byte
		one, b, _ = bytes.Cut(b, []byte("\n"))
		if one = bytes.TrimRight(one, "\r "); len(one) == 0 {
			continue
		}
		lines++
		if _, text, ok := webmailStamp(one); ok {
			if kind, _ := webmailVerb(text); kind != forensics.Other {
				hits++
			}
		}
	}
	c := census{lines: lines}
	return c.guess(hits, "Roundcube", false)
}

// Parse implements format.Format.
func (Roundcube) Parse(ctx context.Context, in *format.Input, out format.Sink) error {
	p := newParser(in.Reader, out)
	p.reader = p.webmail
	return p.run(ctx)
}

// webmail reads
//
//	[14-Nov-2022 03:12:07 +0000]: <SESSION> Successful login for USER (ID: 5) from IP in session LONGSESSION
//	[14-Nov-2022 03:12:07 +0000]: <SESSION> Failed login for USER from IP in session LONGSESSION (error: 0)
//
// where IP may carry "(X-Real-IP: ..,X-Forwarded-For: ..)". USER and those headers are the
// client's words: where they leave more than one reading, the address stays unknown.
func (p *parser) webmail(b []byte) (why string) {
	t, text, ok := webmailStamp(b)
	if !ok {
		if bytes.Contains(b[:min(len(b), 200)], []byte(" login for ")) {
			return "no time that can be read at the start of the line"
		}
		return ""
	}
	p.line = line{time: t}
	kind, rest := webmailVerb(text)
	if kind == forensics.Other {
		return ""
	}
	desc, outcome := "Login", forensics.Success
	if kind == forensics.LoginFailed {
		desc, outcome = "Failed login", forensics.Failure
	}
	e := p.add(kind, desc)
	e.Outcome, e.Protocol = outcome, "web"
	e.Operation = "Successful login"
	if kind == forensics.LoginFailed {
		e.Operation = "Failed login"
	}
	p.webmailFrom(e, rest)
	if i := bytes.LastIndex(rest, []byte(" in session ")); i >= 0 {
		session, _ := token(rest[i+12:])
		e.Session = p.str(session)
	}
	return ""
}

// webmailFrom finds the user and the address.
func (p *parser) webmailFrom(e *forensics.Event, b []byte) {
	from := []byte(" from ")
	found, at := 0, -1
	for i := 0; i < len(b); {
		j := bytes.Index(b[i:], from)
		if j < 0 {
			break
		}
		i += j + len(from)
		end := bytes.IndexAny(b[i:], " (")
		if end < 0 {
			end = len(b) - i
		}
		if ip, ok := address(b[i : i+end]); ok {
			found, at = found+1, i-len(from)
			e.IP = ip
		}
	}
	forwarded := bytes.Contains(b, []byte("(X-"))
	switch {
	case found == 0:
		return
	case found > 1 && forwarded:
		e.IP = forensics.Event{}.IP
		e.Detail = "the line can be read in more than one way"
		return
	}
	user := b[:at]
	if e.Kind == forensics.LoginSucceeded {
		if i := bytes.LastIndex(user, []byte(" (ID: ")); i > 0 {
			user = user[:i]
		}
	}
	p.who(e, user)
	if i := bytes.Index(b[at:], []byte("X-Forwarded-For: ")); i >= 0 {
		v := b[at+i+17:]
		if end := bytes.IndexByte(v, ')'); end >= 0 {
			e.Detail = "forwarded for " + p.str(clip(v[:end], 120))
		}
	}
}

func webmailVerb(text []byte) (forensics.Kind, []byte) {
	if len(text) > 0 && text[0] == '<' {
		if i := bytes.Index(text[:min(len(text), 64)], []byte("> ")); i > 0 {
			text = text[i+2:]
		}
	}
	if rest, ok := bytes.CutPrefix(text, []byte("Successful login for ")); ok {
		return forensics.LoginSucceeded, rest
	}
	if rest, ok := bytes.CutPrefix(text, []byte("Failed login for ")); ok {
		return forensics.LoginFailed, rest
	}
	return forensics.Other, nil
}

// webmailStamp reads "[14-Nov-2022 03:12:07 +0000]: "; the date's format is configured
// (log_date_format), what is read is the default and ISO 8601.
func webmailStamp(b []byte) (t forensics.Time, text []byte, ok bool) {
	if len(b) < 20 || b[0] != '[' {
		return t, nil, false
	}
	end := bytes.IndexByte(b[:min(len(b), 64)], ']')
	if end < 0 {
		return t, nil, false
	}
	inner := b[1:end]
	text = trimBlanks(bytes.TrimPrefix(b[end+1:], []byte(":")))
	original := string(inner)
	if len(inner) > 11 && inner[2] == '-' && inner[6] == '-' { // 14-Nov-2022: turned into "Nov 14 2022"
		inner = append([]byte(nil), inner[3:6]...)
		inner = append(inner, ' ')
		inner = append(inner, b[1:3]...)
		inner = append(inner, ' ')
		inner = append(inner, b[8:end]...)
	}
	t, rest, ok := parseStamp(inner)
	if !ok || len(rest) > 0 {
		return t, nil, false
	}
	t.Original = original
	return t, text, true
}
