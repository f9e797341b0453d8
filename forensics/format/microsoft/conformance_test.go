package microsoft_test

import (
	"bytes"
	"strings"
	"testing"

	"keytrail/forensics/format/formattest"
	"keytrail/forensics/format/microsoft"
	"keytrail/forensics/format/microsoft/audittest"
)

func TestUnifiedAuditCSVConforms(t *testing.T) {
	var log bytes.Buffer
	if err := audittest.Write(&log, 6, 3); err != nil {
		t.Fatal(err)
	}
	one := quoted(purge)
	powershell := "#TYPE Selected.Thing\n\"CreationDate\",\"UserIds\",\"Operations\",\"AuditData\"\n" + strings.Repeat("\"3/25/2024 7:08:09 AM\",\"pat\",\"HardDelete\","+one+"\n", 3)
	formattest.Suite(t, microsoft.UnifiedAudit{}, formattest.Case{
		Valid: map[string]formattest.Sample{
			"a_purview":    {Data: log.Bytes(), Records: 6},
			"classic":      {Data: []byte("CreationDate,UserIds,Operations,AuditData\r\n" + strings.Repeat("2024-03-05T07:08:09Z,Zoë,HardDelete,"+one+"\r\n", 3)), Records: 3},
			"powershell":   {Data: []byte(powershell), Records: 3},
			"last_columns": {Data: []byte("AuditData\tx\n" + strings.Repeat(one+"\ty\n", 3)), Records: 3},
		},
		Bad:     []byte("damaged\n"),
		Endless: [][]byte{[]byte("a,b,\"{"), []byte(`"`)},
	})
}

func TestUnifiedAuditJSONConforms(t *testing.T) {
	list := strings.Repeat(purge+",\n", 3) + purge
	formattest.Suite(t, microsoft.UnifiedAudit{}, formattest.Case{
		Valid: map[string]formattest.Sample{
			"array": {Data: []byte("[\n" + list + "\n]\n"), Records: 4},
			"lines": {Data: []byte(strings.Repeat(purge+"\n", 4)), Records: 4},
			"graph": {Data: []byte(`{"@odata.context":"x","value":[` + "\n" + `{"id":"1","operation":"HardDelete","auditData":` + purge + "},\n" + `{"id":"2","operation":"HardDelete","auditData":` + purge + "}\n]}\n"), Records: 2},
		},
		Bad:     []byte(`{"Operation":"Move","CreationTime":nothing},` + "\n"),
		Endless: [][]byte{[]byte(`{"Id":"`), []byte(`{"Id":[`)},
	})
}
