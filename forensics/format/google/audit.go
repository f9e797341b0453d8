package google

import (
	"bytes"
	"context"

	"github.com/valyala/fastjson"

	"keytrail/forensics"
	"keytrail/forensics/format"
	"keytrail/forensics/format/jsonvalue"
)

// WorkspaceAudit reads the activities of the Admin SDK Reports API.
//
// Shapes: a page {"items":[...]}, several pages, a bare array, {"activities":[...]},
// one activity a line with `events` as an array or a single object (as shippers split it) or without it
// (name and parameters on the top level), and the same as Cloud Logging entries
// (protoPayload.metadata.event).
type WorkspaceAudit struct{}

// wrappers are the keys that hold activities or log entries.
var wrappers = []string{"items", "activities", "entries"}

// Name implements format.Format.
func (WorkspaceAudit) Name() string { return "google/workspace-audit" }

// About implements format.Format.
func (WorkspaceAudit) About() format.About {
	return format.About{
		Title: "Google Workspace audit log",
		Reads: "Reports API activities as JSON pages, arrays, {\"activities\":[]} dumps or JSON lines, and their Cloud Logging entries",
		Gives: []string{"login", "key", "reset", "settings", "deletion", "mail", "other"},
		HowTo: "Admin console, Reporting, Audit and investigation, or the Reports API: activities.list for login, user_accounts, token, admin and gmail.\n" +
			"Kept by Google for 180 days.",
		Source: "https://developers.google.com/workspace/admin/reports/reference/rest/v1/activities",
	}
}

// Match implements format.Format.
func (WorkspaceAudit) Match(h *format.Head) format.Guess {
	text := bytes.TrimLeft(format.HeadText(h.Bytes), " \t\r\n\x1e")
	if len(text) == 0 || text[0] != '{' && text[0] != '[' {
		return format.Guess{}
	}
	has := func(s string) bool { return bytes.Contains(text, []byte(s)) }
	switch {
	case has(`"admin#reports#activity"`), has(`"admin#reports#activities"`):
		return format.Guess{Score: 95, Why: "kind admin#reports#activity"}
	case has(`"protoPayload"`) && (has(`"login.googleapis.com"`) || has(`"admin.googleapis.com"`) || has(`ccc_hosted_reporting.ActivityProto`)):
		return format.Guess{Score: 90, Why: "Cloud Logging entries of Workspace"}
	case has(`"applicationName"`) && has(`"id"`) && (has(`"uniqueQualifier"`) || has(`"actor"`)) && (has(`"events"`) || has(`"name"`)):
		return format.Guess{Score: 70, Why: "id.applicationName and actor of the Reports API"}
	case has(`"protoPayload"`):
		return format.Guess{Score: -20, Why: "Cloud Logging entries, but not of Workspace"}
	}
	return format.Guess{}
}

// maxActivity is the longest activity that is read, in bytes: parsed, each byte can take
// forty in memory. Google's own have some kilobytes.
const maxActivity = 2 << 20

// Parse implements format.Format.
func (WorkspaceAudit) Parse(ctx context.Context, in *format.Input, out format.Sink) error {
	records := format.NewJSONRecords(in.Reader, maxActivity, wrappers...)
	r := newReader()
	return format.Each(ctx, records, out, func(_ int, ref forensics.Ref) error {
		events, ok := r.read(records.Bytes())
		if !ok {
			out.Broken(ref, "not valid JSON")
			return nil
		}
		return format.HandOut(out, ref, records.Raw(), events, r.doubt)
	})
}

// reader turns activities into events. It is used for one item and keeps its memory.
type reader struct {
	json   jsonvalue.Reader
	act    activity
	params []param // of the event at hand, as written
	events []forensics.Event
	doubt  string // about the record read last
}

// newReader keeps texts of up to 128 bytes: what repeats itself is short.
func newReader() *reader { return &reader{json: jsonvalue.NewReader(128)} }

// read gives the events of one record; they are valid until the next call. What is no JSON object is not ok.
func (r *reader) read(text []byte) (events []forensics.Event, ok bool) {
	v, err := r.json.Parse(text)
	if err != nil {
		return nil, false
	}
	r.events = r.events[:0]
	r.doubt = ""
	o, err := v.Object()
	if err != nil {
		return nil, false
	}
	r.act.clear()
	r.act.visit(o)
	if r.act.proto != nil {
		r.cloudLogging()
	}
	a := &r.act
	r.settle()
	switch {
	case a.events == nil:
		r.event(a.typ, a.name, a.parameters)
	case a.events.Type() == fastjson.TypeArray:
		for _, e := range a.events.GetArray() {
			r.entry(e)
		}
	default:
		r.entry(a.events)
	}
	return r.events, true
}

// entry reads one element of events, in the words of the API or of Cloud Logging.
func (r *reader) entry(v *fastjson.Value) {
	o, err := v.Object()
	if err != nil {
		return
	}
	var typ, name, parameters *fastjson.Value
	o.Visit(func(key []byte, v *fastjson.Value) {
		switch string(key) {
		case "type", "eventType":
			typ = v
		case "name", "eventName":
			name = v
		case "parameters", "parameter":
			parameters = v
		}
	})
	r.event(typ, name, parameters)
}
