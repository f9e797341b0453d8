// Package attacktest makes the evidence of mail accounts whose truth is known, and measures how much of it
// detection finds.
//
//	person, life ──┐
//	               ├──> acts (what happened) ──> writers (what each source recorded) ──> files
//	attacks ───────┘                                       └──> marks (the recorded truth)
//
// A case is one account over one to three years. What happened is made first, in no format's terms. Then
// every source of the case's world writes what such a source would have recorded of it: a server log with holes, a
// mailbox from which the deleted mails are gone, a statement that nobody asked for. A step of an attack is part of the
// truth as far as some record of it reached a file; the record is named in terms that can be found again in
// the events that the formats read: kind, second, Message-ID, session, address.
//
// Invariants: equal seeds give equal bytes. Nothing in a file says what is an attack and what is not. The files
// are read by the formats, the notice rules and the ingest of the program itself. People do not exist, addresses are
// those of RFC 5737 and RFC 3849, AS numbers those of RFC 5398.
package attacktest
