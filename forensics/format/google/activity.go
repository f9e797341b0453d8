package google

import (
	"cmp"
	"net/netip"
	"strconv"
	"strings"

	"github.com/valyala/fastjson"

	"keytrail/forensics"
	"keytrail/forensics/format"
)

// activity is what all events of one record share. Its values point into the parsed record.
type activity struct {
	id, actor, network *fastjson.Value
	events             *fastjson.Value
	ip                 *fastjson.Value
	proto              *fastjson.Value // Cloud Logging
	stamp              *fastjson.Value // Cloud Logging's timestamp
	typ, name          *fastjson.Value // where there is no events
	parameters         *fastjson.Value
	agent              string

	app       string
	qualifier string
	time      forensics.Time
	email     string
	acted     string // who acted, as written
	addr      netip.Addr
	host      string
	country   string
	asn       uint32
}

func (a *activity) clear() { *a = activity{} }

// visit notes the members of an activity or of a log entry.
func (a *activity) visit(o *fastjson.Object) {
	o.Visit(func(key []byte, v *fastjson.Value) {
		switch string(key) {
		case "id":
			a.id = v
		case "actor":
			a.actor = v
		case "ipAddress":
			a.ip = v
		case "networkInfo":
			a.network = v
		case "events":
			a.events = v
		case "protoPayload":
			a.proto = v
		case "timestamp":
			a.stamp = v
		case "name":
			a.name = v
		case "type":
			a.typ = v
		case "parameters":
			a.parameters = v
		}
	})
}

// settle reads the shared fields.
func (r *reader) settle() {
	a := &r.act
	if a.id != nil && a.id.Type() == fastjson.TypeObject {
		a.id.GetObject().Visit(func(key []byte, v *fastjson.Value) {
			switch string(key) {
			case "time":
				a.time = format.ReadTime(format.Text(v.GetStringBytes()), "Activity") // not interned: each is new
			case "uniqueQualifier":
				if a.qualifier = format.Text(v.GetStringBytes()); a.qualifier == "" {
					a.qualifier = r.text(v) // a number
				}
			case "applicationName":
				a.app = r.text(v)
			}
		})
	}
	if a.actor != nil && a.actor.Type() == fastjson.TypeObject {
		var caller, key, profile string
		a.actor.GetObject().Visit(func(k []byte, v *fastjson.Value) {
			switch string(k) {
			case "email":
				a.email = r.text(v)
			case "callerType":
				caller = r.text(v)
			case "key":
				key = r.text(v)
			case "profileId":
				profile = r.text(v)
			}
		})
		a.acted = cmp.Or(a.email, key, profile, caller)
	}
	if a.ip != nil {
		a.addr, a.host = format.ReadAddr(r.text(a.ip))
	}
	if a.network != nil {
		if c := r.text(a.network.Get("regionCode")); len(c) == 2 {
			a.country = c
		}
		if n, err := strconv.ParseUint(r.text(a.network.Get("ipAsn", "0")), 10, 32); err == nil {
			a.asn = uint32(n)
		}
	}
	if a.time.IsZero() {
		a.time.Unreliable, a.time.Desc = true, "Activity"
	}
}

// cloudLogging takes the shared fields from protoPayload, a google.cloud.audit.AuditLog
// (cloud.google.com/logging/docs/audit/gsuite-audit-logging, read 2026-11). The application's
// name is the first label of the service: login.googleapis.com.
func (r *reader) cloudLogging() {
	a := &r.act
	p := a.proto
	a.id, a.events = nil, nil
	service := r.text(p.Get("serviceName"))
	a.app, _, _ = strings.Cut(service, ".")
	if a.app == "oauth2" {
		a.app = "token"
	}
	a.email = r.text(p.Get("authenticationInfo", "principalEmail"))
	a.acted = a.email
	a.ip = p.Get("requestMetadata", "callerIp")
	a.agent = r.text(p.Get("requestMetadata", "callerSuppliedUserAgent"))
	a.events = p.Get("metadata", "event")
	a.qualifier = r.text(p.Get("metadata", "activityId", "uniqQualifier"))
	if a.stamp != nil {
		a.time = format.ReadTime(r.text(a.stamp), "Activity")
	}
	a.typ, a.parameters = nil, nil
	a.name = p.Get("methodName")
}

// text is a value as text; of an array its first elements.
func (r *reader) text(v *fastjson.Value) string {
	if v == nil || v.Type() != fastjson.TypeArray {
		return r.json.Text(v)
	}
	var parts []string
	for _, e := range v.GetArray() {
		if s := r.text(e); s != "" {
			parts = append(parts, s)
		}
		if len(parts) == maxValues {
			break
		}
	}
	return strings.Join(parts, ", ")
}

// maxValues is how many elements of a multiValue are read; Google's lists are short.
const maxValues = 64
