package all_test

import (
	"os"
	"regexp"
	"strings"
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

// TestDocumented keeps the page that tells people how to get each export complete.
func TestDocumented(t *testing.T) {
	page, err := os.ReadFile("../../../docs/formats.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range all.Formats() {
		if !strings.Contains(string(page), "`"+f.Name()+"`") {
			t.Errorf("docs/formats.md does not mention %s", f.Name())
		}
	}
}
