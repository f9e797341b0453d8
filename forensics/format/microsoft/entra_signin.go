package microsoft

import (
	"bytes"
	"context"
	"strconv"
	"strings"
	"time"

	"keytrail/forensics"
	"keytrail/forensics/format"
)

// EntraSignin reads the sign-in log of Entra ID.
type EntraSignin struct{}

var _ format.Format = EntraSignin{}

// zeroTime says that a row has no second time to learn from.
var zeroTime time.Time

// Name is stored in cases.
func (EntraSignin) Name() string { return "microsoft/entra-signin" }

// About describes the format.
func (EntraSignin) About() format.About {
	return format.About{
		Title:  "Entra ID sign-in log",
		Reads:  "JSON of Microsoft Graph (signIns, riskDetections), of diagnostic settings (SignInLogs, NonInteractiveUserSignInLogs) and of Sentinel; CSV of the Entra portal",
		Gives:  []string{"login", "other"},
		HowTo:  "Entra admin center > Monitoring & health > Sign-in logs > Download; or GET https://graph.microsoft.com/v1.0/auditLogs/signIns (kept for 7 or 30 days)",
		Source: "signIn resource type, https://learn.microsoft.com/graph/api/resources/signin",
	}
}

// Match looks for the names of the properties or columns.
func (EntraSignin) Match(h *format.Head) format.Guess {
	b := headText(h.Bytes)
	if len(b) == 0 {
		return format.Guess{}
	}
	if b[0] == '{' || b[0] == '[' {
		has := names(b)
		switch {
		case has("createddatetime", "ipaddress") == 2 && has("clientappused", "appdisplayname", "isinteractive", "conditionalaccessstatus", "devicedetail", "riskeventtype") >= 2:
			return format.Guess{Score: 92, Why: "JSON with the properties of sign-ins"}
		case has("riskeventtype") == 1 && has("detecteddatetime", "activitydatetime", "risklevel", "riskstate") >= 2:
			return format.Guess{Score: 90, Why: "JSON with the properties of risk detections"}
		case has("signinlogs", "noninteractiveusersigninlogs", "serviceprincipalsigninlogs", "managedidentitysigninlogs") > 0 && has("category") == 1:
			return format.Guess{Score: 90, Why: "JSON of the category of sign-in logs"}
		}
		return format.Guess{}
	}
	line, _, _ := bytes.Cut(b, []byte{'\n'})
	n := 0
	for _, name := range []string{"request id", "ip address", "client app", "sign-in error code", "username", "status", "application"} {
		if column(line, name) {
			n++
		}
	}
	if (column(line, "date (utc)") || column(line, "date")) && n >= 4 {
		return format.Guess{Score: 92, Why: "CSV with the columns of the Entra sign-in log"}
	}
	return format.Guess{}
}

// Parse reads one item to its end.
func (EntraSignin) Parse(ctx context.Context, in *format.Input, out format.Sink) error {
	f := newFlat(out)
	return f.parse(ctx, in, f.entra)
}

// interrupts are error codes that ask for a further step: the sign-in is neither done nor
// refused. Never changed.
//
// Source: "Microsoft Entra authentication and authorization error codes".
var interrupts = map[string]bool{
	"16000": true, "16001": true, "50058": true, "50072": true, "50074": true, "50076": true, "50079": true,
	"50097": true, "50125": true, "50127": true, "50129": true, "50140": true, "50199": true, "50203": true, "51006": true, "65001": true,
}

func (f *flat) signin(e *forensics.Event) bool {
	stamp := []string{"createddatetime", "dateutc", "date", "activitydatetime", "time", "timegenerated"}
	if len(f.get(stamp...)) == 0 {
		return false
	}
	f.time(e, "Sign-in", stamp...)
	e.Operation = text(f.get("operationname", "category"))
	if e.Operation == "" {
		e.Operation = "Sign-in"
	}
	who := f.get("userprincipalname", "username", "identity", "serviceprincipalname", "user", "userdisplayname")
	e.Actor = text(who)
	if upn := f.get("userprincipalname", "username", "signinidentifier"); bytes.IndexByte(upn, '@') > 0 {
		e.Account = strings.ToLower(text(upn))
	}
	f.from(e, "ipaddress", "calleripaddress")
	f.place(e)
	used := f.get("clientappused", "clientapp")
	e.Protocol = protocolOfApp(used)
	e.Client = text(f.get("useragent"))
	if e.Client == "" {
		e.Client = text(used)
	}
	e.Session = text(f.get("sessionid"))
	f.fact(e, "entra-signin:", "id", "requestid")
	if risk := f.get("riskeventtype"); len(risk) > 0 {
		e.Kind, e.Operation, e.Detail = forensics.Alert, "riskDetection", text(risk)
		e.Fact = strings.Replace(e.Fact, "entra-signin:", "entra-risk:", 1)
		return true
	}
	f.verdict(e)
	return true
}

// verdict tells whether the sign-in was done, refused or interrupted.
func (f *flat) verdict(e *forensics.Event) {
	code := string(f.get("status.errorcode", "signinerrorcode", "resulttype"))
	status := strings.ToLower(string(f.get("status", "resultsignature")))
	reason := text(f.get("status.failurereason", "failurereason", "resultdescription"))
	switch {
	case interrupts[code], strings.HasPrefix(status, "interrupted"):
		e.Kind, e.Outcome, e.Detail = forensics.Other, forensics.OutcomeUnknown, reason
		if e.Detail == "" {
			e.Detail = code
		}
		return
	case code == "0", strings.EqualFold(code, "success"), code == "" && status == "success":
		e.Kind, e.Outcome = forensics.LoginSucceeded, forensics.Success
	case code == "" && status != "failure":
		e.Kind, e.Outcome = forensics.Other, forensics.OutcomeUnknown // neither is said
	default:
		e.Kind, e.Outcome, e.Detail = forensics.LoginFailed, forensics.Failure, reason
		if reason == "" || strings.EqualFold(reason, "other.") {
			e.Detail = code
		}
	}
	var more []string
	if e.Detail != "" {
		more = append(more, e.Detail)
	}
	if string(f.get("isinteractive")) == "false" {
		more = append(more, "not interactive")
	}
	if bytes.EqualFold(f.get("authenticationprotocol"), []byte("ropc")) {
		more = append(more, "password sent by the client (ROPC)")
	}
	switch level := strings.ToLower(string(f.get("risklevelduringsignin"))); level {
	case "low", "medium", "high":
		more = append(more, "risk "+level)
	}
	e.Detail = strings.Join(more, ", ")
}

// place reads country and network.
func (f *flat) place(e *forensics.Event) {
	country := f.get("location.countryorregion", "locationdetails.countryorregion")
	if len(country) == 0 {
		country = f.get("location") // City, State, CC
		country = bytes.TrimSpace(country[bytes.LastIndexByte(country, ',')+1:])
	}
	if len(country) == 2 && country[0] >= 'A' && country[0] <= 'Z' && country[1] >= 'A' && country[1] <= 'Z' {
		e.Country = string(country)
	}
	if n, err := strconv.ParseUint(string(f.get("autonomoussystemnumber")), 10, 32); err == nil {
		e.ASN = uint32(n)
	}
}

// protocolOfApp reads clientAppUsed.
func protocolOfApp(b []byte) string {
	switch strings.ToLower(string(b[:min(len(b), 64)])) {
	case "imap4", "imap":
		return "imap"
	case "pop3", "pop":
		return "pop3"
	case "authenticated smtp", "smtp":
		return "smtp"
	case "exchange activesync":
		return "activesync"
	case "exchange web services":
		return "ews"
	case "mapi over http", "outlook anywhere", "outlook anywhere (rpc over http)":
		return "mapi"
	case "browser":
		return "web"
	}
	return ""
}
