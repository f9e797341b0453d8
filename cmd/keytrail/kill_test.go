package main

import (
	"bufio"
	"bytes"
	"fmt"
	"math/rand"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"keytrail/forensics/format/microsoft/audittest"
)

// TestAddSurvivesKill kills `keytrail add` at random moments, runs it again until it ends by
// itself, and compares with the case of an uninterrupted run.
func TestAddSurvivesKill(t *testing.T) {
	dir := t.TempDir()
	paths, err := writeSample(filepath.Join(dir, "evidence"))
	if err != nil {
		t.Fatal(err)
	}
	var log bytes.Buffer
	if err := audittest.Write(&log, 15_000, 3); err != nil {
		t.Fatal(err)
	}
	audit := filepath.Join(dir, "evidence", "more.csv")
	if err := os.WriteFile(audit, log.Bytes(), 0o644); err != nil {
		t.Fatal(err)
	}
	maildir := filepath.Join(dir, "evidence", "Maildir")
	writeMaildir(t, maildir, 1500)
	args := append([]string{"add", filepath.Join(dir, "killed")}, append(paths, audit, maildir)...)

	whole := filepath.Join(dir, "whole")
	start := time.Now()
	keytrail(t, append([]string{"add", whole}, args[2:]...)...)
	took := time.Since(start)

	rng := rand.New(rand.NewSource(time.Now().UnixNano()))
	kills := 0
	for done := false; !done; {
		cmd := program(args...)
		if kills >= 8 { // enough; let it end
			if out, err := cmd.CombinedOutput(); err != nil {
				t.Fatalf("after %d kills: %v\n%s", kills, err, out)
			}
			break
		}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		ended := make(chan error, 1)
		go func() { ended <- cmd.Wait() }()
		select {
		case err := <-ended:
			if err != nil {
				t.Fatalf("after %d kills: %v", kills, err)
			}
			done = true
		case <-time.After(time.Duration(rng.Int63n(int64(took / 3)))):
			if err := cmd.Process.Kill(); err != nil {
				t.Fatal(err)
			}
			<-ended
			kills++
		}
	}
	t.Logf("killed %d times within %v", kills, took)
	for _, what := range [][]string{{"timeline"}, {"evidence"}, {"evidence", "--warnings"}} {
		want := keytrail(t, append([]string{what[0], whole, "--format", "jsonl"}, what[1:]...)...)
		got := keytrail(t, append([]string{what[0], filepath.Join(dir, "killed"), "--format", "jsonl"}, what[1:]...)...)
		if line, a, b := firstDifference(want, got); line > 0 {
			if what[0] == "evidence" && sameButAdded(a, b) {
				continue
			}
			t.Errorf("%v: line %d differs from an uninterrupted run:\n got %.600s\nwant %.600s", what, line, b, a)
		}
	}
	keytrail(t, "verify", filepath.Join(dir, "killed"))
}

// writeMaildir makes a folder of small mails; every fifth is one that stands there already.
func writeMaildir(t *testing.T, dir string, n int) {
	t.Helper()
	for _, sub := range []string{"cur", "new", "tmp"} {
		if err := os.MkdirAll(filepath.Join(dir, sub), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	for i := range n {
		number := i - i%5/4
		text := fmt.Sprintf("Received: from relay.example.com by mx.example.net; Tue, 7 Feb 2023 %02d:%02d:%02d +0000\nDate: Tue, 7 Feb 2023 03:19:30 +0000\n"+
			"From: a%d@example.com\nTo: pat@example.net\nSubject: mail %d\nMessage-ID: <%d@example.com>\n\ntext\n", number/3600, number/60%60, number%60, number%9, number, number)
		if err := os.WriteFile(filepath.Join(dir, "cur", fmt.Sprintf("%05d.M1.host:2,S", i)), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

func program(args ...string) *exec.Cmd {
	cmd := exec.Command(os.Args[0], args...)
	cmd.Env = append(os.Environ(), asProgram+"=1")
	return cmd
}

// keytrail runs the program to its end and gives its standard output.
func keytrail(t *testing.T, args ...string) []byte {
	t.Helper()
	cmd := program(args...)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("keytrail %v: %v\n%s", args, err, stderr.String())
	}
	return out
}

func firstDifference(a, b []byte) (line int, inA, inB string) {
	x, y := bufio.NewScanner(bytes.NewReader(a)), bufio.NewScanner(bytes.NewReader(b))
	x.Buffer(nil, 1<<24)
	y.Buffer(nil, 1<<24)
	for n := 1; ; n++ {
		moreX, moreY := x.Scan(), y.Scan()
		if !moreX && !moreY {
			return 0, "", ""
		}
		if x.Text() != y.Text() || moreX != moreY {
			return n, x.Text(), y.Text()
		}
	}
}

// sameButAdded compares two lines of evidence without the moment that each was added.
func sameButAdded(a, b string) bool {
	cutAdded := func(s string) string {
		before, after, ok := bytes.Cut([]byte(s), []byte(`"added":"`))
		if !ok || len(after) < 20 {
			return s
		}
		return string(before) + string(after[20:])
	}
	return cutAdded(a) == cutAdded(b)
}
