package dovecottest

import (
	"bytes"
	"fmt"
	"os"
	"os/user"
	"path/filepath"
	"strconv"
	"testing"
)

// owner is whose the mailboxes are.
type owner struct {
	uid, gid int
	name     string // of the user that all processes run as, and its group; empty where root starts them
	group    string
}

// owned gives the mailboxes to who may open them: Dovecot opens none as root.
func owned(t testing.TB, mail string) owner {
	t.Helper()
	if os.Getuid() != 0 {
		me, err := user.Current()
		must(t, err)
		group, err := user.LookupGroupId(me.Gid)
		must(t, err)
		return owner{os.Getuid(), os.Getgid(), me.Username, group.Name}
	}
	nobody, err := user.Lookup("nobody")
	if err != nil {
		t.Skip("NOT RUN: run by root, and there is no user nobody for the mailboxes")
	}
	var as owner
	as.uid, err = strconv.Atoi(nobody.Uid)
	must(t, err)
	as.gid, err = strconv.Atoi(nobody.Gid)
	must(t, err)
	must(t, filepath.WalkDir(mail, func(path string, _ os.DirEntry, err error) error {
		if err != nil {
			return err
		}
		return os.Lchown(path, as.uid, as.gid)
	}))
	return as
}

// passwd is the file of the accounts.
func (d *Dovecot) passwd(accounts []Account, as owner) []byte {
	var b bytes.Buffer
	for _, a := range accounts {
		fmt.Fprintf(&b, "%s:{PLAIN}%s:%d:%d::%s::", a.Name, Password, as.uid, as.gid, filepath.Join(d.Mail, a.Name))
		if a.Capabilities != "" {
			fmt.Fprintf(&b, "userdb_imap_capability=%s", a.Capabilities)
		}
		b.WriteByte('\n')
	}
	return b.Bytes()
}

// config is dovecot.conf for Dovecot 2.3. A refused password costs the next login no time, and nothing is synced to disk:
// the mail does not outlive the test.
func (d *Dovecot) config(as owner) string {
	rootless := ""
	if as.name != "" {
		rootless = fmt.Sprintf(`default_internal_user = %[1]s
default_internal_group = %[2]s
default_login_user = %[1]s
service anvil {
  chroot =
}
service stats {
  chroot =
}
`, as.name, as.group)
	}
	return fmt.Sprintf(`base_dir = %[1]s/run
state_dir = %[1]s/state
log_path = /dev/stderr
protocols = imap
listen = 127.0.0.1
ssl = yes
ssl_cert = <%[1]s/cert.pem
ssl_key = <%[1]s/key.pem
ssl_dh =
disable_plaintext_auth = no
auth_mechanisms = plain login
auth_failure_delay = 0
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
  }
}
service anvil {
  unix_listener anvil-auth-penalty {
    mode = 0
  }
}
service imap {
  process_limit = 600
}
service imap-login {
  chroot =
  inet_listener imap {
    port = %[2]d
  }
  inet_listener imaps {
    port = %[3]d
    ssl = yes
  }
}
%[4]s`, d.dir, d.IMAP, d.IMAPS, rootless)
}
