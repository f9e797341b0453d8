package mailserver

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"github.com/emersion/go-imap/v2"

	"keytrail/forensics"
	"keytrail/forensics/dovecottest"
	"keytrail/forensics/format"
	"keytrail/forensics/format/formattest"
)

// TestRealDovecot lets a real Dovecot write the log: a refused login, a login, a mail read, marked and
// expunged. The events must say just that, joined by the server's own session id.
func TestRealDovecot(t *testing.T) {
	d := dovecottest.Start(t, dovecottest.Options{Fill: oneMail(t), Conf: `mail_plugins = notify mail_log
plugin {
  mail_log_events = delete undelete expunge copy save
  mail_log_fields = uid box msgid size subject
}
`})
	refused := d.Dial(t)
	if err := refused.Login(dovecottest.User, "wrong").Wait(); err == nil {
		t.Fatal("a wrong password was taken")
	}
	must(t, refused.Close())

	c := d.Dial(t)
	must(t, c.Login(dovecottest.User, dovecottest.Password).Wait())
	_, err := c.Select("INBOX", nil).Wait()
	must(t, err)
	one := imap.UIDSetNum(1)
	_, err = c.Fetch(one, &imap.FetchOptions{BodySection: []*imap.FetchItemBodySection{{}}}).Collect()
	must(t, err)
	must(t, c.Store(one, &imap.StoreFlags{Op: imap.StoreFlagsAdd, Flags: []imap.Flag{imap.FlagDeleted}}, nil).Close())
	must(t, c.Expunge().Close())
	must(t, c.Logout().Wait())
	must(t, c.Close())

	kinds := parsedLog(t, d.Logged(t, "auth failed", "Logged out")) // the last line is written after the goodbye
	login := kinds[forensics.LoginSucceeded]
	if len(login) != 1 || login[0].Account != dovecottest.User || login[0].Protocol != "imap" || login[0].Session == "" || login[0].IP.String() != "127.0.0.1" {
		t.Fatalf("logins: %+v", login)
	}
	if failed := kinds[forensics.LoginFailed]; len(failed) < 1 || failed[0].Account != dovecottest.User {
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

// oneMail fills a mailbox.
func oneMail(t *testing.T) func(maildir string) {
	return func(maildir string) {
		t.Helper()
		cur := filepath.Join(maildir, "cur")
		must(t, os.Mkdir(cur, 0o755))
		must(t, os.WriteFile(filepath.Join(cur, "1675739970.M1P1.mail:2,"), []byte("From: no-reply@coinbase.example\r\nTo: "+dovecottest.User+
			"\r\nSubject: Reset your password\r\nMessage-ID: <reset-1@coinbase.example>\r\nDate: Tue, 07 Feb 2023 03:19:30 +0000\r\n\r\nA made-up notice.\r\n"), 0o644))
	}
}

// parsedLog reads the log as keytrail does and sorts its events by kind.
func parsedLog(t *testing.T, log []byte) map[forensics.Kind][]forensics.Event {
	t.Helper()
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

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
