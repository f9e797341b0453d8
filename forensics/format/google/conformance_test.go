package google

import (
	"testing"

	"keytrail/forensics/format/formattest"
)

func TestWorkspaceAuditConformance(t *testing.T) {
	formattest.Suite(t, WorkspaceAudit{}, formattest.Case{
		Valid: map[string]formattest.Sample{
			"activities":    formattest.FileSample(t, "workspace-audit/activities.json", 4, 0, 4),
			"array":         formattest.FileSample(t, "workspace-audit/array.json", 5, 0, 5),
			"cloud_logging": formattest.FileSample(t, "workspace-audit/cloud-logging.json", 3, 0, 3),
			"flat":          formattest.FileSample(t, "workspace-audit/flat.jsonl", 2, 1, 2),
			"lines":         formattest.FileSample(t, "workspace-audit/lines.jsonl", 4, 0, 4),
			"page":          formattest.FileSample(t, "workspace-audit/page.json", 3, 0, 4),
			"split":         formattest.FileSample(t, "workspace-audit/split-by-shipper.jsonl", 5, 0, 5),
		},
		Bad:     []byte("{\"kind\":\"admin#reports#activity\",\"id\":{\"time\":\"2022-11-14T03:12:07Z},\"events\":[]},\n"),
		Endless: [][]byte{[]byte(`{"kind":"`), []byte(`{"kind":[1,`)},
	})
}

func TestTakeoutAccessLogConformance(t *testing.T) {
	formattest.Suite(t, TakeoutAccessLog{}, formattest.Case{
		Valid: map[string]formattest.Sample{
			"newer": formattest.FileSample(t, "takeout-access-log/newer.csv", 3, 0, 3),
			"older": formattest.FileSample(t, "takeout-access-log/older.csv", 3, 0, 3),
		},
		Bad:     []byte("1234567890\n"),
		Endless: [][]byte{[]byte(`1234567890,"`)},
	})
}
