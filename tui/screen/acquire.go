package screen

import (
	"context"
	"errors"
	"strings"

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
	isListing
	askFolders
	askDays
	isCopying
	isDone
	hasFailed
)

// acquire is the dialogue that copies a mailbox: address, server where nobody knows it,
// password, what of it is copied, progress, and how it ended. Who has no wish of their own goes
// through with Enter alone. The password is kept while the dialogue is open, so that a broken line
// needs no second typing; it is never drawn.
type acquire struct {
	ctx    *kit.Context
	step   acquireStep
	broke  acquireStep // what was under way when it failed
	choice acquireChoice

	address, server, password widget.Input
	host                      kit.MailHost // of the address
	typed                     kit.MailHost // what is known of the server that was typed
	wrong                     string       // what is wrong with what was typed

	run      int // counts the logins, so that late answers are dropped
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

// acquireListed brings the folders.
type acquireListed struct {
	run     int
	folders []kit.AcquireFolder
	err     error
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
	case s.running() && s.stopping:
		return nil
	case s.running():
		return []key.Binding{k.StopCopy}
	case s.step == askFolders:
		return []key.Binding{k.Accept, k.Choose, k.AllOrNone, k.Up, k.Down, k.Cancel}
	case s.step == askDays:
		return []key.Binding{k.Accept, k.NextField, k.Cancel}
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
		if msg.run == s.run && s.running() {
			s.progress = msg.progress
			return s, s.waitCmd()
		}
	case acquireListed:
		if msg.run == s.run && s.step == isListing {
			s.listed(msg)
		}
	case acquireEnded:
		if msg.run == s.run && s.step == isCopying {
			return s, s.ended(msg)
		}
	case tea.PasteMsg:
		if in := s.input(); in != nil && in.Update(msg) {
			s.typedIn()
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
	case askDays:
		return s.choice.input()
	}
	return nil
}

// typedIn takes back what was wrong with the line before it was changed.
func (s *acquire) typedIn() { s.wrong, s.choice.mistake = "", nil }

// running reports whether the server is spoken to now.
func (s *acquire) running() bool { return s.step == isListing || s.step == isCopying }

func (s *acquire) key(msg tea.KeyPressMsg) tea.Cmd {
	k := s.ctx.Keys
	switch {
	case s.running():
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
	case s.step == askFolders:
		if s.choice.key(msg, k) {
			s.wrong = ""
		}
		return nil
	case s.step == askDays && key.Matches(msg, k.NextField):
		s.choice.second = !s.choice.second
		return nil
	}
	if in := s.input(); in != nil && in.Update(msg) {
		s.typedIn()
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
	s.typedIn()
	switch {
	case s.step == askDays:
		s.step = askFolders
	case s.step == askFolders:
		s.step = askPassword
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
		return s.list()
	case askFolders:
		if s.choice.none() {
			s.wrong = "choose at least one folder"
			return nil
		}
		s.step, s.choice.second = askDays, false
	case askDays:
		if s.choice.daysTyped(s.ctx.Now()) {
			return s.begin()
		}
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
	case s.problem.Ask == kit.AskServer && s.host.Known, // its name is right: the line may be back
		s.problem.Ask == kit.AskNothing && s.problem.Kept:
		if s.broke == isListing {
			return s.list()
		}
		return s.begin()
	case s.problem.Ask == kit.AskServer:
		s.step = askServer
	default:
		return s.close()
	}
	return nil
}

// listed asks which of the folders are wanted.
func (s *acquire) listed(msg acquireListed) {
	s.stop()
	switch {
	case msg.err == nil && len(msg.folders) == 0:
		s.fail(&kit.AcquireProblem{What: "The server lists no folders.", Do: "There is nothing to copy here: check the address."})
	case msg.err == nil:
		s.step = askFolders
		s.choice.take(s.address.Value()+" "+s.server.Value(), msg.folders)
	case errors.Is(msg.err, context.Canceled):
		s.step = askPassword
	default:
		s.fail(msg.err)
	}
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
	s.fail(msg.err)
	return nil
}

func (s *acquire) fail(err error) {
	s.broke, s.step = s.step, hasFailed
	switch {
	case errors.Is(err, context.Canceled):
		s.problem = &kit.AcquireProblem{What: "Stopped.", Do: "What was copied is kept. Enter goes on from there, now or another day; nothing is fetched twice.", Kept: true}
		if s.choice.bounded() {
			s.problem.Do += " Another day, choose the same folders and days."
		}
	case !errors.As(err, &s.problem):
		s.problem = &kit.AcquireProblem{What: err.Error(), Kept: true}
	}
}
