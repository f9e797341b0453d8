package mailserver

import (
	"bytes"

	"keytrail/forensics"
)

// auth reads the lines of the authentication processes:
//
//	auth: BACKEND(USER,IP[,master][,<SESSION>]): TEXT                                    up to 2.3
//	auth-worker(PID): [conn unix:...: auth-worker<6>: ]BACKEND(USER,IP[,<SESSION>]): TEXT   up to 2.3
//	auth-worker(USER,IP)<PID>[<SESSION>]: request [N]: [Info: ]BACKEND: TEXT             from 2.4
//
// Only known texts count, and the event gets this package's word for them:
// the line itself may quote the password that was tried, or its hash.
//
// The same attempt mostly stands in the log a second time, as the login process's line. The
// two are not joined here: they tell different moments, and only the session
// id, where both have one, says that they belong together.
func (p *parser) auth(h *head) {
	b := h.text
	for _, before := range [...]string{": auth-worker<", "auth-worker<"} {
		if bytes.HasPrefix(b, []byte("conn ")) || before[0] == 'a' && bytes.HasPrefix(b, []byte(before)) {
			if i := bytes.Index(b, []byte(before)); i >= 0 {
				b = afterColon(b[i+1:])
			}
		}
	}
	if bytes.HasPrefix(b, requestWord) {
		b = afterColon(b)
	}
	lvl, b := level(b)
	if h.level == 'D' || lvl == 'D' {
		return // debug lines repeat what the others say, with passwords
	}
	i := 0
	for i < len(b) && i < 40 && (b[i] >= 'a' && b[i] <= 'z' || isDigit(b[i]) || b[i] == '-' || b[i] == '_') {
		i++
	}
	if i == 0 || i >= len(b) {
		return
	}
	backend, person, text := b[:i], h.inside, []byte(nil)
	switch {
	case b[i] == '(':
		// The name is held to auth_username_chars, the rest of the line is not: the first "): " ends it.
		end := bytes.Index(b, []byte("): "))
		if end < 0 {
			return
		}
		person, text = b[i+1:end], b[end+3:]
	case bytes.HasPrefix(b[i:], []byte(": ")) && bytes.IndexByte(person, ',') >= 0:
		text = b[i+2:]
	}
	word := refusal(text)
	if word == "" {
		return
	}
	e := p.add(forensics.LoginFailed, "Failed authentication")
	e.Outcome = forensics.Failure
	e.Operation = p.str(backend)
	e.Detail = word
	e.Session = p.str(h.session)
	p.request(e, person)
}

// afterColon gives what follows the first ": ".
func afterColon(b []byte) []byte {
	if i := bytes.Index(b, []byte(": ")); i >= 0 {
		return b[i+2:]
	}
	return b
}

// request reads "user,ip,master,<session>"; all but the user may be missing.
func (p *parser) request(e *forensics.Event, b []byte) {
	user := b
	for first := true; ; first = false {
		i := bytes.LastIndexByte(user, ',')
		if i < 0 {
			break
		}
		part := user[i+1:]
		if n := len(part); n > 2 && part[0] == '<' && part[n-1] == '>' && first {
			e.Session = p.str(part[1 : n-1])
		} else if ip, ok := address(part); ok && !e.IP.IsValid() {
			e.IP = ip
		} else if !bytes.Equal(part, []byte("master")) && !bytes.HasPrefix(part, []byte("sasl:")) {
			break
		}
		user = user[:i]
	}
	p.who(e, user)
}

// refusal gives the word for a text that says that an attempt was refused, empty for
// any other.
func refusal(text []byte) string {
	for _, r := range refusals {
		if hasPrefixFold(text, r.text) {
			return r.word
		}
	}
	return ""
}

// refusals are the texts of Dovecot's password databases (https://github.com/dovecot/core,
// src/auth, 2026-11), in lower case.
var refusals = [...]struct{ text, word string }{
	{"password mismatch", "password mismatch"},
	{"unknown user", "unknown user"},
	{"user unknown", "unknown user"},
	{"unknown_user", "unknown user"},
	{"user not found", "unknown user"},
	{"no such user", "unknown user"},
	{"pam_authenticate() failed: user not known", "unknown user"},
	{"pam_authenticate() failed", "refused by PAM"},
	{"pam_acct_mgmt() failed", "account refused by PAM"},
	{"invalid credentials", "invalid credentials"},
	{"ldap_bind() failed: invalid credentials", "invalid credentials"},
	{"invalid user name or password", "invalid credentials"},
	{"authentication failure due to policy", "refused by policy"},
	{"authentication failure", "authentication failure"},
	{"authentication failed", "authentication failed"},
	{"login failed because", "login not allowed"},
	{"login not allowed", "login not allowed"},
	{"allow_nets check failed", "address not allowed"},
	{"user is disabled", "user disabled"},
	{"user disabled", "user disabled"},
	{"user account is disabled", "user disabled"},
	{"account expired", "account expired"},
	{"password expired", "password expired"},
	{"empty username", "empty user name"},
	{"username character disallowed", "user name not allowed"},
	{"username character not allowed", "user name not allowed"},
	{"invalid username", "user name not allowed"},
	{"credentials don't match", "credentials do not match"},
	{"token is not valid", "invalid token"},
	{"oauth2 failed", "invalid token"},
	{"oauth2 token is invalid", "invalid token"},
	{"introspection failed", "invalid token"},
	{"master user is not allowed", "master login not allowed"},
}

// hasPrefixFold compares ASCII without regard to case; lower is in lower case.
func hasPrefixFold(b []byte, lower string) bool {
	if len(b) < len(lower) {
		return false
	}
	for i := 0; i < len(lower); i++ {
		c := b[i]
		if c >= 'A' && c <= 'Z' {
			c += 'a' - 'A'
		}
		if c != lower[i] {
			return false
		}
	}
	return true
}
