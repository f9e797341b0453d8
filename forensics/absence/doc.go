// Package absence infers deletions from what is not there.
//
//	copies of mailboxes ──> number spaces ──> runs of missing UIDs ──┐
//	older against newer ────────────────────> lost, with content ────┤
//	records elsewhere, threads, siblings ───> lost, by name ─────────┼─> match ──> one Lost each, with all reasons
//	Trash, \Deleted, moved mails ───────────> explanations ──────────┘            or an Addition to a log's deletion
//
// Invariants: it never says who removed a mail, nor what a mail of which nothing is left was. Bounds hold: a
// bound that cannot be known is left open, never guessed. What a move can explain is not called a
// deletion. The same deletion known in several ways is one Lost with all its reasons. Drafts, Trash and
// Junk number mails that programs make and empty by themselves: their gaps are shown and give no Lost.
//
// All times are nanoseconds since 1970, UTC; 0 is not known. Mails are compared by keys: numbers that the
// caller makes of Message-IDs and the like, equal where those are equal.
package absence
