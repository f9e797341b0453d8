package tui

import (
	"context"
	"fmt"
	"io"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"keytrail/forensics"
	"keytrail/forensics/filter"
	"keytrail/tui/kit"
	"keytrail/tui/kit/kittest"
)

// BenchmarkKeyToScreen measures a key until every visible row is drawn as text, over a
// million events whose pages take 2 ms to read.
func BenchmarkKeyToScreen(b *testing.B) {
	a := newApp(Options{Case: newMillion(2 * time.Millisecond)})
	h := &hand{app: a, messages: make(chan tea.Msg, 1000)}
	h.start(a.Init())
	h.handle(tea.WindowSizeMsg{Width: 120, Height: 36})
	h.until(func() bool { return len(frame{a}.content()) > 0 && !h.waits() })
	var first, all []time.Duration
	for i := 0; b.Loop(); i++ {
		begin := time.Now()
		h.handle(scrollKey(i))
		_ = frame{a}.content()
		first = append(first, time.Since(begin))
		h.until(func() bool { return !h.waits() })
		_ = frame{a}.content()
		all = append(all, time.Since(begin))
	}
	report(b, "first", first)
	report(b, "complete", all)
}

// BenchmarkKeyToRepaint measures a key from the bytes of the terminal to the bytes of the
// screen, through the whole program.
func BenchmarkKeyToRepaint(b *testing.B) {
	keysIn, hands := io.Pipe()
	out := &clockedOutput{wrote: make(chan time.Time, 1000)}
	p := tea.NewProgram(newApp(Options{Case: newMillion(2 * time.Millisecond)}), tea.WithInput(keysIn), tea.WithOutput(out),
		tea.WithFPS(framesPerSecond), tea.WithWindowSize(120, 36), tea.WithoutSignals(), tea.WithEnvironment([]string{"TERM=xterm-256color", "COLORTERM=truecolor"}))
	ended := make(chan error, 1)
	go func() { _, err := p.Run(); ended <- err }()
	time.Sleep(500 * time.Millisecond)
	var all []time.Duration
	for i := 0; b.Loop(); i++ {
		time.Sleep(15 * time.Millisecond) // a person does not type faster than this; what is left of the key before is drawn
		out.drain()
		begin := time.Now()
		if _, err := hands.Write([]byte(scrollBytes[i%len(scrollBytes)])); err != nil {
			b.Fatal(err)
		}
		select {
		case at := <-out.wrote:
			all = append(all, at.Sub(begin))
		case <-time.After(2 * time.Second):
			b.Fatal("nothing was drawn for a key")
		}
	}
	report(b, "repaint", all)
	p.Quit()
	if err := <-ended; err != nil {
		b.Fatal(err)
	}
}

// BenchmarkEntitiesKey measures a key until the list of a hundred thousand addresses is drawn as text, and a change
// of its order until the new one is drawn.
func BenchmarkEntitiesKey(b *testing.B) {
	c := kittest.New("entities", kittest.Story())
	c.SetAnalysis(nil, manyEntities(100_000), nil)
	a := newApp(Options{Case: c})
	h := &hand{app: a, messages: make(chan tea.Msg, 1000)}
	shows := func(text string) func() bool {
		return func() bool { return strings.Contains(ansi.Strip(frame{a}.content()), text) }
	}
	h.start(a.Init())
	h.handle(tea.WindowSizeMsg{Width: 120, Height: 36})
	h.handle(tea.KeyPressMsg{Code: '3', Text: "3"})
	h.until(shows("of 100,000"))
	var scrolled, sorted []time.Duration
	for i := 0; b.Loop(); i++ {
		begin := time.Now()
		h.handle(scrollKey(i))
		_ = frame{a}.content()
		scrolled = append(scrolled, time.Since(begin))
		if i%50 != 0 {
			continue
		}
		for len(h.messages) > 0 {
			h.handle(<-h.messages)
		}
		begin = time.Now()
		h.handle(tea.KeyPressMsg{Code: 'o', Text: "o"})
		h.handle(<-h.messages) // the list in its new order
		_ = frame{a}.content()
		sorted = append(sorted, time.Since(begin))
	}
	report(b, "scroll", scrolled)
	report(b, "sort", sorted)
}

// BenchmarkIncidentsKey measures a key until the story of an incident is drawn, in a list of two thousand.
func BenchmarkIncidentsKey(b *testing.B) {
	events := kittest.Story()
	base := kittest.Analysis(events).Incidents[1]
	an := &forensics.Analysis{}
	for i := range 2000 {
		in := base
		in.ID, in.Account = int64(i+1), fmt.Sprintf("user%d@example.net", i)
		an.Incidents = append(an.Incidents, in)
	}
	c := kittest.New("incidents", events)
	c.SetAnalysis(an, nil, nil)
	a := newApp(Options{Case: c})
	h := &hand{app: a, messages: make(chan tea.Msg, 1000)}
	h.start(a.Init())
	h.handle(tea.WindowSizeMsg{Width: 120, Height: 36})
	h.handle(tea.KeyPressMsg{Code: '2', Text: "2"})
	h.until(func() bool { return strings.Contains(ansi.Strip(frame{a}.content()), "of 2,000") })
	var all []time.Duration
	for i := 0; b.Loop(); i++ {
		begin := time.Now()
		h.handle(scrollKey(i))
		_ = frame{a}.content()
		all = append(all, time.Since(begin))
	}
	report(b, "key", all)
}

var scrollBytes = []string{"\x1b[B", "\x1b[B", "\x1b[6~", "\x1b[6~", "\x1b[A", "\x1b[6~", "\x1b[6~", "\x1b[6~", "\x1b[B", "\x1b[5~"}

// scrollKey is the i-th key of somebody who scrolls, and sometimes jumps.
func scrollKey(i int) tea.KeyPressMsg {
	switch {
	case i%97 == 96:
		return tea.KeyPressMsg{Code: tea.KeyEnd}
	case i%97 == 60:
		return tea.KeyPressMsg{Code: tea.KeyHome}
	case i%3 == 0:
		return tea.KeyPressMsg{Code: tea.KeyPgDown}
	}
	return tea.KeyPressMsg{Code: tea.KeyDown}
}

func report(b *testing.B, name string, times []time.Duration) {
	slices.Sort(times)
	p99 := times[len(times)*99/100]
	b.ReportMetric(float64(times[len(times)/2].Microseconds())/1000, name+"-p50-ms")
	b.ReportMetric(float64(p99.Microseconds())/1000, name+"-p99-ms")
	b.Logf("%s: %d keys, p50 %v, p90 %v, p99 %v, worst %v", name, len(times), times[len(times)/2], times[len(times)*9/10], p99, times[len(times)-1])
}

// hand drives the model in real time.
type hand struct {
	app      *app
	messages chan tea.Msg
}

func (h *hand) start(cmd tea.Cmd) {
	if cmd != nil {
		go func() { h.messages <- cmd() }()
	}
}

func (h *hand) handle(msg tea.Msg) {
	switch msg := msg.(type) {
	case nil:
	case tea.BatchMsg:
		for _, cmd := range msg {
			h.start(cmd)
		}
	default:
		_, cmd := h.app.Update(msg)
		h.start(cmd)
	}
}

func (h *hand) until(done func() bool) {
	for !done() {
		h.handle(<-h.messages)
	}
}

// waits reports whether a visible row is still being read.
func (h *hand) waits() bool {
	t, ok := h.app.screen().(interface{ Waiting() bool })
	return ok && t.Waiting()
}

// clockedOutput is a terminal that notes when it is written to.
type clockedOutput struct {
	wrote chan time.Time
}

func (o *clockedOutput) Write(p []byte) (int, error) {
	select {
	case o.wrote <- time.Now():
	default:
	}
	return len(p), nil
}

func (o *clockedOutput) drain() {
	for {
		select {
		case <-o.wrote:
		default:
			return
		}
	}
}

// million is a case of a million events that are made when they are asked for.
type million struct {
	*kittest.Case
	latency time.Duration
}

func newMillion(latency time.Duration) *million {
	return &million{kittest.New("million", nil), latency}
}

func (m *million) Query(context.Context, filter.Expr) (kit.View, error) {
	return &millionView{latency: m.latency}, nil
}

const millionLen = 1_000_000

type millionView struct{ latency time.Duration }

func nanoOf(i int) int64 { return 1_600_000_000_000_000_000 + int64(i)*40_000_000_000 }

func (v *millionView) Len() int   { return millionLen }
func (v *millionView) Dated() int { return millionLen }
func (v *millionView) Total() int { return millionLen }
func (v *millionView) Events(from, n int) ([]forensics.Event, error) {
	time.Sleep(v.latency)
	out := make([]forensics.Event, 0, n)
	kinds := forensics.Kinds()
	for i := from; i < min(from+n, millionLen); i++ {
		out = append(out, forensics.Event{
			Row: int64(i + 1), ID: "000000", Kind: kinds[i%len(kinds)], Account: "pat@example.net", Subject: fmt.Sprintf("Grüße aus Köln, Brief %d – 日本語", i),
			From: "someone@example.org", Folder: "INBOX", IP: netip.MustParseAddr("2001:db8:85a3::8a2e:370:7334"), Country: "DE", Client: "Thunderbird 115.3",
			Protocol: "imap", Time: forensics.UTC(time.Unix(0, nanoOf(i)), forensics.PrecisionSecond, "", "time"),
		})
	}
	return out, nil
}
func (v *millionView) SeekTime(nano int64) int { return int((nano - nanoOf(0)) / 40_000_000_000) }
func (v *millionView) IndexOf(row int64) int   { return int(row - 1) }
func (v *millionView) Span() (first, last int64, ok bool) {
	return nanoOf(0), nanoOf(millionLen - 1), true
}
func (v *millionView) Histogram(_, _ int64, cells int) []kit.Cell {
	out := make([]kit.Cell, cells)
	for i := range out {
		out[i][i%8] = uint32(i * 100)
	}
	return out
}
func (v *millionView) GroupCounts() kit.Cell { return kit.Cell{1, 2, 3, 4, 5, 6, 7, 8} }
