package tui

import (
	"context"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/google/go-cmp/cmp"

	"keytrail/tui/kit"
	"keytrail/tui/kit/kittest"
)

// copier is a mailbox that a test copies step by step.
type copier struct {
	step     chan kit.AcquireProgress // a channel of the bubble
	end      chan error
	requests []kit.AcquireRequest

	folders []kit.AcquireFolder
	refuse  []error // what the next listings come to
	hang    bool    // a listing does not end by itself
	listed  []kit.AcquireRequest

	added []string // the paths that the copy was added from
}

// rivera are the folders of a mailbox.
func rivera() []kit.AcquireFolder {
	return []kit.AcquireFolder{{Name: "Archive/2022", Messages: 6100}, {Name: "Entwürfe", Use: `\Drafts`, Messages: 12}, {Name: "INBOX", Messages: 10000},
		{Name: "Papierkorb", Use: `\Trash`, Messages: 312}, {Name: "Sent", Use: `\Sent`, Messages: 3988}, {Name: "[Gmail]/All Mail", Use: `\All`, Messages: 20400}, {Name: "locked", Messages: -1}}
}

func (c *copier) options() Options {
	o, story := story()
	o.Case = story
	o.MailHost = func(address string) kit.MailHost {
		if address == "imap.known.example" {
			return kit.MailHost{Known: true, Provider: "Known", Host: address, Advice: "make a key"}
		}
		switch _, domain, _ := strings.Cut(address, "@"); domain {
		case "att.net":
			return kit.MailHost{Known: true, Provider: "AT&T", Host: "imap.mail.att.net",
				Advice: "make a secure mail key at att.com, Profile, Sign-in info, the mail account, \"Manage secure mail key\", and use it in place of the password"}
		case "outlook.com":
			return kit.MailHost{Known: true, Provider: "Outlook.com", Host: "outlook.office365.com", NoPassword: true, Advice: "export the mailbox from Outlook (File, Open & Export) and add the file"}
		}
		return kit.MailHost{}
	}
	o.Add = func(_ context.Context, _ kit.Case, paths []string, _ func(kit.Progress)) error {
		c.added = paths
		return nil
	}
	if c.folders == nil {
		c.folders = rivera()
	}
	o.MailFolders = func(ctx context.Context, _ kit.Case, r kit.AcquireRequest, tell func(kit.AcquireProgress)) ([]kit.AcquireFolder, error) {
		c.listed = append(c.listed, r)
		if c.hang {
			tell(kit.AcquireProgress{Stage: "listing"})
			<-ctx.Done()
			return nil, ctx.Err()
		}
		if len(c.refuse) > 0 {
			err := c.refuse[0]
			c.refuse = c.refuse[1:]
			return nil, err
		}
		return c.folders, nil
	}
	o.Acquire = func(ctx context.Context, _ kit.Case, r kit.AcquireRequest, tell func(kit.AcquireProgress)) (kit.AcquireResult, error) {
		c.requests = append(c.requests, r)
		c.step, c.end = make(chan kit.AcquireProgress), make(chan error)
		for {
			select {
			case p := <-c.step:
				tell(p)
			case err := <-c.end:
				return kit.AcquireResult{Path: "/cases/story.keytrail/acquired/x/pat@att.net", Messages: 20412, Bytes: 1_430e6, Folders: 6,
					Problems: []string{`folder "INBOX": imap.mail.att.net shows no more than 10000 messages of a folder; older ones may be missing here`}}, err
			case <-ctx.Done():
				return kit.AcquireResult{}, ctx.Err()
			}
		}
	}
	return o
}

// copying is the screen with a copier that refuses nothing.
func copying() (Options, *copier) {
	c := &copier{}
	return c.options(), c
}

// TestAcquire goes the whole way: from the address to a copy that is added.
func TestAcquire(t *testing.T) {
	eachSize(t, copying, func(d *driver, c *copier) {
		d.keys("4", "i", "pat", "enter")
		d.sees("an e-mail address, such as pat@att.net")
		d.keys("@att.net")
		d.golden("address")
		d.keys("enter", "hunter2 secret")
		d.golden("password")
		d.lacks("hunter2")
		d.keys("enter")
		d.golden("folders")
		d.keys("enter")
		d.golden("days")
		d.keys("enter")
		d.sees("is connected to")
		c.step <- kit.AcquireProgress{Stage: "copying", Folder: "INBOX", Folders: 2, Of: 6, FolderDone: 3120, FolderTotal: 10000, Messages: 5204, Total: 20412,
			Bytes: 341e6, Rate: 1310, Elapsed: 4 * time.Second, Left: 12 * time.Second}
		d.settle()
		d.golden("copying")
		d.keys("q", "esc") // neither ends it
		d.sees("5,204 of 20,412 messages")
		c.step <- kit.AcquireProgress{Stage: "copying", Folder: "INBOX", Folders: 2, Of: 6, Messages: 5204, Total: 20412, Waiting: 4 * time.Second, Why: "the server said NO [THROTTLED] \"wait\""}
		d.settle()
		d.sees("waits 4 s", "THROTTLED")
		c.end <- nil
		d.settle()
		d.golden("done")
		d.keys("enter")
		d.lacks("── copy a mailbox")
		if want := "/cases/story.keytrail/acquired/x/pat@att.net"; len(c.added) != 1 || c.added[0] != want {
			d.t.Errorf("added %q, want %q", c.added, want)
		}
		if r := c.requests[0]; r.Host != "imap.mail.att.net" || r.Address != "pat@att.net" || r.Password != "hunter2 secret" || r.Folders != nil || !r.Since.IsZero() || !r.Before.IsZero() {
			d.t.Errorf("asked for %+v", r)
		}
	})
}

// TestAcquireProblems shows what a person is told and asked again.
func TestAcquireProblems(t *testing.T) {
	c := &copier{}
	screenTest(t, 80, 24, c.options(), func(d *driver) {
		d.keys("4", "i", "pat@outlook.com", "enter")
		d.sees("takes no password from a program", "File, Open & Export")
		d.keys("ctrl+u", "pat@mail.example", "enter")
		d.golden("server")
		d.keys("no server", "enter")
		d.sees("the name of a server")
		d.keys("ctrl+u", "imap.known.example", "enter")
		d.sees("Make a key.")
		d.keys("esc", "ctrl+u", "imap.mail.example", "enter", "enter")
		d.sees("the password is missing")
		c.refuse = append(c.refuse, &kit.AcquireProblem{What: "mail.example refused the password for pat@mail.example.", Do: "Check both, then type it again.", Ask: kit.AskPassword})
		d.keys("wrong", "enter")
		d.golden("wrong-password")
		d.keys("enter")
		d.lacks("wrong", "typed")
		d.keys("correct horse", "enter", "enter", "enter")
		if r := c.requests[0]; r.Host != "imap.mail.example" || r.Password != "correct horse" {
			t.Errorf("asked for %+v", r)
		}
		d.keys("s")
		d.sees("Stopped.", "nothing is fetched twice")
		d.keys("enter") // goes on
		if len(c.requests) != 2 || !cmp.Equal(c.requests[1], c.requests[0]) {
			t.Errorf("it went on with %+v", c.requests)
		}
		c.end <- &kit.AcquireProblem{What: "The certificate of imap.mail.example is not vouched for by anybody this machine trusts.", Do: "Nothing was sent.", Ask: kit.AskServer}
		d.settle()
		d.sees("not vouched for")
		d.keys("enter")
		d.sees("The mail server of this address is not known")
		d.keys("esc", "esc")
		d.lacks("── copy a mailbox")
	})
}

// TestAcquireGuided begins at the start screen, without a case.
func TestAcquireGuided(t *testing.T) {
	c := &copier{}
	o := c.options()
	o.Case = nil
	o.Create = func(name string) (kit.Case, error) { return kittest.New(name, nil), nil }
	screenTest(t, 80, 24, o, func(d *driver) {
		d.keys("h", "down", "enter")
		d.lacks("Press i here") // Microsoft takes no passwords
		d.keys("esc", "down", "enter")
		d.sees("Press i here")
		d.keys("i", "rivera", "enter")
		d.sees("4 Evidence", "copy a mailbox", "address")
		d.keys("pat@att.net", "enter")
		d.send(tea.PasteMsg{Content: "key-from-att\n"})
		d.keys("enter", "enter", "enter")
		if len(c.requests) != 1 || c.requests[0].Password != "key-from-att" {
			t.Errorf("asked for %+v", c.requests)
		}
		c.end <- nil
		d.settle()
		d.sees("20,412 messages")
	})
}

// TestAcquireChoice leaves folders and days out; what was chosen stays while the dialogue is open.
func TestAcquireChoice(t *testing.T) {
	eachSize(t, copying, func(d *driver, c *copier) {
		d.keys("4", "i", "pat@att.net", "enter", "secret", "enter")
		d.sees("all 7, 40,812 messages or more", "All are copied")
		d.keys("a", "enter")
		d.sees("0 of 7", "choose at least one folder")
		d.keys("space", "down", "down", "space")
		d.sees("2 of 7, 10,312 messages", "moved to a folder that is left out")
		d.golden("two-folders")
		d.keys("enter", "2022-13-01", "enter")
		d.golden("no-such-month")
		d.keys("ctrl+u", "2022-11-01", "enter", "2022-11-01", "enter")
		d.golden("no-later-day")
		d.keys("ctrl+u", "2023-02-29", "enter")
		d.sees("February 2023 has 28 days")
		d.keys("ctrl+u", "2023-03-01", "tab", "ctrl+u", "2024-01-01", "enter")
		d.sees("this day is still to come")
		d.keys("ctrl+u", "2022-11-01", "tab", "esc")
		d.sees("2 of 7")
		d.keys("enter", "enter", "enter")
		want := kit.AcquireRequest{Address: "pat@att.net", Host: "imap.mail.att.net", Password: "secret", Folders: []string{"INBOX", "Papierkorb"},
			Since: time.Date(2022, 11, 1, 0, 0, 0, 0, time.UTC), Before: time.Date(2023, 3, 1, 0, 0, 0, 0, time.UTC)}
		d.keys("s")
		d.sees("Stopped.", "choose the same folders")
		d.keys("enter")
		c.end <- &kit.AcquireProblem{What: "The password has run out.", Do: "Make another.", Ask: kit.AskPassword}
		d.settle()
		d.keys("enter", "secret", "enter")
		d.sees("2 of 7")
		d.keys("enter", "enter", "enter")
		if diff := cmp.Diff([]kit.AcquireRequest{want, want, want}, c.requests); diff != "" {
			d.t.Errorf("asked for (-want +got):\n%s", diff)
		}
		for _, r := range c.listed {
			if r.Folders != nil || !r.Since.IsZero() || len(c.listed) != 2 {
				d.t.Errorf("listed %d times with %+v", len(c.listed), r)
			}
		}
		c.end <- nil
		d.settle()
		d.sees("20,412 messages")
	})
}

// TestAcquireListing lists many folders, none, and is stopped or broken meanwhile.
func TestAcquireListing(t *testing.T) {
	c := &copier{hang: true}
	screenTest(t, 80, 24, c.options(), func(d *driver) {
		d.keys("4", "i", "pat@att.net", "enter", "secret", "enter")
		d.sees("its folders are listed")
		d.keys("esc", "s")
		d.sees("it is not shown, and not stored")
		c.hang = false
		c.refuse = []error{&kit.AcquireProblem{What: "The line broke.", Do: "Press Enter.", Kept: true}}
		c.folders = nil
		d.keys("enter")
		d.sees("The line broke.")
		d.keys("enter")
		d.sees("lists no folders")
		d.keys("enter")
		d.lacks("── copy a mailbox")
		for n := range 200 {
			c.folders = append(c.folders, kit.AcquireFolder{Name: strings.Repeat("nested/", n%13) + "\x1b[31mред\u202e日本", Messages: int64(n) << 24, Use: `\Trash`})
		}
		d.keys("i", "pat@att.net", "enter", "secret", "enter")
		d.exact()
		d.sees("shown: 1 to")
		d.keys("end", "pgup", "pgdown", "up", "down", "G")
		d.exact()
		d.sees("to 200")
		d.keys("home", "space", "enter", "enter")
		if n := len(c.requests); n != 1 || len(c.requests[0].Folders) == 0 {
			t.Errorf("asked for %+v", c.requests)
		}
		d.keys("s", "esc")
	})
}
