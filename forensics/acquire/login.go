package acquire

import (
	"context"
	"errors"
	"strings"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-sasl"
)

// Secret gives the password or the token of the account; it is asked once for each login.
type Secret func(ctx context.Context) (string, error)

// login authenticates. It is never called on a connection that others can read.
func (c *conn) login(ctx context.Context, o *Options) error {
	if c.tls == nil && c.target.Security != Clear {
		return clearText(c.target)
	}
	secret, err := o.Secret(ctx)
	if err != nil {
		return err
	}
	if secret == "" || strings.ContainsAny(secret, "\x00\r\n") {
		return noSecret(o)
	}
	c.account.Mechanism, err = c.authenticate(o, secret)
	if err != nil {
		return loginError(o, err)
	}
	return c.capability(func() (imap.CapSet, error) { return c.client.Capability().Wait() }) // another list than before is usual
}

func (c *conn) authenticate(o *Options, secret string) (mechanism string, err error) {
	t := c.target
	var client sasl.Client
	switch {
	case o.Token && c.caps["AUTH=XOAUTH2"]:
		client = &bearer{Client: xoauth2{t.User, secret}}
	case o.Token && c.caps["AUTH=OAUTHBEARER"]: // RFC 7628
		client = &bearer{last: "\x01", Client: sasl.NewOAuthBearerClient(&sasl.OAuthBearerOptions{Username: saslName(t.User), Token: secret, Host: t.Host, Port: t.Port})}
	case o.Token:
		return "", noOAuth(t)
	case c.caps["AUTH=PLAIN"]:
		client = sasl.NewPlainClient("", t.User, secret)
	case !c.caps["LOGINDISABLED"] && quotable(t.User) && quotable(secret):
		return "LOGIN", c.run(c.limits.Command, 0, func() error { return c.client.Login(t.User, secret).Wait() })
	case c.caps["AUTH=LOGIN"] && c.caps["SASL-IR"]:
		client = sasl.NewLoginClient(t.User, secret)
	default:
		return "", noPassword(t)
	}
	mechanism, _, err = client.Start()
	if err != nil {
		return "", err
	}
	err = c.run(c.limits.Command, 0, func() error { return c.client.Authenticate(client) })
	var p *protocolError
	if errors.As(err, &p) {
		err = broken("the server goes on asking while logging in, or asks what is no question: %s", p.text)
	}
	var refused *statusError
	if b, ok := client.(*bearer); ok && b.refusal != "" && errors.As(err, &refused) {
		refused.text += " " + b.refusal
	}
	return mechanism, err
}

// quotable tells what can stand between quotes in a LOGIN command.
func quotable(s string) bool {
	for i := 0; i < len(s); i++ {
		if s[i] < 0x20 || s[i] > 0x7e {
			return false
		}
	}
	return true
}

func saslName(s string) string { return strings.NewReplacer("=", "=3D", ",", "=2C").Replace(s) }

// bearer logs in with an OAuth 2 token. Where the token is refused the server sends its reason
// as a challenge and wants one more line before it says NO.
type bearer struct {
	sasl.Client
	last    string
	refusal string
}

// Next implements sasl.Client.
func (b *bearer) Next(challenge []byte) ([]byte, error) {
	b.refusal = bounded(string(challenge), 300)
	return []byte(b.last), nil
}

// xoauth2 is Google's mechanism, https://developers.google.com/workspace/gmail/imap/xoauth2-protocol;
// the library for such mechanisms has only its successor.
type xoauth2 struct{ user, token string }

var _ sasl.Client = xoauth2{}

// Start implements sasl.Client.
func (x xoauth2) Start() (string, []byte, error) {
	return "XOAUTH2", []byte("user=" + x.user + "\x01auth=Bearer " + x.token + "\x01\x01"), nil
}

// Next implements sasl.Client.
func (x xoauth2) Next([]byte) ([]byte, error) { return nil, nil }
