package tui

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"

	"keytrail/forensics"
	"keytrail/tui/kit"
	"keytrail/tui/kit/kittest"
)

var errExists = fmt.Errorf("write the report: %w", fs.ErrExist)

func TestFilterPath(t *testing.T) {
	o, c := story()
	screenTest(t, 80, 24, o, func(d *driver) {
		d.keys(attack...)
		d.sees("243 of 413")
		d.keys("/", "-group:mail -group:login", "enter")
		d.sees("/ -group:mail -group:login", "of 413 events")
		d.keys("end")
		d.keys("/", "ctrl+u", "ip:203.0.113.0/24", "enter", "home", "down", "down")
		d.sees("3 of 3", "▌ 03:19:58  D deletion")
		d.keys("esc")
		d.sees("/ all events", "▌ 03:19:58", "246 of 413")

		d.keys("/", "up")
		d.sees("/ ip:203.0.113.0/24")
		d.keys("up")
		d.sees("/ -group:mail -group:login")
		d.keys("down", "down")
		d.keys("esc")
		if got := c.History(); len(got) != 2 {
			t.Errorf("history %q, want two filters", got)
		}
	})
}

// TestFilterTyping checks that letters are text while a filter is typed, never commands.
func TestFilterTyping(t *testing.T) {
	o, _ := story()
	screenTest(t, 80, 24, o, func(d *driver) {
		d.keys("/", "q?14zaetu")
		if d.quit || len(d.app.sheets) > 0 {
			t.Fatal("a letter of the filter was a command")
		}
		d.sees("/ q?14zaetu")
		d.keys("ctrl+u", "coun", "tab", "N", "tab", "enter")
		d.sees("/ country:NL", "3 of 413 events")
	})
}

// TestFastKeys checks that keys which come before any command has answered go where a
// slow typist's would go.
func TestFastKeys(t *testing.T) {
	o, _ := story()
	screenTest(t, 80, 24, o, func(d *driver) {
		fast := func(names ...string) {
			for _, k := range pressed(names) {
				d.handle(k)
			}
			d.settle()
		}
		fast("t", "odd", "enter")
		d.sees("#odd")
		fast("/", "group:mon", "tab")
		d.sees("/ group:money")
		fast("enter", "z", "z", "chica", "tab")
		d.sees("zone America/Chicago")
		fast("esc", "n", "quick", "enter", "?")
		d.sees("Everywhere")
		d.keys("esc", "esc")
		d.sees("✎")
	})
}

func TestFilterKeepsPlace(t *testing.T) {
	o, _ := story()
	screenTest(t, 80, 24, o, func(d *driver) {
		d.keys(attack...)
		d.keys("/", "group:money", "enter") // the cursor's event is filtered out: the next one is taken
		d.sees("▌ 03:41:00")
		d.keys("esc")
		d.sees("▌ 03:41:00")
	})
}

func TestGoTo(t *testing.T) {
	o, _ := story()
	screenTest(t, 80, 24, o, func(d *driver) {
		d.keys("g", "never")
		d.sees("not a time")
		d.keys("ctrl+u", "2023-02-07 03:19", "enter")
		d.sees("▌ 03:19:30")
		d.keys("g", "+20m", "enter")
		d.sees("▌ 03:41:00")
		d.keys("g", "03:13", "enter")
		d.sees("▌ 03:14:52")
		d.keys("}")
		d.sees("▌ 07:59:00  L login", "Wed 2023-02-08")
		d.keys("{", "{")
		d.sees("Tue 2023-02-07")
	})
}

func TestMarks(t *testing.T) {
	o, c := story()
	screenTest(t, 80, 24, o, func(d *driver) {
		d.keys(attack...)
		d.keys("t", "thief", "enter")
		d.sees("#thief", "u undoes")
		d.keys("n", "ask the hoster", "enter", "enter")
		d.sees("✎ ask the hoster", "#thief")
		d.keys("esc", "u")
		d.sees("undone: note", "#thief")
		d.keys("t", "thief")
		d.sees("takes #thief away")
		d.keys("enter")
		d.lacks("#thief  ")
		d.keys("u")
		d.sees("#thief")
		d.keys("u", "u")
		d.sees("nothing to undo")
		d.keys("t", "two words", "enter")
		d.sees("a tag is one word")
		if v := c.Values("tag", "", 9); len(v) != 0 {
			t.Errorf("tags %q, want none", v)
		}
	})
}

func TestZone(t *testing.T) {
	o, _ := story()
	screenTest(t, 80, 24, o, func(d *driver) {
		d.keys(attack...)
		d.keys("z")
		d.sees("local time")
		d.keys("z", "chica", "tab")
		d.sees("America/Chicago", "now 2023-05-03 07:00 -05:00")
		d.keys("enter")
		d.sees("America/Chicago -05:00", "▌ 21:14:52", "Mon 2023-02-06")
		d.keys("/", "on:2023-02-06", "enter") // the day of the screen's zone
		d.sees("▌ 21:14:52", "of 413 events")
		d.keys("z")
		d.sees("UTC", "/ on:2023-02-06", "No event matches")
		d.keys("z", "z", "Nowhere/City")
		d.sees("no zone of this name is known")
		d.keys("enter")
		d.sees("no zone is called Nowhere/City")
	})
}

func TestSimilar(t *testing.T) {
	o, _ := story()
	screenTest(t, 80, 24, o, func(d *driver) {
		d.keys(attack...)
		d.keys("s")
		d.sees("ip:203.0.113.77", "session:b7Hf0w3D5L7LAHFN")
		d.keys("enter")
		d.sees("/ ip:203.0.113.77", "3 of 413 events")
		d.keys("s", "down", "-")
		d.sees("/ ip:203.0.113.77 -account:pat@example.net", "No event matches this filter.")
	})
}

func TestZoom(t *testing.T) {
	o, _ := story()
	screenTest(t, 80, 24, o, func(d *driver) {
		d.keys(attack...)
		d.sees("2022-10-02", "2023-04-27")
		d.keys("+", "+", "+", "+", "+")
		d.sees("02-07")
		d.golden("near")
		d.keys("-", "-", "-", "-", "-", "-")
		d.sees("2022-10-02")
	})
}

func TestMouse(t *testing.T) {
	o, _ := story()
	screenTest(t, 120, 36, o, func(d *driver) {
		d.click(43, 1)
		d.sees("total of 3")
		d.click(3, 1)
		d.sees("413 events")
		d.click(60, 2)
		d.lacks("▌ 04:00:00")
		d.click(10, 10)
		before := d.screen()
		d.send(tea.MouseWheelMsg{X: 10, Y: 20, Button: tea.MouseWheelDown})
		if d.screen() == before {
			t.Error("the wheel does not scroll the table")
		}
		d.send(tea.MouseWheelMsg{X: 100, Y: 20, Button: tea.MouseWheelDown})
		d.sees("1 Timeline")
		d.exact()
	})
}

func TestAddDialogue(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{"mail.mbox", "more.log"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte("0123456789"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	o, _ := story()
	var added []string
	o.Add = func(_ context.Context, _ kit.Case, paths []string, progress func(kit.Progress)) error {
		added = paths
		progress(kit.Progress{Records: 3, Events: 2, Warnings: 1, Done: true})
		return &forensics.Error{What: "cannot be read", File: "mail.mbox", Hint: "copy it first"}
	}
	screenTest(t, 120, 36, o, func(d *driver) {
		d.keys("a", dir+"/nothing")
		d.sees("nothing stands at this path")
		d.keys("backspace", "backspace", "backspace", "backspace", "backspace", "backspace", "backspace")
		d.sees("mail.mbox", "more.log", "a folder")
		d.keys("mai", "tab")
		d.sees("a file of 10 B")
		d.keys("enter")
		d.sees("✗ mail.mbox: cannot be read: copy it first")
		if len(added) != 1 || added[0] != filepath.Join(dir, "mail.mbox") {
			t.Errorf("added %q", added)
		}
	})
}

func TestStopAdd(t *testing.T) {
	o, _ := story()
	o.AddPaths = []string{"/evidence/huge.mbox"}
	stopped := false
	o.Add = func(ctx context.Context, _ kit.Case, _ []string, _ func(kit.Progress)) error {
		<-ctx.Done()
		stopped = true
		return ctx.Err()
	}
	screenTest(t, 80, 24, o, func(d *driver) {
		d.keys("ctrl+c")
		d.sees("Evidence is still being added.")
		d.keys("esc", "q", "s")
		d.settle()
		if !stopped || !d.quit {
			t.Errorf("stopped %v, quit %v; want both", stopped, d.quit)
		}
	})
}

func TestRawDiffers(t *testing.T) {
	o, _ := story()
	o.ReadRaw = func(_ kit.Case, e *forensics.Event) ([]byte, bool, error) {
		if e.Kind == forensics.KeyCreated {
			return nil, false, errors.New("the file is gone")
		}
		return kittest.Raw(e), false, nil
	}
	screenTest(t, 120, 36, o, func(d *driver) {
		d.keys(attack...)
		d.wait(time.Second)
		d.sees("NOT the bytes")
		d.keys("up", "up")
		d.wait(time.Second)
		d.sees("cannot be read", "the file is gone")
	})
}

// TestQueryFails checks that an error of the case is shown and nothing breaks.
func TestQueryFails(t *testing.T) {
	o, c := story()
	broken := &brokenCase{Case: c}
	o.Case = broken
	screenTest(t, 80, 24, o, func(d *driver) {
		broken.err = errors.New("the disk is gone")
		d.keys("/", "group:key", "enter")
		d.sees("✗ the disk is gone")
		broken.err = nil
		d.keys("/", "enter")
		d.sees("2 of 413 events")
	})
}

func TestPaste(t *testing.T) {
	o, _ := story()
	screenTest(t, 80, 24, o, func(d *driver) {
		d.keys("/")
		d.send(tea.PasteMsg{Content: "country:\x1b[31mNL\nq"})
		if strings.Contains(frame{d.app}.content(), "\x1b[31m") {
			t.Error("a pasted escape reaches the terminal")
		}
		d.sees("/ country:‹U+001B›[31mNL q")
	})
}
