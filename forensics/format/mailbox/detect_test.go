package mailbox

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"keytrail/forensics/format"
)

func TestDetect(t *testing.T) {
	mail := "Received: from a by b; Mon, 14 Nov 2022 09:12:45 +0000\nFrom: a@example.com\nSubject: hi\n\nhi\n"
	for _, tc := range []struct{ name, item, in, want string }{
		{"mbox", "x", sep + mail, "mailbox/mbox"},
		{"mail", "x", mail, "mailbox/eml"},
		{"blank-lines-first", "x", "\r\n\n" + mail, "mailbox/eml"},
		{"maildir", "Maildir/cur/1668417165.M1P2.host:2,S", mail, "mailbox/maildir"},
		{"maildir-new", "Maildir/new/1668417165.M1P2.host", mail, "mailbox/maildir"},
		{"mbox-in-a-folder-named-new", "backup/new/inbox", sep + mail, "mailbox/mbox"},
		{"cut-off-mbox", "x", "the end of a body\n\n" + sep + mail + "\n" + sep + mail, "mailbox/mbox"},
		{"csv", "x.csv", "Date,From,To,Subject\n2022-11-14,a@example.com,b@example.com,hi\n", ""},
		{"csv-with-colons", "x.csv", "Date:,From:,To:\n1,2,3\n", ""},
		{"json", "x.json", "{\"From\": \"a@example.com\",\n\"Subject\": \"hi\"}\n", ""},
		{"log", "mail.log", "Nov 14 03:12:45 host dovecot: imap-login: Login: user=<pat>\n", ""},
		{"iso-log", "mail.log", "2022-11-14T03:12:45Z host dovecot: imap-login: Login: user=<pat>\n", ""},
		{"http", "x", "HTTP/1.1 200 OK\nDate: Mon, 14 Nov 2022 09:12:45 GMT\nContent-Type: text/html\n\n<html>", ""},
		{"go", "x.go", "package main\n\nfunc main() {\n}\n", ""},
		{"yaml", "x.yml", "version: 2\njobs:\n  build: x\nsteps: y\nname: z\nfrom: x\n", ""},
		{"python", "x.py", "from a import b\nclass X:\n    y: int = 1\n", ""},
		{"prose", "x.txt", "From Russia with love\n\nOnce upon a time\n", ""},
		{"binary", "x.msg", "\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1\x00\x00", ""},
		{"empty", "x.eml", "", ""},
	} {
		t.Run(tc.name, func(t *testing.T) {
			f, g := format.Detect(Formats(), &format.Head{Name: tc.item, Bytes: []byte(tc.in), Complete: true})
			got := ""
			if f != nil && g.Score > 0 {
				got = f.Name()
			}
			if got != tc.want {
				t.Errorf("got %q (%+v), want %q", got, g, tc.want)
			}
		})
	}
}

func TestMaildirNames(t *testing.T) {
	for _, tc := range []struct {
		in, folder string
		flags      []string
		ok         bool
	}{
		{"Maildir/cur/1668417165.M1P2.host:2,RS", "INBOX", []string{"flag:replied", "flag:seen"}, true},
		{"Maildir/.Trash/cur/1668417165.M1P2.host:2,ST", "Trash", []string{"flag:seen", "flag:trashed"}, true},
		{"Maildir/.Archive.2022/cur/1.a;2,S", "Archive/2022", []string{"flag:seen"}, true},
		{"Maildir/.Entw&APw-rfe/cur/1.a!2,D", "Entwürfe", []string{"flag:draft"}, true},
		{"Maildir/.A&-B/new/1.a", "A&B", nil, true},
		{"mail/pat/Sent/cur/1.a:2,", "mail/pat/Sent", nil, true},
		{"cur/1.a:2,FP", "INBOX", []string{"flag:flagged", "flag:passed"}, true},
		{"Maildir\\cur\\1.a;2,S", "INBOX", []string{"flag:seen"}, true},
		{"Maildir/tmp/1.a", "", nil, false},
		{"Maildir/dovecot-uidlist", "", nil, false},
		{"cur", "", nil, false},
	} {
		t.Run(tc.in, func(t *testing.T) {
			m, ok := parseMaildirName(tc.in)
			if ok != tc.ok || m.folder != tc.folder {
				t.Errorf("got %q %v, want %q %v", m.folder, ok, tc.folder, tc.ok)
			}
			if diff := cmp.Diff(tc.flags, flagReasons(m.flags)); diff != "" {
				t.Errorf("flags (-want +got):\n%s", diff)
			}
		})
	}
}

func TestMaildirMessage(t *testing.T) {
	b := []byte("From: a@example.com\nTo: pat@example.net\nSubject: hi\n\nFrom here\n" + sep + "Subject: no\n")
	c := read(t, Maildir{}, "Maildir/.Trash/cur/1668417165.M1P2.host:2,ST", b)
	if len(c.records) != 1 {
		t.Fatalf("%d records, want 1", len(c.records))
	}
	e := c.records[0].event
	if got, want := e.Time.RFC3339()+" "+e.Time.Desc, "2022-11-14T09:12:45Z Maildir file name"; got != want {
		t.Errorf("time %q, want %q", got, want)
	}
	if e.Folder != "Trash" || e.Kind.String() != "mail-received" {
		t.Errorf("folder %q, kind %v", e.Folder, e.Kind)
	}
	if diff := cmp.Diff([]string{"flag:seen", "flag:trashed"}, e.Reasons); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestMboxFolder(t *testing.T) {
	for in, want := range map[string]string{
		"INBOX.mbox": "INBOX", "a.zip/Sent": "Sent", "INBOX.mbox/mbox": "INBOX", "Archives.sbd/2022": "Archives/2022", "": "", ".mbox": ".mbox", "x.txt": "x.txt",
	} {
		if got := mboxFolder(in); got != want {
			t.Errorf("mboxFolder(%q) = %q, want %q", in, got, want)
		}
	}
}
