package investigate

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"
)

// TestTwins: a file that lies in the evidence several times over has each mail once in every copy.
func TestTwins(t *testing.T) {
	var mbox strings.Builder
	for n := 1; n <= 3; n++ {
		fmt.Fprintf(&mbox, "From x Wed Feb 01 00:00:00 2023\n%s\n", strings.ReplaceAll(sampleMail(n, n*6, ""), "\r\n", "\n"))
	}
	var paths []string
	dir := t.TempDir()
	for _, name := range []string{"first", "second", "third", "fourth"} {
		put(t, dir, name+"/mail.mbox", mbox.String())
		paths = append(paths, filepath.Join(dir, name))
	}
	c, _ := inferred(t, paths...)
	aside := newAsideReader()
	defer aside.close()
	b, err := readCopies(t.Context(), c, aside)
	must(t, err)
	if len(b.order) != 4 {
		t.Fatalf("%d copies, want 4", len(b.order))
	}
	for _, s := range b.order {
		if f := s.copy.Folders[0]; len(s.copy.Folders) != 1 || len(f.Mails) != 3 {
			t.Errorf("%s has %d folders, the first with %d mails; want 1 with 3", s.copy.EvidenceName, len(s.copy.Folders), len(f.Mails))
		}
	}
}
