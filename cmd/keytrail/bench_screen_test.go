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
	"testing"
	"time"

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
	start := time.Now()
	s := inTerminal(b, exec.Command(bin, "open", c))
	s.wait("first screen", 20*time.Second, func(screen []byte) bool {
		return bytes.Contains(screen, []byte("1,000,000")) && bytes.Contains(screen, []byte("@mail.")) // an account in a row
	})
	first = time.Since(start)
	for i := range 200 {
		key := "j"
		if i%10 == 9 {
			key = "\x1b[6~" // page down
		}
		s.quiet()
		pressed := time.Now()
		s.keys(key)
		s.wait("repaint", 5*time.Second, func(screen []byte) bool { return len(screen) > 0 })
		keys = append(keys, time.Since(pressed))
	}
	s.keys("q")
	s.end()
	return first, keys
}
