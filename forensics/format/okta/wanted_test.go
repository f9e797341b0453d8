package okta

// wanted are the events of each file in testdata/system-log, as lines writes them.
var wanted = map[string][]string{
	"api.json": {
		"2026-03-02T08:00:00.123Z login-succeeded user.session.start account=pat@example.com outcome=success ip=198.51.100.7 country=DE asn=64496 protocol=web session=102ExampleSession-1",
		"2026-03-09T03:10:00.001Z login-failed user.session.start account=pat@example.com outcome=failure ip=203.0.113.77 country=NL asn=64511 protocol=web session=102ExampleSession-2 detail=INVALID_CREDENTIALS, proxy, threatSuspected",
		"2026-03-09T03:10:00.002Z other user.authentication.auth_via_mfa account=pat@example.com outcome=failure ip=203.0.113.77 country=NL asn=64511 session=102ExampleSession-2 detail=INVALID_CREDENTIALS, PASSWORD_AS_FACTOR, proxy",
		"2026-03-09T03:11:00.000Z login-failed user.authentication.auth_via_mfa account=pat@example.com outcome=failure ip=203.0.113.77 country=NL asn=64511 protocol=web session=102ExampleSession-2 detail=User rejected Okta push verify, OKTA_VERIFY_PUSH, proxy",
		"2026-03-09T03:12:07.500Z login-succeeded user.session.start account=pat@example.com outcome=success ip=203.0.113.77 country=NL asn=64511 protocol=web session=102ExampleSession-2 detail=proxy, risk high",
		"2026-03-09T03:12:40.000Z login-succeeded user.authentication.sso account=pat@example.com outcome=success ip=203.0.113.77 country=NL asn=64511 protocol=web session=102ExampleSession-2 detail=to Example Mail, proxy",
		"2026-03-09T03:13:30.000Z other user.session.start account=pat@example.com outcome=unknown ip=203.0.113.77 country=NL asn=64511 session=102ExampleSession-2 detail=proxy",
		"2026-03-09T03:14:00.000Z login-failed user.session.start account=nobody@example.com outcome=failure ip=203.0.113.77 country=NL asn=64511 protocol=web session=102ExampleSession-2 detail=VERIFICATION_ERROR, proxy",
	},
	"console.csv": {
		"2026-03-02T08:00:00.123Z login-succeeded user.session.start account=pat@example.com outcome=success ip=198.51.100.7 country=DE protocol=web session=102ExampleSession-1",
		"2026-03-09T03:12:07.500Z login-succeeded user.session.start account=pat@example.com outcome=success ip=203.0.113.77 country=NL protocol=web session=102ExampleSession-2",
		"2026-03-09T03:16:00.000Z key-created system.api_token.create account=pat@example.com outcome=success ip=203.0.113.77 country=NL session=102ExampleSession-2 key=backup-2",
		"2026-03-09T03:17:00.000Z reset-requested system.email.password_reset.sent_message account=pat@example.com actor=system@okta.com outcome=success",
	},
	"hook.json": {
		"2026-03-09T03:14:00.000Z second-factor-changed user.mfa.factor.deactivate account=pat@example.com outcome=success ip=203.0.113.77 country=NL asn=64511 session=102ExampleSession-2 detail=User reset OKTA_VERIFY_PUSH factor, proxy",
		"2026-03-09T03:14:30.000Z second-factor-changed user.mfa.factor.activate account=pat@example.com outcome=success ip=203.0.113.77 country=NL asn=64511 session=102ExampleSession-2 detail=User set up SIGNED_NONCE factor, proxy",
	},
	"lines.jsonl": {
		"2026-03-09T03:14:00.000Z second-factor-changed user.mfa.factor.deactivate account=pat@example.com outcome=success ip=203.0.113.77 country=NL asn=64511 session=102ExampleSession-2 detail=User reset OKTA_VERIFY_PUSH factor, proxy",
		"2026-03-09T03:14:30.000Z second-factor-changed user.mfa.factor.activate account=pat@example.com outcome=success ip=203.0.113.77 country=NL asn=64511 session=102ExampleSession-2 detail=User set up SIGNED_NONCE factor, proxy",
		"2026-03-09T03:15:00.000Z second-factor-changed user.mfa.factor.reset_all account=pat@example.com actor=admin@example.com outcome=success ip=198.51.100.7 country=DE asn=64496 session=102ExampleSession-1",
		"2026-03-09T03:16:00.000Z key-created system.api_token.create account=pat@example.com outcome=success ip=203.0.113.77 country=NL asn=64511 session=102ExampleSession-2 key=backup-2 detail=proxy",
		"2026-03-09T04:16:00.000Z key-removed system.api_token.revoke account=admin@example.com outcome=success ip=198.51.100.7 country=DE asn=64496 session=102ExampleSession-1 key=backup-2",
		"2026-03-09T03:17:00.000Z reset-requested system.email.password_reset.sent_message account=pat@example.com actor=system@okta.com outcome=success",
		"2026-03-09T03:18:00.000Z password-changed user.account.reset_password account=pat@example.com outcome=success ip=203.0.113.77 country=NL asn=64511 session=102ExampleSession-2 detail=proxy",
		"2026-03-09T03:19:00.000Z password-changed user.account.update_password account=pat@example.com outcome=failure ip=203.0.113.77 country=NL asn=64511 session=102ExampleSession-2 detail=Password requirements were not met, proxy",
		"2026-03-09T03:20:00.000Z recovery-changed user.account.update_secondary_email account=pat@example.com outcome=success ip=203.0.113.77 country=NL asn=64511 session=102ExampleSession-2 detail=proxy",
		"2026-03-09T05:00:00.000Z session-revoked user.session.clear account=pat@example.com actor=admin@example.com outcome=success ip=198.51.100.7 country=DE asn=64496 session=102ExampleSession-1 detail=by API token 00T9example",
	},
	"shipped.csv": {
		"2026-03-09T03:12:40.000Z login-succeeded user.authentication.sso account=pat@example.com outcome=success ip=203.0.113.77 asn=64511 detail=to Mail, proxy",
		"2026-03-09T03:15:00.000Z second-factor-changed user.mfa.factor.reset_all account=pat@example.com actor=admin@example.com outcome=success ip=198.51.100.7 asn=64496",
		"2026-03-09T03:20:00.000Z recovery-changed user.account.update_secondary_email account=pat@example.com outcome=success ip=203.0.113.77 asn=64511 detail=proxy",
	},
	"shipped.jsonl": {
		"2026-03-02T08:00:00.123000000Z login-succeeded user.session.start account=pat@example.com outcome=success ip=198.51.100.7 country=DE asn=64496 protocol=web session=102ExampleSession-1 zone=missing",
		"2026-03-09T03:10:00.001000000Z login-failed user.session.start account=pat@example.com outcome=failure ip=203.0.113.77 country=NL asn=64511 protocol=web session=102ExampleSession-2 detail=INVALID_CREDENTIALS, proxy, threatSuspected zone=missing",
	},
	"streams.jsonl": {
		"2026-03-09T03:12:07.500Z login-succeeded user.session.start account=pat@example.com outcome=success ip=203.0.113.77 country=NL asn=64511 protocol=web session=102ExampleSession-2 detail=proxy, risk high",
		"2026-03-09T03:12:40.000Z login-succeeded user.authentication.sso account=pat@example.com outcome=success ip=203.0.113.77 country=NL asn=64511 protocol=web session=102ExampleSession-2 detail=to Example Mail, proxy",
	},
	"wrapped.json": {
		"2026-03-10T09:00:00.000Z alert user.account.report_suspicious_activity_by_enduser account=pat@example.com outcome=success ip=198.51.100.7 country=DE asn=64496 session=102ExampleSession-1",
		"2026-03-10T09:00:01.000Z alert security.threat.detected account=nobody@example.com outcome=failure ip=2001:db8::7 asn=64496 session=102ExampleSession-1 detail=Password Spray",
		"2026-03-10T09:00:02.000Z other user.account.privilege.grant account=pat@example.com actor=admin@example.com outcome=success ip=198.51.100.7 country=DE asn=64496 session=102ExampleSession-1 detail=Grant user privilege",
		"2026-03-10T09:00:03.000Z consent-granted app.oauth2.as.consent.grant account=pat@example.com outcome=success ip=198.51.100.7 country=DE asn=64496 session=102ExampleSession-1 detail=Mail Merge é",
		"2026-03-10T09:00:04.000Z other something.new.happened account=pat@example.com outcome=success ip=198.51.100.7 country=DE asn=64496 session=102ExampleSession-1 detail=Something new",
		"2026-03-10T09:00:05.000Z login-succeeded user.authentication.auth_via_richclient account=pat@example.com outcome=success ip=198.51.100.7 country=DE asn=64496 session=102ExampleSession-1 detail=Outlook",
	},
}
