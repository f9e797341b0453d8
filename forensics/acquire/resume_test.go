package acquire

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"keytrail/forensics/dovecottest"
)

// TestResumeDovecot cancels a copy of a real mailbox at ten random moments, then lets it end.
func TestResumeDovecot(t *testing.T) {
	d := dovecottest.Start(t, dovecottest.Options{Fill: dovecottest.Generated(t, messageCount())})
	whole := acquireAll(t, dovecotOptions(d), t.TempDir())
	parent := t.TempDir()
	for range 10 {
		ctx, cancel := context.WithCancel(t.Context())
		o := dovecotOptions(d)
		at := rand.Int63n(whole.Copied / 8)
		o.Tell = func(p Progress) {
			if p.Fetched > at {
				cancel()
			}
		}
		s, err := Open(ctx, o)
		must(t, err)
		_, err = s.Copy(ctx, parent)
		cancel()
		s.Close()
		if err != nil && !errors.Is(err, context.Canceled) {
			t.Fatal(err)
		}
	}
	r := acquireAll(t, dovecotOptions(d), parent)
	if roots, err := os.ReadDir(parent); err != nil || !r.Resumed && len(roots) == 1 {
		t.Errorf("nothing was taken up again: %v", err)
	}
	if diff := cmp.Diff(copied(t, whole.Root), copied(t, r.Root)); diff != "" {
		t.Errorf("the copy that was stopped differs (-whole +stopped):\n%s", diff)
	}
	t.Logf("it took %d runs", r.Header.Runs)
}

// TestLineBreaks has a server that breaks off in the middle, asks for patience, and refuses
// single messages. Nothing is fetched twice, nothing is missed.
func TestLineBreaks(t *testing.T) {
	broke, throttled := false, false
	f := &fake{messages: few(10)}
	f.answer = func(_ int, command string) (string, bool) {
		items, isFetch := strings.CutPrefix(command, "UID FETCH ")
		switch {
		case strings.HasPrefix(command, "EXAMINE") && !throttled:
			throttled = true
			return "TAG NO [THROTTLED] wait a little\r\n", true
		case isFetch && strings.Contains(items, "BODY.PEEK[]") && !broke:
			broke = true
			whole := f.honest(command)
			return whole[:len(whole)/2] + "\r\n* BYE Too many simultaneous connections\r\n", true
		case isFetch && strings.Contains(items, "BODY.PEEK[]"):
			if set, _, _ := strings.Cut(items, " "); inSet(set, 8) {
				return "TAG NO [SERVERBUG] cannot read one of them\r\n", true
			}
		}
		return "", false
	}
	f.start(t)
	var waits []time.Duration
	o := f.options()
	o.Wait = func(_ context.Context, d time.Duration) error { waits = append(waits, d); return nil }
	parent := t.TempDir()
	_, err := copyFake(t, o, parent)
	refused(t, err, "rules of IMAP") // half of an answer and a good-bye behind it is none
	first := len(f.sent())
	r, err := copyFake(t, o, parent)
	must(t, err)
	if r.Copied != 9 || r.Refused != 1 || !r.Resumed || r.Header.State != "partial" {
		t.Errorf("copied %d, refused %d, resumed %v, %s", r.Copied, r.Refused, r.Resumed, r.Header.State)
	}
	if len(r.Problems) != 1 || !strings.Contains(r.Problems[0], "1 of the messages") {
		t.Errorf("problems: %q", r.Problems)
	}
	if len(waits) == 0 {
		t.Error("it did not wait when it was throttled")
	}
	copied(t, r.Root)
	for _, c := range f.sent()[first:] {
		if set, items, _ := strings.Cut(strings.TrimPrefix(c, "UID FETCH "), " "); strings.Contains(items, "BODY.PEEK[]") && inSet(set, 1) {
			t.Errorf("message 1 was there already, and %q asked for it again", c)
		}
	}
}

// TestLineDrops breaks the connection in the middle of a message: the same run goes on.
func TestLineDrops(t *testing.T) {
	drops := 0
	f := &fake{messages: few(10)}
	f.answer = func(_ int, command string) (string, bool) {
		if strings.Contains(command, "BODY.PEEK[]") && drops < 2 {
			drops++
			whole := f.honest(command)
			return whole[:len(whole)/2] + breakLine, true
		}
		return "", false
	}
	f.start(t)
	r, err := copyFake(t, f.options(), t.TempDir())
	must(t, err)
	if r.Copied != 10 || len(r.Header.Connections) != 3 {
		t.Errorf("%d messages by %d connections", r.Copied, len(r.Header.Connections))
	}
	copied(t, r.Root)
	var sets []string
	for _, c := range f.sent() {
		if set, items, _ := strings.Cut(strings.TrimPrefix(c, "UID FETCH "), " "); strings.Contains(items, "BODY.PEEK[]") {
			sets = append(sets, set)
		}
	}
	if diff := cmp.Diff([]string{"1:10", "6:10", "8:10"}, sets); diff != "" {
		t.Errorf("what was asked for (-want +got):\n%s", diff)
	}
}

// TestMessageLimit copies from a server that answers for two messages at a time, the highest
// first, as RFC 9738 has it.
func TestMessageLimit(t *testing.T) {
	f := &fake{messages: few(7), caps: "IMAP4rev1 MESSAGELIMIT=2"}
	f.answer = func(_ int, command string) (string, bool) {
		set, items, isFetch := strings.Cut(strings.TrimPrefix(command, "UID FETCH "), " ")
		if !isFetch || !strings.HasPrefix(command, "UID FETCH ") {
			return "", false
		}
		var lines []string
		lowest := uint32(0)
		uids := f.uids()
		slices.Reverse(uids)
		for _, uid := range uids {
			if inSet(set, uid) && len(lines) < 2 {
				lines = append(lines, f.honest(fmt.Sprintf("UID FETCH %d %s", uid, items)))
				lowest = uid
			}
		}
		return strings.Join(lines, "") + fmt.Sprintf("TAG OK [MESSAGELIMIT 2 %d] partial\r\n", lowest), true
	}
	f.start(t)
	r, err := copyFake(t, f.options(), t.TempDir())
	must(t, err)
	if r.Copied != 7 || len(r.Problems) > 0 {
		t.Errorf("%d messages, %q", r.Copied, r.Problems)
	}
	copied(t, r.Root)
}

// TestHiddenMessages says where a server counts more than it lists.
func TestHiddenMessages(t *testing.T) {
	f := &fake{messages: few(3)}
	f.answer = func(_ int, command string) (string, bool) {
		return "* 10000 EXISTS\r\n* OK [UIDVALIDITY 7] v\r\nTAG OK done\r\n", strings.HasPrefix(command, "EXAMINE")
	}
	f.start(t)
	o := f.options()
	o.Target.Provider = providerOfHost("imap.mail.yahoo.com")
	r, err := copyFake(t, o, t.TempDir())
	must(t, err)
	if got := strings.Join(r.Problems, "\n"); !strings.Contains(got, "counts 10000 messages and lists 3") || !strings.Contains(got, "export.imap.mail.yahoo.com") {
		t.Errorf("problems: %s", got)
	}
}

// TestStuckMessage has a message that is refused with "try again later" for ever.
func TestStuckMessage(t *testing.T) {
	f := &fake{messages: few(10)}
	f.answer = func(_ int, command string) (string, bool) {
		set, items, _ := strings.Cut(strings.TrimPrefix(command, "UID FETCH "), " ")
		return "TAG NO UID FETCH Server error - Please try again later\r\n", strings.Contains(items, "BODY.PEEK[]") && inSet(set, 4)
	}
	f.start(t)
	r, err := copyFake(t, f.options(), t.TempDir())
	must(t, err)
	if r.Copied != 9 || r.Refused != 1 {
		t.Errorf("%d messages, %d refused", r.Copied, r.Refused)
	}
	copied(t, r.Root)
}

// TestPatience gives up in the end, and waits as long as the server asks.
func TestPatience(t *testing.T) {
	f := (&fake{messages: few(1), answer: func(_ int, command string) (string, bool) {
		return "TAG BAD Request is throttled. Suggested Backoff Time: 4000 milliseconds\r\n", strings.HasPrefix(command, "LIST")
	}}).start(t)
	o := f.options()
	o.Limits.LongestWait = time.Minute
	var waits []time.Duration
	o.Wait = func(_ context.Context, d time.Duration) error { waits = append(waits, d); return nil }
	_, err := copyFake(t, o, t.TempDir())
	refused(t, err, "asks to wait", "later the same command")
	if diff := cmp.Diff([]time.Duration{4 * time.Second, 4 * time.Second, 4 * time.Second}, waits); diff != "" {
		t.Errorf("waits (-want +got):\n%s", diff)
	}
	f = (&fake{answer: func(_ int, command string) (string, bool) {
		return "TAG NO [OVERQUOTA] Account exceeded command or bandwidth limits.\r\n", strings.HasPrefix(command, "LIST")
	}}).start(t)
	_, err = copyFake(t, f.options(), t.TempDir())
	refused(t, err, "no more today", "tomorrow")
}

// TestSidecar compares what is written about messages with what the server said.
func TestSidecar(t *testing.T) {
	items := `FLAGS (\Seen \Flagged $Label1 w]rk Größe) INTERNALDATE " 4-Nov-2022 03:01:02 +0100" RFC822.SIZE 99 MODSEQ (12)`
	more := `SAVEDATE "05-Nov-2022 04:00:00 +0000" EMAILID (M1) THREADID NIL X-GM-MSGID 1278455344230334865 X-GM-THRID 1266894439832287888 X-GM-LABELS (\Inbox "Entw&APw-rfe")`
	f := &fake{messages: few(5), caps: "IMAP4rev1 CONDSTORE SAVEDATE OBJECTID X-GM-EXT-1", folders: []string{`(\HasNoChildren \Trash) "/" "Gel&APY-scht"`}}
	f.answer = func(_ int, command string) (string, bool) {
		switch {
		case strings.HasPrefix(command, "EXAMINE"):
			return "* 5 EXISTS\r\n* OK [UIDVALIDITY 7] v\r\n* OK [UIDNEXT 9] n\r\n* OK [HIGHESTMODSEQ 40] h\r\nTAG OK [READ-ONLY] done\r\n", true
		case strings.HasPrefix(command, "UID FETCH 1:* "):
			// out of order and one twice; 5 is of another time, 6 will be gone, 7 is given as NIL
			return "* 2 FETCH (UID 2)\r\n* 1 FETCH (INTERNALDATE \"14-Nov-2022 03:01:02 +0100\" UID 1)\r\n* 2 FETCH (UID 2)\r\n" +
				"* 3 FETCH (UID 5 INTERNALDATE \"14-Nov-1999 03:01:02 +0100\")\r\n* 4 FETCH (UID 6)\r\n* 5 FETCH (UID 7)\r\nTAG OK done\r\n", true
		case command == "UID FETCH 1:2,6:7 (UID SAVEDATE EMAILID THREADID X-GM-MSGID X-GM-THRID X-GM-LABELS)":
			return "* 1 FETCH (UID 1 " + more + ")\r\n* 5 FETCH (SAVEDATE NIL)\r\nTAG OK done\r\n", true
		case strings.HasPrefix(command, "UID FETCH 1:2,6:7 ") && strings.Contains(command, "MODSEQ"):
			return "* 1 FETCH (" + items + " BODY[] {5}\r\nhello UID 1)\r\n* 9 FETCH (FLAGS (\\Seen))\r\n* 2 FETCH (UID 2 INTERNALDATE NIL BODY[] \"quoted\")\r\n" +
				"* 2 FETCH (UID 2 BODY[] \"again\")\r\n* 3 FETCH (UID 99 BODY[] \"unasked\")\r\n* 5 FETCH (UID 7 BODY[] NIL)\r\n* 4 EXPUNGE\r\nTAG OK done\r\n", true
		}
		return "TAG OK done\r\n", strings.HasPrefix(command, "UID FETCH 6 ")
	}
	f.start(t)
	o := f.options()
	o.Since = time.Date(2022, 1, 1, 0, 0, 0, 0, time.UTC)
	o.Folders = []string{`\Trash`}
	r, err := copyFake(t, o, t.TempDir())
	must(t, err)

	var got []MessageInfo
	b, err := os.ReadFile(filepath.Join(r.Root, "index", "0001", "messages.jsonl"))
	must(t, err)
	for line := range strings.Lines(string(b)) {
		var m MessageInfo
		must(t, json.Unmarshal([]byte(line), &m))
		got = append(got, m)
	}
	claimed := int64(99)
	want := []MessageInfo{
		{UID: 5, InternalDate: "1999-11-14T03:01:02+01:00", NotCopied: "outside"},
		{UID: 1, InternalDate: "2022-11-04T03:01:02+01:00", Flags: []string{`\Seen`, `\Flagged`, "$Label1", "w]rk", "Größe"}, ModSeq: 12, Size: 5, ClaimedSize: &claimed,
			SHA256: "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824",
			File:   "pat@127.0.0.1/Gel&APY-scht/cur/1667527262.U1.2cf24dba5fb0a30e:2,FS", SaveDate: "2022-11-05T04:00:00Z", EmailID: "M1",
			GmailID: "1278455344230334865", GmailThread: "1266894439832287888", GmailLabels: []string{`\Inbox`, "Entwürfe"}},
		{UID: 2, Size: 6, SHA256: "b3a2bd470cb2c4f99e2421d9fa793a89f1b537b6a2447810c431b5a04e141529", File: "pat@127.0.0.1/Gel&APY-scht/cur/0.U2.b3a2bd470cb2c4f9:2,"},
		{UID: 7, NotCopied: "refused", Reason: "the server gave NIL for its content"},
		{UID: 6, NotCopied: "gone"},
	}
	ignore := cmpopts.IgnoreFields(MessageInfo{}, "Fetched")
	byUID := cmpopts.SortSlices(func(a, b MessageInfo) bool { return a.UID < b.UID })
	if diff := cmp.Diff(want, got, ignore, byUID); diff != "" {
		t.Errorf("messages.jsonl (-want +got):\n%s", diff)
	}
	var info FolderInfo
	b, err = os.ReadFile(filepath.Join(r.Root, "index", "0001", "folder.json"))
	must(t, err)
	must(t, json.Unmarshal(b, &info))
	wantInfo := FolderInfo{Name: "Gelöscht", WireName: "Gel&APY-scht", Delimiter: "/", Attributes: []string{`\HasNoChildren`, `\Trash`}, Directory: "pat@127.0.0.1/Gel&APY-scht",
		UIDValidity: 7, Complete: true, Totals: Totals{Copied: 2, Bytes: 11, Outside: 1, Gone: 1, Refused: 1}, Problem: "the server listed UIDs out of order; 1 were named twice",
		Observations: []Observation{{Messages: 5, UIDValidity: 7, UIDNext: 9, HighestModSeq: 40, UIDs: "1:2,5:7", Disorder: "the server listed UIDs out of order; 1 were named twice"}}}
	if diff := cmp.Diff(wantInfo, info, cmpopts.IgnoreFields(Observation{}, "At", "Until")); diff != "" {
		t.Errorf("folder.json (-want +got):\n%s", diff)
	}
	copied(t, r.Root)
}

// TestTornFiles takes up a copy whose files were damaged in between, as a power cut does.
func TestTornFiles(t *testing.T) {
	f := &fake{messages: few(6)}
	stop := true
	f.answer = func(_ int, command string) (string, bool) {
		if strings.Contains(command, "BODY.PEEK[]") && stop {
			return f.honest("UID FETCH 1:4 (BODY.PEEK[])") + "TAG NO [OVERQUOTA] come back tomorrow\r\n", true
		}
		return "", false
	}
	f.start(t)
	parent := t.TempDir()
	r, err := copyFake(t, f.options(), parent)
	refused(t, err, "tomorrow")
	files, err := filepath.Glob(filepath.Join(r.Mail, "INBOX", "cur", "*"))
	must(t, err)
	if len(files) != 4 {
		t.Fatalf("%d files are there, want 4", len(files))
	}
	must(t, os.Chmod(files[0], 0o600))
	must(t, os.WriteFile(files[0], nil, 0o600)) // lost its content
	must(t, os.Remove(files[1]))                // lost its name
	must(t, os.WriteFile(filepath.Join(r.Mail, "INBOX", "cur", "123.U5.0123456789abcdef:2,"), []byte("no line"), 0o600))
	must(t, os.WriteFile(filepath.Join(r.Mail, "INBOX", "tmp", "1"), []byte("half"), 0o600))
	journal := filepath.Join(r.Root, "index", "0001", "messages.jsonl")
	b, err := os.ReadFile(journal)
	must(t, err)
	must(t, os.WriteFile(journal, b[:len(b)-10], 0o600)) // lost the end of its last line
	stop = false
	r, err = copyFake(t, f.options(), parent)
	must(t, err)
	if !r.Resumed || r.Copied != 6 {
		t.Errorf("resumed %v, copied %d", r.Resumed, r.Copied)
	}
	if got := copied(t, r.Root); len(got) != 6 {
		t.Errorf("%d different messages", len(got))
	}
}
