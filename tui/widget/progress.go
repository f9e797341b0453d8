package widget

import (
	"fmt"
	"path/filepath"
	"strings"
	"time"

	"keytrail/tui/kit"
)

// Percent is how much of an add is done, -1 where that is not known.
func Percent(p kit.Progress) int {
	if p.BytesTotal <= 0 {
		return -1
	}
	return int(max(0, min(100, p.BytesDone*100/p.BytesTotal)))
}

// ProgressShort says it for the header: adding mailbox.mbox 62%  412 MB/s  3 s left.
func ProgressShort(l *kit.Line, st *kit.Styles, p kit.Progress) {
	l.Add(st.Accent, "● adding")
	if name := progressName(p); name != "" {
		l.Space(1).Add(st.Text, kit.Cut(name, max(8, l.Left()-30)))
	}
	if n := Percent(p); n >= 0 {
		l.Space(1).Add(st.Strong, fmt.Sprintf("%d%%", n))
	}
	if rate, left := pace(p); rate != "" {
		l.Space(2).Add(st.Muted, rate).Space(2).Add(st.Muted, left)
	}
}

// ProgressLong says it in two lines for the evidence screen.
func ProgressLong(st *kit.Styles, p kit.Progress, width int) []string {
	l := kit.NewLine(width).Space(1).Add(st.Accent, "● adding ").Add(st.Strong, progressName(p)).Space(2)
	l.Add(st.Muted, p.Format)
	first := l.String()
	l = kit.NewLine(width).Space(3)
	barWidth := max(10, min(40, width/3))
	n := Percent(p)
	full := max(0, n) * barWidth / 100
	l.Add(st.Accent, strings.Repeat("━", full)).Add(st.Faint, strings.Repeat("─", barWidth-full)).Space(2)
	if n >= 0 {
		l.Add(st.Strong, fmt.Sprintf("%d%%", n)).Space(2)
		l.Add(st.Muted, kit.Bytes(p.BytesDone)+" of "+kit.Bytes(p.BytesTotal)).Space(2)
	}
	if rate, left := pace(p); rate != "" {
		l.Add(st.Muted, rate).Space(2).Add(st.Muted, left).Space(2)
	}
	l.Add(st.Muted, kit.Plural(p.Events, "event"))
	if p.Warnings > 0 {
		l.Space(2).Add(st.Warn, kit.Plural(p.Warnings, "warning"))
	}
	return []string{first, l.String()}
}

func progressName(p kit.Progress) string {
	if p.Item != "" {
		return filepath.Base(p.Path) + " " + p.Item
	}
	if p.Path == "" {
		return ""
	}
	return filepath.Base(p.Path)
}

// pace is the rate so far and what it promises. Nothing is promised in the first second.
func pace(p kit.Progress) (rate, left string) {
	if p.Elapsed < time.Second || p.BytesDone <= 0 {
		return "", ""
	}
	perSecond := float64(p.BytesDone) / p.Elapsed.Seconds()
	rate = kit.Bytes(int64(perSecond)) + "/s"
	if rest := p.BytesTotal - p.BytesDone; rest > 0 {
		left = kit.Duration(time.Duration(float64(rest)/perSecond*float64(time.Second))) + " left"
	}
	return rate, left
}
