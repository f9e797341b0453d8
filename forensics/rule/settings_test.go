package rule

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"keytrail/forensics"
)

func TestSettings(t *testing.T) {
	s := Defaults()
	if got := s.Changed(); got != nil {
		t.Errorf("defaults are changed: %q", got)
	}
	for name, value := range map[string]string{"reset.window": "30m", "deletion.soon": "15m", "guess.count": "20", "login.new": "14d"} {
		if err := s.Set(name, value); err != nil {
			t.Error(err)
		}
	}
	want := []string{"login.new = 14d (30d)", "guess.count = 20 (10)", "reset.window = 30m (24h)"}
	if diff := cmp.Diff(want, s.Changed()); diff != "" {
		t.Error(diff)
	}
	if s.Window(ResetWindow) != 30*minute || s.Number(GuessCount) != 20 || s.Get("login.new") != "14d" || s.Get("no.such") != "" {
		t.Error("not set as said")
	}
}

func TestSettings_Refuses(t *testing.T) {
	s := Defaults()
	for name, value := range map[string]string{"reset.window": "0s", "guess.count": "1", "login.new": "9999d", "deletion.soon": "soon", "no.such": "1", "key.several": "", "guess.window": "-1h"} {
		err := s.Set(name, value)
		if err == nil || forensics.Hint(err) == "" {
			t.Errorf("%s = %q: %v, hint %q", name, value, err, forensics.Hint(err))
		}
	}
	if s.Changed() != nil {
		t.Errorf("changed %q", s.Changed())
	}
}

// TestNames: what is written can be read, and the catalogue names settings that exist.
func TestNames(t *testing.T) {
	s := Defaults()
	known := map[string]bool{}
	for _, d := range Names() {
		known[d.Name] = true
		for _, v := range []string{d.Default, d.Lowest, d.Highest} {
			if err := s.Set(d.Name, v); err != nil {
				t.Error(err)
			}
			if got := s.Get(d.Name); got != v {
				t.Errorf("%s: %q is written as %q", d.Name, v, got)
			}
		}
		if d.Help == "" || strings.HasSuffix(d.Help, ".") {
			t.Errorf("%s: help %q", d.Name, d.Help)
		}
	}
	ids := map[string]bool{}
	for _, r := range Catalogue() {
		if ids[r.ID] || r.Title == "" || r.Means == "" || r.Innocent == "" {
			t.Errorf("incomplete rule %+v", r)
		}
		ids[r.ID] = true
		for _, w := range r.Windows {
			if !known[w] {
				t.Errorf("%s: no setting %q", r.ID, w)
			}
		}
	}
	if len(ids) != 35 {
		t.Errorf("got %d rules", len(ids))
	}
}
