package mailbox

import (
	"errors"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Listing is what a file beside a copy of a mailbox says about one of its folders.
type Listing struct {
	Account    string // whose mailbox, where the file says it
	Folder     string // decoded; empty where only the file's place says it
	Directory  string // of the messages, relative to the copy, with slashes; empty where it is the file's own
	Attributes []string

	UIDValidity, UIDNext uint32 // 0: not told
	ModSeq               uint64
	At, Until            time.Time // when the folder looked like this, by the clock of the machine that copied
	UIDs                 []UIDRange
	Listed               bool // UIDs are all that the folder had
	Complete             bool // everything that was asked for was copied

	// Vanished are the UIDs that the server says left the folder since it was looked at before (QRESYNC).
	Vanished      []UIDRange
	VanishedSince time.Time
}

// Numbered is one message as a file beside a copy names it.
type Numbered struct {
	UID          uint32
	File         string // path or base name of its file; empty where Offset says the place
	Offset       int64  // in the mailbox file beside
	InternalDate time.Time
	SaveDate     time.Time // when it came into this folder (RFC 8514)
	ModSeq       uint64
	EmailID      string // RFC 8474
	GmailID      uint64 // X-GM-MSGID
	GmailThread  uint64 // X-GM-THRID
	Flags        []string
	NotCopied    string // why its bytes are not in the copy; empty where they are
}

// UIDRange is a run of UIDs, both ends in it.
type UIDRange struct{ First, Last uint32 }

// maxRanges bounds the runs of one set: a folder of 20 million messages with every other one missing has half of that.
const maxRanges = 10_000_000

var errSet = errors.New("not a set of UIDs")

// parseSet reads a set as IMAP writes it, such as 1:5,8,10:12, into ascending runs that do not touch.
func parseSet(s string) ([]UIDRange, error) {
	if s == "" {
		return nil, nil
	}
	out := make([]UIDRange, 0, min(maxRanges, strings.Count(s, ",")+1))
	sorted := true
	for part := range strings.SplitSeq(s, ",") {
		a, b, two := strings.Cut(part, ":")
		first, err := strconv.ParseUint(a, 10, 32)
		if err != nil || len(out) == maxRanges {
			return nil, errSet
		}
		last := first
		if two {
			if last, err = strconv.ParseUint(b, 10, 32); err != nil {
				return nil, errSet
			}
		}
		if last < first {
			first, last = last, first
		}
		if n := len(out); n > 0 && uint32(first) <= out[n-1].Last {
			sorted = false
		}
		out = append(out, UIDRange{uint32(first), uint32(last)})
	}
	if !sorted {
		slices.SortFunc(out, func(a, b UIDRange) int { return int(int64(a.First) - int64(b.First)) })
	}
	return joinRanges(out), nil
}

// joinRanges puts sorted runs together that overlap or touch.
func joinRanges(in []UIDRange) []UIDRange {
	out := in[:0]
	for _, r := range in {
		if n := len(out); n > 0 && (out[n-1].Last == math.MaxUint32 || r.First <= out[n-1].Last+1) {
			out[n-1].Last = max(out[n-1].Last, r.Last)
			continue
		}
		out = append(out, r)
	}
	return out
}

// readWhole reads a small file, at most limit bytes.
func readWhole(r io.Reader, limit int64) ([]byte, error) {
	b, err := io.ReadAll(io.LimitReader(r, limit+1))
	if err == nil && int64(len(b)) > limit {
		err = errors.New("larger than " + strconv.FormatInt(limit>>20, 10) + " MiB")
	}
	return b, err
}

// maxSidecar is the largest file beside a copy that is read in one piece.
const maxSidecar = 64 << 20
