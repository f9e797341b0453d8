package forensics

import "time"

// CaseSuffix ends the name of every case folder; nothing of that name is evidence.
const CaseSuffix = ".keytrail"

// Status says how far an item could be read.
type Status uint8

// The statuses of an item.
const (
	StatusReading Status = iota // begun and not finished: `add` takes it up again
	StatusOK
	StatusPartial      // read, but some records are broken or a limit cut it
	StatusFailed       // could not be opened or unpacked
	StatusUnrecognised // no format knows it
	StatusDuplicate    // the same bytes are in the case already
	StatusEmpty        // nothing in it
)

var statusNames = [...]string{"reading", "ok", "partial", "failed", "unrecognised", "duplicate", "empty"}

// String gives the word used in `evidence --format jsonl`.
func (s Status) String() string {
	if int(s) < len(statusNames) {
		return statusNames[s]
	}
	return "unknown"
}

// Evidence is one file or folder as received.
type Evidence struct {
	ID       int64
	Name     string // base name
	Path     string // absolute, as given
	Size     int64
	Digest   Digest // of the file; of the sorted list of members, for a folder
	IsFolder bool
	Modified time.Time
	Added    time.Time
	Done     bool
	Tool     string // keytrail's version when it was read
}

// Item is a readable member of evidence.
type Item struct {
	ID       int64
	Evidence int64
	Name     string // path inside the evidence; empty where the evidence is one plain file
	Size     int64
	Digest   Digest
	Modified time.Time
	Format   string
	Status   Status
	Reason   string // why it is not ok: the bound that cut it, the nearest guess and why it failed
	Clock    string // the zone and year that were assumed for it, and from what
	Counts
	First, Last int64 // nanoseconds since 1970 of the first and last reliable event; 0 where none
}

// Counts add up: Records = Read + Skipped + Broken.
type Counts struct {
	Records    int64 // entries that the source wrote
	Read       int64 // entries that gave at least one event or repeated one
	Events     int64 // events that these gave
	Duplicates int64 // events of these whose facts stood in the case already: further refs, not new events
	Skipped    int64 // well-formed entries that speak of nothing datable
	Broken     int64 // entries that could not be read
	Warnings   int64
}

// Add sums two counts.
func (c Counts) Add(d Counts) Counts {
	c.Records += d.Records
	c.Read += d.Read
	c.Events += d.Events
	c.Duplicates += d.Duplicates
	c.Skipped += d.Skipped
	c.Broken += d.Broken
	c.Warnings += d.Warnings
	return c
}

// Warning is something that could not be read, with its place.
type Warning struct {
	Ref  Ref
	Text string

	EvidenceName string // filled in by the case
	ItemName     string
}

// Custody is one entry of the custody log. Each holds the hash of the one before.
type Custody struct {
	Seq    int64
	At     time.Time
	Who    string // user and host
	What   string // "case created", "evidence added", "report written", ...
	Detail string
	Tool   string
	Prev   Digest
	Hash   Digest
}
