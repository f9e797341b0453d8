package screen

import (
	"context"
	"errors"
	"strings"
	"sync"

	"charm.land/bubbles/v2/key"
	tea "charm.land/bubbletea/v2"

	"keytrail/tui/kit"
	"keytrail/tui/widget"
)

// acquireStep is what the dialogue is at.
type acquireStep uint8

const (
	askAddress acquireStep = iota
	askServer
	askPassword
	isCopying
	isDone
	hasFailed
)

// acquire is the dialogue that copies a mailbox: address, server where nobody knows it,
// password, progress, and how it ended. The password is kept while the dialogue is open, so
// that a broken line needs no second typing; it is never drawn.
type acquire struct {
	ctx  *kit.Context
	step acquireStep

	address, server, password widget.Input
	host                      kit.MailHost // of the address
	typed                     kit.MailHost // what is known of the server that was typed
	wrong                     string       // what is wrong with what was typed

	run      int // counts the copies, so that late answers are dropped
	stop     context.CancelFunc
	stopping bool
	news     chan kit.AcquireProgress
	progress kit.AcquireProgress
	result   kit.AcquireResult
	problem  *kit.AcquireProblem
}

// acquireTold is how far the copy has come.
type acquireTold struct {
	run      int
	progress kit.AcquireProgress
}

// acquireEnded ends it.
type acquireEnded struct {
	run    int
	result kit.AcquireResult
	err    error
}

// NewAcquireSheet asks whose mailbox is to be copied.
func NewAcquireSheet(ctx *kit.Context) kit.Sheet {
	return &acquire{ctx: ctx, address: widget.NewInput(""), server: widget.NewInput(""), password: widget.NewInput("")}
}

// Title names the dialogue.
func (s *acquire) Title() string { return "copy a mailbox" }

// Hints are the keys of the present step.
func (s *acquire) Hints() []key.Binding {
	k := s.ctx.Keys
	switch {
	case s.step == isCopying && s.stopping:
		return nil
	case s.step == isCopying:
		return []key.Binding{k.StopCopy}
	case s.step == isDone, s.step == hasFailed && s.problem.Ask == kit.AskNothing && !s.problem.Kept:
		return []key.Binding{k.Cancel}
	case s.step == hasFailed:
		return []key.Binding{k.Again, k.Cancel}
	}
	return []key.Binding{k.Accept, k.Cancel}
}

// Init does nothing: the dialogue waits for the address.
func (s *acquire) Init() tea.Cmd { return nil }

// Update takes keys and what the copy tells.
func (s *acquire) Update(msg tea.Msg) (kit.Sheet, tea.Cmd) {
	switch msg := msg.(type) {
	case acquireTold:
		if msg.run == s.run && s.step == isCopying {
			s.progress = msg.progress
			return s, s.waitCmd()
		}
	case acquireEnded:
		if msg.run == s.run && s.step == isCopying {
			return s, s.ended(msg)
		}
	case tea.PasteMsg:
		s.wrong = ""
		if in := s.input(); in != nil {
			in.Update(msg)
		}
	case tea.KeyPressMsg:
		return s, s.key(msg)
	}
	return s, nil
}

// input is the line that is typed now, nil where none is.
func (s *acquire) input() *widget.Input {
	switch s.step {
	case askAddress:
		return &s.address
	case askServer:
		return &s.server
	case askPassword:
		return &s.password
	}
	return nil
}

func (s *acquire) key(msg tea.KeyPressMsg) tea.Cmd {
	k := s.ctx.Keys
	switch {
	case s.step == isCopying:
		if key.Matches(msg, k.StopCopy) || msg.String() == "ctrl+c" {
			s.stopping = true
			s.stop()
		}
		return nil
	case s.step == isDone:
		if key.Matches(msg, k.Cancel) || key.Matches(msg, k.Accept) {
			return s.close()
		}
		return nil
	case key.Matches(msg, k.Cancel):
		return s.back()
	case key.Matches(msg, k.Accept):
		return s.accept()
	}
	if in := s.input(); in != nil && in.Update(msg) {
		s.wrong = ""
	}
	return nil
}

// close forgets the password and takes the dialogue away.
func (s *acquire) close() tea.Cmd {
	s.password = widget.NewInput("")
	return s.ctx.Post(kit.SheetClosed{})
}

// back goes one question back, and away from the first.
func (s *acquire) back() tea.Cmd {
	s.wrong = ""
	switch {
	case s.step == askPassword && s.host.Known, s.step == askServer:
		s.step = askAddress
	case s.step == askPassword:
		s.step = askServer
	default:
		return s.close()
	}
	return nil
}

// accept takes what was typed, or tries again.
func (s *acquire) accept() tea.Cmd {
	switch s.step {
	case askAddress:
		s.addressTyped()
	case askServer:
		s.serverTyped()
	case askPassword:
		if s.password.Value() == "" {
			s.wrong = "the password is missing"
			return nil
		}
		return s.begin()
	case hasFailed:
		return s.again()
	}
	return nil
}

func (s *acquire) serverTyped() {
	host := strings.TrimSpace(s.server.Value())
	if host == "" || strings.ContainsAny(host, " /@") {
		s.wrong = "the name of a server, such as imap.example.org"
		return
	}
	if s.typed = s.ctx.MailHost(host); s.typed.NoPassword {
		s.wrong = s.typed.Provider + " takes no password from a program. " + sentence(s.typed.Advice)
		return
	}
	s.step = askPassword
}

func (s *acquire) addressTyped() {
	address := strings.TrimSpace(s.address.Value())
	user, domain, found := strings.Cut(address, "@")
	if !found || user == "" || domain == "" || strings.ContainsAny(address, " \"<>/:") {
		s.wrong = "an e-mail address, such as pat@att.net"
		return
	}
	s.address.Set(address)
	s.host, s.typed = s.ctx.MailHost(address), kit.MailHost{}
	switch {
	case s.host.NoPassword:
		s.wrong = s.host.Provider + " takes no password from a program"
	case s.host.Known:
		s.step = askPassword
	default:
		s.step = askServer
	}
}

// again asks what went wrong, or goes on with the same.
func (s *acquire) again() tea.Cmd {
	switch {
	case s.problem.Ask == kit.AskPassword:
		s.password.Set("")
		s.step = askPassword
	case s.problem.Ask == kit.AskServer && s.host.Known:
		return s.begin() // its name is right: the line may be back
	case s.problem.Ask == kit.AskServer:
		s.step = askServer
	case s.problem.Kept:
		return s.begin()
	default:
		return s.close()
	}
	return nil
}

// begin starts the copy.
func (s *acquire) begin() tea.Cmd {
	ctx, stop := context.WithCancel(context.Background())
	s.run++
	s.step, s.stop, s.stopping, s.problem, s.progress = isCopying, stop, false, nil, kit.AcquireProgress{}
	s.news = make(chan kit.AcquireProgress, 1)
	host := s.host.Host
	if !s.host.Known {
		host = strings.TrimSpace(s.server.Value())
	}
	request := kit.AcquireRequest{Address: s.address.Value(), Host: host, Password: strings.TrimSpace(s.password.Value())}
	return tea.Batch(acquireCmd(ctx, s.ctx.Acquire, s.ctx.Case, request, s.run, s.news), s.waitCmd())
}

// ended shows how it ended; a whole copy is added to the case at once.
func (s *acquire) ended(msg acquireEnded) tea.Cmd {
	s.stop()
	s.result = msg.result
	if msg.err == nil {
		s.step = isDone
		s.password = widget.NewInput("")
		return s.ctx.Post(kit.PathsChosen{Paths: []string{msg.result.Path}})
	}
	s.step = hasFailed
	switch {
	case errors.Is(msg.err, context.Canceled):
		s.problem = &kit.AcquireProblem{What: "Stopped.", Do: "What was copied is kept. Enter goes on from there, now or another day; nothing is fetched twice.", Kept: true}
	case !errors.As(msg.err, &s.problem):
		s.problem = &kit.AcquireProblem{What: msg.err.Error(), Kept: true}
	}
	return nil
}

// acquireCmd runs a copy to its end. Its progress goes into news, where a newer one replaces one
// that nobody took.
func acquireCmd(ctx context.Context, copyMailbox acquireFunc, c kit.Case, r kit.AcquireRequest, run int, news chan kit.AcquireProgress) tea.Cmd {
	return func() tea.Msg {
		var mu sync.Mutex
		ended := false
		result, err := copyMailbox(ctx, c, r, func(p kit.AcquireProgress) {
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
		return acquireEnded{run, result, err}
	}
}

type acquireFunc = func(context.Context, kit.Case, kit.AcquireRequest, func(kit.AcquireProgress)) (kit.AcquireResult, error)

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
