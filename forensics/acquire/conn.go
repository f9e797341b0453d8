package acquire

import (
	"context"
	"crypto/tls"
	"errors"
	"net"
	"strings"
	"time"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapclient"
)

// conn is one connection: the library's client over a guard over TLS. It is used by one
// goroutine; a cancelled context closes it.
type conn struct {
	target Target
	limits Limits
	raw    *deadlineConn
	guard  *guard
	client *imapclient.Client // nil while nothing is encrypted
	unhook func() bool

	tags    int  // of our own commands
	resync  bool // QRESYNC is switched on
	caps    map[string]bool
	ok      answer // what the last command came to
	tls     *tls.ConnectionState
	account Connection
	strays  strays
}

// dial connects, encrypts and reads the greeting. It does not log in.
func dial(ctx context.Context, o *Options) (*conn, error) {
	t := o.Target
	dialer := net.Dialer{Timeout: min(30*time.Second, o.Limits.Silence)}
	raw, err := dialer.DialContext(ctx, "tcp", t.address())
	if err != nil {
		return nil, dialError(ctx, t, err)
	}
	c := &conn{target: t, limits: o.Limits, raw: &deadlineConn{Conn: raw, silence: o.Limits.Silence}}
	c.unhook = context.AfterFunc(ctx, func() { _ = raw.Close() }) // what is under way ends with an error, ctx says why
	c.account = Connection{At: o.Now().UTC(), Address: raw.RemoteAddr().String()}
	if err := c.open(ctx, o, raw); err != nil {
		c.close()
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		return nil, err
	}
	return c, nil
}

func (c *conn) open(ctx context.Context, o *Options, raw net.Conn) error {
	if err := c.raw.owed(c.limits.Command); err != nil {
		return err
	}
	defer c.raw.idle()
	switch c.target.Security {
	case TLS:
		encrypted, err := c.encrypt(ctx, o)
		if err != nil {
			return err
		}
		return c.begin(newGuard(encrypted, c.raw, c.limits))
	case STARTTLS:
		return c.startTLS(ctx, o)
	}
	if a, ok := raw.RemoteAddr().(*net.TCPAddr); !ok || !a.IP.IsLoopback() {
		return clearText(c.target)
	}
	return c.begin(newGuard(c.raw, c.raw, c.limits))
}

// encrypt begins TLS on the connection and keeps what is known of the server by it.
func (c *conn) encrypt(ctx context.Context, o *Options) (net.Conn, error) {
	t := tls.Client(c.raw, &tls.Config{ServerName: c.target.Host, RootCAs: o.Roots, MinVersion: tls.VersionTLS12})
	if err := t.HandshakeContext(ctx); err != nil {
		return nil, tlsError(c.target, err)
	}
	state := t.ConnectionState()
	c.tls = &state
	c.account.describeTLS(&state)
	return t, nil
}

// begin gives the connection to the library and reads the greeting and the capabilities.
func (c *conn) begin(g *guard) error {
	c.guard = g
	c.client = imapclient.New(g, &imapclient.Options{UnilateralDataHandler: &imapclient.UnilateralDataHandler{Fetch: c.stray}})
	err := c.run(c.limits.Command, 0, c.client.WaitGreeting)
	if err := c.greet(err); err != nil {
		return err
	}
	return c.capability(func() (imap.CapSet, error) {
		if caps := c.client.Caps(); caps != nil { // it asks where the greeting does not tell, and gives up early
			return caps, nil
		}
		return c.client.Capability().Wait()
	})
}

// greet takes the greeting; err is what the reading of it came to.
func (c *conn) greet(err error) error {
	c.guard.mu.Lock()
	a := c.guard.greeting
	c.guard.mu.Unlock()
	if a == nil {
		if err == nil {
			err = broken("no greeting came first")
		}
		return lineError(c.target, "no greeting of a mail server came", err)
	}
	if c.account.Greeting == "" { // behind STARTTLS the library reads one of ours
		c.account.greet(bounded(strings.TrimSpace(a.kind+" "+bracket(a.code, a.arg)+a.text), 1000))
	}
	switch a.kind {
	case "OK":
		return err
	case "BYE":
		return &statusError{"BYE", a.code, a.text}
	case "PREAUTH":
		return broken("the server says that somebody is logged in already; whose mailbox this is would be a guess")
	}
	return broken("the greeting is %q", bounded(a.kind, 40))
}

func bracket(code, arg string) string {
	if code == "" {
		return ""
	}
	return "[" + strings.TrimSpace(code+" "+arg) + "] "
}

// startTLS encrypts a connection that began in the clear. Nothing that was said before counts
// afterwards; a server that does not offer it may be somebody in between.
//
// The library has a STARTTLS of its own, but lets no guard stand inside of the encryption. So the
// three commands in the clear are ours, and the library begins behind them; the greeting that it
// waits for was sent before, so the guard gives it one.
func (c *conn) startTLS(ctx context.Context, o *Options) error {
	g := newGuard(c.raw, c.raw, c.limits)
	g.alone = true
	c.guard = g
	var err error
	for g.greeting == nil && err == nil {
		err = g.next()
	}
	if err := c.greet(err); err != nil {
		return err
	}
	err = c.exchange(c.limits.Command, 0, "CAPABILITY", func(a *answer) error {
		if a.kind == "CAPABILITY" {
			c.setCaps(value{items: a.values}.texts())
		}
		return nil
	})
	if err != nil {
		return err
	}
	if !c.caps["STARTTLS"] {
		return noSTARTTLS(c.target)
	}
	if err := c.exchange(c.limits.Command, 0, "STARTTLS", nil); err != nil {
		var refused *statusError
		if errors.As(err, &refused) {
			return noSTARTTLS(c.target)
		}
		return err
	}
	if g.in.Buffered() > 0 {
		return broken("something was said in the clear behind the beginning of encryption")
	}
	if err := c.raw.owed(c.limits.Command); err != nil {
		return err
	}
	encrypted, err := c.encrypt(ctx, o)
	if err != nil {
		return err
	}
	inner := newGuard(encrypted, c.raw, c.limits)
	inner.greeting, inner.out = &answer{tag: "*", kind: "OK"}, []byte("* OK encrypted\r\n")
	return c.begin(inner)
}

// close breaks the connection.
func (c *conn) close() {
	if c.unhook != nil {
		c.unhook()
	}
	if c.guard != nil {
		_ = c.guard.fail(net.ErrClosed) // wakes up who waits
	}
	_ = c.raw.Close() // nothing is waited for any more
}

// run does a command of the library that so many answers are expected to. A refusal is a
// *statusError.
func (c *conn) run(limit time.Duration, answers int, do func() error) error {
	if err := c.guard.expect(limit, answers); err != nil {
		return err
	}
	defer c.raw.idle()
	err := do()
	c.guard.mu.Lock()
	c.ok = c.guard.status
	c.guard.mu.Unlock()
	return c.plain(err)
}

// plain says what an error of the library comes from: the server's word, the line, or a breach
// of the rules of IMAP that the library noticed.
func (c *conn) plain(err error) error {
	var refused *imap.Error
	var ours *protocolError
	switch {
	case err == nil, errors.As(err, new(diskError)):
		return err
	case errors.As(err, &refused):
		return &statusError{string(refused.Type), strings.ToUpper(string(refused.Code)), refused.Text}
	}
	if failure := c.guard.failure(); failure != nil {
		return failure
	}
	if errors.As(err, &ours) {
		return err
	}
	return &protocolError{bounded(err.Error(), 300)}
}

// capability takes what the server can do.
func (c *conn) capability(ask func() (imap.CapSet, error)) error {
	c.caps = nil
	err := c.run(c.limits.Command, 0, func() error {
		caps, err := ask()
		var words []string
		for name := range caps {
			words = append(words, string(name))
		}
		if len(words) > 0 {
			c.setCaps(words)
		}
		return err
	})
	if err == nil && c.caps == nil {
		err = c.plain(broken("the server does not say what it can do"))
	}
	return err
}

// logout says good-bye; what the server answers does not matter.
func (c *conn) logout() {
	_ = c.run(5*time.Second, 0, func() error { return c.client.Logout().Wait() })
	c.close()
}

// id tells the server what we are and asks the same, RFC 2971. The library keeps only the keys
// that it knows, so the guard keeps the answer.
func (c *conn) id(version string) (map[string]string, error) {
	if !c.caps["ID"] {
		return nil, nil
	}
	err := c.run(c.limits.Command, 0, func() error {
		_, err := c.client.ID(&imap.IDData{Name: "keytrail", Version: strings.Map(printable, version)}).Wait()
		return err
	})
	c.guard.mu.Lock()
	defer c.guard.mu.Unlock()
	if len(c.guard.id) == 0 {
		return nil, err
	}
	items := c.guard.id[0].items
	got := make(map[string]string)
	for i := 0; i+1 < len(items) && len(got) < 50; i += 2 {
		got[bounded(items[i].text, 100)] = bounded(items[i+1].text, 500)
	}
	return got, err
}
