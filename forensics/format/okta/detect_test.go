package okta_test

import (
	"os"
	"path/filepath"
	"testing"

	"keytrail/forensics/format"
	"keytrail/forensics/format/all"
	"keytrail/forensics/format/formattest"
	"keytrail/forensics/format/okta"
)

// TestDetected asks all formats about every shape of the log.
func TestDetected(t *testing.T) {
	files, err := filepath.Glob(filepath.Join("testdata", "system-log", "*"))
	if err != nil || len(files) < 8 {
		t.Fatalf("%d files, %v", len(files), err)
	}
	for _, name := range files {
		data, err := os.ReadFile(filepath.Clean(name))
		if err != nil {
			t.Fatal(err)
		}
		f, g := format.Detect(all.Formats(), formattest.Head("", data))
		if f == nil || f.Name() != (okta.SystemLog{}).Name() || g.Score < 70 {
			t.Errorf("%s: %v, score %d (%s)", name, f, g.Score, g.Why)
		}
	}
}
