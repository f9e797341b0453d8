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

// UIDList reads dovecot-uidlist, in which Dovecot keeps the UIDs of a Maildir's files.
type UIDList struct{}

var _ format.Format = UIDList{}

// Name implements format.Format.
func (UIDList) Name() string { return "mailbox/dovecot-uidlist" }

// About implements format.Format.
func (UIDList) About() format.About {
	return format.About{
		Title:  "Dovecot's list of UIDs (dovecot-uidlist)",
		Reads:  "version 3, as it lies in every folder of a Maildir that Dovecot serves",
		Gives:  []string{"deletion"},
		HowTo:  "The mail server's administrator copies the whole Maildir, the files that begin with dovecot included.",
		Source: "https://doc.dovecot.org/main/core/config/mailbox_formats/maildir.html",
	}
}

// Match implements format.Format.
func (UIDList) Match(h *format.Head) format.Guess {
	if _, ok := uidListHeader(lineAt(h.Bytes[:min(len(h.Bytes), 4096)], 0)); !ok {
		return format.Guess{}
	}
	if path.Base(strings.ReplaceAll(h.Name, "\\", "/")) == "dovecot-uidlist" {
		return format.Guess{Score: 97, Why: "named and built like Dovecot's list of UIDs"}
	}
	return format.Guess{Score: 60, Why: "begins like Dovecot's list of UIDs"}
}

// Parse implements format.Format.
func (UIDList) Parse(ctx context.Context, in *format.Input, out format.Sink) error {
	return skipLines(ctx, in, out, func([]byte) error { return nil })
}

// uidListHeader reads "3 V1668390000 N25022 G3085f0...".
func uidListHeader(line []byte) (l Listing, ok bool) {
	rest, found := bytes.CutPrefix(line, []byte("3 "))
	if !found {
		return l, false
	}
	for _, f := range bytes.Fields(rest) {
		n, err := strconv.ParseUint(string(f[1:]), 10, 32)
		switch {
		case f[0] == 'V' && err == nil:
			l.UIDValidity = uint32(n)
		case f[0] == 'N' && err == nil:
			l.UIDNext = uint32(n)
		}
	}
	return l, l.UIDValidity != 0 && l.UIDNext != 0
}

// ReadUIDList reads dovecot-uidlist. The messages' files are base names without flags.
func ReadUIDList(r io.Reader) (Listing, []Numbered, error) {
	lines := format.NewLines(r, 1<<16)
	var l Listing
	var out []Numbered
	for first := true; lines.Next(); first = false {
		if first {
			l, _ = uidListHeader(lines.Bytes())
			continue
		}
		head, name, found := bytes.Cut(lines.Bytes(), []byte(" :"))
		if !found {
			continue
		}
		digits, _, _ := bytes.Cut(head, []byte(" "))
		if n, err := strconv.ParseUint(string(digits), 10, 32); err == nil && n > 0 && len(out) < maxSynced {
			base, _, _ := bytes.Cut(name, []byte(":2,"))
			out = append(out, Numbered{UID: uint32(n), File: string(base)})
		}
	}
	return l, out, lines.Err()
}
