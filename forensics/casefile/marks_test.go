package casefile

import (
	"fmt"
	"testing"

	"keytrail/forensics"

	"github.com/google/go-cmp/cmp"
)

func TestMarksAndUndo(t *testing.T) {
	c := story(t)
	state := func() string {
		t.Helper()
		var out string
		for _, e := range mustEvents(t, mustQuery(t, c, "")) {
			out += fmt.Sprint(e.Row, e.Tags, e.Notes, e.Verdict, " ")
		}
		return out
	}
	var states []string
	for _, step := range []func() error{
		func() error { return c.Tag([]int64{1, 2}, " odd ") },
		func() error { return c.Tag([]int64{2, 3}, "odd") },
		func() error { return c.SetNote(2, "first") },
		func() error { return c.SetNote(2, "second") },
		func() error { return c.Untag([]int64{1, 2, 3, 4}, "odd") },
		func() error {
			return c.SetVerdict([]string{"IP:203.0.113.7", "client:\"imap Thunderbird\""}, VerdictMine)
		},
		func() error { return c.SetVerdict([]string{"ip:203.0.113.7"}, VerdictUnknown) },
		func() error { return c.SetNote(2, "") },
	} {
		states = append(states, state())
		if err := step(); err != nil {
			t.Fatal(err)
		}
		if now := state(); now == states[len(states)-1] {
			t.Errorf("step %d changed nothing: %s", len(states), now)
		}
	}
	for i := len(states) - 1; i >= 0; i-- {
		what, err := c.Undo()
		if err != nil || what == "" {
			t.Fatal(what, err)
		}
		if diff := cmp.Diff(states[i], state()); diff != "" {
			t.Errorf("undone %q: -want +got:\n%s", what, diff)
		}
	}
	if what, err := c.Undo(); err != nil || what != "" {
		t.Errorf("got %q, %v: nothing is left to undo", what, err)
	}
}

func TestMarksThatChangeNothingAreNotUndone(t *testing.T) {
	c := story(t)
	for _, err := range []error{c.Tag([]int64{1}, "odd"), c.Tag([]int64{1}, "odd"), c.Untag([]int64{2}, "odd"), c.SetNote(1, "")} {
		if err != nil {
			t.Fatal(err)
		}
	}
	if what, err := c.Undo(); err != nil || what != "tag odd on 1 event" {
		t.Errorf("got %q, %v", what, err)
	}
	if err := c.Tag([]int64{1}, "  "); err == nil {
		t.Error("an empty tag was taken")
	}
}

func TestVerdicts(t *testing.T) {
	c := story(t)
	if err := c.SetVerdict([]string{"network:203.0.0.0/8", "account:pat@example.com"}, VerdictMine); err != nil {
		t.Fatal(err)
	}
	if err := c.SetVerdict([]string{"network:203.0.113.0/24"}, VerdictNotMine); err != nil {
		t.Fatal(err)
	}
	want := []Verdict{{"account:pat@example.com", VerdictMine}, {"network:203.0.0.0/8", VerdictMine}, {"network:203.0.113.0/24", VerdictNotMine}}
	got, err := c.Verdicts()
	if diff := cmp.Diff(want, got); diff != "" || err != nil {
		t.Error(diff, err)
	}
	for _, text := range []string{"verdict:not-mine", "verdict:mine", "verdict:unknown"} {
		for _, e := range mustEvents(t, mustQuery(t, c, text)) {
			word := e.Verdict
			if word == "" {
				word = VerdictUnknown
			}
			if "verdict:"+word != text {
				t.Errorf("%s finds an event that is %s", text, word)
			}
		}
	}
	for _, bad := range []string{"", "ip", "ip:", "ip:x", "network:203.0.113.7", "planet:mars"} {
		if err := c.SetVerdict([]string{bad}, VerdictMine); err == nil || forensics.Hint(err) == "" {
			t.Errorf("%q: got %v", bad, err)
		}
	}
	if err := c.SetVerdict([]string{"ip:203.0.113.7"}, "perhaps"); err == nil {
		t.Error("a strange verdict was taken")
	}
}

func TestHistory(t *testing.T) {
	c := newCase(t)
	for _, f := range []string{"a", "b", " ", "a"} {
		if err := c.AddHistory(f); err != nil {
			t.Fatal(err)
		}
	}
	if diff := cmp.Diff([]string{"a", "b"}, c.History()); diff != "" {
		t.Error(diff)
	}
	for i := range maxHistory + 5 {
		if err := c.AddHistory(fmt.Sprint("filter ", i)); err != nil {
			t.Fatal(err)
		}
	}
	if got := c.History(); len(got) != maxHistory || got[0] != fmt.Sprint("filter ", maxHistory+4) {
		t.Errorf("got %d, the first %q", len(got), got[0])
	}
}
