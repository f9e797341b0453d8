package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"path/filepath"
	"strings"
	"time"

	"keytrail/forensics"
	"keytrail/forensics/acquire"
	"keytrail/forensics/casefile"
	"keytrail/tui/kit"
)

// The screen's way to a copy of a mailbox. The words are for somebody who has never heard of
// IMAP; the command line has its own.

// mailHost finds the server of an address among the known providers; it also takes the name of a
// server.
func mailHost(address string) kit.MailHost {
	if !strings.Contains(address, "@") {
		address = "imaps://user@" + address
	}
	t, err := acquire.ParseTarget(address, false)
	if err != nil || t.Provider == nil {
		return kit.MailHost{}
	}
	p := t.Provider
	h := kit.MailHost{Known: true, Provider: p.Name, Host: p.Host, Advice: p.HowTo, NoPassword: p.OAuth}
	if p.OAuth {
		h.Advice = "save the mailbox in the mail program instead (in Outlook: File, Open & Export) and add the file with a; or use the command line with --token-command"
	}
	return h
}

// screenTarget makes a target of what was typed: a host, or host:port. The connection is always
// encrypted, except to this machine itself.
func screenTarget(r kit.AcquireRequest) (acquire.Target, error) {
	host, port, err := net.SplitHostPort(r.Host)
	if err != nil {
		host, port = r.Host, ""
	}
	at := host
	if port != "" {
		at = net.JoinHostPort(host, port)
	}
	user := strings.NewReplacer("%", "%25", ":", "%3A", "/", "%2F").Replace(r.Address)
	return acquire.ParseTarget("imaps://"+user+"@"+at, port == "143")
}

// screenFolders lists the folders of a mailbox, on a connection of its own: no server waits as long
// as a person may think. The custody log keeps that somebody logged in.
func (p *Program) screenFolders(ctx context.Context, opened kit.Case, r kit.AcquireRequest, tell func(kit.AcquireProgress)) ([]kit.AcquireFolder, error) {
	var folders []kit.AcquireFolder
	err := forScreen(ctx, r, func(target acquire.Target) error {
		session, err := p.openForScreen(ctx, target, r, tell)
		if err != nil {
			return err
		}
		defer session.Close()
		listed, err := session.Folders(ctx)
		if err != nil {
			return err
		}
		for _, f := range listed {
			folders = append(folders, kit.AcquireFolder(f))
		}
		c := opened.(*screenCase).Case
		if err := c.Lock(); err != nil {
			return err
		}
		return c.Log("mailbox folders listed", target.String()+"; "+kit.Plural(int64(len(listed)), "folder"))
	})
	var problem *kit.AcquireProblem
	if errors.As(err, &problem) && problem.Kept {
		problem.Do = "Only the folders were asked for; wait a while, then press Enter."
	}
	return folders, err
}

// screenAcquire copies a mailbox into a case that is open on the screen.
func (p *Program) screenAcquire(ctx context.Context, opened kit.Case, r kit.AcquireRequest, tell func(kit.AcquireProgress)) (kit.AcquireResult, error) {
	var result kit.AcquireResult
	err := forScreen(ctx, r, func(target acquire.Target) (err error) {
		result, err = p.copyForScreen(ctx, opened.(*screenCase).Case, target, r, tell)
		return err
	})
	return result, err
}

// forScreen does something with the mailbox of a request; what goes wrong is put into the words of
// the screen.
func forScreen(ctx context.Context, r kit.AcquireRequest, do func(acquire.Target) error) error {
	target, err := screenTarget(r)
	if err != nil {
		return &kit.AcquireProblem{What: sentence(err.Error()), Do: "Write the name of the server, such as imap.example.org.", Ask: kit.AskServer, Err: err}
	}
	if err := do(target); err != nil {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		return problemOf(err, target)
	}
	return nil
}

func (p *Program) openForScreen(ctx context.Context, target acquire.Target, r kit.AcquireRequest, tell func(kit.AcquireProgress)) (*acquire.Session, error) {
	return acquire.Open(ctx, acquire.Options{Target: target, Folders: r.Folders, Since: r.Since, Before: r.Before,
		Tool: tool(), Now: p.Now, Command: []string{"keytrail", "screen"}, Roots: p.Roots,
		Secret: func(context.Context) (string, error) { return r.Password, nil },
		Tell:   func(g acquire.Progress) { tell(screenProgress(g)) }})
}

func (p *Program) copyForScreen(ctx context.Context, c *casefile.Case, target acquire.Target, r kit.AcquireRequest, tell func(kit.AcquireProgress)) (kit.AcquireResult, error) {
	if last, found, err := unread(c, target); found || err != nil {
		return last, err
	}
	session, err := p.openForScreen(ctx, target, r, tell)
	if err != nil {
		return kit.AcquireResult{}, err
	}
	defer session.Close()
	if err := c.Lock(); err != nil {
		return kit.AcquireResult{}, err
	}
	if err := c.Log("mailbox acquisition begun", target.String()); err != nil {
		return kit.AcquireResult{}, err
	}
	got, err := session.Copy(ctx, filepath.Join(c.Path(), acquiredName))
	if err != nil {
		return kit.AcquireResult{}, err
	}
	mail, err := enterAcquired(c, got.Root)
	return kit.AcquireResult{Path: mail, Messages: got.Copied, Bytes: got.Bytes, Folders: got.Folders, Outside: got.Outside, Problems: got.Problems}, err
}

// unread is the last copy of the mailbox where it is whole and was never read to its end: the
// program was stopped between the two.
func unread(c *casefile.Case, target acquire.Target) (last kit.AcquireResult, found bool, err error) {
	root, err := pending(c, target)
	if root == "" || err != nil {
		return last, false, err
	}
	h, err := acquire.ReadHeader(root)
	if err != nil {
		return last, false, err
	}
	last = kit.AcquireResult{Messages: h.Copied, Bytes: h.Bytes, Problems: append(h.Problems,
		"this is the last copy, which was whole but not read into the case to its end; that goes on now. Do the same again for a new copy")}
	last.Path, err = enterAcquired(c, root)
	return last, true, err
}

func screenProgress(g acquire.Progress) kit.AcquireProgress {
	p := kit.AcquireProgress{Stage: g.Stage, Folder: g.Folder, Folders: g.Folders, Of: g.Of, FolderDone: g.FolderDone, FolderTotal: g.FolderTotal,
		Messages: g.Messages, Total: g.Total, Bytes: g.Bytes, Elapsed: g.Elapsed, Left: g.Left, Waiting: g.Waiting, Why: g.Why}
	if g.Elapsed > time.Second {
		p.Rate = float64(g.Fetched) / g.Elapsed.Seconds()
	}
	return p
}

// problemOf puts an error into the words of the screen.
func problemOf(err error, t acquire.Target) *kit.AcquireProblem {
	name, how := t.Host, ""
	if t.Provider != nil {
		name, how = t.Provider.Name, t.Provider.HowTo
	}
	p := &kit.AcquireProblem{What: sentence(plainWords(err)), Err: err}
	switch acquire.FailureOf(err) {
	case acquire.FailurePassword:
		p.What, p.Ask = fmt.Sprintf("%s refused the password for %s.", name, t.User), kit.AskPassword
		p.Do = "Check the address and type the password again. Many providers take only an app password here, made in the security settings of the account."
		if how != "" {
			p.Do = "The password of the web page is often not the one that is wanted: " + how + "."
		}
	case acquire.FailureAppPassword:
		p.What, p.Ask = name+" wants an app password, not the usual one.", kit.AskPassword
		p.Do = "Make one in the security settings of the account, and note the minute."
		if how != "" {
			p.Do = sentence(how)
		}
	case acquire.FailureNoPasswords:
		p.What = name + " takes no password from a program."
		p.Do = mailHost(t.User).Advice
		if p.Do == "" {
			p.Do = "save the mailbox in a mail program and add the file with a"
		}
		p.Do = sentence(p.Do)
	case acquire.FailureIMAPOff:
		p.What, p.Ask = name+" has IMAP switched off for this mailbox: no program may read it.", kit.AskPassword
		p.Do = "Log in to the web mail, switch IMAP on in its settings, wait a minute, then try again. Note the minute: it is a change of settings that the timeline may show as yours."
	case acquire.FailureBlocked:
		p.What = name + " has blocked the login, or the password has run out."
		p.Do = "Log in to the web mail: it says why. Then try again."
		p.Ask = kit.AskPassword
	case acquire.FailureCertificate:
		p.Do = "Nothing was sent, no password either. On a strange network somebody may stand between you and the server: try another one, and check the clock of this machine and the name of the server."
		p.Ask = kit.AskServer
	case acquire.FailureEncryption:
		p.Do = "Nothing was sent, no password either. Check the name of the server; with :143 behind it, encryption is asked for in another way."
		p.Ask = kit.AskServer
	case acquire.FailureServer:
		p.Do = "Check that this machine is online, and the name of the server. A firewall may keep mail ports shut: try another network."
		p.Ask = kit.AskServer
	case acquire.FailureLine:
		p.Do, p.Kept = "What was copied is kept. Enter goes on from there; nothing is fetched twice.", true
	case acquire.FailureTomorrow:
		p.Do, p.Kept = "Providers bound how much a day may bring. What was copied is kept: open this case tomorrow and do the same again, it goes on from there.", true
	case acquire.FailureDisk:
		p.Do, p.Kept = "Make room on the disk; Enter then goes on.", true
	case acquire.FailureRules:
		p.Do, p.Kept = "What was copied is kept. A device or a program between you and the server can be the cause: try another network, then Enter.", true
	default:
		p.Do = sentence(forensics.Hint(err))
	}
	return p
}

// plainWords are what an error says without what lies below it.
func plainWords(err error) string {
	var e *forensics.Error
	if errors.As(err, &e) {
		return e.What
	}
	return err.Error()
}

// sentence begins with a capital and ends with a full stop.
func sentence(text string) string {
	if text == "" {
		return ""
	}
	return strings.ToUpper(text[:1]) + strings.TrimRight(text[1:], ".") + "."
}
