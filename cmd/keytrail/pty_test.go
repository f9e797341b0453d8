//go:build linux

package main

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/hinshun/vt10x"
	"golang.org/x/sys/unix"
)

// session is the program in a pseudo terminal of 120x36 cells.
type session struct {
	tb     testing.TB
	cmd    *exec.Cmd
	master *os.File
	output chan []byte
	screen []byte // what was written since the last keys
	// cells are the terminal's, where a test asks for them: the program writes only what changes, so that words on the screen need not stand
	// together in what it wrote.
	cells vt10x.Terminal
}

// inTerminal starts a program in a terminal of its own.
func inTerminal(tb testing.TB, cmd *exec.Cmd) *session {
	tb.Helper()
	master, slave := openPTY(tb)
	cmd.Env = append(cmd.Environ(), "TERM=xterm-256color")
	cmd.Stdin, cmd.Stdout, cmd.Stderr = slave, slave, slave
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Setctty: true}
	if err := cmd.Start(); err != nil {
		tb.Fatal(err)
	}
	slave.Close()
	s := &session{tb: tb, cmd: cmd, master: master, output: make(chan []byte, 1024)}
	go func() {
		defer close(s.output)
		buf := make([]byte, 1<<16)
		for {
			n, err := master.Read(buf)
			if n > 0 {
				s.output <- bytes.Clone(buf[:n])
			}
			if err != nil {
				return
			}
		}
	}()
	return s
}

// wait reads until done holds for what was written since the last wait.
func (s *session) wait(what string, limit time.Duration, done func(screen []byte) bool) {
	s.tb.Helper()
	timeout := time.After(limit)
	for !done(s.screen) {
		select {
		case chunk, ok := <-s.output:
			if !ok {
				s.tb.Fatalf("the program ended before %s; it wrote\n%s", what, s.screen)
			}
			s.take(chunk)
		case <-timeout:
			s.tb.Fatalf("no %s within %v; the screen is\n%s", what, limit, s.shows())
		}
	}
}

func (s *session) take(chunk []byte) {
	s.screen = append(s.screen, chunk...)
	if s.cells == nil {
		return
	}
	if _, err := s.cells.Write(chunk); err != nil {
		s.tb.Fatal(err)
	}
}

// shows is what stands on the screen now.
func (s *session) shows() string {
	if s.cells == nil {
		return string(s.screen)
	}
	return s.cells.String()
}

// quiet lets what is being drawn come to its end.
func (s *session) quiet() {
	for {
		select {
		case chunk, ok := <-s.output:
			if !ok {
				return
			}
			s.take(chunk)
		case <-time.After(30 * time.Millisecond):
			return
		}
	}
}

// keys types, and forgets what was on the screen before.
func (s *session) keys(text string) {
	s.tb.Helper()
	s.screen = nil
	if _, err := s.master.WriteString(text); err != nil {
		s.tb.Fatal(err)
	}
}

// end waits for the program's end and gives everything that it wrote since the last wait.
func (s *session) end() []byte {
	s.tb.Helper()
	for chunk := range s.output {
		s.screen = append(s.screen, chunk...)
	}
	s.master.Close()
	if err := s.cmd.Wait(); err != nil {
		s.tb.Fatalf("the program failed: %v\n%s", err, s.screen)
	}
	return s.screen
}

// TestDemoInTerminal runs the sample case on the screen of a real terminal, filters it, quits, and
// finds the terminal as it was.
func TestDemoInTerminal(t *testing.T) {
	s := inTerminal(t, program("demo"))
	s.cells = vt10x.New(vt10x.WithSize(120, 36))
	has := func(words ...string) func([]byte) bool {
		return func([]byte) bool {
			screen := s.shows()
			return !slices.ContainsFunc(words, func(w string) bool { return !strings.Contains(screen, w) })
		}
	}
	s.wait("sample case", 30*time.Second, has("keytrail", "sample", "Timeline", "436 events"))
	s.quiet()
	s.keys("/")
	s.quiet()
	s.keys("group:reset\r")
	s.wait("filtered timeline", 10*time.Second, has("1 of 5", "Reset your passw"))
	s.quiet()
	s.keys("4")
	s.wait("evidence", 10*time.Second, has("dovecot.log", "AuditLog.csv"))
	s.quiet()
	s.keys("q")
	if last := s.end(); !bytes.Contains(last, []byte("\x1b[?1049l")) {
		t.Errorf("the terminal is not given back; the last output is %q", last)
	}
}

// openPTY opens a pseudo terminal of 120x36 cells.
func openPTY(tb testing.TB) (master, slave *os.File) {
	tb.Helper()
	master, err := os.OpenFile("/dev/ptmx", os.O_RDWR, 0)
	if err != nil {
		tb.Skip("NOT RUN: no pseudo terminals here:", err)
	}
	fd := int(master.Fd())
	if err := unix.IoctlSetPointerInt(fd, unix.TIOCSPTLCK, 0); err != nil {
		tb.Fatal(err)
	}
	n, err := unix.IoctlGetInt(fd, unix.TIOCGPTN)
	if err != nil {
		tb.Fatal(err)
	}
	if err := unix.IoctlSetWinsize(fd, unix.TIOCSWINSZ, &unix.Winsize{Row: 36, Col: 120}); err != nil {
		tb.Fatal(err)
	}
	slave, err = os.OpenFile(fmt.Sprintf("/dev/pts/%d", n), os.O_RDWR|syscall.O_NOCTTY, 0)
	if err != nil {
		tb.Fatal(err)
	}
	return master, slave
}
