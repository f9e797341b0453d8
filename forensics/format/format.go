// Package format says what an input format is: a name, a cheap look at a bounded
// head, and a streaming parse into a sink. It also holds the scanners that the
// formats share (lines, CSV records, JSON records), which know where in the raw bytes
// each record stands.
//
// Invariants: a format never opens, walks or closes a file; it reads its input once, from
// the start, in bounded memory; it gives fields and never wording; every
// record that it finds goes to exactly one of Sink.Record, Sink.Skip and Sink.Broken.
package format

import (
	"context"
	"io"
	"time"

	"keytrail/forensics"
)

// HeadSize is how many bytes of an item a format may look at to recognise it.
const HeadSize = 64 << 10

// Head is what detection sees: the first bytes of an item, and hints that are never
// proof.
type Head struct {
	Name     string // path inside the evidence, or the file's base name
	Bytes    []byte // up to HeadSize bytes from the start
	Complete bool   // Bytes is the whole item
}

// HeadText decodes the first bytes of a text to UTF-8 as the scanners do: the byte order
// mark of UTF-8 is dropped, UTF-16 with one is decoded, all else comes back as it is.
func HeadText(head []byte) []byte {
	b := buffer{}
	head = head[b.mark(head):]
	return b.text(head)
}

// Guess is a format's opinion of a head.
type Guess struct {
	// Score is 0 where the item is not of this format, 100 where it cannot be of
	// another. The highest wins, the order of the list breaks ties. A negative score marks a
	// near miss: not of this format, but nearest to it for the reason given.
	Score int
	Why   string // what spoke for or against it, in a few words
}

// Format reads one kind of source. Implementations hold no state: they are used from
// several goroutines at once.
type Format interface {
	// Name is "family/format", such as "mailserver/dovecot": stored in cases, never renamed.
	Name() string
	// About describes the format to a person.
	About() About
	// Match judges a head without side effects, in well under a millisecond.
	Match(*Head) Guess
	// Parse reads the item to its end. It returns an error only where reading
	// itself cannot go on (I/O, cancellation, an error that the sink returned): a record that is
	// broken is told to the sink and passed over.
	Parse(ctx context.Context, in *Input, out Sink) error
}

// About is what `keytrail formats` and the documentation say.
type About struct {
	Title  string   // "Microsoft 365 Unified Audit Log"
	Reads  string   // one line: containers and versions that are read
	Gives  []string // the groups of events that it can speak of
	HowTo  string   // one or two lines: how to get it from its provider
	Source string   // where the format's facts come from: a specification, with its address
}

// Input is one item to parse.
type Input struct {
	Name     string // path inside the evidence, or the file's base name
	Size     int64  // in bytes; -1 where it is not known before the end
	Modified time.Time
	Head     []byte    // the first bytes, up to HeadSize; Reader gives them again
	Reader   io.Reader // the whole item from its start
	Account  string    // the account that the user says it is about; mostly empty
}

// Record is one entry as the source wrote it, with the facts read from it.
type Record struct {
	Ref forensics.Ref // Offset, Length and Line; the rest is filled in by the sink
	Raw []byte        // the raw bytes, where they are at hand: the sink hashes them
	// Digest is set instead of Raw where a record is too large to hold.
	Digest forensics.Digest
	// Events are the facts. Their Ref, Digest and Provider are filled in by the sink.
	Events []forensics.Event
	// Mail is set by mailbox formats, so that the notice rules can look at it. Events[0] is
	// then the mail's own event.
	Mail *forensics.Mail
}

// Sink takes what a format reads. It is used from the parsing goroutine only and
// copies what it keeps before it returns: a format may reuse the Record, Raw and the
// slice of Events, but not the bytes behind strings.
type Sink interface {
	// Record takes an entry that was read. An error means: stop and return it.
	Record(*Record) error
	// Skip counts a well-formed entry that speaks of nothing datable.
	Skip(ref forensics.Ref)
	// Broken counts an entry that could not be read, and warns of it.
	Broken(ref forensics.Ref, why string)
	// Warn notes a doubt about an entry that is counted elsewhere, or about the item.
	Warn(ref forensics.Ref, text string)
}

// Detect asks every format and gives the best guess. Where none knows the head, it
// gives the nearest miss with its reason, and a nil Format if there is none either.
func Detect(formats []Format, h *Head) (Format, Guess) {
	var best Format
	var guess, miss Guess
	var near Format
	for _, f := range formats {
		g := f.Match(h)
		if g.Score > guess.Score {
			best, guess = f, g
		}
		if g.Score < miss.Score {
			near, miss = f, g
		}
	}
	if best == nil {
		return near, miss
	}
	return best, guess
}
