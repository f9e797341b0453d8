package investigate

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"keytrail/forensics/rule"
)

func TestMailboxes(t *testing.T) {
	box := func(name string, first, last int64, accounts ...string) rule.Source {
		return rule.Source{Name: name, Format: "mailbox/mbox", First: first, Last: last, Accounts: accounts}
	}
	mail := func(name string, first, last int64, accounts ...string) rule.Source {
		s := box(name, first, last, accounts...)
		s.Format = "mailbox/maildir"
		return s
	}
	tests := map[string]struct {
		items, want []rule.Source
	}{
		"one_person_of_two_addresses": {
			[]rule.Source{box("mail/INBOX.mbox", 3, 9, "alias@example.com", "pat@example.com"), box("mail/Sent.mbox", 1, 8, "pat@example.com"), box("Trash.mbox", 4, 12)},
			[]rule.Source{box("case", 1, 12, "alias@example.com", "pat@example.com")},
		},
		"two_people": {
			[]rule.Source{box("01/mail/INBOX.mbox", 3, 9, "pat@example.com"), box("02/INBOX.mbox", 5, 20, "kim@example.com"), box("01/mail/Trash.mbox", 4, 12), box("other.mbox", 1, 2)},
			[]rule.Source{box("case » 01/mail", 3, 12, "pat@example.com"), box("case » 02/INBOX.mbox", 5, 20, "kim@example.com"), box("case", 1, 2, "kim@example.com", "pat@example.com")},
		},
		"one_of_two_people_in_two_folders": {
			[]rule.Source{box("01/INBOX.mbox", 3, 9, "pat@example.com"), box("02/INBOX.mbox", 5, 20, "kim@example.com"), box("03/INBOX.mbox", 30, 40, "pat@example.com"), box("03/Trash.mbox", 31, 41)},
			[]rule.Source{box("case » 01/INBOX.mbox", 3, 9, "pat@example.com"), box("case » 02/INBOX.mbox", 5, 20, "kim@example.com"), box("case » 03", 30, 41, "pat@example.com")},
		},
		"in_one_folder": {
			[]rule.Source{box("pat.mbox", 3, 9, "pat@example.com"), box("kim.mbox", 5, 20, "kim@example.com")},
			[]rule.Source{box("case » pat.mbox", 3, 9, "pat@example.com"), box("case » kim.mbox", 5, 20, "kim@example.com")},
		},
		"files_of_one_maildir": {
			[]rule.Source{mail("cur/1", 3, 3, "pat@example.com"), mail("cur/2", 5, 5, "list@example.com"), mail("cur/3", 9, 9)},
			[]rule.Source{mail("case", 3, 9, "list@example.com", "pat@example.com")},
		},
		"two_maildirs": {
			[]rule.Source{mail("pat/cur/1", 3, 3, "pat@example.com"), mail("kim/cur/1", 5, 5, "kim@example.com"), mail("kim/new/2", 9, 9), mail("pat/new/1", 10, 10, "pat@example.com")},
			[]rule.Source{mail("case » pat", 3, 10, "pat@example.com"), mail("case » kim", 5, 9, "kim@example.com")},
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(test.want, mailboxes(test.items, "case")); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}
