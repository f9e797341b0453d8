package acquire

import (
	"context"
	"encoding/base64"
	"net"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"keytrail/forensics"
	"keytrail/forensics/dovecottest"
)

func TestWrongPasswordDovecot(t *testing.T) {
	d := dovecottest.Start(t, dovecottest.Options{Fill: dovecottest.Generated(t, 1)})
	o := dovecotOptions(d)
	o.Secret = password("wrong secret")
	_, err := Open(t.Context(), o)
	refused(t, err, "refused the password for "+dovecottest.User, "app password")

	o = dovecotOptions(d)
	o.Roots = nil
	_, err = Open(t.Context(), o)
	refused(t, err, "not vouched for")

	o = dovecotOptions(d)
	o.Target.Port, o.Target.Security = d.IMAP, STARTTLS
	s, err := Open(t.Context(), o)
	must(t, err)
	if s.conn.tls == nil || s.conn.account.Certificates[0].SHA256 == "" {
		t.Error("STARTTLS did not encrypt")
	}
	s.Close()
}

func TestLoginMechanisms(t *testing.T) {
	encode := base64.StdEncoding.EncodeToString
	for name, c := range map[string]struct {
		caps   string
		token  bool
		secret string
		want   string // the command that carries it
	}{
		"plain":       {"IMAP4rev1 AUTH=PLAIN SASL-IR", false, "pass=word", "AUTHENTICATE PLAIN " + encode([]byte("\x00pat\x00pass=word"))},
		"login":       {"IMAP4rev1", false, `pa"ss\word`, `LOGIN "pat" "pa\"ss\\word"`},
		"xoauth2":     {"IMAP4rev1 AUTH=XOAUTH2 AUTH=OAUTHBEARER SASL-IR", true, "tok", "AUTHENTICATE XOAUTH2 " + encode([]byte("user=pat\x01auth=Bearer tok\x01\x01"))},
		"oauthbearer": {"IMAP4rev1 AUTH=OAUTHBEARER SASL-IR", true, "tok", "AUTHENTICATE OAUTHBEARER "},
	} {
		t.Run(name, func(t *testing.T) {
			f := (&fake{caps: c.caps}).start(t)
			o := f.options()
			o.Secret, o.Token = password(c.secret), c.token
			s, err := Open(t.Context(), o)
			must(t, err)
			s.Close()
			if !slices.ContainsFunc(f.sent(), func(sent string) bool { return strings.HasPrefix(sent, c.want) }) {
				t.Errorf("%q was not sent, but %q", c.want, f.sent())
			}
		})
	}
}

// TestRefusedLogins shows what a person is told.
func TestRefusedLogins(t *testing.T) {
	yahoo, microsoft := providerOfHost("imap.mail.yahoo.com"), providerOfHost("outlook.office365.com")
	for name, c := range map[string]struct {
		answer   string
		provider *Provider
		token    bool
		words    []string
		kind     Failure
	}{
		"wrong":           {"NO [AUTHENTICATIONFAILED] Authentication failed.", nil, false, []string{"refused the password for pat", "app password"}, FailurePassword},
		"wrong_at_yahoo":  {"NO [AUTHENTICATIONFAILED] LOGIN Invalid credentials", yahoo, false, []string{"Yahoo refused", "Generate app password"}, FailurePassword},
		"app_password":    {"NO [ALERT] Application-specific password required: https://support.google.com/accounts/answer/185833", nil, false, []string{"wants an app password"}, FailureAppPassword},
		"imap_off":        {"NO [ALERT] Your account is not enabled for IMAP use. Please visit your settings.", nil, false, []string{"IMAP switched off"}, FailureIMAPOff},
		"microsoft":       {"NO AUTHENTICATE failed.", microsoft, false, []string{"takes no passwords", "--token-command"}, FailureNoPasswords},
		"expired":         {"NO [EXPIRED] That password isn't any more", nil, false, []string{"has expired"}, FailureBlocked},
		"blocked":         {"NO [CONTACTADMIN] Account locked", nil, false, []string{"blocked the login", "web mail"}, FailureBlocked},
		"token_refused":   {"+ " + base64.StdEncoding.EncodeToString([]byte(`{"status":"400"}`)) + "\r\nTAG NO AUTHENTICATE failed", nil, true, []string{"refused the token", `\"status\":\"400\"`}, FailurePassword},
		"breaks_the_line": {breakLine, nil, false, []string{"cannot be reached"}, FailureLine},
	} {
		t.Run(name, func(t *testing.T) {
			answer := c.answer
			switch {
			case answer == breakLine:
			case strings.HasPrefix(answer, "+"):
				answer += "\r\n"
			default:
				answer = "TAG " + answer + "\r\n"
			}
			f := (&fake{caps: "IMAP4rev1 AUTH=PLAIN AUTH=XOAUTH2 SASL-IR", answer: func(_ int, command string) (string, bool) {
				return answer, strings.HasPrefix(command, "AUTHENTICATE")
			}}).start(t)
			o := f.options()
			o.Token, o.Target.Provider = c.token, c.provider
			_, err := Open(t.Context(), o)
			refused(t, err, c.words...)
			if got := FailureOf(err); got != c.kind {
				t.Errorf("its kind is %d, want %d", got, c.kind)
			}
			if n := len(slices.DeleteFunc(f.sent(), func(s string) bool { return !strings.HasPrefix(s, "AUTH") })); n != 1 {
				t.Errorf("it tried %d times: accounts are locked by that", n)
			}
		})
	}
}

// TestNoClearText has a server that is not on this machine.
func TestNoClearText(t *testing.T) {
	here, there := net.Pipe() // its address is no loopback address
	defer there.Close()
	o := Options{Target: Target{Host: "mail.example", Port: 143, User: "pat", Security: Clear}, Secret: password("secret")}
	c := &conn{target: o.Target, raw: &deadlineConn{Conn: here}}
	refused(t, c.open(t.Context(), &o, here), "without encryption")
	c.target.Security = TLS
	refused(t, c.login(context.Background(), &o), "without encryption")
}

func TestParseTarget(t *testing.T) {
	for _, c := range []struct {
		in       string
		startTLS bool
		want     Target
		wrong    string
	}{
		{in: "imaps://pat@mail.example", want: Target{Host: "mail.example", Port: 993, User: "pat"}},
		{in: "imaps://pat@att.net@imap.mail.att.net:1993/", want: Target{Host: "imap.mail.att.net", Port: 1993, User: "pat@att.net"}},
		{in: "imaps://pat%40mail.example@[::1]:993", want: Target{Host: "::1", Port: 993, User: "pat@mail.example"}},
		{in: "imaps://pat@mail.example", startTLS: true, want: Target{Host: "mail.example", Port: 143, User: "pat", Security: STARTTLS}},
		{in: "imap://pat@mail.example", want: Target{Host: "mail.example", Port: 143, User: "pat", Security: STARTTLS}},
		{in: "imap://pat@127.0.0.1:1143", want: Target{Host: "127.0.0.1", Port: 1143, User: "pat", Security: Clear}},
		{in: "imap://pat@localhost", startTLS: true, want: Target{Host: "localhost", Port: 143, User: "pat", Security: STARTTLS}},
		{in: "pat@sbcglobal.net", want: Target{Host: "imap.mail.att.net", Port: 993, User: "pat@sbcglobal.net"}},
		{in: "pat@yahoo.co.uk", want: Target{Host: "imap.mail.yahoo.com", Port: 993, User: "pat@yahoo.co.uk"}},
		{in: "pat@Hotmail.com", want: Target{Host: "outlook.office365.com", Port: 993, User: "pat@Hotmail.com"}},
		{in: "pat@web.de", want: Target{Host: "imap.web.de", Port: 993, User: "pat@web.de"}},
		{in: "pat@mail.example", wrong: "mail server of mail.example is not known"},
		{in: "imaps://pat:hunter2@mail.example", wrong: "password must not stand"},
		{in: "imaps://mail.example", wrong: "names no user"},
		{in: "imaps://pat@", wrong: "names no server"},
		{in: "imaps://pat@mail.example:0", wrong: "no port"},
		{in: "pop3://pat@mail.example", wrong: "over IMAP"},
		{in: "pat", wrong: "neither"},
	} {
		got, err := ParseTarget(c.in, c.startTLS)
		if c.wrong != "" {
			if err == nil || !strings.Contains(err.Error(), c.wrong) {
				t.Errorf("%s: %v, want %q", c.in, err, c.wrong)
			}
			if err != nil && strings.Contains(err.Error()+forensics.Hint(err), "hunter2") {
				t.Errorf("%s: the password stands in the error", c.in)
			}
			continue
		}
		got.Provider = nil
		if diff := cmp.Diff(c.want, got); err != nil || diff != "" {
			t.Errorf("%s: %v (-want +got):\n%s", c.in, err, diff)
		}
		if again, err := ParseTarget(got.String(), c.startTLS); err != nil || again.User != got.User || again.Host != got.Host || again.Port != got.Port {
			t.Errorf("%s: as a URL it is %s, which reads as %+v, %v", c.in, got, again, err)
		}
	}
}
