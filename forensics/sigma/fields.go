package sigma

import (
	"slices"
	"strings"
)

// source is a format whose records rules can be asked about.
type source struct {
	format   string
	products []string
	services []string // empty: any
	// within begins the names of services that are one part of the log each, such as "google_workspace.login".
	within string
	fields []alias
	// envelopes are the paths below which a record may hold what rules ask for: its fields count as the record's own.
	envelopes []string
	// prefixes are what rules write before names that the records of this source have without them.
	prefixes []string
	// lists are the paths of lists whose elements are events of their own.
	lists [][]string
}

// alias gives what rules call a field where the records call it otherwise.
type alias struct {
	name   string
	from   []string            // paths; the values of all of them
	values map[string][]string // further words for a value in lower case; "*" is for all others, "%s" the value itself
	only   bool                // the words replace the value
}

// sources: which format holds the records of which product and service, and how the fields of the public rules of each
// are found in them. The names on the left are those that SigmaHQ's rules for these products use; those on the right are
// the vendors' own (Office 365 Management Activity API; Microsoft Graph signIn, riskDetection and directoryAudit, the same in
// diagnostic settings, in Sentinel's tables and in the columns of the portal's CSV; Admin SDK Reports API and Google's Cloud Logging; Okta's LogEvent, whose
// members SigmaHQ's rules name as Okta does, in either case).
var sources = []source{
	{
		format: "microsoft/unified-audit", products: []string{"m365"},
		envelopes: []string{"AuditData"},
		prefixes:  []string{"o365.audit."},
		fields: []alias{
			{name: "Operation", from: []string{"Operations"}},
			{name: "Workload", from: []string{"OfficeWorkload"}},
			{name: "ObjectId", from: []string{"OfficeObjectId"}},
			{name: "eventName", from: []string{"Operation", "Data.Name", "Name"}}, // alerts have their policy's name there
			{name: "eventSource", from: []string{"Workload", "Source"}},
			{name: "status", from: []string{"ResultStatus", "Status"}, values: outcomes},
			{name: "user", from: []string{"UserId"}},
			{name: "user.email", from: []string{"UserId"}},
			{name: "ClientIPAddress", from: []string{"ClientIP", "ClientIPAddress", "ActorIpAddress"}},
		},
	},
	{
		format: "microsoft/entra-signin", products: []string{"azure"}, services: []string{"signinlogs", "riskdetection"},
		envelopes: []string{"properties"},
		prefixes:  []string{"properties."},
		fields: []alias{
			{name: "ResultType", from: []string{"status.errorCode"}},
			{name: "ResultType", from: []string{"Sign-in error code"}, values: map[string][]string{"none": {"0"}, "*": {"%s"}}, only: true}, // CSV
			{name: "ResultDescription", from: []string{"status.failureReason", "status.additionalDetails", "Failure reason"}},
			{name: "ResultDescription", from: []string{"status.errorCode", "ResultType"}, values: done, only: true},
			{name: "Status", from: []string{"status.errorCode", "ResultType"}, values: done},
			{name: "properties.message", from: []string{"authenticationProtocol"}, values: map[string][]string{"devicecode": {"Device Code"}}},
			{name: "ClientApp", from: []string{"clientAppUsed"}},
			{name: "Location", from: []string{"location.countryOrRegion"}},
			{name: "AppId", from: []string{"Application ID"}},
			{name: "ResourceDisplayName", from: []string{"Resource"}},
			{name: "conditionalAccessStatus", from: []string{"Conditional Access"}},
			{name: "AuthenticationRequirement", from: []string{"Authentication requirement"}, values: map[string][]string{
				"single-factor authentication": {"singleFactorAuthentication"}, "multifactor authentication": {"multiFactorAuthentication"}, "multi-factor authentication": {"multiFactorAuthentication"}}},
			{name: "DeviceDetail.deviceId", from: []string{"Device ID"}},
			{name: "DeviceDetail.isCompliant", from: []string{"Compliant"}, values: map[string][]string{"yes": {"true"}, "no": {"false"}}},
			{name: "DeviceDetail.trustType", from: []string{"Join Type"}},
			{name: "riskEventType", from: []string{"riskEventTypes", "riskEventTypes_v2"}},
			{name: "Username", from: []string{"userPrincipalName"}},
		},
	},
	{
		format: "microsoft/entra-audit", products: []string{"azure"}, services: []string{"auditlogs", "audit"}, // "audit" is of one public rule
		envelopes: []string{"properties"},
		prefixes:  []string{"properties."},
		fields: []alias{
			{name: "properties.message", from: []string{"activityDisplayName", "operationName", "Activity"}},
			{name: "activityType", from: []string{"activityDisplayName", "operationName", "Activity"}},
			{name: "ActivityDisplayName", from: []string{"activityDisplayName", "operationName", "Activity"}},
			{name: "operationName", from: []string{"operationName", "activityDisplayName", "Activity"}},
			{name: "Status", from: []string{"result"}, values: outcomes},
			{name: "Status", from: []string{"resultReason"}},
			{name: "LoggedByService", from: []string{"Service"}},
			{name: "failure_status_reason", from: []string{"resultReason"}},
			{name: "properties.targetType", from: []string{"targetResources.type"}, values: map[string][]string{"serviceprincipal": {"service principal"}}},
			{name: "Initiatedby", from: []string{"initiatedBy.user.userPrincipalName", "initiatedBy.app.displayName", "ActorUserPrincipalName", "ActorDisplayName"}},
			{name: "Target", from: []string{"targetResources.displayName", "targetResources.userPrincipalName"}},
		},
	},
	{
		format: "google/workspace-audit", products: []string{"google_workspace", "gcp"}, within: "google_workspace",
		prefixes: []string{"protopayload.metadata.event."},
		lists:    [][]string{{"events"}, {"protoPayload", "metadata", "event"}},
		fields: []alias{
			{name: "eventName", from: []string{"events.name", "protoPayload.metadata.event.eventName", "name"}},
			{name: "eventType", from: []string{"events.type", "protoPayload.metadata.event.eventType", "type"}},
			{name: "eventService", from: []string{"protoPayload.serviceName"}},
			{name: "eventService", from: []string{"id.applicationName"}, values: googleServices, only: true},
			{name: "protoPayload.serviceName", from: []string{"id.applicationName"}, values: googleServices, only: true},
			{name: "applicationName", from: []string{"id.applicationName"}},
			{name: "user", from: []string{"actor.email", "protoPayload.authenticationInfo.principalEmail"}},
		},
	},
	{
		format: "okta/system-log", products: []string{"okta"}, // the rules' own service is "okta", and there is but one log
		envelopes: []string{"data.events", "detail", "event", "log", "json"},
		lists:     [][]string{{"data", "events"}},
		fields: []alias{
			{name: "alternateId", from: []string{"actor.alternateId"}},
			{name: "target.user.display.name", from: []string{"target.displayName"}},
		},
	},
}

// outcomes bring the words for an outcome to those that rules use, beside the original.
var outcomes = map[string][]string{
	"succeeded": {"success"}, "success": {"succeeded"}, "true": {"success", "succeeded"}, "partiallysucceeded": {"success"},
	"failed": {"failure"}, "failure": {"failed"}, "false": {"failure", "failed"},
}

// done are the words for the error code of a sign-in.
var done = map[string][]string{"0": {"Success"}, "*": {"Failure"}}

// googleServices are the services of Cloud Logging that hold what the Reports API calls an application.
//
// Source: "Google Workspace audit logs", https://cloud.google.com/logging/docs/audit/gsuite-audit-logging.
var googleServices = map[string][]string{
	"user_accounts": {"login.googleapis.com", "user_accounts.googleapis.com"}, "groups_enterprise": {"cloudidentity.googleapis.com", "groups_enterprise.googleapis.com"},
	"token": {"oauth2.googleapis.com", "token.googleapis.com"}, "*": {"%s.googleapis.com"},
}

// formatsFor tells which formats a rule is asked about, and what its records must meet before it is; unread is the
// log that it is about where keytrail does not read that.
func formatsFor(product, service, category string) (formats []string, first node, unread string) {
	product, service = strings.ToLower(product), strings.TrimPrefix(strings.ToLower(service), "azure.")
	if product == "" {
		for _, what := range []string{category, service} {
			if what != "" {
				return nil, nil, strings.ToLower(what) + " of any product"
			}
		}
		return nil, nil, ""
	}
	known := false
	for _, s := range sources {
		if !slices.Contains(s.products, product) {
			continue
		}
		known = true
		switch {
		case category != "" && service == "": // such as process_creation
			service = strings.ToLower(category)
			continue
		case s.within != "":
			part, ok := strings.CutPrefix(service, s.within)
			if !ok && (service != "" || product != s.within) {
				continue
			}
			if part = strings.TrimPrefix(part, "."); part != "" {
				first = ofService{spell("eventService"), part + ".googleapis.com"}
			}
		case service != "" && len(s.services) > 0 && !slices.Contains(s.services, service):
			continue
		}
		formats = append(formats, s.format)
	}
	switch {
	case len(formats) > 0:
		return formats, first, ""
	case known && service != "":
		return nil, nil, product + " (" + service + ")"
	}
	return nil, nil, product
}

// ofService asks whether a record is of the part of a log that a rule is about. One that does not say is.
type ofService struct{ name, service string }

func (o ofService) match(r *Record) bool {
	values := r.get(o.name)
	return len(values) == 0 || slices.ContainsFunc(values, func(v value) bool { return v.low == o.service })
}

// rename gives a record the names and words that rules use. Pairs do not count as what a name is from: anybody may call a
// mail rule as an operation is called.
func (s *source) rename(r *Record) {
	for _, e := range s.envelopes {
		r.lift(spell(e) + ".")
	}
	for _, a := range s.fields {
		name := spell(a.name)
		for _, path := range a.from {
			from := spell(path)
			for _, v := range slices.Concat(r.fields[from], r.named[from]) {
				if !a.only {
					r.call(name, strings.TrimSpace(v.raw)) // Entra ends some names of operations with a blank
				}
				words, ok := a.values[v.low]
				if !ok {
					words = a.values["*"]
				}
				for _, w := range words {
					r.call(name, strings.Replace(w, "%s", v.raw, 1))
				}
			}
		}
	}
	r.prefixes = s.prefixes
}

// call adds a value under a name that rules use, once.
func (r *Record) call(name, text string) {
	same := func(v value) bool { return v.raw == text }
	if !slices.ContainsFunc(r.fields[name], same) && !slices.ContainsFunc(r.named[name], same) {
		r.add(r.named, name, text)
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

// Match gives the rules that a raw record of a format meets, in the order of their files. A record that holds several
// events meets a rule where one of them does. The error is for a record that cannot be taken apart.
func (s *Set) Match(format string, raw []byte) ([]*Rule, error) {
	if !s.Wants(format) {
		return nil, nil
	}
	records, err := parseRecords(raw, sources[sourceOf(format)].lists)
	if err != nil {
		return nil, err
	}
	return s.hits(format, records), nil
}

// sourceOf gives the place of a format that rules are asked about.
func sourceOf(format string) int {
	return slices.IndexFunc(sources, func(s source) bool { return s.format == format })
}

// hits gives the rules that one of the records meets.
func (s *Set) hits(format string, records []*Record) (hits []*Rule) {
	for _, r := range records {
		sources[sourceOf(format)].rename(r)
	}
	for _, rule := range s.by[format] {
		if slices.ContainsFunc(records, rule.condition.match) {
			hits = append(hits, rule)
		}
	}
	return hits
}
