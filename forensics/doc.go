// Package forensics holds the words of keytrail as types: evidence, items, refs,
// events, times, certainty, warnings, custody entries. Everything else in the
// program speaks in these types.
//
// The way of one event:
//
//	mail server ── acquire ──┐
//	bytes on disk ───────────┴ evidence ──> item ── format ──> record ── timeline, detect, geo ──> event ── casefile ──> page ── tui ──> screen
//	                           read-only,          detect,              clocks, kinds, notices,            SQLite,    │
//	                           hash, unpack        parse                places, sentences                  one case   ├── absence ──> what is missing
//	                                                                                                                  ├── rule, sigma ──> finding ── incident ──> attack
//	                                                                                                                  └── export ──> report.xlsx
//
// Every arrow goes one way. A format gives fields, not wording; the timeline
// gives dated events and their sentence; detect recognises notices; absence, rule and incident
// are pure: they are handed events and give back what follows, and investigate is the one package that asks
// a case for the former and notes the latter. The screen and the report read the case only.
//
// Invariant: this package does no I/O and imports the standard library only.
package forensics
