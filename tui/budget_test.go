package tui

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestBudget keeps the parts small: a root model that owns everything cannot be read.
func TestBudget(t *testing.T) {
	methods := 0
	for _, pattern := range []string{"*.go", "kit/*.go", "widget/*.go", "screen/*.go"} {
		files, err := filepath.Glob(pattern)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range files {
			if strings.HasSuffix(f, "_test.go") {
				continue
			}
			text, err := os.ReadFile(f)
			if err != nil {
				t.Fatal(err)
			}
			if n := bytes.Count(text, []byte("\n")); n > 400 {
				t.Errorf("%s has %d lines, want at most 400", f, n)
			}
			methods += bytes.Count(text, []byte("\nfunc (a *app) "))
		}
	}
	if methods > 25 {
		t.Errorf("the root model has %d methods, want at most 25", methods)
	}
}
