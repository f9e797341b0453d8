package mailbox

import (
	"encoding/json"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"keytrail/forensics/corpustest"
	"keytrail/forensics/format"
)

func load(t testing.TB, path string) []byte {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// detectFile reads a file as the program would: by the best guess.
func detectFile(t testing.TB, path string, b []byte) (*catcher, string) {
	t.Helper()
	f, g := format.Detect(Formats(), &format.Head{Name: path, Bytes: b[:min(len(b), format.HeadSize)], Complete: len(b) <= format.HeadSize})
	if f == nil || g.Score <= 0 {
		return nil, g.Why
	}
	return read(t, f, path, b), f.Name()
}

// TestCorpusMailboxes compares the number of messages with the truth of the samples' own projects.
func TestCorpusMailboxes(t *testing.T) {
	dir := corpustest.Dir(t)
	want := map[string]int{
		"MimeKit/mbox/content-length.mbox.txt": 29, "MimeKit/mbox/issue1189.mbox.txt": 4,
		"MimeKit/mbox/simple.mbox.txt": 3, "MimeKit/mbox/unmunged.mbox.txt": 2, // of its four "From " lines two are prose
		"tika/complex.mbox": 3, "tika/simple.mbox": 2, "tika/headers.mbox": 1, "tika/multiline.mbox": 1, "tika/multiline2.mbox": 1,
		"tika/quoted.mbox": 1, "tika/single_mail.mbox": 1, "tika/testMBOX_complex.mbox": 1, "tika/testMBOX_lengthy_x-headers.mbox": 1,
	}
	for name, n := range want {
		c, f := detectFile(t, filepath.Join(dir, name), load(t, filepath.Join(dir, name)))
		if c == nil || f != "mailbox/mbox" {
			t.Errorf("%s: not recognised: %s", name, f)
			continue
		}
		if len(c.records) != n {
			t.Errorf("%s: %d messages, want %d", name, len(c.records), n)
		}
	}
	t.Logf("checked %d mailboxes", len(want))
}

// TestCorpusOffsets compares every offset with MimeKit's own, with both line ends.
func TestCorpusOffsets(t *testing.T) {
	dir := filepath.Join(corpustest.Dir(t), "MimeKit/mbox")
	n := 0
	for _, name := range []string{"content-length", "issue1189"} {
		for _, ends := range []string{"unix", "dos"} {
			var want []struct {
				Marker int64 `json:"mboxMarkerOffset"`
			}
			if err := json.Unmarshal(load(t, filepath.Join(dir, name+"."+ends+"-offsets.json")), &want); err != nil {
				t.Fatal(err)
			}
			b := load(t, filepath.Join(dir, name+".mbox.txt"))
			if ends == "dos" {
				b = []byte(strings.ReplaceAll(strings.ReplaceAll(string(b), "\r\n", "\n"), "\n", "\r\n"))
			}
			c := read(t, MBox{}, name, b)
			if len(c.records) != len(want) {
				t.Errorf("%s %s: %d messages, want %d", name, ends, len(c.records), len(want))
				continue
			}
			for i, r := range c.records {
				if r.ref.Offset != want[i].Marker {
					t.Errorf("%s %s: message %d at %d, want %d", name, ends, i, r.ref.Offset, want[i].Marker)
				}
				n++
			}
		}
	}
	t.Logf("checked %d offsets", n)
}

// TestCorpusMails reads folders of single mails: one file, one record.
func TestCorpusMails(t *testing.T) {
	dir := corpustest.Dir(t)
	for _, set := range []struct {
		folder, endings string
		want            int
	}{
		{"spam-assassin/easy-ham-1", ".txt", 2500},
		{"spam-assassin/spam-1", ".txt", 500},
		{"mikel-mail/emails", "", 103},
		{"james-mime4j", ".msg", 79},       // of 81, two have no header at all
		{"cpython-test_email", ".txt", 47}, // msg_19.txt is the body of a mail only,
		{"sublime-rules", ".eml", 9},
		{"MimeKit/messages", "", 32},
		{"tika", ".eml", 9},
	} {
		files, records, dated, unread := 0, 0, 0, 0
		err := filepath.WalkDir(filepath.Join(dir, set.folder), func(path string, d fs.DirEntry, err error) error {
			base := filepath.Base(path)
			if err != nil || d.IsDir() || !strings.HasSuffix(base, set.endings) || strings.Contains(base, "LICENSE") || strings.HasPrefix(base, ".") {
				return err
			}
			files++
			c, f := detectFile(t, path, load(t, path))
			if c == nil {
				t.Logf("%s: not recognised: %s", path, f)
				unread++
				return nil
			}
			if len(c.records) != 1 {
				t.Errorf("%s: %d records as %s, want 1", path, len(c.records), f)
			}
			records += len(c.records)
			for _, r := range c.records {
				if r.broken != "" {
					t.Logf("%s: broken: %s", path, r.broken)
				}
				if !r.event.Time.IsZero() && !r.event.Time.Unreliable {
					dated++
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		t.Logf("%s: %d files, %d records, %d dated, %d not recognised", set.folder, files, records, dated, unread)
		if records != set.want {
			t.Errorf("%s: %d records, want %d", set.folder, records, set.want)
		}
	}
}

// TestCorpusIMAPTest counts the separators of mailboxes in which every one is dated.
func TestCorpusIMAPTest(t *testing.T) {
	files := 0
	err := filepath.WalkDir(filepath.Join(corpustest.Dir(t), "imaptest"), func(path string, d fs.DirEntry, err error) error {
		if err != nil || !strings.HasSuffix(path, ".mbox") {
			return err
		}
		files++
		b := load(t, path)
		want := strings.Count("\n"+string(b), "\nFrom user@domain")
		c, f := detectFile(t, path, b)
		if c == nil {
			t.Errorf("%s: not recognised: %s", path, f)
			return nil
		}
		if len(c.records) != want {
			t.Errorf("%s: %d messages as %s, want %d", path, len(c.records), f, want)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("checked %d mailboxes", files)
}

// TestCorpusOthers: nothing else among the samples is taken for mail.
func TestCorpusOthers(t *testing.T) {
	dir := corpustest.Dir(t)
	files := 0
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		rel, _ := filepath.Rel(dir, path)
		set, _, _ := strings.Cut(rel, string(filepath.Separator))
		switch ext := filepath.Ext(rel); {
		case ext == ".json" || ext == ".csv" || ext == ".xml" || ext == ".pst" || ext == ".msg" && set == "tika":
		case strings.Contains(rel, "LICENSE") || set == "panther-analysis" || set == "plaso" || set == "crowdsec-hub" || set == "Security-Datasets" || set == "gws_dataset":
		default:
			return nil
		}
		files++
		b := load(t, path)
		f, g := format.Detect(Formats(), &format.Head{Name: rel, Bytes: b[:min(len(b), format.HeadSize)], Complete: len(b) <= format.HeadSize})
		if f != nil && g.Score > 0 {
			t.Errorf("%s: taken for %s: %+v", rel, f.Name(), g)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("checked %d files", files)
}
