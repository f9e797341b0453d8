package report_test

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/csv"
	"encoding/json"
	"errors"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"keytrail/export"
	"keytrail/export/report"
	"keytrail/forensics"
	"keytrail/forensics/casefile"
	"keytrail/forensics/detect"
	"keytrail/forensics/format/all"
	"keytrail/forensics/ingest"
	"keytrail/forensics/timeline"
)

var now = time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)

// sampleCase is the case of `keytrail demo`, with further evidence.
func sampleCase(t *testing.T, further ...string) *casefile.Case {
	t.Helper()
	rules, err := detect.LoadNotices()
	if err != nil {
		t.Fatal(err)
	}
	clock := func() time.Time { return now }
	c, err := casefile.Create(filepath.Join(t.TempDir(), "sample"), casefile.Options{Tool: "keytrail test", Who: "tester@desk", Now: clock})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := c.Close(); err != nil {
			t.Error(err)
		}
	})
	paths, err := filepath.Glob("../../cmd/keytrail/sample/*")
	if err != nil || len(paths) < 4 {
		t.Fatalf("sample evidence: %v, %v", paths, err)
	}
	_, err = ingest.Add(t.Context(), c, append(paths, further...), ingest.Options{Formats: all.Formats(), Notices: rules, Tool: "keytrail test", Now: clock}, nil)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// undatedMail is a mailbox whose one mail has no time that can be right.
func undatedMail(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "old.eml")
	text := "From: a@example.com\r\nTo: pat@example.net\r\nDate: Mon, 3 Jan 3609 10:00:00 +0000\r\nSubject: =1+1\r\nMessage-ID: <old@example.com>\r\n\r\nx\r\n"
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func write(t *testing.T, c *casefile.Case, name string, o report.Options) (export.Result, []byte) {
	t.Helper()
	o.Tool = "keytrail test"
	result, err := report.Write(t.Context(), c, filepath.Join(t.TempDir(), name), o)
	if err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(result.Path)
	if err != nil {
		t.Fatal(err)
	}
	return result, data
}

func zone(t *testing.T, name string) *time.Location {
	t.Helper()
	z, err := time.LoadLocation(name)
	if err != nil {
		t.Skip("NOT RUN: this system has no zones")
	}
	return z
}

// events reads the whole timeline of the case.
func events(t *testing.T, c *casefile.Case) []forensics.Event {
	t.Helper()
	view, err := c.Query(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	list, err := view.Events(0, view.Len())
	if err != nil {
		t.Fatal(err)
	}
	return list
}

func TestSecondReportHasTheSameBytes(t *testing.T) {
	c := sampleCase(t, undatedMail(t))
	for _, name := range []string{"r.xlsx", "r.csv", "r.jsonl"} {
		t.Run(name, func(t *testing.T) {
			o := report.Options{Zone: zone(t, "America/Chicago")}
			first, one := write(t, c, name, o)
			if err := c.Log(report.WrittenEntry, first.Path+", sha256 "+first.Digest.String()); err != nil {
				t.Fatal(err)
			}
			_, two := write(t, c, name, o)
			if !bytes.Equal(one, two) {
				t.Error("the second report differs from the first")
			}
			if first.Size != int64(len(one)) {
				t.Errorf("size = %d, the file has %d", first.Size, len(one))
			}
		})
	}
	if err := c.Log("evidence verified", "no difference"); err != nil {
		t.Fatal(err)
	}
	_, data := write(t, c, "later.xlsx", report.Options{})
	if text := workbookText(t, data); !strings.Contains(text, "evidence verified") || !strings.Contains(text, report.WrittenEntry) {
		t.Error("entries before the newest one that is not about a report are missing from the custody log")
	}
}

// workbookText gives all parts of a workbook as one text.
func workbookText(t *testing.T, data []byte) string {
	t.Helper()
	zr, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	for _, f := range zr.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.Copy(&b, r); err != nil {
			t.Fatal(err)
		}
	}
	return b.String()
}

func TestCSVReadsBack(t *testing.T) {
	c := sampleCase(t, undatedMail(t))
	_, data := write(t, c, "r.csv", report.Options{Zone: zone(t, "America/Chicago")})
	rows, err := csv.NewReader(bytes.NewReader(data)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	want := events(t, c)
	if len(rows) != len(want)+1 {
		t.Fatalf("%d rows, want %d", len(rows)-1, len(want))
	}
	column := map[string]int{}
	for i, name := range rows[0] {
		column[name] = i
	}
	for i := range want {
		e, row := &want[i], rows[i+1]
		local := ""
		if !e.Time.Unreliable {
			local = e.Time.Std().In(zone(t, "America/Chicago")).Format(time.RFC3339Nano)
		}
		for name, value := range map[string]string{"datetime": e.Time.RFC3339(), "datetime.local": local, "message": timeline.Sentence(e), "event.id": e.ID,
			"email.subject": export.Cell(e.Subject), "keytrail.record.sha256": e.Digest.String()} {
			if got := row[column[name]]; got != value {
				t.Errorf("row %d: %s = %q, want %q", i, name, got, value)
			}
		}
	}
	last := rows[len(rows)-1]
	if last[0] != "" || last[column["email.subject"]] != "'=1+1" {
		t.Errorf("the event without a reliable time is not the last one, or its subject acts: %q", last)
	}
}

func TestTimesketchTakesEveryLine(t *testing.T) {
	c := sampleCase(t, undatedMail(t))
	result, data := write(t, c, "r.jsonl", report.Options{})
	dated := 0
	start := regexp.MustCompile(`^\{"datetime":"\d{4}-[^"]+Z","message":"[^"]`)
	for line := range bytes.Lines(data) {
		dated++
		if !start.Match(line) {
			t.Errorf("line %d begins with %.80q", dated, line)
		}
		var object map[string]any
		if err := json.Unmarshal(line, &object); err != nil {
			t.Fatalf("line %d: %v", dated, err)
		}
		for _, key := range []string{"datetime", "message", "timestamp_desc"} {
			if object[key] == "" || object[key] == nil {
				t.Errorf("line %d has no %s: %s", dated, key, line)
			}
		}
	}
	if total := len(events(t, c)); dated != total-1 || result.Rows != int64(dated) {
		t.Errorf("%d lines, %d rows, want %d", dated, result.Rows, total-1)
	}
	if len(result.Further) != 1 {
		t.Fatalf("further files: %v, want the one of events without a time", result.Further)
	}
	undated, err := os.ReadFile(result.Further[0].Path)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.HasSuffix(result.Further[0].Path, "r.undated.jsonl") || bytes.Contains(undated, []byte(`"datetime"`)) || bytes.Count(undated, []byte("\n")) != 1 {
		t.Errorf("%s: %s", result.Further[0].Path, undated)
	}
}

func TestExistingFilesAreKept(t *testing.T) {
	c := sampleCase(t, undatedMail(t))
	for _, name := range []string{"r.xlsx", "r.csv", "r.jsonl", "r.undated.jsonl"} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			if err := os.WriteFile(filepath.Join(dir, name), []byte("mine"), 0o600); err != nil {
				t.Fatal(err)
			}
			out := filepath.Join(dir, strings.Replace(name, ".undated", "", 1))
			if _, err := report.Write(t.Context(), c, out, report.Options{}); err == nil {
				t.Fatal("the file was replaced without --force")
			}
			left, err := os.ReadDir(dir)
			if err != nil || len(left) != 1 {
				t.Errorf("files after the refusal: %v, %v", left, err)
			}
			if _, err := report.Write(t.Context(), c, out, report.Options{Force: true}); err != nil {
				t.Error(err)
			}
			ctx, cancel := context.WithCancel(t.Context())
			cancel()
			if _, err := report.Write(ctx, c, filepath.Join(dir, "cancelled.xlsx"), report.Options{}); !errors.Is(err, context.Canceled) {
				t.Errorf("error = %v, want %v", err, context.Canceled)
			}
			if parts, _ := filepath.Glob(filepath.Join(dir, ".*.part")); len(parts) > 0 {
				t.Errorf("left behind: %v", parts)
			}
		})
	}
}

func TestRedactedReportNamesNobodyElse(t *testing.T) {
	c := sampleCase(t)
	others, subjects := map[string]bool{}, map[string]bool{}
	for _, e := range events(t, c) {
		if e.Kind == forensics.MailReceived || e.Kind == forensics.MailSent {
			for _, a := range append(e.To, e.From) {
				if a != "" && a != e.Account {
					others[a] = true
				}
			}
			if e.Subject != "" {
				subjects[e.Subject] = true
			}
		}
	}
	if len(others) < 3 || len(subjects) < 3 {
		t.Fatalf("the sample has too little to hide: %v, %v", others, subjects)
	}
	for _, name := range []string{"r.xlsx", "r.csv", "r.jsonl"} {
		t.Run(name, func(t *testing.T) {
			o := report.Options{Redact: true, Filter: "-from:hans@friend.example.org"}
			_, data := write(t, c, name, o)
			text := string(data)
			if name == "r.xlsx" {
				text = workbookText(t, data)
				if !strings.Contains(text, "-from:"+export.Black) || !strings.Contains(text, "copy to share") {
					t.Error("Read me does not tell what was blacked out, or its filter names somebody")
				}
			}
			for s := range others {
				if strings.Contains(text, s) {
					t.Errorf("the address %s is readable", s)
				}
			}
			for s := range subjects {
				if strings.Contains(text, s) {
					t.Errorf("the subject %q is readable", s)
				}
			}
			for _, s := range []string{"pat@example.net", "203.0.113.91", "Reset your password", "no-reply@coinbase.com"} {
				if name == "r.xlsx" && s == "no-reply@coinbase.com" {
					continue // a workbook names senders on sheets of groups only
				}
				if !strings.Contains(text, s) {
					t.Errorf("%q is blacked out", s)
				}
			}
			_, again := write(t, c, name, o)
			if !bytes.Equal(data, again) {
				t.Error("a second redacted report differs")
			}
		})
	}
}

func TestFilteredWorkbookSaysSo(t *testing.T) {
	c := sampleCase(t)
	result, data := write(t, c, "r.xlsx", report.Options{Filter: "group:reset"})
	text := workbookText(t, data)
	if result.Rows == 0 || !strings.Contains(text, "group:reset") {
		t.Errorf("%d rows; the filter is not named", result.Rows)
	}
	if !strings.Contains(text, "yes, 35 s later") {
		t.Error("the deletion of a notice is looked for in what the filter leaves only")
	}
}

func TestPartOfASource(t *testing.T) {
	c := sampleCase(t)
	view, err := c.Query(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	whole := events(t, c)
	part := export.Part(view, 5, 12)
	got, err := part.Events(4, 100)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(whole[9:12], got, cmp.Comparer(func(a, b forensics.Event) bool { return a.ID == b.ID })); diff != "" || part.Len() != 7 {
		t.Errorf("%d events; (-want +got):\n%s", part.Len(), diff)
	}
}
