package acquire

import (
	"net"
	"path"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/emersion/go-imap/v2/imapclient"
)

func TestUIDSet(t *testing.T) {
	all := []entry{{uid: 1}, {uid: 2}, {uid: 5}, {uid: 6}, {uid: 9}, {uid: 12}}
	wanted := []bool{true, true, true, false, true, true}
	set, count, next := uidSet(all, 0, 100, func(i int) bool { return wanted[i] })
	if set.String() != "1:5,9:12" || count != 5 || next != 6 {
		t.Errorf("%s %d %d", set, count, next)
	}
	set, count, next = uidSet(all, 0, 2, func(i int) bool { return wanted[i] })
	if set.String() != "1:2" || count != 2 || next != 2 {
		t.Errorf("%s %d %d", set, count, next)
	}
	if got := ranges(all); got != "1:2,5:6,9,12" {
		t.Errorf("ranges: %s", got)
	}
}

func TestServerTime(t *testing.T) {
	for in, want := range map[string]string{
		"14-Nov-2022 03:01:02 +0100": "2022-11-14T03:01:02+01:00",
		" 4-Nov-2022 03:01:02 -0830": "2022-11-04T03:01:02-08:30",
		"4-Nov-2022 03:01:02 +0000":  "2022-11-04T03:01:02Z",
		"yesterday":                  "",
	} {
		if got := rfc3339(serverTime(in)); got != want {
			t.Errorf("serverTime(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestClockOfGreeting(t *testing.T) {
	c := Connection{At: time.Date(2014, 1, 3, 10, 0, 0, 0, time.UTC)}
	c.greet("OK [CAPABILITY IMAP4REV1] mail.example IMAP4rev1 2007e.404 at Fri, 3 Jan 2014 11:00:07 +0100 (CET)")
	if c.ClockDifference == nil || *c.ClockDifference != 7 {
		t.Errorf("clock difference %v, want 7", c.ClockDifference)
	}
	c.ClockDifference = nil
	c.greet("OK ready at your service")
	if c.ClockDifference != nil {
		t.Errorf("a clock difference out of nothing: %v", *c.ClockDifference)
	}
}

// FuzzAnswers feeds the guard and the library behind it anything: no panic, no hang, bounded memory.
func FuzzAnswers(f *testing.F) {
	for _, seed := range []string{
		"* OK [CAPABILITY IMAP4rev1] ready\r\nk1 NO [AUTHENTICATIONFAILED] no\r\n+ \r\n",
		"* OK x\r\n* LIST (\\HasNoChildren) \"/\" {5}\r\nINBOX\r\n* STATUS INBOX (MESSAGES 3 UIDNEXT 9)\r\n",
		"* OK x\r\n* 1 FETCH (UID 1 FLAGS (\\Seen a]b) INTERNALDATE \"14-Nov-2022 03:01:02 +0100\" MODSEQ (7) BODY[] {5}\r\nhello)\r\n",
		"* OK x\r\n* 1 FETCH (BODY[] ~{2}\r\nab UID 1 INTERNALDATE \"never\")\r\n* 3 EXPUNGE\r\n* VANISHED 1:2 {2}\r\nxy\r\n",
		"* OK x\r\n* 1 FETCH (UID 1 INTERNALDATE NIL FLAGS (\xc3\x84 {2}\r\nab))\r\n",
		"* OK x\r\n* ID (\"name\" \"x\" \"version\" NIL)\r\n* BYE\r\n",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, in string) {
		limits := Limits{}.withDefaults()
		limits.Message = 1 << 20
		for _, own := range []bool{false, true} {
			c := &conn{limits: limits, raw: &deadlineConn{Conn: stringConn{strings.NewReader(in)}}}
			c.guard = newGuard(c.raw, c.raw, limits)
			c.guard.pending["k1"] = "UID"
			if own {
				c.guard.own = &exchange{tag: "k1", ended: make(chan error, 1)}
			}
			client := imapclient.New(c.guard, &imapclient.Options{UnilateralDataHandler: &imapclient.UnilateralDataHandler{Fetch: c.stray}})
			<-client.Closed()
		}
	})
}

// stringConn is a server that says one thing and is gone.
type stringConn struct{ *strings.Reader }

func (stringConn) Write(p []byte) (int, error)        { return len(p), nil }
func (stringConn) Close() error                       { return nil }
func (stringConn) LocalAddr() net.Addr                { return nil }
func (stringConn) RemoteAddr() net.Addr               { return nil }
func (stringConn) SetDeadline(time.Time) error        { return nil }
func (stringConn) SetReadDeadline(time.Time) error    { return nil }
func (stringConn) SetWriteDeadline(t time.Time) error { return nil }

// FuzzFolderPath shows that no name leads out.
func FuzzFolderPath(f *testing.F) {
	for _, seed := range []string{"INBOX", "../x", "a/../../b", "CON", "nul.txt", ".", "", "a\x00b", `..\..`, "x.keytrail", strings.Repeat("a/", 300)} {
		f.Add(seed, "/")
		f.Add(seed, ".")
	}
	f.Fuzz(func(t *testing.T, name, delimiter string) {
		got := folderPath(name, delimiter)
		if !filepath.IsLocal(filepath.FromSlash(got)) || path.Clean(got) != got || strings.ContainsAny(got, "\x00\\:*?\"<>|") || len(got) > 13*(maxPart+1) {
			t.Errorf("folderPath(%q, %q) = %q", name, delimiter, got)
		}
		for part := range strings.SplitSeq(got, "/") {
			if reserved(part) || strings.HasPrefix(part, ".") || strings.HasSuffix(part, ".") || part == "" {
				t.Errorf("folderPath(%q, %q) = %q: %q means something else", name, delimiter, got, part)
			}
		}
	})
}
