package acquire

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"

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
	return c.capability()
}

func (c *conn) authenticate(o *Options, secret string) (mechanism string, err error) {
	t := c.target
	var client sasl.Client
	switch {
	case o.Token && c.caps["AUTH=XOAUTH2"]:
		client = &bearer{mechanism: "XOAUTH2", first: "user=" + t.User + "\x01auth=Bearer " + secret + "\x01\x01"}
	case o.Token && c.caps["AUTH=OAUTHBEARER"]: // RFC 7628
		client = &bearer{mechanism: "OAUTHBEARER", last: "\x01",
			first: fmt.Sprintf("n,a=%s,\x01host=%s\x01port=%d\x01auth=Bearer %s\x01\x01", saslName(t.User), t.Host, t.Port, secret)}
	case o.Token:
		return "", noOAuth(t)
	case c.caps["AUTH=PLAIN"]:
		client = sasl.NewPlainClient("", t.User, secret)
	case c.caps["AUTH=LOGIN"]:
		client = sasl.NewLoginClient(t.User, secret)
	case c.caps["LOGINDISABLED"]:
		return "", noPassword(t)
	case !quotable(t.User) || !quotable(secret):
		return "", noPassword(t)
	default:
		return "LOGIN", c.command(c.limits.Command, "LOGIN "+quote(t.User)+" "+quote(secret), nil)
	}
	mechanism, first, err := client.Start()
	if err != nil {
		return "", err
	}
	text := "AUTHENTICATE " + mechanism
	if c.caps["SASL-IR"] && first != nil { // RFC 4959
		text += " " + encode64(first)
		first = nil
	}
	// Steps are bounded: a server that asks for ever is cut off.
	steps := 0
	err = c.command(c.limits.Command, text, func(a *answer) error {
		if a.tag != "+" {
			return nil
		}
		if steps++; steps > 10 {
			return broken("the server goes on asking while logging in")
		}
		if first != nil {
			reply := first
			first = nil
			return c.send(encode64(reply))
		}
		challenge, err := base64.StdEncoding.DecodeString(strings.TrimSpace(a.text))
		if err != nil {
			return broken("the server's question while logging in is not base64")
		}
		reply, err := client.Next(challenge)
		if err != nil {
			return c.send("*") // take it back; the server answers BAD
		}
		return c.send(encode64(reply))
	})
	if b, ok := client.(*bearer); ok && b.refusal != "" {
		var refused *statusError
		if errors.As(err, &refused) {
			refused.text += " " + b.refusal
		}
	}
	return mechanism, err
}

func encode64(b []byte) string {
	if len(b) == 0 {
		return "="
	}
	return base64.StdEncoding.EncodeToString(b)
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
	mechanism, first, last string
	refusal                string
}

var _ sasl.Client = (*bearer)(nil)

// Start implements sasl.Client.
func (b *bearer) Start() (string, []byte, error) { return b.mechanism, []byte(b.first), nil }

// Next implements sasl.Client.
func (b *bearer) Next(challenge []byte) ([]byte, error) {
	b.refusal = bounded(string(challenge), 300)
	return []byte(b.last), nil
}
