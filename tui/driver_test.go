package tui

import (
	"flag"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"
	"github.com/google/go-cmp/cmp"

	"keytrail/forensics"
	"keytrail/tui/kit"
	"keytrail/tui/kit/kittest"
)

var update = flag.Bool("update", false, "write the golden screens anew")

// TestUpdateIsOff fails a run that would write golden files unseen.
func TestUpdateIsOff(t *testing.T) {
	if *update {
		t.Error("the golden screens were written anew: look at the difference, then run without -update")
	}
}

// driver runs the root model as bubbletea does, but step by step: commands run in
// goroutines of a synctest bubble, whose clock moves only when a test sleeps.
type driver struct {
	t        *testing.T
	app      *app
	messages chan tea.Msg
	quit     bool
}

// screenTest runs a test of the screen in a bubble of its own.
func screenTest(t *testing.T, width, height int, o Options, do func(d *driver)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		if o.Now == nil {
			o.Now = func() time.Time { return time.Date(2023, 5, 3, 12, 0, 0, 0, time.UTC) }
		}
		d := &driver{t: t, app: newApp(o), messages: make(chan tea.Msg, 1000)}
		d.start(d.app.Init())
		d.send(tea.WindowSizeMsg{Width: width, Height: height})
		do(d)
		if d.app.add.running {
			d.app.add.stop()
		}
		for range 4 {
			d.wait(time.Minute) // everything that waits for its time has its turn, and what follows from it
		}
	})
}

// start runs a command.
func (d *driver) start(cmd tea.Cmd) {
	if cmd != nil {
		go func() { d.messages <- cmd() }()
	}
}

// send hands a message to the model and lets everything happen that follows at once.
func (d *driver) send(msg tea.Msg) {
	d.handle(msg)
	d.settle()
}

func (d *driver) settle() {
	for {
		synctest.Wait()
		select {
		case msg := <-d.messages:
			d.handle(msg)
		default:
			return
		}
	}
}

func (d *driver) handle(msg tea.Msg) {
	switch msg := msg.(type) {
	case nil:
	case tea.BatchMsg:
		for _, cmd := range msg {
			d.start(cmd)
		}
	case tea.QuitMsg:
		d.quit = true
	default:
		if reflect.TypeOf(msg).PkgPath() == "charm.land/bubbletea/v2" && strings.HasPrefix(reflect.TypeOf(msg).Name(), "background") {
			return // a question to the terminal
		}
		_, cmd := d.app.Update(msg)
		d.start(cmd)
	}
}

// wait lets time pass.
func (d *driver) wait(t time.Duration) {
	time.Sleep(t)
	d.settle()
}

// keys presses keys by their names: "enter", "ctrl+c", "x"; everything else is typed
// letter by letter.
func (d *driver) keys(names ...string) {
	for _, k := range pressed(names) {
		d.send(k)
	}
}

// pressed are the keys of the names.
func pressed(names []string) (keys []tea.KeyPressMsg) {
	for _, name := range names {
		if k, ok := special[name]; ok {
			keys = append(keys, k)
			continue
		}
		for _, r := range name {
			keys = append(keys, tea.KeyPressMsg{Code: r, Text: string(r)})
		}
	}
	return keys
}

// click presses the left button of the mouse.
func (d *driver) click(x, y int) { d.send(tea.MouseClickMsg{X: x, Y: y, Button: tea.MouseLeft}) }

var special = map[string]tea.KeyPressMsg{
	"enter": {Code: tea.KeyEnter}, "esc": {Code: tea.KeyEscape}, "tab": {Code: tea.KeyTab},
	"up": {Code: tea.KeyUp}, "down": {Code: tea.KeyDown}, "left": {Code: tea.KeyLeft}, "right": {Code: tea.KeyRight},
	"home": {Code: tea.KeyHome}, "end": {Code: tea.KeyEnd}, "pgup": {Code: tea.KeyPgUp}, "pgdown": {Code: tea.KeyPgDown},
	"backspace": {Code: tea.KeyBackspace}, "ctrl+c": {Code: 'c', Mod: tea.ModCtrl}, "ctrl+u": {Code: 'u', Mod: tea.ModCtrl},
	"shift+tab": {Code: tea.KeyTab, Mod: tea.ModShift}, "space": {Code: tea.KeySpace, Text: " "},
}

// screen is the plain text of the screen, without blanks at the ends of lines.
func (d *driver) screen() string {
	lines := strings.Split(ansi.Strip(frame{d.app}.content()), "\n")
	for i := range lines {
		lines[i] = strings.TrimRight(lines[i], " ")
	}
	return strings.Join(lines, "\n") + "\n"
}

// sees fails the test unless the screen shows every text.
func (d *driver) sees(texts ...string) {
	d.t.Helper()
	screen := d.screen()
	for _, text := range texts {
		if !strings.Contains(screen, text) {
			d.t.Errorf("the screen does not show %q:\n%s", text, screen)
		}
	}
}

// lacks fails the test if the screen shows one of the texts.
func (d *driver) lacks(texts ...string) {
	d.t.Helper()
	screen := d.screen()
	for _, text := range texts {
		if strings.Contains(screen, text) {
			d.t.Errorf("the screen shows %q:\n%s", text, screen)
		}
	}
}

// golden compares the screen with the file of the test's name, and checks that every line has
// the width of the terminal.
func (d *driver) golden(name string) {
	d.t.Helper()
	d.exact()
	path := filepath.Join("testdata", filepath.FromSlash(d.t.Name()), name+".golden")
	got := d.screen()
	if *update {
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			d.t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			d.t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		d.t.Fatalf("no golden screen; run with -update and look at it: %v", err)
	}
	if diff := cmp.Diff(strings.Split(string(want), "\n"), strings.Split(got, "\n")); diff != "" {
		d.t.Errorf("screen %s (-want +got):\n%s", name, diff)
	}
}

// exact checks that the screen has as many lines and cells as the terminal.
func (d *driver) exact() {
	d.t.Helper()
	lines := strings.Split(frame{d.app}.content(), "\n")
	if len(lines) != d.app.height {
		d.t.Errorf("the screen has %d lines, want %d:\n%s", len(lines), d.app.height, d.screen())
	}
	for i, l := range lines {
		if w := ansi.StringWidthWc(l); w != d.app.width {
			d.t.Errorf("line %d is %d cells wide, want %d: %q", i+1, w, d.app.width, l)
		}
	}
}

// story is a case with events and evidence, and services that work in memory.
func story() (Options, *kittest.Case) {
	c := kittest.New("pat-rivera", kittest.Story())
	c.SetEvidence(kittest.Evidence())
	o := Options{Case: c}
	o.ReadRaw = func(_ kit.Case, e *forensics.Event) ([]byte, bool, error) { return kittest.Raw(e), true, nil }
	return o, c
}

// sizes are the terminals that every screen is looked at in.
var sizes = []struct {
	name          string
	width, height int
}{{"80x24", 80, 24}, {"120x36", 120, 36}}

// eachSize runs a test of the screen in a terminal of each size, on options made for it alone; with them comes what else
// the test looks at.
func eachSize[C any](t *testing.T, of func() (Options, C), do func(d *driver, c C)) {
	for _, size := range sizes {
		t.Run(size.name, func(t *testing.T) {
			o, c := of()
			screenTest(t, size.width, size.height, o, func(d *driver) { do(d, c) })
		})
	}
}
