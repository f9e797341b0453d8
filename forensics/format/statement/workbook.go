package statement

import (
	"archive/zip"
	"context"
	"crypto/sha256"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"iter"
	"strconv"
	"strings"

	"keytrail/forensics"
)

// A workbook (ECMA-376 part 1, SpreadsheetML) is an archive of XML parts. Only what a table of values needs is read: the
// texts that cells share, and the sheets, row by row. Formulas, links and styles are passed over.

// Bounds, so that a workbook made to explode costs a warning.
const (
	maxWorkbook = 24 << 20  // bytes of the file
	maxPart     = 256 << 20 // bytes of a part, unpacked
	maxTexts    = 16 << 20  // bytes of the texts that cells share
	maxTextList = 1 << 20   // how many of them
	maxToken    = 1 << 20   // bytes between two tags
	maxDepth    = 32        // nested elements
	maxColumn   = 2048
)

var (
	errTooLarge = errors.New("workbook is larger than 24 MiB: not read")
	errTexts    = errors.New("more texts than a statement has: not read")
	errToken    = errors.New("a tag or text is longer than the limit")
	errDepth    = errors.New("elements are nested too deeply")
)

// chunks is a file in memory, in pieces, so that it grows without copies.
type chunks struct {
	parts [][]byte
	size  int64
}

const chunkSize = 1 << 20

// readAll takes the whole of r, at most maxWorkbook bytes.
func (c *chunks) readAll(ctx context.Context, r io.Reader) error {
	for {
		if err := ctx.Err(); err != nil {
			return err
		}
		part := make([]byte, chunkSize)
		n, err := io.ReadFull(r, part)
		c.parts = append(c.parts, part[:n])
		c.size += int64(n)
		switch {
		case errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF):
			return nil
		case err != nil:
			return err
		case c.size > maxWorkbook:
			return errTooLarge
		}
	}
}

// ReadAt implements io.ReaderAt.
func (c *chunks) ReadAt(p []byte, off int64) (n int, err error) {
	for n < len(p) && off < c.size && off >= 0 {
		part := c.parts[off/chunkSize]
		m := copy(p[n:], part[off%chunkSize:])
		n += m
		off += int64(m)
	}
	if n < len(p) {
		return n, io.EOF
	}
	return n, nil
}

// workbook is an open one.
type workbook struct {
	ctx    context.Context
	file   chunks
	zip    *zip.Reader
	texts  []string // that cells share
	is1904 bool     // days count from 1904
}

// open reads the directory and the shared texts.
func (w *workbook) open() error {
	var err error
	if w.zip, err = zip.NewReader(&w.file, w.file.size); err != nil {
		return fmt.Errorf("workbook is damaged: %w", err)
	}
	for _, f := range w.zip.File {
		switch strings.ToLower(f.Name) {
		case "xl/sharedstrings.xml":
			if err := w.shared(f); err != nil {
				return fmt.Errorf("texts of the workbook: %w", err)
			}
		case "xl/workbook.xml":
			w.is1904 = w.date1904(f)
		}
	}
	return nil
}

// sheets lists the parts that are sheets, in the order of the archive.
func (w *workbook) sheets() []*zip.File {
	var out []*zip.File
	for _, f := range w.zip.File {
		if name := strings.ToLower(f.Name); strings.HasPrefix(name, "xl/worksheets/") && strings.HasSuffix(name, ".xml") && strings.Count(name, "/") == 2 {
			out = append(out, f)
		}
	}
	return out
}

// ref is the packed part as it stands in the file, and its digest: rows have no bytes of their own there.
func (w *workbook) ref(f *zip.File) (ref forensics.Ref, digest forensics.Digest, err error) {
	at, err := f.DataOffset()
	if err != nil {
		return ref, digest, err
	}
	length := min(int64(f.CompressedSize64), w.file.size-at)
	if length < 0 {
		return ref, digest, errors.New("part lies outside of the file")
	}
	h := sha256.New()
	if _, err := io.Copy(h, io.NewSectionReader(&w.file, at, length)); err != nil {
		return ref, digest, err
	}
	h.Sum(digest[:0])
	return forensics.Ref{Offset: at, Length: length}, digest, nil
}

// part reads the tokens of one part.
type part struct {
	ctx   context.Context
	src   io.Reader
	dec   *xml.Decoder
	left  int   // bytes that may still be read before the next token
	total int64 // bytes read
	depth int
}

// tokens gives the tokens of a part, to its end or the first error.
func (w *workbook) tokens(f *zip.File) iter.Seq2[xml.Token, error] {
	return func(yield func(xml.Token, error) bool) {
		src, err := f.Open()
		if err != nil {
			yield(nil, err)
			return
		}
		defer func() { _ = src.Close() }() // reading only
		p := &part{ctx: w.ctx, src: src}
		p.dec = xml.NewDecoder(p)
		for {
			t, err := p.token()
			if errors.Is(err, io.EOF) || !yield(t, err) || err != nil {
				return
			}
		}
	}
}

// Read implements io.Reader for the decoder.
func (p *part) Read(b []byte) (int, error) {
	switch {
	case p.ctx.Err() != nil:
		return 0, p.ctx.Err()
	case p.left <= 0:
		return 0, errToken
	case p.total > maxPart:
		return 0, errors.New("part unpacks to more than the limit")
	}
	n, err := p.src.Read(b[:min(len(b), p.left)])
	p.left -= n
	p.total += int64(n)
	return n, err
}

// token gives the next token, io.EOF at the end.
func (p *part) token() (xml.Token, error) {
	p.left = maxToken
	t, err := p.dec.RawToken()
	if err != nil {
		return nil, err
	}
	switch t.(type) {
	case xml.StartElement:
		if p.depth++; p.depth > maxDepth {
			return nil, errDepth
		}
	case xml.EndElement:
		p.depth--
	}
	return t, nil
}

// shared reads the texts that cells share: <si><t>..</t></si>, or runs of text <si><r><t>..</t></r></si>.
func (w *workbook) shared(f *zip.File) error {
	var item strings.Builder
	inText, aloud, total := false, false, 0
	for t, err := range w.tokens(f) {
		if err != nil {
			return err
		}
		switch t := t.(type) {
		case xml.StartElement:
			switch t.Name.Local {
			case "si":
				item.Reset()
			case "t":
				inText = !aloud
			case "rPh": // how it is read aloud
				aloud = true
			}
		case xml.EndElement:
			switch t.Name.Local {
			case "t":
				inText = false
			case "rPh":
				aloud = false
			case "si":
				s := clip(item.String())
				if total += len(s); total > maxTexts || len(w.texts) >= maxTextList {
					return errTexts
				}
				w.texts = append(w.texts, s)
			}
		case xml.CharData:
			if inText && item.Len() <= maxText {
				item.Write(t)
			}
		}
	}
	return nil
}

// date1904 reports whether the workbook counts days from 1904.
func (w *workbook) date1904(f *zip.File) bool {
	for t, err := range w.tokens(f) {
		if err != nil {
			return false
		}
		if e, ok := t.(xml.StartElement); ok && e.Name.Local == "workbookPr" {
			v := attribute(e, "date1904")
			return v == "1" || v == "true"
		}
	}
	return false
}

func attribute(e xml.StartElement, name string) string {
	for _, a := range e.Attr {
		if a.Name.Local == name {
			return a.Value
		}
	}
	return ""
}

// rows calls visit for every row of a sheet that has cells, with its number. The cells are valid until visit returns.
func (w *workbook) rows(f *zip.File, visit func(number int64, cells []string) error) error {
	var cells []string
	var value strings.Builder
	number, column, kind, inValue := int64(0), 0, "", false
	for t, err := range w.tokens(f) {
		if err != nil {
			return err
		}
		switch t := t.(type) {
		case xml.StartElement:
			switch t.Name.Local {
			case "row":
				number++
				if n, err := strconv.ParseInt(attribute(t, "r"), 10, 64); err == nil && n > 0 {
					number = n
				}
				cells, column = cells[:0], 0
			case "c":
				column++
				if n := columnOf(attribute(t, "r")); n > 0 {
					column = n
				}
				kind = attribute(t, "t")
				value.Reset()
			case "v", "t":
				inValue = true
			}
		case xml.EndElement:
			switch t.Name.Local {
			case "v", "t":
				inValue = false
			case "c":
				if column > 0 && column <= maxColumn && value.Len() > 0 {
					for len(cells) < column {
						cells = append(cells, "")
					}
					cells[column-1] = w.cell(kind, value.String())
				}
			case "row":
				if len(cells) > 0 {
					if err := visit(number, cells); err != nil {
						return err
					}
				}
			}
		case xml.CharData:
			if inValue && value.Len() <= maxText {
				value.Write(t)
			}
		}
	}
	return nil
}

// cell gives a cell's text.
func (w *workbook) cell(kind, value string) string {
	if kind == "s" {
		i, err := strconv.Atoi(strings.TrimSpace(value))
		if err != nil || i < 0 || i >= len(w.texts) {
			return ""
		}
		return strings.TrimSpace(w.texts[i])
	}
	value = clip(strings.TrimSpace(value))
	if kind == "" || kind == "n" {
		return shortest(value)
	}
	return value
}

// shortest writes a number as a person typed it. QUIRK: spreadsheets hold binary numbers, and some programs write them with
// all 17 digits: 0.1 stands there as 0.10000000000000001.
func shortest(number string) string {
	const fewest = 17
	if len(strings.Trim(number, "-.")) < fewest {
		return number
	}
	f, err := strconv.ParseFloat(number, 64)
	if err != nil {
		return number
	}
	written, err := forensics.ParseDecimal(number)
	if err != nil {
		return number
	}
	printed, err := forensics.ParseDecimal(strconv.FormatFloat(f, 'e', 16, 64))
	if err != nil || printed.Cmp(written) != 0 {
		return number // more digits than such a print has: somebody wrote them
	}
	return strconv.FormatFloat(f, 'f', -1, 64)
}

// columnOf reads the column of a cell's name, from 1: "B7" is 2. 0 where there is none.
func columnOf(name string) int {
	n := 0
	for i := range len(name) {
		c := name[i]
		if c < 'A' || c > 'Z' {
			break
		}
		if n = n*26 + int(c-'A') + 1; n > 1<<15 {
			return maxColumn + 1
		}
	}
	return n
}
