package main

import (
	"bytes"
	"context"
	"errors"
	"net"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"keytrail/forensics/dovecottest"
	"keytrail/tui/kit"
)

// TestAcquireOnScreen goes the screen's way against a real Dovecot: what goes wrong is said in
// words that ask the right thing again, and the copy comes into the case.
func TestAcquireOnScreen(t *testing.T) {
	d := dovecottest.Start(t, dovecottest.Options{Fill: dovecottest.Generated(t, 120)})
	before := d.State(t)
	p := &Program{In: strings.NewReader(""), Out: &bytes.Buffer{}, Err: &bytes.Buffer{}, Now: time.Now, Who: "test"}
	services, err := p.services(addFlags{})
	must(t, err)
	c, err := services.Create(filepath.Join(t.TempDir(), "rivera"))
	must(t, err)
	t.Cleanup(func() { must(t, c.(*screenCase).Close()) })
	closed, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	nobody := closed.Addr().String()
	closed.Close()
	here := net.JoinHostPort("localhost", strconv.Itoa(d.IMAPS))
	request := func(host, password string) kit.AcquireRequest {
		return kit.AcquireRequest{Address: dovecottest.User, Host: host, Password: password}
	}
	for name, q := range map[string]struct {
		request kit.AcquireRequest
		trust   bool
		ask     kit.AcquireAsk
		words   string
	}{
		"certificate": {request(here, dovecottest.Password), false, kit.AskServer, "not vouched for"},
		"password":    {request(here, "wrong"), true, kit.AskPassword, "refused the password for " + dovecottest.User},
		"unreachable": {request(nobody, "wrong"), true, kit.AskServer, "nothing answers at"},
		"no_server":   {request("a b", "wrong"), true, kit.AskServer, "names no server"},
	} {
		t.Run(name, func(t *testing.T) {
			p.Roots = nil
			if q.trust {
				p.Roots = d.Roots
			}
			_, err := services.Acquire(t.Context(), c, q.request, func(kit.AcquireProgress) {})
			var problem *kit.AcquireProblem
			if !errors.As(err, &problem) {
				t.Fatalf("no problem in plain words: %v", err)
			}
			said := problem.What + " " + problem.Do
			if _, listErr := services.MailFolders(t.Context(), c, q.request, func(kit.AcquireProgress) {}); listErr == nil || listErr.Error() != err.Error() {
				t.Errorf("the listing says %v, the copy %v", listErr, err)
			}
			if problem.Ask != q.ask || !strings.Contains(strings.ToLower(said), strings.ToLower(q.words)) || strings.Contains(said, "wrong") || strings.Contains(said, "--") {
				t.Errorf("it asks %d again and says: %s", problem.Ask, said)
			}
		})
	}
	p.Roots = d.Roots
	ctx, stop := context.WithCancel(t.Context())
	_, err = services.Acquire(ctx, c, request(here, dovecottest.Password), func(g kit.AcquireProgress) {
		if g.Stage != "" { // with the first word: so few messages may all be on their way a moment later
			stop()
		}
	})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("it was stopped and said %v", err)
	}
	var last kit.AcquireProgress
	r, err := services.Acquire(t.Context(), c, request(here, dovecottest.Password), func(g kit.AcquireProgress) { last = g })
	must(t, err)
	if r.Messages != 120 || len(r.Problems) > 0 || last.Messages != 120 || last.Stage != "finishing" {
		t.Errorf("%+v, at last %+v", r, last)
	}
	again, err := services.Acquire(t.Context(), c, request(here, dovecottest.Password), func(kit.AcquireProgress) {})
	must(t, err)
	if again.Path != r.Path || len(again.Problems) != 1 || !strings.Contains(again.Problems[0], "not read") {
		t.Errorf("before it was read, the copy was made once more: %+v", again)
	}
	must(t, services.Add(t.Context(), c, []string{r.Path}, func(kit.Progress) {}))
	view, err := c.Query(t.Context(), nil)
	must(t, err)
	if view.Total() < 120 {
		t.Errorf("%d events of 120 messages", view.Total())
	}
	if after := d.State(t); after != before {
		t.Error("the mailbox changed")
	}
	custodyNames(t, filepath.Join(filepath.Dir(c.Path()), "rivera"), "mailbox acquired", "120 messages", "certificate SHA-256 ")
}

func TestMailHost(t *testing.T) {
	for address, want := range map[string]kit.MailHost{
		"pat@sbcglobal.net": {Known: true, Provider: "AT&T", Host: "imap.mail.att.net"},
		"pat@gmail.com":     {Known: true, Provider: "Gmail", Host: "imap.gmail.com"},
		"pat@hotmail.com":   {Known: true, Provider: "Outlook.com and Microsoft 365", Host: "outlook.office365.com", NoPassword: true},
		"imap.gmail.com":    {Known: true, Provider: "Gmail", Host: "imap.gmail.com"},
		"pat@mail.example":  {},
		"nonsense":          {},
	} {
		got := mailHost(address)
		if got.Known == (got.Advice == "") {
			t.Errorf("%s: the advice is %q", address, got.Advice)
		}
		if got.Advice = ""; got != want {
			t.Errorf("%s: %+v, want %+v", address, got, want)
		}
	}
}

// TestAcquireChosen lists the folders of a real Dovecot and copies one of them, between two days.
func TestAcquireChosen(t *testing.T) {
	d := dovecottest.Start(t, dovecottest.Options{Fill: dovecottest.Generated(t, 1200)})
	before := d.State(t)
	p := &Program{In: strings.NewReader(""), Out: &bytes.Buffer{}, Err: &bytes.Buffer{}, Now: time.Now, Who: "test", Roots: d.Roots}
	services, err := p.services(addFlags{})
	must(t, err)
	c, err := services.Create(filepath.Join(t.TempDir(), "rivera"))
	must(t, err)
	t.Cleanup(func() { must(t, c.(*screenCase).Close()) })
	r := kit.AcquireRequest{Address: dovecottest.User, Host: net.JoinHostPort("localhost", strconv.Itoa(d.IMAPS)), Password: dovecottest.Password}
	folders, err := services.MailFolders(t.Context(), c, r, func(kit.AcquireProgress) {})
	must(t, err)
	want := []kit.AcquireFolder{{Name: "Archive/2022", Messages: 80}, {Name: "Entwürfe & mehr", Messages: 80}, {Name: "INBOX", Messages: 960}, {Name: "Trash", Use: `\Trash`, Messages: 80}}
	if diff := cmp.Diff(want, folders); diff != "" {
		t.Errorf("folders (-want +got):\n%s", diff)
	}
	r.Folders = []string{folders[1].Name}
	r.Since = time.Date(2022, 11, 2, 0, 0, 0, 0, time.UTC)
	got, err := services.Acquire(t.Context(), c, r, func(kit.AcquireProgress) {})
	must(t, err)
	// A message every 97 s from 08:00 on the first of November: number 594 is the first of the second.
	// This folder has the numbers 10, 25, 40, ..., 580, 595, ...
	if got.Folders != 1 || got.Messages != 41 || got.Outside != 39 {
		t.Errorf("%+v, want 41 messages of one folder, and 39 outside of the days", got)
	}
	if after := d.State(t); after != before {
		t.Error("the mailbox changed")
	}
	custodyNames(t, c.Path(), "mailbox folders listed", "; 4 folders")
	custodyNames(t, c.Path(), "mailbox acquired", "41 messages")
}
