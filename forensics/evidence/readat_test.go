package evidence

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"keytrail/forensics"
)

// Ensure that every member's bytes are found again by the name that the walk gave it.
func TestReadAtFindsEveryMember(t *testing.T) {
	big := bytes.Repeat([]byte("0123456789abcde\n"), 5<<16)
	inner := makeZip(t, part{"b.mbox", text(mail)}, part{"b.mbox", text("other" + mail)}, part{"c.tgz", makeGzip(t, "", makeTar(t, part{"d", big}))})
	all := makeZip(t, part{"big", big}, part{"in.zip", inner}, part{"l.gz", makeGzip(t, "log", big)}, part{"../x", text(mail)}, part{"in.zip/b.mbox", text("third" + mail)})
	dir := filepath.Join(t.TempDir(), "d")
	write(t, dir, "sub/all.zip", all)
	write(t, dir, "sub/plain", big)
	for name, path := range map[string]string{
		"zip": write(t, t.TempDir(), "x", all), "plain": write(t, t.TempDir(), "x", big), "folder": dir,
		"gzip": write(t, t.TempDir(), "x", makeGzip(t, "", big)), "tar": write(t, t.TempDir(), "x", makeTar(t, part{"a", big}, part{"b", big}, part{"b", text(mail)})),
	} {
		t.Run(name, func(t *testing.T) {
			src, err := Open(path, Limits{})
			check(t, err)
			defer func() { check(t, src.Close()) }()
			n := 0
			check(t, src.Walk(context.Background(), func(m *Member) error {
				n++
				data, err := io.ReadAll(m)
				check(t, err)
				size := int64(len(data))
				for _, part := range [][2]int64{{0, size}, {size / 2, min(size/2, 77)}, {size, 0}} {
					got, err := ReadAt(path, m.Name, part[0], part[1], Limits{})
					if err != nil || !bytes.Equal(got, data[part[0]:part[0]+part[1]]) {
						t.Errorf("%q at %v: got %d bytes, %v", m.Name, part, len(got), err)
					}
				}
				if _, err := ReadAt(path, m.Name, size-1, 2, Limits{}); err == nil || !strings.Contains(err.Error(), "shorter") || forensics.Hint(err) == "" {
					t.Errorf("%q past its end: got %v", m.Name, err)
				}
				return nil
			}, nil))
			if n == 0 {
				t.Error("nothing was visited")
			}
		})
	}
}

// Ensure that a Reader gives what ReadAt gives, in order and out of order, across failures, and
// unpacks once what is asked for in order.
func TestReader(t *testing.T) {
	var lines []byte
	for i := range 100_000 {
		lines = fmt.Appendf(lines, "%09d\n", i)
	}
	path := write(t, t.TempDir(), "x", makeZip(t, part{"a", lines}, part{"in.gz", makeGzip(t, "b", lines)}))
	r := NewReader(path, Limits{})
	defer func() { check(t, r.Close()) }()
	want := func(item string, n int) {
		t.Helper()
		got, err := r.ReadAt(item, int64(n)*10, 10)
		if err != nil || string(got) != fmt.Sprintf("%09d\n", n) {
			t.Errorf("%s line %d: got %q, %v", item, n, got, err)
		}
	}
	for n := 0; n < 100_000; n += 97 {
		want("a", n)
	}
	first := r.m
	want("a", 99_999)
	if r.m != first {
		t.Error("a record further on opened the item anew")
	}
	want("a", 5)
	want("in.gz/b", 7)
	if _, err := r.ReadAt("none", 0, 1); err == nil {
		t.Error("no error for an item that does not exist")
	}
	want("in.gz/b", 6)
	if _, err := r.ReadAt("a", 999_999, 2); err == nil {
		t.Error("no error past the end")
	}
	want("a", 1)
}

func TestReadAtErrors(t *testing.T) {
	dir := t.TempDir()
	path := write(t, dir, "a.zip", makeZip(t, part{"b", text(mail)}))
	write(t, dir, "plain", text(mail))
	secret := write(t, t.TempDir(), "secret", text("secret"))
	if err := os.Symlink(secret, filepath.Join(dir, "link")); err != nil {
		t.Skipf("no symbolic links here: %v", err)
	}
	for _, tt := range []struct {
		name, path, item string
		offset, length   int64
		want             string
	}{
		{"gone", filepath.Join(dir, "none"), "", 0, 1, "the evidence is gone"},
		{"file_of_folder_gone", dir, "none", 0, 1, "the evidence is gone"},
		{"item_gone", path, "c", 0, 1, "no longer holds this item"},
		{"item_of_plain_file", filepath.Join(dir, "plain"), "c", 0, 1, "no longer holds this item"},
		{"folder_itself", dir, "", 0, 1, "no longer holds this item"},
		{"link", dir, "link", 0, 6, "no longer holds this item"},
		{"outside", dir, "../" + filepath.Base(filepath.Dir(secret)) + "/secret", 0, 6, "cannot read"},
		{"too_long", path, "b", 0, MaxReadAt + 1, "cannot show"},
		{"negative", path, "b", -1, 1, "cannot show"},
		{"beyond", filepath.Join(dir, "plain"), "", 1 << 62, 1, "shorter"},
		{"beyond_in_archive", path, "b", 1 << 62, 1, "shorter"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got, err := ReadAt(tt.path, tt.item, tt.offset, tt.length, Limits{})
			if err == nil || !strings.Contains(err.Error(), tt.want) || forensics.Hint(err) == "" {
				t.Errorf("got %q, %v (hint %q), want %q", got, err, forensics.Hint(err), tt.want)
			}
		})
	}
}
