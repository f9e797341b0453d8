package acquire

import (
	"fmt"
	"net"
	"net/url"
	"strconv"
	"strings"

	"keytrail/forensics"
)

// Security is how a connection is protected.
type Security uint8

// The ways.
const (
	TLS      Security = iota // from the first byte
	STARTTLS                 // asked for on a connection that begins in the clear
	Clear                    // not at all: to a loopback address only
)

// Target says whose mailbox, on which server.
type Target struct {
	Host     string
	Port     int
	User     string
	Security Security
	Provider *Provider // nil where the host is none of the known ones
}

func (t Target) address() string { return net.JoinHostPort(t.Host, strconv.Itoa(t.Port)) }

// String is the target as a URL.
func (t Target) String() string {
	scheme := "imaps"
	if t.Security != TLS {
		scheme = "imap"
	}
	u := url.URL{Scheme: scheme, User: url.User(t.User), Host: t.address()}
	return u.String()
}

// ParseTarget reads imaps://USER@HOST[:PORT], imap://USER@HOST[:PORT] (encrypted by STARTTLS;
// in the clear to a loopback address without startTLS), or a bare address such as
// pat@att.net, whose server is looked up among the known providers. USER may hold an @.
func ParseTarget(s string, startTLS bool) (Target, error) {
	scheme, rest, isURL := strings.Cut(s, "://")
	if !isURL {
		return targetOfAddress(s, startTLS)
	}
	t := Target{Port: 993}
	switch strings.ToLower(scheme) {
	case "imaps":
	case "imap":
		t.Port, t.Security = 143, Clear
	default:
		return t, targetError(s, fmt.Sprintf("%q is no mailbox: keytrail acquires over IMAP", bounded(scheme, 40)))
	}
	rest, _, _ = strings.Cut(rest, "/")
	at := strings.LastIndexByte(rest, '@')
	if at <= 0 {
		return t, targetError(s, "the address names no user")
	}
	user, host := rest[:at], rest[at+1:]
	if strings.Contains(user, ":") {
		return t, &forensics.Error{What: "a password must not stand in the address: it would stay in the history of your shell", Byte: -1,
			Hint: "leave it out: keytrail asks for it, or takes it with --password-env, --password-fd or --password-command"}
	}
	name, err := url.PathUnescape(user)
	if err != nil {
		return t, targetError(s, "the user's name holds a % that is no escape")
	}
	t.User, t.Host = name, strings.Trim(host, "[]")
	if h, port, err := net.SplitHostPort(host); err == nil {
		n, err := strconv.ParseUint(port, 10, 16)
		if err != nil || n == 0 {
			return t, targetError(s, fmt.Sprintf("%q is no port", bounded(port, 20)))
		}
		t.Host, t.Port = h, int(n)
	} else if startTLS {
		t.Port = 143
	}
	if t.Host == "" || strings.ContainsAny(t.Host, " \t\r\n\"") || strings.ContainsAny(t.User, "\x00\r\n") {
		return t, targetError(s, "the address names no server")
	}
	switch {
	case startTLS, t.Security == Clear && !loopback(t.Host):
		t.Security = STARTTLS
	}
	t.Provider = providerOfHost(t.Host)
	return t, nil
}

func targetError(s, what string) error {
	return &forensics.Error{What: what, File: s, Byte: -1,
		Hint: "write imaps://USER@HOST, such as imaps://pat@imap.mail.example, or the bare address of a known provider"}
}

func targetOfAddress(s string, startTLS bool) (Target, error) {
	user, domain, found := strings.Cut(s, "@")
	if !found || user == "" || domain == "" || strings.ContainsAny(s, " \t\r\n\"<>/:\x00") {
		return Target{}, targetError(s, "this is neither an e-mail address nor the address of a mailbox")
	}
	p := providerOfDomain(domain)
	if p == nil {
		return Target{}, &forensics.Error{What: fmt.Sprintf("the mail server of %s is not known", domain), Byte: -1,
			Hint: fmt.Sprintf("ask your provider for the name of its IMAP server and write: imaps://%s@SERVER", s)}
	}
	t := Target{Host: p.Host, Port: 993, User: s, Provider: p}
	if startTLS {
		t.Port, t.Security = 143, STARTTLS
	}
	return t, nil
}

// loopback tells hosts that are this machine itself.
func loopback(host string) bool {
	if strings.EqualFold(host, "localhost") {
		return true
	}
	ip := net.ParseIP(host)
	return ip != nil && ip.IsLoopback()
}
