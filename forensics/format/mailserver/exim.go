package mailserver

import (
	"bytes"
	"context"

	"keytrail/forensics"
	"keytrail/forensics/format"
)

// Exim reads the logins in Exim's main log, and the mails that a logged-in user sent.
type Exim struct{}

var _ format.Format = Exim{}

// Name implements format.Format.
func (Exim) Name() string { return "mailserver/exim" }

// About implements format.Format.
func (Exim) About() format.About {
	return format.About{
		Title:  "Exim main log",
		Reads:  "Exim's mainlog or the same lines in syslog (text)",
		Gives:  []string{"login", "mail"},
		HowTo:  "copy /var/log/exim4/mainlog*, /var/log/exim_mainlog* (cPanel) or /var/log/exim/main.log*.",
		Source: "https://www.exim.org/exim-html-current/doc/html/spec_html/ch-log_files.html (2026-11)",
	}
}

// Match implements format.Format.
func (Exim) Match(h *format.Head) format.Guess {
	t := tally(h.Bytes)
	return t.guess(t.exim, "Exim", false)
}

// Parse implements format.Format.
func (Exim) Parse(ctx context.Context, in *format.Input, out format.Sink) error {
	return newParser(in.Reader, out).run(ctx)
}

var (
	eximName = []byte("exim")
	refused  = []byte(" authenticator failed for ")
)

func isEximName(name []byte) bool { return bytes.HasPrefix(name, eximName) }

// isExim reports whether what follows the time is a line of Exim's own file: a
// message id with one of the log's signs, a refused login, or a refused host.
func isExim(b []byte) bool {
	b = pastPid(b)
	i := bytes.IndexByte(b, ' ')
	if i == 16 || i == 23 {
		if isEximID(b[:i]) {
			switch sign, _ := token(b[i+1:]); string(sign) {
			case "<=", "=>", "->", ">>", "*>", "**", "==", "Completed":
				return true
			}
		}
	}
	return i > 0 && (bytes.HasPrefix(b[i:], refused) || bytes.HasPrefix(b, []byte("H=")) && bytes.Contains(b[:min(len(b), 400)], []byte(" [")))
}

// isEximID knows "XXXXXX-YYYYYY-ZZ" and, from 4.97 on, "XXXXXX-YYYYYYYYYYY-ZZZZ".
func isEximID(b []byte) bool {
	second := len(b) - 3
	if len(b) == 23 {
		second = 18
	}
	for i, c := range b {
		dash := i == 6 || i == second
		if dash != (c == '-') || !dash && !isWord(c) {
			return false
		}
	}
	return len(b) == 16 || len(b) == 23
}

// pastPid passes over the "[1234] " that the log selector +pid adds.
func pastPid(b []byte) []byte {
	if len(b) > 0 && b[0] == '[' {
		if i := bytes.Index(b[:min(len(b), 16)], []byte("] ")); i > 0 && allDigits(b[1:i]) {
			return b[i+2:]
		}
	}
	return b
}

// exim reads
//
//	NAME authenticator failed for [HOST ](HELO) [IP]:PORT: 535 Incorrect authentication data (set_id=USER)
//	ID <= SENDER H=[HOST ](HELO) [IP]:PORT P=esmtpsa X=.. A=NAME:USER S=.. id=MESSAGE-ID T="SUBJECT" .. for RCPT...
//
// HELO and USER are the client's words. HELO holds no blanks, so that the address is the last one in
// brackets before the first text that HELO cannot reach.
func (p *parser) exim(b []byte) (why string) {
	b = pastPid(b)
	if i := bytes.IndexByte(b, ' '); i > 0 && bytes.HasPrefix(b[i:], refused) {
		where, text, ok := bytes.Cut(b[i+len(refused):], []byte(": 5"))
		if !ok {
			return ""
		}
		e := p.add(forensics.LoginFailed, "Failed login")
		e.Outcome, e.Protocol, e.Operation = forensics.Failure, "smtp", "authenticator failed"
		e.Detail = p.str(clip(b[:i], 40))
		p.eximHost(e, where)
		if j := bytes.Index(text, []byte("(set_id=")); j >= 0 {
			user := text[j+8:]
			if end := bytes.LastIndexByte(user, ')'); end >= 0 {
				user = user[:end]
			}
			p.who(e, user)
		}
		return ""
	}
	id, rest := token(b)
	if !isEximID(id) {
		return ""
	}
	sign, rest := token(rest)
	if !bytes.Equal(sign, []byte("<=")) {
		return ""
	}
	sender, rest := token(rest)
	line, subjectAndMore, _ := bytes.Cut(rest, []byte(` T="`))
	where, how, ok := bytes.Cut(line, []byte(" P="))
	if !ok || !bytes.HasPrefix(where, []byte("H=")) {
		return ""
	}
	how, size, _ := bytes.Cut(how, []byte(" S="))
	_, auth, ok := bytes.Cut(how, []byte(" A="))
	if !ok {
		return "" // mail of a stranger, or of a local program
	}
	auth, _ = token(auth)
	name, user, ok := bytes.Cut(auth, []byte(":"))
	if !ok {
		return ""
	}
	e := p.add(forensics.LoginSucceeded, "Login")
	e.Outcome, e.Protocol, e.Operation = forensics.Success, "smtp", "<="
	e.Detail = p.str(clip(name, 40)) + ", message " + p.str(id)
	p.eximHost(e, where[2:])
	p.who(e, user)

	e = p.add(forensics.MailSent, "Message accepted")
	e.Outcome, e.Protocol, e.Operation = forensics.Success, "smtp", "<="
	p.eximHost(e, where[2:])
	p.who(e, user)
	e.From = p.str(sender)
	if _, messageID, ok := bytes.Cut(size, []byte(" id=")); ok {
		messageID, _ = token(messageID)
		e.MessageID = p.str(bare(messageID))
	}
	if subjectAndMore != nil {
		p.eximSubject(e, subjectAndMore)
	}
	return ""
}

// eximSubject reads the quoted subject and, behind it, the recipients (+received_recipients).
func (p *parser) eximSubject(e *forensics.Event, b []byte) {
	i := 0
	for i < len(b) && b[i] != '"' {
		if b[i] == '\\' {
			i++
		}
		i++
	}
	i = min(i, len(b))
	e.Subject = subject(bytes.ReplaceAll(b[:i], []byte(`\"`), []byte(`"`)))
	if j := bytes.LastIndex(b[i:], []byte(" for ")); j >= 0 {
		for _, to := range bytes.Fields(b[i+j+5:]) {
			if len(e.To) == 100 {
				break
			}
			e.To = append(e.To, p.str(to))
		}
	}
}

// eximHost reads "[HOST ](HELO) [IP]:PORT[ I=[..]:25]".
func (p *parser) eximHost(e *forensics.Event, b []byte) {
	if i := bytes.Index(b, []byte(" I=[")); i >= 0 {
		b = b[:i]
	}
	i := bytes.LastIndexByte(b, '[')
	if i < 0 {
		return
	}
	ip, port, _ := bytes.Cut(b[i+1:], []byte("]"))
	e.IP, _ = address(ip)
	if port, ok := bytes.CutPrefix(port, []byte(":")); ok {
		e.Port = parsePort(value(port))
	}
	if host, _ := token(b); len(host) > 0 && host[0] != '(' && host[0] != '[' {
		e.Host = p.str(host)
	}
}
