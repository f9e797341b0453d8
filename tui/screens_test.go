package tui

import (
	"context"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"

	"keytrail/forensics"
	"keytrail/tui/kit"
	"keytrail/tui/kit/kittest"
)

// attack is where the story gets interesting.
var attack = []string{"g", "2023-02-07", "enter", "down", "down"}

func TestTimeline(t *testing.T) {
	eachSize(t, story, func(d *driver, _ *kittest.Case) {
		d.golden("first")
		d.keys(attack...)
		d.wait(time.Second)
		d.golden("attack")
		d.keys("enter")
		d.golden("details")
		d.keys("esc", "end")
		d.sees("without a reliable time", "1 Jan 102")
		d.golden("undated")
		d.keys("/", "group:key OR grup:x")
		d.golden("mistake")
		d.keys("ctrl+u", "group:")
		d.golden("candidates")
		d.keys("ctrl+u", "group:key", "enter")
		d.golden("filtered")
		d.keys("?")
		d.golden("help")
	})
}

func TestEvidence(t *testing.T) {
	eachSize(t, story, func(d *driver, _ *kittest.Case) {
		d.keys("4")
		d.golden("folded")
		d.keys("down", "right", "down", "down")
		d.sees("unrecognised", "nearest guess")
		d.golden("unfolded")
		d.keys("up", "w")
		d.golden("warnings")
		d.keys("esc", "left")
		d.lacks("Inbox.mbox")
		d.keys("f")
		d.sees("/ evidence:2")
	})
}

func TestStart(t *testing.T) {
	eachSize(t, func() (Options, *string) {
		o, c := story()
		o.Case = nil
		opened := ""
		o.Open = func(path string) (kit.Case, error) { opened = path; return c, nil }
		o.Create = func(name string) (kit.Case, error) { return kittest.New(name, nil), nil }
		o.Demo = func() (kit.Case, []string, error) { return c, nil, nil }
		o.Recent = func() []kit.RecentCase {
			return []kit.RecentCase{
				{Name: "pat-rivera", Path: "/cases/pat-rivera.keytrail", Opened: time.Date(2023, 5, 1, 12, 0, 0, 0, time.UTC), Events: 12408},
				{Name: "acme", Path: "/srv/acme.keytrail", Opened: time.Date(2023, 3, 1, 12, 0, 0, 0, time.UTC), Events: 1204408},
			}
		}
		return o, &opened
	}, func(d *driver, opened *string) {
		d.golden("recent")
		d.keys("h")
		d.golden("guide")
		d.keys("down", "down", "enter")
		d.golden("advice")
		d.keys("esc", "esc", "down", "enter")
		d.sees("1 Timeline", "413 events")
		if want := "/srv/acme.keytrail"; *opened != want {
			d.t.Errorf("opened %q, want %q", *opened, want)
		}
	})
}

func TestNewCase(t *testing.T) {
	o := Options{}
	o.Create = func(name string) (kit.Case, error) { return kittest.New(name, nil), nil }
	o.Add = func(context.Context, kit.Case, []string, func(kit.Progress)) error { return nil }
	screenTest(t, 80, 24, o, func(d *driver) {
		d.keys("n", "acme")
		d.golden("name")
		d.keys("enter")
		d.sees("This case holds no events yet.")
		d.golden("empty")
		d.keys("4")
		d.golden("no-evidence")
	})
}

func TestAdding(t *testing.T) {
	var step chan kit.Progress
	eachSize(t, func() (Options, *kittest.Case) {
		o, c := story()
		o.AddPaths = []string{"/evidence/mailbox.mbox"}
		o.Add = func(_ context.Context, _ kit.Case, _ []string, progress func(kit.Progress)) error {
			step = make(chan kit.Progress) // a channel of the bubble
			for p := range step {
				progress(p)
			}
			return nil
		}
		return o, c
	}, func(d *driver, c *kittest.Case) {
		d.keys(attack...)
		step <- kit.Progress{Path: "/evidence/mailbox.mbox", Format: "mailbox/mbox", BytesDone: 412e6, BytesTotal: 1.1e9, Records: 5000, Events: 5100, Warnings: 2, Elapsed: 2 * time.Second}
		early := time.Date(2022, 1, 1, 0, 0, 0, 0, time.UTC)
		c.Append(forensics.Event{Kind: forensics.MailReceived, Subject: "older than all", Time: forensics.UTC(early, forensics.PrecisionSecond, "", "")})
		d.wait(time.Second)
		d.sees("414 events", "244 of 414", "▌ 03:14:52")
		d.golden("timeline")
		d.keys("4")
		d.golden("evidence")
		d.keys("q")
		d.golden("quit")
		d.keys("w")
		if d.quit {
			d.t.Error("quit before the add was done")
		}
		d.sees("quits when the add has ended")
		close(step)
		d.wait(time.Second)
		if !d.quit {
			d.t.Error("did not quit after the add")
		}
	})
}

func TestExport(t *testing.T) {
	type written struct {
		path    string
		options kit.ExportOptions
	}
	eachSize(t, func() (Options, *written) {
		o, _ := story()
		w := &written{}
		o.Export = func(_ context.Context, _ kit.Case, p string, opt kit.ExportOptions) (kit.ExportResult, error) {
			if p == "pat-rivera.xlsx" {
				return kit.ExportResult{}, errExists
			}
			*w = written{p, opt}
			return kit.ExportResult{Path: "/tmp/" + p, Rows: 2}, nil
		}
		return o, w
	}, func(d *driver, w *written) {
		d.keys("/", "group:key", "enter", "e")
		d.golden("asked")
		d.keys("enter")
		d.sees("is there already", "▌ file    pat-rivera-2.xlsx")
		d.golden("refused")
		d.keys("up", "right", "right", "enter")
		d.sees("✓ written", "/tmp/pat-rivera-2.jsonl")
		d.golden("written")
		if w.path != "pat-rivera-2.jsonl" || w.options.Filter != "group:key" || w.options.Zone != time.UTC {
			d.t.Errorf("exported %q with %+v", w.path, w.options)
		}
		d.keys("esc")
		d.lacks("✓ written")
	})
}

func TestSmall(t *testing.T) {
	o, _ := analysed()
	screenTest(t, 30, 5, o, func(d *driver) {
		d.sees("keytrail needs")
		for w := 40; w < 130; w += 7 {
			for h := 10; h < 40; h += 9 {
				d.send(tea.WindowSizeMsg{Width: w, Height: h})
				for _, k := range []string{"1", "enter", "esc", "?", "esc", "4", "down", "right", "w", "esc", "s", "r", "+", "right", "esc",
					"2", "enter", "down", "m", "esc", "s", "esc", "t", "esc", "esc", "/", "w", "enter", "z", "esc", "3", "i", "esc", "3", "tab", "/", "x", "esc", "space", "shift+tab"} {
					d.keys(k)
					d.exact()
				}
			}
		}
	})
}
