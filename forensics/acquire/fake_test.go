package acquire

import (
	"bufio"
	"crypto/tls"
	"fmt"
	"io"
	"net"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
)

// fake is a small IMAP server whose every answer a test can replace by another one.
type fake struct {
	t        *testing.T
	greeting string // default: an honest one
	caps     string
	folders  []string          // lines of LIST behind "* LIST "
	messages map[uint32]string // of every folder, by UID
	// answer replaces the honest answer to a command, given without its tag. It returns false
	// where it leaves the answer to the fake; breakLine at the end breaks the connection.
	answer func(n int, command string) (lines string, handled bool)
	tls    *tls.Config

	mu       sync.Mutex
	commands []string // all that came, without tags
	port     int
}

const breakLine = "\x00break"

// changes are the commands of RFC 9051 and its extensions that change a mailbox or mark mail as read.
// The list does not come from the program: the fake holds it against everything that is sent.
var changes = regexp.MustCompile(`(?i)\b(SELECT|STORE|EXPUNGE|CLOSE|UNSELECT|APPEND|COPY|MOVE|CREATE|DELETE|RENAME|SUBSCRIBE|UNSUBSCRIBE|SETMETADATA|SETACL|IDLE|NOTIFY|REPLACE)\b|BODY\[|RFC822( |\)|\.TEXT)`)

var folderNameIn = regexp.MustCompile(`^(EXAMINE|STATUS) "(\\.|[^"\\])*"|^LOGIN .*`)

func (f *fake) start(t *testing.T) *fake {
	t.Helper()
	f.t = t
	if f.greeting == "" {
		f.greeting = "* OK ready"
	}
	if f.caps == "" {
		f.caps = "IMAP4rev1 AUTH=PLAIN SASL-IR"
	}
	if f.folders == nil {
		f.folders = []string{`(\HasNoChildren) "/" INBOX`}
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	f.port = l.Addr().(*net.TCPAddr).Port
	var open sync.WaitGroup
	open.Go(func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			open.Go(func() { f.serve(c) })
		}
	})
	t.Cleanup(func() { l.Close(); open.Wait() })
	return f
}

// options connect in the clear, to loopback, and never wait long.
func (f *fake) options() Options {
	return Options{Target: Target{Host: "127.0.0.1", Port: f.port, User: "pat", Security: Clear}, Secret: password("secret"), Tool: "keytrail test",
		Limits: Limits{Silence: 2 * time.Second, FirstWait: time.Millisecond, LongestWait: 5 * time.Millisecond, Attempts: 4}}
}

func (f *fake) serve(c net.Conn) {
	defer func() { c.Close() }()
	_ = c.SetDeadline(time.Now().Add(30 * time.Second))
	if f.tls != nil && !strings.Contains(f.caps, "STARTTLS") {
		c = tls.Server(c, f.tls)
	}
	if !f.write(c, f.greeting+"\r\n") {
		return
	}
	in := bufio.NewReader(c)
	for {
		line, err := in.ReadString('\n')
		if err != nil {
			return
		}
		tag, command, _ := strings.Cut(strings.TrimRight(line, "\r\n"), " ")
		f.mu.Lock()
		n := len(f.commands)
		f.commands = append(f.commands, command)
		f.mu.Unlock()
		if line[0] == 0x16 { // TLS where none is
			return
		}
		if command == "" { // a line of a login
			continue
		}
		if name := folderNameIn.ReplaceAllString(command, ""); changes.MatchString(name) || !allowed(command) && strings.Contains(command, " ") {
			f.t.Errorf("the command %q was sent", command)
		}
		if f.answer != nil {
			if lines, handled := f.answer(n, command); handled {
				lines, breaks := strings.CutSuffix(lines, breakLine)
				if !f.write(c, strings.ReplaceAll(lines, "TAG", tag)) || breaks {
					return
				}
				continue
			}
		}
		if command == "STARTTLS" {
			f.write(c, tag+" OK begin\r\n")
			c = tls.Server(c, f.tls)
			in = bufio.NewReader(c)
			continue
		}
		if !f.write(c, f.honest(command)+tag+" OK done\r\n") || command == "LOGOUT" {
			return
		}
	}
}

func (f *fake) write(c net.Conn, s string) bool {
	_, err := io.WriteString(c, s)
	return err == nil
}

func (f *fake) honest(command string) string {
	var b strings.Builder
	switch {
	case command == "CAPABILITY":
		fmt.Fprintf(&b, "* CAPABILITY %s\r\n", f.caps)
	case strings.HasPrefix(command, "LIST "):
		for _, l := range f.folders {
			fmt.Fprintf(&b, "* LIST %s\r\n", l)
		}
	case strings.HasPrefix(command, "STATUS "):
		fmt.Fprintf(&b, "* STATUS "+strings.TrimSpace(command[len("STATUS "):strings.LastIndexByte(command, '(')])+" (MESSAGES %d UIDNEXT 100 UIDVALIDITY 7)\r\n", len(f.messages))
	case strings.HasPrefix(command, "EXAMINE "):
		fmt.Fprintf(&b, "* %d EXISTS\r\n* OK [UIDVALIDITY 7] valid\r\n* OK [UIDNEXT 100] next\r\n", len(f.messages))
	case strings.HasPrefix(command, "UID FETCH "):
		set, items, _ := strings.Cut(strings.TrimPrefix(command, "UID FETCH "), " ")
		for seq, uid := range f.uids() {
			if inSet(set, uid) {
				fmt.Fprintf(&b, "* %d FETCH (UID %d INTERNALDATE \"14-Nov-2022 03:01:02 +0100\"", seq+1, uid)
				if strings.Contains(items, "BODY.PEEK[]") {
					fmt.Fprintf(&b, " FLAGS (\\Seen) RFC822.SIZE %d BODY[] {%d}\r\n%s", len(f.messages[uid]), len(f.messages[uid]), f.messages[uid])
				}
				b.WriteString(")\r\n")
			}
		}
	}
	return b.String()
}

func (f *fake) uids() []uint32 {
	var all []uint32
	for uid := range f.messages {
		all = append(all, uid)
	}
	slices.Sort(all)
	return all
}

func (f *fake) sent() []string {
	f.mu.Lock()
	defer f.mu.Unlock()
	return slices.Clone(f.commands)
}

// inSet reads a UID set.
func inSet(set string, uid uint32) bool {
	for part := range strings.SplitSeq(set, ",") {
		from, to, isRange := strings.Cut(part, ":")
		if !isRange {
			to = from
		}
		low, _ := strconv.ParseUint(from, 10, 32)
		high, err := strconv.ParseUint(to, 10, 32)
		if err != nil {
			high = 1<<32 - 1
		}
		if uint64(uid) >= low && uint64(uid) <= high {
			return true
		}
	}
	return false
}

// few are some messages.
func few(n int) map[uint32]string {
	messages := make(map[uint32]string)
	for uid := range uint32(n) {
		messages[uid+1] = fmt.Sprintf("From: robin@example.org\r\nSubject: message %d\r\n\r\nHello.\r\n", uid+1)
	}
	return messages
}

// copyFake opens and copies; the error is that of the step that failed.
func copyFake(t *testing.T, o Options, parent string) (Result, error) {
	t.Helper()
	s, err := Open(t.Context(), o)
	if err != nil {
		return Result{}, err
	}
	defer s.Close()
	return s.Copy(t.Context(), parent)
}
