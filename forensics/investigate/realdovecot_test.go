package investigate

import (
	"bytes"
	"fmt"
	"net"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/emersion/go-imap/v2/imapclient"
)

const realPassword = "correct horse"

// noSaveDate is what a server without SAVEDATE offers.
const noSaveDate = "IMAP4rev1 LITERAL+ SASL-IR ID ENABLE UIDPLUS CONDSTORE QRESYNC MOVE NAMESPACE SPECIAL-USE LIST-STATUS"

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// realUser names the nth account; those that tell SAVEDATE are called otherwise.
func realUser(n int, saveDate bool) string {
	if saveDate {
		return fmt.Sprintf("saved%03d@mail.example", n)
	}
	return fmt.Sprintf("user%03d@mail.example", n)
}

// startRealDovecot runs one private Dovecot with empty mailboxes for many accounts. It ends with the test.
func startRealDovecot(t testing.TB, users []string) (address string) {
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
	must(t, os.Mkdir(filepath.Join(dir, "mail"), 0o777))

	uid, gid, internal := os.Getuid(), os.Getgid(), ""
	if uid == 0 { // Dovecot opens no mailbox as root
		nobody, err := user.Lookup("nobody")
		if err != nil {
			t.Skip("NOT RUN: run by root, and there is no user nobody for the mailboxes")
		}
		uid, err = strconv.Atoi(nobody.Uid)
		must(t, err)
		gid, err = strconv.Atoi(nobody.Gid)
		must(t, err)
		must(t, os.Lchown(filepath.Join(dir, "mail"), uid, gid))
	} else {
		me, err := user.Current()
		must(t, err)
		group, err := user.LookupGroupId(me.Gid)
		must(t, err)
		internal = fmt.Sprintf("default_internal_user = %s\ndefault_internal_group = %s\ndefault_login_user = %[1]s\nservice anvil {\n  chroot =\n}\nservice stats {\n  chroot =\n}\n", me.Username, group.Name)
	}
	var passwd strings.Builder
	for _, u := range users {
		capability := ""
		if !strings.HasPrefix(u, "saved") {
			capability = "userdb_imap_capability=" + noSaveDate
		}
		fmt.Fprintf(&passwd, "%s:{PLAIN}%s:%d:%d::%s/mail/%s::%s\n", u, realPassword, uid, gid, dir, u, capability)
	}
	must(t, os.WriteFile(filepath.Join(dir, "users"), []byte(passwd.String()), 0o644))
	l, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	port := l.Addr().(*net.TCPAddr).Port
	must(t, l.Close())
	conf := filepath.Join(dir, "dovecot.conf")
	must(t, os.WriteFile(conf, []byte(fmt.Sprintf(`base_dir = %[1]s/run
state_dir = %[1]s/state
log_path = %[1]s/log
protocols = imap
listen = 127.0.0.1
ssl = no
disable_plaintext_auth = no
auth_mechanisms = plain login
first_valid_uid = 1
first_valid_gid = 1
mail_location = maildir:~/Maildir
mail_fsync = never
mail_max_userip_connections = 100
passdb {
  driver = passwd-file
  args = username_format=%%u %[1]s/users
}
userdb {
  driver = passwd-file
  args = username_format=%%u %[1]s/users
}
namespace inbox {
  inbox = yes
  separator = /
  mailbox Trash {
    special_use = \Trash
    auto = subscribe
  }
  mailbox Drafts {
    special_use = \Drafts
    auto = subscribe
  }
  mailbox Archive {
    auto = subscribe
  }
  mailbox Lists {
    auto = subscribe
  }
  mailbox Quiet {
    auto = subscribe
  }
}
service imap {
  process_limit = 600
}
%[2]sservice imap-login {
  chroot =
  inet_listener imap {
    port = %[3]d
  }
  inet_listener imaps {
    port = 0
  }
}
`, dir, internal, port)), 0o644))
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
		c, err := net.Dial("tcp", address)
		if err == nil {
			must(t, c.Close())
			return address
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

func dialReal(t testing.TB, address, account string) *imapclient.Client {
	t.Helper()
	c, err := imapclient.DialInsecure(address, nil)
	must(t, err)
	must(t, c.Login(account, realPassword).Wait())
	return c
}
