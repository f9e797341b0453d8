package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"keytrail/forensics"
	"keytrail/forensics/casefile"
)

// TestPartIsNotTheWhole: who asks a case whose evidence was not read to its end is told so, whatever is asked.
func TestPartIsNotTheWhole(t *testing.T) {
	dir := t.TempDir()
	name := filepath.Join(dir, "c")
	c, err := casefile.Create(casefile.Path(name), casefile.Options{Tool: "keytrail", Who: "pat@host", Now: time.Now})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := c.BeginEvidence(forensics.Evidence{Name: "mail.log", Path: "/evidence/mail.log"}); err != nil {
		t.Fatal(err)
	}
	if err := c.Close(); err != nil {
		t.Fatal(err)
	}
	for _, args := range [][]string{{"timeline", name}, {"incidents", name}, {"incidents", name, "--format", "jsonl"}, {"report", name, "-o", filepath.Join(dir, "r.xlsx")}} {
		t.Run(strings.Join(append(args[:1:1], args[2:]...), "_"), func(t *testing.T) {
			var out, errs bytes.Buffer
			p := &Program{Out: &out, Err: &errs, Now: time.Now, Who: "pat@host"}
			if code := p.Run(t.Context(), args); code != exitOK {
				t.Fatalf("ended with %d: %s", code, &errs)
			}
			if want := "/evidence/mail.log is not read to its end: what follows rests on a part; keytrail add "; !strings.Contains(errs.String(), want) {
				t.Errorf("stderr does not say it:\n%s", &errs)
			}
			if strings.Contains(out.String(), "not read") {
				t.Errorf("stdout is for what was asked:\n%s", &out)
			}
		})
	}
	if _, err := os.Stat(filepath.Join(dir, "r.xlsx")); err != nil {
		t.Error(err)
	}
}
