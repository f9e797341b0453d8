package sigma

import (
	"fmt"
	"slices"
	"strings"
)

// source is a format whose records rules can be asked about.
type source struct {
	format   string
	product  string
	services []string // empty: any
	fields   []alias
	// envelopes are the paths below which a record may hold what rules ask for: its fields count as the record's own.
	envelopes []string
}

// alias gives what rules call a field where the records call it otherwise.
type alias struct {
	name   string
	from   []string // paths; the values of all of them
	values map[string]string
}

// sources: which format holds the records of which product and service, and how the fields of the public rules of each
// are found in them. The names on the left are those that SigmaHQ's rules for these products use; those on the right are
// the vendors' own (Office 365 Management Activity API; Microsoft Graph signIn and directoryAudit; Admin SDK Reports API; Okta's
// LogEvent, whose members SigmaHQ's rules name as Okta does, in either case).
var sources = []source{
	{
		format: "microsoft/unified-audit", product: "m365",
		fields: []alias{
			{name: "eventName", from: []string{"Operation", "Data.Name", "Name"}},
			{name: "eventSource", from: []string{"Workload", "Source"}},
			{name: "status", from: []string{"ResultStatus", "Status"}, values: success},
			{name: "user", from: []string{"UserId"}},
			{name: "ClientIPAddress", from: []string{"ClientIP", "ClientIPAddress", "ActorIpAddress"}},
		},
	},
	{
		format: "microsoft/entra-signin", product: "azure", services: []string{"signinlogs", "riskdetection"},
		fields: []alias{
			{name: "ResultType", from: []string{"status.errorCode"}},
			{name: "ResultDescription", from: []string{"status.failureReason", "status.additionalDetails"}},
			{name: "Status", from: []string{"status.errorCode"}, values: map[string]string{"0": "Success", "*": "Failure"}},
			{name: "ClientApp", from: []string{"clientAppUsed"}},
			{name: "Location", from: []string{"location.countryOrRegion"}},
			{name: "UserAgent", from: []string{"userAgent"}},
			{name: "IPAddress", from: []string{"ipAddress"}},
			{name: "riskEventType", from: []string{"riskEventTypes", "riskEventTypes_v2"}},
			{name: "Username", from: []string{"userPrincipalName"}},
		},
	},
	{
		format: "microsoft/entra-audit", product: "azure", services: []string{"auditlogs", "pim"},
		fields: []alias{
			{name: "properties.message", from: []string{"activityDisplayName", "operationName"}},
			{name: "operationName", from: []string{"activityDisplayName", "operationName"}},
			{name: "Status", from: []string{"result"}, values: success},
			{name: "Initiatedby", from: []string{"initiatedBy.user.userPrincipalName", "initiatedBy.app.displayName"}},
			{name: "Target", from: []string{"targetResources.displayName", "targetResources.userPrincipalName"}},
		},
	},
	{
		format: "google/workspace-audit", product: "google_workspace",
		fields: []alias{
			{name: "eventName", from: []string{"events.name"}},
			{name: "eventType", from: []string{"events.type"}},
			{name: "eventService", from: []string{"id.applicationName"}, values: map[string]string{"*": "%s.googleapis.com"}},
			{name: "applicationName", from: []string{"id.applicationName"}},
			{name: "user", from: []string{"actor.email"}},
		},
	},
	{
		format: "okta/system-log", product: "okta", // the rules' own service is "okta", and there is but one log
		envelopes: []string{"data.events", "detail", "event", "log", "json"},
		fields: []alias{
			{name: "alternateId", from: []string{"actor.alternateId"}},
		},
	},
}

// success brings the words for an outcome to the one that rules use, beside the original.
var success = map[string]string{"succeeded": "success", "success": "success", "true": "success", "partiallysucceeded": "success", "failed": "failure", "failure": "failure", "false": "failure"}

// formatsFor tells which formats a rule is asked about.
func formatsFor(product, service, category string) ([]string, error) {
	product, service = strings.ToLower(product), strings.ToLower(service)
	if product == "" {
		return nil, fmt.Errorf("it is for %q of any product, and keytrail reads the logs of m365, azure, google_workspace and okta", category)
	}
	var known bool
	var out []string
	for _, s := range sources {
		if s.product != product {
			continue
		}
		known = true
		if service == "" || len(s.services) == 0 || slices.Contains(s.services, service) {
			out = append(out, s.format)
		}
	}
	switch {
	case !known:
		return nil, fmt.Errorf("keytrail reads no logs of %q", product)
	case len(out) == 0:
		return nil, fmt.Errorf("keytrail reads no %s of %s", service, product)
	}
	return out, nil
}

// rename adds to a record the names that rules use.
func (s *source) rename(r *Record) {
	for _, e := range s.envelopes {
		r.lift(spell(e) + ".")
	}
	for _, a := range s.fields {
		var values []string
		for _, path := range a.from {
			for _, v := range r.get(spell(path)) {
				to, ok := a.values[strings.ToLower(v)]
				if !ok {
					to, ok = a.values["*"], a.values["*"] != ""
				}
				switch {
				case ok && strings.Contains(to, "%s"):
					values = append(values, strings.Replace(to, "%s", v, 1))
				case ok:
					values = append(values, v, to)
				default:
					values = append(values, v)
				}
			}
		}
		for _, v := range values {
			if !slices.Contains(r.get(spell(a.name)), v) {
				r.add(a.name, v)
			}
		}
	}
}

// Wants reports whether any rule asks about records of a format.
func (s *Set) Wants(format string) bool { return len(s.by[format]) > 0 }

// Formats lists the formats that rules ask about, sorted.
func (s *Set) Formats() []string {
	var out []string
	for f := range s.by {
		out = append(out, f)
	}
	slices.Sort(out)
	return out
}

// Match gives the rules that a raw record of a format meets, in the order of their files. The error is for a
// record that cannot be taken apart.
func (s *Set) Match(format string, raw []byte) ([]*Rule, error) {
	rules := s.by[format]
	if len(rules) == 0 {
		return nil, nil
	}
	r, err := parseRecord(raw)
	if err != nil {
		return nil, err
	}
	for i := range sources {
		if sources[i].format == format {
			sources[i].rename(r)
		}
	}
	var hits []*Rule
	for _, rule := range rules {
		if rule.condition.match(r) {
			hits = append(hits, rule)
		}
	}
	return hits, nil
}
