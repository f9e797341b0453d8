//go:build linux

package main

import (
	"bytes"
	"io"
	"path/filepath"
	"testing"
	"time"

	"keytrail/forensics/casefile"
)

// TestMarkAsks: on a terminal a verdict on everything is asked for; only a yes gives it.
func TestMarkAsks(t *testing.T) {
	dir := t.TempDir()
	paths, err := writeSample(filepath.Join(dir, "evidence"))
	if err != nil {
		t.Fatal(err)
	}
	name := filepath.Join(dir, "c")
	p := &Program{Out: io.Discard, Err: io.Discard, Now: time.Now, Who: "pat@host"}
	if code := p.Run(t.Context(), append([]string{"add", name}, paths...)); code != exitOK {
		t.Fatalf("add ended with %d", code)
	}
	verdicts := func() []casefile.Verdict {
		c, err := p.openCase(name)
		if err != nil {
			t.Fatal(err)
		}
		list, err := c.Verdicts()
		closing(c, &err)
		if err != nil {
			t.Fatal(err)
		}
		return list
	}
	asked := func(answer string) []byte {
		s := inTerminal(t, program("mark", name, "not-mine", "network:0.0.0.0/0"))
		s.wait("question", 30*time.Second, func(screen []byte) bool { return bytes.Contains(screen, []byte("Is it meant? [y/N] ")) })
		if !bytes.Contains(s.screen, []byte("touches")) || !bytes.Contains(s.screen, []byte("is larger than any network")) {
			t.Errorf("the question does not say why:\n%s", s.screen)
		}
		s.keys(answer)
		for chunk := range s.output {
			s.screen = append(s.screen, chunk...)
		}
		s.master.Close()
		if err := s.cmd.Wait(); (err == nil) != (answer == "y\r") {
			t.Errorf("answered %q it ended with %v", answer, err)
		}
		return s.screen
	}
	for _, answer := range []string{"\r", "n\r", "what?\r", "\x04"} {
		if out := asked(answer); !bytes.Contains(out, []byte("nothing was changed")) {
			t.Errorf("answered %q it says\n%s", answer, out)
		}
		if list := verdicts(); len(list) != 0 {
			t.Fatalf("answered %q, and the case has %v", answer, list)
		}
	}
	asked("y\r")
	if list := verdicts(); len(list) != 1 {
		t.Errorf("answered yes, and the case has %v", list)
	}
}
