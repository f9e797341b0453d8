package mailbox

import (
	"context"

	"keytrail/forensics/format"
)

// Maildir reads one file of a Maildir: a message whose path says folder and flags.
type Maildir struct{}

var _ format.Format = Maildir{}

// Name implements format.Format.
func (Maildir) Name() string { return "mailbox/maildir" }

// About implements format.Format.
func (Maildir) About() format.About {
	return format.About{
		Title:  "Maildir",
		Reads:  "a folder with cur and new in it, Maildir++ subfolders, flags from the file names; copies made on Windows too",
		Gives:  []string{"mail", "reset", "key", "login", "money", "settings"},
		HowTo:  "The mail server's administrator copies the Maildir; mbsync and offlineimap make one of an IMAP account.",
		Source: "https://cr.yp.to/proto/maildir.html; Maildir++, https://www.courier-mta.org/imap/README.maildirquota.html",
	}
}

// Match implements format.Format.
func (Maildir) Match(h *format.Head) format.Guess {
	m, ok := parseMaildirName(h.Name)
	if !ok {
		return format.Guess{}
	}
	g := matchMessage(h)
	if g.Score <= 0 {
		return format.Guess{}
	}
	if m.info {
		return format.Guess{Score: 96, Why: "a message whose name carries Maildir flags"}
	}
	return format.Guess{Score: max(g.Score, 85), Why: "a message in a Maildir"}
}

// Parse implements format.Format.
func (Maildir) Parse(ctx context.Context, in *format.Input, out format.Sink) error {
	m, _ := parseMaildirName(in.Name)
	return parse(ctx, in, out, origin{account: m.account, acquired: m.account != "", folder: m.folder, flags: flagReasons(m.flags), internal: m.internal, last: m.last, uid: m.uid}, true)
}
