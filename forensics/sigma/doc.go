// Package sigma runs rules in the Sigma format (sigmahq.io) over the raw records of provider logs.
//
// It is a small evaluator of a documented subset; docs/sigma.md lists it. What a rule needs beyond that subset is a
// reason to refuse the whole rule, with the reason: a rule that would be half understood says nothing. Refused are
// aggregations and correlations (count, near, timeframe), values that stand for the reader's own (expand), and regular expressions
// that Go's linear-time engine cannot run. Rules about logs that keytrail does not read are counted.
//
// A record is flattened once: names are compared without case and underscores, lists give all their values, and pairs
// such as {"Name": "ForwardTo", "Value": "..."} are fields of that name. A record of several events is asked event by event.
// fields.go holds what rules call otherwise than the records do. The cost of a record is bounded, whatever it holds.
//
// A *Set does not change after Load and may be used by many goroutines.
package sigma
