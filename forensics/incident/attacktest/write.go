package attacktest

import (
	"bytes"
	"cmp"
	"slices"
	"strings"
	"time"

	"keytrail/forensics"
)

// write makes the files of the world, and with them the marks.
func (g *generator) write() {
	c := g.c
	if !c.lacks("log") {
		switch c.World {
		case WorldServer:
			g.writeDovecot()
		case WorldOffice:
			g.writeOffice()
		case WorldWorkspace:
			g.writeWorkspace()
		case WorldTakeout:
			g.writeTakeout()
		}
	}
	if !c.lacks("mail") {
		g.writeMail()
	}
	if !c.lacks("statement") {
		g.writeCoinbase()
		g.writeKraken()
	}
	slices.SortFunc(c.files, func(a, b file) int { return cmp.Compare(a.name, b.name) })
}

// mark notes that an act was recorded. m says how its event is found; whose it was comes from the act.
func (g *generator) mark(a *act, m Mark) {
	m.At = a.at
	m.Step, m.Also, m.Repair = a.step, a.also, a.repair
	g.markAs(a.attack, m)
}

func (g *generator) markAs(attack int, m Mark) {
	if attack == 0 {
		g.c.Marks = append(g.c.Marks, m)
		return
	}
	x := &g.attacks[attack-1]
	x.Marks = append(x.Marks, m)
}

func (g *generator) file(name string, b *bytes.Buffer) {
	g.c.files = append(g.c.files, file{name, b.Bytes()})
}

// inCopy reports whether a second mail program, which fetches every ten minutes, got the letter before it was deleted.
func (g *generator) inCopy(l *letter) bool {
	const every = 10 * time.Minute
	return l.trashed.IsZero() || l.trashed.Sub(l.at.Truncate(every)) > every
}

// recipient is where mail is received, as its headers say.
func (g *generator) recipient() (host, authserv string) {
	switch g.c.World {
	case WorldServer:
		return "mx.mail.example", "mx.mail.example"
	case WorldOffice:
		return "BN8NAM12FT041.mail.protection.outlook.com", ""
	}
	return "mx.google.com", "mx.google.com"
}

// writeMail writes the mailbox as it stood at the end, and the copy that another program keeps.
func (g *generator) writeMail() {
	boxes := map[string]*bytes.Buffer{}
	letters := slices.Clone(g.letters)
	slices.SortStableFunc(letters, func(a, b *letter) int { return a.at.Compare(b.at) })
	acts := map[*letter]*act{}
	for i := range g.acts {
		if a := &g.acts[i]; a.what == letterCame || a.what == letterWent {
			acts[a.letter] = a
		}
	}
	for _, l := range letters {
		a := acts[l]
		if a == nil || l.at.After(g.c.End) {
			continue
		}
		var in []string
		switch {
		case l.sent:
			in = append(in, "mail/Sent.mbox")
		case !l.purged.IsZero():
		case !l.trashed.IsZero():
			in = append(in, "mail/Trash.mbox")
		default:
			in = append(in, "mail/INBOX.mbox")
		}
		if !g.c.lacks("copy") && !l.sent && g.inCopy(l) {
			in = append(in, "laptop/Inbox.mbox")
		}
		for _, name := range in {
			if boxes[name] == nil {
				boxes[name] = &bytes.Buffer{}
			}
			g.writeLetter(boxes[name], l)
		}
		if l.taker > 0 { // not in the mailbox, or in the trash: another copy, or a log, may know it
			g.markAs(l.taker, Mark{Kind: forensics.MailMissing, At: l.trashed, MessageID: l.id, Step: forensics.StepDeletion, Inferred: true})
		}
		if len(in) > 0 {
			g.mark(a, Mark{Kind: l.kind, MessageID: l.id, Faint: g.c.lacks("verdicts") && l.kind != forensics.MailReceived && !l.sent})
		}
	}
	for name, b := range boxes {
		g.file(name, b)
	}
}

const mailDate = "Mon, 02 Jan 2006 15:04:05 +0000"

func (g *generator) writeLetter(b *bytes.Buffer, l *letter) {
	line := func(parts ...string) {
		for _, p := range parts {
			b.WriteString(p)
		}
		b.WriteByte('\n')
	}
	at := l.at.UTC()
	line("From ", l.from, " ", at.Format("Mon Jan _2 15:04:05 2006"))
	if !l.sent {
		host, authserv := g.recipient()
		line("Delivered-To: ", g.c.Account)
		line("Received: from ", l.host, " (", l.host, " [192.0.2.200])\n\tby ", host, " with ESMTPS id ", l.id[:8], "\n\tfor <", g.c.Account, ">; ", at.Format(mailDate))
		if !g.c.lacks("verdicts") {
			domain := l.from[strings.IndexByte(l.from, '@')+1:]
			line("Authentication-Results: ", authserv, lead(authserv), "spf=", l.verdict, " smtp.mailfrom=", domain, ";\n\tdkim=", l.verdict, " header.d=", domain, ";\n\tdmarc=", l.verdict, " header.from=", domain)
		}
	}
	if l.name != "" {
		line("From: ", l.name, " <", l.from, ">")
	} else {
		line("From: ", l.from)
	}
	to := g.c.Account
	if l.sent {
		to = "ada@friends.example"
	}
	line("To: ", to)
	line("Subject: ", l.subject)
	line("Date: ", at.Format(mailDate))
	line("Message-ID: <", l.id, ">")
	if l.list {
		line("List-Unsubscribe: <https://example.net/off>")
	}
	line("MIME-Version: 1.0\nContent-Type: text/plain; charset=utf-8\n")
	line(l.body)
}

// lead parts the receiver's name from its verdicts, where there is a name.
func lead(authserv string) string {
	if authserv == "" {
		return ""
	}
	return ";\n\t"
}
