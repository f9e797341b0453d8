package screen

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"keytrail/forensics"
	"keytrail/tui/kit"
	"keytrail/tui/widget"
)

// exportField is a line of the export dialogue.
type exportField uint8

const (
	exportFormat exportField = iota
	exportName
	exportEvents
	exportZone
	exportFields
)

var exportEndings = [...]struct{ ending, words string }{
	{".xlsx", "workbook: summary, incidents, losses, timeline, custody"},
	{".csv", "one row an event, opens in any spreadsheet"},
	{".jsonl", "one JSON object an event, ready for Timesketch"},
}

// export is the dialogue that writes a report.
type export struct {
	ctx      *kit.Context
	filter   string
	counts   [2]int64 // events in the filter, in all
	field    exportField
	ending   int
	all      bool
	name     widget.Input
	writing  bool
	cancel   context.CancelFunc
	result   *kit.ExportResult
	problem  string
	ownNames bool // the name was changed by hand
}

// exported ends the writing of a report.
type exported struct {
	result kit.ExportResult
	free   string // a name that no file has, where the one that was asked for is taken
	err    error
}

// NewExportSheet asks what to write where. filter is the timeline's filter; shown and all
// count its events and those of the case. everything is proposed where the timeline is not what is looked at.
func NewExportSheet(ctx *kit.Context, filter string, shown, all int64, everything bool) kit.Sheet {
	e := &export{ctx: ctx, filter: filter, counts: [2]int64{shown, all}, field: exportName, all: everything || filter == ""}
	e.name = widget.NewInput(e.suggest())
	return e
}

func (e *export) suggest() string {
	name := strings.TrimSuffix(e.ctx.Case.Name(), ".keytrail")
	return name + exportEndings[e.ending].ending
}

func (e *export) Init() tea.Cmd { return nil }

func (e *export) Title() string { return "export" }

func (e *export) Hints() []key.Binding {
	k := e.ctx.Keys
	switch {
	case e.result != nil:
		return []key.Binding{k.Cancel}
	case e.writing:
		return []key.Binding{key.NewBinding(key.WithKeys("esc"), key.WithHelp("esc", "stop"))}
	}
	write := key.NewBinding(key.WithKeys("enter"), key.WithHelp("⏎", "write"))
	choose := key.NewBinding(key.WithKeys("left"), key.WithHelp("←→", "choose"))
	return []key.Binding{write, k.Up, k.Down, choose, k.Cancel}
}

func (e *export) Update(msg tea.Msg) (kit.Sheet, tea.Cmd) {
	switch msg := msg.(type) {
	case exported:
		e.writing, e.cancel = false, nil
		switch {
		case msg.free != "":
			e.problem = filepath.Base(e.name.Value()) + " is there already and is left as it is: " + e.ctx.Keys.Accept.Help().Key + " writes " + filepath.Base(msg.free)
			e.name.Set(msg.free)
			return e, nil
		case msg.err != nil:
			e.problem = problemText(msg.err)
			return e, nil
		}
		e.result = &msg.result
	case tea.PasteMsg:
		if e.field == exportName && !e.writing {
			e.name.Update(msg)
			e.ownNames = true
		}
	case tea.KeyPressMsg:
		return e, e.key(msg)
	}
	return e, nil
}

func (e *export) key(msg tea.KeyPressMsg) tea.Cmd {
	k := e.ctx.Keys
	switch {
	case key.Matches(msg, k.Cancel) && e.writing:
		e.cancel()
	case key.Matches(msg, k.Cancel), e.result != nil && key.Matches(msg, k.Accept):
		return e.ctx.Post(kit.SheetClosed{})
	case e.writing || e.result != nil:
	case key.Matches(msg, k.Accept):
		return e.write()
	case key.Matches(msg, k.Complete), msg.String() == "down":
		e.field = (e.field + 1) % exportFields
	case key.Matches(msg, k.CompleteBack), msg.String() == "up":
		e.field = (e.field + exportFields - 1) % exportFields
	case e.field == exportName:
		if before := e.name.Value(); e.name.Update(msg) && e.name.Value() != before {
			e.problem, e.ownNames = "", true
		}
	case msg.String() == "left":
		e.choose(-1)
	case msg.String() == "right", msg.String() == "space":
		e.choose(1)
	case e.field == exportZone && key.Matches(msg, k.Zone):
		return e.ctx.Post(ZoneCycled{})
	}
	return nil
}

func (e *export) choose(step int) {
	switch e.field {
	case exportFormat:
		old := exportEndings[e.ending].ending
		e.ending = (e.ending + step + len(exportEndings)) % len(exportEndings)
		if stem, ok := strings.CutSuffix(e.name.Value(), old); ok {
			e.name.Set(stem + exportEndings[e.ending].ending)
		}
		e.problem = ""
	case exportEvents:
		if e.filter != "" {
			e.all = !e.all
		}
	}
}

func (e *export) write() tea.Cmd {
	name := cleanPath(e.name.Value())
	if name == "" {
		e.problem = "a file needs a name"
		return nil
	}
	known := false
	for i, f := range exportEndings {
		if strings.EqualFold(filepath.Ext(name), f.ending) {
			e.ending, known = i, true
		}
	}
	if !known {
		name += exportEndings[e.ending].ending
		e.name.Set(name)
	}
	o := kit.ExportOptions{Zone: e.ctx.Zone, Filter: e.filter}
	if e.all {
		o.Filter = ""
	}
	ctx, cancel := context.WithCancel(context.Background())
	e.writing, e.cancel, e.problem = true, cancel, ""
	run, c := e.ctx.Export, e.ctx.Case
	return func() tea.Msg {
		defer cancel()
		if _, err := os.Lstat(name); err == nil {
			return exported{free: freeName(name), err: fs.ErrExist}
		}
		result, err := run(ctx, c, name, o)
		if errors.Is(err, fs.ErrExist) {
			return exported{free: freeName(name), err: err}
		}
		return exported{result: result, err: err}
	}
}

// freeName is a name like this one that no file has: report-2.xlsx. It is empty where the first hundred are taken.
func freeName(name string) string {
	ending := filepath.Ext(name)
	for n := int64(2); n < 100; n++ {
		other := strings.TrimSuffix(name, ending) + "-" + itoa(n) + ending
		if _, err := os.Lstat(other); errors.Is(err, fs.ErrNotExist) {
			return other
		}
	}
	return ""
}

func (e *export) View(width, height int) []string {
	st := e.ctx.Styles
	if e.result != nil {
		r := e.result
		l := kit.NewLine(width).Space(1).Add(st.Good, "✓ written").Space(2).Add(st.Strong, kit.Plural(r.Rows, "event"))
		return []string{
			l.String(),
			kit.NewLine(width).Space(1).Cell(st.Muted, "file", 8).Add(st.Text, r.Path).String(),
			kit.NewLine(width).Space(1).Cell(st.Muted, "sha256", 8).Add(st.Text, r.Digest.String()).String(),
		}
	}
	zoneWords := "times stand in UTC and in this zone"
	if e.ctx.Zone == time.UTC {
		zoneWords = ""
	}
	if e.field == exportZone {
		zoneWords = words(zoneWords, "  z chooses another")
	}
	out := []string{
		e.line(width, exportFormat, "format", exportEndings[e.ending].ending[1:], exportEndings[e.ending].words),
		e.nameLine(width),
		e.line(width, exportEvents, "events", e.eventsWord(), ""),
		e.line(width, exportZone, "zone", kit.ZoneName(e.ctx.Zone, e.ctx.Now()), zoneWords),
	}
	switch {
	case e.writing:
		return append(out, kit.NewLine(width).Space(2).Add(st.Accent, "writing…").Add(st.Muted, "  esc stops it; no half file is left").String())
	case e.problem == "":
		return append(out, kit.NewLine(width).String())
	}
	for _, text := range kit.Wrap("✗ "+e.problem, width-4, 4) {
		out = append(out, kit.NewLine(width).Space(2).Add(st.Bad, text).String())
	}
	return out
}

func (e *export) eventsWord() string {
	if e.all {
		return "all " + kit.Count(e.counts[1])
	}
	return "the " + kit.Count(e.counts[0]) + " of the filter " + e.filter
}

func (e *export) line(width int, f exportField, name, value, words string) string {
	st := e.ctx.Styles
	l := e.start(width, f, name)
	arrows := f == exportFormat || f == exportEvents && e.filter != ""
	if e.field == f && arrows {
		l.Add(st.Accent, "‹ ").Add(st.Strong, value).Add(st.Accent, " ›")
	} else if e.field == f {
		l.Add(st.Strong, value)
	} else {
		l.Add(st.Text, value)
	}
	return l.Space(2).Add(st.Muted, words).String()
}

func (e *export) nameLine(width int) string {
	l := e.start(width, exportName, "file")
	if e.field == exportName && !e.writing {
		e.name.Render(l, e.ctx.Styles, l.Left()-1)
	} else {
		l.Add(e.ctx.Styles.Text, e.name.Value())
	}
	return l.String()
}

func (e *export) start(width int, f exportField, name string) *kit.Line {
	mark := " "
	if e.field == f {
		mark = "▌"
	}
	return kit.NewLine(width).Add(e.ctx.Styles.Accent, mark).Space(1).Cell(e.ctx.Styles.Muted, name, 8)
}

// ZoneCycled asks for the next zone, as the key of the timeline does.
type ZoneCycled struct{}

// problemText says what went wrong and what can be done about it.
func problemText(err error) string {
	if errors.Is(err, context.Canceled) {
		return "stopped; nothing was written"
	}
	if errors.Is(err, fs.ErrExist) {
		return "a file of this name is there already and is left as it is: choose another name"
	}
	if hint := forensics.Hint(err); hint != "" {
		return err.Error() + ": " + hint
	}
	return err.Error()
}
