// Package mailbox reads mail as it lies on disk: mbox files in all their dialects, single
// messages (.eml), and the files of a Maildir. One message is one record with one
// event: that it was received or sent.
//
// The way of one message:
//
//	blocks ── splitter ──> letter ── header scan ──> Record ──> sink
//	          "\nFrom "    head + first 256 KiB      Mail.Text decodes only when asked
//
// Invariants: the records of an item tile it, from its first byte to its last, without
// overlap; a message is never held whole, only its headers (at most 1 MiB) and the first
// 256 KiB of its body; a ref and a digest are of the raw bytes, and whatever is unescaped
// or decoded is decoded for the fields and the rules only; headers that a sender can
// write himself (labels, Delivered-To) count only above the topmost Received.
package mailbox

import "keytrail/forensics/format"

// Formats lists the formats of this package, the most particular first.
func Formats() []format.Format {
	return []format.Format{Acquisition{}, BackupIndex{}, UIDList{}, SyncState{}, Maildir{}, MBox{}, EML{}}
}
