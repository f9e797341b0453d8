//go:build unix

package evidence

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io/fs"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"sort"
	"strings"
	"syscall"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// makeFolder makes a folder with ordinary, odd and hostile things in it.
func makeFolder(t *testing.T) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "evidence")
	write(t, dir, "a/cur/1:2,S", text("one"))
	write(t, dir, "a.txt", text("two"))
	write(t, dir, "a-b", text("three"))
	write(t, dir, ".hidden/.x", text("four"))
	write(t, dir, "z.zip", makeZip(t, part{"b.mbox", text(mail)}))
	write(t, dir, "new\nline\\and\rmore", text("five"))
	write(t, dir, "latin-\xe9", text("six"))
	write(t, dir, "old.keytrail/case.db", text("not evidence"))
	write(t, dir, "not.keytrail.d/x", text("seven"))
	check(t, os.MkdirAll(filepath.Join(dir, "empty"), 0o700))
	outside := write(t, t.TempDir(), "secret", text("secret"))
	check(t, os.Symlink(outside, filepath.Join(dir, "out")))
	check(t, os.Symlink("..", filepath.Join(dir, "a", "loop")))
	check(t, os.Symlink("a.txt", filepath.Join(dir, "inside")))
	check(t, os.Symlink(filepath.Dir(outside), filepath.Join(dir, "outdir")))
	check(t, syscall.Mkfifo(filepath.Join(dir, "fifo"), 0o600))
	l, err := net.Listen("unix", filepath.Join(dir, "sock"))
	check(t, err)
	t.Cleanup(func() { _ = l.Close() })
	return dir
}

func TestFolder(t *testing.T) {
	dir := makeFolder(t)
	got := walk(t, dir, Limits{})
	want := []string{".hidden/.x", "a-b", "a.txt", "a/cur/1:2,S", "latin-\xe9", "new\nline\\and\rmore", "not.keytrail.d/x", "z.zip/b.mbox"}
	if diff := cmp.Diff(want, got.names); diff != "" {
		t.Errorf("names (-want +got):\n%s", diff)
	}
	for item, words := range map[string]string{
		"out": "not followed", "a/loop": "not followed", "inside": "not followed", "outdir": "not followed",
		"fifo": "a FIFO is not read", "sock": "a socket is not read", "old.keytrail": "case folder",
	} {
		if !got.warned(item+": ", words) {
			t.Errorf("no warning about %s in %q", item, got.warnings)
		}
	}
	if len(got.warnings) != 7 {
		t.Errorf("got %d warnings: %q", len(got.warnings), got.warnings)
	}
}

// Ensure that the digest of a folder is what its documentation says, by other means.
func TestFolderDigest(t *testing.T) {
	dir := makeFolder(t)
	got := walk(t, dir, Limits{}).digest

	var paths []string
	check(t, filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if d.Name() == "old.keytrail" {
			return fs.SkipDir
		}
		if d.Type().IsRegular() {
			rel, err := filepath.Rel(dir, path)
			check(t, err)
			paths = append(paths, rel)
		}
		return err
	}))
	sort.Strings(paths)
	var list bytes.Buffer
	for _, p := range paths {
		data, err := os.ReadFile(filepath.Join(dir, p))
		check(t, err)
		sum := sha256.Sum256(data)
		if strings.Contains(p, "\n") {
			fmt.Fprintf(&list, "\\%s  new\\nline\\\\and\\rmore\n", hex.EncodeToString(sum[:]))
			continue
		}
		fmt.Fprintf(&list, "%s  %s\n", hex.EncodeToString(sum[:]), p)
	}
	if want := sha256.Sum256(list.Bytes()); got != want {
		t.Errorf("got %v, want %x of the list\n%s", got, want, list.String())
	}

	if out, err := exec.Command("sha256sum", "--version").Output(); err != nil || !bytes.Contains(out, []byte("GNU coreutils")) {
		t.Skip("no GNU sha256sum to compare with")
	}
	cmd := exec.Command("sh", "-c", `find . -name '?*.keytrail' -type d -prune -o -type f -printf '%P\0' | LC_ALL=C sort -z | xargs -0r sha256sum | sha256sum`)
	cmd.Dir = dir
	out, err := cmd.Output()
	check(t, err)
	if want := strings.Fields(string(out))[0]; got.String() != want {
		t.Errorf("got %v, the documented command gives %s", got, want)
	}
}

func TestFolderInfo(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "d")
	write(t, dir, "a", text("12345"))
	write(t, dir, "b/c", text("678"))
	write(t, dir, "x.keytrail/case.db", text("not counted"))
	check(t, os.Chtimes(filepath.Join(dir, "a"), stamp, stamp))
	check(t, os.Chtimes(filepath.Join(dir, "b/c"), stamp.Add(-1e9), stamp.Add(-1e9)))
	src, err := Open(dir, Limits{})
	check(t, err)
	defer func() { check(t, src.Close()) }()
	info := src.Info()
	if !info.IsFolder || info.Name != "d" || info.Path != dir || info.Size != 8 || !info.Modified.Equal(stamp) {
		t.Errorf("got %+v", info)
	}
}

// Ensure that a FIFO that nobody writes to is refused and does not block.
func TestOpenFIFO(t *testing.T) {
	path := filepath.Join(t.TempDir(), "fifo")
	check(t, syscall.Mkfifo(path, 0o600))
	if _, err := Open(path, Limits{}); err == nil || !strings.Contains(err.Error(), "a FIFO") {
		t.Errorf("got %v", err)
	}
	if _, err := Open("/dev/null", Limits{}); err == nil || !strings.Contains(err.Error(), "a device") {
		t.Errorf("got %v", err)
	}
}

// Ensure that what is put in the place of a listed file is not read.
func TestReplacedAfterListing(t *testing.T) {
	secret := write(t, t.TempDir(), "secret", text("secret"))
	for name, replace := range map[string]func(path string) error{
		"link":         func(p string) error { return os.Symlink(secret, p) },
		"fifo":         func(p string) error { return syscall.Mkfifo(p, 0o600) },
		"other_file":   func(p string) error { return os.Link(secret, p) },
		"nothing":      func(string) error { return nil },
		"link_to_self": func(p string) error { return os.Symlink("b", p) },
		"folder":       func(p string) error { return os.Mkdir(p, 0o700) },
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			write(t, dir, "a", text("a"))
			b := write(t, dir, "b", text("b"))
			src, err := Open(dir, Limits{})
			check(t, err)
			defer func() { check(t, src.Close()) }()
			listed, err := os.Lstat(b)
			check(t, err)
			hold, err := os.Open(b) // so that its number is not given to the replacement
			check(t, err)
			defer func() { _ = hold.Close() }()
			check(t, os.Remove(b))
			check(t, replace(b))
			if f, err := openMember(src.root, listed); err == nil {
				t.Errorf("%s was opened", f.Name())
			}
		})
	}
}

func TestUnreadableMember(t *testing.T) {
	if os.Getuid() == 0 {
		t.Skip("root may read everything")
	}
	dir := t.TempDir()
	check(t, os.Chmod(write(t, dir, "a", text("a")), 0))
	write(t, dir, "b", text("b"))
	got := walk(t, dir, Limits{})
	if !got.warned("a: not read", "permission") || len(got.names) != 1 {
		t.Errorf("got %q, %q", got.names, got.warnings)
	}
}

func TestDeepFolder(t *testing.T) {
	dir := t.TempDir()
	deep := strings.Repeat("d/", maxFolderDepth+5)
	write(t, dir, deep+"x", text("x"))
	write(t, dir, "y", text("y"))
	got := walk(t, dir, Limits{})
	if diff := cmp.Diff([]string{"y"}, got.names); diff != "" || !got.warned("nested deeper") {
		t.Errorf("got %q, %q", got.names, got.warnings)
	}
}

// Ensure that reading leaves the time of the last access as it is.
func TestAccessTime(t *testing.T) {
	dir := t.TempDir()
	path := write(t, dir, "a", text("a"))
	check(t, os.Chtimes(path, stamp, stamp))
	before := accessTime(t, path)
	if before == 0 {
		t.Skip("the system does not tell it")
	}
	src, err := Open(dir, Limits{})
	check(t, err)
	check(t, src.Walk(context.Background(), func(*Member) error { return nil }, nil))
	check(t, src.Close())
	if after := accessTime(t, path); after != before && noAccessTime != 0 {
		t.Errorf("the access time went from %d to %d", before, after)
	}
}
