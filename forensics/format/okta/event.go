package okta

import (
	"cmp"
	"strconv"
	"strings"

	"keytrail/forensics"
	"keytrail/forensics/format"
)

// add makes an event of the entry. One without a type says nothing and is left out.
func (r *reader) add() {
	x := &r.entry
	if x.kind == "" {
		return
	}
	rule, known := rules[x.kind]
	e := forensics.Event{
		Operation: x.kind, Service: service, Actor: x.actor.name(), Account: x.account(&rule),
		Client: stated(x.agent), Session: stated(x.session), Country: countryCode(stated(x.country)), Org: stated(x.org),
	}
	e.Kind, e.Outcome = rule.settle(outcomeOf(x.result))
	password := strings.HasPrefix(strings.ToUpper(x.factor), "PASSWORD")
	if password && x.kind == "user.authentication.auth_via_mfa" {
		e.Kind = forensics.Other // Identity Engine writes it beside the session that did not begin: one failure, not two
	}
	if e.Org == "" {
		e.Org = stated(x.isp)
	}
	if n, err := strconv.ParseUint(x.asn, 10, 32); err == nil {
		e.ASN = uint32(n)
	}
	e.IP, e.Host = format.ReadAddr(stated(x.ip))
	desc := rule.desc
	if desc == "" {
		desc = "Event"
	}
	// Times are RFC 3339, by Okta's documentation, in UTC in every sample seen; shippers rewrite them.
	e.Time = format.ReadTime(strings.TrimSpace(x.published), desc)
	if e.Time.IsZero() {
		r.doubt = "time cannot be read"
	}
	if e.Kind.Group() == forensics.GroupLogin {
		e.Protocol = x.protocol()
	}
	if x.uuid != "" {
		e.Fact = "okta:" + strings.ToLower(x.uuid)
	}
	if rule.names == nameOfKey {
		e.Key = x.thing("Token", "")
	}
	e.Detail = x.detail(&rule, known)
	r.events = append(r.events, e)
}

// account tells whose account it is.
func (x *entry) account(r *rule) string {
	actor := x.actor.account()
	if r.whose == ofActor && actor != "" {
		return actor
	}
	for i := range x.targets {
		if t := &x.targets[i]; t.kind == "User" {
			if a := t.account(); a != "" {
				return a
			}
		}
	}
	return actor
}

// protocol says how somebody came in, as far as the record does. A transaction WEB is a request of the web.
func (x *entry) protocol() string {
	switch {
	case x.kind == "user.authentication.auth_via_radius":
		return "radius"
	case x.kind == "user.authentication.auth_via_richclient": // a mail program, through Okta
		return ""
	case x.transaction == "WEB":
		return "web"
	}
	return ""
}

// thing is the name of the first target of a type, or of the first that is nobody; empty where there is none.
func (x *entry) thing(kind, or string) string {
	for _, want := range [2]string{kind, or} {
		for i := range x.targets {
			if t := &x.targets[i]; want != "" && t.kind == want {
				return cmp.Or(stated(t.display), stated(t.alternate), stated(t.id))
			}
		}
	}
	for i := range x.targets {
		if t := &x.targets[i]; t.kind != "User" && t.kind != "AppUser" {
			return cmp.Or(stated(t.display), stated(t.alternate), stated(t.id))
		}
	}
	return ""
}

// detail is what the record says further: the application or factor, the reason, and what Okta itself thinks of it.
func (x *entry) detail(r *rule, known bool) string {
	var parts []string
	add := func(s string) {
		if s == "" {
			return
		}
		for _, have := range parts {
			if strings.Contains(have, s) {
				return
			}
		}
		parts = append(parts, s)
	}
	add(stated(x.reason))
	switch {
	case !known: // Okta's sentence for the type
		add(stated(x.message))
		add(x.thing("AppInstance", ""))
	case r.names == nameOfApp:
		app := x.thing("AppInstance", "PublicClientApp")
		if app != "" && r.desc == toApp.desc {
			app = "to " + app
		}
		add(app)
	case r.names == nameOfFactor:
		add(cmp.Or(stated(x.factor), x.thing("AuthenticatorEnrollment", "")))
	}
	if s := stated(x.doubted); s != "" {
		add("about " + s)
	}
	if s := stated(x.doubtedIP); s != "" {
		add("from " + s)
	}
	if r.tried {
		add(stated(x.via))
	}
	if strings.EqualFold(x.proxy, "true") {
		add("proxy")
	}
	if strings.EqualFold(x.threat, "true") {
		add("threatSuspected")
	}
	if x.risk != "" {
		add("risk " + x.risk)
	}
	if t := stated(x.token); t != "" {
		add("by API token " + t)
	}
	return strings.Join(parts, ", ")
}
