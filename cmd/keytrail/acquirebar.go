package main

import (
	"fmt"
	"io"
	"strings"
	"time"

	"keytrail/forensics/acquire"
	"keytrail/tui/kit"
)

// acquireBar shows how far a copy has come: a bar on a terminal, else a plain line now and
// then, and one for every pause.
type acquireBar struct {
	w        io.Writer
	terminal bool
	lastLine time.Time
	shown    bool
}

func newAcquireBar(w io.Writer) *acquireBar {
	return &acquireBar{w: w, terminal: isTerminal(w), lastLine: time.Now()}
}

func (b *acquireBar) tell(p acquire.Progress) {
	text := acquireWords(p)
	if !b.terminal {
		if p.Waiting > 0 || time.Since(b.lastLine) >= plainEvery {
			b.lastLine = time.Now()
			fmt.Fprintln(b.w, text)
		}
		return
	}
	const cells = 24
	done := 0
	if p.Total > 0 {
		done = min(cells, int(int64(cells)*p.Messages/p.Total))
	}
	bar := strings.Repeat("━", done) + strings.Repeat("─", cells-done)
	fmt.Fprintf(b.w, "\r\x1b[2K%s", cut(bar+" "+text, max(20, width(b.w)-1)))
	b.shown = true
}

// clear takes the bar away.
func (b *acquireBar) clear() {
	if b.shown {
		fmt.Fprint(b.w, "\r\x1b[2K")
		b.shown = false
	}
}

func acquireWords(p acquire.Progress) string {
	if p.Waiting > 0 {
		return fmt.Sprintf("waiting %s: %s", p.Waiting.Round(time.Second), clean(p.Why))
	}
	switch p.Stage {
	case "checking":
		return fmt.Sprintf("checking what an earlier run copied: %s", kit.Plural(p.Messages, "message"))
	case "copying":
	case "":
		return "connecting"
	default:
		return p.Stage
	}
	s := fmt.Sprintf("%s of %s", kit.Count(p.Messages), kit.Plural(p.Total, "message"))
	if seconds := p.Elapsed.Seconds(); seconds > 1 && p.Fetched > 0 {
		s += fmt.Sprintf(", %.0f/s", float64(p.Fetched)/seconds)
	}
	if p.Left > time.Second {
		s += fmt.Sprintf(", %s left", p.Left.Round(time.Second))
	}
	return s + fmt.Sprintf("  folder %d of %d: %s (%s of %s)", p.Folders, p.Of, clean(p.Folder), kit.Count(p.FolderDone), kit.Count(p.FolderTotal))
}
