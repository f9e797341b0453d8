package attacktest

import (
	"bytes"
	"fmt"
	"time"

	"keytrail/forensics"
)

// dovecotLog writes Dovecot's log as rsyslog stores it.
type dovecotLog struct {
	g        *generator
	b        bytes.Buffer
	mailLog  bool // the mail_log plugin is on
	subjects bool // and logs sender and subject
	ids      bool // imap_id_log is on
	delivers bool // LMTP says what came
}

func (g *generator) writeDovecot() {
	w := &dovecotLog{g: g, mailLog: !g.c.lacks("no-mail-log"), subjects: g.chance(0.3), ids: g.chance(0.6), delivers: g.chance(0.4)}
	for i := range g.acts {
		if a := &g.acts[i]; g.logged(a.at) && !a.at.After(g.c.End) {
			w.act(a)
		}
	}
	g.file("log/mail.log", &w.b)
}

func (w *dovecotLog) line(at time.Time, format string, args ...any) {
	w.b.WriteString(at.UTC().Format("2006-01-02T15:04:05.000000+00:00"))
	w.b.WriteString(" mx dovecot: ")
	fmt.Fprintf(&w.b, format, args...)
	w.b.WriteByte('\n')
}

func (w *dovecotLog) act(a *act) {
	user := w.g.user(a)
	switch a.what {
	case didLogin:
		w.line(a.at, "imap-login: Login: user=<%s>, method=PLAIN, rip=%s, lip=192.0.2.250, mpid=%d, TLS, session=<%s>", user, a.in.addr, a.in.pid, a.in.id)
		w.g.mark(a, Mark{Kind: forensics.LoginSucceeded, Session: a.in.id, IP: a.in.addr})
	case didFail:
		id := w.g.sessionID()
		w.line(a.at, "imap-login: Disconnected (auth failed, 1 attempts in 2 secs): user=<%s>, method=PLAIN, rip=%s, lip=192.0.2.250, TLS, session=<%s>", user, a.in.addr, id)
		w.g.mark(a, Mark{Kind: forensics.LoginFailed, Session: id, IP: a.in.addr})
	case didIdentify:
		if w.ids {
			w.in(a, "ID sent: name=%s, version=%s", a.in.client.name, a.in.client.version)
			w.g.mark(a, Mark{Kind: forensics.Other, Session: a.in.id})
		}
	case didTrash:
		if w.mailLog {
			w.in(a, "copy from INBOX: box=Trash, %s", w.fields(a.letter))
			w.g.mark(a, Mark{Kind: forensics.MailDeleted, Session: a.in.id, MessageID: a.letter.id})
			w.in(a, "expunge: box=INBOX, %s", w.fields(a.letter))
			w.g.mark(a, Mark{Kind: forensics.MailPurged, Session: a.in.id, MessageID: a.letter.id})
		}
	case didPurge:
		word := "expunge"
		if a.alone {
			word = "autoexpunge"
		}
		for _, l := range a.letters {
			if w.mailLog {
				w.in(a, "%s: box=Trash, %s", word, w.fields(l))
				w.g.mark(a, Mark{Kind: forensics.MailPurged, Session: a.in.id, MessageID: l.id})
			}
		}
	case didEnd:
		w.end(a)
	case letterCame:
		if w.delivers && a.letter != nil {
			w.line(a.at, "lmtp(%s)<%d><%s>: save: box=INBOX, %s", user, 900, w.g.sessionID(), w.fields(a.letter))
			w.g.markAs(0, Mark{Kind: forensics.MailReceived, At: a.at, MessageID: a.letter.id})
		}
	}
}

// in writes a line of the session's process.
func (w *dovecotLog) in(a *act, format string, args ...any) {
	w.line(a.at, "imap(%s)<%d><%s>: %s", w.g.user(a), a.in.pid, a.in.id, fmt.Sprintf(format, args...))
}

func (w *dovecotLog) fields(l *letter) string {
	s := fmt.Sprintf("uid=%d, msgid=<%s>, size=%d", l.uid, l.id, 900+len(l.body))
	if w.subjects {
		s += fmt.Sprintf(", from=%s <%s>, subject=%s", l.name, l.from, l.subject)
	}
	return s
}

// end writes the counts of a session.
func (w *dovecotLog) end(a *act) {
	s := a.in
	w.in(a, "Disconnected: Logged out in=%d out=%d deleted=%d expunged=%d trashed=0 hdr_count=%d hdr_bytes=%d body_count=%d body_bytes=%d",
		300+a.seq, 2000+900*s.read, s.gone, s.gone, s.read, 400*s.read, s.read/2, 1200*(s.read/2))
	if !w.mailLog && s.gone > 0 {
		t := *a
		if t.step != "" {
			t.step = forensics.StepDeletion
		}
		w.g.mark(&t, Mark{Kind: forensics.MailPurged, Session: s.id})
	}
	switch {
	case s.read > 0:
		w.g.mark(a, Mark{Kind: forensics.MailRead, Session: s.id})
	case w.mailLog || s.gone == 0:
		t := *a
		t.step = ""
		w.g.mark(&t, Mark{Kind: forensics.Other, Session: s.id})
	}
}
