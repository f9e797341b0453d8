package microsoft

import (
	"bytes"
	"context"
	"strings"
	"time"

	"keytrail/forensics"
	"keytrail/forensics/format"
)

// UnifiedAudit reads the Unified Audit Log of Microsoft 365.
type UnifiedAudit struct{}

var _ format.Format = UnifiedAudit{}

// Name is stored in cases.
func (UnifiedAudit) Name() string { return "microsoft/unified-audit" }

// About describes the format.
func (UnifiedAudit) About() format.About {
	return format.About{
		Title: "Microsoft 365 Unified Audit Log",
		Reads: "CSV from Purview, the classic portal or Search-UnifiedAuditLog (any CSV with an AuditData column); JSON and JSON lines from the Management Activity API, Microsoft Graph, Sentinel (OfficeActivity)",
		Gives: []string{"key", "login", "reset", "deletion", "settings", "mail", "other"},
		HowTo: "Purview portal > Audit > Search, then Export > Download all results; or PowerShell: Search-UnifiedAuditLog ... | Export-Csv -Encoding UTF8 audit.csv",
		Source: "Office 365 Management Activity API schema, https://learn.microsoft.com/office/office-365-management-api/office-365-management-activity-api-schema; " +
			"export of audit records, https://learn.microsoft.com/purview/audit-log-export-records",
	}
}

// wrappers are the keys of outer objects that hold the records: Graph pages, diagnostics exports.
var wrappers = []string{"value", "records", "Records", "results"}

// Match looks for an AuditData column, or for the property names of the schema.
func (UnifiedAudit) Match(h *format.Head) format.Guess {
	b := headText(h.Bytes)
	if len(b) == 0 {
		return format.Guess{}
	}
	if b[0] == '{' || b[0] == '[' {
		return matchJSON(b)
	}
	for n := 0; n < 3 && len(b) > 0; n++ {
		line, rest, _ := bytes.Cut(b, []byte{'\n'})
		if column(line, "auditdata") {
			if column(line, "creationdate") || column(line, "recordtype") || column(line, "operations") || column(line, "operation") {
				return format.Guess{Score: 95, Why: "CSV with the columns of an audit export"}
			}
			if bytes.Contains(rest[:min(len(rest), 16<<10)], []byte("CreationTime")) {
				return format.Guess{Score: 85, Why: "CSV with an AuditData column"}
			}
			return format.Guess{Score: 40, Why: "CSV with a column named AuditData"}
		}
		b = rest
	}
	first, _, _ := bytes.Cut(headText(h.Bytes), []byte{'\n'})
	if column(first, "creationdate") && (column(first, "operations") || column(first, "operation")) {
		return format.Guess{Score: -20, Why: "looks like an audit export, but without its AuditData column"}
	}
	return format.Guess{}
}

func matchJSON(b []byte) format.Guess {
	lower := bytes.ToLower(b[:min(len(b), 32<<10)])
	has := func(names ...string) (n int) {
		for _, name := range names {
			if bytes.Contains(lower, []byte(`"`+name+`"`)) || bytes.Contains(lower, []byte(`"`+name+`\"`)) {
				n++
			}
		}
		return n
	}
	switch {
	case has("auditdata") == 1 && has("operation", "operations", "creationtime", "auditlogrecordtype", "recordtype") >= 2:
		return format.Guess{Score: 95, Why: "JSON with audit records in auditData"}
	case has("creationtime", "operation", "recordtype", "workload", "userkey", "organizationid") >= 5:
		return format.Guess{Score: 95, Why: "JSON with the properties of audit records"}
	case has("creationtime", "operation") == 2 && has("userid", "workload", "recordtype", "resultstatus", "usertype") >= 2:
		return format.Guess{Score: 80, Why: "JSON with properties of audit records"}
	case has("timegenerated", "officeworkload", "operation") == 3, has("timegenerated", "operation", "recordtype", "userkey") == 4:
		return format.Guess{Score: 90, Why: "JSON with the columns of Sentinel's OfficeActivity"}
	}
	return format.Guess{}
}

// Parse reads one item to its end.
func (UnifiedAudit) Parse(ctx context.Context, in *format.Input, out format.Sink) error {
	r := newReader(out)
	if b := headText(in.Head); len(b) > 0 && (b[0] == '{' || b[0] == '[') {
		return r.readJSON(ctx, in)
	}
	return r.readCSV(ctx, in)
}

// readJSON reads records that stand for themselves or in a container's auditData.
func (r *reader) readJSON(ctx context.Context, in *format.Input) error {
	records := format.NewJSONRecords(in.Reader, 0, wrappers...)
	for n := 0; records.Next(); n++ {
		if n&255 == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		ref := records.Ref()
		if why := records.Broken(); why != "" {
			r.sink.Broken(ref, why)
			continue
		}
		r.reset()
		if err := r.walk(&r.in, records.Bytes(), 1); err != nil {
			r.sink.Broken(ref, err.Error())
			continue
		}
		var cut error
		if raw := r.in.raw(fAuditData); !void(raw) {
			r.out = r.in
			r.in = audit{}
			w := r.inside(raw, 1)
			cut = r.walk(&r.in, w.s, w.q)
		}
		if err := r.record(ref, records.Raw(), cut); err != nil {
			return err
		}
	}
	return records.Err()
}

func (r *reader) reset() {
	r.in, r.out = audit{}, audit{}
	r.scratch = r.scratch[:0]
}

// maxDetail bounds what a detail may take: a rule can name thousands of words.
const maxDetail = 2000

// record makes the record's event and hands it out. cut says why AuditData could not be read to
// its end.
func (r *reader) record(ref forensics.Ref, raw []byte, cut error) error {
	name := r.get(fOperation)
	if len(name) == 0 && len(r.first(fTime, fOuterTime)) == 0 {
		if cut != nil {
			r.sink.Broken(ref, "AuditData: "+cut.Error())
		} else {
			r.sink.Skip(ref)
		}
		return nil
	}
	if cut != nil {
		r.sink.Warn(ref, "AuditData: "+cut.Error()+": only what stands before that, or in other columns, is known")
	}
	e := r.event()
	r.when(e, ref)
	op := r.operation(name)
	e.Kind, e.Operation = op.kind, op.written
	if w := r.get(fWorkload); op.mail() && len(w) > 0 && !bytes.EqualFold(w, []byte("Exchange")) {
		e.Kind = forensics.Other // "Create", "Move" and "Send" are not only said of mail
	} else {
		r.look(e, op.look, cut != nil)
	}
	if e.Kind == forensics.Other && len(r.get(fRiskType)) > 0 {
		e.Kind, e.Detail = forensics.Alert, text(r.get(fRiskType))
	}
	if len(e.Detail) > maxDetail {
		e.Detail = strings.ToValidUTF8(e.Detail[:maxDetail], "")
	}
	r.rec = format.Record{Ref: ref, Raw: raw, Events: r.events[:1]}
	return r.sink.Record(&r.rec)
}

func (r *reader) look(e *forensics.Event, l look, cut bool) {
	switch l {
	case lookLogin:
		r.login(e, cut)
	case lookMessages:
		r.messages(e)
	case lookMove:
		r.move(e)
	case lookAccess:
		r.access(e)
	case lookRule, lookTransport:
		r.rule(e)
	case lookClientRule:
		r.clientRule(e)
	case lookMailbox:
		r.setMailbox(e)
	case lookParameters:
		r.cmdlet(e)
	case lookTarget:
		r.target(e)
	case lookUser:
		r.userChange(e)
	case lookKey:
		r.key(e)
	case lookConsent:
		r.consent(e)
	case lookAlert:
		e.Detail = text(r.first(fName, fSeverity))
	}
}

// columns are where a CSV keeps what.
type columns struct {
	audit int // AuditData, from 0; -1 where there is none
	other []place
	names map[string]bool // all, in lower case
}

// place is a column that repeats a property of the record.
type place struct {
	at int
	f  field
}

// header reads a header line; ok is false where it has no AuditData column.
func header(fields [][]byte) (c columns, ok bool) {
	c.audit, c.names = -1, map[string]bool{}
	for i, name := range fields {
		name = bytes.Trim(name, " \t\"\uFEFF")
		f := folded(name)
		c.names[string(bytes.ToLower(name))] = true
		switch {
		case f == fAuditData && c.audit < 0:
			c.audit = i
		case f == fNone && strings.EqualFold(string(name), "Identity"): // PowerShell's copy of Id
			f = fOtherID
			fallthrough
		case f == fUser, f == fOtherUser, f == fOtherID, f == fOuterTime, f == fOperation, f == fWorkload:
			c.other = append(c.other, place{i, f})
		}
	}
	return c, c.audit >= 0
}

// readCSV reads rows whose AuditData column holds a record as JSON.
func (r *reader) readCSV(ctx context.Context, in *format.Input) error {
	r.settleHead(in.Head)
	csv := format.NewCSV(in.Reader, 0)
	var cols columns
	found := false
	for n := 0; csv.Next(); n++ {
		if n&1023 == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		ref, why := csv.Ref(), csv.Broken()
		if !found {
			if cols, found = header(csv.Fields()); found {
				r.culture.utc = cols.names["recordid"]
				csv.ExpectJSON(cols.audit)
			} else {
				r.sink.Broken(ref, "row before a header with an AuditData column")
			}
			continue
		}
		r.reset()
		cut := errCut
		if cols.audit < csv.Len() {
			cut = r.cell(csv, cols.audit)
		}
		if cols.audit >= csv.Len() { // cell may have cut the row anew
			if why == "" {
				why = "row ends before its AuditData column"
			}
			r.sink.Broken(ref, why)
			continue
		}
		if cut == nil && why != "" {
			r.sink.Warn(ref, why)
		}
		r.outer(csv, &cols)
		if err := r.record(ref, csv.Raw(), cut); err != nil {
			return err
		}
	}
	return csv.Err()
}

// outer copies the columns beside AuditData, one behind the other.
func (r *reader) outer(csv *format.CSV, cols *columns) {
	b := r.beside[:0]
	for _, c := range cols.other {
		if c.at >= csv.Len() || r.out.v[c.f].to > 0 {
			continue
		}
		text, doubled := csv.Cell(c.at)
		if doubled {
			text = csv.Fields()[c.at]
		}
		from := len(b)
		b = append(b, bytes.TrimSpace(text)...)
		r.out.v[c.f] = span{uint32(from), uint32(len(b))}
	}
	r.beside, r.out.s = b, b
}

// cell walks the JSON in a cell, as it stands where that is possible.
func (r *reader) cell(csv *format.CSV, at int) error {
	if text, doubled := csv.Cell(at); doubled {
		if r.walk(&r.in, text, 2) == nil {
			return nil
		}
		csv.Exact()
		if at >= csv.Len() {
			return errCut
		}
	}
	text := bytes.TrimSpace(csv.Fields()[at])
	for tries := 0; tries < 3; tries++ {
		switch {
		case bytes.HasPrefix(text, []byte(`{""`)) && !bytes.HasPrefix(text, []byte(`{"":`)): // exported twice
			text = bytes.ReplaceAll(text, []byte(`""`), []byte{'"'})
		case len(text) > 1 && text[0] == '"' && text[len(text)-1] == '"': // JSON inside a JSON string
			text = decode(nil, text[1:len(text)-1], 1)
		}
	}
	r.in = audit{}
	return r.walk(&r.in, text, 1)
}

// settleHead learns the order of day and month from the rows of the head, so that the first rows
// are read like the others.
func (r *reader) settleHead(head []byte) {
	csv := format.NewCSV(bytes.NewReader(head), 0)
	var cols columns
	found := false
	for n := 0; n < 200 && csv.Next(); n++ {
		if !found {
			cols, found = header(csv.Fields())
			continue
		}
		fields := csv.Fields()
		for _, c := range cols.other {
			if c.f != fOuterTime || c.at >= len(fields) {
				continue
			}
			r.reset()
			var inner time.Time
			if cols.audit < len(fields) {
				_ = r.walk(&r.in, fields[cols.audit], 1) // as far as it goes
				if m, ok := parseTime(r.bare(r.in.raw(fTime), 1), false); ok {
					inner = m.t
				}
			}
			r.culture.learn(fields[c.at], inner)
		}
	}
}

// headText is the start of a text in UTF-8, whatever its byte order mark says, without white
// space before it.
func headText(b []byte) []byte {
	b = bytes.TrimPrefix(b, []byte{0xEF, 0xBB, 0xBF})
	if len(b) >= 2 && (b[0] == 0xFF && b[1] == 0xFE || b[0] == 0xFE && b[1] == 0xFF) {
		low := 0
		if b[0] == 0xFE {
			low = 1
		}
		plain := make([]byte, 0, len(b)/2)
		for i := 2; i+1 < len(b); i += 2 {
			c := b[i+low]
			if b[i+1-low] != 0 || c >= 0x80 {
				c = '?' // only the ASCII in it is looked at
			}
			plain = append(plain, c)
		}
		b = plain
	}
	return bytes.TrimLeft(b, " \t\r\n\x1E")
}

// column reports whether a header line has a column of that name (lower case).
func column(line []byte, name string) bool {
	line = line[:min(len(line), 8<<10)]
	for _, f := range bytes.FieldsFunc(line, func(c rune) bool { return c == ',' || c == ';' || c == '\t' || c == '|' }) {
		if string(bytes.ToLower(bytes.Trim(f, "\" \r\uFEFF"))) == name {
			return true
		}
	}
	return false
}
