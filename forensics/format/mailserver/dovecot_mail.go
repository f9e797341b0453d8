package mailserver

import (
	"bytes"
	"strconv"

	"keytrail/forensics"
)

// mailProcess reads the lines of the processes that have a user's mailbox open.
func (p *parser) mailProcess(h *head) {
	switch h.service {
	case "lmtp", "lda":
		if p.delivery(h) {
			return
		}
	case "imap", "imap-hibernate", "pop3":
		if bytes.HasPrefix(h.text, []byte("ID sent: ")) {
			p.clientID(h, h.text, &fields{})
			return
		}
		if p.sessionEnd(h) {
			return
		}
	}
	if h.service == "submission" && p.relayed(h) {
		return
	}
	if h.level == 0 || h.level == 'I' {
		p.mailLog(h)
	}
}

// owner fills in what the head of a mail process says.
func (p *parser) owner(e *forensics.Event, h *head) {
	p.who(e, h.user)
	e.IP = h.ip
	e.Session = p.str(h.session)
	e.Protocol = protocolOf(h.service)
	switch h.service {
	case "doveadm", "lmtp", "lda":
		e.Actor = "" // an administrator or the server at work in the owner's mailbox
	}
}

// mailLog reads the lines of the mail_log plugin:
//
//	OPERATION: [box=.., ][uid=.., ][msgid=.., ][size=.., ][vsize=.., ][from=.., ][subject=.., ][flags=(..)]
//	Mailbox created|deleted: NAME     Mailbox renamed: OLD -> NEW
//
// Source: https://github.com/dovecot/core, src/plugins/mail-log/mail-log-plugin.c
// (2026-11): folder names are cut at 64 characters and header values at 80, ending in
// "..." then; which fields stand there is configured (by default uid, msgid and size: no
// folder), their order is not.
func (p *parser) mailLog(h *head) {
	i := bytes.Index(h.text, []byte(": "))
	if i < 0 || i > 300 {
		return
	}
	op, rest := h.text[:i], h.text[i+2:]
	name, other, to := op, []byte(nil), false
	for _, w := range [...]string{"copy from ", "copy -> ", "move from ", "move -> "} {
		if bytes.HasPrefix(op, []byte(w)) {
			name, other, to = op[:4], op[len(w):], w[5] == '-'
		}
	}
	var act action
	switch string(name) {
	case "delete", "deleted":
		act = actDelete
	case "undelete", "undeleted":
		act = actUndelete
	case "expunge", "expunged":
		act = actExpunge
	case "autoexpunge", "autoexpunged":
		act = actAutoexpunge
	case "save", "saved", "append":
		act = actSave
	case "copy", "move":
		act = actCopy
	case "flag_change":
		act = actFlags
	case "Mailbox created", "Mailbox deleted", "Mailbox renamed", "mailbox_create", "mailbox_delete", "mailbox_rename":
		p.mailbox(h, name, rest)
		return
	default:
		return
	}
	m := parseMailFields(rest)
	if m.none {
		return
	}
	e := p.add(forensics.Other, "Mail log")
	p.owner(e, h)
	e.Outcome = forensics.Success
	e.Operation = p.str(clip(op, 160))
	e.MessageID = p.str(bare(m.msgid))
	e.Subject = subject(m.subject)
	e.From = p.str(addressOf(m.from))
	e.Folder = p.str(m.box)
	e.UIDs = uids(m.uid)
	if len(e.UIDs) == 1 {
		e.UID, e.UIDs = e.UIDs[0], nil
	}
	p.weigh(e, h, act, other, to, &m)
	if len(m.uid) > 0 || e.MessageID != "" {
		// The clock within the hour tells a repeated operation apart, and is the same in most zones.
		e.Fact = fact(e.Session, h.service, e.Operation, e.Folder, p.str(clip(m.uid, 80)), e.MessageID, p.str(clip(m.flags, 200)),
			strconv.FormatInt(e.Time.Nano/1e9%3600, 10))
	}
	if e.Kind == forensics.MailReceived && e.MessageID != "" {
		e.Fact = fact(e.Session, "delivered", e.Account, e.MessageID)
	}
}

// action is what mail_log says was done with a message.
type action uint8

const (
	actDelete action = iota
	actUndelete
	actExpunge
	actAutoexpunge
	actSave
	actCopy
	actFlags
)

// weigh decides the kind of a mail_log event.
func (p *parser) weigh(e *forensics.Event, h *head, act action, other []byte, to bool, m *mailFields) {
	switch act {
	case actDelete: // the \Deleted flag was set
		e.Kind = forensics.MailDeleted
		e.Reasons = logged()
	case actExpunge:
		e.Kind = forensics.MailPurged
		e.Reasons = logged()
		if len(h.session) > 0 && len(p.told) < maxTold {
			p.told[string(h.session)] += int64(max(1, len(e.UIDs)))
		}
	case actAutoexpunge:
		e.Kind = forensics.MailPurged
		e.Reasons = logged()
		e.Actor = ""
		e.Detail = "by the server itself (autoexpunge)"
	case actUndelete:
		e.Detail = "no longer marked as deleted"
	case actFlags:
		if len(m.flags) > 0 {
			e.Detail = "flags now " + p.str(m.flags)
		}
	case actSave:
		switch {
		case h.service == "lmtp" || h.service == "lda":
			e.Kind = forensics.MailReceived
		case h.service == "imap":
			e.Detail = "stored by the client (APPEND)"
		}
	case actCopy:
		e.Kind = forensics.MailMoved
		source, target := other, m.box
		if to {
			source, target = m.box, other
		}
		if isTrash(target) && !isTrash(source) {
			e.Kind = forensics.MailDeleted
			e.Reasons = logged()
		}
		switch {
		case to:
			e.Detail = "copied to " + p.str(target)
		case len(source) > 0:
			e.Detail = "copied from " + p.str(source)
		}
	}
	if h.service == "doveadm" && e.Detail == "" {
		e.Detail = "by an administrator's command (doveadm)"
	}
}

func logged() []string { return []string{"log"} }

// mailbox reads a line about a whole folder.
func (p *parser) mailbox(h *head, op, rest []byte) {
	if len(rest) == 0 {
		return
	}
	e := p.add(forensics.Other, "Mail log")
	p.owner(e, h)
	e.Outcome = forensics.Success
	e.Operation = p.str(op)
	rest = bytes.TrimPrefix(rest, []byte("box="))
	if bytes.HasSuffix(op, []byte("renamed")) || bytes.HasSuffix(op, []byte("rename")) {
		if from, to, ok := bytes.Cut(rest, []byte(" -> ")); ok {
			rest = from
			e.Detail = "renamed to " + p.str(to)
		}
	}
	e.Folder = p.str(rest)
	if bytes.HasSuffix(op, []byte("deleted")) || bytes.HasSuffix(op, []byte("delete")) {
		e.Kind = forensics.MailPurged
		e.Reasons = logged()
		e.Detail = "the folder was deleted, with whatever was in it"
	}
}
