package okta

import (
	"net/netip"
	"strconv"
	"strings"
	"time"

	"keytrail/forensics"
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
	e.IP, e.Host = readIP(stated(x.ip))
	desc := rule.desc
	if desc == "" {
		desc = "Event"
	}
	e.Time = readTime(strings.TrimSpace(x.published), desc)
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
				return firstOf(stated(t.display), stated(t.alternate), stated(t.id))
			}
		}
	}
	for i := range x.targets {
		if t := &x.targets[i]; t.kind != "User" && t.kind != "AppUser" {
			return firstOf(stated(t.display), stated(t.alternate), stated(t.id))
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
		add(firstOf(stated(x.factor), x.thing("AuthenticatorEnrollment", "")))
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

func firstOf(texts ...string) string {
	for _, s := range texts {
		if s != "" {
			return s
		}
	}
	return ""
}

// readTime reads the time that an event was published: RFC 3339, by Okta's documentation, in UTC in every sample seen.
// Shippers rewrite it with a space and without a zone, which is then unknown.
func readTime(s, desc string) forensics.Time {
	t, err := time.Parse(time.RFC3339Nano, s)
	if err == nil {
		return forensics.UTC(t, fraction(s), s, desc)
	}
	if t, err = time.Parse("2006-01-02 15:04:05.999999999Z07:00", s); err == nil {
		return forensics.UTC(t, fraction(s), s, desc)
	}
	if t, err = time.Parse("2006-01-02 15:04:05.999999999 MST", s); err == nil && strings.HasSuffix(s, " UTC") {
		return forensics.UTC(t, fraction(s), s, desc)
	}
	for _, layout := range []string{"2006-01-02 15:04:05.999999999", "2006-01-02T15:04:05.999999999"} {
		if t, err = time.Parse(layout, s); err == nil {
			return forensics.Wall(t, fraction(s), s, desc)
		}
	}
	return forensics.Time{Unreliable: true, Original: s, Desc: desc}
}

// fraction tells the precision from the digits behind the point.
func fraction(s string) forensics.Precision {
	i := strings.LastIndexByte(s, '.')
	if i < 0 {
		return forensics.PrecisionSecond
	}
	n := 0
	for _, c := range s[i+1:] {
		if c < '0' || c > '9' {
			break
		}
		n++
	}
	return forensics.PrecisionOf(n)
}

// readIP reads an address; what is none is kept as the name of a host.
func readIP(s string) (netip.Addr, string) {
	s = strings.Trim(s, "[]")
	addr, err := netip.ParseAddr(s)
	if err != nil {
		return netip.Addr{}, s
	}
	return addr.Unmap().WithZone(""), ""
}
