package acquire

import (
	"bytes"
	"net"
	"testing"
	"time"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapserver"
	"github.com/emersion/go-imap/v2/imapserver/imapmemserver"
)

// TestOtherServer copies from the server of the go-imap library: another hand's reading of
// the same RFCs than Dovecot's.
func TestOtherServer(t *testing.T) {
	user := imapmemserver.NewUser("pat", "secret")
	for _, name := range []string{"INBOX", "Entwürfe", "Trash/Old"} {
		must(t, user.Create(name, nil))
		for range 3 {
			body := "From: robin@example.org\r\nSubject: in " + name + "\r\n\r\nHello.\r\n"
			_, err := user.Append(name, &literal{bytes.NewReader([]byte(body)), int64(len(body))}, &imap.AppendOptions{Flags: []imap.Flag{imap.FlagSeen},
				Time: time.Date(2022, 11, 14, 3, 1, 2, 0, time.UTC)})
			must(t, err)
		}
	}
	server := imapmemserver.New()
	server.AddUser(user)
	s := imapserver.New(&imapserver.Options{InsecureAuth: true, Caps: imap.CapSet{imap.CapIMAP4rev1: {}, imap.CapIMAP4rev2: {}},
		NewSession: func(*imapserver.Conn) (imapserver.Session, *imapserver.GreetingData, error) {
			return server.NewSession(), nil, nil
		}})
	l, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	ended := make(chan struct{})
	go func() { _ = s.Serve(l); close(ended) }()
	t.Cleanup(func() { s.Close(); <-ended })

	o := Options{Target: Target{Host: "127.0.0.1", Port: l.Addr().(*net.TCPAddr).Port, User: "pat", Security: Clear}, Secret: password("secret"), Tool: "keytrail test"}
	r := acquireAll(t, o, t.TempDir())
	if r.Copied != 9 || r.Folders != 3 || len(r.Problems) > 0 {
		t.Errorf("%d messages of %d folders, %q", r.Copied, r.Folders, r.Problems)
	}
	if got := copied(t, r.Root); len(got) != 3 {
		t.Errorf("%d different messages, want 3", len(got))
	}
}

type literal struct {
	*bytes.Reader
	size int64
}

func (l *literal) Size() int64 { return l.size }
