package microsoft

import (
	"bytes"
	"context"
	"strconv"

	"keytrail/forensics"
	"keytrail/forensics/format"
)

// flat is a record of an Entra log with every value under the path of its names, in lower
// case without blanks: "initiatedby.user.userprincipalname", "targetresources.0.type". JSON, its
// wrappers and CSV give the same paths, so that one function reads them all.
type flat struct {
	r    *reader
	m    map[string][]byte
	path []byte
}

const (
	flatMax   = 2000 // values of one record
	flatDepth = 8
)

func newFlat(sink format.Sink) *flat { return &flat{r: newReader(sink), m: map[string][]byte{}} }

func (f *flat) reset() {
	clear(f.m)
	f.path = f.path[:0]
	f.r.scratch = f.r.scratch[:0]
}

// get gives the first of some paths that says something.
func (f *flat) get(paths ...string) []byte {
	for _, p := range paths {
		if b := bytes.TrimSpace(f.m[p]); len(b) > 0 && string(b) != "null" {
			return b
		}
	}
	return nil
}

// put keeps a value; the first of equal names counts.
func (f *flat) put(value []byte) {
	if _, ok := f.m[string(f.path)]; !ok && len(f.m) < flatMax {
		f.m[string(f.path)] = value
	}
}

// in lengthens the path by a name and gives the old length. The wrapper of diagnostic exports
// is passed through.
func (f *flat) in(name []byte) int {
	n := len(f.path)
	if n == 0 && bytes.EqualFold(name, []byte("properties")) {
		return n
	}
	if n > 0 {
		f.path = append(f.path, '.')
	}
	for _, c := range name[:min(len(name), 60)] {
		switch {
		case c >= 'A' && c <= 'Z':
			c += 'a' - 'A'
		case c == ' ', c == '_', c == '(', c == ')', c == '-':
			continue
		}
		f.path = append(f.path, c)
	}
	return n
}

// walk reads a value that may hold others.
func (f *flat) walk(w *walker, depth int) {
	switch c := w.peek(); {
	case c == '{' && depth < flatDepth:
		w.i++
		for key, ok := w.key(); ok; key, ok = w.key() {
			n := f.in(key)
			f.walk(w, depth+1)
			f.path = f.path[:n]
		}
	case c == '[' && depth < flatDepth:
		w.i++
		for i := 0; w.next(); i++ {
			n := f.in(strconv.AppendInt(nil, int64(i), 10))
			f.walk(w, depth+1)
			f.path = f.path[:n]
		}
	default:
		raw := w.value()
		b := f.r.bare(raw, w.q)
		if len(raw) > 0 && raw[0] == '"' && len(b) > 1 && (b[0] == '{' || b[0] == '[') && depth < flatDepth {
			// Sentinel writes objects as strings. What is no JSON inside stays a string as well.
			inner := walker{s: b, q: 1}
			f.walk(&inner, depth+1)
		}
		f.put(b)
	}
}

// list gives the entries of a list of names and values.
func (f *flat) list(path, name, value, old string) (out []pair) {
	for i := 0; i < 100; i++ {
		at := path + "." + strconv.Itoa(i) + "."
		n, ok := f.m[at+name]
		if !ok {
			break
		}
		out = append(out, pair{name: n, value: f.m[at+value], old: f.m[at+old]})
	}
	return out
}

// parse reads an item in either container and has each record made into an event. known says
// whether there is enough in a record.
func (f *flat) parse(ctx context.Context, in *format.Input, event func(*forensics.Event) bool) error {
	if b := headText(in.Head); len(b) > 0 && (b[0] == '{' || b[0] == '[') {
		return f.parseJSON(ctx, in, event)
	}
	return f.parseCSV(ctx, in, event)
}

func (f *flat) parseJSON(ctx context.Context, in *format.Input, event func(*forensics.Event) bool) error {
	records := format.NewJSONRecords(in.Reader, 0, wrappers...)
	for n := 0; records.Next(); n++ {
		if n&255 == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		ref := records.Ref()
		if why := records.Broken(); why != "" {
			f.r.sink.Broken(ref, why)
			continue
		}
		f.reset()
		w := walker{s: records.Bytes(), q: 1}
		f.walk(&w, 0)
		if w.err == nil && w.peek() != 0 {
			w.err = errSyntax
		}
		if w.err != nil {
			f.r.sink.Broken(ref, w.err.Error())
			continue
		}
		if err := f.hand(ref, records.Raw(), event); err != nil {
			return err
		}
	}
	return records.Err()
}

// settle learns the order of day and month from the rows of the head.
func (f *flat) settle(head []byte) {
	csv := format.NewCSV(bytes.NewReader(head), 0)
	at := -1
	for n := 0; n < 200 && csv.Next(); n++ {
		fields := csv.Fields()
		if n == 0 {
			for i, name := range fields {
				f.reset()
				f.in(bytes.Trim(name, "\uFEFF "))
				if p := string(f.path); at < 0 && (p == "dateutc" || p == "date") {
					at = i
				}
			}
			continue
		}
		if at >= 0 && at < len(fields) {
			f.r.culture.learn(fields[at], zeroTime)
		}
	}
}

func (f *flat) parseCSV(ctx context.Context, in *format.Input, event func(*forensics.Event) bool) error {
	f.settle(in.Head)
	csv := format.NewCSV(in.Reader, 0)
	var names [][]byte
	for n := 0; csv.Next(); n++ {
		if n&1023 == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		ref := csv.Ref()
		if why := csv.Broken(); why != "" {
			f.r.sink.Broken(ref, why)
			continue
		}
		fields := csv.Fields()
		if names == nil {
			for _, name := range fields {
				names = append(names, bytes.Clone(bytes.Trim(name, "\uFEFF ")))
			}
			continue
		}
		if len(fields) < min(len(names), 3) {
			f.r.sink.Broken(ref, "row has fewer columns than the header")
			continue
		}
		f.reset()
		for i, b := range fields[:min(len(fields), len(names))] {
			f.path = f.path[:0]
			f.in(names[i])
			f.put(b)
		}
		if err := f.hand(ref, csv.Raw(), event); err != nil {
			return err
		}
	}
	return csv.Err()
}

func (f *flat) hand(ref forensics.Ref, raw []byte, event func(*forensics.Event) bool) error {
	r := f.r
	e := &r.events[0]
	*e = forensics.Event{Service: service}
	if !event(e) {
		r.sink.Skip(ref)
		return nil
	}
	if e.Time.IsZero() {
		r.sink.Warn(ref, "time cannot be read")
	} else if e.TimeConflict {
		r.sink.Warn(ref, "day and month of the time could be the other way round")
	}
	r.rec = format.Record{Ref: ref, Raw: raw, Events: r.events[:1]}
	return r.sink.Record(&r.rec)
}

// entra reads a record of either log: an export of diagnostic settings can hold both.
func (f *flat) entra(e *forensics.Event) bool {
	category := f.get("category")
	switch {
	case len(f.get("riskeventtype")) > 0, bytes.HasSuffix(bytes.ToLower(category), []byte("signinlogs")):
		return f.signin(e)
	case len(f.get("activitydisplayname", "activity", "loggedbyservice")) > 0, bytes.EqualFold(category, []byte("AuditLogs")):
		return f.audit(e)
	}
	return f.signin(e)
}

// time reads the first of some paths that holds a time. These logs are in UTC, as
// their column names and Microsoft Graph's documentation say.
func (f *flat) time(e *forensics.Event, desc string, paths ...string) {
	b := f.get(paths...)
	f.r.culture.utc = true
	f.r.culture.learn(b, zeroTime)
	e.Time, e.Others, _ = f.r.culture.time(b, f.r.keep.text(b), desc)
	e.TimeConflict = len(e.Others) > 0
}

// from fills in the address.
func (f *flat) from(e *forensics.Event, paths ...string) {
	if b := f.get(paths...); len(b) > 0 {
		a := parseAddress(b)
		e.IP, e.Port, e.Host = a.ip, a.port, a.host
	}
}

// fact names the record by its own identifier.
func (f *flat) fact(e *forensics.Event, prefix string, paths ...string) {
	if id := f.get(paths...); len(id) > 0 {
		e.Fact = prefix + string(bytes.ToLower(id))
	}
}
