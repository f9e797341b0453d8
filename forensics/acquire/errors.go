package acquire

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"strconv"
	"strings"
	"syscall"
	"time"

	"keytrail/forensics"
)

// What goes wrong between a person and a mail server, in words that say what to do.

func say(what, hint string, err error) error {
	return &forensics.Error{What: what, Hint: hint, Err: err, Byte: -1}
}

func clearText(t Target) error {
	return sayAs(FailureEncryption, fmt.Sprintf("%s would be read without encryption; the password would be open to everybody on the way", t.Host),
		fmt.Sprintf("write imaps://%s@%s", t.User, t.Host), nil)
}

func noSTARTTLS(t Target) error {
	return sayAs(FailureEncryption, fmt.Sprintf("%s offers no encryption (STARTTLS); nothing was sent to it, no password either", t.address()),
		fmt.Sprintf("somebody on the way may have taken the offer out: try another network, and imaps://%s@%s", t.User, t.Host), nil)
}

func noOAuth(t Target) error {
	return sayAs(FailureOther, fmt.Sprintf("%s takes no OAuth tokens", t.Host), "leave out --token-command and use a password", nil)
}

func noPassword(t Target) error {
	hint := "ask the provider how a mail program logs in; where it is OAuth, use --token-command"
	if t.Provider != nil {
		hint = t.Provider.HowTo
	}
	return sayAs(FailureNoPasswords, fmt.Sprintf("%s takes no password in a way that keytrail speaks", t.Host), hint, nil)
}

func noSecret(o *Options) error {
	if o.Token {
		return sayAs(FailurePassword, "the token is empty or holds more than one line", "run the command of --token-command by itself: it has to print the token and nothing else", nil)
	}
	return sayAs(FailurePassword, "the password is empty or holds more than one line", "", nil)
}

// lineDown marks that no connection came about: before the first one that is final, later the
// line may come back.
type lineDown struct{ error }

func (l lineDown) Unwrap() error { return l.error }

// diskError marks a failure on our side; no other connection cures it.
type diskError struct{ error }

func (d diskError) Unwrap() error { return d.error }

// dialError explains why no connection came about.
func dialError(ctx context.Context, t Target, err error) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	return lineDown{explainDial(t, err)}
}

func explainDial(t Target, err error) error {
	var dns *net.DNSError
	switch {
	case errors.As(err, &dns) && dns.IsNotFound:
		return sayAs(FailureServer, fmt.Sprintf("there is no server named %s", t.Host), "check the spelling; for a known provider the bare address is enough, such as pat@att.net", nil)
	case errors.As(err, &dns):
		return sayAs(FailureServer, fmt.Sprintf("the address of %s cannot be found out just now", t.Host), "check that this machine is online", err)
	case errors.Is(err, syscall.ECONNREFUSED):
		hint := "check the port: 993 is the usual one for imaps, 143 with --starttls"
		return sayAs(FailureServer, fmt.Sprintf("nothing answers at %s", t.address()), hint, nil)
	case isTimeout(err):
		return sayAs(FailureServer, fmt.Sprintf("%s does not answer", t.address()), "check that this machine is online and that no firewall keeps mail ports shut", nil)
	}
	return sayAs(FailureServer, fmt.Sprintf("no connection to %s", t.address()), "check that this machine is online", err)
}

func isTimeout(err error) bool {
	var n net.Error
	return errors.Is(err, os.ErrDeadlineExceeded) || errors.As(err, &n) && n.Timeout()
}

// tlsError explains why a connection cannot be trusted.
func tlsError(t Target, err error) error {
	const between = "nothing was sent. On a strange network somebody may stand between you and the server: try another one. For a server of your own, give its CA with --ca FILE"
	var unknown x509.UnknownAuthorityError
	var name x509.HostnameError
	var invalid x509.CertificateInvalidError
	var record tls.RecordHeaderError
	switch {
	case errors.As(err, &unknown):
		return sayAs(FailureCertificate, fmt.Sprintf("the certificate of %s is not vouched for by anybody this machine trusts", t.Host), between, nil)
	case errors.As(err, &name):
		return sayAs(FailureCertificate, fmt.Sprintf("the certificate belongs to another server than %s (to %s)", t.Host, certNames(name.Certificate)), between, nil)
	case errors.As(err, &invalid) && invalid.Reason == x509.Expired:
		c := invalid.Cert
		return sayAs(FailureCertificate, fmt.Sprintf("the certificate of %s counts from %s to %s, and now is %s", t.Host,
			c.NotBefore.UTC().Format(time.DateOnly), c.NotAfter.UTC().Format(time.DateOnly), time.Now().UTC().Format(time.DateOnly)),
			"nothing was sent. Check the clock of this machine; else the server's owner has to renew it", nil)
	case errors.As(err, &record):
		return sayAs(FailureEncryption, fmt.Sprintf("%s does not speak TLS there", t.address()), "nothing was sent. Where the server wants STARTTLS, add --starttls (the usual port is 143)", nil)
	case isTimeout(err):
		return sayAs(FailureServer, fmt.Sprintf("%s does not answer", t.address()), "where the server wants STARTTLS, add --starttls (the usual port is 143)", nil)
	}
	return sayAs(FailureCertificate, fmt.Sprintf("no trusted connection to %s", t.Host), between, err)
}

func certNames(c *x509.Certificate) string {
	if c == nil || len(c.DNSNames) == 0 {
		return "none that it names"
	}
	names := strings.Join(c.DNSNames[:min(3, len(c.DNSNames))], ", ")
	if len(c.DNSNames) > 3 {
		names += ", ..."
	}
	return bounded(names, 200)
}

// lineError explains a connection that broke.
func lineError(t Target, what string, err error) error {
	var p *protocolError
	if errors.As(err, &p) {
		return err
	}
	if isTimeout(err) {
		return sayAs(FailureServer, fmt.Sprintf("%s: %s in time", t.Host, what), "", err)
	}
	return sayAs(FailureServer, fmt.Sprintf("%s: %s", t.Host, what), "", err)
}

// loginError explains a refused login.
func loginError(o *Options, err error) error {
	var refused *statusError
	if !errors.As(err, &refused) || transient(err) {
		return err
	}
	t := o.Target
	text := strings.ToLower(refused.code + " " + refused.text)
	how, provider := "", t.Host
	if t.Provider != nil {
		how, provider = t.Provider.HowTo, t.Provider.Name
	}
	contains := func(words ...string) bool {
		for _, w := range words {
			if strings.Contains(text, w) {
				return true
			}
		}
		return false
	}
	switch {
	case contains("not enabled for imap", "imap access is disabled", "imap is disabled", "imap access disabled", "imap deaktiviert", "enable imap", "imap not enabled", "imap access for"):
		return sayAs(FailureIMAPOff, provider+" has IMAP switched off for this mailbox", orElse(how, "switch IMAP on in the settings of the web mail, then run the same command again"), refused)
	case contains("application-specific", "app password", "app-specific", "apppassword", "application password", "basicauthblocked", "web login required"):
		return sayAs(FailureAppPassword, provider+" wants an app password, not the usual one", orElse(how, "make one in the security settings of the account"), refused)
	case o.Token:
		return sayAs(FailurePassword, provider+" refused the token", "a token lives for about an hour: let --token-command make a new one, with the scope for IMAP of this very mailbox", refused)
	case t.Provider != nil && t.Provider.OAuth:
		return sayAs(FailureNoPasswords, provider+" takes no passwords", how, refused)
	case contains("expired"):
		return sayAs(FailureBlocked, "the password has expired", "change it in the web mail, then run the same command again", refused)
	case contains("contactadmin", "locked", "blocked", "suspended", "disabled"):
		return sayAs(FailureBlocked, provider+" has blocked the login", "log in to the web mail: it says why", refused)
	case how != "":
		return sayAs(FailurePassword, fmt.Sprintf("%s refused the password for %s", provider, t.User), how, refused)
	}
	return sayAs(FailurePassword, fmt.Sprintf("%s refused the password for %s", provider, t.User),
		"check both; many providers want an app password made in the account's security settings, and IMAP switched on in the web mail", refused)
}

func orElse(s, fallback string) string {
	if s == "" {
		return fallback
	}
	return s
}

// transient tells errors that waiting may cure: the line broke, or the server asked for a pause.
func transient(err error) bool {
	var p *protocolError
	var disk diskError
	var down lineDown
	switch {
	case err == nil, errors.As(err, &p), errors.As(err, &disk):
		return false
	case errors.As(err, &down):
		return true
	}
	var refused *statusError
	if !errors.As(err, &refused) {
		var network net.Error
		return errors.As(err, &network) || errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, io.EOF) || errors.Is(err, net.ErrClosed) ||
			errors.Is(err, syscall.ECONNRESET) || errors.Is(err, syscall.EPIPE) || errors.Is(err, syscall.ECONNREFUSED)
	}
	if refused.kind == "BYE" {
		return true
	}
	switch refused.code { // RFC 5530, RFC 9051; THROTTLED is Yahoo's and Gmail's
	case "THROTTLED", "INUSE", "LIMIT", "UNAVAILABLE":
		return true
	}
	text := strings.ToLower(refused.text)
	return strings.Contains(text, "throttl") || strings.Contains(text, "too many simultaneous") || strings.Contains(text, "try again later") || askedPause(err) > 0
}

// askedPause is how long the server asks to wait; Microsoft writes "Suggested Backoff Time:
// 299961 milliseconds". 0 where it says nothing.
func askedPause(err error) time.Duration {
	var refused *statusError
	if !errors.As(err, &refused) {
		return 0
	}
	_, rest, found := strings.Cut(refused.text, "Backoff Time: ")
	digits, _, isMillis := strings.Cut(rest, " millisecond")
	n, err := strconv.ParseUint(digits, 10, 31)
	if !found || !isMillis || err != nil {
		return 0
	}
	return time.Duration(n) * time.Millisecond
}

// exhausted tells the limit that a day cures, not minutes.
func exhausted(err error) bool {
	var refused *statusError
	return errors.As(err, &refused) && (refused.code == "OVERQUOTA" || strings.Contains(strings.ToLower(refused.text), "bandwidth limit"))
}
