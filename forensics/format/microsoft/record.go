package microsoft

import (
	"bytes"
	"time"

	"keytrail/forensics"
	"keytrail/forensics/format"
)

// audit is one record of the Unified Audit Log under the walker: where the raw values of its
// properties stand in s.
type audit struct {
	s []byte
	v [numFields]span
	q int // how many bytes write one quote in s; 0 where values are no JSON
}

type span struct{ from, to uint32 }

func (a *audit) raw(f field) []byte {
	v := a.v[f]
	return a.s[v.from:v.to]
}

// reader holds what one parse remembers between records. It is used for one item.
type reader struct {
	sink    format.Sink
	text    interner
	keep    arena
	ips     map[string]address
	ops     map[string]operation
	users   map[string]user
	culture culture

	found   []forensics.Message // in the record at hand
	unnamed int                 // messages in it that have neither message id nor subject
	in, out audit               // the record and its container
	rec     format.Record
	events  [2]forensics.Event
	beside  []byte // the columns beside AuditData
	scratch []byte // decoded strings of the record at hand
	list    []pair
}

func newReader(sink format.Sink) *reader {
	return &reader{sink: sink, text: interner{}, ips: map[string]address{}, ops: map[string]operation{}, users: map[string]user{}}
}

// walk fills a with the properties of the JSON object in s. The lists of messages, which
// are most of many records, are read on the way.
func (r *reader) walk(a *audit, s []byte, q int) error {
	w := walker{s: s, q: q}
	a.s, a.q = s, q
	r.found, r.unnamed = r.found[:0], 0
	if !w.enter('{') {
		if len(s) == 0 {
			return errCut
		}
		return errSyntax
	}
	for key, ok := w.key(); ok; key, ok = w.key() {
		f := fieldOf(key)
		if (f == fAffectedItems || f == fFolders) && w.s[w.i] == '[' {
			w.i++
			if f == fFolders {
				r.found = r.folders(&w, r.found)
			} else {
				r.found = r.items(&w, r.found)
			}
			continue
		}
		start := w.i
		if !w.skip() {
			break
		}
		if f != fNone && void(a.raw(f)) {
			a.v[f] = span{uint32(start), uint32(w.i)}
		}
	}
	if w.err == nil && w.peek() != 0 {
		return errSyntax
	}
	return w.err
}

// bare gives a value's text: what is between the quotes of a string, decoded, or a number as
// written; nothing for null. It is valid until the next record.
func (r *reader) bare(raw []byte, q int) []byte {
	if void(raw) {
		return nil
	}
	if raw[0] != '"' {
		return raw
	}
	if q == 0 { // a cell of a CSV, which is no JSON
		return raw
	}
	raw = raw[q : len(raw)-q]
	if bytes.IndexByte(raw, '\\') < 0 {
		return raw
	}
	start := len(r.scratch)
	r.scratch = decode(r.scratch, raw, q)
	return r.scratch[start:len(r.scratch):len(r.scratch)]
}

// get gives the text of a property of the record, else of its container.
func (r *reader) get(f field) []byte {
	if b := r.bare(r.in.raw(f), r.in.q); len(b) > 0 {
		return b
	}
	return r.bare(r.out.raw(f), r.out.q)
}

// first gives the first of some properties that says something.
func (r *reader) first(fs ...field) []byte {
	for _, f := range fs {
		if b := r.get(f); len(b) > 0 {
			return b
		}
	}
	return nil
}

// nested gives a walker over a property that holds an object or array, also where a
// container wrote that as a string.
func (r *reader) nested(f field) walker {
	if raw := r.in.raw(f); !void(raw) {
		return r.inside(raw, r.in.q)
	}
	return r.inside(r.out.raw(f), r.out.q)
}

func (r *reader) inside(raw []byte, q int) walker {
	if len(raw) > 0 && raw[0] == '"' {
		return walker{s: r.bare(raw, q), q: 1}
	}
	return walker{s: raw, q: q}
}

// pair is one entry of a list of names and values.
type pair struct{ name, value, old []byte }

// pairs reads [{"Name":..,"Value":..}], also with NewValue and OldValue, with key and value,
// or as one object. The list is valid until the next call.
func (r *reader) pairs(w walker) []pair {
	r.list = r.list[:0]
	switch {
	case w.enter('['):
		for w.next() {
			if !w.enter('{') {
				w.skip()
				continue
			}
			r.list = append(r.list, r.pair(&w))
		}
	case w.enter('{'):
		for key, ok := w.key(); ok; key, ok = w.key() {
			r.list = append(r.list, pair{name: key, value: r.bare(w.value(), w.q)})
		}
	}
	return r.list
}

func (r *reader) pair(w *walker) (p pair) {
	for key, ok := w.key(); ok; key, ok = w.key() {
		raw := w.value()
		switch string(key) {
		case "Name", "name", "key", "Key", "displayName", "DisplayName", "ID":
			p.name = r.bare(raw, w.q)
		case "Value", "value", "NewValue", "newValue", "Type":
			p.value = r.bare(raw, w.q)
		case "OldValue", "oldValue":
			p.old = r.bare(raw, w.q)
		}
	}
	return p
}

// event starts the record's event with what every operation has.
func (r *reader) event() *forensics.Event {
	e := &r.events[0]
	*e = forensics.Event{Service: service}
	name := r.first(fUser, fOtherUser)
	u := r.user(name)
	e.Actor, e.Account = u.written, u.account
	if owner := r.get(fMailboxOwner); len(owner) > 0 && !bytes.Equal(owner, name) {
		e.Account = r.user(owner).account
	}
	e.Outcome = outcome(r.get(fResult))
	r.source(e)
	if s := r.get(fSession); len(s) > 0 {
		e.Session = r.keep.text(s)
	} else if w := r.nested(fAppAccess); w.enter('{') {
		for key, ok := w.key(); ok; key, ok = w.key() {
			raw := w.value()
			if string(key) == "AADSessionId" {
				e.Session = r.keep.text(r.bare(raw, w.q))
				break
			}
		}
	}
	if id := r.first(fID, fOtherID); len(id) > 0 {
		start := len(r.scratch)
		r.scratch = append(r.scratch, "ual:"...)
		for _, c := range id {
			if c >= 'A' && c <= 'Z' {
				c += 'a' - 'A'
			}
			r.scratch = append(r.scratch, c)
		}
		e.Fact = r.keep.text(r.scratch[start:])
	}
	return e
}

// source fills in where somebody came from and with what.
func (r *reader) source(e *forensics.Event) {
	for _, f := range [...]field{fClientIP, fClientIPAddress, fActorIPAddress, fActorIP} {
		b := r.get(f)
		if len(b) == 0 {
			continue
		}
		a, ok := r.ips[string(b)]
		if !ok {
			a = parseAddress(b)
			if len(r.ips) < internMax && len(b) <= internBytes {
				r.ips[string(b)] = a
			}
		}
		if a != (address{}) {
			e.IP, e.Port, e.Host = a.ip, a.port, a.host
			break
		}
	}
	if info := r.get(fClientInfo); len(info) > 0 {
		e.Client = r.text.text(info)
		e.Protocol = protocolOf(info)
		return
	}
	if agent := r.first(fUserAgent, fActorInfo); len(agent) > 0 {
		e.Client = r.text.text(agent)
		e.Protocol = protocolOf(agent)
		return
	}
	if process := r.get(fClientProcess); len(process) > 0 {
		if version := r.get(fClientVersion); len(version) > 0 {
			start := len(r.scratch)
			r.scratch = append(append(append(r.scratch, process...), ' '), version...)
			process = r.scratch[start:]
		}
		e.Client = r.text.text(process)
	}
}

// user is a name as written, and as the name of an account: in lower case where it is an
// address, nothing where the log says that it does not know it.
type user struct{ written, account string }

func (r *reader) user(b []byte) user {
	if len(b) == 0 {
		return user{}
	}
	if u, ok := r.users[string(b)]; ok {
		return u
	}
	u := user{written: text(b)}
	switch {
	case bytes.EqualFold(b, []byte("Not Available")), bytes.EqualFold(b, []byte("Unknown")):
	case bytes.IndexByte(b, '@') > 0:
		u.account = text(bytes.ToLower(b))
	default:
		u.account = u.written
	}
	if len(r.users) < internMax && len(b) <= internBytes {
		r.users[string(b)] = u
	}
	return u
}

// address is the account's name that user gives.
func (r *reader) address(b []byte) string { return r.user(b).account }

// when reads the record's time.
func (r *reader) when(e *forensics.Event, ref forensics.Ref) {
	outer := r.get(fOuterTime)
	b := r.get(fTime)
	if len(b) > 0 {
		if m, ok := parseTime(b, false); ok && !m.either {
			e.Time = forensics.UTC(m.t, m.precision, r.keep.text(b), "CreationTime") // UTC by its documentation
			if len(outer) > 0 {
				r.culture.learn(outer, m.t)
			}
			return
		}
	}
	if len(outer) == 0 {
		outer = b
	} else {
		r.culture.learn(outer, time.Time{})
	}
	desc := "CreationDate"
	if len(outer) == 0 {
		e.Time = forensics.Time{Desc: desc, Unreliable: true}
		r.sink.Warn(ref, "record has no time")
		return
	}
	var doubt string
	e.Time, e.Others, doubt = r.culture.time(outer, r.keep.text(outer), desc)
	e.TimeConflict = len(e.Others) > 0
	if doubt != "" {
		r.sink.Warn(ref, doubt)
	}
}

// outcome reads ResultStatus.
func outcome(b []byte) forensics.Outcome {
	switch string(b) {
	case "":
		return forensics.OutcomeNone
	case "Succeeded", "True", "Success", "success", "true", "succeeded":
		return forensics.Success
	case "Failed", "False", "Failure", "failure", "false", "failed", "Fail":
		return forensics.Failure
	}
	return forensics.OutcomeUnknown
}

// protocolOf reads the first part of a ClientInfoString.
func protocolOf(info []byte) string {
	has := func(prefix string) bool {
		return len(info) >= len(prefix) && bytes.EqualFold(info[:len(prefix)], []byte(prefix))
	}
	if !has("Client=") {
		return ""
	}
	info = info[len("Client="):]
	switch {
	case has("POP3/IMAP4"):
		rest := bytes.ToLower(info[len("POP3/IMAP4"):min(len(info), 80)])
		switch {
		case bytes.Contains(rest, []byte("protocol=imap4")):
			return "imap"
		case bytes.Contains(rest, []byte("protocol=pop3")):
			return "pop3"
		}
	case has("IMAP"):
		return "imap"
	case has("POP"):
		return "pop3"
	case has("OWA"):
		return "web"
	case has("REST"), has("OutlookService"):
		return "rest"
	case has("MSExchangeRPC"), has("MAPI"), has("Microsoft.Exchange.Mapi"):
		return "mapi"
	case has("ActiveSync"):
		return "activesync"
	case has("WebServices"):
		return "ews"
	}
	return ""
}

func text(b []byte) string { return format.Text(b) }
