package xlsx

import (
	"archive/zip"
	"bytes"
	"context"
	"io"
	"math"
	"strconv"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"keytrail/forensics"
)

// list makes a view of events that are in the order of the timeline.
func list(events ...forensics.Event) synthetic {
	s := synthetic{n: len(events), event: func(i int) forensics.Event { return events[i] }}
	for _, e := range events {
		if e.Time.Unreliable {
			s.undated++
		}
	}
	return s
}

func made(t *testing.T, c *Content, maxRows int) []byte {
	t.Helper()
	var buf bytes.Buffer
	if err := write(context.Background(), &buf, c, maxRows); err != nil {
		t.Fatal(err)
	}
	return buf.Bytes()
}

func opened(t *testing.T, data []byte) *excelize.File {
	t.Helper()
	f, err := excelize.OpenReader(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	return f
}

func at(t *testing.T, s string, p forensics.Precision) forensics.Time {
	t.Helper()
	when, err := time.Parse(time.RFC3339Nano, s)
	if err != nil {
		t.Fatal(err)
	}
	return forensics.UTC(when, p, s, "Login")
}

func chicago(t *testing.T) *time.Location {
	t.Helper()
	zone, err := time.LoadLocation("America/Chicago")
	if err != nil {
		t.Skip("NOT RUN: this system has no zones")
	}
	return zone
}

// shown gives a sheet's cells as a spreadsheet shows them. excelize's own formatting drops the
// milliseconds, so dates are formatted here, by the number format of their cell.
func shown(t *testing.T, f *excelize.File, sheet string) [][]string {
	t.Helper()
	rows, err := f.GetRows(sheet, excelize.Options{RawCellValue: true})
	if err != nil {
		t.Fatal(err)
	}
	layouts := map[string]string{dateFormats[0]: "2006-01-02", dateFormats[1]: "2006-01-02 15:04", dateFormats[2]: "2006-01-02 15:04:05", dateFormats[3]: "2006-01-02 15:04:05.000"}
	for i := range rows {
		for k, text := range rows[i] {
			cell, err := excelize.CoordinatesToCellName(k+1, i+1)
			if err != nil {
				t.Fatal(err)
			}
			id, err := f.GetCellStyle(sheet, cell)
			if err != nil {
				t.Fatal(err)
			}
			style, err := f.GetStyle(id)
			if err != nil {
				t.Fatal(err)
			}
			days, err := strconv.ParseFloat(text, 64)
			if err != nil || style.CustomNumFmt == nil || layouts[*style.CustomNumFmt] == "" {
				continue
			}
			ms := math.Round((days - epochDay) * msPerDay)
			rows[i][k] = time.UnixMilli(int64(ms)).UTC().Format(layouts[*style.CustomNumFmt])
		}
	}
	return rows
}

func indexOf(t *testing.T, head []string, title string) int {
	t.Helper()
	for i, h := range head {
		if h == title {
			return i
		}
	}
	t.Fatalf("no column %q in %q", title, head)
	return -1
}

func unzipped(t *testing.T, data []byte) map[string][]byte {
	t.Helper()
	zr, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		t.Fatal(err)
	}
	out := map[string][]byte{}
	for _, entry := range zr.File {
		r, err := entry.Open()
		if err != nil {
			t.Fatal(err)
		}
		if out[entry.Name], err = io.ReadAll(r); err != nil {
			t.Fatal(err)
		}
	}
	return out
}

type failing struct {
	synthetic
	err func(from int) error
}

func (f failing) Events(from, n int) ([]forensics.Event, error) {
	if err := f.err(from); err != nil {
		return nil, err
	}
	return f.synthetic.Events(from, n)
}

type failingWriter struct{ err error }

func (f failingWriter) Write([]byte) (int, error) { return 0, f.err }
