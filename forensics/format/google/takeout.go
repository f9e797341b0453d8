package google

import (
	"bytes"
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"strings"
	"time"

	"keytrail/forensics"
	"keytrail/forensics/format"
)

// TakeoutAccessLog reads "Access Log Activity" of a Google Takeout: which services of the
// account were accessed, from where. Folder and file have localised names, the header is
// in English. Columns are found by name: newer exports have more.
//
// Whether access by IMAP or POP is shown there, and under which word, is not
// documented: the channel is taken as written.
type TakeoutAccessLog struct{}

// Name implements format.Format.
func (TakeoutAccessLog) Name() string { return "google/takeout-access-log" }

// About implements format.Format.
func (TakeoutAccessLog) About() format.About {
	return format.About{
		Title:  "Google Takeout access log",
		Reads:  "the CSV file \"Activities - A list of Google services accessed by ...\" in the folder \"Access Log Activity\"",
		Gives:  []string{"login", "other"},
		HowTo:  "takeout.google.com, choose \"Access log activity\" only; the account's owner can ask for it.",
		Source: "https://support.google.com/accounts/answer/3024190",
	}
}

// The columns that are read, by their names in the header.
const (
	colGaia      = "gaia id"
	colTime      = "activity timestamp"
	colIP        = "ip address"
	colProxied   = "proxiedhost ip address"
	colCountry   = "activity country"
	colAgent     = "user agent string"
	colProduct   = "product name"
	colSubName   = "sub-product name"
	colType      = "activity type"
	colChannel   = "gmail access channel"
	headerSample = "activity timestamp" // what every generation of the header has
)

// Match implements format.Format.
func (TakeoutAccessLog) Match(h *format.Head) format.Guess {
	line, _, _ := bytes.Cut(format.HeadText(h.Bytes), []byte("\n"))
	const longest = 4 << 10
	lower := bytes.ToLower(line[:min(len(line), longest)])
	has := func(s string) bool { return bytes.Contains(lower, []byte(s)) }
	switch {
	case !has(headerSample):
		return format.Guess{}
	case has(colIP) && (has(colGaia) || has(colProduct)):
		return format.Guess{Score: 95, Why: "header of Takeout's access log"}
	}
	return format.Guess{Score: -30, Why: "has Activity Timestamp, but lacks IP Address and Product Name"}
}

// Parse implements format.Format.
func (TakeoutAccessLog) Parse(ctx context.Context, in *format.Input, out format.Sink) error {
	rows := format.NewCSV(in.Reader, 0)
	var t table
	return format.Each(ctx, rows, out, func(n int, ref forensics.Ref) error {
		fields := rows.Fields()
		if t.header(fields) {
			if n > 0 { // files that were put together repeat it
				out.Skip(ref)
			}
			return nil
		}
		switch {
		case t.columns == nil:
			out.Broken(ref, "no header names the columns")
			return nil
		case len(fields) <= t.columns[colTime]:
			out.Broken(ref, "row is too short to have a time")
			return nil
		}
		e := t.event(fields, in.Account)
		if e.Time.Unreliable {
			out.Warn(ref, "time is not one of the known spellings")
		}
		return out.Record(&format.Record{Ref: ref, Raw: rows.Raw(), Events: []forensics.Event{e}})
	})
}

// table knows where the columns are.
type table struct {
	columns map[string]int
}

// header takes a row as the header where it is one.
func (t *table) header(fields [][]byte) bool {
	if len(fields) < 2 || t.columns != nil && !strings.EqualFold(t.get(fields, colTime), colTime) {
		return false
	}
	columns := map[string]int{}
	for i, f := range fields {
		name := strings.ToLower(strings.TrimSpace(format.Text(f)))
		if _, ok := columns[name]; !ok {
			columns[name] = i
		}
	}
	if _, ok := columns[colTime]; !ok {
		return false
	}
	t.columns = columns
	return true
}

func (t *table) get(fields [][]byte, column string) string {
	i, ok := t.columns[column]
	if !ok || i >= len(fields) {
		return ""
	}
	return strings.TrimSpace(format.Text(fields[i]))
}

func (t *table) event(fields [][]byte, account string) forensics.Event {
	get := func(column string) string { return t.get(fields, column) }
	e := forensics.Event{
		Kind: forensics.Other, Time: accessTime(get(colTime)), Service: service,
		Account: account, Actor: get(colGaia), Client: get(colAgent), Operation: get(colType),
	}
	// The log lists accesses that took place; only its own word makes one a login.
	if strings.EqualFold(e.Operation, "Login") {
		e.Kind, e.Outcome, e.Time.Desc = forensics.LoginSucceeded, forensics.Success, "Login"
	}
	e.IP, e.Host = format.ReadAddr(get(colIP))
	if !e.IP.IsValid() && e.Host == "" {
		e.IP, e.Host = format.ReadAddr(get(colProxied))
	}
	if c := get(colCountry); len(c) == 2 {
		e.Country = strings.ToUpper(c)
	}
	var detail []string
	for _, s := range []string{get(colProduct), get(colSubName)} {
		if s != "" {
			detail = append(detail, s)
		}
	}
	switch channel := get(colChannel); strings.ToLower(channel) {
	case "imap", "pop3", "smtp", "web":
		e.Protocol = strings.ToLower(channel)
	case "":
	default:
		detail = append(detail, channel)
	}
	e.Detail = strings.Join(detail, ", ")
	if e.Operation == "" {
		e.Operation = cmp.Or(get(colProduct), "access")
	}
	if !e.Time.Unreliable {
		// Rows have no id: the same row in a second export is the same access. Columns
		// that only newer exports have stay out of it.
		parts := []string{e.Actor, e.Time.RFC3339(), get(colIP), e.Client, get(colProduct), get(colSubName), get(colType), get(colChannel)}
		sum := sha256.Sum256([]byte(strings.Join(parts, "\x00")))
		e.Fact = "takeout|" + hex.EncodeToString(sum[:12])
	}
	return e
}

// accessTime reads "2026-10-01 06:59:59 UTC", "Jun 15, 2026, 7:40:10 AM UTC" or RFC 3339.
// A zone by another name is not known: such times count as wall clock.
func accessTime(s string) forensics.Time {
	const desc = "Access"
	plain := strings.Map(func(c rune) rune {
		if c == '\u202F' || c == '\u00A0' { // what newer libraries put before AM and PM
			return ' '
		}
		return c
	}, s)
	if t, err := time.Parse(time.RFC3339Nano, plain); err == nil {
		return forensics.UTC(t, forensics.PrecisionWritten(time.RFC3339Nano, plain), s, desc)
	}
	clock, zone := plain, ""
	if i := strings.LastIndexByte(plain, ' '); i > 0 && plain[i+1:] != "AM" && plain[i+1:] != "PM" {
		if z := plain[i+1:]; z != "" && z[0] >= 'A' && z[0] <= 'Z' {
			clock, zone = plain[:i], z
		}
	}
	for _, layout := range []string{"2006-01-02 15:04:05", "Jan 2, 2006, 3:04:05 PM", "Jan 2, 2006, 15:04:05", "Jan 2, 2006 3:04:05 PM"} {
		t, err := time.Parse(layout, clock)
		if err != nil {
			continue
		}
		p := forensics.PrecisionWritten(layout, clock)
		if zone == "UTC" || zone == "GMT" || zone == "Z" {
			return forensics.UTC(t, p, s, desc)
		}
		return forensics.Wall(t, p, s, desc)
	}
	return forensics.Time{Unreliable: true, Original: s, Desc: desc}
}
