package okta

import (
	"strings"

	"github.com/valyala/fastjson"

	"keytrail/forensics/format"
)

// party is an actor or a target.
type party struct{ id, kind, alternate, display string }

// entry is what is read of one LogEvent, from an object or from a row of a table.
type entry struct {
	uuid, published, kind, message string
	actor                          party
	targets                        []party
	result, reason                 string
	ip, agent, country             string
	session, via                   string // authenticationContext.externalSessionId and .interface
	asn, org, isp, proxy           string
	transaction, token             string // transaction.type and .detail.requestApiTokenId
	factor, threat, risk           string // of debugData
	doubted, doubtedIP             string // of debugData: the event that a user reports
}

func (x *entry) clear() { *x = entry{targets: x.targets[:0]} }

// visit gives the members of an object by their folded names. What is no object has none.
func visit(v *fastjson.Value, f func(name string, v *fastjson.Value)) {
	if v == nil {
		return
	}
	v.GetObject().Visit(func(key []byte, v *fastjson.Value) {
		var room [longestName]byte
		f(fold(&room, key), v)
	})
}

// longestName is longer than any name of a member that is read.
const longestName = 32

// fold writes a name without case and underscores: data lakes fold the names that Okta writes in camel case. A name
// that is longer than any that is read gives an empty one.
func fold(room *[longestName]byte, key []byte) string {
	n := 0
	for _, c := range key {
		switch {
		case c == '_':
			continue
		case c >= 'A' && c <= 'Z':
			c += 'a' - 'A'
		}
		if n == longestName {
			return ""
		}
		room[n] = c
		n++
	}
	return members[string(room[:n])]
}

// members are the names that are read, by themselves, so that folding one makes no string. Never changed.
var members = func() map[string]string {
	m := map[string]string{}
	for _, name := range []string{"uuid", "published", "eventtype", "displaymessage", "actor", "target", "outcome", "result", "reason", "client",
		"ipaddress", "useragent", "rawuseragent", "geographicalcontext", "country", "authenticationcontext", "externalsessionid", "interface",
		"securitycontext", "asnumber", "asorg", "isp", "isproxy", "transaction", "type", "detail", "requestapitokenid", "debugcontext", "debugdata",
		"factor", "threatsuspected", "risk", "logonlysecuritydata", "suspiciousactivityeventip", "suspiciousactivityeventtype", "id", "alternateid", "displayname"} {
		m[name] = name
	}
	return m
}()

// read fills the entry from an object.
func (r *reader) read(v *fastjson.Value) {
	e := &r.entry
	e.clear()
	visit(v, func(name string, v *fastjson.Value) {
		switch name {
		case "uuid":
			e.uuid = format.Text(v.GetStringBytes()) // not interned: each is new
		case "published":
			e.published = format.Text(v.GetStringBytes())
		case "eventtype":
			e.kind = r.text(v)
		case "displaymessage":
			e.message = r.text(v)
		case "actor":
			e.actor = r.party(v)
		case "target":
			for _, t := range v.GetArray() {
				if len(e.targets) == maxTargets {
					r.doubt = "event has more targets than are read"
					break
				}
				e.targets = append(e.targets, r.party(t))
			}
		case "outcome", "client", "authenticationcontext", "securitycontext", "transaction":
			r.context(v)
		case "debugcontext":
			visit(v, func(name string, v *fastjson.Value) {
				if name == "debugdata" {
					r.debug(v)
				}
			})
		}
	})
}

// context reads the members of the objects whose members have names of their own.
func (r *reader) context(v *fastjson.Value) {
	e := &r.entry
	visit(v, func(name string, v *fastjson.Value) {
		switch name {
		case "result":
			e.result = r.text(v)
		case "reason":
			e.reason = r.text(v)
		case "ipaddress":
			e.ip = r.text(v)
		case "rawuseragent":
			e.agent = r.text(v)
		case "country":
			e.country = r.text(v)
		case "useragent", "geographicalcontext", "detail":
			r.context(v)
		case "externalsessionid":
			e.session = r.text(v)
		case "interface":
			e.via = r.text(v)
		case "asnumber":
			e.asn = r.text(v)
		case "asorg":
			e.org = r.text(v)
		case "isp":
			e.isp = r.text(v)
		case "isproxy":
			e.proxy = r.text(v)
		case "type":
			e.transaction = r.text(v)
		case "requestapitokenid":
			e.token = r.text(v)
		}
	})
}

// debug reads the few members of debugData that say what no other member does.
func (r *reader) debug(v *fastjson.Value) {
	e := &r.entry
	var logged string
	visit(v, func(name string, v *fastjson.Value) {
		switch name {
		case "factor":
			e.factor = r.text(v)
		case "threatsuspected":
			e.threat = r.text(v)
		case "suspiciousactivityeventtype":
			e.doubted = r.text(v)
		case "suspiciousactivityeventip":
			e.doubtedIP = r.text(v)
		case "risk":
			e.risk = level(v)
		case "logonlysecuritydata":
			logged = level(v)
		}
	})
	if e.risk == "" {
		e.risk = logged
	}
}

// level finds the level of risk that Okta saw: the text {reasons=..., level=HIGH}, the same as JSON, or JSON inside of
// a text. Low is what every sign-on has where risk is scored, and says nothing.
func level(v *fastjson.Value) string {
	const longest = 4 << 10
	if v == nil {
		return ""
	}
	text := v.GetStringBytes()
	if v.Type() == fastjson.TypeObject {
		if text = v.GetStringBytes("level"); text == nil {
			text = v.GetStringBytes("risk", "level")
		}
		return levelWord(string(text[:min(len(text), 16)]))
	}
	s := string(text[:min(len(text), longest)])
	if i := strings.Index(s, "level"); i >= 0 {
		return levelWord(strings.TrimLeft(s[i+len("level"):], `":= `))
	}
	return ""
}

func levelWord(s string) string {
	switch s = strings.ToUpper(s[:min(len(s), 8)]); {
	case strings.HasPrefix(s, "HIGH"):
		return "high"
	case strings.HasPrefix(s, "MEDIUM"):
		return "medium"
	}
	return ""
}

func (r *reader) party(v *fastjson.Value) (p party) {
	visit(v, func(name string, v *fastjson.Value) {
		switch name {
		case "id":
			p.id = r.text(v)
		case "type":
			p.kind = r.text(v)
		case "alternateid":
			p.alternate = r.text(v)
		case "displayname":
			p.display = r.text(v)
		}
	})
	return p
}

func (r *reader) text(v *fastjson.Value) string { return r.json.Text(v) }

// stated is a text, empty where Okta writes that it does not know.
func stated(s string) string {
	if s = strings.TrimSpace(s); strings.EqualFold(s, "unknown") || strings.EqualFold(s, "null") || s == "-" {
		return ""
	}
	return s
}

// name is what a party is called, the address first.
func (p *party) name() string {
	for _, s := range []string{p.alternate, p.display, p.id} {
		if s = stated(s); s != "" {
			return s
		}
	}
	return ""
}

// account is the address of a user, empty where the party is none or has none. Okta acts for itself as the
// SystemPrincipal system@okta.com.
func (p *party) account() string {
	if p.kind != "User" && p.kind != "" || strings.EqualFold(p.alternate, "system@okta.com") || !strings.Contains(p.alternate, "@") {
		return ""
	}
	return strings.ToLower(strings.TrimSpace(p.alternate))
}
