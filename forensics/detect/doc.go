// Package detect recognises notices: mails in which a service says that a key was
// made, a sign-in happened, a password was reset or money left. The rules are data, one
// file per brand in rules/; docs/notice-rules.md describes the format.
//
// The way of one mail through Classify:
//
//	From domain ──is the brand's──> verdict of the receiver ──pass──> rules ──> the rule's kind, sender authenticated
//	     │                                   ├──none──> strict rules only ──> the rule's kind, sender unknown
//	     │                                   └──fail──> alert "imitates BRAND"
//	     └──is not──> display name or domain imitates a brand, and it speaks of account security ──> alert "imitates BRAND"
//
// Invariants: a mail becomes a key, login, reset or money event only where its From
// domain is the brand's own; a verdict counts only where the receiver of this mailbox
// wrote it; a guessed rule never counts without such a verdict; what a mail says is
// never trusted beyond being quoted in a bounded field. A *Notices does not change
// after LoadNotices and may be used by many goroutines.
package detect
