package okta

import (
	"strings"

	"keytrail/forensics"
)

// whose tells whose account an event is about.
type whose uint8

const (
	ofTarget whose = iota // the user that it was done to, the actor where there is none
	ofActor               // who acted, the user among the targets where he is no user
)

// names tells where the name of a key or thing stands.
type names uint8

const (
	noName names = iota
	nameOfKey
	nameOfApp
	nameOfFactor
)

// rule says what an event type means.
type rule struct {
	kind   forensics.Kind
	failed forensics.Kind // where the outcome is a failure; Other: as kind
	// tried says that the event is a login only where its outcome says so; CHALLENGE and the like are other.
	tried bool
	whose whose
	names names
	desc  string // what the time means; "Event" where empty
}

// login is an act that succeeded or failed.
var login = rule{kind: forensics.LoginSucceeded, failed: forensics.LoginFailed, tried: true, whose: ofActor, desc: "Login"}

// toApp is a sign-on to an application in a session that there is: no login to Okta, but somebody came in from somewhere.
var toApp = rule{kind: forensics.LoginSucceeded, failed: forensics.LoginFailed, tried: true, whose: ofActor, names: nameOfApp, desc: "Sign-on"}

// rules is the table of event types, by Okta's list of them (okta-event-types.csv, read 2026-11), which has some 1100.
//
// user.account.reset_password is "User's Okta password has been reset": it follows the mail or message of a self-service
// reset, or an administrator's act, and is taken as a changed password. That the mail was sent is a reset that began.
// An enrolled or removed factor is a changed second factor, as in the logs of other providers; keys are the tokens and
// client secrets that open Okta's API without a login. Never changed.
var rules = map[string]rule{
	"user.session.start":                      login,
	"user.authentication.auth_via_radius":     login,
	"user.authentication.auth_via_richclient": login,
	"user.authentication.sso":                 toApp,
	"app.oauth2.signon":                       toApp,
	// A factor that was refused is a login that failed; after one that was passed a session begins, with an event of its own.
	"user.authentication.auth_via_mfa":       {kind: forensics.Other, failed: forensics.LoginFailed, whose: ofActor, names: nameOfFactor, desc: "Login"},
	"user.mfa.okta_verify.deny_push":         {kind: forensics.LoginFailed, whose: ofActor, names: nameOfFactor, desc: "Login"},
	"application.policy.sign_on.deny_access": {kind: forensics.LoginFailed, whose: ofActor, names: nameOfApp, desc: "Sign-on"},

	"system.api_token.create":                 {kind: forensics.KeyCreated, whose: ofActor, names: nameOfKey},
	"system.api_token.revoke":                 {kind: forensics.KeyRemoved, whose: ofActor, names: nameOfKey},
	"app.oauth2.credentials.lifecycle.create": {kind: forensics.KeyCreated, whose: ofActor, names: nameOfKey},
	"app.oauth2.credentials.lifecycle.delete": {kind: forensics.KeyRemoved, whose: ofActor, names: nameOfKey},

	"user.account.update_password":             {kind: forensics.PasswordChanged},
	"user.account.reset_password":              {kind: forensics.PasswordChanged},
	"user.account.expire_password":             {kind: forensics.ResetRequested},
	"system.email.password_reset.sent_message": {kind: forensics.ResetRequested},
	"system.sms.send_password_reset_message":   {kind: forensics.ResetRequested},
	"system.voice.send_password_reset_call":    {kind: forensics.ResetRequested},

	"user.account.update_primary_email":   {kind: forensics.RecoveryChanged},
	"user.account.update_secondary_email": {kind: forensics.RecoveryChanged},

	"user.mfa.factor.activate":   {kind: forensics.SecondFactorChanged, names: nameOfFactor},
	"user.mfa.factor.deactivate": {kind: forensics.SecondFactorChanged, names: nameOfFactor},
	"user.mfa.factor.reset_all":  {kind: forensics.SecondFactorChanged, names: nameOfFactor},
	"user.mfa.factor.suspend":    {kind: forensics.SecondFactorChanged, names: nameOfFactor},
	"user.mfa.factor.unsuspend":  {kind: forensics.SecondFactorChanged, names: nameOfFactor},
	"user.mfa.factor.update":     {kind: forensics.SecondFactorChanged, names: nameOfFactor},

	"app.oauth2.consent.grant":       {kind: forensics.ConsentGranted, whose: ofActor, names: nameOfApp},
	"app.oauth2.as.consent.grant":    {kind: forensics.ConsentGranted, whose: ofActor, names: nameOfApp},
	"app.oauth2.admin.consent.grant": {kind: forensics.ConsentGranted, whose: ofActor, names: nameOfApp},

	"user.session.clear":                   {kind: forensics.SessionRevoked},
	"user.authentication.universal_logout": {kind: forensics.SessionRevoked, names: nameOfApp},
	"user.session.end":                     {kind: forensics.Other, whose: ofActor, desc: "Logout"},

	"user.account.report_suspicious_activity_by_enduser": {kind: forensics.Alert, whose: ofActor, desc: "Report"},
	"user.mfa.attempt_bypass":                            {kind: forensics.Alert, desc: "Detection"},
	"user.risk.detect":                                   {kind: forensics.Alert, desc: "Detection"},
	"user.session.context.change":                        {kind: forensics.Alert, desc: "Detection"},
	"security.threat.detected":                           {kind: forensics.Alert, whose: ofActor, desc: "Detection"},
	"security.attack.start":                              {kind: forensics.Alert, desc: "Detection"},
	"security.breached_credential.detected":              {kind: forensics.Alert, whose: ofActor, desc: "Detection"},
	"security.session.detect_client_roaming":             {kind: forensics.Alert, whose: ofActor, desc: "Detection"},
	"security.events.provider.receive_event":             {kind: forensics.Alert, desc: "Detection"},
	"app.oauth2.token.detect_reuse":                      {kind: forensics.Alert, whose: ofActor, names: nameOfApp, desc: "Detection"},
	"app.oauth2.as.token.detect_reuse":                   {kind: forensics.Alert, whose: ofActor, names: nameOfApp, desc: "Detection"},
	"system.api_token.request_outside_allowed_range":     {kind: forensics.Alert, whose: ofActor, desc: "Detection"},
	"system.oauth2.token.request_outside_allowed_range":  {kind: forensics.Alert, whose: ofActor, desc: "Detection"},
}

// outcomeOf reads outcome.result: SUCCESS, FAILURE, SKIPPED, ALLOW, DENY, CHALLENGE and UNKNOWN by the documentation of
// the API, RATE_LIMIT by that of security.threat.detected.
func outcomeOf(result string) forensics.Outcome {
	switch strings.ToUpper(result) {
	case "":
		return forensics.OutcomeNone
	case "SUCCESS", "ALLOW":
		return forensics.Success
	case "FAILURE", "DENY":
		return forensics.Failure
	}
	return forensics.OutcomeUnknown
}

// settle gives the kind that a type has with an outcome.
func (r *rule) settle(outcome forensics.Outcome) (forensics.Kind, forensics.Outcome) {
	switch {
	case r.kind == forensics.LoginFailed:
		return r.kind, forensics.Failure
	case outcome == forensics.Failure && r.failed != forensics.Other:
		return r.failed, outcome
	case r.tried && outcome != forensics.Success:
		return forensics.Other, forensics.OutcomeUnknown
	}
	return r.kind, outcome
}
