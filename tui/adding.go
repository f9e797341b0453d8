package tui

import (
	"context"
	"errors"
	"sync"

	tea "charm.land/bubbletea/v2"

	"keytrail/forensics"
	"keytrail/tui/kit"
	"keytrail/tui/screen"
)

// addFunc is what Services.Add is.
type addFunc = func(ctx context.Context, c kit.Case, paths []string, progress func(kit.Progress)) error

// adding is the state of the add that runs, and of those that wait for it.
type adding struct {
	running  bool
	queue    []string
	progress kit.Progress
	stop     context.CancelFunc
	news     chan kit.Progress // holds the newest progress only
}

// startAdd begins with what waits in the queue, unless an add is running.
func (a *app) startAdd() tea.Cmd {
	if a.add.running || len(a.add.queue) == 0 || a.ctx.Case == nil || a.ctx.Add == nil {
		return nil
	}
	ctx, stop := context.WithCancel(a.opts.ctx)
	paths := a.add.queue
	a.add = adding{running: true, stop: stop, news: make(chan kit.Progress, 1)}
	a.add.progress.Path = paths[0]
	a.ctx.Adding = true
	return tea.Batch(addCmd(ctx, a.ctx.Add, a.ctx.Case, paths, a.add.news), waitCmd(a.add.news), pollCmd(a.ctx.Case))
}

// addMessage handles what an add sends.
func (a *app) addMessage(msg tea.Msg) (tea.Cmd, bool) {
	switch msg := msg.(type) {
	case kit.PathsChosen:
		a.add.queue = append(a.add.queue, msg.Paths...)
		if a.add.running {
			a.notice = kit.Noticed{Text: "waits until the running add is done"}
		}
		return a.startAdd(), true
	case kit.AddProgressed:
		if !a.add.running {
			return nil, true
		}
		a.add.progress = msg.Progress
		return tea.Batch(a.broadcast(msg), waitCmd(a.add.news)), true
	case kit.AddFinished:
		return a.addFinished(msg), true
	}
	return nil, false
}

func (a *app) addFinished(msg kit.AddFinished) tea.Cmd {
	a.add.running, a.ctx.Adding = false, false
	a.add.stop()
	switch {
	case errors.Is(msg.Err, context.Canceled):
		a.notice = kit.Noticed{Text: "stopped; what was read is in the case, adding the same again goes on from there"}
	case msg.Err != nil:
		text := msg.Err.Error()
		if hint := forensics.Hint(msg.Err); hint != "" {
			text += ": " + hint
		}
		a.notice = kit.Noticed{Text: text, Bad: true}
	default:
		p := msg.Last
		text := "added: " + kit.Plural(p.Records, "record") + ", " + kit.Plural(p.Warnings, "warning") // the events that are new stand in the header
		a.notice = kit.Noticed{Text: text}
		if show := a.ctx.Keys.Incidents.Help().Key + " shows them"; a.ctx.Analysis == nil || len(a.ctx.Analysis.Incidents) == 0 {
			a.outcome.begin(nil, text, "; "+show)
		} else {
			a.notice.Text += "; " + kit.Plural(int64(len(a.ctx.Analysis.Incidents)), "incident") + ": " + show
		}
	}
	if a.quitting {
		return tea.Quit
	}
	return tea.Batch(a.broadcast(msg), a.broadcast(kit.CaseChanged{}), pollCmd(a.ctx.Case), a.startAdd())
}

// addCmd runs an add to its end. Its progress goes into news, where a newer one replaces
// one that nobody took; add may tell it from any goroutine.
func addCmd(ctx context.Context, add addFunc, c kit.Case, paths []string, news chan kit.Progress) tea.Cmd {
	return func() tea.Msg {
		var mu sync.Mutex
		var last kit.Progress
		ended := false
		err := add(ctx, c, paths, func(p kit.Progress) {
			mu.Lock()
			defer mu.Unlock()
			if ended {
				return
			}
			last = p
			select {
			case <-news:
			default:
			}
			news <- p // there is room: nobody else writes
		})
		mu.Lock()
		defer mu.Unlock()
		ended = true
		close(news)
		return kit.AddFinished{Last: last, Err: err}
	}
}

// waitCmd waits for the next progress.
func waitCmd(news chan kit.Progress) tea.Cmd {
	return func() tea.Msg {
		p, ok := <-news
		if !ok {
			return nil
		}
		return kit.AddProgressed{Progress: p}
	}
}

// quit ends the program, or asks what becomes of a running add.
func (a *app) quit() tea.Cmd {
	if !a.add.running {
		return tea.Quit
	}
	return a.ctx.Post(kit.SheetOpened{Sheet: screen.NewQuitSheet(a.ctx)})
}

func (a *app) quitChosen(msg kit.QuitChosen) tea.Cmd {
	if !a.add.running {
		return tea.Quit
	}
	a.quitting = true
	a.add.queue = nil
	if msg.Stop {
		a.add.stop()
	}
	return nil
}
