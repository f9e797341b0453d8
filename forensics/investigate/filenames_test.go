package investigate

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"keytrail/forensics/absence"
	"keytrail/forensics/format/mailbox"
)

func TestMarkFile(t *testing.T) {
	for _, tt := range []struct {
		name          string
		role          absence.Role
		apart, synced bool
	}{
		{name: "INBOX", role: absence.RoleInbox},
		{name: "laptop/Inbox (1).mbox", role: absence.RoleInbox},
		{name: "Takeout/Mail/Posteingang-002.mbox", role: absence.RoleInbox, synced: true},
		{name: "Profiles/x/ImapMail/imap.mail.example/INBOX", role: absence.RoleInbox, synced: true},
		{name: "Takeout/Mail/All mail Including Spam and Trash.mbox", role: absence.RoleAll, synced: true},
		{name: "Alle Nachrichten einschließlich Spam und Papierkorb-001.mbox", role: absence.RoleAll},
		{name: "rivera-old.mbox"},
		{name: "Inbox-old.mbox"},
		{name: "Archive-2022.mbox", apart: true},
		{name: "Category Promotions.mbox", apart: true},
		{name: "Gesendet (2).mbox", role: absence.RoleSent},
		{name: "(1).mbox"},
		{name: "-1"},
	} {
		f := &absence.Folder{Name: mailbox.MailboxPlace(tt.name).Folder}
		f.Role = roleOf(f.Name, nil)
		markFile(f, tt.name, false)
		if f.Role != tt.role || f.Apart != tt.apart || f.Synced != tt.synced {
			t.Errorf("%s: role %v, apart %v, synced %v", tt.name, f.Role, f.Apart, f.Synced)
		}
	}
}

func TestTopDelivered(t *testing.T) {
	for text, want := range map[string]string{
		"Return-Path: <a@b.example>\r\nDelivered-To: Pat@Mail.example\r\nReceived: x\r\n\r\n": "pat@mail.example",
		"Received: x\nDelivered-To: kim@second.example\n\n":                                   "",
		"Subject: x\n\nDelivered-To: kim@second.example\n":                                    "",
		"": "",
	} {
		if got := topDelivered(text); got != want {
			t.Errorf("%q: got %q, want %q", text, got, want)
		}
	}
}

// TestOlderCopyHasOnlyNotices: what an older file has of its own are the mails that were deleted; that names its account too, and where
// it has nothing of its own, the mails that it shares.
func TestOlderCopyHasOnlyNotices(t *testing.T) {
	mbox := func(without, to int) string {
		var b strings.Builder
		for n := 1; n <= to; n++ {
			if n != without {
				fmt.Fprintf(&b, "From x Wed Feb 01 00:00:00 2023\nDelivered-To: pat@mail.example\n%s\n", strings.ReplaceAll(sampleMail(n, n*6, ""), "\r\n", "\n"))
			}
		}
		return b.String()
	}
	dir := t.TempDir()
	put(t, dir, "dump.mbox", mbox(25, 60))
	put(t, dir, "old-laptop.mbox", mbox(0, 40))
	_, got := inferred(t, filepath.Join(dir, "dump.mbox"), filepath.Join(dir, "old-laptop.mbox"))
	if len(got) != 1 || got[0] != `mail-missing dump "Mail 25" copies-compared came 150 to 150, gone 150 to 672` {
		t.Errorf("got %q", got)
	}
}
