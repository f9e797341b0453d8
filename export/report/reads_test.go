package report_test

import (
	"encoding/csv"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"keytrail/export"
	"keytrail/forensics"
	"keytrail/forensics/timeline"
)

// The workbook is read back by two other programs, which share no code with what wrote it.

// wantRow is what the first columns of an event's row show, by the name of the column.
func wantRow(e *forensics.Event, zone *time.Location) map[string]string {
	layout := "2006-01-02 15:04:05"
	if e.Time.Precision >= forensics.PrecisionMilli {
		layout += ".000"
	}
	utc, local := e.Time.Std().Format(layout), e.Time.Std().In(zone).Format(layout)
	if e.Time.Unreliable {
		utc, local = export.Clean(e.Time.Original), ""
	}
	return map[string]string{"Time (UTC)": utc, "Time (America/Chicago)": local, "Group": e.Kind.Group().String(), "Kind": e.Kind.String(), "Account": e.Account,
		"What happened": export.Clean(timeline.Sentence(e)), "Event ID": e.ID, "SHA-256 of the record": e.Digest.String(), "Evidence": e.EvidenceName}
}

func compareRows(t *testing.T, rows [][]string, want []forensics.Event, zone *time.Location) {
	t.Helper()
	if len(rows) != len(want)+1 {
		t.Fatalf("%d rows, want %d", len(rows)-1, len(want))
	}
	wrong := 0
	for i := range want {
		wanted := wantRow(&want[i], zone)
		for k, name := range rows[0] {
			value, ok := wanted[name]
			if ok && rows[i+1][k] != value {
				t.Errorf("row %d: %s = %q, want %q", i+2, name, rows[i+1][k], value)
				wrong++
			}
		}
		if wrong > 10 {
			t.Fatal("and so on")
		}
	}
}

func TestOpenpyxlReadsTheWorkbook(t *testing.T) {
	python := ""
	for _, name := range []string{"python3", "/usr/bin/python3"} {
		if exec.Command(name, "-c", "import openpyxl").Run() == nil {
			python = name
			break
		}
	}
	if python == "" {
		t.Skip("NOT RUN: openpyxl is not installed (Debian's python3-openpyxl)")
	}
	c, chicago := sampleCase(t, undatedMail(t), ledger(t)), zone(t, "America/Chicago")
	o := analysed(t, c)
	o.Zone = chicago
	result, _ := write(t, c, "r.xlsx", o)
	const program = `
import datetime, json, sys, openpyxl
book = openpyxl.load_workbook(sys.argv[1])
def show(cell):
    v = cell.value
    if isinstance(v, datetime.datetime):
        v = (v + datetime.timedelta(microseconds=500)).isoformat(sep=" ", timespec="milliseconds")
        return v if cell.number_format.endswith(".000") else v[:-4]
    return "" if v is None else str(v)
rows = [[show(c) for c in row] for row in book["Timeline"].iter_rows()]
kinds = sorted({c.data_type for ws in book for row in ws.iter_rows() for c in row if c.value is not None})
links = [c.hyperlink.target for ws in book for row in ws.iter_rows() for c in row if c.hyperlink and c.hyperlink.target]
charts = sum(len(ws._charts) for ws in book)
json.dump({"sheets": book.sheetnames, "rows": rows, "kinds": kinds, "links": links, "charts": charts}, sys.stdout)
`
	out, err := exec.Command(python, "-c", program, result.Path).Output()
	if err != nil {
		t.Fatal(err)
	}
	var got struct {
		Sheets []string
		Rows   [][]string
		Kinds  []string
		Links  []string
		Charts int
	}
	if err := json.Unmarshal(out, &got); err != nil {
		t.Fatal(err)
	}
	compareRows(t, got.Rows, events(t, c), chicago)
	if want := "Read me,Summary,Incidents,Timeline,Keys,Logins,Resets,Deletions,Money,Losses,IP addresses,Coverage,Evidence and custody,Glossary"; strings.Join(got.Sheets, ",") != want {
		t.Errorf("sheets = %q, want %q", got.Sheets, want)
	}
	if len(got.Links) > 0 || got.Charts != 1 {
		t.Errorf("links out of the workbook: %q; %d charts, want 1", got.Links, got.Charts)
	}
}

func TestLibreOfficeReadsTheWorkbook(t *testing.T) {
	if testing.Short() {
		t.Skip("NOT RUN: LibreOffice takes seconds")
	}
	soffice, err := exec.LookPath("soffice")
	if err != nil {
		t.Skip("NOT RUN: LibreOffice is not installed (Debian's libreoffice-calc-nogui)")
	}
	c, chicago := sampleCase(t, undatedMail(t), ledger(t)), zone(t, "America/Chicago")
	o := analysed(t, c)
	o.Zone = chicago
	result, _ := write(t, c, "r.xlsx", o)
	dir := t.TempDir()
	// Token 12 of the filter's options writes every sheet to a file of its own.
	cmd := exec.Command(soffice, "--headless", "-env:UserInstallation=file://"+filepath.Join(dir, "profile"), "--convert-to",
		"csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,true,false,false,false,-1", "--outdir", dir, result.Path)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	compareRows(t, readCSV(t, filepath.Join(dir, "r-Timeline.csv")), events(t, c), chicago)
	// What our formulas give is computed by LibreOffice, not taken from the file.
	summary := readCSV(t, filepath.Join(dir, "r-Summary.csv"))
	sums := 0
	for _, row := range summary {
		if row[2] == "sum" {
			sums++
			if want := len(events(t, c)); strings.ReplaceAll(row[3], ",", "") != strconv.Itoa(want) {
				t.Errorf("a sum is %s, want %d", row[3], want)
			}
		}
	}
	if sums != 2 {
		t.Errorf("%d sums on the summary, want 2", sums)
	}
	found := map[string]string{}
	for _, row := range readCSV(t, filepath.Join(dir, "r-Losses.csv")) {
		if n, err := strconv.Atoi(row[0]); err == nil && n > 0 { // the number of a sum
			found[row[2]+" "+row[4]] = strings.Join(row[5:9], " | ")
		}
	}
	want := map[string]string{ // amount, value, transfers, without a value
		"kraken BTC": "0.2 | not stated | 3 | 3", // 0.45 less the 0.25 that came back
		"kraken ETH": "3.0000000001 | not stated | 1 | 1",
	}
	for name, sum := range want {
		if found[name] != sum {
			t.Errorf("the sum of %s is %q, want %q", name, found[name], sum)
		}
	}
}

// ledger is a statement with a withdrawal that came back.
func ledger(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "ledgers.csv")
	text := `"txid","refid","time","type","subtype","aclass","asset","amount","fee","balance"
"L-1","Q-1","2023-02-07 04:10:00","withdrawal","","currency","XXBT",-0.25,0.0005,1
"L-2","Q-1","2023-02-07 05:10:00","withdrawal","","currency","XXBT",0.25,-0.0005,1.25
"L-3","Q-2","2023-02-07 05:12:00","withdrawal","","currency","XXBT",-0.1,0,1.15
"L-4","Q-3","2023-02-07 05:12:00","withdrawal","","currency","XXBT",-0.1,0,1.05
"L-5","Q-4","2023-02-07 05:13:00","withdrawal","","currency","XETH",-3.0000000001,0,0
`
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func readCSV(t *testing.T, path string) [][]string {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	r := csv.NewReader(f)
	r.FieldsPerRecord = -1
	rows, err := r.ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	return rows
}
