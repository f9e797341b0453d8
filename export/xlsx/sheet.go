package xlsx

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strconv"

	"github.com/xuri/excelize/v2"
)

// column is one column of a sheet.
type column struct {
	title string
	width float64 // in characters
}

// sheet is one sheet before it is written: its frame, and a function that gives its rows. Where it has
// more rows than fit, it goes on in a further sheet with the same head.
type sheet struct {
	name    string
	columns []column
	// table marks a sheet whose first row names its columns: that row is frozen, has filters and
	// is repeated on every printed page.
	table   bool
	rows    int // without the head; what rows past it are written to is one sheet
	printed int // how many columns are printed, from the left; 0: all
	body    func(ctx context.Context, r *rows) error
	shape   func(f *excelize.File, name string) error // further things: a chart, links
	wraps   bool                                      // its rows are as high as their texts need
	late    bool                                      // written after the others, whose passes it needs
	empty   string                                    // said under the head of a table without rows
}

// head is how many rows stand above the body of each part.
func (s *sheet) head() int {
	if s.table {
		return 1
	}
	return 0
}

// parts tells in how many sheets it is written.
func (s *sheet) parts(maxRows int) int {
	if !s.table {
		return 1
	}
	body := maxRows - s.head()
	return max(1, (s.rows+body-1)/body)
}

// partName names the sheets of a sheet: "Timeline", "Timeline 2", ...
func (s *sheet) partName(part int) string {
	if part == 0 {
		return s.name
	}
	return s.name + " " + strconv.Itoa(part+1)
}

// partRows tells how many rows a part has, its head included.
func (s *sheet) partRows(part, maxRows int) int {
	body := maxRows - s.head()
	return s.head() + max(0, min(body, s.rows-part*body))
}

// rows writes the rows of one sheet, in as many parts as it takes.
type rows struct {
	encoder
	st    *styles
	sheet *sheet
	n     int // rows written to this part
	max   int
	inRow bool

	height   string // of the row, as three digits
	heightAt int    // where it stands in buf; 0 where the row has none of its own

	part  int
	start func(part int) (io.Writer, []byte, []byte, error) // begins a part: where to, what stands before and after the rows
	tail  []byte
	pipe  *pipe
	bytes int64
}

// maxSheetBytes keeps a sheet below what a zip can hold without its 64-bit form, which
// spreadsheets read from no stream.
const maxSheetBytes = 4<<30 - 64<<20

// next begins a row. Where the sheet is full it goes on in the next one.
func (r *rows) next() error {
	if err := r.endRow(); err != nil {
		return err
	}
	if r.n == r.max {
		if err := r.endPart(); err != nil {
			return err
		}
		r.part++
		if err := r.beginPart(); err != nil {
			return err
		}
	}
	if !r.sheet.wraps {
		r.beginRow("")
		return nil
	}
	r.beginRow(noHeight)
	r.heightAt = len(r.buf) - len(noHeight) + 4
	r.height = noHeight[5:8]
	return nil
}

// tall begins a row of a given height in points.
func (r *rows) tall(points int) error {
	if err := r.endRow(); err != nil {
		return err
	}
	r.beginRow(fmt.Sprintf(` ht="%d" customHeight="1"`, points))
	return nil
}

func (r *rows) beginRow(attributes string) {
	r.n++
	r.row = strconv.AppendInt(r.row[:0], int64(r.n), 10)
	r.col = 0
	r.buf = append(r.buf, `<row r="`...)
	r.buf = append(r.buf, r.row...)
	r.buf = append(r.buf, '"')
	r.buf = append(r.buf, attributes...)
	r.buf = append(r.buf, '>')
	r.inRow = true
}

func (r *rows) endRow() error {
	if r.inRow {
		if r.heightAt > 0 {
			copy(r.buf[r.heightAt:], r.height)
			r.heightAt = 0
		}
		r.buf = append(r.buf, `</row>`...)
		r.inRow = false
	}
	if len(r.buf) < blockSize {
		return nil
	}
	r.bytes += int64(len(r.buf))
	if r.bytes > maxSheetBytes {
		return fmt.Errorf("sheet %s is larger than a workbook can hold; choose events with --filter, or write a .csv", r.sheet.partName(r.part))
	}
	r.buf = r.pipe.swap(r.buf)
	return nil
}

// beginPart begins a sheet in the zip, and writes its head.
func (r *rows) beginPart() error {
	w, before, after, err := r.start(r.part)
	if err != nil {
		return err
	}
	r.pipe, r.tail, r.n, r.bytes = newPipe(w), after, 0, 0
	r.buf = append(<-r.pipe.empty, before...)
	if !r.sheet.table {
		return nil
	}
	r.beginRow(` ht="27" customHeight="1"`)
	for _, c := range r.sheet.columns {
		r.text(r.st.head, c.title)
	}
	return r.endRow()
}

func (r *rows) endPart() error {
	if err := r.endRow(); err != nil {
		return err
	}
	r.buf = append(r.buf, r.tail...)
	p := r.pipe
	r.pipe = nil
	return p.close(r.buf)
}

// write writes the whole sheet.
func (r *rows) write(ctx context.Context) (err error) {
	defer func() { // the compressing goroutine never outlives the call
		if r.pipe != nil {
			err = errors.Join(err, r.pipe.close(nil))
		}
	}()
	if err := r.beginPart(); err != nil {
		return err
	}
	if err := r.sheet.body(ctx, r); err != nil {
		return err
	}
	if s := r.sheet; s.table && s.empty != "" && r.part == 0 && r.n == s.head() {
		if err := r.next(); err != nil {
			return err
		}
		r.text(r.st.small, s.empty)
	}
	if err := r.endPart(); err != nil {
		return err
	}
	if got, want := r.part+1, r.sheet.parts(r.max); got != want {
		return fmt.Errorf("sheet %s: %d parts are written, %d were planned", r.sheet.name, got, want)
	}
	return nil
}
