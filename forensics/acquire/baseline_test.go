package acquire

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"keytrail/forensics/dovecottest"
)

// TestBaselineDovecot copies a mailbox twice; in between mail is deleted. The second copy names
// the first one and what the server says is gone.
func TestBaselineDovecot(t *testing.T) {
	d := dovecottest.Start(t, dovecottest.Options{Fill: dovecottest.Generated(t, 200)})
	parent := t.TempDir()
	o := dovecotOptions(d)
	now := time.Date(2022, 11, 14, 3, 0, 0, 0, time.UTC)
	o.Now = func() time.Time { now = now.Add(time.Second); return now }
	first := acquireAll(t, o, parent)
	d.Doveadm(t, "expunge", "-u", dovecottest.User, "mailbox", "INBOX", "uid", "3,10:14,100")
	second := acquireAll(t, o, parent)

	for _, info := range folderInfos(t, first.Root) {
		if info.Baseline != nil || info.Vanished != nil {
			t.Errorf("%s: the first copy has a baseline", info.Name)
		}
	}
	for _, info := range folderInfos(t, second.Root) {
		b, v := info.Baseline, info.Vanished
		if b == nil || v == nil || v.UIDs == nil {
			t.Errorf("%s: baseline %+v, vanished %+v", info.Name, b, v)
			continue
		}
		want := ""
		if info.Name == "INBOX" {
			want = "3,10:14,100"
		}
		if *v.UIDs != want || b.Acquisition != filepath.Base(first.Root) || b.HighestModSeq == 0 || v.Since != b.HighestModSeq || b.UIDValidity != info.UIDValidity {
			t.Errorf("%s: vanished %q, want %q; baseline %+v", info.Name, *v.UIDs, want, b)
		}
	}
	copied(t, second.Root)
	for _, m := range messageInfos(t, second.Root) {
		if m.SaveDate == "" || m.ModSeq == 0 || m.InternalDate == "" {
			t.Fatalf("Dovecot tells SAVEDATE and MODSEQ, and they are not in %+v", m)
		}
	}
}

// TestBaselineWithoutQRESYNC says why the server was not asked.
func TestBaselineWithoutQRESYNC(t *testing.T) {
	f := (&fake{messages: few(3)}).start(t)
	parent := t.TempDir()
	o := f.options()
	now := time.Date(2022, 11, 14, 3, 0, 0, 0, time.UTC)
	o.Now = func() time.Time { now = now.Add(time.Second); return now }
	_, err := copyFake(t, o, parent)
	must(t, err)
	r, err := copyFake(t, o, parent)
	must(t, err)
	info := folderInfos(t, r.Root)[0]
	if info.Baseline == nil || info.Baseline.UIDs != "1:3" || info.Vanished.UIDs != nil || !strings.Contains(info.Vanished.NotAsked, "no HIGHESTMODSEQ") {
		t.Errorf("baseline %+v, vanished %+v", info.Baseline, info.Vanished)
	}
}

func TestRanges(t *testing.T) {
	for in, want := range map[string]string{"1": "1", "9,3:4,5": "3:5,9", "7:5": "5:7", "1:4294967295,8": "1:4294967295", "": "!", "0": "!", "1:*": "!", "4294967296": "!", "1,,2": "!"} {
		got := "!"
		if all, ok := parseRanges(in); ok {
			got = rangesText(all)
		}
		if got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
}

func folderInfos(t *testing.T, root string) []FolderInfo {
	t.Helper()
	paths, err := filepath.Glob(filepath.Join(root, "index", "*", "folder.json"))
	must(t, err)
	var all []FolderInfo
	for _, path := range paths {
		b, err := os.ReadFile(path)
		must(t, err)
		var info FolderInfo
		must(t, json.Unmarshal(b, &info))
		all = append(all, info)
	}
	return all
}
