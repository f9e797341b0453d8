package mailbox

import (
	"bytes"
	"context"

	"keytrail/forensics/format"
)

// MBox reads mbox files: mboxo, mboxrd, mboxcl and mboxcl2, Gmail Takeout, Mozilla.
type MBox struct{}

var _ format.Format = MBox{}

// Name implements format.Format.
func (MBox) Name() string { return "mailbox/mbox" }

// About implements format.Format.
func (MBox) About() format.About {
	return format.About{
		Title:  "Mailbox file (mbox)",
		Reads:  "mbox in all dialects: mboxo, mboxrd, mboxcl, mboxcl2, Gmail Takeout, Thunderbird, Apple Mail",
		Gives:  []string{"mail", "reset", "key", "login", "money", "settings"},
		HowTo:  "Google: takeout.google.com, choose Mail. Thunderbird: the files without ending in the profile's Mail and ImapMail folders. Apple Mail: Mailbox, Export Mailbox.",
		Source: "RFC 4155, https://www.rfc-editor.org/rfc/rfc4155; qmail's mbox(5)",
	}
}

// Match implements format.Format.
func (MBox) Match(h *format.Head) format.Guess {
	b := decodedHead(h.Bytes)
	at := skipBlank(b)
	first := lineAt(b, at)
	if !bytes.HasPrefix(first, fromSpace) {
		if n := separatorsIn(b); n >= 2 && headWeight(b[at:]).total < 2 {
			return format.Guess{Score: 60, Why: "several mbox separators, none at the beginning"}
		}
		return format.Guess{}
	}
	end := at + len(first)
	for end < len(b) && (b[end] == '\r' || b[end] == '\n') {
		if end++; b[end-1] == '\n' {
			break
		}
	}
	if !opens(first, lineAt(b, end)) {
		return format.Guess{}
	}
	switch kind, _ := parseSeparator(first); {
	case kind == takeoutSeparator:
		return format.Guess{Score: 95, Why: "begins with a separator of Gmail Takeout"}
	case isFieldLine(lineAt(b, end)):
		return format.Guess{Score: 95, Why: "begins with an mbox separator and headers"}
	}
	return format.Guess{Score: 80, Why: "begins with an mbox separator"}
}

// separatorsIn counts the separators in a head.
func separatorsIn(b []byte) int {
	n := 0
	for i := 0; ; {
		j := bytes.Index(b[i:], newlineFrom)
		if j < 0 {
			return n
		}
		i += j + 1
		line := lineAt(b, i)
		next := bytes.IndexByte(b[i:], '\n')
		if next < 0 {
			return n
		}
		if separates(line, around{next: lineAt(b, i+next+1)}) {
			n++
		}
	}
}

// Parse implements format.Format.
func (MBox) Parse(ctx context.Context, in *format.Input, out format.Sink) error {
	return parse(ctx, in, out, origin{folder: mboxFolder(in.Name), unescape: true}, false)
}
