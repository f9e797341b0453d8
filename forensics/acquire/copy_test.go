package acquire

import (
	"bufio"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"keytrail/forensics/dovecottest"
)

// messageCount is 2,000, or 20,000 where figures are wanted.
func messageCount() int {
	if os.Getenv("KEYTRAIL_BENCH") != "" {
		return 20_000
	}
	return 2_000
}

// TestDovecot copies the mailbox of a real Dovecot and compares it with the server's own files.
func TestDovecot(t *testing.T) {
	count := messageCount()
	d := dovecottest.Start(t, dovecottest.Options{Fill: dovecottest.Generated(t, count)})
	d.Doveadm(t, "expunge", "-u", dovecottest.User, "mailbox", "INBOX", "uid", "3,10:14,1000") // gaps
	before := d.State(t)
	want := serverHashes(t, d)

	parent := t.TempDir()
	r := acquireAll(t, dovecotOptions(d), parent)
	if d.State(t) != before {
		t.Errorf("the mailbox changed (-before +after):\n%s", cmp.Diff(before, d.State(t)))
	}
	if diff := cmp.Diff(want, copied(t, r.Root)); diff != "" {
		t.Errorf("copies differ from the server's files (-want +got):\n%s", diff)
	}
	t.Logf("%d messages, %d bytes: every SHA-256 is that of the server's file; flags, MODSEQ, UIDNEXT and dates are unchanged", r.Copied, r.Bytes)
}

// serverHashes counts the messages on the server by hash, from its own files.
func serverHashes(t *testing.T, d *dovecottest.Dovecot) map[string]int {
	t.Helper()
	hashes := make(map[string]int)
	err := filepath.WalkDir(d.Mail, func(path string, e os.DirEntry, err error) error {
		if err != nil || e.IsDir() || filepath.Base(filepath.Dir(path)) != "cur" {
			return err
		}
		b, err := os.ReadFile(path)
		sum := sha256.Sum256(b)
		hashes[hex.EncodeToString(sum[:])]++
		return err
	})
	must(t, err)
	return hashes
}

// copied reads an acquisition as its documentation says, checks every file against its line,
// and counts the messages by hash.
func copied(t *testing.T, root string) map[string]int {
	t.Helper()
	hashes := make(map[string]int)
	files := 0
	journals, err := filepath.Glob(filepath.Join(root, "index", "*", "messages.jsonl"))
	must(t, err)
	for _, journal := range journals {
		f, err := os.Open(journal)
		must(t, err)
		seen := make(map[uint32]bool)
		lines := bufio.NewScanner(f)
		lines.Buffer(nil, 1<<24)
		for lines.Scan() {
			var m MessageInfo
			must(t, json.Unmarshal(lines.Bytes(), &m))
			if seen[m.UID] {
				t.Errorf("%s: UID %d twice", journal, m.UID)
			}
			seen[m.UID] = true
			if m.NotCopied != "" {
				continue
			}
			path := filepath.Join(root, filepath.FromSlash(m.File))
			b, err := os.ReadFile(path)
			must(t, err)
			sum := sha256.Sum256(b)
			if got := hex.EncodeToString(sum[:]); got != m.SHA256 || int64(len(b)) != m.Size {
				t.Errorf("%s is not what its line says", m.File)
			}
			info, err := os.Stat(path)
			must(t, err)
			if date, err := time.Parse(time.RFC3339, m.InternalDate); m.InternalDate != "" && (err != nil || !info.ModTime().Equal(date)) {
				t.Errorf("%s: its time is %v, INTERNALDATE %q", m.File, info.ModTime(), m.InternalDate)
			}
			if info.Mode().Perm()&0o222 != 0 {
				t.Errorf("%s can be written", m.File)
			}
			hashes[m.SHA256]++
			files++
		}
		must(t, lines.Err())
		f.Close()
	}
	onDisk := 0
	must(t, filepath.WalkDir(root, func(path string, e os.DirEntry, err error) error {
		if err == nil && !e.IsDir() && filepath.Base(filepath.Dir(path)) == "cur" {
			onDisk++
		}
		if strings.Contains(path, "/tmp/") && strings.HasPrefix(path, root) && !e.IsDir() && filepath.Base(filepath.Dir(path)) == "tmp" {
			t.Errorf("%s was left", path)
		}
		return err
	}))
	if onDisk != files {
		t.Errorf("%d files in Maildirs, %d lines", onDisk, files)
	}
	return hashes
}

func acquireAll(t *testing.T, o Options, parent string) Result {
	t.Helper()
	start := time.Now()
	s, err := Open(t.Context(), o)
	must(t, err)
	defer s.Close()
	r, err := s.Copy(t.Context(), parent)
	must(t, err)
	took := time.Since(start)
	t.Logf("%d messages, %.1f MB in %v: %.0f messages/s", r.Copied, float64(r.Bytes)/1e6, took.Round(time.Millisecond), float64(r.Copied)/took.Seconds())
	return r
}

func dovecotOptions(d *dovecottest.Dovecot) Options {
	return Options{Target: Target{Host: "localhost", Port: d.IMAPS, User: dovecottest.User}, Roots: d.Roots, Secret: password(dovecottest.Password), Tool: "keytrail test"}
}

func password(s string) Secret { return func(context.Context) (string, error) { return s, nil } }

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
