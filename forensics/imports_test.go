package forensics_test

import (
	"go/parser"
	"go/token"
	"io/fs"
	"path"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// allowed is the policy of who may know whom: the packages of keytrail that a package (or
// every package below it, where it ends in "/...") may import. Data flows one way; a new
// arrow is a decision about the design, not a way to make a build pass.
//
// The first row that matches counts.
var allowed = []struct {
	pkg     string
	imports []string
}{
	{"cmd/...", []string{"..."}},
	{"forensics", nil},
	{"forensics/evidence", []string{"forensics"}},
	{"forensics/format", []string{"forensics", "forensics/evidence"}},
	{"forensics/format/formattest", []string{"forensics", "forensics/format"}},
	{"forensics/format/all", []string{"forensics/format", "forensics/format/..."}},
	{"forensics/format/microsoft", []string{"forensics", "forensics/evidence", "forensics/format"}},
	{"forensics/format/microsoft/audittest", nil},
	{"forensics/format/jsonvalue", []string{"forensics/format"}},
	{"forensics/format/mailbox", []string{"forensics", "forensics/evidence", "forensics/format", "forensics/utf7"}},
	{"forensics/format/*", []string{"forensics", "forensics/evidence", "forensics/format", "forensics/format/jsonvalue"}},
	{"forensics/acquire", []string{"forensics", "forensics/evidence", "forensics/utf7"}},
	{"forensics/utf7", nil},
	{"forensics/absence", []string{"forensics"}},
	{"forensics/geo/...", []string{"forensics", "forensics/geo"}},
	{"forensics/sigma", []string{"forensics"}},
	{"forensics/rule", []string{"forensics"}},
	{"forensics/rule/ruletest", []string{"forensics"}},
	{"forensics/incident", []string{"forensics", "forensics/rule"}},
	{"forensics/incident/attacktest", []string{"forensics", "forensics/..."}},
	{"forensics/investigate", []string{"forensics", "forensics/..."}},
	{"forensics/timeline", []string{"forensics"}},
	{"forensics/detect", []string{"forensics"}},
	{"forensics/filter", []string{"forensics"}},
	{"forensics/casefile", []string{"forensics", "forensics/filter", "forensics/timeline"}},
	{"forensics/ingest", []string{"forensics", "forensics/..."}},
	{"export/...", []string{"export", "export/...", "forensics", "forensics/..."}},
	{"tui/...", []string{"tui", "tui/...", "forensics", "forensics/..."}},
}

// neverBelow keeps what a package must not reach even though a pattern above allows it.
var neverBelow = map[string][]string{
	"tui":    {"forensics/format/...", "forensics/evidence", "forensics/ingest", "forensics/acquire"},
	"export": {"forensics/format/...", "forensics/evidence", "forensics/ingest", "forensics/acquire"},
}

func TestImports(t *testing.T) {
	root := ".."
	files := 0
	err := filepath.WalkDir(root, func(name string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && (d.Name() == "testdata" || strings.HasPrefix(d.Name(), ".") && d.Name() != ".."):
			return filepath.SkipDir
		case !strings.HasSuffix(name, ".go") || strings.HasSuffix(name, "_test.go"):
			return nil
		}
		rel, err := filepath.Rel(root, filepath.Dir(name))
		if err != nil {
			return err
		}
		pkg := filepath.ToSlash(rel)
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.ImportsOnly)
		if err != nil {
			return err
		}
		files++
		for _, spec := range file.Imports {
			what, err := strconv.Unquote(spec.Path.Value)
			if err != nil {
				return err
			}
			switch inner, ours := strings.CutPrefix(what, "keytrail/"); {
			case ours && !mayImport(pkg, inner):
				t.Errorf("%s: package %s may not import %s; see the table in forensics/imports_test.go", name, pkg, inner)
			case pkg == "forensics" && strings.Contains(what, "."):
				t.Errorf("%s: package forensics imports the standard library only, not %s", name, what)
			case what == "testing" && !strings.HasSuffix(pkg, "test"):
				t.Errorf("%s: shipped code imports testing", name)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if files < 20 {
		t.Fatalf("only %d files looked at: the walk is wrong", files)
	}
}

func mayImport(pkg, what string) bool {
	for top, patterns := range neverBelow {
		if pkg == top || strings.HasPrefix(pkg, top+"/") {
			for _, p := range patterns {
				if covers(p, what) {
					return false
				}
			}
		}
	}
	for _, row := range allowed {
		if !covers(row.pkg, pkg) {
			continue
		}
		for _, p := range row.imports {
			if covers(p, what) {
				return true
			}
		}
		return false
	}
	return false
}

// covers matches a package path against a pattern: "..." at the end stands for the
// package and everything below it, "*" for one path element.
func covers(pattern, pkg string) bool {
	if base, ok := strings.CutSuffix(pattern, "..."); ok {
		base = strings.TrimSuffix(base, "/")
		return base == "" || pkg == base || strings.HasPrefix(pkg, base+"/")
	}
	ok, err := path.Match(pattern, pkg)
	return err == nil && ok
}
