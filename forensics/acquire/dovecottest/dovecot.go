// Package dovecottest runs a private Dovecot on loopback ports for tests, with a certificate of
// a CA made for it and one user whose Maildir the test fills. Where there is no Dovecot the
// test is skipped and says so.
package dovecottest

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"math/big"
	"net"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"
)

// Dovecot is a running server.
type Dovecot struct {
	Mail   string // the folder that holds the user's Maildir
	IMAPS  int    // its ports on localhost
	IMAP   int
	Roots  *x509.CertPool // the CA that vouches for it
	CAFile string         // the same as a PEM file

	dir, conf string
}

// The only account.
const (
	User     = "pat@mail.example"
	Password = "correct horse"
)

// Start starts one whose only user has the Maildir that fill makes. It ends with the test.
func Start(t testing.TB, fill func(maildir string)) *Dovecot {
	t.Helper()
	binary, err := exec.LookPath("dovecot")
	if err != nil {
		binary = "/usr/sbin/dovecot"
	}
	if _, err := os.Stat(binary); err != nil {
		t.Skip("NOT RUN: no Dovecot on this machine (apt-get install dovecot-imapd)")
	}
	dir, err := os.MkdirTemp("", "kt-dovecot-") // short: it holds the paths of sockets
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	must(t, os.Chmod(dir, 0o755))
	d := &Dovecot{dir: dir, conf: filepath.Join(dir, "dovecot.conf"), IMAPS: freePort(t), IMAP: freePort(t)}
	ca, cert, key := CA(t, "localhost")
	d.CAFile = filepath.Join(dir, "ca.pem")
	must(t, os.WriteFile(d.CAFile, ca, 0o644))
	must(t, os.WriteFile(filepath.Join(dir, "cert.pem"), cert, 0o644))
	must(t, os.WriteFile(filepath.Join(dir, "key.pem"), key, 0o600))
	d.Roots = x509.NewCertPool()
	d.Roots.AppendCertsFromPEM(ca)
	must(t, os.WriteFile(filepath.Join(dir, "users"), []byte(User+":{PLAIN}"+Password+"\n"), 0o644))

	mail := filepath.Join(dir, "mail")
	d.Mail = mail
	must(t, os.Mkdir(mail, 0o755))
	maildir := filepath.Join(mail, "Maildir")
	fill(maildir)

	owner, group, internal, login := os.Getuid(), os.Getgid(), "", ""
	if owner == 0 { // Dovecot opens no mailbox as root
		nobody, err := user.Lookup("nobody")
		if err != nil {
			t.Skip("NOT RUN: run by root, and there is no user nobody for the mailbox")
		}
		owner, _ = strconv.Atoi(nobody.Uid)
		group, _ = strconv.Atoi(nobody.Gid)
		must(t, filepath.WalkDir(mail, func(path string, _ os.DirEntry, err error) error {
			if err != nil {
				return err
			}
			return os.Lchown(path, owner, group)
		}))
	} else {
		me, err := user.Current()
		must(t, err)
		g, err := user.LookupGroupId(me.Gid)
		must(t, err)
		internal = fmt.Sprintf("default_internal_user = %s\ndefault_internal_group = %s\ndefault_login_user = %s\n", me.Username, g.Name, me.Username)
		login = "service anvil {\n  chroot =\n}\nservice stats {\n  chroot =\n}\n"
	}
	conf := fmt.Sprintf(`base_dir = %[1]s/run
state_dir = %[1]s/state
log_path = %[1]s/log
protocols = imap
listen = 127.0.0.1
ssl = yes
ssl_cert = <%[1]s/cert.pem
ssl_key = <%[1]s/key.pem
ssl_dh =
disable_plaintext_auth = no
auth_mechanisms = plain login
first_valid_uid = 1
first_valid_gid = 1
mail_location = maildir:%[2]s
mail_max_userip_connections = 100
passdb {
  driver = passwd-file
  args = username_format=%%u %[1]s/users
}
userdb {
  driver = static
  args = uid=%[3]d gid=%[4]d home=%[1]s/mail
}
namespace inbox {
  inbox = yes
  separator = /
  mailbox Trash {
    special_use = \Trash
  }
}
%[5]s%[6]sservice imap-login {
  chroot =
  inet_listener imap {
    port = %[7]d
  }
  inet_listener imaps {
    port = %[8]d
    ssl = yes
  }
}
`, dir, maildir, owner, group, internal, login, d.IMAP, d.IMAPS)
	must(t, os.WriteFile(d.conf, []byte(conf), 0o644))
	cmd := exec.Command(binary, "-F", "-c", d.conf)
	var said bytes.Buffer
	cmd.Stdout, cmd.Stderr = &said, &said
	must(t, cmd.Start())
	ended := make(chan struct{})
	go func() { _ = cmd.Wait(); close(ended) }()
	t.Cleanup(func() {
		_ = cmd.Process.Signal(os.Interrupt)
		<-ended
	})
	for deadline := time.Now().Add(20 * time.Second); ; {
		c, err := net.Dial("tcp", net.JoinHostPort("127.0.0.1", strconv.Itoa(d.IMAPS)))
		if err == nil {
			must(t, c.Close())
			return d
		}
		select {
		case <-ended:
			log, _ := os.ReadFile(filepath.Join(dir, "log"))
			t.Skipf("NOT RUN: Dovecot does not start: %s%s", said.String(), log)
		case <-time.After(20 * time.Millisecond):
		}
		if time.Now().After(deadline) {
			t.Fatalf("Dovecot does not listen: %v %s", err, said.String())
		}
	}
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

// State is everything of the mailbox that a copy must not change.
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

// CA makes a CA and a certificate for a name, all PEM.
func CA(t testing.TB, name string) (ca, cert, key []byte) {
	t.Helper()
	caKey, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	must(t, err)
	template := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "keytrail test CA"}, NotBefore: time.Now().Add(-time.Hour),
		NotAfter: time.Now().Add(24 * time.Hour), IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign}
	caDER, err := x509.CreateCertificate(rand.Reader, template, template, &caKey.PublicKey, caKey)
	must(t, err)
	leafKey, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	must(t, err)
	leaf := &x509.Certificate{SerialNumber: big.NewInt(2), Subject: pkix.Name{CommonName: name}, DNSNames: []string{name}, NotBefore: time.Now().Add(-time.Hour),
		NotAfter: time.Now().Add(24 * time.Hour), KeyUsage: x509.KeyUsageDigitalSignature, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}}
	leafDER, err := x509.CreateCertificate(rand.Reader, leaf, template, &leafKey.PublicKey, caKey)
	must(t, err)
	keyDER, err := x509.MarshalPKCS8PrivateKey(leafKey)
	must(t, err)
	block := func(kind string, der []byte) []byte { return pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der}) }
	return block("CERTIFICATE", caDER), block("CERTIFICATE", leafDER), block("PRIVATE KEY", keyDER)
}

// Generated is a mailbox of so many messages in four folders, with flags and dates; by path
// below the Maildir.
func Generated(t testing.TB, count int) func(maildir string) {
	return func(maildir string) {
		t.Helper()
		folders := []string{"", ".Archive.2022", ".Trash", ".Entw&APw-rfe &- mehr"}
		for _, f := range folders {
			for _, part := range []string{"cur", "new", "tmp"} {
				must(t, os.MkdirAll(filepath.Join(maildir, f, part), 0o755))
			}
		}
		start := time.Date(2022, 11, 1, 8, 0, 0, 0, time.UTC)
		for n := range count {
			at := start.Add(time.Duration(n) * 97 * time.Second)
			folder := folders[0]
			if n%5 == 0 {
				folder = folders[1+n/5%3]
			}
			flags := []string{"", "S", "RS", "FS", "ST"}[n%5]
			name := fmt.Sprintf("%d.M%dP1.mail.example:2,%s", at.Unix(), n, flags)
			path := filepath.Join(maildir, folder, "cur", name)
			must(t, os.WriteFile(path, message(n, at), 0o644))
			must(t, os.Chtimes(path, at, at))
		}
	}
}

func message(n int, at time.Time) []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, "From: Robin <robin%d@example.org>\r\nTo: <%s>\r\nSubject: Message %d\r\nDate: %s\r\nMessage-ID: <%d@example.org>\r\n\r\n",
		n%17, User, n, at.Format(time.RFC1123Z), n)
	if n%400 == 7 { // larger than what waits in memory
		b.WriteString(strings.Repeat("A line of a long attachment, again and again.\r\n", 8000))
	}
	for i := range n * 7 % 60 {
		fmt.Fprintf(&b, "Line %d of message %d, with some words to make it longer than nothing.\r\n", i, n)
	}
	if n%11 == 0 {
		b.WriteString("a lone NUL is not allowed, but 8-bit bytes are: \xe4\xf6\xfc\r\nFrom here on\r\n.\r\n")
	}
	return b.Bytes()
}
