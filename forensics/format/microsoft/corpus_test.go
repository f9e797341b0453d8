package microsoft_test

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"keytrail/forensics/corpustest"
	"keytrail/forensics/format"
	"keytrail/forensics/format/microsoft"
)

// TestCorpus reads public samples, which are not part of the project: KEYTRAIL_CORPUS names the
// folder that holds panther-analysis and Security-Datasets. Nothing may panic, and every
// record has to be accounted for.
func TestCorpus(t *testing.T) {
	root := corpustest.Dir(t)
	files := 0
	for pattern, f := range map[string]format.Format{
		"panther-analysis/microsoft_rules.tests.jsonl":    microsoft.UnifiedAudit{},
		"Security-Datasets/*/OfficeActivityEvents.json":   microsoft.UnifiedAudit{},
		"Security-Datasets/*/AADAuditEvents.json":         microsoft.EntraAudit{},
		"panther-analysis/azure_signin_rules.tests.jsonl": microsoft.EntraSignin{},
	} {
		paths, err := filepath.Glob(filepath.Join(root, pattern))
		if err != nil {
			t.Fatal(err)
		}
		for _, path := range paths {
			text, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			files++
			text, lines := unwrap(t, text)
			var r result
			in := &format.Input{Head: text[:min(len(text), format.HeadSize)], Reader: bytes.NewReader(text)}
			if err := f.Parse(context.Background(), in, &r); err != nil {
				t.Errorf("%s: %v", path, err)
			}
			if got := len(r.raws) + r.skipped + len(r.broken); got != lines {
				t.Errorf("%s: %d read + %d skipped + %d broken of %d", path, len(r.raws), r.skipped, len(r.broken), lines)
			}
			kinds := map[string]int{}
			for i := range r.events {
				kinds[r.events[i].Kind.String()]++
				t.Log(r.events[i].Time.RFC3339(), r.events[i].Operation, "=>", brief(&r.events[i]))
			}
			t.Logf("%s: %d records, %d skipped, %q broken, %d warnings, %v", strings.TrimPrefix(path, root), len(r.raws), r.skipped, r.broken, len(r.warnings), kinds)
		}
	}
	t.Logf("%d files", files)
}

// unwrap takes the log entries out of test cases for detection rules: {"rule":..,"log":{..}}.
func unwrap(t *testing.T, text []byte) ([]byte, int) {
	var out []byte
	n := 0
	s := bufio.NewScanner(bytes.NewReader(text))
	s.Buffer(nil, 1<<24)
	for s.Scan() {
		var wrapped struct{ Log json.RawMessage }
		line := s.Bytes()
		if err := json.Unmarshal(line, &wrapped); err == nil && len(wrapped.Log) > 0 {
			line = wrapped.Log
		}
		out = append(append(out, line...), '\n')
		n++
	}
	if err := s.Err(); err != nil {
		t.Fatal(err)
	}
	return out, n
}
