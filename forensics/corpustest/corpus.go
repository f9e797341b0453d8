// Package corpustest finds the public samples that tests run on where somebody has them. They are no part of the project.
//
// Invariant: only tests import this package.
package corpustest

import (
	"os"
	"path/filepath"
	"testing"
)

// Dir gives the folder that the environment's KEYTRAIL_CORPUS names, or one below it. Where nothing is named, or it has not
// that folder, the test is skipped and says so; a name that leads nowhere is a mistake.
func Dir(t testing.TB, below ...string) string {
	t.Helper()
	root := os.Getenv("KEYTRAIL_CORPUS")
	if root == "" {
		t.Skip("NOT RUN: KEYTRAIL_CORPUS names no folder of public samples")
	}
	if _, err := os.Stat(root); err != nil {
		t.Fatalf("KEYTRAIL_CORPUS: %v", err)
	}
	dir := filepath.Join(root, filepath.Join(below...))
	if _, err := os.Stat(dir); err != nil {
		t.Skipf("NOT RUN: no such samples below KEYTRAIL_CORPUS: %v", err)
	}
	return dir
}
