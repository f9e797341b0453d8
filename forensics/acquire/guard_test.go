package acquire

import (
	"bytes"
	"io"
	"maps"
	"net"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-imap/v2"
	"github.com/google/go-cmp/cmp"

	"keytrail/forensics/dovecottest"
)

// TestOnlyReads records everything that two whole runs send to a real server, with a deletion
// in between, and holds it against a list that was written by hand.
func TestOnlyReads(t *testing.T) {
	d := dovecottest.Start(t, dovecottest.Options{Fill: dovecottest.Generated(t, 120)})
	port, sent := recordingProxy(t, d.IMAP)
	o := dovecotOptions(d)
	o.Target.Host, o.Target.Port, o.Target.Security = "127.0.0.1", port, Clear
	now := time.Date(2022, 11, 14, 3, 0, 0, 0, time.UTC)
	var mu sync.Mutex
	o.Now = func() time.Time { mu.Lock(); defer mu.Unlock(); now = now.Add(time.Second); return now }
	parent := t.TempDir()
	acquireAll(t, o, parent)
	d.Doveadm(t, "expunge", "-u", dovecottest.User, "mailbox", "INBOX", "uid", "7")
	acquireAll(t, o, parent)

	shapes := make(map[string]int)
	for _, line := range strings.Split(strings.TrimSpace(sent()), "\r\n") {
		_, command, _ := strings.Cut(line, " ")
		command = regexp.MustCompile(`"(\\.|[^"\\])*"|INBOX`).ReplaceAllString(command, "NAME")
		command = regexp.MustCompile(`[0-9]+(:[0-9*]+)?(,[0-9]+(:[0-9]+)?)*( |\)$)`).ReplaceAllString(command, "N$4")
		if before, items, isFetch := strings.Cut(command, "("); isFetch && !strings.HasPrefix(items, "NAME") { // the library writes items in any order
			inner, rest, _ := strings.Cut(items, ")")
			words := strings.Fields(inner)
			slices.Sort(words)
			command = before + "(" + strings.Join(words, " ") + ")" + rest
		}
		if strings.HasPrefix(command, "AUTHENTICATE PLAIN ") {
			command = "AUTHENTICATE PLAIN SECRET"
		}
		if changes.MatchString(command) {
			t.Errorf("%q was sent", line)
		}
		shapes[command]++
	}
	want := []string{
		"AUTHENTICATE PLAIN SECRET",
		"CAPABILITY",
		"ENABLE QRESYNC",
		"EXAMINE NAME (CONDSTORE)",
		"ID (NAME NAME NAME NAME)",
		"LIST NAME NAME RETURN (SPECIAL-USE)",
		"LOGOUT",
		"STATUS NAME (MESSAGES UIDNEXT UIDVALIDITY)",
		"UID FETCH N (BODY.PEEK[] FLAGS INTERNALDATE MODSEQ RFC822.SIZE UID)",
		"UID FETCH N (FLAGS) (CHANGEDSINCE N VANISHED)",
		"UID FETCH N (INTERNALDATE UID)",
		"UID FETCH N (SAVEDATE UID)",
	}
	if diff := cmp.Diff(want, slices.Sorted(maps.Keys(shapes))); diff != "" {
		t.Errorf("commands (-want +sent):\n%s", diff)
	}
}

// recordingProxy passes everything on to a port and keeps what clients send.
func recordingProxy(t *testing.T, to int) (port int, sent func() string) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	var mu sync.Mutex
	var all bytes.Buffer
	var open sync.WaitGroup
	open.Go(func() {
		for {
			client, err := l.Accept()
			if err != nil {
				return
			}
			server, err := net.Dial("tcp", net.JoinHostPort("127.0.0.1", strconv.Itoa(to)))
			if err != nil {
				client.Close()
				return
			}
			open.Go(func() { _, _ = io.Copy(client, server); client.Close() })
			open.Go(func() {
				_, _ = io.Copy(writerFunc(func(p []byte) (int, error) {
					mu.Lock()
					all.Write(p)
					mu.Unlock()
					return server.Write(p)
				}), client)
				server.Close()
			})
		}
	})
	t.Cleanup(func() { l.Close(); open.Wait() })
	return l.Addr().(*net.TCPAddr).Port, func() string { mu.Lock(); defer mu.Unlock(); return all.String() }
}

type writerFunc func([]byte) (int, error)

func (f writerFunc) Write(p []byte) (int, error) { return f(p) }

// TestGuardStopsCommands lets the library try to send what changes a mailbox: nothing of it
// comes to the server, and the connection ends.
func TestGuardStopsCommands(t *testing.T) {
	for name, send := range map[string]func(c *conn){
		"select": func(c *conn) { c.client.Select("INBOX", nil) },
		"store": func(c *conn) {
			c.client.Store(imap.UIDSetNum(1), &imap.StoreFlags{Op: imap.StoreFlagsAdd, Flags: []imap.Flag{imap.FlagDeleted}}, nil)
		},
		"expunge": func(c *conn) { c.client.Expunge() },
		"move":    func(c *conn) { c.client.Move(imap.UIDSetNum(1), "Trash") },
		"close":   func(c *conn) { c.client.UnselectAndExpunge() },
		"marking": func(c *conn) {
			c.client.Fetch(imap.UIDSetNum(1), &imap.FetchOptions{BodySection: []*imap.FetchItemBodySection{{}}})
		},
		"ours": func(c *conn) { _ = c.exchange(time.Second, 0, "UID STORE 1 +FLAGS (\\Deleted)", nil) },
		"two": func(c *conn) {
			_ = c.exchange(time.Second, 0, "UID FETCH 1 (UID)\r\nk9 EXPUNGE", nil)
		},
	} {
		t.Run(name, func(t *testing.T) {
			f := (&fake{messages: few(1)}).start(t)
			s, err := Open(t.Context(), f.options())
			must(t, err)
			before := len(f.sent())
			send(s.conn)
			if failure := s.conn.guard.failure(); failure == nil || !strings.Contains(failure.Error(), "no command that keytrail sends") {
				t.Errorf("it was let through: %v", failure)
			}
			s.conn.close()
			for _, command := range f.sent()[before:] {
				t.Errorf("%q came to the server", command)
			}
		})
	}
}

func TestAllowed(t *testing.T) {
	for command, want := range map[string]bool{
		"CAPABILITY": true, "LOGOUT": true, "STARTTLS": true, `LIST "" "*"`: true, `EXAMINE "INBOX" (CONDSTORE)`: true, "ENABLE QRESYNC": true,
		"UID FETCH 1:*,5 (UID INTERNALDATE)": true, "UID FETCH 1 (BODY.PEEK[])": true, "UID FETCH 1:* (FLAGS) (CHANGEDSINCE 7 VANISHED)": true,
		"": false, "SELECT INBOX": false, "select INBOX": false, "ENABLE UTF8=ACCEPT": false, "UID FETCH 1 (BODY[])": false, "UID FETCH 1 (RFC822)": false,
		"UID FETCH 1 BODY[]": false, "UID STORE 1 FLAGS ()": false, "UID EXPUNGE 1": false, "UID FETCH 1 (UID) (X) VANISHED)": false, "NOOP": false,
		"CAPABILITY x": false, `LIST "" "%"`: false, "CREATE x": false, "UID FETCH x (UID)": false, "UID": false, "FETCH 1 (UID)": false,
	} {
		if got := allowed(command); got != want {
			t.Errorf("allowed(%q) = %v", command, got)
		}
	}
}

// TestGoneWhileListed has messages that are deleted while the folder is listed: that is no
// breach of the rules, in the words of either IMAP.
func TestGoneWhileListed(t *testing.T) {
	for name, words := range map[string]string{"expunge": "* 3 EXPUNGE\r\n* 3 EXPUNGE\r\n", "vanished": "* VANISHED 3:4\r\n", "neither": ""} {
		t.Run(name, func(t *testing.T) {
			f := &fake{messages: few(2)}
			f.answer = func(_ int, command string) (string, bool) {
				switch {
				case strings.HasPrefix(command, "EXAMINE"):
					return "* 4 EXISTS\r\n* OK [UIDVALIDITY 7] v\r\nTAG OK done\r\n", true
				case strings.HasPrefix(command, "UID FETCH 1:* "):
					return f.honest(command) + words + "TAG OK done\r\n", true
				}
				return "", false
			}
			r, err := copyFake(t, f.start(t).options(), t.TempDir())
			must(t, err)
			if got := len(r.Problems) > 0; got != (words == "") {
				t.Errorf("problems: %q", r.Problems)
			}
		})
	}
}
