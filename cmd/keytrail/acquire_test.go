package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io/fs"
	"math/rand"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"keytrail/forensics/casefile"
	"keytrail/forensics/dovecottest"
)

// TestAcquire runs the program against a real Dovecot: copy, timeline, custody, verify.
func TestAcquire(t *testing.T) {
	const count = 300
	d := dovecottest.Start(t, dovecottest.Options{Fill: dovecottest.Generated(t, count)})
	before := d.State(t)
	t.Setenv("KEYTRAIL_TEST_PASSWORD", dovecottest.Password)
	name := filepath.Join(t.TempDir(), "rivera")
	args := []string{"acquire", name, dovecotURL(d), "--ca", d.CAFile, "--password-env", "KEYTRAIL_TEST_PASSWORD"}
	out := string(keytrail(t, args...))
	if !strings.Contains(out, "300 messages") || !strings.Contains(out, "of 4 folders") {
		t.Errorf("it says:\n%s", out)
	}
	if diff := cmp.Diff(before, d.State(t)); diff != "" {
		t.Errorf("the mailbox changed (-before +after):\n%s", diff)
	}
	events := keytrail(t, "timeline", name, "kind:mail-received", "--format", "jsonl")
	folders := make(map[string]int)
	for _, line := range bytes.Split(bytes.TrimSpace(events), []byte("\n")) {
		var e map[string]any
		if err := json.Unmarshal(line, &e); err != nil {
			t.Fatal(err)
		}
		if e["event.action"] == "mail-received" { // marks and Trash give events of their own
			folders[fmt.Sprint(e["keytrail.folder"])]++
		}
	}
	if diff := cmp.Diff(map[string]int{"INBOX": 240, "Archive/2022": 20, "Trash": 20, "Entwürfe & mehr": 20}, folders); diff != "" {
		t.Errorf("folders of the timeline (-want +got):\n%s", diff)
	}
	keytrail(t, "verify", name)
	custodyNames(t, name, "mailbox acquired", "300 messages", "certificate SHA-256 ", "manifest SHA-256 ", "greeting ")
	must(t, filepath.WalkDir(name+".keytrail", func(path string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		b, err := os.ReadFile(path)
		if bytes.Contains(b, []byte(dovecottest.Password)) {
			t.Errorf("the password stands in %s", path)
		}
		return err
	}))
	if sum, err := exec.LookPath("sha256sum"); err == nil {
		roots, err := filepath.Glob(filepath.Join(name+".keytrail", "acquired", "*"))
		if err != nil || len(roots) != 1 {
			t.Fatalf("acquisitions: %v %v", roots, err)
		}
		cmd := exec.Command(sum, "--quiet", "-c", "manifest.sha256")
		cmd.Dir = roots[0]
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Errorf("sha256sum -c manifest.sha256: %v\n%.500s", err, out)
		}
	}
}

// custodyNames checks that the custody log of a case has an entry with these words.
func custodyNames(t *testing.T, name, what string, words ...string) {
	t.Helper()
	c, err := casefile.Open(casefile.Path(name), casefile.Options{ReadOnly: true})
	must(t, err)
	defer c.Close()
	must(t, c.CheckCustody())
	log, err := c.Custody()
	must(t, err)
	for _, e := range log {
		if e.What != what {
			continue
		}
		for _, w := range words {
			if !strings.Contains(e.Detail, w) {
				t.Errorf("the custody log says %q, without %q", e.Detail, w)
			}
		}
		return
	}
	t.Errorf("the custody log has no entry %q", what)
}

// TestAcquireSurvivesKill kills the program at random moments, runs it again until it ends by
// itself, and compares what it copied with the copy of an uninterrupted run.
func TestAcquireSurvivesKill(t *testing.T) {
	count := 2_000
	if os.Getenv("KEYTRAIL_BENCH") != "" {
		count = 20_000
	}
	d := dovecottest.Start(t, dovecottest.Options{Fill: dovecottest.Generated(t, count)})
	t.Setenv("KEYTRAIL_TEST_PASSWORD", dovecottest.Password)
	dir := t.TempDir()
	command := func(name string) []string {
		return []string{"acquire", filepath.Join(dir, name), dovecotURL(d), "--ca", d.CAFile, "--password-env", "KEYTRAIL_TEST_PASSWORD"}
	}
	start := time.Now()
	keytrail(t, command("whole")...)
	took := time.Since(start)

	const most = 10
	kills, copying, runs := 0, 0, 0
	for kills < most {
		runs++
		cmd := program(command("killed")...)
		var said bytes.Buffer
		cmd.Stderr = &said
		must(t, cmd.Start())
		ended := make(chan error, 1)
		go func() { ended <- cmd.Wait() }()
		select {
		case err := <-ended:
			if err != nil {
				t.Fatalf("after %d kills: %v\n%s", kills, err, said.String())
			}
			kills = most
		case <-time.After(time.Duration(rand.Int63n(int64(took / 12)))):
			must(t, cmd.Process.Kill())
			<-ended
			kills++
			if finished, err := filepath.Glob(filepath.Join(dir, "killed.keytrail", "acquired", "*", "manifest.sha256")); err != nil || len(finished) == 0 {
				copying++
			}
		}
	}
	keytrail(t, command("killed")...)
	t.Logf("%d runs were killed, %d of them before the copy was whole; %d messages; an uninterrupted run took %v", runs, copying, count, took)
	want, got := mailOf(t, filepath.Join(dir, "whole.keytrail")), mailOf(t, filepath.Join(dir, "killed.keytrail"))
	if len(want) != count {
		t.Errorf("an uninterrupted run copied %d messages of %d", len(want), count)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("copies differ (-uninterrupted +killed):\n%.2000s", diff)
	}
	keytrail(t, "verify", filepath.Join(dir, "killed"))
}

// mailOf maps the messages of a case's first finished acquisition to their bytes.
func mailOf(t *testing.T, path string) map[string]string {
	t.Helper()
	manifests, err := filepath.Glob(filepath.Join(path, "acquired", "*", "manifest.sha256"))
	if err != nil || len(manifests) == 0 {
		t.Fatalf("no finished acquisition in %s: %v", path, err)
	}
	root := filepath.Dir(manifests[0])
	mail := make(map[string]string)
	must(t, filepath.WalkDir(root, func(path string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() || filepath.Base(filepath.Dir(path)) != "cur" {
			return err
		}
		b, err := os.ReadFile(path)
		rel, relErr := filepath.Rel(root, path)
		must(t, relErr)
		mail[rel] = string(b)
		return err
	}))
	return mail
}

func dovecotURL(d *dovecottest.Dovecot) string {
	return fmt.Sprintf("imaps://%s@localhost:%d", strings.ReplaceAll(dovecottest.User, "@", "%40"), d.IMAPS)
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
