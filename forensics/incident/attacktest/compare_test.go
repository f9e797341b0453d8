package attacktest_test

import (
	"bytes"
	"io/fs"
	"os"
	"path/filepath"
	"testing"
)

// compare tells the first file in which two folders differ.
func compare(t *testing.T, a, b string) string {
	t.Helper()
	diff, n := "", 0
	err := filepath.WalkDir(a, func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		n++
		rel, err := filepath.Rel(a, name)
		if err != nil {
			return err
		}
		one, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		two, err := os.ReadFile(filepath.Join(b, rel))
		if err != nil {
			return err
		}
		if !bytes.Equal(one, two) && diff == "" {
			diff = rel + " differs"
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if n == 0 {
		return "nothing was written"
	}
	return diff
}
