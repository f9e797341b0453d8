package google

import (
	"cmp"
	"strconv"
	"strings"
	"time"

	"github.com/valyala/fastjson"

	"keytrail/forensics"
)

// param is one parameter of an event; a nested one has the names above it in front, with points.
type param struct {
	name  string
	value *fastjson.Value
}

// What is looked at in one activity: its events, their parameters and how deep those nest.
const (
	maxEvents = 4096
	maxDepth  = 8
	maxParams = 1024
)

// flatten collects parameters from any of their spellings: a list of {name, value...} or
// an object, both nested.
func (r *reader) flatten(prefix string, v *fastjson.Value, depth int) {
	if v == nil || depth > maxDepth || len(r.params) >= maxParams {
		return
	}
	switch v.Type() {
	case fastjson.TypeArray:
		for _, e := range v.GetArray() {
			r.named(prefix, e, depth)
		}
	case fastjson.TypeObject:
		v.GetObject().Visit(func(key []byte, v *fastjson.Value) {
			name := prefix + string(key)
			switch {
			case v.Type() == fastjson.TypeObject:
				r.flatten(name+".", v, depth+1)
			case ofObjects(v):
				for _, e := range v.GetArray() {
					r.flatten(name+".", e, depth+1)
				}
			default:
				r.params = append(r.params, param{name, v})
			}
		})
	}
}

func ofObjects(v *fastjson.Value) bool {
	list := v.GetArray()
	return len(list) > 0 && list[0].Type() == fastjson.TypeObject
}

// named reads one {name, value | intValue | boolValue | multiValue | messageValue ...}.
func (r *reader) named(prefix string, v *fastjson.Value, depth int) {
	o, err := v.Object()
	if err != nil || len(r.params) >= maxParams {
		return
	}
	var name string
	var value *fastjson.Value
	o.Visit(func(key []byte, v *fastjson.Value) {
		switch string(key) {
		case "name":
			name = prefix + r.text(v)
		case "value", "intValue", "boolValue", "multiValue", "multiIntValue", "multiBoolValue", "multiStrValue",
			"messageValue", "multiMessageValue":
			value = v
		}
	})
	switch {
	case value == nil:
	case value.Type() == fastjson.TypeObject:
		r.flatten(name+".", value.Get("parameter"), depth+1)
	case ofObjects(value):
		for _, m := range value.GetArray() {
			r.flatten(name+".", m.Get("parameter"), depth+1)
		}
	default:
		r.params = append(r.params, param{name, value})
	}
}

// get gives the first parameter of that name as text.
func (r *reader) get(name string) string {
	for i := range r.params {
		if r.params[i].name == name {
			return r.text(r.params[i].value)
		}
	}
	return ""
}

// event adds one event of the activity. One without any name says nothing and is left out.
func (r *reader) event(typ, name, parameters *fastjson.Value) {
	a := &r.act
	operation, class := r.text(name), r.text(typ)
	if strings.HasPrefix(operation, "google.") { // Cloud Logging's methodName
		operation = snake(operation[strings.LastIndexByte(operation, '.')+1:])
	}
	if operation == "" && class == "" {
		return
	}
	if len(r.events) == maxEvents {
		r.doubt = "activity has more events than are read"
		return
	}
	r.params = r.params[:0]
	r.flatten("", parameters, 0)
	rule := find(a.app, class, operation)
	e := forensics.Event{
		Kind: rule.kind, Outcome: rule.outcome, Time: a.time,
		Account: a.email, Actor: a.acted, IP: a.addr, Host: a.host, Country: a.country, ASN: a.asn,
		Client: a.agent, Operation: cmp.Or(operation, class), Service: service,
	}
	if rule.desc != "" {
		e.Time.Desc = rule.desc
	}
	if rule.key != "" {
		e.Key = r.get(rule.key)
	}
	e.Detail = r.detail(rule.detail)
	switch {
	case operation == "delivery":
		r.delivery(&e)
	case a.app == "login" || a.app == "user_accounts" || a.app == "":
		r.account(&e, operation)
	case a.app == "admin":
		if user := r.get("USER_EMAIL"); user != "" {
			e.Account = user
		}
	}
	e.Fact = r.fact(&e, rule.twice)
	r.events = append(r.events, e)
}

func (r *reader) detail(names []string) string {
	var parts []string
	for _, name := range names {
		if s := r.get(name); s != "" {
			parts = append(parts, s)
		}
	}
	return strings.Join(parts, ", ")
}

// account reads what events about a user's own account have beside it.
func (r *reader) account(e *forensics.Event, operation string) {
	if user := r.get("affected_email_address"); user != "" {
		e.Account = user
	}
	if stamp := r.get("login_timestamp"); stamp != "" {
		r.micros(e, stamp, "Suspicious login")
	}
	if r.get("is_suspicious") == "true" {
		e.Detail = strings.TrimPrefix(e.Detail+", is_suspicious", ", ")
	}
	if operation == "login_challenge" || operation == "login_verification" {
		// A challenge that was not passed is a login that failed; one that was passed is
		// followed by a login_success of its own.
		switch status := strings.ToLower(r.get("login_challenge_status")); {
		case strings.Contains(status, "fail"), strings.Contains(status, "incorrect"):
			e.Kind, e.Outcome = forensics.LoginFailed, forensics.Failure
		case strings.Contains(status, "pass"):
			e.Outcome = forensics.Success
		}
	}
}

// micros adds a further time that is written as microseconds since 1970.
func (r *reader) micros(e *forensics.Event, stamp, desc string) {
	n, err := strconv.ParseInt(stamp, 10, 64)
	if err != nil || n <= 0 {
		r.doubt = desc + " is no number of microseconds"
		return
	}
	e.Others = append(e.Others, forensics.UTC(time.UnixMicro(n).UTC(), forensics.PrecisionMicro, stamp, desc))
}

// delivery reads a Gmail log event: what happened to which mail.
func (r *reader) delivery(e *forensics.Event) {
	number := r.get("event_info.mail_event_type")
	m := mailEvents[number]
	e.Kind, e.Folder, e.Detail = m.kind, m.folder, m.detail
	if m == (mailEvent{}) && number != "" {
		e.Detail = "mail_event_type " + number
	}
	if ok := r.get("event_info.success"); ok == "false" {
		e.Outcome = forensics.Failure
	}
	e.Subject = r.get("message_info.subject")
	e.MessageID = strings.Trim(r.get("message_info.rfc2822_message_id"), "<> ")
	e.From = cmp.Or(r.get("message_info.source.from_header_address"), r.get("message_info.source.address"))
	for i := range r.params {
		if r.params[i].name == "message_info.destination.address" {
			e.To = append(e.To, r.text(r.params[i].value))
		}
	}
	const context = "event_info.client_context."
	client := r.get(context + "client_type")
	switch client {
	case "IMAP", "POP3", "WEB":
		e.Protocol = strings.ToLower(client)
	}
	if e.Client == "" && e.Protocol == "" {
		e.Client = client
	}
	if delegate := r.get(context + "session_context.delegate_user_email"); delegate != "" {
		e.Actor = delegate
	}
	if stamp := r.get("event_info.timestamp_usec"); stamp != "" {
		r.micros(e, stamp, "Mail event")
	}
}

// fact identifies what happened wherever it is recorded. The time counts in
// milliseconds, because the API writes no more while Cloud Logging does. The parameters
// count, because an activity can hold several events of one name, which shippers
// split into records of their own; the number at the end tells apart those that are alike in all.
//
// An event that two application logs record has a qualifier of its own in each: there the moment, who acted, what,
// and the parameters make it the same. Empty where too little is known.
func (r *reader) fact(e *forensics.Event, twice bool) string {
	a := &r.act
	if a.time.Unreliable || a.time.IsZero() {
		return ""
	}
	who := a.app + "|" + a.qualifier
	switch {
	case twice && (e.Account != "" || e.Actor != ""):
		who = "account|" + strings.ToLower(e.Actor) + "|" + strings.ToLower(e.Account)
	case a.qualifier == "":
		return ""
	}
	sum := r.digest()
	key := "google|" + who + "|" + strconv.FormatInt(a.time.Nano/int64(time.Millisecond), 10) + "|" +
		strings.TrimSpace(e.Operation) + "|" + strconv.FormatUint(sum, 16) + "|"
	n := 0
	for i := range r.events[:min(len(r.events), maxAlike)] {
		if strings.HasPrefix(r.events[i].Fact, key) {
			n++
		}
	}
	return key + strconv.Itoa(n)
}

// maxAlike bounds the search for events alike in one record.
const maxAlike = 64

// digest is the same for the same parameters in any order; those without a value do
// not count, as not every shape of the log has them.
func (r *reader) digest() uint64 {
	const offset, prime = 14695981039346656037, 1099511628211 // FNV-1a
	var sum uint64
	for i := range r.params {
		value := r.text(r.params[i].value)
		if value == "" {
			continue
		}
		h := uint64(offset)
		for _, s := range [2]string{r.params[i].name, value} {
			for k := range len(s) {
				h = (h ^ uint64(s[k])) * prime
			}
			h = (h ^ 0xFF) * prime
		}
		sum += h
	}
	return sum
}

// snake writes loginFailure as login_failure.
func snake(s string) string {
	var b strings.Builder
	for i, c := range s {
		if c >= 'A' && c <= 'Z' {
			if i > 0 {
				b.WriteByte('_')
			}
			c += 'a' - 'A'
		}
		b.WriteRune(c)
	}
	return b.String()
}
