// Package forensics holds the words of keytrail as types: evidence, items, refs,
// events, times, certainty, warnings, custody entries. Everything else in the
// program speaks in these types.
//
// The way of one event:
//
//	bytes on disk ── evidence ──> item ── format ──> record ── timeline ──> event ── casefile ──> page ── tui ──> screen
//	                 read-only,          detect,              clocks, kinds,          SQLite,    │
//	                 hash, unpack        parse                sentences               one case   ├── detect ──> notices
//	                                                                                             └── export ──> report.xlsx
//
// Every arrow goes one way. A format gives fields, not wording; the timeline
// gives dated events and their sentence; detection reads events only; the screen
// and the report read the case only.
//
// Invariant: this package does no I/O and imports the standard library only.
package forensics
