package attacktest_test

import (
	"os"
	"strings"
	"testing"
	"time"

	"keytrail/forensics/detect"
	"keytrail/forensics/format/all"
	"keytrail/forensics/incident/attacktest"
)

func reader(t *testing.T) *attacktest.Reader {
	t.Helper()
	notices, err := detect.LoadNotices()
	if err != nil {
		t.Fatal(err)
	}
	return &attacktest.Reader{Formats: all.Formats(), Notices: notices}
}

// TestTruth checks that every record of the truth is an event of the kind that it ought to be, and that the
// files are read without a warning.
func TestTruth(t *testing.T) {
	r := reader(t)
	seeds := uint64(24)
	if testing.Short() {
		seeds = 6
		t.Logf("a short run: %d cases", seeds)
	}
	for seed := range seeds {
		c := attacktest.Generate(seed)
		dir := t.TempDir()
		begin := time.Now()
		cf, err := r.Read(t.Context(), c, dir)
		if err != nil {
			t.Fatal(err)
		}
		took := time.Since(begin)
		events, err := attacktest.Events(t.Context(), cf)
		if err != nil {
			t.Fatal(err)
		}
		find := attacktest.NewFinder(events)
		marks, lost := 0, 0
		check := func(list []attacktest.Mark) {
			for i := range list {
				m := &list[i]
				marks++
				if m.Faint || m.Inferred || len(find.Find(m)) > 0 {
					continue
				}
				if lost++; lost < 5 {
					t.Errorf("seed %d (%s): no event for %+v", seed, c.World, *m)
				}
			}
		}
		check(c.Marks)
		steps := 0
		for i := range c.Attacks {
			check(c.Attacks[i].Marks)
			steps += len(c.Attacks[i].Recorded())
		}
		t.Logf("seed %d %s: %.1f years, %d bytes, %d events, %d marks (%d not found), %d attacks with %d recorded steps, lacks %s, read in %v",
			seed, c.World, c.Years(), c.Size(), len(events), marks, lost, len(c.Attacks), steps, strings.Join(c.Missing, " "), took)
		if err := cf.Close(); err != nil {
			t.Error(err)
		}
		_ = os.RemoveAll(dir)
	}
}

func TestSameSeedSameBytes(t *testing.T) {
	for seed := range uint64(8) {
		a, b := t.TempDir(), t.TempDir()
		for _, dir := range []string{a, b} {
			if err := attacktest.Generate(seed).Write(dir); err != nil {
				t.Fatal(err)
			}
		}
		if diff := compare(t, a, b); diff != "" {
			t.Errorf("seed %d: %s", seed, diff)
		}
	}
}
