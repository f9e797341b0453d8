package google

import (
	"os"
	"path/filepath"
	"testing"

	"keytrail/forensics/format/formattest"
)

// sample reads a file of testdata.
func sample(t testing.TB, name string, records, skipped, events int) formattest.Sample {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("testdata", filepath.FromSlash(name)))
	if err != nil {
		t.Fatal(err)
	}
	return formattest.Sample{Data: data, Records: records, Skipped: skipped, Events: events}
}

func TestWorkspaceAuditConformance(t *testing.T) {
	formattest.Suite(t, WorkspaceAudit{}, formattest.Case{
		Valid: map[string]formattest.Sample{
			"activities":    sample(t, "workspace-audit/activities.json", 4, 0, 4),
			"array":         sample(t, "workspace-audit/array.json", 5, 0, 5),
			"cloud_logging": sample(t, "workspace-audit/cloud-logging.json", 3, 0, 3),
			"flat":          sample(t, "workspace-audit/flat.jsonl", 2, 1, 2),
			"lines":         sample(t, "workspace-audit/lines.jsonl", 4, 0, 4),
			"page":          sample(t, "workspace-audit/page.json", 3, 0, 4),
			"split":         sample(t, "workspace-audit/split-by-shipper.jsonl", 5, 0, 5),
		},
		Bad:     []byte("{\"kind\":\"admin#reports#activity\",\"id\":{\"time\":\"2022-11-14T03:12:07Z},\"events\":[]},\n"),
		Endless: [][]byte{[]byte(`{"kind":"`), []byte(`{"kind":[1,`)},
	})
}

func TestTakeoutAccessLogConformance(t *testing.T) {
	formattest.Suite(t, TakeoutAccessLog{}, formattest.Case{
		Valid: map[string]formattest.Sample{
			"newer": sample(t, "takeout-access-log/newer.csv", 3, 0, 3),
			"older": sample(t, "takeout-access-log/older.csv", 3, 0, 3),
		},
		Bad:     []byte("1234567890\n"),
		Endless: [][]byte{[]byte(`1234567890,"`)},
	})
}
