package investigate

import (
	"fmt"
	"testing"

	"keytrail/forensics/dovecottest"
)

// noSaveDate is what a server without SAVEDATE offers.
const noSaveDate = "IMAP4rev1 LITERAL+ SASL-IR ID ENABLE UIDPLUS CONDSTORE QRESYNC MOVE NAMESPACE SPECIAL-USE LIST-STATUS"

// realFolders are what each account has from the start, besides INBOX and Trash.
const realFolders = `namespace inbox {
  mailbox Trash {
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
`

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// realAccount is the nth; those that tell SAVEDATE are called otherwise.
func realAccount(n int, saveDate bool) dovecottest.Account {
	if saveDate {
		return dovecottest.Account{Name: fmt.Sprintf("saved%03d@mail.example", n)}
	}
	return dovecottest.Account{Name: fmt.Sprintf("user%03d@mail.example", n), Capabilities: noSaveDate}
}
