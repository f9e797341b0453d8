package main

import (
	"fmt"
	"io"
	"path/filepath"
	"strings"
	"time"

	"keytrail/forensics/ingest"
	"keytrail/tui/kit"
)

// progressBar shows how far an add has come: a bar on a terminal, else a plain line now and
// then.
type progressBar struct {
	w        io.Writer
	terminal bool
	lastLine time.Time
	shown    bool
}

// plainEvery is how often a plain line is written where there is no terminal.
const plainEvery = 5 * time.Second

func newProgressBar(w io.Writer) *progressBar {
	return &progressBar{w: w, terminal: isTerminal(w), lastLine: time.Now()}
}

func (b *progressBar) tell(p ingest.Progress) {
	if p.Done {
		return
	}
	if !b.terminal {
		if time.Since(b.lastLine) >= plainEvery {
			b.lastLine = time.Now()
			fmt.Fprintf(b.w, "reading %s: %s\n", clean(filepath.Base(p.Path)), figures(p))
		}
		return
	}
	const cells = 24
	done := 0
	if p.BytesTotal > 0 {
		done = min(cells, int(int64(cells)*p.BytesDone/p.BytesTotal))
	}
	bar := strings.Repeat("━", done) + strings.Repeat("─", cells-done)
	line := fmt.Sprintf("%s %s  %s", bar, figures(p), clean(filepath.Base(p.Path)))
	fmt.Fprintf(b.w, "\r\x1b[2K%s", cut(line, max(20, width(b.w)-1)))
	b.shown = true
}

// clear takes the bar away.
func (b *progressBar) clear() {
	if b.shown {
		fmt.Fprint(b.w, "\r\x1b[2K")
	}
}

func figures(p ingest.Progress) string {
	s := fmt.Sprintf("%s records, %s events", kit.Count(p.Records), kit.Count(p.Events))
	seconds := p.Elapsed.Seconds()
	if seconds <= 0 || p.BytesDone <= 0 {
		return s
	}
	rate := float64(p.BytesDone) / seconds
	s += fmt.Sprintf(", %.0f MB/s", rate/1e6)
	if left := float64(p.BytesTotal - p.BytesDone); left > 0 {
		s += fmt.Sprintf(", %s left", time.Duration(left/rate*float64(time.Second)).Round(time.Second))
	}
	return s
}
