package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"keytrail/forensics"
	"keytrail/forensics/casefile"
	"keytrail/forensics/filter"
)

// noCase says that there is no case of a name, what is there instead, and what to do next.
func noCase(name string) error {
	path := casefile.Path(name)
	make := fmt.Sprintf("make one with: keytrail add %s EVIDENCE...", shellWord(strings.TrimSuffix(filepath.Clean(name), casefile.Suffix)))
	if info, err := os.Stat(path); err == nil {
		if info.IsDir() {
			return &forensics.Error{What: "this folder holds no case", File: path, Byte: -1, Hint: make}
		}
		return &forensics.Error{What: "this is a file, and a case is a folder", File: path, Byte: -1, Hint: "choose another name, and " + make}
	}
	base := filepath.Base(strings.TrimSuffix(path, casefile.Suffix))
	if info, err := os.Stat(name); err == nil {
		what, stem := "a folder", base
		if !info.IsDir() {
			what, stem = "a file", strings.TrimSuffix(base, filepath.Ext(base))
		}
		return &forensics.Error{What: "there is no such case; " + name + " is " + what + ", and the first word names a case", File: path, Byte: -1,
			Hint: fmt.Sprintf("to read it into a new case: keytrail add %s %s", shellWord(stem), shellWord(name))}
	}
	var known []string
	for _, c := range casesAt(strings.TrimSuffix(path, base+casefile.Suffix)) {
		known = append(known, filepath.Base(c))
	}
	hint := make
	if near := filter.Nearest(base, known); near != "" {
		hint = "did you mean " + near + "? If not, " + make
	} else if len(known) > 0 && len(known) <= 5 {
		hint = "here are: " + strings.Join(known, ", ") + ". " + strings.ToUpper(make[:1]) + make[1:]
	}
	return &forensics.Error{What: "there is no such case", File: path, Byte: -1, Hint: hint}
}

// shellWord quotes what a shell would take apart.
func shellWord(s string) string {
	if s != "" && !strings.ContainsAny(s, " \t\n'\"\\$`*?[](){}<>|&;#~!") {
		return s
	}
	return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
}

// near writes a suggestion where one of the words is near; empty where none is.
func near(word string, known []string) string {
	if s := filter.Nearest(word, known); s != "" {
		return fmt.Sprintf("; did you mean %q?", s)
	}
	return ""
}
