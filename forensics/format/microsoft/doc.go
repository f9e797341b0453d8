// Package microsoft reads the audit logs of Microsoft 365 and Entra ID: the Unified Audit Log in
// all the containers it is exported in, the Entra audit log and the Entra sign-in log.
//
// Invariants: a record gives what it says and no more, so that "UserLoggedIn" of an interrupted
// sign-in is no login, and a failed cmdlet is an attempt; nothing is dropped, what has no kind
// of its own is kept as "other" with its operation as written; the server's own address
// is never taken for the client's.
//
// The Unified Audit Log comes by the million. Its parser walks the JSON inside a CSV
// field as it stands there, with every quote doubled, keeps one string for equal texts,
// and looks into nested values only where the operation asks for them.
package microsoft

import "keytrail/forensics/format"

// Formats lists the formats of the family, the most particular first.
func Formats() []format.Format {
	return []format.Format{UnifiedAudit{}, EntraSignin{}, EntraAudit{}}
}

const service = "microsoft"
