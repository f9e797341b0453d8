package google

import (
	"slices"
	"strings"

	"keytrail/forensics"
)

// rule says what an event name means.
type rule struct {
	kind    forensics.Kind
	outcome forensics.Outcome
	apps    []string // the application logs it is written to
	// twice marks events that two application logs record, each with its own uniqueQualifier.
	twice bool
	// detail and key name the parameters that go into Detail and Key.
	detail []string
	key    string
	desc   string // what the time means; "Activity" where empty
}

var (
	inLogin   = []string{"login"}
	inSignIn  = []string{"login", "saml"} // saml: signing in to other services through Google
	inAccount = []string{"login", "user_accounts"}
	inAdmin   = []string{"admin"}
	inToken   = []string{"token"}
)

// rules is the table of event names, from the appendices of the Admin SDK Reports API
// (developers.google.com/workspace/admin/reports/v1/appendix/activity/login, .../admin-user-settings,
// .../admin-domain-settings, .../user-accounts, .../token; read 2026-11).
//
// There is no documented event for an app password being created: only its
// removal by an administrator (REVOKE_ASP) is logged.
var rules = map[string]rule{
	"login_success":      {kind: forensics.LoginSucceeded, outcome: forensics.Success, apps: inSignIn, detail: []string{"login_type", "application_name"}, desc: "Login"},
	"login_failure":      {kind: forensics.LoginFailed, outcome: forensics.Failure, apps: inSignIn, detail: []string{"login_failure_type", "login_type", "failure_type", "application_name"}, desc: "Login"},
	"login_challenge":    {kind: forensics.Other, apps: inLogin, detail: []string{"login_challenge_method", "login_challenge_status"}, desc: "Login"},
	"login_verification": {kind: forensics.Other, apps: inLogin, detail: []string{"login_challenge_method", "login_challenge_status"}, desc: "Login"},
	"logout":             {kind: forensics.Other, apps: inLogin, detail: []string{"login_type"}, desc: "Logout"},

	// Alerts: type account_warning makes any other name one too.
	"risky_sensitive_action_allowed": {kind: forensics.Alert, outcome: forensics.Success, apps: inLogin, detail: []string{"sensitive_action_name"}},
	"risky_sensitive_action_blocked": {kind: forensics.Alert, outcome: forensics.Failure, apps: inLogin, detail: []string{"sensitive_action_name"}},

	"2sv_enroll":                     {kind: forensics.SecondFactorChanged, apps: inAccount, twice: true},
	"2sv_disable":                    {kind: forensics.SecondFactorChanged, apps: inAccount, twice: true},
	"titanium_enroll":                {kind: forensics.SecondFactorChanged, apps: inAccount, twice: true},
	"titanium_unenroll":              {kind: forensics.SecondFactorChanged, apps: inAccount, twice: true},
	"password_edit":                  {kind: forensics.PasswordChanged, apps: inAccount, twice: true},
	"recovery_email_edit":            {kind: forensics.RecoveryChanged, apps: inAccount, twice: true},
	"recovery_phone_edit":            {kind: forensics.RecoveryChanged, apps: inAccount, twice: true},
	"recovery_secret_qa_edit":        {kind: forensics.RecoveryChanged, apps: inAccount, twice: true},
	"email_forwarding_out_of_domain": {kind: forensics.ForwardingSet, apps: inAccount, twice: true, detail: []string{"email_forwarding_destination_address"}},

	"REVOKE_ASP":                       {kind: forensics.KeyRemoved, apps: inAdmin, key: "ASP_ID"},
	"CHANGE_PASSWORD":                  {kind: forensics.PasswordChanged, apps: inAdmin},
	"CHANGE_PASSWORD_ON_NEXT_LOGIN":    {kind: forensics.ResetRequested, apps: inAdmin, detail: []string{"NEW_VALUE"}},
	"ADD_RECOVERY_EMAIL":               {kind: forensics.RecoveryChanged, apps: inAdmin, detail: []string{"NEW_VALUE"}},
	"ADD_RECOVERY_PHONE":               {kind: forensics.RecoveryChanged, apps: inAdmin, detail: []string{"NEW_VALUE"}},
	"CHANGE_RECOVERY_EMAIL":            {kind: forensics.RecoveryChanged, apps: inAdmin, detail: []string{"NEW_VALUE"}},
	"CHANGE_RECOVERY_PHONE":            {kind: forensics.RecoveryChanged, apps: inAdmin, detail: []string{"NEW_VALUE"}},
	"RESET_SIGNIN_COOKIES":             {kind: forensics.SessionRevoked, apps: inAdmin},
	"REVOKE_3LO_DEVICE_TOKENS":         {kind: forensics.SessionRevoked, apps: inAdmin, detail: []string{"DEVICE_ID"}},
	"REVOKE_3LO_TOKEN":                 {kind: forensics.Other, apps: inAdmin, detail: []string{"APP_ID"}},
	"GENERATE_2SV_SCRATCH_CODES":       {kind: forensics.SecondFactorChanged, apps: inAdmin},
	"DELETE_2SV_SCRATCH_CODES":         {kind: forensics.SecondFactorChanged, apps: inAdmin},
	"REVOKE_SECURITY_KEY":              {kind: forensics.SecondFactorChanged, apps: inAdmin},
	"SECURITY_KEY_REGISTERED_FOR_USER": {kind: forensics.SecondFactorChanged, apps: inAdmin},
	"TURN_OFF_2_STEP_VERIFICATION":     {kind: forensics.SecondFactorChanged, apps: inAdmin},
	"AUTHORIZE_API_CLIENT_ACCESS":      {kind: forensics.ConsentGranted, apps: inAdmin, detail: []string{"API_CLIENT_NAME", "API_SCOPES"}},

	"authorize": {kind: forensics.ConsentGranted, apps: inToken, detail: []string{"app_name", "client_id"}},
	"revoke":    {kind: forensics.Other, apps: inToken, detail: []string{"app_name", "client_id"}},
	"activity":  {kind: forensics.Other, apps: inToken, detail: []string{"app_name", "client_id"}},
	"request":   {kind: forensics.Other, apps: inToken, detail: []string{"app_name", "client_id"}},
}

// find gives the rule of an event; one that gives "other" where there is none.
func find(app, typ, name string) rule {
	name = strings.TrimSpace(name)
	r, ok := rules[name]
	if ok && (app == "" || slices.Contains(r.apps, app)) {
		return r
	}
	if typ == "account_warning" {
		return rule{kind: forensics.Alert, apps: inLogin, desc: "Detection"}
	}
	return rule{detail: []string{"doc_title", "SETTING_NAME"}}
}

// mailEvent is what a number in event_info.mail_event_type means, after "Schema for Gmail logs
// in BigQuery" (support.google.com/a/answer/7230050; read 2026-11). Numbers
// without a row are kept as "other", with the number in Detail.
type mailEvent struct {
	kind   forensics.Kind
	folder string
	detail string // Google's words for it
}

var mailEvents = map[string]mailEvent{
	"1":  {kind: forensics.MailSent},
	"2":  {kind: forensics.MailReceived},
	"3":  {kind: forensics.Other, detail: "spam classification by user"},
	"4":  {kind: forensics.Other, detail: "late spam classification"},
	"5":  {kind: forensics.Other, detail: "quarantined"},
	"6":  {kind: forensics.Other, detail: "released from quarantine"},
	"7":  {kind: forensics.MailRead, detail: "first open"},
	"8":  {kind: forensics.Other, detail: "marked unread"},
	"9":  {kind: forensics.Other, detail: "first reply"},
	"10": {kind: forensics.Other, detail: "first forward"},
	"11": {kind: forensics.MailSent, detail: "auto-forward"},
	"12": {kind: forensics.MailMoved, detail: "to inbox"},
	"13": {kind: forensics.MailDeleted, detail: "to Trash"},
	"14": {kind: forensics.MailMoved, folder: "Trash", detail: "out of Trash"},
	"15": {kind: forensics.Other, detail: "link click"},
	"16": {kind: forensics.Other, detail: "link click in attachment"},
	"17": {kind: forensics.Other, detail: "attachment downloaded"},
	"18": {kind: forensics.Other, detail: "attachment saved to Drive"},
	"19": {kind: forensics.Other, detail: "attachment saved to Drive"},
	"20": {kind: forensics.Other, detail: "label changed"},
	"21": {kind: forensics.Other, detail: "label changed"},
	"22": {kind: forensics.Other, detail: "label changed"},
	"23": {kind: forensics.Other, detail: "label changed"},
	"24": {kind: forensics.Other, detail: "label changed"},
	"25": {kind: forensics.Other, detail: "label changed"},
	"26": {kind: forensics.MailMoved, detail: "archived"},
	"27": {kind: forensics.MailPurged},
	"28": {kind: forensics.Other, detail: "attachment preview"},
	"29": {kind: forensics.Other, detail: "draft"},
	"30": {kind: forensics.Other, detail: "bounced"},
	"31": {kind: forensics.MailRead, detail: "viewed"},
	"32": {kind: forensics.MailRead, detail: "downloaded"},
	"33": {kind: forensics.MailRead, detail: "app accessed on behalf of user"},
	"34": {kind: forensics.Other, detail: "delegation granted"},
}
