package okta

import (
	"bytes"
	"context"

	"github.com/valyala/fastjson"

	"keytrail/forensics"
	"keytrail/forensics/format"
)

const (
	// maxRecord is the longest record that is read, in bytes: parsed, each byte can take forty in memory. Okta's own have
	// some kilobytes, an event hook some dozens of those.
	maxRecord = 2 << 20
	// cancelEvery is how many records are read between two looks at the context.
	cancelEvery = 64
	// maxEvents is how many events of one event hook are read.
	maxEvents = 4096
	// maxTargets is how many targets of one event are read.
	maxTargets = 64
)

// Parse implements format.Format.
func (SystemLog) Parse(ctx context.Context, in *format.Input, out format.Sink) error {
	r := &reader{out: out, interned: map[string]string{}}
	text := bytes.TrimLeft(format.HeadText(in.Head), " \t\r\n\x1e")
	if len(text) > 0 && text[0] != '{' && text[0] != '[' {
		return r.table(ctx, in)
	}
	return r.objects(ctx, in)
}

// reader turns records into events. It is used for one item and keeps its memory.
type reader struct {
	out    format.Sink
	parser fastjson.Parser
	large  bool // the parser's last record was a large one
	entry  entry
	events []forensics.Event
	doubt  string // about the record read last

	interned map[string]string // bytes to their text
	scratch  []byte
}

// objects reads JSON in any of its shapes.
func (r *reader) objects(ctx context.Context, in *format.Input) error {
	records := format.NewJSONRecords(in.Reader, maxRecord, wrappers...)
	for n := 0; records.Next(); n++ {
		if n%cancelEvery == 0 {
			if err := ctx.Err(); err != nil {
				return err
			}
		}
		ref := records.Ref()
		if why := records.Broken(); why != "" {
			r.out.Broken(ref, why)
			continue
		}
		if err := r.object(records.Bytes()); err != nil {
			r.out.Broken(ref, "not valid JSON")
			continue
		}
		if err := r.hand(ref, records.Raw()); err != nil {
			return err
		}
	}
	if err := records.Err(); err != nil {
		return err
	}
	return ctx.Err()
}

// table reads a CSV.
func (r *reader) table(ctx context.Context, in *format.Input) error {
	rows := format.NewCSV(in.Reader, 0)
	var columns []place
	for n := 0; rows.Next(); n++ {
		if n%cancelEvery == 0 {
			if err := ctx.Err(); err != nil {
				return err
			}
		}
		ref := rows.Ref()
		if why := rows.Broken(); why != "" {
			r.out.Broken(ref, why)
			continue
		}
		fields := rows.Fields()
		if columns == nil {
			columns = header(fields)
			continue
		}
		if len(fields) < min(len(columns), 3) {
			r.out.Broken(ref, "row has fewer columns than the header")
			continue
		}
		r.events, r.doubt = r.events[:0], ""
		r.row(columns, fields)
		r.add()
		if err := r.hand(ref, rows.Raw()); err != nil {
			return err
		}
	}
	if err := rows.Err(); err != nil {
		return err
	}
	return ctx.Err()
}

// hand gives the sink the events of one record.
func (r *reader) hand(ref forensics.Ref, raw []byte) error {
	if len(r.events) == 0 {
		r.out.Skip(ref)
		return nil
	}
	if r.doubt != "" {
		r.out.Warn(ref, r.doubt)
	}
	return r.out.Record(&format.Record{Ref: ref, Raw: raw, Events: r.events})
}

// object reads one JSON object: a LogEvent, or an envelope around one or several.
func (r *reader) object(text []byte) error {
	const usual = 256 << 10
	if r.large { // its memory is not kept
		r.parser = fastjson.Parser{}
	}
	r.large = len(text) > usual
	r.events, r.doubt = r.events[:0], ""
	v, err := r.parser.ParseBytes(text)
	if err != nil {
		return err
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
	return nil
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

// intern makes a string, and the same one for the same bytes: audit logs repeat themselves.
func (r *reader) intern(b []byte) string {
	const longest, most = 256, 4096
	if len(b) == 0 {
		return ""
	}
	if len(b) > longest {
		return format.Text(b)
	}
	if s, ok := r.interned[string(b)]; ok {
		return s
	}
	if len(r.interned) >= most {
		clear(r.interned)
	}
	s := format.Text(b)
	r.interned[string(b)] = s
	return s
}
