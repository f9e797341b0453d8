package xlsx

import (
	"archive/zip"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/netip"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/klauspost/compress/flate"
	"github.com/xuri/excelize/v2"

	"keytrail/forensics"
)

// book is a workbook in the making.
type book struct {
	c       *Content
	f       *excelize.File
	st      *styles
	maxRows int
	zone    *time.Location // nil where UTC stands alone

	deletedBy map[int64]deletion    // by row of the notice
	addresses addressBook           // gathered while the logins are written
	usedBy    map[netip.Addr]*names // by listed address, gathered while the timeline is written
	attacks   map[int64][]int64     // incidents by the rows of their attacks
	lost      *lossWriter           // of the sheet of losses; nil where nothing left
}

// deletion is what is known about a notice's deletion.
type deletion struct {
	at    forensics.Time
	after time.Duration
	event string // its id
}

func newBook(c *Content, maxRows int) *book {
	b := &book{c: c, maxRows: maxRows, deletedBy: map[int64]deletion{}}
	if c.Zone != nil && c.Zone != time.UTC && c.Zone.String() != "UTC" {
		b.zone = c.Zone
	}
	b.attacks = b.incidentRows()
	b.usedBy = make(map[netip.Addr]*names, len(c.Addresses))
	for i := range c.Addresses {
		if ip, err := netip.ParseAddr(c.Addresses[i].Value); err == nil {
			b.usedBy[ip] = &names{}
		}
	}
	for _, p := range c.Deleted {
		b.deletedBy[p.Notice.Row] = deletion{p.Deletion.Time, p.After, p.Deletion.ID}
	}
	return b
}

// save frames the sheets, in order, and writes everything as one zip.
func (b *book) save(ctx context.Context, w io.Writer, sheets []*sheet) error {
	frames, err := b.frames(sheets)
	if err != nil {
		return err
	}
	zw := zip.NewWriter(w)
	zw.RegisterCompressor(zip.Deflate, func(w io.Writer) (io.WriteCloser, error) { return flate.NewWriter(w, compression) })
	// The parts of excelize come first, [Content_Types].xml at their head, in one fixed order. The
	// zip's own times stay empty.
	for _, name := range frames.names() {
		if strings.HasPrefix(name, sheetDir) {
			continue
		}
		entry, err := create(zw, name)
		if err != nil {
			return err
		}
		if _, err := entry.Write(frames[name].Bytes()); err != nil {
			return err
		}
	}
	number := 1 // of the first part of the sheet in the zip
	type job struct {
		sheet  *sheet
		number int
	}
	var jobs, late []job
	for _, s := range sheets {
		if s.late {
			late = append(late, job{s, number})
		} else {
			jobs = append(jobs, job{s, number})
		}
		number += s.parts(b.maxRows)
	}
	for _, j := range append(jobs, late...) {
		r := &rows{st: b.st, sheet: j.sheet, max: MaxRows}
		if j.sheet.table {
			r.max = b.maxRows
		}
		r.names = columnNames(max(len(j.sheet.columns), 1))
		r.start = func(part int) (io.Writer, []byte, []byte, error) {
			name := sheetPath(j.number + part)
			frame, ok := frames[name]
			if !ok {
				return nil, nil, nil, fmt.Errorf("sheet %s has no frame", j.sheet.partName(part))
			}
			before, after, err := split(frame.Bytes())
			if err != nil {
				return nil, nil, nil, fmt.Errorf("sheet %s: %w", j.sheet.partName(part), err)
			}
			entry, err := create(zw, name)
			return entry, before, after, err
		}
		if err := r.write(ctx); err != nil {
			return err
		}
	}
	return zw.Close()
}

// compression is flate's level: 5 is where a further level costs more time than it saves room.
const compression = 5

const sheetDir = "xl/worksheets/sheet"

func sheetPath(number int) string { return fmt.Sprintf("%s%d.xml", sheetDir, number) }

// split cuts an empty sheet where its rows belong.
func split(frame []byte) (before, after []byte, err error) {
	before, after, ok := bytes.Cut(frame, []byte(`<sheetData></sheetData>`))
	if !ok {
		return nil, nil, fmt.Errorf("no place for rows in its frame")
	}
	return append(slices.Clone(before), `<sheetData>`...), append([]byte(`</sheetData>`), after...), nil
}

// frames makes the workbook without its rows and gives its parts by name.
func (b *book) frames(sheets []*sheet) (out capture, err error) {
	out = capture{}
	defer func() { err = errors.Join(err, b.f.Close()) }()
	for _, s := range sheets {
		for part := range s.parts(b.maxRows) {
			if err := b.frame(s, part); err != nil {
				return nil, fmt.Errorf("sheet %s: %w", s.partName(part), err)
			}
		}
	}
	b.f.SetActiveSheet(0)
	if err := b.properties(); err != nil {
		return nil, err
	}
	b.f.SetZipWriter(func(io.Writer) excelize.ZipWriter { return out })
	if _, err := b.f.WriteToBuffer(); err != nil {
		return nil, err
	}
	out[contentTypes] = bytes.NewBuffer(sortedDefaults(out[contentTypes].Bytes()))
	return out, nil
}

// sortedDefaults brings the default types, which excelize lists in the random order of a map, into
// one order.
func sortedDefaults(part []byte) []byte {
	list := defaultType.FindAll(part, -1)
	slices.SortFunc(list, bytes.Compare)
	all := bytes.Join(list, nil)
	first := true
	return defaultType.ReplaceAllFunc(part, func([]byte) []byte {
		if first {
			first = false
			return all
		}
		return nil
	})
}

var defaultType = regexp.MustCompile(`<Default [^>]*></Default>`)

// contentTypes is the part that stands first in the zip.
const contentTypes = "[Content_Types].xml"

// properties are the document's: its times are the ones of the case, never the clock's.
func (b *book) properties() error {
	at := time.Unix(0, 0).UTC()
	if n := len(b.c.Custody); n > 0 {
		at = b.c.Custody[n-1].At.UTC()
	}
	stamp := at.Format(time.RFC3339)
	return b.f.SetDocProps(&excelize.DocProperties{Title: "Case " + printable(b.c.Case), Creator: b.c.Tool, LastModifiedBy: b.c.Tool,
		Created: stamp, Modified: stamp, Description: "Report of keytrail; see the sheet Read me"})
}

// capture takes the parts of the workbook as excelize hands them out.
type capture map[string]*bytes.Buffer

// Create begins a part.
func (c capture) Create(name string) (io.Writer, error) {
	c[name] = &bytes.Buffer{}
	return c[name], nil
}

// AddFS is not used for workbooks.
func (c capture) AddFS(fs.FS) error { return fmt.Errorf("not supported") }

// Close does nothing: the parts are written by save.
func (c capture) Close() error { return nil }

// names gives the parts' names in the order of the zip.
func (c capture) names() []string {
	names := []string{contentTypes}
	var rest []string
	for name := range c {
		if name != contentTypes {
			rest = append(rest, name)
		}
	}
	slices.Sort(rest)
	return append(names, rest...)
}

// create begins a part of the zip, dated with the first day that a zip can hold.
func create(zw *zip.Writer, name string) (io.Writer, error) {
	h := &zip.FileHeader{Name: name, Method: zip.Deflate}
	h.ModifiedDate = 1<<5 | 1 //nolint:staticcheck // 1980-01-01; the field for a time.Time would add a second stamp
	return zw.CreateHeader(h)
}
