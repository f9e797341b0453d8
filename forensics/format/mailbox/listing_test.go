package mailbox

import (
	"bytes"
	"context"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"keytrail/forensics"
	"keytrail/forensics/format"
	"keytrail/forensics/format/formattest"
)

const (
	sampleAcquisition = `{"format":"keytrail-acquisition-1","tool":"keytrail 0.2.0","url":"imaps://pat@mail.example","host":"imap.mail.example","port":993,"user":"pat@mail.example","state":"complete",` +
		`"started":"2023-02-08T09:00:00Z","ended":"2023-02-08T09:01:00Z","runs":1,"mail":"pat@mail.example","copied":3,"bytes":900}`
	sampleFolder = `{"name":"INBOX","wire_name":"INBOX","delimiter":"/","attributes":["\\HasNoChildren"],"directory":"pat@mail.example/INBOX","uidvalidity":1668390000,"complete":true,` +
		`"observations":[{"at":"2023-02-08T09:00:01Z","until":"2023-02-08T09:00:30Z","messages":3,"uidvalidity":1668390000,"uidnext":9,"highestmodseq":77,"uids":"1:2,7"}],` +
		`"baseline":{"acquisition":"x","index":"0001","at":"2023-02-01T09:00:00Z","until":"2023-02-01T09:00:05Z","messages":5,"uidvalidity":1668390000,"uids":"1:5"},` +
		`"vanished":{"at":"2023-02-08T09:00:01Z","changed_since":50,"uids":"3:5"}}`
	sampleMessages = `{"uid":1,"internaldate":"2023-01-30T10:00:00+01:00","flags":["\\Seen","\\Deleted"],"modseq":60,"size":300,"sha256":"00","file":"pat@mail.example/INBOX/cur/1675069200.U1.0123456789abcdef:2,ST","savedate":"2023-01-30T10:00:02+01:00","x_gm_msgid":"1757000000000000001","x_gm_thrid":"1757000000000000000","emailid":"M1"}` + "\n" +
		`{"uid":2,"size":0,"not_copied":"outside"}` + "\n"
	sampleBackup  = `{"version":3,"uid_validity":7,"messages":[{"uid":3,"offset":0,"length":300,"flags":["Seen"]},{"uid":5,"offset":300,"length":200,"flags":["Deleted"]}]}`
	sampleUIDList = "3 V1275660208 N25022 G3085f01b7f11094c501100008c4a11c1\n25006 :1276528487.M364837P9451.kurkku,S=1355,W=1394\n25017 W2481 :1276533073.M242911P3632.kurkku:2,F\n"
	sampleSync    = "FarUidValidity 1668390000\nNearUidValidity 1\nMaxPulledUid 7\nMaxPushedUid 3\n\n1 1 S\n2 2 \n7 3 F\n"
)

func text(name, data string, skipped, records int) formattest.Sample {
	return formattest.Sample{Name: name, Data: []byte(data), Skipped: skipped, Records: records, Events: records}
}

func TestSidecarConformance(t *testing.T) {
	for _, tt := range []struct {
		name string
		f    format.Format
		c    formattest.Case
	}{
		{"acquisition", Acquisition{}, formattest.Case{Valid: map[string]formattest.Sample{
			"head": text("a/acquisition.json", sampleAcquisition, 0, 1), "folder": text("a/index/0001/folder.json", sampleFolder, 0, 1),
			"messages": text("a/index/0001/messages.jsonl", sampleMessages, 2, 0)}}},
		{"imap-backup", BackupIndex{}, formattest.Case{Valid: map[string]formattest.Sample{"index": text("pat@mail.example/INBOX.imap", sampleBackup, 1, 0)}}},
		{"uidlist", UIDList{}, formattest.Case{Valid: map[string]formattest.Sample{"list": text("Maildir/dovecot-uidlist", sampleUIDList, 3, 0)}}},
		{"mbsync", SyncState{}, formattest.Case{Valid: map[string]formattest.Sample{"state": text("mail/.mbsyncstate", sampleSync, 8, 0), "numbering": text("mail/.uidvalidity", "1668390000\n7\n", 2, 0)}}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			tt.c.SingleByte, tt.c.EndlessRecord = true, true
			formattest.Suite(t, tt.f, tt.c)
		})
	}
}

func TestParseFolder(t *testing.T) {
	got, err := ParseFolder([]byte(sampleFolder))
	if err != nil {
		t.Fatal(err)
	}
	want := Listing{Folder: "INBOX", Directory: "pat@mail.example/INBOX", Attributes: []string{`\HasNoChildren`}, UIDValidity: 1668390000, UIDNext: 9, ModSeq: 77,
		At: time.Date(2023, 2, 8, 9, 0, 1, 0, time.UTC), Until: time.Date(2023, 2, 8, 9, 0, 30, 0, time.UTC), UIDs: []UIDRange{{1, 2}, {7, 7}}, Listed: true, Complete: true,
		Vanished: []UIDRange{{3, 5}}, VanishedSince: time.Date(2023, 2, 1, 9, 0, 5, 0, time.UTC)}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	for _, bad := range []string{`{"observations":[{"uids":1}]}`, `{"observations":[{"uids":"1:x"}]}`, `{"observations":[{"uids":"99999999999"}]}`, "{"} {
		if _, err := ParseFolder([]byte(bad)); err == nil {
			t.Errorf("%s was read", bad)
		}
	}
}

func TestReadSidecars(t *testing.T) {
	var messages []Numbered
	if err := EachMessage(strings.NewReader(sampleMessages), func(n *Numbered) { messages = append(messages, *n) }); err != nil {
		t.Fatal(err)
	}
	if len(messages) != 2 || messages[0].GmailID != 1757000000000000001 || messages[0].GmailThread != 1757000000000000000 || messages[0].SaveDate.Sub(messages[0].InternalDate) != 2*time.Second ||
		messages[0].ModSeq != 60 || messages[1].NotCopied != "outside" {
		t.Errorf("messages: %+v", messages)
	}
	l, list, err := ReadBackupIndex(strings.NewReader(sampleBackup))
	if err != nil || l.UIDValidity != 7 || len(list) != 2 || list[1].Offset != 300 || list[1].Flags[0] != `\Deleted` {
		t.Errorf("imap-backup: %+v %+v %v", l, list, err)
	}
	l, list, err = ReadUIDList(strings.NewReader(sampleUIDList))
	if err != nil || l.UIDValidity != 1275660208 || l.UIDNext != 25022 || len(list) != 2 || list[1].UID != 25017 || list[1].File != "1276533073.M242911P3632.kurkku" {
		t.Errorf("uidlist: %+v %+v %v", l, list, err)
	}
	s, err := ReadSyncState(strings.NewReader(sampleSync))
	if err != nil || s.Far != 1668390000 || s.Near != 1 || s.FarOf[3] != 7 || len(s.FarOf) != 3 {
		t.Errorf("mbsync: %+v %v", s, err)
	}
	if s, err := ReadSyncState(strings.NewReader("42\n7\n")); err != nil || s.Near != 42 {
		t.Errorf("mbsync numbering: %+v %v", s, err)
	}
}

// TestNumbersInNames: what the names of copies say.
func TestNumbersInNames(t *testing.T) {
	for _, tt := range []struct {
		name string
		want Place
	}{
		{"pat@mail.example/INBOX/cur/1675069200.U17.0123456789abcdef:2,ST",
			Place{Account: "pat@mail.example", Folder: "INBOX", Dir: "pat@mail.example/INBOX", Base: "1675069200.U17.0123456789abcdef", UID: 17, Internal: time.Unix(1675069200, 0).UTC(), Deleted: true}},
		{"a/pat@mail.example/Entw&APw-rfe/A%2FB/cur/1675069200.U1.0123456789abcdef;2,",
			Place{Account: "pat@mail.example", Folder: "Entwürfe/A/B", Dir: "a/pat@mail.example/Entw&APw-rfe/A%2FB", Base: "1675069200.U1.0123456789abcdef", UID: 1, Internal: time.Unix(1675069200, 0).UTC(), Fresh: true}},
		{"mail/.Archive/cur/1675069200.1234_1.host,U=55:2,S", Place{Folder: "Archive", Dir: "mail/.Archive", Base: "1675069200.1234_1.host,U=55", UID: 55}},
		{"mail/cur/1675069200_0.99.host,U=7,FMD5=abc:2,", Place{Folder: "mail", Dir: "mail", Base: "1675069200_0.99.host,U=7,FMD5=abc", UID: 7, Fresh: true}},
		{"mail/cur/1675069200.M1P2.host:2,S", Place{Folder: "mail", Dir: "mail", Base: "1675069200.M1P2.host"}},
	} {
		got, ok := MaildirPlace(tt.name)
		if !ok {
			t.Errorf("%s is no place", tt.name)
			continue
		}
		if diff := cmp.Diff(tt.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tt.name, diff)
		}
	}
}

func TestFolderRole(t *testing.T) {
	for name, want := range map[string]string{"INBOX": RoleInbox, "inbox": RoleInbox, "INBOX.Trash": RoleTrash, "[Gmail]/Papierkorb": RoleTrash, "Gelöschte Elemente": RoleTrash, "Entwürfe": RoleDrafts,
		"[Gmail]/All Mail": RoleAll, "Bulk Mail": RoleJunk, "Sent Items": RoleSent, "Archive": ""} {
		if got := FolderRole(name, nil); got != want {
			t.Errorf("%s is %q, want %q", name, got, want)
		}
	}
	if FolderRole("Müll", []string{`\HasNoChildren`, `\Trash`}) != RoleTrash {
		t.Error("the server's mark does not count")
	}
}

// parseOne reads one text as a mail of a folder.
func parseOne(t *testing.T, f format.Format, name, data string) []forensics.Event {
	t.Helper()
	sink := &formattest.Sink{}
	in := &format.Input{Name: name, Size: int64(len(data)), Head: []byte(data), Reader: strings.NewReader(data)}
	if err := f.Parse(context.Background(), in, sink); err != nil {
		t.Fatal(err)
	}
	var out []forensics.Event
	for _, r := range sink.Records {
		out = append(out, r.Events...)
	}
	return out
}

func TestServerDateAndThread(t *testing.T) {
	mail := "Received: by mx; Mon, 30 Jan 2023 08:00:00 +0000\nFrom: a@example.com\nTo: pat@example.net\nDate: Mon, 30 Jan 2023 07:00:00 +0000\nMessage-ID: <4@example.com>\n" +
		"References: <1@example.com>\n <2@example.com>\t<3@example.com>\nIn-Reply-To: Your mail <3@example.com>\nX-UID: 9\n\nhi\n"
	e := parseOne(t, Maildir{}, "pat@mail.example/INBOX/cur/1675069200.U17.0123456789abcdef:2,S", mail)
	if len(e) != 1 || e[0].UID != 17 || e[0].Account != "pat@mail.example" || e[0].Time.Desc != "INTERNALDATE" || e[0].Time.Nano != 1675069200e9 || len(e[0].Others) != 2 {
		t.Fatalf("got %+v", e)
	}
	if diff := cmp.Diff([]string{"3@example.com", "1@example.com"}, e[0].References); diff != "" {
		t.Errorf("references (-want +got):\n%s", diff)
	}
	// A sender can write X-UID; only a mailbox file that a server numbers is believed.
	if e := parseOne(t, EML{}, "a.eml", mail); e[0].UID != 0 {
		t.Errorf("a sender's X-UID was believed: %+v", e[0])
	}
	box := sep + "X-IMAPbase: 1668390000 12\nX-UID: 11\n" + mail + "\n" + sep + strings.Replace(mail, "<4@", "<5@", 1) + "\n"
	list := parseOne(t, MBox{}, "INBOX", box)
	if len(list) != 2 || list[0].UID != 11 || list[1].UID != 9 {
		t.Errorf("got %+v", list)
	}
	for name, header := range map[string]string{"none": "References: nothing here\nIn-Reply-To: <>\n", "open": "References: <1@example.com\n", "long": "References: <" + strings.Repeat("a", 600) + "@b>\n"} {
		if e := parseOne(t, EML{}, "a.eml", header+mail[:strings.Index(mail, "References")]+"\nhi\n"); len(e[0].References) != 0 {
			t.Errorf("%s: %q", name, e[0].References)
		}
	}
}

// FuzzSidecar: files beside copies of any shape are read within bounds, and the formats pass over them.
func FuzzSidecar(f *testing.F) {
	for _, s := range []string{sampleAcquisition, sampleFolder, sampleMessages, sampleBackup, sampleUIDList, sampleSync} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		_, _ = ParseAcquisition(b)
		if l, err := ParseFolder(b); err == nil {
			for i := 1; i < len(l.UIDs); i++ {
				if l.UIDs[i].First <= l.UIDs[i-1].Last {
					t.Fatalf("runs out of order: %v", l.UIDs)
				}
			}
		}
		_ = EachMessage(bytes.NewReader(b), func(*Numbered) {})
		_, _, _ = ReadBackupIndex(bytes.NewReader(b))
		_, _, _ = ReadUIDList(bytes.NewReader(b))
		_, _ = ReadSyncState(bytes.NewReader(b))
		for name, fm := range map[string]format.Format{"acquisition.json": Acquisition{}, "folder.json": Acquisition{}, "messages.jsonl": Acquisition{}, "x.imap": BackupIndex{},
			"dovecot-uidlist": UIDList{}, ".mbsyncstate": SyncState{}} {
			fm.Match(&format.Head{Name: name, Bytes: b, Complete: true})
			in := &format.Input{Name: name, Size: -1, Head: b, Reader: io.MultiReader(bytes.NewReader(b))}
			if err := fm.Parse(context.Background(), in, &formattest.Sink{}); err != nil {
				t.Fatal(err)
			}
		}
		if p, ok := MaildirPlace(string(b)); ok && p.Base == "" {
			t.Fatal("a place without a file")
		}
	})
}
