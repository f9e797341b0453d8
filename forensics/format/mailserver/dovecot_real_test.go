package mailserver

import (
	"bytes"
	"fmt"
	"net"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapclient"

	"keytrail/forensics"
	"keytrail/forensics/format"
	"keytrail/forensics/format/formattest"
)

const (
	realUser     = "pat@mail.example"
	realPassword = "correct horse"
)

// TestRealDovecot lets a real Dovecot write the log: a refused login, a login, a mail read, marked and
// expunged. The events must say just that, joined by the server's own session id.
func TestRealDovecot(t *testing.T) {
	address, logFile := startDovecot(t)

	refused := dialIMAP(t, address)
	if err := refused.Login(realUser, "wrong").Wait(); err == nil {
		t.Fatal("a wrong password was taken")
	}
	must(t, refused.Close())

	c := dialIMAP(t, address)
	must(t, c.Login(realUser, realPassword).Wait())
	_, err := c.Select("INBOX", nil).Wait()
	must(t, err)
	one := imap.UIDSetNum(1)
	_, err = c.Fetch(one, &imap.FetchOptions{BodySection: []*imap.FetchItemBodySection{{}}}).Collect()
	must(t, err)
	must(t, c.Store(one, &imap.StoreFlags{Op: imap.StoreFlagsAdd, Flags: []imap.Flag{imap.FlagDeleted}}, nil).Close())
	must(t, c.Expunge().Close())
	must(t, c.Logout().Wait())
	must(t, c.Close())

	var kinds map[forensics.Kind][]forensics.Event
	for deadline := time.Now().Add(20 * time.Second); ; { // Dovecot writes the last line after it said goodbye
		kinds = parsedLog(t, logFile)
		if len(kinds[forensics.MailRead])+len(kinds[forensics.Other]) > 0 && len(kinds[forensics.LoginFailed]) > 0 {
			break
		}
		if time.Now().After(deadline) {
			log, _ := os.ReadFile(logFile)
			t.Fatalf("no session end in the log:\n%s", log)
		}
		<-time.After(50 * time.Millisecond)
	}
	login := kinds[forensics.LoginSucceeded]
	if len(login) != 1 || login[0].Account != realUser || login[0].Protocol != "imap" || login[0].Session == "" || login[0].IP.String() != "127.0.0.1" {
		t.Fatalf("logins: %+v", login)
	}
	if failed := kinds[forensics.LoginFailed]; len(failed) < 1 || failed[0].Account != realUser {
		t.Errorf("failed logins: %+v", failed)
	}
	for _, kind := range []forensics.Kind{forensics.MailDeleted, forensics.MailPurged} {
		got := kinds[kind]
		if len(got) != 1 || got[0].MessageID != "reset-1@coinbase.example" || got[0].Session != login[0].Session || got[0].UID != 1 || got[0].Subject != "Reset your password" {
			t.Errorf("%v: %+v", kind, got)
		}
	}
	if read := kinds[forensics.MailRead]; len(read) != 1 || read[0].Session != login[0].Session {
		t.Errorf("reading: %+v", read)
	}
}

// parsedLog reads the log as keytrail does and sorts its events by kind.
func parsedLog(t *testing.T, name string) map[forensics.Kind][]forensics.Event {
	t.Helper()
	log, err := os.ReadFile(name)
	must(t, err)
	if g := (Dovecot{}).Match(&format.Head{Name: "log", Bytes: log, Complete: true}); g.Score <= 0 {
		t.Fatalf("Dovecot's own log is not recognised: %s", g.Why)
	}
	sink := &formattest.Sink{}
	must(t, (Dovecot{}).Parse(t.Context(), &format.Input{Reader: bytes.NewReader(log)}, sink))
	out := map[forensics.Kind][]forensics.Event{}
	for _, r := range sink.Records {
		for _, e := range r.Events {
			out[e.Kind] = append(out[e.Kind], e)
		}
	}
	return out
}

func dialIMAP(t *testing.T, address string) *imapclient.Client {
	t.Helper()
	c, err := imapclient.DialInsecure(address, nil)
	must(t, err)
	must(t, c.WaitGreeting())
	return c
}

// startDovecot runs a private Dovecot on a loopback port, with the mail_log plugin and one mail. It
// ends with the test. Where there is none the test is skipped, and says so.
func startDovecot(t *testing.T) (address, logFile string) {
	t.Helper()
	binary, err := exec.LookPath("dovecot")
	if err != nil {
		binary = "/usr/sbin/dovecot"
	}
	if _, err := os.Stat(binary); err != nil {
		t.Skip("NOT RUN: no Dovecot on this machine (Debian's dovecot-imapd)")
	}
	dir, err := os.MkdirTemp("", "kt-dovecot-") // short: it holds the paths of sockets
	must(t, err)
	t.Cleanup(func() { os.RemoveAll(dir) })
	must(t, os.Chmod(dir, 0o755))
	cur := filepath.Join(dir, "mail", "Maildir", "cur")
	must(t, os.MkdirAll(cur, 0o755))
	must(t, os.WriteFile(filepath.Join(cur, "1675739970.M1P1.mail:2,"), []byte("From: no-reply@coinbase.example\r\nTo: "+realUser+
		"\r\nSubject: Reset your password\r\nMessage-ID: <reset-1@coinbase.example>\r\nDate: Tue, 07 Feb 2023 03:19:30 +0000\r\n\r\nA made-up notice.\r\n"), 0o644))
	must(t, os.WriteFile(filepath.Join(dir, "users"), []byte(realUser+":{PLAIN}"+realPassword+"\n"), 0o644))

	uid, gid, internal := os.Getuid(), os.Getgid(), ""
	if uid == 0 { // Dovecot opens no mailbox as root
		nobody, err := user.Lookup("nobody")
		if err != nil {
			t.Skip("NOT RUN: run by root, and there is no user nobody for the mailbox")
		}
		uid, err = strconv.Atoi(nobody.Uid)
		must(t, err)
		gid, err = strconv.Atoi(nobody.Gid)
		must(t, err)
		must(t, filepath.WalkDir(filepath.Join(dir, "mail"), func(path string, _ os.DirEntry, err error) error {
			if err != nil {
				return err
			}
			return os.Lchown(path, uid, gid)
		}))
	} else {
		me, err := user.Current()
		must(t, err)
		group, err := user.LookupGroupId(me.Gid)
		must(t, err)
		internal = fmt.Sprintf("default_internal_user = %s\ndefault_internal_group = %s\ndefault_login_user = %[1]s\nservice anvil {\n  chroot =\n}\nservice stats {\n  chroot =\n}\n", me.Username, group.Name)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	port := l.Addr().(*net.TCPAddr).Port
	must(t, l.Close())
	conf := filepath.Join(dir, "dovecot.conf")
	must(t, os.WriteFile(conf, fmt.Appendf(nil, `base_dir = %[1]s/run
state_dir = %[1]s/state
log_path = %[1]s/log
protocols = imap
listen = 127.0.0.1
ssl = no
disable_plaintext_auth = no
auth_mechanisms = plain login
auth_failure_delay = 0
first_valid_uid = 1
first_valid_gid = 1
mail_location = maildir:%[1]s/mail/Maildir
mail_plugins = notify mail_log
plugin {
  mail_log_events = delete undelete expunge copy save
  mail_log_fields = uid box msgid size subject
}
passdb {
  driver = passwd-file
  args = username_format=%%u %[1]s/users
}
userdb {
  driver = static
  args = uid=%[2]d gid=%[3]d home=%[1]s/mail
}
%[4]sservice imap-login {
  chroot =
  inet_listener imap {
    port = %[5]d
  }
  inet_listener imaps {
    port = 0
  }
}
`, dir, uid, gid, internal, port), 0o644))
	cmd := exec.Command(binary, "-F", "-c", conf)
	var said bytes.Buffer
	cmd.Stdout, cmd.Stderr = &said, &said
	must(t, cmd.Start())
	ended := make(chan struct{})
	go func() { _ = cmd.Wait(); close(ended) }()
	t.Cleanup(func() {
		_ = cmd.Process.Signal(os.Interrupt)
		<-ended
	})
	address = net.JoinHostPort("127.0.0.1", strconv.Itoa(port))
	for deadline := time.Now().Add(20 * time.Second); ; {
		if c, err := net.Dial("tcp", address); err == nil {
			must(t, c.Close())
			return address, filepath.Join(dir, "log")
		}
		select {
		case <-ended:
			t.Skipf("NOT RUN: this Dovecot does not start with the test's configuration: %s", said.String())
		case <-time.After(20 * time.Millisecond):
		}
		if time.Now().After(deadline) {
			t.Fatalf("Dovecot does not listen: %s", said.String())
		}
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
