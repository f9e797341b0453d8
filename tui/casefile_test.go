package tui

import (
	"context"
	"net/netip"
	"path/filepath"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"keytrail/forensics"
	"keytrail/forensics/casefile"
	"keytrail/forensics/filter"
	"keytrail/tui/kit"
)

// fileCase and fileView are a case on disk in the words of the kit.
type (
	fileCase struct{ *casefile.Case }
	fileView struct{ *casefile.View }
)

func (c fileCase) Query(ctx context.Context, e filter.Expr) (kit.View, error) {
	v, err := c.Case.Query(ctx, e)
	if err != nil {
		return nil, err
	}
	return fileView{v}, nil
}

// Detection is not asked for in these tests.
func (c fileCase) Analysis(context.Context) (*forensics.Analysis, error) {
	return &forensics.Analysis{}, nil
}
func (c fileCase) Questions(context.Context) ([]forensics.Question, error) { return nil, nil }
func (c fileCase) Folders(context.Context) ([]forensics.Folder, error)     { return nil, nil }

func (v fileView) Histogram(from, to int64, cells int) []kit.Cell {
	var out []kit.Cell
	for _, c := range v.View.Histogram(from, to, cells) {
		out = append(out, kit.Cell(c))
	}
	return out
}

func (v fileView) GroupCounts() kit.Cell { return kit.Cell(v.View.GroupCounts()) }

// TestCaseOnDisk leads the screen through a case on disk: events come while it is
// looked at, marks are set and undone, filters are compiled to its queries.
func TestCaseOnDisk(t *testing.T) {
	c, err := casefile.Create(filepath.Join(t.TempDir(), "pat.keytrail"), casefile.Options{Tool: "keytrail test", Who: "test@host", Now: time.Now})
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := c.Close(); err != nil {
			t.Error(err)
		}
	}()
	o := Options{Case: fileCase{c}, AddPaths: []string{"dovecot.log"}}
	goOn := make(chan bool)
	o.Add = func(_ context.Context, _ kit.Case, _ []string, progress func(kit.Progress)) error {
		return addLogins(c, 40, func(i int) {
			if i == 20 {
				<-goOn
			}
			progress(kit.Progress{Path: "dovecot.log", Records: int64(i), Events: int64(i), BytesDone: int64(i), BytesTotal: 40})
		})
	}
	h := &hand{app: newApp(o), messages: make(chan tea.Msg, 1000)}
	screen := func() string { return ansi.Strip(frame{h.app}.content()) }
	sees := func(text string) {
		t.Helper()
		for late := time.After(20 * time.Second); !strings.Contains(screen(), text); {
			select {
			case msg := <-h.messages:
				h.handle(msg)
			case <-late:
				t.Fatalf("the screen does not come to show %q:\n%s", text, screen())
			}
		}
	}
	keys := func(names ...string) {
		for _, name := range names {
			if k, ok := special[name]; ok {
				h.handle(k)
				continue
			}
			for _, r := range name {
				h.handle(tea.KeyPressMsg{Code: r, Text: string(r)})
			}
		}
	}
	h.start(h.app.Init())
	h.handle(tea.WindowSizeMsg{Width: 80, Height: 24})
	sees("20 events")
	keys("down", "down")
	sees("3 of 20")
	close(goOn)
	sees("3 of 40")
	sees("added: 40 records")

	keys("t", "odd", "enter")
	sees("#odd")
	keys("/", "tag:odd", "enter")
	sees("1 of 40 events")
	keys("u")
	sees("No event matches this filter.")
	keys("/", "ctrl+u", "ip:203.0.113.0/24 kind:login-failed", "enter")
	sees("20 of 40 events")
	keys("4")
	sees("dovecot.log        ok                  40")
	keys("w")
	sees("1 warning of dovecot.log")
	sees("this line cannot be read")
	keys("esc", "3")
	sees("203.0.113.7 ")
	sees("by incidents  1 of 1")
	keys("x")
	sees("touches     40 events of the only account, 100% of all")
	keys("enter")
	sees("203.0.113.7 is not mine; u undoes")
	sees("verdict      not mine")
	keys("enter")
	sees("/ ip:203.0.113.7")
	sees("not mine")
	keys("esc", "u")
	sees("verdict      unknown")
	for late := time.After(20 * time.Second); len(c.History()) != 2; {
		select {
		case msg := <-h.messages:
			h.handle(msg)
		case <-late:
			t.Fatalf("history %q, want two filters", c.History())
		}
	}
}

// addLogins writes n logins into a case, half of them failed.
func addLogins(c *casefile.Case, n int, step func(i int)) error {
	ev, err := c.BeginEvidence(forensics.Evidence{Name: "dovecot.log", Path: "/evidence/dovecot.log", Size: 4000})
	if err != nil {
		return err
	}
	w, err := c.BeginItem(forensics.Item{Evidence: ev.ID, Format: "mailserver/dovecot", Size: 4000})
	if err != nil {
		return err
	}
	at := time.Date(2023, 2, 7, 3, 0, 0, 0, time.UTC)
	for i := 1; i <= n; i++ {
		kind := forensics.LoginSucceeded
		if i%2 == 0 {
			kind = forensics.LoginFailed
		}
		e := forensics.Event{
			Kind: kind, Account: "pat@example.net", IP: netip.MustParseAddr("203.0.113.7"), Provider: "mailserver/dovecot",
			Time: forensics.UTC(at.Add(time.Duration(i)*time.Minute), forensics.PrecisionSecond, "", "time of the log"),
			Ref:  forensics.Ref{Offset: int64(i) * 100, Length: 100, Line: int64(i)},
		}
		if _, err := w.Append([]forensics.Event{e}); err != nil {
			return err
		}
		step(i)
	}
	if err := w.Warn([]forensics.Warning{{Ref: forensics.Ref{Line: 41}, Text: "this line cannot be read"}}); err != nil {
		return err
	}
	counts := forensics.Counts{Records: int64(n), Read: int64(n), Events: int64(n), Warnings: 1}
	if err := w.Finish(forensics.Item{Format: "mailserver/dovecot", Status: forensics.StatusOK, Size: 4000, Counts: counts}); err != nil {
		return err
	}
	return c.FinishEvidence(ev.ID, forensics.Digest{1}, 4000)
}
