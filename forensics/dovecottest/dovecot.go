// Package dovecottest runs a private Dovecot on loopback ports for tests: with a certificate of a CA made for it, and
// accounts whose mail the test fills. As root its mailboxes belong to nobody, else all of it is the test's own user. Where
// there is no Dovecot the test is skipped and says so.
//
// Invariants: nothing waits for a time to pass, only for what the server says; the server ends with the test; only tests
// import this package.
package dovecottest

import (
	"bytes"
	"crypto/x509"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"github.com/emersion/go-imap/v2/imapclient"
)

// The account of a server that is told no others, and the password of every account.
const (
	User     = "pat@mail.example"
	Password = "correct horse"
)

// patience is how long a server may take to say what a test waits for.
const patience = 20 * time.Second

// Options say what differs from a server with one empty mailbox. The zero value is that.
type Options struct {
	Accounts []Account            // none: one called User
	Fill     func(maildir string) // fills the first account's Maildir before the server starts
	Conf     string               // more of dovecot.conf; it overrides
}

// Account is one that can log in.
type Account struct {
	Name         string
	Capabilities string // what IMAP offers it after the login; empty: all that this Dovecot can do
}

// Dovecot is a running server.
type Dovecot struct {
	Mail   string         // the folder that holds the Maildirs
	IMAPS  int            // its ports on localhost: encrypted from the first byte
	IMAP   int            // and in the clear, with STARTTLS
	Roots  *x509.CertPool // the CA that vouches for it
	CAFile string         // the same as a PEM file

	dir, conf string
	log       *log
	ended     chan struct{} // closed when it has, and its log is whole
}

// Start starts a server. It ends with the test.
func Start(t testing.TB, o Options) *Dovecot {
	t.Helper()
	binary, err := exec.LookPath("dovecot")
	if err != nil {
		binary = "/usr/sbin/dovecot" // not on an ordinary user's path
	}
	if _, err := os.Stat(binary); err != nil {
		t.Skip("NOT RUN: no Dovecot on this machine (Debian's dovecot-imapd)")
	}
	if len(o.Accounts) == 0 {
		o.Accounts = []Account{{Name: User}}
	}
	dir, err := os.MkdirTemp("", "kt-dovecot-") // short: it holds the paths of sockets
	must(t, err)
	t.Cleanup(func() { os.RemoveAll(dir) })
	must(t, os.Chmod(dir, 0o755))
	d := &Dovecot{dir: dir, conf: filepath.Join(dir, "dovecot.conf"), Mail: filepath.Join(dir, "mail"), CAFile: filepath.Join(dir, "ca.pem")}
	ca, cert, key := CA(t, "localhost")
	d.Roots = x509.NewCertPool()
	d.Roots.AppendCertsFromPEM(ca)
	must(t, os.WriteFile(d.CAFile, ca, 0o644))
	must(t, os.WriteFile(filepath.Join(dir, "cert.pem"), cert, 0o644))
	must(t, os.WriteFile(filepath.Join(dir, "key.pem"), key, 0o600))
	must(t, os.Mkdir(d.Mail, 0o755))
	if o.Fill != nil {
		maildir := filepath.Join(d.Mail, o.Accounts[0].Name, "Maildir")
		must(t, os.MkdirAll(maildir, 0o755))
		o.Fill(maildir)
	}
	as := owned(t, d.Mail)
	must(t, os.WriteFile(filepath.Join(dir, "users"), d.passwd(o.Accounts, as), 0o644))
	for range 3 { // a port that is free now may be another test's a moment later
		d.IMAP, d.IMAPS = freePort(t), freePort(t)
		must(t, os.WriteFile(d.conf, []byte(d.config(as)+o.Conf), 0o644))
		if d.run(t, binary) {
			return d
		}
		if !bytes.Contains(d.log.whole(), []byte("Address already in use")) {
			break
		}
	}
	t.Skipf("NOT RUN: this Dovecot does not start with the tests' configuration: %s", d.log.whole())
	return nil
}

// run starts the program and tells whether it came to listen.
func (d *Dovecot) run(t testing.TB, binary string) bool {
	t.Helper()
	d.log, d.ended = newLog(), make(chan struct{})
	cmd := exec.Command(binary, "-F", "-c", d.conf)
	cmd.Stdout, cmd.Stderr = d.log, d.log
	cmd.WaitDelay = patience // its children hold the log open until they end
	must(t, cmd.Start())
	go func() { _ = cmd.Wait(); close(d.ended) }()
	t.Cleanup(func() {
		_ = cmd.Process.Signal(os.Interrupt)
		<-d.ended
	})
	return d.await(t, "starting up for imap") // said once it listens
}

// Logged waits until the server has logged every one of the texts, and gives the whole lines of its log so far.
func (d *Dovecot) Logged(t testing.TB, texts ...string) []byte {
	t.Helper()
	for _, text := range texts {
		if !d.await(t, text) {
			t.Fatalf("Dovecot ended before it logged %q:\n%s", text, d.log.whole())
		}
	}
	return d.log.whole()
}

// await waits for a text in the log; false where the server ended without it.
func (d *Dovecot) await(t testing.TB, text string) bool {
	t.Helper()
	late := time.After(patience)
	for {
		more := d.log.grown()
		if bytes.Contains(d.log.whole(), []byte(text)) {
			return true
		}
		select {
		case <-more:
		case <-d.ended:
			return bytes.Contains(d.log.whole(), []byte(text))
		case <-late:
			t.Fatalf("Dovecot did not log %q in %v:\n%s", text, patience, d.log.whole())
		}
	}
}

// Address is that of the port in the clear.
func (d *Dovecot) Address() string { return net.JoinHostPort("127.0.0.1", strconv.Itoa(d.IMAP)) }

// Dial connects in the clear and reads the greeting.
func (d *Dovecot) Dial(t testing.TB) *imapclient.Client {
	t.Helper()
	c, err := imapclient.DialInsecure(d.Address(), nil)
	must(t, err)
	must(t, c.WaitGreeting())
	return c
}

// Doveadm runs Dovecot's own tool.
func (d *Dovecot) Doveadm(t testing.TB, args ...string) string {
	t.Helper()
	cmd := exec.Command("doveadm", append([]string{"-c", d.conf}, args...)...)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("doveadm %v: %v\n%s", args, err, stderr.String())
	}
	return string(out)
}

// State is everything of the mailbox of User that a copy must not change.
func (d *Dovecot) State(t testing.TB) string {
	t.Helper()
	return d.Doveadm(t, "mailbox", "status", "-u", User, "messages recent uidnext uidvalidity unseen highestmodseq vsize", "*") +
		d.Doveadm(t, "-f", "tab", "fetch", "-u", User, "mailbox uid flags modseq date.received date.saved size.physical guid", "ALL")
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func freePort(t testing.TB) int {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	port := l.Addr().(*net.TCPAddr).Port
	must(t, l.Close())
	return port
}
