package evidence

import (
	"archive/zip"
	"context"
	"crypto/sha256"
	"io"
	"io/fs"
	"path/filepath"
	"strings"
	"testing"

	"keytrail/forensics"
	"keytrail/forensics/corpustest"
)

// TestCorpus compares every zip below KEYTRAIL_CORPUS with what archive/zip reads of it.
// Nested archives are counted, not compared.
func TestCorpus(t *testing.T) {
	dir := corpustest.Dir(t)
	archives, members, warnings := 0, 0, 0
	check(t, filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || !strings.EqualFold(filepath.Ext(path), ".zip") || !d.Type().IsRegular() {
			return err
		}
		want := map[string]forensics.Digest{}
		zr, err := zip.OpenReader(path)
		if err != nil {
			t.Logf("%s: archive/zip: %v", path, err)
			return nil
		}
		defer func() { check(t, zr.Close()) }()
		for _, f := range zr.File {
			if f.Mode().IsDir() || f.Flags&1 != 0 {
				continue
			}
			r, err := f.Open()
			check(t, err)
			h := sha256.New()
			_, err = io.Copy(h, r)
			check(t, err)
			want[f.Name] = forensics.Digest(h.Sum(nil))
		}
		src, err := Open(path, Limits{})
		check(t, err)
		defer func() { check(t, src.Close()) }()
		archives++
		check(t, src.Walk(context.Background(), func(m *Member) error {
			d, _, err := m.Finish()
			members++
			if w, ok := want[m.Name]; ok && (w != d || err != nil) {
				t.Errorf("%s: %s: differs: %v", path, m.Name, err)
			}
			delete(want, m.Name)
			return nil
		}, func(item, text string) {
			warnings++
			t.Logf("%s: %s: %s", path, item, text)
		}))
		for name := range want {
			t.Logf("%s: %s: not a member of its own (nested archive?)", path, name)
		}
		return nil
	}))
	t.Logf("%d zip files, %d members, %d warnings", archives, members, warnings)
}
