// Package sigma runs rules in the Sigma format (sigmahq.io) over the raw records of provider logs.
//
// It is a small evaluator of a documented subset; docs/sigma.md lists it. What a rule needs beyond that subset is a
// reason to refuse the whole rule, with the reason: a rule that would be half understood says nothing. Refused are
// aggregations and correlations (count, near, timeframe), the encoding modifiers (base64, wide, utf16, windash),
// placeholders (expand), regular expressions that Go's linear-time engine cannot run, and products whose logs
// keytrail does not read.
//
// A record is flattened once: names are compared without case and underscores, lists give all their values, and pairs
// such as {"Name": "ForwardTo", "Value": "..."} are fields of that name. fields.go holds what rules call otherwise than the
// records do.
//
// A *Set does not change after Load and may be used by many goroutines.
package sigma
