package screen

import (
	"context"
	"strings"
	"sync"

	tea "charm.land/bubbletea/v2"

	"keytrail/tui/kit"
)

// connect makes the request, and begins a step in which the server is spoken to.
func (s *acquire) connect(step acquireStep) (context.Context, kit.AcquireRequest) {
	ctx, stop := context.WithCancel(context.Background())
	s.run++
	s.step, s.stop, s.stopping, s.problem, s.progress = step, stop, false, nil, kit.AcquireProgress{}
	s.news = make(chan kit.AcquireProgress, 1)
	host := s.host.Host
	if !s.host.Known {
		host = strings.TrimSpace(s.server.Value())
	}
	return ctx, kit.AcquireRequest{Address: s.address.Value(), Host: host, Password: strings.TrimSpace(s.password.Value())}
}

// list asks for the folders.
func (s *acquire) list() tea.Cmd {
	ctx, request := s.connect(isListing)
	list, c, run := s.ctx.MailFolders, s.ctx.Case, s.run
	return tea.Batch(acquireCmd(s.news, func(tell func(kit.AcquireProgress)) tea.Msg {
		folders, err := list(ctx, c, request, tell)
		return acquireListed{run, folders, err}
	}), s.waitCmd())
}

// begin starts the copy.
func (s *acquire) begin() tea.Cmd {
	ctx, request := s.connect(isCopying)
	request.Folders, request.Since, request.Before = s.choice.names(), s.choice.from, s.choice.until
	copyMailbox, c, run := s.ctx.Acquire, s.ctx.Case, s.run
	return tea.Batch(acquireCmd(s.news, func(tell func(kit.AcquireProgress)) tea.Msg {
		result, err := copyMailbox(ctx, c, request, tell)
		return acquireEnded{run, result, err}
	}), s.waitCmd())
}

// acquireCmd speaks to a server to the end of what it was asked for. Progress goes into news, where
// a newer one replaces one that nobody took.
func acquireCmd(news chan kit.AcquireProgress, do func(tell func(kit.AcquireProgress)) tea.Msg) tea.Cmd {
	return func() tea.Msg {
		var mu sync.Mutex
		ended := false
		msg := do(func(p kit.AcquireProgress) {
			mu.Lock()
			defer mu.Unlock()
			if ended {
				return
			}
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
		return msg
	}
}

func (s *acquire) waitCmd() tea.Cmd {
	news, run := s.news, s.run
	return func() tea.Msg {
		p, ok := <-news
		if !ok {
			return nil
		}
		return acquireTold{run, p}
	}
}
