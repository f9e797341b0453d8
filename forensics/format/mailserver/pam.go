package mailserver

import (
	"bytes"

	"keytrail/forensics"
)

var pamPrefix = []byte("pam_unix(dovecot:auth): authentication failure;")

// isPAM knows what PAM itself logs, mostly into auth.log, under the name of Dovecot's
// authentication process.
func isPAM(msg []byte) bool { return bytes.HasPrefix(msg, pamPrefix) }

// pam reads
//
//	pam_unix(dovecot:auth): authentication failure; logname= uid=0 euid=0 tty=dovecot ruser=USER rhost=IP  [user=USER]
//
// USER is what the client sent and can hold a forged rhost: the last one counts.
func (p *parser) pam(b []byte) {
	b = b[len(pamPrefix):]
	at := bytes.LastIndex(b, []byte(" rhost="))
	if at < 0 {
		return
	}
	ip, ok := address(value(b[at+7:]))
	if !ok {
		return
	}
	e := p.add(forensics.LoginFailed, "Failed authentication")
	e.Outcome, e.Operation, e.Detail, e.IP = forensics.Failure, "pam_unix", "refused by PAM", ip
	if i := bytes.Index(b[:at], []byte(" ruser=")); i >= 0 {
		p.who(e, b[i+7:at])
	}
}
