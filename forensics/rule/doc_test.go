package rule

import (
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "write the catalogue in docs/detection.md anew")

const (
	docFile = "../../docs/detection.md"
	written = "\n## Catalogue\n\n" // from here on the document is written from the program
)

// TestDocument keeps the catalogue and the settings in docs/detection.md equal to the program's: -update writes them.
func TestDocument(t *testing.T) {
	got, err := os.ReadFile(docFile)
	if err != nil {
		t.Fatal(err)
	}
	words, _, ok := strings.Cut(string(got), written)
	if !ok {
		t.Fatalf("%s has no heading %q", docFile, strings.TrimSpace(written))
	}
	want := words + written + document()
	if *update {
		if err := os.WriteFile(docFile, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if diff := cmp.Diff(want, string(got)); diff != "" {
		t.Errorf("docs/detection.md is not the catalogue's: go test ./forensics/rule -run TestDocument -update\n%s", diff)
	}
}

func document() string {
	var b strings.Builder
	titles := map[string]string{}
	for _, s := range Names() {
		titles[s.Name] = s.Help
	}
	for _, r := range Catalogue() {
		fmt.Fprintf(&b, "### %s: %s\n\n%s\n\n", r.ID, r.Title, r.Means)
		fmt.Fprintf(&b, "- Innocent: %s\n", r.Innocent)
		if r.Technique != "" {
			fmt.Fprintf(&b, "- ATT&CK: %s\n", r.Technique)
		}
		if r.Step != "" {
			fmt.Fprintf(&b, "- Step: %s\n", r.Step)
		}
		for _, n := range r.Needs {
			var kinds []string
			for _, k := range n.Kinds {
				kinds = append(kinds, "`"+k.String()+"`")
			}
			fmt.Fprintf(&b, "- Needs one of: %s\n", strings.Join(kinds, ", "))
		}
		for n, w := range r.Windows {
			if n == 0 {
				b.WriteString("- Settings: ")
			} else {
				b.WriteString(", ")
			}
			fmt.Fprintf(&b, "`%s`", w)
			if n == len(r.Windows)-1 {
				b.WriteString("\n")
			}
		}
		b.WriteString("\n")
	}
	b.WriteString("## Settings\n\nThey can be changed for a case; what differs from the default is written in the report.\n\n| setting | default | range | decides |\n|---|---|---|---|\n")
	for _, s := range Names() {
		fmt.Fprintf(&b, "| `%s` | %s | %s to %s | %s |\n", s.Name, s.Default, s.Lowest, s.Highest, s.Help)
	}
	return b.String()
}
