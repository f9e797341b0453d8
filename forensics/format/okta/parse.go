package okta

import (
	"bytes"
	"context"

	"github.com/valyala/fastjson"

	"keytrail/forensics"
	"keytrail/forensics/format"
	"keytrail/forensics/format/jsonvalue"
)

const (
	// maxRecord is the longest record that is read, in bytes: parsed, each byte can take forty in memory. Okta's own have
	// some kilobytes, an event hook some dozens of those.
	maxRecord = 2 << 20
	// maxEvents is how many events of one event hook are read.
	maxEvents = 4096
	// maxTargets is how many targets of one event are read.
	maxTargets = 64
)

// Parse implements format.Format.
func (SystemLog) Parse(ctx context.Context, in *format.Input, out format.Sink) error {
	r := &reader{out: out, json: jsonvalue.NewReader(256)} // a browser's name is longer than most
	text := bytes.TrimLeft(format.HeadText(in.Head), " \t\r\n\x1e")
	if len(text) > 0 && text[0] != '{' && text[0] != '[' {
		return r.table(ctx, in)
	}
	return r.objects(ctx, in)
}

// reader turns records into events. It is used for one item and keeps its memory.
type reader struct {
	out    format.Sink
	json   jsonvalue.Reader
	entry  entry
	events []forensics.Event
	doubt  string // about the record read last
}

// objects reads JSON in any of its shapes.
func (r *reader) objects(ctx context.Context, in *format.Input) error {
	records := format.NewJSONRecords(in.Reader, maxRecord, wrappers...)
	return format.Each(ctx, records, r.out, func(_ int, ref forensics.Ref) error {
		if !r.object(records.Bytes()) {
			r.out.Broken(ref, "not valid JSON")
			return nil
		}
		return format.HandOut(r.out, ref, records.Raw(), r.events, r.doubt)
	})
}

// table reads a CSV.
func (r *reader) table(ctx context.Context, in *format.Input) error {
	rows := format.NewCSV(in.Reader, 0)
	var columns []place
	return format.Each(ctx, rows, r.out, func(_ int, ref forensics.Ref) error {
		fields := rows.Fields()
		if columns == nil {
			columns = header(fields)
			return nil
		}
		if len(fields) < min(len(columns), 3) {
			r.out.Broken(ref, "row has fewer columns than the header")
			return nil
		}
		r.events, r.doubt = r.events[:0], ""
		r.row(columns, fields)
		r.add()
		return format.HandOut(r.out, ref, rows.Raw(), r.events, r.doubt)
	})
}

// object reads one JSON object: a LogEvent, or an envelope around one or several. It reports whether it is valid JSON.
func (r *reader) object(text []byte) bool {
	r.events, r.doubt = r.events[:0], ""
	v, err := r.json.Parse(text)
	if err != nil {
		return false
	}
	for _, e := range opened(v) {
		if len(r.events) == maxEvents {
			r.doubt = "record has more events than are read"
			break
		}
		if e.Type() == fastjson.TypeObject {
			r.read(e)
			r.add()
		}
	}
	return true
}

// envelopes are the keys under which streams and shippers put the LogEvent. Never changed.
var envelopes = [...]string{"detail", "event", "log", "json"}

// opened gives the LogEvents in an object. What names a published event of its own is one, whatever else it holds.
func opened(v *fastjson.Value) []*fastjson.Value {
	var kind, more bool
	visit(v, func(name string, _ *fastjson.Value) {
		kind, more = kind || name == "eventtype", more || name == "published" || name == "actor"
	})
	if kind && more {
		return []*fastjson.Value{v}
	}
	if list := v.GetArray("data", "events"); len(list) > 0 { // an event hook
		return list
	}
	for _, key := range envelopes {
		if e := v.Get(key); e != nil && e.Type() == fastjson.TypeObject {
			return []*fastjson.Value{e}
		}
	}
	if kind {
		return []*fastjson.Value{v}
	}
	return nil
}
