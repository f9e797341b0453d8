// Package okta reads the System Log of Okta, which records what happens to the accounts of an organisation that signs in
// through it, mailboxes among them.
//
// How sure the facts are. Documented by Okta: the LogEvent object, its required members (uuid, published, eventType,
// version, severity, actor), that uuid is unique, the values of outcome.result, and the list of event types with one
// sentence each (System Log API; okta-event-types.csv of okta/okta-developer-docs; read 2026-11). Seen in public code and
// samples only: the columns of the admin console's "Download CSV", the envelopes of log streams and shippers, the type
// "Token" of a target, actors called "unknown". What stands in debugContext.debugData is no contract, says Okta, and is
// used for words in Detail and to tell a password from another factor, nothing else.
//
// Invariants: names of events stay in Operation as Okta wrote them; a type of which the table in kinds.go does not speak
// is kept as "other"; an account is an address, so a user name without @ stays in Actor alone.
package okta

import (
	"bytes"

	"keytrail/forensics/format"
)

// Formats lists the formats of this family.
func Formats() []format.Format { return []format.Format{SystemLog{}} }

// service is what all events of this family are about, as the notice rules name it.
const service = "okta"

// SystemLog reads LogEvent objects.
//
// Shapes: an answer of the API (an array), several of them one after the other, one object a line, an array under
// "events", "logs", "records" or "data", the payload of an event hook ({"data":{"events":[...]}}), one object under
// "detail" (EventBridge), "event" (Splunk), "log" or "json"; the CSV of the admin console, and tables of shippers whose
// columns are the dotted names of the object in either spelling. Names are read without case and underscores.
type SystemLog struct{}

var _ format.Format = SystemLog{}

// wrappers are the keys that hold lists of events.
var wrappers = []string{"events", "logs", "records", "data"}

// Name implements format.Format.
func (SystemLog) Name() string { return "okta/system-log" }

// About implements format.Format.
func (SystemLog) About() format.About {
	return format.About{
		Title: "Okta System Log",
		Reads: "LogEvent objects as API answers, JSON lines, log streams and event hooks; the CSV of the admin console",
		Gives: []string{"login", "key", "reset", "settings", "other"},
		HowTo: "Admin console, Reports, System Log, Download CSV; or GET /api/v1/logs?since=...&until=...&limit=1000, following the link \"next\".\n" +
			"The API says more than the CSV. Kept by Okta for 90 days.",
		Source: "https://developer.okta.com/docs/api/openapi/okta-management/management/tag/SystemLog/",
	}
}

// Match implements format.Format.
func (SystemLog) Match(h *format.Head) format.Guess {
	text := bytes.TrimLeft(format.HeadText(h.Bytes), " \t\r\n\x1e")
	if len(text) == 0 {
		return format.Guess{}
	}
	if text[0] != '{' && text[0] != '[' {
		return matchTable(text)
	}
	lower := bytes.ToLower(text) // data lakes fold the names
	has := func(names ...string) (n int) {
		for _, name := range names {
			if bytes.Contains(lower, []byte(`"`+name+`"`)) {
				n++
			}
		}
		return n
	}
	if has("eventtype") == 0 {
		return format.Guess{}
	}
	more := has("legacyeventtype", "displaymessage", "outcome", "debugcontext", "authenticationcontext", "securitycontext", "target")
	switch {
	case has("published") > 0 && has("actor") > 0 && more >= 2:
		return format.Guess{Score: 92, Why: "JSON with the members of Okta's LogEvent"}
	case has("published", "actor") > 0 && more >= 3:
		return format.Guess{Score: 70, Why: "JSON with members of Okta's LogEvent"}
	case has("published", "actor") > 0 && more > 0:
		return format.Guess{Score: -20, Why: "has eventType, but too few members of Okta's LogEvent"}
	}
	return format.Guess{}
}

// matchTable looks at the first line of a table.
func matchTable(text []byte) format.Guess {
	const longest = 16 << 10
	line, _, _ := bytes.Cut(text, []byte{'\n'})
	if len(line) > longest {
		return format.Guess{}
	}
	delim := format.Delimiter(line)
	seen := map[column]bool{}
	for name := range bytes.SplitSeq(bytes.TrimRight(line, "\r"), []byte{delim}) {
		c, _ := columnOf(bytes.Trim(name, `" `))
		seen[c] = true
	}
	switch {
	case seen[colType] && seen[colTime] && (seen[colActorName] || seen[colActorID]) && (seen[colResult] || seen[colIP]):
		return format.Guess{Score: 92, Why: "CSV with the columns of Okta's System Log"}
	case seen[colType] && (seen[colActorName] || seen[colResult] && seen[colIP]):
		return format.Guess{Score: -20, Why: "has columns of Okta's System Log, but not the time, the actor and the outcome"}
	}
	return format.Guess{}
}
