package microsoft

import (
	"bytes"
	"strings"

	"keytrail/forensics"
)

// requestNoise are values of RequestType that belong to steps inside a sign-in: they
// neither open nor refuse anything. In lower case.
//
// Source: the exclusions of public detection rules for UserLoggedIn and UserLoginFailed.
var requestNoise = map[string]bool{
	"cmsi:cmsi": true, "consent:set": true, "login:reprocess": true, "login:resume": true,
	"messageprompt:messageprompt": true, "sas:endauth": true, "sas:processauth": true, "kmsi:kmsi": true,
	"sspr:end": true, "saml2:processrequest": true, "deviceauth:reprocesstls": true, "wsfederation:wsfederation": true,
}

// logonNoise are values of LogonError that interrupt a sign-in without refusing it.
var logonNoise = map[string]bool{
	"userstrongauthenrollmentrequired": true, "userstrongauthclientauthnrequired": true, "userstrongauthexpired": true,
	"userstrongauthenrollmentrequiredinterrupt": true, "userstrongauthclientauthnrequiredinterrupt": true,
	"entitlementgrantsnotfound": true, "invalidreplyto": true, "ssoartifactexpiredduetoconditionalaccess": true,
	"passwordresetregistrationrequiredinterrupt": true, "cmsiinterrupt": true,
}

// login judges a sign-in. ResultStatus is of no use for it: "Succeeded" says that the HTTP
// exchange worked. cut says that the record is incomplete.
func (r *reader) login(e *forensics.Event, cut bool) {
	mailbox := strings.EqualFold(e.Operation, "MailboxLogin")
	if mailbox {
		if e.Outcome == forensics.Failure {
			e.Kind = forensics.LoginFailed
		} else {
			e.Outcome = forensics.Success
		}
		return
	}
	status := r.outcomeOfLogin()
	var request, detail []byte
	for _, p := range r.pairs(r.nested(fExtendedProperties)) {
		switch string(p.name) {
		case "UserAgent":
			if len(p.value) > 0 {
				e.Client = r.text.text(p.value)
			}
		case "RequestType":
			request = p.value
		case "ResultStatusDetail":
			detail = p.value
		}
	}
	if e.Session == "" {
		for _, p := range r.pairs(r.nested(fDeviceProperties)) {
			if string(p.name) == "SessionId" {
				e.Session = r.keep.text(p.value)
			}
		}
	}
	if len(e.Account) == 0 || strings.IndexByte(e.Account, '@') < 0 {
		if upn := r.upn(fActor); upn != "" {
			e.Account = upn
		}
	}
	switch e.Client {
	case "BAV2ROPC", "CBAInPROD":
		e.Detail = "legacy authentication"
	}
	logonError := r.get(fLogonError)
	switch {
	case cut:
		// What was cut off could say that it was a redirect or a prompt.
		e.Kind, e.Outcome = forensics.Other, forensics.OutcomeUnknown
	case bytes.EqualFold(detail, []byte("Redirect")):
		e.Kind, e.Detail, e.Outcome = forensics.Other, "Redirect", forensics.OutcomeUnknown
	case noise(requestNoise, request):
		e.Kind, e.Detail, e.Outcome = forensics.Other, r.text.text(request), forensics.OutcomeUnknown
	case noise(logonNoise, logonError):
		e.Kind, e.Detail, e.Outcome = forensics.Other, r.text.text(logonError), forensics.OutcomeUnknown
	case interrupts[string(r.get(fErrorCode))]:
		e.Kind, e.Outcome = forensics.Other, forensics.OutcomeUnknown
		e.Detail = r.text.text(r.first(fLogonError, fErrorCode))
	case e.Kind == forensics.LoginFailed, status == forensics.Failure:
		e.Kind, e.Outcome = forensics.LoginFailed, forensics.Failure
		if len(logonError) > 0 {
			e.Detail = r.text.text(logonError)
		} else if code := r.get(fErrorCode); len(code) > 0 && string(code) != "0" {
			e.Detail = r.text.text(code)
		}
	default:
		e.Outcome = forensics.Success
	}
}

// outcomeOfLogin reads ErrorCode and LogonError.
func (r *reader) outcomeOfLogin() forensics.Outcome {
	code := bytes.TrimSpace(r.get(fErrorCode))
	switch {
	case len(code) > 0 && string(code) != "0":
		return forensics.Failure
	case len(code) == 0 && len(r.get(fLogonError)) > 0:
		return forensics.Failure
	}
	return forensics.Success
}

func noise(list map[string]bool, b []byte) bool {
	if len(b) == 0 || len(b) > 64 {
		return false
	}
	var room [64]byte
	for i, c := range b {
		if c >= 'A' && c <= 'Z' {
			c += 'a' - 'A'
		}
		room[i] = c
	}
	return list[string(room[:len(b)])]
}

// upn finds the address among the IDs of an Actor or Target list.
func (r *reader) upn(f field) string {
	for _, p := range r.pairs(r.nested(f)) {
		if bytes.IndexByte(p.name, '@') > 0 && len(p.name) < 255 && bytes.IndexByte(p.name, ' ') < 0 {
			return r.address(p.name)
		}
	}
	return ""
}
