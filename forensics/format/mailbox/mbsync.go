package mailbox

import (
	"bytes"
	"context"
	"io"
	"path"
	"strconv"
	"strings"

	"keytrail/forensics/format"
)

// SyncState reads what mbsync keeps in a Maildir: .mbsyncstate says which UID on the server belongs to
// which number in the file names, .uidvalidity what numbering those names follow.
type SyncState struct{}

var _ format.Format = SyncState{}

// Name implements format.Format.
func (SyncState) Name() string { return "mailbox/mbsync" }

// About implements format.Format.
func (SyncState) About() format.About {
	return format.About{
		Title:  "State of a Maildir that mbsync keeps",
		Reads:  ".mbsyncstate and .uidvalidity in the folders of the Maildir",
		Gives:  []string{"deletion"},
		HowTo:  "Add the whole Maildir with its hidden files; SyncState * in ~/.mbsyncrc keeps the state in it.",
		Source: "mbsync(1), https://isync.sourceforge.io/mbsync.html",
	}
}

// Match implements format.Format.
func (SyncState) Match(h *format.Head) format.Guess {
	line := lineAt(h.Bytes[:min(len(h.Bytes), 4096)], 0)
	switch path.Base(strings.ReplaceAll(h.Name, "\\", "/")) {
	case ".uidvalidity":
		if n, err := strconv.ParseUint(string(bytes.TrimSpace(line)), 10, 32); err == nil && n > 0 {
			return format.Guess{Score: 90, Why: "mbsync's numbering of a Maildir"}
		}
	default:
		for _, key := range []string{"FarUidValidity ", "MasterUidValidity "} {
			if bytes.HasPrefix(line, []byte(key)) {
				return format.Guess{Score: 97, Why: "a state of mbsync"}
			}
		}
	}
	return format.Guess{}
}

// Parse implements format.Format.
func (SyncState) Parse(ctx context.Context, in *format.Input, out format.Sink) error {
	return skipLines(ctx, in, out, func([]byte) error { return nil })
}

// Synced is a state of mbsync.
type Synced struct {
	Far, Near uint32            // UIDVALIDITY on the server and in the file names
	FarOf     map[uint32]uint32 // UID on the server by the number in the file name
}

// maxSynced bounds the messages of one state or list.
const maxSynced = 5_000_000

// ReadSyncState reads .mbsyncstate, and .uidvalidity, which gives Near only.
func ReadSyncState(r io.Reader) (Synced, error) {
	s := Synced{FarOf: map[uint32]uint32{}}
	lines := format.NewLines(r, 1<<12)
	for first := true; lines.Next(); first = false {
		f := bytes.Fields(lines.Bytes())
		if len(f) == 0 {
			continue
		}
		a, errA := strconv.ParseUint(string(f[0]), 10, 32)
		if first && len(f) == 1 && errA == nil {
			s.Near = uint32(a)
			return s, nil
		}
		if len(f) < 2 {
			continue
		}
		b, errB := strconv.ParseUint(string(f[1]), 10, 32)
		switch name := string(f[0]); {
		case errB != nil:
		case name == "FarUidValidity" || name == "MasterUidValidity":
			s.Far = uint32(b)
		case name == "NearUidValidity" || name == "SlaveUidValidity":
			s.Near = uint32(b)
		case errA == nil && a > 0 && b > 0 && len(s.FarOf) < maxSynced:
			s.FarOf[uint32(b)] = uint32(a)
		}
	}
	return s, lines.Err()
}
