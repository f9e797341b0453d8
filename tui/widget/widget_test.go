package widget

import (
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"
	"github.com/google/go-cmp/cmp"

	"keytrail/forensics"
	"keytrail/tui/kit"
)

func press(in *Input, names ...string) {
	codes := map[string]tea.KeyPressMsg{
		"left": {Code: tea.KeyLeft}, "home": {Code: tea.KeyHome}, "end": {Code: tea.KeyEnd}, "backspace": {Code: tea.KeyBackspace},
		"delete": {Code: tea.KeyDelete}, "ctrl+w": {Code: 'w', Mod: tea.ModCtrl}, "ctrl+u": {Code: 'u', Mod: tea.ModCtrl}, "ctrl+k": {Code: 'k', Mod: tea.ModCtrl},
		"alt+b": {Code: 'b', Mod: tea.ModAlt},
	}
	for _, n := range names {
		if k, ok := codes[n]; ok {
			in.Update(k)
			continue
		}
		for _, r := range n {
			in.Update(tea.KeyPressMsg{Code: r, Text: string(r)})
		}
	}
}

func TestInput(t *testing.T) {
	for _, c := range []struct {
		name  string
		keys  []string
		want  string
		caret int
	}{
		{"typed", []string{"abc"}, "abc", 3},
		{"inside", []string{"ac", "left", "b"}, "abc", 2},
		{"rubbed", []string{"Grüße", "backspace", "left", "delete"}, "Grü", 3},
		{"word", []string{"one two ", "ctrl+w"}, "one ", 4},
		{"start", []string{"one two", "alt+b", "ctrl+u"}, "two", 0},
		{"end", []string{"one two", "home", "ctrl+k", "x"}, "x", 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			var in Input
			press(&in, c.keys...)
			if in.Value() != c.want || in.Caret() != c.caret {
				t.Errorf("got %q with the caret at %d, want %q at %d", in.Value(), in.Caret(), c.want, c.caret)
			}
		})
	}
}

func TestInputRender(t *testing.T) {
	st := kit.NewStyles(true, true)
	in := NewInput(strings.Repeat("日本", 40))
	l := kit.NewLine(20)
	in.Render(l, st, 20)
	if w := ansi.StringWidth(l.String()); w != 20 {
		t.Errorf("the line is %d cells wide, want 20", w)
	}
	in.Update(tea.PasteMsg{Content: "a\nb\tc\n"})
	if !strings.HasSuffix(in.Value(), "a b c") {
		t.Errorf("pasted %q", in.Value())
	}
}

func TestPages(t *testing.T) {
	p := NewPages[int](10, 3)
	if got := p.Want(5, 25, 0, 100, 1000, 4); !cmp.Equal(got, []int{0, 1, 2, 3}) {
		t.Errorf("wants %v, want the visible pages first and four at most", got)
	}
	if got := p.Want(5, 25, 0, 100, 1000, 4); got != nil {
		t.Errorf("wants %v again while they are under way", got)
	}
	for page := range 4 {
		p.Put(page, []int{page * 10, page*10 + 1})
	}
	if p.At(0) != nil {
		t.Error("the page not looked at for longest is kept beyond the bound")
	}
	if got := p.At(31); got == nil || *got != 31 {
		t.Errorf("entry 31 is %v", got)
	}
	if p.At(35) != nil || p.At(-1) != nil {
		t.Error("an entry that does not exist is there")
	}
	p.Failed(7)
	p.Reset()
	if p.At(31) != nil {
		t.Error("an entry is there after Reset")
	}
}

func TestStripAxis(t *testing.T) {
	st := kit.NewStyles(true, true)
	day := func(y, m, d, h int) int64 { return time.Date(y, time.Month(m), d, h, 0, 0, 0, time.UTC).UnixNano() }
	for _, c := range []struct {
		name, want  string
		from, to    int64
		left, right int64
	}{
		{
			"months", "2022-10-01  Nov         Dec         ▲           Feb           2023-03-31",
			day(2022, 10, 1, 0), day(2023, 3, 31, 0), day(2023, 1, 1, 0), day(2023, 1, 2, 0),
		},
		{
			"hours", "02-07 03:00             04:00       04:30       05:00        02-07 06:00",
			day(2023, 2, 7, 3), day(2023, 2, 7, 6), 0, 0,
		},
		{
			"at-the-start", "╘═══╛  2000-01-01     2005                   2010             2016-01-01",
			day(2000, 1, 1, 0), day(2016, 1, 1, 0), day(2000, 1, 1, 0), day(2001, 1, 1, 0),
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := Strip{From: c.from, To: c.to, Zone: time.UTC}
			got := ansi.Strip(s.Axis(st, 72, c.left, c.right))
			if got != c.want {
				t.Errorf("got  %q\nwant %q", got, c.want)
			}
		})
	}
}

func TestStripBars(t *testing.T) {
	st := kit.NewStyles(true, true)
	s := Strip{From: 0, To: 4, Cells: make([]kit.Cell, 4), Base: make([]kit.Cell, 4)}
	s.Cells[0][forensics.GroupMail] = 64
	s.Cells[1][forensics.GroupMail], s.Cells[1][forensics.GroupKey] = 64, 1
	s.Base[2][forensics.GroupMail] = 1
	got := s.Bars(st, 4, 1)
	if text := ansi.Strip(got[0]); text != "█K▁ " {
		t.Errorf("bars %q, want a full bar, the loudest group's letter, a ground and nothing", text)
	}
	if g, ok := Loudest(s.Cells[1]); g != forensics.GroupKey || !ok {
		t.Errorf("loudest %v", g)
	}
}

func TestScroll(t *testing.T) {
	var s Scroll
	s.Move(30, 100, 10)
	if s.Top != 21 {
		t.Errorf("top %d, want 21", s.Top)
	}
	s.Move(-5, 100, 10)
	if s.Cursor != 0 || s.Top != 0 {
		t.Errorf("%+v, want the start", s)
	}
	s.Move(5, 0, 10)
	if s.Cursor != 0 || s.Top != 0 {
		t.Errorf("%+v, want the start of an empty list", s)
	}
}

func TestPace(t *testing.T) {
	p := kit.Progress{BytesDone: 412e6, BytesTotal: 1.1e9, Elapsed: 2 * time.Second}
	if rate, left := pace(p); rate != "206 MB/s" || left != "3 s left" {
		t.Errorf("%q %q", rate, left)
	}
	if Percent(p) != 37 || Percent(kit.Progress{}) != -1 {
		t.Errorf("percent %d, %d", Percent(p), Percent(kit.Progress{}))
	}
}

func TestScrollFillsItsWindow(t *testing.T) {
	var s Scroll
	s.Move(96, 97, 11)
	if s.Top != 86 {
		t.Errorf("top %d, want 86", s.Top)
	}
	s.Move(3, 4, 11) // the list became short
	if s.Cursor != 3 || s.Top != 0 {
		t.Errorf("cursor %d, top %d; want 3, 0", s.Cursor, s.Top)
	}
	s.Move(0, 0, 0)
	if s.Cursor != 0 || s.Top != 0 {
		t.Errorf("cursor %d, top %d of nothing; want 0, 0", s.Cursor, s.Top)
	}
}
