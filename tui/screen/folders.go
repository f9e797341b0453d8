package screen

import (
	"context"
	"time"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"keytrail/forensics"
	"keytrail/tui/kit"
	"keytrail/tui/widget"
)

// folderList shows the mail folders of which a copy with UIDs is there: what is present, moved and missing, with the
// ruler of the chosen one.
type folderList struct {
	ctx           *kit.Context
	width, height int
	list          []forensics.Folder
	read          bool
	reading       bool
	again         bool
	err           error
	scroll        widget.Scroll
	ruler         widget.Ruler
	run           int
	odd           []int // the runs that are not present
}

// foldersRead brings the folders.
type foldersRead struct {
	of   *folderList
	list []forensics.Folder
	err  error
}

func newFolderList(ctx *kit.Context) *folderList { return &folderList{ctx: ctx} }

func (f *folderList) load() tea.Cmd {
	if f.reading {
		f.again = true
		return nil
	}
	f.reading = true
	c := f.ctx.Case
	return func() tea.Msg {
		list, err := c.Folders(context.Background())
		return foldersRead{f, list, err}
	}
}

func (f *folderList) took(msg foldersRead) tea.Cmd {
	if msg.of != f {
		return nil
	}
	f.reading, f.read, f.err = false, true, msg.err
	if msg.err == nil {
		was := f.folder()
		f.list = msg.list
		f.scroll.Move(f.scroll.Cursor, len(f.list), f.listHeight())
		if now := f.folder(); was == nil || now == nil || now.Name != was.Name || len(now.Runs) != len(was.Runs) {
			f.choose()
		}
	}
	if f.again {
		f.again = false
		return f.load()
	}
	return nil
}

func (f *folderList) setSize(width, height int) {
	f.width, f.height = width, height
	f.scroll.Move(f.scroll.Cursor, len(f.list), f.listHeight())
}

func (f *folderList) folder() *forensics.Folder {
	if f.scroll.Cursor >= len(f.list) {
		return nil
	}
	return &f.list[f.scroll.Cursor]
}

// choose lays the ruler over all of the chosen folder, and the cursor on what is missing first.
func (f *folderList) choose() {
	f.ruler, f.run, f.odd = widget.Ruler{Zone: f.ctx.Zone}, 0, nil
	folder := f.folder()
	if folder == nil || len(folder.Runs) == 0 {
		return
	}
	f.ruler.Runs = folder.Runs
	f.ruler.From, f.ruler.To = f.whole()
	first := -1
	for i := range folder.Runs {
		if folder.Runs[i].State != "present" {
			f.odd = append(f.odd, i)
		}
		if folder.Runs[i].State == "missing" && first < 0 {
			first = i
		}
	}
	f.run = max(0, first)
}

// whole is all UIDs that the folder gave out, from the first one known on.
func (f *folderList) whole() (from, to uint32) {
	runs := f.folder().Runs
	from, to = runs[0].First, runs[len(runs)-1].Last
	if next := f.folder().UIDNext; next > 0 {
		to = max(to, next-1)
	}
	return from, max(from, to)
}

func (f *folderList) hints() []key.Binding {
	k := f.ctx.Keys
	switch {
	case len(f.list) == 0 && f.ctx.Add != nil:
		return []key.Binding{k.Cancel, k.Add}
	case len(f.list) == 0:
		return []key.Binding{k.Cancel}
	case len(f.ruler.Runs) == 0:
		return []key.Binding{k.Up, k.Down, k.Cancel}
	}
	return []key.Binding{k.PrevRun, k.NextRun, k.NextMissing, k.ZoomIn, k.ZoomOut, k.ShowHere, k.Up, k.Down, k.Cancel}
}

func (f *folderList) status() string {
	if len(f.list) == 0 {
		return ""
	}
	return kit.Count(int64(f.scroll.Cursor+1)) + " of " + kit.Count(int64(len(f.list)))
}

// key moves; open is false when the list is to be closed.
func (f *folderList) key(msg tea.KeyPressMsg) (cmd tea.Cmd, open bool) {
	k, page := f.ctx.Keys, max(1, f.listHeight()-1)
	switch {
	case key.Matches(msg, k.Cancel, k.Folders):
		return nil, false
	case key.Matches(msg, k.Up):
		f.move(-1)
	case key.Matches(msg, k.Down):
		f.move(1)
	case key.Matches(msg, k.PageUp):
		f.move(-page)
	case key.Matches(msg, k.PageDown):
		f.move(page)
	case key.Matches(msg, k.First):
		f.move(-len(f.list))
	case key.Matches(msg, k.Last):
		f.move(len(f.list))
	case len(f.ruler.Runs) == 0:
	case key.Matches(msg, k.NextRun):
		f.goTo(f.run + 1)
	case key.Matches(msg, k.PrevRun):
		f.goTo(f.run - 1)
	case key.Matches(msg, k.NextMissing):
		f.missing(1)
	case key.Matches(msg, k.PrevMissing):
		f.missing(-1)
	case key.Matches(msg, k.ZoomIn):
		f.zoom(4)
	case key.Matches(msg, k.ZoomOut):
		f.zoom(0.25)
	case key.Matches(msg, k.ShowHere):
		return f.event(), true
	}
	return nil, true
}

func (f *folderList) move(n int) {
	was := f.scroll.Cursor
	f.scroll.Move(was+n, len(f.list), f.listHeight())
	if f.scroll.Cursor != was {
		f.choose()
	}
}

// goTo puts the cursor on a run, and the ruler over it.
func (f *folderList) goTo(run int) {
	f.run = max(0, min(run, len(f.ruler.Runs)-1))
	r := f.ruler.Runs[f.run]
	if r.First >= f.ruler.From && r.Last <= f.ruler.To {
		return
	}
	f.around(uint64(f.ruler.To)-uint64(f.ruler.From)+1, r)
}

// missing goes to the next run of missing UIDs in a direction.
func (f *folderList) missing(step int) {
	for i := f.run + step; i >= 0 && i < len(f.ruler.Runs); i += step {
		if f.ruler.Runs[i].State == "missing" {
			f.goTo(i)
			return
		}
	}
	f.ctx.Post(kit.Noticed{Text: "no further missing UIDs on this side"})
}

// zoom makes the ruler span fewer or more UIDs around the cursor's run.
func (f *folderList) zoom(by float64) {
	span := uint64(float64(uint64(f.ruler.To)-uint64(f.ruler.From)+1) / by)
	f.around(max(span, 16), f.ruler.Runs[f.run])
}

// around spans n UIDs with the middle of a run in their middle, as far as the folder reaches.
func (f *folderList) around(n uint64, r forensics.UIDRun) {
	from, to := f.whole()
	if all := uint64(to) - uint64(from) + 1; n >= all {
		f.ruler.From, f.ruler.To = from, to
		return
	}
	middle := (uint64(r.First) + uint64(r.Last)) / 2
	start := uint64(from)
	if middle > start+n/2 {
		start = middle - n/2
	}
	start = min(start, uint64(to)-n+1)
	f.ruler.From, f.ruler.To = uint32(start), uint32(start+n-1)
}

// event shows what was inferred of the run under the cursor.
func (f *folderList) event() tea.Cmd {
	row := f.ruler.Runs[f.run].Event
	if row == 0 {
		return f.ctx.Post(kit.Noticed{Text: "no event speaks of these UIDs"})
	}
	return f.ctx.Post(kit.EventsChosen{Filter: "kind:mail-missing", Row: row, Marked: []int64{row}})
}

func (f *folderList) click(msg tea.MouseClickMsg) {
	if line := msg.Y - folderHead; line >= 0 && line < f.listHeight() && f.scroll.Top+line < len(f.list) {
		f.move(f.scroll.Top + line - f.scroll.Cursor)
		return
	}
	if at := msg.Y - f.rulerAt(); at >= 0 && at < 4 && len(f.ruler.Runs) > 0 && msg.X > 0 && msg.X < f.width-1 {
		f.run = min(f.ruler.RunAt(f.ruler.UIDAt(msg.X-1, f.width-2)), len(f.ruler.Runs)-1)
	}
}

// runText says what is known of a run.
func runText(r forensics.UIDRun, zone *time.Location) (head, when string) {
	head = "UID " + kit.Count(int64(r.First))
	n := int64(r.Last) - int64(r.First) + 1
	if n > 1 {
		head = "UIDs " + kit.Count(int64(r.First)) + " to " + kit.Count(int64(r.Last)) + ", " + kit.Count(n)
	}
	head += " " + r.State
	at := func(nano int64) string { return time.Unix(0, nano).In(zone).Format("2006-01-02 15:04:05") }
	switch {
	case r.NotBefore != 0 && r.NotAfter != 0:
		before, after := at(r.NotBefore), at(r.NotAfter)
		if before[:10] == after[:10] {
			after = after[11:]
		}
		when = "came between " + before + " and " + after + " " + kit.OffsetOf(time.Unix(0, r.NotAfter).In(zone))
	case r.NotBefore != 0:
		when = "came after " + at(r.NotBefore) + " " + kit.OffsetOf(time.Unix(0, r.NotBefore).In(zone))
	case r.NotAfter != 0:
		when = "came before " + at(r.NotAfter) + " " + kit.OffsetOf(time.Unix(0, r.NotAfter).In(zone))
	default:
		when = "when they came is not known"
	}
	return head, when
}
