package mailbox

import (
	"os"
	"path/filepath"
	"testing"

	"keytrail/forensics/format/formattest"
)

// sample reads a file of testdata.
func sample(t testing.TB, name string, records int) formattest.Sample {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("testdata", filepath.FromSlash(name)))
	if err != nil {
		t.Fatal(err)
	}
	return formattest.Sample{Name: name, Data: data, Records: records, Events: records}
}

var endlessOpenings = [][]byte{[]byte("From "), []byte("From pat@example.com Mon Nov 14 03:12:45 2022\nSubject: "), []byte("\n\nFrom pat@example.com Mon Nov 14 03:12:45 2022\nSubject: a\n\n")}

func TestMBoxConformance(t *testing.T) {
	formattest.Suite(t, MBox{}, formattest.Case{
		Valid: map[string]formattest.Sample{
			"plain":   sample(t, "mbox/plain.mbox", 4),
			"takeout": sample(t, "mbox/takeout.mbox", 3),
		},
		Endless:       endlessOpenings,
		EndlessRecord: true,
		Accepts:       []string{},
	})
}

func TestEMLConformance(t *testing.T) {
	formattest.Suite(t, EML{}, formattest.Case{
		Valid: map[string]formattest.Sample{
			"notice":  sample(t, "eml/notice.eml", 1),
			"latin-1": sample(t, "eml/latin-1.eml", 1),
		},
		Endless:       endlessOpenings,
		EndlessRecord: true,
	})
}

func TestMaildirConformance(t *testing.T) {
	trashed := sample(t, "eml/notice.eml", 1)
	trashed.Name = "Maildir/.Trash/cur/1668417165.M1P2.mail:2,ST"
	formattest.Suite(t, Maildir{}, formattest.Case{
		Valid:         map[string]formattest.Sample{"trashed": trashed},
		Endless:       endlessOpenings,
		EndlessRecord: true,
	})
}
