package investigate

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"keytrail/forensics"
	"keytrail/forensics/casefile"
	"keytrail/forensics/detect"
	"keytrail/forensics/filter"
	formats "keytrail/forensics/format/all"
	"keytrail/forensics/ingest"
)

// sampleMail is mail number n, which came so many hours after the start of February 2023.
func sampleMail(n, hours int, header string) string {
	at := sampleTime(hours)
	return fmt.Sprintf("%sReceived: from mx.example by mail.example; %s\r\nFrom: sender%d@example.com\r\nTo: pat@mail.example\r\nSubject: Mail %d\r\nMessage-ID: <m%d@example.com>\r\nDate: %[2]s\r\n\r\nText.\r\n",
		header, at.Format(time.RFC1123Z), n%3, n, n)
}

func sampleTime(hours int) time.Time {
	return time.Date(2023, 2, 1, 0, 0, 0, 0, time.UTC).Add(time.Duration(hours) * time.Hour)
}

func put(t *testing.T, root, name, data string) {
	t.Helper()
	path := filepath.Join(root, filepath.FromSlash(name))
	must(t, os.MkdirAll(filepath.Dir(path), 0o755))
	must(t, os.WriteFile(path, []byte(data), 0o644))
	at := time.Date(2023, 3, 1, 0, 0, 0, 0, time.UTC)
	must(t, os.Chtimes(path, at, at))
}

// putAcquired writes a copy as keytrail acquire does: the mails of INBOX by UID, each with its number and hour.
func putAcquired(t *testing.T, root string, taken int, next int, mails map[int][2]int) {
	t.Helper()
	at := sampleTime(taken).Format(time.RFC3339)
	put(t, root, "acquisition.json", fmt.Sprintf(`{"format":"keytrail-acquisition-1","tool":"keytrail test","host":"imap.mail.example","port":993,"user":"pat@mail.example","state":"complete","started":%q,"ended":%[1]q,"mail":"pat@mail.example","copied":%d}`, at, len(mails)))
	var uids []string
	var lines strings.Builder
	for uid := range next {
		m, ok := mails[uid]
		if !ok {
			continue
		}
		uids = append(uids, fmt.Sprint(uid))
		came := sampleTime(m[1])
		name := fmt.Sprintf("pat@mail.example/INBOX/cur/%d.U%d.%016x:2,S", came.Unix(), uid, m[0])
		put(t, root, name, sampleMail(m[0], m[1], ""))
		fmt.Fprintf(&lines, `{"uid":%d,"internaldate":%q,"flags":["\\Seen"],"size":1,"sha256":"00","file":%q}`+"\n", uid, came.Format(time.RFC3339), name)
	}
	put(t, root, "index/0001/folder.json", fmt.Sprintf(`{"name":"INBOX","wire_name":"INBOX","delimiter":"/","directory":"pat@mail.example/INBOX","uidvalidity":7,"complete":true,"observations":[{"at":%q,"until":%[1]q,"messages":%d,"uidvalidity":7,"uidnext":%d,"uids":%q}]}`,
		at, len(mails), next, strings.Join(uids, ",")))
	put(t, root, "index/0001/messages.jsonl", lines.String())
}

// inferred reads paths into a new case and tells the inferred events, and the additions as "+reason" of what a log says.
func inferred(t *testing.T, paths ...string) (*casefile.Case, []string) {
	t.Helper()
	now := func() time.Time { return time.Date(2023, 3, 2, 0, 0, 0, 0, time.UTC) }
	c, err := casefile.Create(filepath.Join(t.TempDir(), "test.keytrail"), casefile.Options{Tool: "keytrail test", Now: now})
	must(t, err)
	t.Cleanup(func() { must(t, c.Close()) })
	notices, err := detect.LoadNotices()
	must(t, err)
	sum, err := ingest.Add(t.Context(), c, paths, ingest.Options{Formats: formats.Formats(), Notices: notices, Tool: "keytrail test", Now: now}, nil)
	must(t, err)
	for _, p := range sum.Problems {
		t.Errorf("%+v", p)
	}
	_, err = Infer(t.Context(), c)
	must(t, err)
	expr, err := filter.Parse("group:deletion")
	must(t, err)
	view, err := c.Query(t.Context(), expr)
	must(t, err)
	var out []string
	must(t, forensics.Each(t.Context(), view, func(e *forensics.Event) error {
		text := e.Kind.String()
		if e.Certainty != forensics.Inferred {
			text += " by a log"
		}
		if e.Folder != "" {
			text += " " + e.Folder
		}
		if len(e.UIDs) > 0 {
			text += fmt.Sprint(" ", e.UIDs)
		}
		if e.Kind == forensics.MailMissing && slices.Contains(e.Reasons, "absent-here") {
			text += " <" + e.MessageID + ">"
		}
		if e.Subject != "" {
			text += fmt.Sprintf(" %q", e.Subject)
		}
		text += " " + strings.Join(e.Reasons, " ")
		if b := e.Bounds; b != nil && e.Certainty == forensics.Inferred {
			hour := func(t forensics.Time) string {
				if t.IsZero() {
					return "-"
				}
				return fmt.Sprint(int(t.Std().Sub(sampleTime(0)).Hours()))
			}
			text += fmt.Sprintf(" came %s to %s, gone %s to %s", hour(b.ArrivedNotBefore), hour(b.ArrivedNotAfter), hour(b.NotBefore), hour(b.NotAfter))
		}
		if e.Ref.Item == 0 || e.ID == "" {
			t.Errorf("%s points to nothing: %+v", text, e.Ref)
		}
		if e.Certainty == forensics.Inferred && e.Account != "pat@mail.example" {
			t.Errorf("%s is of %q", text, e.Account)
		}
		out = append(out, text)
		return nil
	}))
	return c, out
}

const sampleLog = "2023-02-01T12:30:00.000000+00:00 mail dovecot: imap-login: Login: user=<pat@mail.example>, method=PLAIN, rip=203.0.113.77, lip=192.0.2.10, mpid=77, TLS, session=<b7Hf0w3D5L7LAHFN>\n" +
	"2023-02-01T12:31:00.000000+00:00 mail dovecot: imap(pat@mail.example)<77><b7Hf0w3D5L7LAHFN>: expunge: box=INBOX, uid=3, msgid=<m3@example.com>, size=300\n"

// sampleAudit are two records: four mails were read, of which two are still there, and one was deleted.
const sampleAudit = `{"CreationTime":"2023-02-01T12:31:00","Id":"00000000-0000-4000-8000-000000000001","Operation":"MailItemsAccessed","RecordType":50,"Workload":"Exchange","UserId":"pat@mail.example","MailboxOwnerUPN":"pat@mail.example","ClientIPAddress":"203.0.113.77",` +
	`"OperationProperties":[{"Name":"MailAccessType","Value":"Bind"}],"OperationCount":4,"Folders":[{"Path":"\\Inbox","FolderItems":[{"InternetMessageId":"<m1@example.com>"},{"InternetMessageId":"<m7@example.com>"},{"InternetMessageId":"<m2@EXAMPLE.com>"},{"InternetMessageId":"<m8@example.com>"}]}]}` + "\n" +
	`{"CreationTime":"2023-02-01T12:33:00","Id":"00000000-0000-4000-8000-000000000002","Operation":"HardDelete","RecordType":3,"Workload":"Exchange","UserId":"pat@mail.example","MailboxOwnerUPN":"pat@mail.example","ClientIPAddress":"203.0.113.77",` +
	`"AffectedItems":[{"InternetMessageId":"<m3@example.com>","Subject":"Mail 3","ParentFolder":{"Path":"\\Inbox"}}],"Folder":{"Path":"\\Inbox"}}` + "\n"

func TestInferFromCopies(t *testing.T) {
	all := map[int][2]int{1: {1, 2}, 2: {2, 5}, 3: {3, 9}, 4: {4, 13}, 6: {6, 30}}
	later := map[int][2]int{1: {1, 2}, 2: {2, 5}, 4: {4, 13}, 6: {6, 30}}
	thunderbird := func(deleted int, numbers ...int) string {
		var b strings.Builder
		for _, n := range numbers {
			status := "0001"
			if n == deleted {
				status = "0009"
			}
			fmt.Fprintf(&b, "From - Wed Feb 01 00:00:00 2023\r\nX-Mozilla-Status: %s\r\n%s\r\n", status, sampleMail(n, n*3, ""))
		}
		return b.String()
	}
	for _, tt := range []struct {
		name  string
		write func(t *testing.T, dir string) []string
		want  []string
	}{
		{"two acquisitions", func(t *testing.T, dir string) []string {
			putAcquired(t, filepath.Join(dir, "old"), 40, 7, all)
			putAcquired(t, filepath.Join(dir, "new"), 90, 8, later)
			return []string{filepath.Join(dir, "old"), filepath.Join(dir, "new")}
		}, []string{
			"mail-missing INBOX [5] uid-gap came 13 to 30, gone 13 to 40",
			`mail-missing INBOX [3] "Mail 3" copies-compared came 9 to 9, gone 40 to 90`,
			"mail-missing INBOX [7] uid-gap came 40 to 90, gone 40 to 90",
		}},
		{"the messages alone are evidence", func(t *testing.T, dir string) []string {
			putAcquired(t, filepath.Join(dir, "new"), 90, 7, later)
			return []string{filepath.Join(dir, "new", "pat@mail.example")}
		}, []string{
			"mail-missing INBOX [3] uid-gap came 5 to 13, gone 5 to 90",
			"mail-missing INBOX [5] uid-gap came 13 to 30, gone 13 to 90",
		}},
		{"an acquisition and the server's log", func(t *testing.T, dir string) []string {
			putAcquired(t, filepath.Join(dir, "new"), 90, 5, map[int][2]int{1: {1, 2}, 2: {2, 5}, 4: {4, 13}})
			put(t, dir, "mail.log", sampleLog)
			return []string{filepath.Join(dir, "new"), filepath.Join(dir, "mail.log")}
		}, []string{"mail-purged by a log INBOX log uid-gap absent-here"}},
		{"mails that Exchange's log names", func(t *testing.T, dir string) []string {
			putAcquired(t, filepath.Join(dir, "new"), 90, 4, map[int][2]int{1: {1, 2}, 2: {2, 5}, 3: {4, 13}})
			put(t, dir, "audit.json", sampleAudit)
			return []string{filepath.Join(dir, "new"), filepath.Join(dir, "audit.json")}
		}, []string{
			`mail-missing Inbox <m7@example.com> absent-here came - to 12, gone 12 to 90`,
			`mail-missing Inbox <m8@example.com> absent-here came - to 12, gone 12 to 90`,
			`mail-purged by a log \Inbox "Mail 3" log absent-here`,
		}},
		{"imap-backup before an acquisition", func(t *testing.T, dir string) []string {
			var box strings.Builder
			var index []string
			for uid, n := range []int{1, 2, 3, 4} {
				index = append(index, fmt.Sprintf(`{"uid":%d,"offset":%d,"length":1,"flags":["Seen"]}`, uid+1, box.Len()))
				fmt.Fprintf(&box, "From pat@mail.example Wed Feb 01 00:00:00 2023\n%s\n", strings.ReplaceAll(sampleMail(n, all[n][1], ""), "\r\n", "\n"))
			}
			put(t, dir, "backup/pat@mail.example/INBOX.mbox", box.String())
			put(t, dir, "backup/pat@mail.example/INBOX.imap", `{"version":3,"uid_validity":7,"messages":[`+strings.Join(index, ",")+`]}`)
			putAcquired(t, filepath.Join(dir, "new"), 90, 7, later)
			return []string{filepath.Join(dir, "backup"), filepath.Join(dir, "new")}
		}, []string{
			`mail-missing INBOX [3] "Mail 3" copies-compared came 9 to 9, gone 9 to 90`,
			"mail-missing INBOX [5] uid-gap came 13 to 30, gone 13 to 90",
		}},
		{"a Maildir with Dovecot's list", func(t *testing.T, dir string) []string {
			list := "3 V7 N8 G00\n"
			for uid, m := range later {
				name := fmt.Sprintf("%d.M%dP1.mail", sampleTime(m[1]).Unix(), m[0])
				put(t, dir, "Maildir/cur/"+name+":2,S", sampleMail(m[0], m[1], ""))
				list += fmt.Sprintf("%d :%s\n", uid, name)
			}
			put(t, dir, "Maildir/dovecot-uidlist", list)
			return []string{filepath.Join(dir, "Maildir")}
		}, []string{
			"mail-missing INBOX [3] uid-gap came 5 to 13, gone 5 to 696",
			"mail-missing INBOX [5] uid-gap came 13 to 30, gone 13 to 696",
			"mail-missing INBOX [7] uid-gap came 30 to 696, gone 30 to 696",
		}},
		{"names of mbsync, translated", func(t *testing.T, dir string) []string {
			state := "FarUidValidity 7\nNearUidValidity 1\nMaxPulledUid 7\n\n"
			near := 0
			for _, uid := range []int{1, 2, 4, 6} {
				near++
				put(t, dir, fmt.Sprintf("mail/INBOX/cur/%d.1_%d.host,U=%d:2,S", sampleTime(all[uid][1]).Unix(), near, near), sampleMail(all[uid][0], all[uid][1], ""))
				state += fmt.Sprintf("%d %d S\n", uid, near)
			}
			put(t, dir, "mail/INBOX/.mbsyncstate", state)
			put(t, dir, "mail/INBOX/.uidvalidity", "1\n4\n")
			return []string{filepath.Join(dir, "mail")}
		}, []string{
			"mail-missing INBOX [3] uid-gap came 5 to 13, gone 5 to 696",
			"mail-missing INBOX [5] uid-gap came 13 to 30, gone 13 to 696",
		}},
		{"a mailbox file that its server numbers", func(t *testing.T, dir string) []string {
			var box strings.Builder
			for i, uid := range []int{1, 2, 4} {
				header := fmt.Sprintf("X-UID: %d\n", uid)
				if i == 0 {
					header = "X-IMAPbase: 7 4\n" + header
				}
				fmt.Fprintf(&box, "From sender@example.com Wed Feb 01 00:00:00 2023\n%s\n", strings.ReplaceAll(sampleMail(uid, all[uid][1], header), "\r\n", "\n"))
			}
			put(t, dir, "INBOX", box.String())
			return []string{filepath.Join(dir, "INBOX")}
		}, []string{"mail-missing INBOX [3] uid-gap came 5 to 13, gone 5 to 672"}},
		{"Thunderbird, an old laptop and a new one", func(t *testing.T, dir string) []string {
			put(t, dir, "old/ImapMail/imap.mail.example/INBOX", thunderbird(0, 1, 2, 3, 4, 5, 6))
			put(t, dir, "new/ImapMail/imap.mail.example/INBOX", thunderbird(5, 1, 2, 4, 5, 6, 7, 8))
			return []string{filepath.Join(dir, "old"), filepath.Join(dir, "new")}
		}, []string{
			`mail-missing INBOX "Mail 3" copies-compared came 9 to 9, gone 18 to 672`,
		}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c, got := inferred(t, tt.write(t, t.TempDir())...)
			slices.Sort(got)
			slices.Sort(tt.want)
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
			if n, err := Infer(t.Context(), c); err != nil || n != 0 {
				t.Errorf("inferred again: %d changes, %v", n, err)
			}
			if _, err := Folders(t.Context(), c); err != nil {
				t.Error(err)
			}
		})
	}
}

func TestFolderViewNamesItsEvents(t *testing.T) {
	dir := t.TempDir()
	putAcquired(t, dir, 90, 7, map[int][2]int{1: {1, 2}, 2: {2, 5}, 4: {4, 13}, 6: {6, 30}})
	c, _ := inferred(t, dir)
	folders, err := Folders(t.Context(), c)
	must(t, err)
	if len(folders) != 1 {
		t.Fatalf("got %+v", folders)
	}
	f := folders[0]
	var got []string
	for _, r := range f.Runs {
		got = append(got, fmt.Sprintf("%d-%d %s %v", r.First, r.Last, r.State, r.Event != 0))
	}
	if diff := cmp.Diff([]string{"1-2 present false", "3-3 missing true", "4-4 present false", "5-5 missing true", "6-6 present false"}, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	if f.Account != "pat@mail.example" || f.Name != "INBOX" || f.UIDNext != 7 || f.Present != 4 || f.Missing != 2 || f.Base == "" || f.Taken != sampleTime(90).UnixNano() {
		t.Errorf("got %+v", f)
	}
}

// TestSidecarsOutOfReach: without the files beside a copy nothing changes in the case.
func TestSidecarsOutOfReach(t *testing.T) {
	dir := t.TempDir()
	putAcquired(t, dir, 90, 7, map[int][2]int{1: {1, 2}, 2: {2, 5}, 4: {4, 13}})
	c, got := inferred(t, dir)
	must(t, os.RemoveAll(dir))
	if _, err := Infer(t.Context(), c); err == nil {
		t.Error("inferred from files that are gone")
	}
	expr, err := filter.Parse("certainty:inferred")
	must(t, err)
	view, err := c.Query(t.Context(), expr)
	must(t, err)
	if view.Len() != len(got) {
		t.Errorf("%d events, before %d", view.Len(), len(got))
	}
}
