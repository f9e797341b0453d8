package export_test

import (
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"keytrail/export"
	"keytrail/forensics"
)

// TestFileSaysWhatKeepsItFromBeingWritten: the words are for a person, and no part of the file stays.
func TestFileSaysWhatKeepsItFromBeingWritten(t *testing.T) {
	for _, tt := range []struct {
		name       string
		err        error
		want, hint string
	}{
		{"full", fmt.Errorf("write x: %w", syscall.ENOSPC), "there is no room for the report", "make room"},
		{"forbidden", &fs.PathError{Op: "open", Path: "x", Err: fs.ErrPermission}, "may not be written there", "a folder of your own"},
		{"other", io.ErrUnexpectedEOF, "write report: unexpected EOF", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			dir := t.TempDir()
			_, err := export.File(filepath.Join(dir, "r.csv"), false, func(w io.Writer) error {
				if _, err := io.WriteString(w, "half"); err != nil {
					return err
				}
				return tt.err
			})
			if err == nil || !strings.Contains(err.Error(), tt.want) || !strings.Contains(forensics.Hint(err), tt.hint) {
				t.Errorf("error %v, hint %q", err, forensics.Hint(err))
			}
			if left, err := os.ReadDir(dir); err != nil || len(left) > 0 {
				t.Errorf("left behind: %v, %v", left, err)
			}
		})
	}
}
