package acquire

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"keytrail/forensics/dovecottest"
)

// TestAgainstMbsync copies the same mailbox of 20,000 messages with keytrail and with mbsync
// (Debian's isync, FSync no), in turns on the same machine, and prints both. keytrail's time
// holds everything: login, hashes, sidecars, and the sync of the whole copy.
func TestAgainstMbsync(t *testing.T) {
	if os.Getenv("KEYTRAIL_BENCH") == "" {
		t.Skip("NOT RUN: benchmark; set KEYTRAIL_BENCH=1")
	}
	mbsync, err := exec.LookPath("mbsync")
	if err != nil {
		t.Skip("NOT RUN: no mbsync on this machine (apt-get install isync)")
	}
	const rounds = 5
	d := dovecottest.Start(t, dovecottest.Options{Fill: dovecottest.Generated(t, messageCount())})
	acquireAll(t, dovecotOptions(d), t.TempDir()) // so that the server has its index for both
	var ours, theirs []time.Duration
	for n := range rounds {
		dir := t.TempDir()
		start := time.Now()
		s, err := Open(t.Context(), dovecotOptions(d))
		must(t, err)
		r, err := s.Copy(t.Context(), dir)
		must(t, err)
		s.Close()
		ours = append(ours, time.Since(start))

		box := t.TempDir()
		conf := filepath.Join(box, "mbsyncrc")
		must(t, os.MkdirAll(filepath.Join(box, "mail"), 0o700))
		must(t, os.WriteFile(conf, fmt.Appendf(nil, `FSync no
IMAPStore far
Host localhost
Port %d
User %s
Pass "%s"
SSLType IMAPS
CertificateFile %s

MaildirStore near
Path %[5]s/mail/
Inbox %[5]s/mail/INBOX
SubFolders Verbatim

Channel all
Far :far:
Near :near:
Patterns *
Create Near
Sync Pull
SyncState %[5]s/
`, d.IMAPS, dovecottest.User, dovecottest.Password, d.CAFile, box), 0o600))
		start = time.Now()
		if out, err := exec.Command(mbsync, "-q", "-c", conf, "-a").CombinedOutput(); err != nil {
			t.Fatalf("mbsync: %v\n%s", err, out)
		}
		theirs = append(theirs, time.Since(start))
		if got := countFiles(t, filepath.Join(box, "mail")); got != r.Copied {
			t.Fatalf("mbsync copied %d messages, keytrail %d", got, r.Copied)
		}
		rate := func(d time.Duration) string {
			return fmt.Sprintf("%.0f messages/s, %.1f MB/s", float64(r.Copied)/d.Seconds(), float64(r.Bytes)/1e6/d.Seconds())
		}
		t.Logf("round %d: keytrail %v (%s), mbsync %v (%s): %.2f of mbsync", n+1, ours[n].Round(time.Millisecond), rate(ours[n]),
			theirs[n].Round(time.Millisecond), rate(theirs[n]), theirs[n].Seconds()/ours[n].Seconds())
	}
	slices.Sort(ours)
	slices.Sort(theirs)
	var mem runtime.MemStats
	runtime.ReadMemStats(&mem)
	t.Logf("medians: keytrail %v, mbsync %v: %.2f of mbsync; best: %v, %v: %.2f; memory taken from the system %d MB", ours[rounds/2], theirs[rounds/2],
		theirs[rounds/2].Seconds()/ours[rounds/2].Seconds(), ours[0], theirs[0], theirs[0].Seconds()/ours[0].Seconds(), mem.Sys>>20)
}

func countFiles(t *testing.T, root string) int64 {
	t.Helper()
	var n int64
	must(t, filepath.WalkDir(root, func(path string, e os.DirEntry, err error) error {
		if parent := filepath.Base(filepath.Dir(path)); err == nil && !e.IsDir() && (parent == "cur" || parent == "new") && !strings.HasPrefix(e.Name(), ".") {
			n++
		}
		return err
	}))
	return n
}
