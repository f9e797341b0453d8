package mailbox

import (
	"bytes"
	"context"
	"strings"

	"keytrail/forensics/format"
)

// EML reads one message in a file of its own.
type EML struct{}

var _ format.Format = EML{}

// Name implements format.Format.
func (EML) Name() string { return "mailbox/eml" }

// About implements format.Format.
func (EML) About() format.About {
	return format.About{
		Title:  "Single message (.eml)",
		Reads:  "one message as it was transmitted (RFC 5322), also with broken headers",
		Gives:  []string{"mail", "reset", "key", "login", "money", "settings"},
		HowTo:  "Most mail programs: save as, or drag the message to a folder. Gmail: Show original, Download.",
		Source: "RFC 5322, https://www.rfc-editor.org/rfc/rfc5322; RFC 2045 to 2047",
	}
}

// Match implements format.Format.
func (EML) Match(h *format.Head) format.Guess { return matchMessage(h) }

// matchMessage judges whether a head begins with the headers of a mail.
func matchMessage(h *format.Head) format.Guess {
	b := decodedHead(h.Bytes)
	b = b[skipBlank(b):]
	if len(b) == 0 || bytes.IndexByte(b[:min(len(b), 512)], 0) >= 0 {
		return format.Guess{}
	}
	w := headWeight(b)
	name := strings.ToLower(h.Name)
	named := strings.HasSuffix(name, ".eml") || strings.HasSuffix(name, ".msg")
	switch {
	case (w.broken || w.late) && w.strong < 2:
	case w.strong >= 2:
		return format.Guess{Score: 80, Why: "begins with mail headers"}
	case w.strong == 1 && w.total >= 2, w.total >= 3:
		return format.Guess{Score: 65, Why: "begins with a few mail headers"}
	case w.strong == 1, w.total == 2:
		return format.Guess{Score: 45, Why: "begins with one or two mail headers"}
	case w.total == 1 && (w.ended || named):
		return format.Guess{Score: 25, Why: "begins with one header"}
	}
	switch {
	case named && w.total > 0:
		return format.Guess{Score: 15, Why: "named like a message, with hardly any header"}
	case named:
		return format.Guess{Score: -40, Why: "named like a message, but it does not begin with mail headers"}
	case w.total > 0:
		return format.Guess{Score: -20, Why: "no block of mail headers at the beginning"}
	}
	return format.Guess{}
}

// weight is what the beginning of a text has of a mail's headers.
type weight struct {
	total  int  // different known fields
	strong int  // of these, the ones that hardly anything but a mail has
	broken bool // unknown fields outnumber the known ones
	late   bool // another line stands before the first field
	ended  bool // a blank line ends them
}

// headWeight looks at the header block that b begins with.
func headWeight(b []byte) weight {
	var h header
	h.scan(b[:min(len(b), 32<<10)], true)
	var w weight
	unknown := 0
	seen := map[string]bool{}
	for i := range h.fields {
		name := strings.ToLower(string(b[h.fields[i].start:h.fields[i].nameEnd]))
		if seen[name] {
			continue
		}
		seen[name] = true
		switch fieldWeight([]byte(name)) {
		case 0:
			unknown++
		case 2:
			w.strong++
			w.total++
		default:
			w.total++
		}
	}
	if len(h.fields) > 0 && h.fields[0].start > 0 {
		w.late = !bytes.HasPrefix(b, fromSpace) && !bytes.HasPrefix(b, []byte(">From "))
	}
	w.broken = unknown > w.total+2 || unknown > w.total && w.total < 3
	w.ended = h.end > 0 && h.end <= len(b) && (bytes.HasSuffix(b[:h.end], []byte("\n\n")) || bytes.HasSuffix(b[:h.end], []byte("\n\r\n")))
	return w
}

// Parse implements format.Format.
func (EML) Parse(ctx context.Context, in *format.Input, out format.Sink) error {
	return parse(ctx, in, out, origin{}, true)
}
