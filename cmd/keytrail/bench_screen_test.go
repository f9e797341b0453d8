//go:build linux

package main

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"keytrail/forensics/format/microsoft/audittest"
)

// BenchmarkScreen runs the screen on a case of 1,000,000 events in a pseudo terminal: the time from
// the start of the program to the first screen with events, and from a key to the first byte of the
// repaint while scrolling.
func BenchmarkScreen(b *testing.B) {
	bin, dir := buildProgram(b), benchDir(b)
	c := millionEvents(b, bin, dir)
	for b.Loop() {
		var first time.Duration
		var keys []time.Duration
		for range 5 { // the best start: the system's cache is warm for everybody
			start, k := screenSession(b, bin, c)
			if first == 0 || start < first {
				first = start
			}
			keys = append(keys, k...)
		}
		slices.Sort(keys)
		b.ReportMetric(float64(first.Microseconds())/1000, "first-screen-ms")
		b.ReportMetric(float64(keys[len(keys)/2].Microseconds())/1000, "key-median-ms")
		b.ReportMetric(float64(keys[len(keys)*99/100].Microseconds())/1000, "key-p99-ms")
		b.ReportMetric(0, "ns/op")
	}
}

// BenchmarkFilter times `keytrail timeline` with filters that match few of 1,000,000 events: start, filter
// and first page together.
func BenchmarkFilter(b *testing.B) {
	bin, dir := buildProgram(b), benchDir(b)
	c := millionEvents(b, bin, dir)
	for _, filter := range []string{"kind:key-created", "ip:203.0.113.0/24 kind:login-failed", "invoice", "nothing-has-this-word"} {
		b.Run(strings.ReplaceAll(filter, "/", "-"), func(b *testing.B) {
			for b.Loop() {
				m := best(func() measured {
					return measure(b, "sh", "-c", fmt.Sprintf("%s timeline %s '%s' | head -50 >/dev/null", bin, c, filter))
				})
				b.ReportMetric(float64(m.wall.Microseconds())/1000, "whole-program-ms")
				b.ReportMetric(0, "ns/op")
			}
		})
	}
}

// millionEvents makes the case once.
func millionEvents(b *testing.B, bin, dir string) string {
	b.Helper()
	return made(b, filepath.Join(dir, "million.keytrail"), func(path string) error {
		var logs []string
		for seed := int64(1); seed <= 2; seed++ {
			log := filepath.Join(dir, fmt.Sprintf("half-million-%d.csv", seed))
			f, err := os.Create(log)
			if err != nil {
				return err
			}
			if err := audittest.Write(f, 500_000, seed); err != nil {
				return err
			}
			if err := f.Close(); err != nil {
				return err
			}
			logs = append(logs, log)
		}
		path = strings.TrimSuffix(path, ".part")
		measure(b, bin, append([]string{"add", path}, logs...)...)
		return os.Rename(path, path+".part")
	})
}

// screenSession starts the screen, waits for the events, scrolls, and quits.
func screenSession(b *testing.B, bin, c string) (first time.Duration, keys []time.Duration) {
	b.Helper()
	master, slave := openPTY(b)
	defer master.Close()
	cmd := exec.Command(bin, "open", c)
	cmd.Env = append(os.Environ(), "TERM=xterm-256color")
	cmd.Stdin, cmd.Stdout, cmd.Stderr = slave, slave, slave
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Setctty: true}
	start := time.Now()
	if err := cmd.Start(); err != nil {
		b.Fatal(err)
	}
	slave.Close()
	output := make(chan []byte, 1024)
	go func() {
		defer close(output)
		buf := make([]byte, 1<<16)
		for {
			n, err := master.Read(buf)
			if n > 0 {
				output <- bytes.Clone(buf[:n])
			}
			if err != nil {
				return
			}
		}
	}()
	var screen []byte
	wait := func(what string, limit time.Duration, done func() bool) {
		timeout := time.After(limit)
		for !done() {
			select {
			case chunk, ok := <-output:
				if !ok {
					b.Fatalf("the program ended before %s; it wrote\n%s", what, screen)
				}
				screen = append(screen, chunk...)
			case <-timeout:
				b.Fatalf("no %s within %v; the screen is\n%s", what, limit, screen)
			}
		}
	}
	wait("first screen", 20*time.Second, func() bool {
		return bytes.Contains(screen, []byte("1,000,000")) && bytes.Contains(screen, []byte("login"))
	})
	first = time.Since(start)
	settle := func() { // let what is being drawn come to its end
		for {
			select {
			case <-output:
			case <-time.After(30 * time.Millisecond):
				return
			}
		}
	}
	for i := range 200 {
		key := "j"
		if i%10 == 9 {
			key = "\x1b[6~" // page down
		}
		settle()
		pressed := time.Now()
		if _, err := master.WriteString(key); err != nil {
			b.Fatal(err)
		}
		screen = nil
		wait("repaint", 5*time.Second, func() bool { return len(screen) > 0 })
		keys = append(keys, time.Since(pressed))
	}
	if _, err := master.WriteString("q"); err != nil {
		b.Fatal(err)
	}
	go func() {
		for range output { // drained, so that the program can write its last
		}
	}()
	if err := cmd.Wait(); err != nil {
		b.Fatal(err)
	}
	return first, keys
}

// openPTY opens a pseudo terminal of 120x36 cells.
func openPTY(b *testing.B) (master, slave *os.File) {
	b.Helper()
	master, err := os.OpenFile("/dev/ptmx", os.O_RDWR, 0)
	if err != nil {
		b.Skip("NOT RUN: no pseudo terminals here:", err)
	}
	fd := int(master.Fd())
	if err := unix.IoctlSetPointerInt(fd, unix.TIOCSPTLCK, 0); err != nil {
		b.Fatal(err)
	}
	n, err := unix.IoctlGetInt(fd, unix.TIOCGPTN)
	if err != nil {
		b.Fatal(err)
	}
	if err := unix.IoctlSetWinsize(fd, unix.TIOCSWINSZ, &unix.Winsize{Row: 36, Col: 120}); err != nil {
		b.Fatal(err)
	}
	slave, err = os.OpenFile(fmt.Sprintf("/dev/pts/%d", n), os.O_RDWR|syscall.O_NOCTTY, 0)
	if err != nil {
		b.Fatal(err)
	}
	return master, slave
}
