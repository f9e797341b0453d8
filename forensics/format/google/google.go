// Package google reads what Google hands out about an account: the audit log of
// Workspace and the access log of a Takeout.
//
// Invariants: a format gives what the record says and no wording; names of events stay in
// Operation as Google wrote them; an event of which the table in kinds.go does not
// speak is kept as "other".
package google

import "keytrail/forensics/format"

// Formats lists the formats of this family, in the order in which they are asked.
func Formats() []format.Format {
	return []format.Format{WorkspaceAudit{}, TakeoutAccessLog{}}
}

// service is what all events of this family are about, as the notice rules name it.
const service = "google"
