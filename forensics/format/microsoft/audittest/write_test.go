package audittest_test

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"strings"
	"testing"

	"keytrail/forensics/format/microsoft/audittest"
)

func TestWrite(t *testing.T) {
	const n = 2000
	var one, two, other bytes.Buffer
	for out, seed := range map[*bytes.Buffer]int64{&one: 1, &two: 1, &other: 2} {
		if err := audittest.Write(out, n, seed); err != nil {
			t.Fatal(err)
		}
	}
	if !bytes.Equal(one.Bytes(), two.Bytes()) || bytes.Equal(one.Bytes(), other.Bytes()) {
		t.Error("bytes do not follow from the seed")
	}
	if size := one.Len() / n; size < 1800 || size > 2100 {
		t.Errorf("a record has %d bytes", size)
	}
	rows, err := csv.NewReader(&one).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	if got := strings.Join(rows[0], ","); got != audittest.Header || len(rows) != n+1 {
		t.Errorf("%d rows, header %q", len(rows), got)
	}
	for i, row := range rows[1:] {
		var record struct{ ID, Operation, CreationTime string }
		if err := json.Unmarshal([]byte(row[5]), &record); err != nil {
			t.Fatalf("row %d: %v", i, err)
		}
		if record.ID != row[0] || record.Operation != row[3] || record.CreationTime != row[1][:19] {
			t.Errorf("row %d: %+v stands beside %q", i, record, row[:5])
		}
	}
}
