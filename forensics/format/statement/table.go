package statement

import (
	"bytes"
	"context"

	"keytrail/forensics"
	"keytrail/forensics/format"
)

// exchange is what is known about one exchange's tables.
type exchange struct {
	name    string // of the format
	service string // as the notice rules name it
	about   format.About
	// preamble says that lines stand above the header: a title, the user.
	preamble bool
	layouts  []layout // generations of the header; the first that fits is taken
}

// layout is one generation of a table. Columns are given by their folded names; "a|b" means either, one "*"
// stands for anything.
type layout struct {
	header []string // the columns that make it known

	at, op, asset, amount, dest, tx, id, usd, cur, price, fee, network, status, note string
	// usd is what the transfer was worth; cur is the column with the currency of usd and price, empty where that is always the dollar.

	clock clock
	// way is what a row does whose word is not in words: for files of withdrawals only.
	way   way
	words map[string]way // by the folded word of the operation
	// signed says that a sign against the word's direction means that an earlier row is undone.
	signed bool
	assets map[string]string // the exchange's own codes, where they are not those of everybody
	// rest is called last, for what the table above cannot say. It may set why a row is broken.
	rest func(r *row, e *forensics.Event) (why string)
}

// Table reads one exchange's tables.
type Table struct{ x *exchange }

var _ format.Format = Table{}

// Name implements format.Format.
func (t Table) Name() string { return t.x.name }

// About implements format.Format.
func (t Table) About() format.About { return t.x.about }

// maxPreamble is how many rows may stand above the header.
const maxPreamble = 20

// Match implements format.Format. It is asked about every item of every case, so it looks at a line before it
// takes it apart. Lines above the header are looked for where the exchange writes some.
func (t Table) Match(h *format.Head) format.Guess {
	const most = 8 << 10
	head := format.HeadText(h.Bytes)
	head = head[:min(len(head), most)]
	lines := 1
	if t.x.preamble {
		lines = maxPreamble
	}
	for n := 0; n < lines && len(head) > 0; {
		line, rest, whole := bytes.Cut(head, []byte("\n"))
		head = rest
		if line = bytes.TrimRight(line, "\r"); len(line) == 0 {
			continue
		}
		n++
		if !whole && !h.Complete || !mayBeHeader(line) {
			continue
		}
		names := foldAll(splitHeader(line))
		for i := range t.x.layouts {
			if _, ok := t.x.layouts[i].bind(names); ok {
				return format.Guess{Score: 95, Why: "header of " + t.x.about.Title}
			}
		}
	}
	return format.Guess{}
}

// mayBeHeader reports whether a line has as many columns as the narrowest table, and nothing that no name of a
// column has.
func mayBeHeader(line []byte) bool {
	const fewest = 5 // delimiters
	return bytes.Count(line, []byte{format.Delimiter(line)}) >= fewest && !bytes.ContainsAny(line, "=<@{\x00")
}

// splitHeader cuts a header. No name of a column that is known holds a delimiter.
func splitHeader(line []byte) [][]byte {
	fields := bytes.Split(line, []byte{format.Delimiter(line)})
	for i, f := range fields {
		fields[i] = bytes.Trim(bytes.TrimSpace(f), `"`)
	}
	return fields
}

// cancelEvery is after how many rows the context is asked.
const cancelEvery = 256

// Parse implements format.Format.
func (t Table) Parse(ctx context.Context, in *format.Input, out format.Sink) error {
	csv := format.NewCSV(in.Reader, 0)
	r := row{service: t.x.service, name: in.Name, account: in.Account, seen: map[uint64]int{}}
	rec := format.Record{Events: make([]forensics.Event, 1)}
	for n := 0; csv.Next(); n++ {
		if n%cancelEvery == 0 {
			if err := ctx.Err(); err != nil {
				return err
			}
		}
		ref := csv.Ref()
		if why := csv.Broken(); why != "" {
			out.Broken(ref, why)
			continue
		}
		r.fields = csv.Fields()
		if r.header(t.x.layouts, n) {
			out.Skip(ref)
			continue
		}
		if r.layout == nil {
			if n >= maxPreamble {
				out.Broken(ref, "no header names the columns")
				continue
			}
			r.preamble()
			out.Skip(ref)
			continue
		}
		rec.Events[0] = forensics.Event{}
		if why := r.event(&rec.Events[0]); why != "" {
			out.Broken(ref, why)
			continue
		}
		rec.Ref, rec.Raw = ref, csv.Raw()
		if err := out.Record(&rec); err != nil {
			return err
		}
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	return csv.Err()
}
