package mailserver

import (
	"bytes"

	"keytrail/forensics"
)

// postfix reads the lines of Postfix's smtpd that speak of a login:
//
//	warning: HOST[IP]: SASL MECH authentication failed: REASON[, sasl_username=USER]
//	QUEUEID: client=HOST[IP], sasl_method=MECH, sasl_username=USER[, sasl_sender=..]
//
// Source: https://www.postfix.org/SASL_README.html and smtpd_sasl_glue.c, smtpd.c (3.10).
// HOST is what the address's reverse lookup says and cannot hold brackets.
func (p *parser) postfix(b []byte) (why string) {
	if rest, ok := bytes.CutPrefix(b, []byte("warning: ")); ok {
		i := bytes.Index(rest, []byte("]: SASL "))
		if i < 0 {
			return ""
		}
		text := rest[i+8:]
		end := bytes.Index(text, []byte(" authentication failed"))
		if end < 0 {
			return ""
		}
		e := p.add(forensics.LoginFailed, "Failed login")
		e.Outcome, e.Protocol, e.Operation = forensics.Failure, "smtp", "SASL authentication failed"
		e.Detail = p.str(clip(text[:end], 40))
		p.peer(e, rest[:i+1])
		if j := bytes.LastIndex(text, []byte(", sasl_username=")); j > 0 {
			p.who(e, text[j+16:])
		}
		return ""
	}
	id, rest, ok := bytes.Cut(b, []byte(": client="))
	if !ok || len(id) == 0 || len(id) > 32 {
		return ""
	}
	i := bytes.Index(rest, []byte(", sasl_method="))
	if i < 0 {
		return ""
	}
	j := bytes.Index(rest[i:], []byte(", sasl_username="))
	if j < 0 {
		return ""
	}
	method := rest[i+14 : i+j]
	user := rest[i+j+16:]
	if k := bytes.Index(user, []byte(", sasl_sender=")); k >= 0 {
		user = user[:k]
	}
	e := p.add(forensics.LoginSucceeded, "Login")
	e.Outcome, e.Protocol, e.Operation = forensics.Success, "smtp", "client"
	e.Detail = p.str(clip(method, 40)) + ", queue id " + p.str(id)
	p.peer(e, rest[:i])
	p.who(e, user)
	return ""
}

// peer reads "host[ip]" or "host[ip]:port".
func (p *parser) peer(e *forensics.Event, b []byte) {
	host, rest, ok := bytes.Cut(b, []byte("["))
	if !ok {
		return
	}
	ip, rest, _ := bytes.Cut(rest, []byte("]"))
	e.IP, _ = address(bytes.TrimPrefix(ip, []byte("IPv6:")))
	if len(host) > 0 && !bytes.Equal(host, []byte("unknown")) {
		e.Host = p.str(host)
	}
	if port, ok := bytes.CutPrefix(rest, []byte(":")); ok {
		e.Port = parsePort(port)
	}
}
