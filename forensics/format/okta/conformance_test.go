package okta

import (
	"testing"

	"keytrail/forensics/format/formattest"
)

func TestObjectsConform(t *testing.T) {
	formattest.Suite(t, SystemLog{}, formattest.Case{
		Valid: map[string]formattest.Sample{
			"api":     formattest.FileSample(t, "system-log/api.json", 8, 0, 8),
			"lines":   formattest.FileSample(t, "system-log/lines.jsonl", 10, 1, 10),
			"shipped": formattest.FileSample(t, "system-log/shipped.jsonl", 2, 0, 2),
			"streams": formattest.FileSample(t, "system-log/streams.jsonl", 2, 0, 2),
			"wrapped": formattest.FileSample(t, "system-log/wrapped.json", 6, 0, 6),
			"hook":    formattest.FileSample(t, "system-log/hook.json", 1, 0, 2),
		},
		Bad:     []byte("{\"actor\":{\"id\":\"1\"},\"published\":\"2026-03-09T03:12:07.500Z},\"eventType\":\"x\"},\n"),
		Endless: [][]byte{[]byte(`{"actor":"`), []byte(`{"actor":[1,`)},
		Foreign: foreign(),
	})
}

func TestTablesConform(t *testing.T) {
	formattest.Suite(t, SystemLog{}, formattest.Case{
		Valid: map[string]formattest.Sample{
			"console": formattest.FileSample(t, "system-log/console.csv", 4, 0, 4),
			"shipped": formattest.FileSample(t, "system-log/shipped.csv", 3, 0, 3),
		},
		Bad:     []byte("INFO\n"),
		Endless: [][]byte{[]byte(`INFO,"`)},
		Foreign: foreign(),
	})
}

// foreign are other logs that name their events in the same word.
func foreign() map[string][]byte {
	return map[string][]byte{
		"cloudtrail":  []byte(`{"Records":[{"eventVersion":"1.08","userIdentity":{"type":"IAMUser","userName":"pat"},"eventTime":"2026-03-09T03:12:07Z","eventSource":"signin.amazonaws.com","eventName":"ConsoleLogin","eventType":"AwsConsoleSignIn","sourceIPAddress":"203.0.113.77"}]}`),
		"event_types": []byte("{\"eventType\":\"order.placed\",\"published\":\"2026-03-09T03:12:07Z\",\"id\":1}\n"),
		"table":       []byte("timestamp,event_type,user\n2026-03-09T03:12:07Z,login,pat\n"),
	}
}
