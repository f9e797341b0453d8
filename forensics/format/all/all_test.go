package all_test

import (
	"regexp"
	"testing"

	"keytrail/forensics/format/all"
)

func TestEveryFormatIsNamedOnceAndDescribed(t *testing.T) {
	shape := regexp.MustCompile(`^[a-z]+/[a-z0-9-]+$`)
	seen := map[string]bool{}
	for _, f := range all.Formats() {
		name, about := f.Name(), f.About()
		if !shape.MatchString(name) {
			t.Errorf("name %q is not family/format", name)
		}
		if seen[name] {
			t.Errorf("name %q is there twice", name)
		}
		seen[name] = true
		if about.Title == "" || about.Reads == "" || about.HowTo == "" || about.Source == "" || len(about.Gives) == 0 {
			t.Errorf("%s does not describe itself wholly: %+v", name, about)
		}
	}
	if len(seen) < 6 {
		t.Errorf("only %d formats are listed", len(seen))
	}
}
