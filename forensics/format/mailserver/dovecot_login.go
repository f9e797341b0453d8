package mailserver

import (
	"bytes"
	"net/netip"

	"keytrail/forensics"
	"keytrail/forensics/format"
)

// protocolOf gives the protocol that a process of Dovecot speaks, empty for none.
func protocolOf(service string) string {
	switch service {
	case "imap", "imap-login", "imap-hibernate":
		return "imap"
	case "pop3", "pop3-login":
		return "pop3"
	case "submission", "submission-login":
		return "smtp"
	case "managesieve", "managesieve-login":
		return "sieve"
	case "lmtp":
		return "lmtp"
	}
	return ""
}

// login reads the lines of the login processes, which are
//
//	Login: user=<..>, method=.., rip=.., lip=.., mpid=.., TLS, session=<..>   up to 2.3
//	Logged in: user=<..>, ...                                              from 2.4
//	Disconnected (auth failed, 1 attempts in 2 secs): user=<..>, ...        up to 2.3
//	Login aborted: Connection closed (auth failed, ..) (auth_failed): ...   from 2.4
//	proxy(user): started proxying to ...: user=<..>, ...
//
// Which elements follow is configured (login_log_format_elements), so they are looked for by
// name. A name that failed to log in is whatever the client sent: only the last
// element of a name counts, for the server's own stand behind the user's.
func (p *parser) login(h *head) (why string) {
	verb, pairs := cutPairs(h.text)
	f := loginFields(pairs)
	if bytes.HasPrefix(verb, []byte("ID sent: ")) {
		p.clientID(h, verb, &f)
		return ""
	}
	switch judge(verb, len(f.user) > 0) {
	case judgedOpen:
		if len(f.user) == 0 && !f.ip.IsValid() {
			return "login without user and address"
		}
		e := p.add(forensics.LoginSucceeded, "Login")
		e.Outcome = forensics.Success
		e.Detail = f.how()
		p.fill(e, h, &f, verb)
		e.Fact = fact(e.Session, "login", h.service, e.Account)
	case judgedFailed:
		e := p.add(forensics.LoginFailed, "Failed login")
		e.Outcome = forensics.Failure
		e.Detail = p.str(reason(verb))
		p.fill(e, h, &f, verb)
		e.Fact = fact(e.Session, "login-failed", h.service, e.Account, e.Detail)
	case judgedOther:
		e := p.add(forensics.Other, "Login process")
		e.Outcome = forensics.Failure
		e.Detail = p.str(reason(verb))
		p.fill(e, h, &f, verb)
	}
	return ""
}

func (p *parser) fill(e *forensics.Event, h *head, f *fields, verb []byte) {
	p.who(e, f.user)
	e.IP, e.Port = f.ip, f.port
	e.Protocol = protocolOf(h.service)
	e.Session = p.str(f.session)
	e.Operation = p.str(operation(verb))
}

// judgement of what a login process says.
type judgement uint8

const (
	judgedNothing judgement = iota // a scanner, or the server's own affairs
	judgedOpen
	judgedFailed
	judgedOther
)

func judge(verb []byte, named bool) judgement {
	switch {
	case bytes.Equal(verb, []byte("Login")), bytes.Equal(verb, []byte("Logged in")):
		return judgedOpen
	case bytes.HasPrefix(verb, []byte("proxy(")):
		if has(verb, "): started proxying to ") {
			return judgedOpen
		}
	case bytes.HasPrefix(verb, []byte("Started proxying to ")):
		return judgedOpen
	}
	switch {
	case has(verb, "no auth attempts"), has(verb, "no_auth_attempts"):
		return judgedNothing
	case has(verb, "successful auths"), has(verb, "Maximum number of connections"):
		// the password was right, but no session came of it
		return judgedOther
	}
	for _, words := range failures {
		if bytes.Contains(verb, words) {
			return judgedFailed
		}
	}
	if named && !bytes.HasPrefix(verb, []byte("proxy(")) {
		return judgedOther
	}
	return judgedNothing
}

// failures are the words of an attempt that was refused. The ones with underscores are the
// reason codes of 2.4, the others the texts of client_get_extra_disconnect_reason
// (https://github.com/dovecot/core, src/login-common/client-common.c, 2026-11).
var failures = [...][]byte{
	[]byte("auth failed"), []byte("(auth_failed)"), []byte("(authorization_failed)"), []byte("authorization failed"), []byte("(temp_fail)"),
	[]byte("(user_disabled)"), []byte("user disabled"), []byte("(password_expired)"), []byte("password expired"), []byte("(invalid_base64)"), []byte("(login_disabled)"),
	[]byte("(invalid_mech)"), []byte("(cleartext_auth_disabled)"), []byte("(anonymous_auth_disabled)"), []byte("(invalid_credentials)"),
	[]byte("tried to use"), []byte("temporary auth failure"), []byte("auth service reported temporary failure"),
}

// reason gives the text in the first parentheses that say why, or the whole.
func reason(verb []byte) []byte {
	for i := 0; i < len(verb); i++ {
		if verb[i] != '(' {
			continue
		}
		end := bytes.IndexByte(verb[i:], ')')
		if end < 0 {
			break
		}
		if inner := verb[i+1 : i+end]; bytes.IndexByte(inner, ' ') > 0 {
			return clip(inner, 160)
		}
	}
	return clip(verb, 160)
}

// operation gives the words before the reason.
func operation(verb []byte) []byte {
	if bytes.HasPrefix(verb, []byte("proxy(")) {
		return []byte("started proxying")
	}
	if i := bytes.Index(verb, []byte(" (")); i > 0 {
		verb = verb[:i]
	}
	return clip(bytes.TrimRight(verb, " :"), 120)
}

// cutPairs parts the words of a login line from its elements.
func cutPairs(text []byte) (verb, pairs []byte) {
	for from := 0; ; {
		i := bytes.Index(text[from:], []byte(": "))
		if i < 0 {
			return text, nil
		}
		from += i + 2
		rest := text[from:]
		for _, key := range loginKeys {
			if bytes.HasPrefix(rest, key) {
				return text[:from-2], rest
			}
		}
	}
}

var loginKeys = [...][]byte{[]byte("user=<"), []byte("rip="), []byte("method="), []byte("lip="), []byte("session=<"), []byte("user="), []byte("TLS, ")}

// fields are the elements of a login line.
type fields struct {
	user, method, session []byte

	ip   netip.Addr
	port uint16
	tls  bool
}

func loginFields(b []byte) (f fields) {
	if len(b) == 0 {
		return f
	}
	rip := lastKey(b, " rip=")
	if rip < 0 && bytes.HasPrefix(b, []byte("rip=")) {
		rip = 0
	}
	tail := b // what stands behind the user's name
	if i := bytes.Index(b, []byte("user=<")); i >= 0 {
		name := b[i+6:]
		end := -1
		if rip > i+6 {
			end = bytes.LastIndexByte(b[i+6:rip], '>')
		}
		if end < 0 {
			end = bytes.Index(name, []byte(">, "))
		}
		if end < 0 {
			end = bytes.LastIndexByte(name, '>')
		}
		if end < 0 {
			end = len(name)
		}
		f.user = name[:end]
		tail = name[end:]
	} else if i := bytes.Index(b, []byte("user=")); i == 0 || i > 1 && b[i-1] == ' ' {
		f.user = value(b[i+5:])
	}
	if rip >= 0 {
		v := b[rip:]
		v = value(v[bytes.IndexByte(v, '=')+1:])
		f.ip, _ = address(v)
	}
	if i := lastKey(b, " rport="); i >= 0 {
		f.port = parsePort(value(b[i+7:]))
	}
	if i := bytes.LastIndex(b, []byte("session=<")); i >= 0 {
		v := b[i+9:]
		if end := bytes.IndexByte(v, '>'); end >= 0 {
			f.session = v[:end]
		}
	}
	if i := bytes.Index(tail, []byte("method=")); i >= 0 {
		f.method = value(tail[i+7:])
	}
	f.tls = bytes.Contains(tail, []byte(", TLS")) || bytes.Contains(tail, []byte("=TLSv"))
	return f
}

// how tells the mechanism and whether the line was encrypted.
func (f *fields) how() string {
	s := format.Text(clip(f.method, 40))
	if !f.tls {
		return s
	}
	if s == "" {
		return "TLS"
	}
	return s + ", TLS"
}

func lastKey(b []byte, key string) int { return bytes.LastIndex(b, []byte(key)) }

// value ends at a comma or a blank.
func value(b []byte) []byte {
	if i := bytes.IndexAny(b, ", "); i >= 0 {
		return b[:i]
	}
	return b
}

func has(b []byte, words string) bool { return bytes.Contains(b, []byte(words)) }
