package mailbox

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"strings"

	"keytrail/forensics/format"
)

// BackupIndex reads the .imap files of imap-backup, which give the UID of every message in the mailbox
// file beside. imap-backup only adds: what was deleted on the server stays in its copy.
type BackupIndex struct{}

var _ format.Format = BackupIndex{}

// Name implements format.Format.
func (BackupIndex) Name() string { return "mailbox/imap-backup" }

// About implements format.Format.
func (BackupIndex) About() format.About {
	return format.About{
		Title:  "Index of an imap-backup copy (.imap)",
		Reads:  "the JSON beside each mailbox file, versions 2 and 3",
		Gives:  []string{"deletion"},
		HowTo:  "Add the account's whole folder below ~/.imap-backup: mailbox files and .imap files together.",
		Source: "https://github.com/joeyates/imap-backup/blob/main/docs/files/imap.md",
	}
}

// Match implements format.Format.
func (BackupIndex) Match(h *format.Head) format.Guess {
	b := bytes.TrimLeft(h.Bytes[:min(len(h.Bytes), 4096)], " \t\r\n")
	if bytes.HasPrefix(b, []byte("{")) && bytes.Contains(b, []byte(`"uid_validity"`)) && (bytes.Contains(b, []byte(`"messages"`)) || bytes.Contains(b, []byte(`"uids"`))) {
		return format.Guess{Score: 97, Why: "an index of imap-backup"}
	}
	return format.Guess{}
}

// Parse implements format.Format.
func (BackupIndex) Parse(ctx context.Context, in *format.Input, out format.Sink) error {
	return skipWhole(ctx, in, out)
}

// ReadBackupIndex reads an .imap file. The messages' offsets are in the mailbox file of the same name.
func ReadBackupIndex(r io.Reader) (Listing, []Numbered, error) {
	b, err := readWhole(r, maxSidecar)
	if err != nil {
		return Listing{}, nil, err
	}
	var j struct {
		UIDValidity uint32 `json:"uid_validity"`
		Messages    []struct {
			UID    uint32   `json:"uid"`
			Offset int64    `json:"offset"`
			Flags  []string `json:"flags"`
		} `json:"messages"`
	}
	if err := json.Unmarshal(b, &j); err != nil {
		return Listing{}, nil, fmt.Errorf("index of imap-backup: %w", err)
	}
	out := make([]Numbered, 0, len(j.Messages))
	for _, m := range j.Messages {
		for i, f := range m.Flags {
			if !strings.HasPrefix(f, `\`) {
				m.Flags[i] = `\` + f
			}
		}
		if m.UID != 0 {
			out = append(out, Numbered{UID: m.UID, Offset: m.Offset, Flags: m.Flags})
		}
	}
	return Listing{UIDValidity: j.UIDValidity}, out, nil
}
