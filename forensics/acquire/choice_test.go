package acquire

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"keytrail/forensics/dovecottest"
)

// TestFolders lists what can be chosen: a folder that cannot be opened is none, a count that is
// not told is not 0, and the line may break while somebody thinks.
func TestFolders(t *testing.T) {
	f := (&fake{messages: few(7), folders: []string{
		`(\HasNoChildren) "/" INBOX`, `(\Noselect) "/" "[Gmail]"`, `(\All \HasNoChildren) "/" "[Gmail]/All Mail"`,
		`(\sent) "/" "Gesendete Objekte"`, `() "/" "Entw&APw-rfe"`, `() "/" INBOX`, `() "/" locked`, `() "/" silent`,
	}}).start(t)
	f.answer = func(n int, command string) (string, bool) {
		switch {
		case strings.HasPrefix(command, `STATUS "locked" `):
			return "TAG NO [NOPERM] not yours\r\n", true
		case strings.HasPrefix(command, `STATUS "silent" `):
			return "TAG OK done\r\n", true
		case strings.HasPrefix(command, "EXAMINE") || strings.HasPrefix(command, "UID"):
			t.Errorf("%q was sent", command)
		}
		return "", false
	}
	s, err := Open(t.Context(), f.options())
	must(t, err)
	defer s.Close()
	want := []Folder{{"Entwürfe", "", 7}, {"Gesendete Objekte", `\Sent`, 7}, {"INBOX", "", 7}, {"[Gmail]/All Mail", `\All`, 7}, {"locked", "", -1}, {"silent", "", -1}}
	for _, how := range []string{"at once", "after the line broke", "after a logout"} {
		got, err := s.Folders(t.Context())
		must(t, err)
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", how, diff)
		}
		if how == "at once" {
			_ = s.conn.raw.Close() // the test breaks it
		} else {
			s.Close()
		}
	}
	if got := s.state.Total; got != 28 {
		t.Errorf("%d messages in all, want 28", got)
	}
}

// TestFoldersDovecot chooses two of the folders that a real server lists, which stays unchanged.
func TestFoldersDovecot(t *testing.T) {
	d := dovecottest.Start(t, dovecottest.Options{Fill: dovecottest.Generated(t, 120)})
	before := d.State(t)
	o := dovecotOptions(d)
	s, err := Open(t.Context(), o)
	must(t, err)
	defer s.Close()
	got, err := s.Folders(t.Context())
	must(t, err)
	want := []Folder{{"Archive/2022", "", 8}, {"Entwürfe & mehr", "", 8}, {"INBOX", "", 96}, {"Trash", `\Trash`, 8}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("folders (-want +got):\n%s", diff)
	}
	o.Folders = []string{got[1].Name, got[3].Name}
	if r := acquireAll(t, o, t.TempDir()); r.Copied != 16 || r.Folders != 2 {
		t.Errorf("%d messages of %d folders, want 16 of 2", r.Copied, r.Folders)
	}
	if d.State(t) != before {
		t.Error("the mailbox changed")
	}
}
