package screen

import (
	"sort"
	"strings"
	"time"

	"keytrail/forensics"
	"keytrail/tui/kit"
	"keytrail/tui/widget"
)

const (
	folderHead  = 2 // the columns and the rule
	folderBelow = 11
)

func (f *folderList) listHeight() int {
	return max(1, min(max(1, len(f.list)), f.height-folderHead-folderBelow))
}

// rulerAt is the line on which the ruler begins.
func (f *folderList) rulerAt() int { return folderHead + f.listHeight() + 2 }

func (f *folderList) view() []string {
	st := f.ctx.Styles
	f.ruler.Zone = f.ctx.Zone
	out := []string{f.heads(), st.HRule(f.width)}
	for i := f.scroll.Top; i < len(f.list) && len(out) < folderHead+f.listHeight(); i++ {
		out = append(out, f.row(&f.list[i], i == f.scroll.Cursor))
	}
	if folder := f.folder(); folder != nil {
		out = append(out, st.HRule(f.width))
		out = append(out, f.below(folder)...)
	}
	out = append(out, f.oddLines(f.height-len(out))...)
	for len(out) < f.height {
		out = append(out, kit.NewLine(f.width).String())
	}
	if len(f.list) == 0 {
		f.empty(out[folderHead:])
	}
	return out[:f.height]
}

// nameWidth is the room for the folder's name and for a number; the account stands beside the name where there is room.
func (f *folderList) nameWidth() (name, account, copied, number int) {
	number = 10
	if f.width < 70 {
		number = 7
	}
	left := f.width - 3 - 4*(number+1)
	if f.width >= 100 {
		return left - 24 - 1 - 20 - 1, 24, 20, number
	}
	return left, 0, 0, number
}

func (f *folderList) heads() string {
	st := f.ctx.Styles
	name, account, copied, number := f.nameWidth()
	l := kit.NewLine(f.width).Space(2).Cell(st.Muted, "folder", name)
	if account > 0 {
		l.Space(1).Cell(st.Muted, "account", account).Space(1).Cell(st.Muted, "copy", copied)
	}
	for _, h := range []string{"UIDs", "present", "moved", "missing"} {
		l.Space(1).Number(st.Muted, h, number)
	}
	return l.String()
}

func (f *folderList) row(folder *forensics.Folder, chosen bool) string {
	st := f.ctx.Styles
	l := kit.NewLine(f.width)
	mark, look := " ", st.Text
	if chosen {
		l.On(st.Row)
		mark, look = "▌", st.Strong
	}
	name, account, copied, number := f.nameWidth()
	l.Add(st.Accent, mark).Space(1).Cell(look, kit.CutLeft(folder.Name, name), name)
	if account > 0 {
		l.Space(1).Cell(st.Muted, folder.Account, account).Space(1).Cell(st.Muted, folder.EvidenceName, copied)
	}
	given := "?"
	if folder.UIDNext > 0 {
		given = kit.Count(int64(folder.UIDNext) - 1)
	}
	l.Space(1).Number(st.Muted, given, number)
	for _, n := range []struct {
		count int64
		state string
	}{{folder.Present, "present"}, {folder.Moved, "moved"}, {folder.Missing, "missing"}} {
		_, look := widget.StateLook(st, n.state)
		l.Space(1).Number(quiet(st, n.count, look), kit.Count(n.count), number)
	}
	return l.String()
}

// below draws the ruler of a folder and what is known of the run under the cursor.
func (f *folderList) below(folder *forensics.Folder) []string {
	st := f.ctx.Styles
	p := &pane{ctx: f.ctx, width: f.width}
	p.lines = append(p.lines, f.title(folder))
	if len(f.ruler.Runs) > 0 {
		for _, s := range f.ruler.Lines(st, f.width-2, f.run) {
			p.lines = append(p.lines, " "+s+" ")
		}
		r := f.ruler.Runs[f.run]
		letter, look := widget.StateLook(st, r.State)
		head, when := runText(r, f.ctx.Zone)
		p.add(kit.NewLine(f.width))
		p.named(letter+" here", look, head+"; "+when, st.Strong)
		if r.Event != 0 {
			p.field("", "⏎ shows the event, with its proof")
		}
	} else if folder.Note == "" {
		p.wrapped(st.Muted, "No UIDs are known of this folder.")
	}
	p.look("not done", folder.Note, st.Warn)
	if folder.Base != "" {
		p.field("usual gaps", folder.Base)
	}
	p.field("more copies", strings.Join(folder.Copies[:min(len(folder.Copies), 3)], "; "))
	return p.lines
}

// oddLines lists the runs that are not present, those around the cursor.
func (f *folderList) oddLines(height int) []string {
	if height < 3 || len(f.odd) == 0 {
		return nil
	}
	st := f.ctx.Styles
	p := &pane{ctx: f.ctx, width: f.width}
	p.rule("moved and missing")
	height--
	at := sort.SearchInts(f.odd, f.run)
	top := max(0, min(at-height/2, len(f.odd)-height))
	for i := top; i < len(f.odd) && i < top+height; i++ {
		r := f.ruler.Runs[f.odd[i]]
		letter, look := widget.StateLook(st, r.State)
		l := kit.NewLine(f.width)
		mark, text := " ", st.Text
		if f.odd[i] == f.run {
			l.On(st.Row)
			mark, text = "▌", st.Strong
		}
		head, when := runText(r, f.ctx.Zone)
		l.Add(st.Accent, mark).Space(1).Add(look, letter).Space(1).Cell(text, head, min(44, f.width/2)).Space(1).Add(st.Muted, when)
		p.add(l)
	}
	return p.lines
}

// title names the folder, and what a cell stands for.
func (f *folderList) title(folder *forensics.Folder) string {
	st := f.ctx.Styles
	taken := ""
	if folder.Taken != 0 {
		taken = "copied " + time.Unix(0, folder.Taken).In(f.ctx.Zone).Format("2006-01-02 15:04")
	}
	l := kit.NewLine(f.width).Space(1)
	legend := kit.NewLine(f.width)
	if len(f.ruler.Runs) > 0 {
		if f.width >= 100 {
			if n := (int64(f.ruler.To) - int64(f.ruler.From) + 1) / int64(f.width-2); n > 1 {
				legend.Add(st.Muted, "a cell: "+kit.Count(n)+" UIDs").Space(3)
			}
		}
		for _, state := range []string{"present", "moved", "missing"} {
			letter, look := widget.StateLook(st, state)
			legend.Add(look, letter).Space(1).Add(st.Muted, state).Space(2)
		}
		if f.width >= 100 {
			legend.Add(st.Muted, "blank: not known").Space(2)
		}
	}
	l.Add(st.Strong, kit.CutLeft(folder.Name, max(8, l.Left()-legend.Used()-2))).Space(2)
	if l.Left() > legend.Used()+kit.Width(taken)+2 {
		l.Add(st.Muted, taken)
	}
	return l.Gap(legend.Used()).Raw(legend).String()
}

func (f *folderList) empty(body []string) {
	var text []string
	switch {
	case f.err != nil:
		text = []string{"The folders could not be read.", f.err.Error()}
	case !f.read:
		text = []string{"Reading."}
	default:
		text = []string{
			"No copy with UIDs is in this case.",
			"A mail server numbers the mails of a folder; what is gone leaves a gap.",
			"keytrail acquire, imap-backup and mbsync keep these numbers.",
		}
		switch {
		case f.ctx.Add != nil && f.ctx.Acquire != nil:
			text = append(text, "a adds such a copy; esc, then i makes one.")
		case f.ctx.Add != nil:
			text = append(text, "a adds such a copy.")
		}
	}
	centred(f.ctx.Styles, f.width, body, text)
}
