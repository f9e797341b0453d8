// Package rule holds the rule catalogue, the settings of its windows, the baseline of an account, and the
// findings that the rules make of one account's events.
//
// Invariants: no I/O beyond what Input.Briefs reads; the same input gives the same findings in the same order; a
// finding is never more certain than the weakest event that it needs; a rule whose sources are not in the case
// says so instead of staying silent; time and memory grow with the events of one account, in one pass over its
// briefs and with full events read only for the few that a rule speaks of.
package rule
