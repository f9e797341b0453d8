package microsoft

import (
	"bytes"
	"context"
	"strconv"
	"strings"

	"keytrail/forensics"
	"keytrail/forensics/format"
)

// EntraAudit reads the audit log of Entra ID (Azure Active Directory).
type EntraAudit struct{}

var _ format.Format = EntraAudit{}

// Name is stored in cases.
func (EntraAudit) Name() string { return "microsoft/entra-audit" }

// About describes the format.
func (EntraAudit) About() format.About {
	return format.About{
		Title:  "Entra ID audit log",
		Reads:  "JSON of Microsoft Graph (directoryAudits), of diagnostic settings (AuditLogs) and of Sentinel; CSV of the Entra portal",
		Gives:  []string{"key", "reset", "settings", "other"},
		HowTo:  "Entra admin center > Monitoring & health > Audit logs > Download; or GET https://graph.microsoft.com/v1.0/auditLogs/directoryAudits",
		Source: "directoryAudit resource type, https://learn.microsoft.com/graph/api/resources/directoryaudit",
	}
}

// Match looks for the names of the properties or columns.
func (EntraAudit) Match(h *format.Head) format.Guess {
	b := headText(h.Bytes)
	if len(b) == 0 {
		return format.Guess{}
	}
	if b[0] == '{' || b[0] == '[' {
		has := names(b)
		switch {
		case has("activitydisplayname", "activitydatetime") == 2 && has("targetresources", "initiatedby", "loggedbyservice") > 0:
			return format.Guess{Score: 92, Why: "JSON with the properties of directory audits"}
		case has("operationname", "category") == 2 && has("initiatedby", "targetresources", "activitydatetime", "loggedbyservice") >= 2:
			return format.Guess{Score: 85, Why: "JSON with properties of directory audits"}
		}
		return format.Guess{}
	}
	line, _, _ := bytes.Cut(b, []byte{'\n'})
	if column(line, "date (utc)") && column(line, "activity") && (column(line, "actortype") || column(line, "actordisplayname") || column(line, "service")) {
		return format.Guess{Score: 92, Why: "CSV with the columns of the Entra audit log"}
	}
	return format.Guess{}
}

// Parse reads one item to its end.
func (EntraAudit) Parse(ctx context.Context, in *format.Input, out format.Sink) error {
	f := newFlat(out)
	return f.parse(ctx, in, f.entra)
}

func (f *flat) audit(e *forensics.Event) bool {
	name := f.get("activitydisplayname", "activity", "operationname")
	if len(name) == 0 {
		return false
	}
	op := f.r.operation(name)
	e.Kind, e.Operation = op.kind, op.written
	f.time(e, "Activity", "activitydatetime", "dateutc", "time", "timegenerated")
	e.Outcome = outcome(f.get("result", "resulttype", "resultdescription"))
	e.Actor = text(f.get("initiatedby.user.userprincipalname", "actoruserprincipalname", "initiatedby.app.displayname",
		"initiatedby.app.serviceprincipalname", "actorserviceprincipalname", "actordisplayname", "initiatedby.user.displayname", "initiatedby.user.id", "identity"))
	if strings.Contains(e.Actor, "@") {
		e.Account = strings.ToLower(e.Actor)
	}
	f.from(e, "initiatedby.user.ipaddress", "calleripaddress", "ipaddress", "actoripaddress")
	f.fact(e, "entra-audit:", "id")
	for _, p := range append(f.list("additionaldetails", "key", "value", ""), f.numbered("additionaldetail", "key", "value", "")...) {
		if bytes.EqualFold(p.name, []byte("User-Agent")) || bytes.EqualFold(p.name, []byte("UserAgent")) {
			e.Client = text(p.value)
		}
	}
	if e.Client == "" {
		e.Client = text(f.get("useragent"))
	}
	var app string
	var changed []pair
	for i := range 20 {
		at, column := "targetresources."+strconv.Itoa(i)+".", "target"+strconv.Itoa(i+1)
		if upn := f.get(at+"userprincipalname", column+"userprincipalname"); bytes.IndexByte(upn, '@') > 0 {
			if e.Account == "" || !strings.Contains(e.Account, "@") || app == "" && i == 0 {
				e.Account = strings.ToLower(text(upn))
			}
		}
		if display := f.get(at+"displayname", column+"displayname"); app == "" && len(display) > 0 {
			app = text(display)
		}
		changed = append(changed, f.list("targetresources."+strconv.Itoa(i)+".modifiedproperties", "displayname", "newvalue", "oldvalue")...)
		changed = append(changed, f.numbered(column+"modifiedproperty", "name", "newvalue", "oldvalue")...)
	}
	switch op.look {
	case lookUser:
		e.Kind, e.Detail = modified(changed)
	case lookKey:
		e.Kind, e.Key = keyChange(changed, e.Kind)
		e.Detail = app
	case lookConsent:
		e.Detail = joinDetail(app, scopeOf(changed))
	}
	if e.Outcome == forensics.Failure && e.Detail == "" {
		e.Detail = text(f.get("resultreason", "resultdescription"))
	}
	return true
}

// numbered gives the entries of a list that a CSV spreads over columns: Target1ModifiedProperty1Name.
func (f *flat) numbered(prefix, name, value, old string) (out []pair) {
	for i := 1; i < 100; i++ {
		at := prefix + strconv.Itoa(i)
		n, ok := f.m[at+name]
		if !ok {
			break
		}
		out = append(out, pair{name: n, value: f.m[at+value], old: f.m[at+old]})
	}
	return out
}

// names gives a function that counts which property names stand in the start of a JSON text.
func names(b []byte) func(...string) int {
	lower := bytes.ToLower(b[:min(len(b), 32<<10)])
	return func(list ...string) (n int) {
		for _, name := range list {
			if bytes.Contains(lower, []byte(`"`+name+`"`)) {
				n++
			}
		}
		return n
	}
}
