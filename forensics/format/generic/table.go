package generic

import (
	"bytes"
	"context"
	"net/netip"
	"slices"
	"strings"
	"unicode/utf8"

	"keytrail/forensics"
	"keytrail/forensics/format"
)

// maxField bounds a field of an event, in bytes.
const maxField = 1000

// Table reads a table of comma, semicolon, tab or bar separated values with a header.
type Table struct {
	Mapping *Mapping // as ReadMapping gave it; nil: only the usual headers
}

var _ format.Format = Table{}

// Formats lists the formats of the family; m may be nil.
func Formats(m *Mapping) []format.Format { return []format.Format{Table{Mapping: m}} }

// Name implements format.Format.
func (Table) Name() string { return "generic/table" }

// About implements format.Format.
func (Table) About() format.About {
	return format.About{
		Title:  "Table with times and IP addresses",
		Reads:  "CSV, TSV and their kin with a header; columns by their usual names or by a mapping",
		Gives:  []string{"other"},
		HowTo:  "save the provider's activity page or the spreadsheet as CSV; name its columns in a file given with --mapping.",
		Source: "https://www.rfc-editor.org/rfc/rfc4180 (leniently)",
	}
}

// columns are the places of the fields in a row, -1 where there is none.
type columns struct {
	time, event, ip, account, actor, client, country, session, subject, detail int
}

// find looks the columns up in a header.
func (t Table) find(header [][]byte) (c columns) {
	names := make([]string, len(header))
	for i, h := range header {
		names[i] = fold(format.Text(h))
	}
	named := func(name string) int {
		if name == "" {
			return -1
		}
		return slices.Index(names, fold(name))
	}
	if m := t.Mapping; m != nil {
		return columns{named(m.Time), named(m.Event), named(m.IP), named(m.Account), named(m.Actor), named(m.Client), named(m.Country),
			named(m.Session), named(m.Subject), named(m.Detail)}
	}
	first := func(key string) int {
		for _, name := range usual[key] {
			if i := slices.Index(names, name); i >= 0 {
				return i
			}
		}
		return -1
	}
	return columns{first("time"), first("event"), first("ip"), first("account"), -1, first("client"), first("country"), first("session"), -1, -1}
}

// Match implements format.Format.
func (t Table) Match(h *format.Head) format.Guess {
	head := format.HeadText(h.Bytes)
	line, _, whole := bytes.Cut(head, []byte("\n"))
	if !whole && !h.Complete || !utf8.Valid(line) || bytes.IndexByte(line, 0) >= 0 || len(line) > 8<<10 {
		return format.Guess{}
	}
	csv := format.NewCSV(bytes.NewReader(head), format.HeadSize)
	if !csv.Next() || csv.Broken() != "" || len(csv.Fields()) < 2 {
		return format.Guess{}
	}
	c := t.find(csv.Fields())
	switch {
	case c.time >= 0 && t.Mapping != nil:
		return format.Guess{Score: 95, Why: "the mapping's time column is in the header"}
	case c.time >= 0 && c.ip >= 0:
		return format.Guess{Score: 15, Why: "the header names a time and an IP address"}
	case c.time >= 0 && t.Mapping == nil:
		return format.Guess{Score: -5, Why: "a table with a time, but no format knows it: name its columns with --mapping"}
	}
	return format.Guess{}
}

// Parse implements format.Format.
func (t Table) Parse(ctx context.Context, in *format.Input, out format.Sink) error {
	csv := format.NewCSV(in.Reader, 0)
	var c columns
	header := false
	var rec format.Record
	events := make([]forensics.Event, 1)
	for n := 0; csv.Next(); n++ {
		if n%256 == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		if why := csv.Broken(); why != "" {
			out.Broken(csv.Ref(), why)
			continue
		}
		if !header {
			header = true
			if c = t.find(csv.Fields()); c.time < 0 {
				out.Warn(csv.Ref(), "the header names no column for the time")
			}
			continue
		}
		if c.time < 0 {
			out.Skip(csv.Ref())
			continue
		}
		why := t.event(&events[0], c, csv.Fields())
		if why != "" {
			out.Broken(csv.Ref(), why)
			continue
		}
		rec = format.Record{Ref: csv.Ref(), Raw: csv.Raw(), Events: events}
		if err := out.Record(&rec); err != nil {
			return err
		}
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	return csv.Err()
}

// event fills e from a row, or says why it cannot.
func (t Table) event(e *forensics.Event, c columns, row [][]byte) (why string) {
	get := func(i int) string {
		if i < 0 || i >= len(row) {
			return ""
		}
		return strings.TrimSpace(format.Text(clip(row[i])))
	}
	at, why := t.when(get(c.time))
	if why != "" {
		return why
	}
	*e = forensics.Event{Time: at, Operation: get(c.event), Account: strings.ToLower(get(c.account)), Actor: get(c.actor), Client: get(c.client),
		Session: get(c.session), Subject: get(c.subject), Detail: get(c.detail)}
	if e.Actor == "" {
		e.Actor = get(c.account)
	}
	if country := get(c.country); len(country) == 2 {
		e.Country = strings.ToUpper(country)
	}
	address(e, get(c.ip))
	if t.Mapping != nil {
		e.Kind = t.Mapping.kinds[fold(e.Operation)]
	}
	switch e.Kind {
	case forensics.LoginSucceeded:
		e.Outcome = forensics.Success
	case forensics.LoginFailed:
		e.Outcome = forensics.Failure
	}
	return ""
}

// address reads "192.0.2.7", "192.0.2.7:443", "[2001:db8::7]:443"; what is none stays
// the name of a host.
func address(e *forensics.Event, s string) {
	if s == "" {
		return
	}
	if ip, err := netip.ParseAddr(strings.Trim(s, "[]")); err == nil {
		e.IP = ip.WithZone("").Unmap()
		return
	}
	if ap, err := netip.ParseAddrPort(s); err == nil {
		e.IP, e.Port = ap.Addr().WithZone("").Unmap(), ap.Port()
		return
	}
	e.Host = s
}

// clip bounds a field without cutting a rune.
func clip(b []byte) []byte {
	if len(b) <= maxField {
		return b
	}
	n := maxField
	for n > maxField-utf8.UTFMax && !utf8.RuneStart(b[n]) {
		n--
	}
	return b[:n]
}
