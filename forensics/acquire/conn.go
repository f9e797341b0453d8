package acquire

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"strconv"
	"strings"
	"sync/atomic"
	"time"
)

// conn is one connection. It is used by one goroutine; a cancelled context closes it.
type conn struct {
	target Target
	limits Limits
	raw    *deadlineConn
	out    io.Writer // raw, or TLS over it
	wire   *wire
	unhook func() bool

	tags     int
	resync   bool // QRESYNC is switched on
	caps     map[string]bool
	okCode   string // response code of the last command that succeeded
	okArg    string
	greeting string
	tls      *tls.ConnectionState
	account  Connection

	body func(size int64, r io.Reader) (*blob, error) // what to do with the bytes of a message
}

// answer is one line of the server, with what hangs on it.
type answer struct {
	tag    string // "*", "+", or that of a command
	kind   string // OK, NO, BAD, BYE, PREAUTH, FETCH, EXISTS, ...
	number uint32 // in front of the kind
	code   string // response code, such as AUTHENTICATIONFAILED
	arg    string // behind the code
	text   string
	values []value
	fetch  *fetched
}

// statusError is a command that the server refused, or its good-bye.
type statusError struct {
	kind, code, text string
}

func (e *statusError) Error() string {
	s := "the server said " + e.kind
	if e.code != "" {
		s += " [" + e.code + "]"
	}
	return s + " " + strconv.Quote(bounded(e.text, 300))
}

// deadlineConn gives every read and write its deadline.
type deadlineConn struct {
	net.Conn
	silence time.Duration
	until   atomic.Int64 // nanoseconds since 1970 when the command has to be over; 0: no such bound
}

func (d *deadlineConn) Read(p []byte) (int, error) {
	if err := d.Conn.SetReadDeadline(d.deadline()); err != nil {
		return 0, err
	}
	return d.Conn.Read(p)
}

func (d *deadlineConn) Write(p []byte) (int, error) {
	if err := d.Conn.SetWriteDeadline(d.deadline()); err != nil {
		return 0, err
	}
	return d.Conn.Write(p)
}

func (d *deadlineConn) deadline() time.Time {
	at := time.Now().Add(d.silence)
	if until := d.until.Load(); until != 0 && at.UnixNano() > until {
		return time.Unix(0, until)
	}
	return at
}

// within bounds what follows in time; 0 takes the bound away.
func (d *deadlineConn) within(limit time.Duration) {
	if limit == 0 {
		d.until.Store(0)
		return
	}
	d.until.Store(time.Now().Add(limit).UnixNano())
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
	c.raw.within(o.Limits.Command)
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
	switch c.target.Security {
	case TLS:
		if err := c.encrypt(ctx, o); err != nil {
			return err
		}
		return c.greet()
	case STARTTLS:
		c.out, c.wire = c.raw, newWire(c.raw)
		if err := c.greet(); err != nil {
			return err
		}
		return c.startTLS(ctx, o)
	}
	if a, ok := raw.RemoteAddr().(*net.TCPAddr); !ok || !a.IP.IsLoopback() {
		return clearText(c.target)
	}
	c.out, c.wire = c.raw, newWire(c.raw)
	return c.greet()
}

// encrypt begins TLS on the connection and keeps what is known of the server by it.
func (c *conn) encrypt(ctx context.Context, o *Options) error {
	t := tls.Client(c.raw, &tls.Config{ServerName: c.target.Host, RootCAs: o.Roots, MinVersion: tls.VersionTLS12})
	if err := t.HandshakeContext(ctx); err != nil {
		return tlsError(c.target, err)
	}
	state := t.ConnectionState()
	c.tls = &state
	c.out, c.wire = t, newWire(t)
	c.account.describeTLS(&state)
	return nil
}

// greet reads the greeting and the capabilities.
func (c *conn) greet() error {
	a, err := c.read()
	if err != nil {
		return lineError(c.target, "no greeting of a mail server came", err)
	}
	c.greeting = bounded(strings.TrimSpace(a.kind+" "+bracket(a.code, a.arg)+a.text), 1000)
	c.account.greet(c.greeting)
	switch {
	case a.tag != "*":
		return broken("no greeting came first")
	case a.kind == "BYE":
		return &statusError{"BYE", a.code, a.text}
	case a.kind == "PREAUTH":
		return broken("the server says that somebody is logged in already; whose mailbox this is would be a guess")
	case a.kind != "OK":
		return broken("the greeting is %q", bounded(a.kind, 40))
	}
	return c.capability()
}

func bracket(code, arg string) string {
	if code == "" {
		return ""
	}
	return "[" + strings.TrimSpace(code+" "+arg) + "] "
}

// startTLS encrypts a connection that began in the clear. Nothing that was said before counts
// afterwards; a server that does not offer it may be somebody in between.
func (c *conn) startTLS(ctx context.Context, o *Options) error {
	if !c.caps["STARTTLS"] {
		return noSTARTTLS(c.target)
	}
	if err := c.command(c.limits.Command, cmdStartTLS, nil); err != nil {
		var refused *statusError
		if errors.As(err, &refused) {
			return noSTARTTLS(c.target)
		}
		return err
	}
	if c.wire.r.Buffered() > 0 {
		return broken("something was said in the clear behind the beginning of encryption")
	}
	if err := c.encrypt(ctx, o); err != nil {
		return err
	}
	return c.capability()
}

// close breaks the connection.
func (c *conn) close() {
	if c.unhook != nil {
		c.unhook()
	}
	_ = c.raw.Close() // nothing is waited for any more
}

// send writes one line.
func (c *conn) send(line string) error {
	_, err := io.WriteString(c.out, line+"\r\n")
	return err
}

// command sends a command and reads until it is answered. on sees every other answer and may
// be nil. A refusal is a *statusError.
func (c *conn) command(limit time.Duration, text string, on func(*answer) error) error {
	return c.stream(limit, 0, text, on)
}

// stream is command with so many answers expected; noise is allowed on top of them.
func (c *conn) stream(limit time.Duration, expected int, text string, on func(*answer) error) error {
	c.tags++
	tag := fmt.Sprintf("k%d", c.tags)
	c.raw.within(limit)
	if err := c.send(tag + " " + text); err != nil {
		return err
	}
	return c.finish(tag, expected+maxStray, on)
}

// finish reads until the command with the tag is answered, by at most so many other answers.
func (c *conn) finish(tag string, most int, on func(*answer) error) error {
	for n := 0; ; n++ {
		a, err := c.read()
		switch {
		case err != nil:
			return err
		case a.tag == tag && a.kind == "OK":
			if a.code == "CAPABILITY" {
				c.setCaps(strings.Fields(a.arg))
			}
			c.okCode, c.okArg = a.code, a.arg
			return nil
		case a.tag == tag && (a.kind == "NO" || a.kind == "BAD"):
			return &statusError{a.kind, a.code, a.text}
		case a.kind == "BYE" && a.tag == "*":
			return &statusError{"BYE", a.code, a.text}
		case a.tag != "*" && a.tag != "+":
			return broken("%q answers a command that was not given", bounded(a.tag, 40))
		case n >= most:
			a.fetch.drop()
			return broken("more than %d answers came to one command; nobody asked for so many", most)
		}
		if a.kind == "CAPABILITY" || a.code == "CAPABILITY" {
			c.setCaps(append(strings.Fields(a.arg), value{items: a.values}.texts()...))
		}
		if on == nil {
			continue
		}
		if err := on(a); err != nil {
			return err
		}
	}
}

// read reads one answer.
func (c *conn) read() (*answer, error) {
	w := c.wire
	w.left = maxAnswer
	a := &answer{}
	tag, err := w.atom()
	if err != nil {
		return nil, err
	}
	a.tag = string(tag)
	if a.tag == "+" {
		if err := w.space(); err != nil {
			return nil, err
		}
		a.text, err = w.line()
		return a, err
	}
	if err := w.expect(' '); err != nil {
		return nil, err
	}
	kind, err := w.atom()
	if err != nil {
		return nil, err
	}
	if n, err := strconv.ParseUint(string(kind), 10, 32); err == nil && a.tag == "*" {
		a.number = uint32(n)
		if err := w.expect(' '); err != nil {
			return nil, err
		}
		if kind, err = w.atom(); err != nil {
			return nil, err
		}
	}
	a.kind = strings.ToUpper(string(kind))
	switch a.kind {
	case "OK", "NO", "BAD", "BYE", "PREAUTH":
		return a, c.readStatus(a)
	case "FETCH":
		if err := w.space(); err != nil {
			return nil, err
		}
		if a.fetch, err = c.readFetch(); err != nil {
			return nil, err
		}
		return a, w.end()
	case "LIST", "STATUS", "ID", "CAPABILITY", "VANISHED":
		a.values, err = w.values()
		return a, err
	}
	return a, c.skip()
}

func (c *conn) readStatus(a *answer) error {
	w := c.wire
	if err := w.space(); err != nil {
		return err
	}
	b, err := w.peek()
	if err == nil && b == '[' {
		if _, err = w.byte(); err == nil {
			if a.code, a.arg, err = w.code(); err == nil {
				err = w.space()
			}
		}
	}
	if err != nil {
		return err
	}
	a.text, err = w.line()
	return err
}

// skip passes over an answer that nobody reads, with its literals.
func (c *conn) skip() error {
	for {
		line, err := c.wire.line()
		if err != nil {
			return err
		}
		open := strings.LastIndexByte(line, '{')
		if open < 0 || !strings.HasSuffix(line, "}") {
			return nil
		}
		size, ok := decimalOf(strings.TrimSuffix(line[open+1:len(line)-1], "+"))
		if !ok { // text that only looks like a literal
			return nil
		}
		n := int64(min(size, 1<<62))
		if n > c.wire.left {
			return broken("a text of %d bytes stands where a short one has to be", n)
		}
		c.wire.left -= n
		if _, err := io.CopyN(io.Discard, c.wire.r, n); err != nil {
			return err
		}
	}
}

// bounded cuts a text of the server.
func bounded(s string, n int) string {
	if len(s) > n {
		return strings.ToValidUTF8(s[:n], "") + "…"
	}
	return s
}
