package mailserver

import (
	"bytes"

	"keytrail/forensics"
)

// delivery reads what the local delivery and its Sieve filter say (deliver_log_format,
// by default "msgid=%{message_id}: %{message}"). It reports whether the line was one of theirs.
//
// The Message-ID is the sender's and can hold any of the phrases: the last one counts.
func (p *parser) delivery(h *head) bool {
	i := bytes.Index(h.text, []byte("msgid="))
	if i < 0 || i > 200 || !bytes.Contains(h.text, []byte(": ")) {
		return false
	}
	if i > 0 && h.text[i-1] == ' ' && i > 1 && h.text[i-2] == ',' {
		return false // a mail_log line
	}
	before, b := h.text[:i], h.text[i+6:]
	at, which := -1, 0
	for n, phrase := range deliveries {
		if j := lastPhrase(b, phrase); j > at {
			at, which = j, n
		}
	}
	if at < 0 {
		return false
	}
	id, object := b[:at], b[at+len(deliveries[which]):]
	if j := bytes.IndexByte(id, '>'); j >= 0 && len(id) > 0 && id[0] == '<' {
		id = id[:j]
	}
	for _, s := range [...]string{": fileinto action", ": redirect action", ": sieve", ": keep action", ": discard action"} {
		id = bytes.TrimSuffix(id, []byte(s))
	}
	e := p.add(forensics.MailReceived, "Delivery")
	p.owner(e, h)
	if e.Session == "" && len(before) > 2 { // 2.2 wrote "lmtp(pid, user): SESSION: msgid=..."
		if s, _, ok := bytes.Cut(before, []byte(":")); ok && !bytes.Equal(s, []byte("sieve")) && bytes.IndexByte(s, ' ') < 0 {
			e.Session = p.str(s)
		}
	}
	e.Outcome = forensics.Success
	if id = bare(id); !bytes.Equal(id, []byte("unspecified")) {
		e.MessageID = p.str(id)
	}
	e.Operation = string(bytes.Trim(deliveries[which], ":'< "))
	switch which {
	case deliverySaved, deliveryStored:
		if which == deliveryStored {
			object = bytes.TrimSuffix(object, []byte("'"))
		}
		e.Folder = p.str(object)
		if e.MessageID != "" {
			e.Fact = fact(e.Session, "delivered", e.Account, e.MessageID)
		}
	case deliveryForwarded:
		to, _, _ := bytes.Cut(object, []byte(">"))
		e.Kind = forensics.MailSent
		e.To = []string{p.str(to)}
		e.Detail = "forwarded by a Sieve filter"
	case deliveryVacation:
		to, _, _ := bytes.Cut(object, []byte(">"))
		e.Kind = forensics.MailSent
		e.To = []string{p.str(to)}
		e.Detail = "automatic reply (vacation)"
	case deliveryRejected:
		e.Kind = forensics.Other
		e.Detail = "rejected by a Sieve filter"
	case deliveryDiscarded:
		e.Kind = forensics.Other
		e.Detail = "marked by a Sieve filter to be discarded"
	case deliveryFailed, deliveryNotStored:
		e.Kind = forensics.Other
		e.Outcome = forensics.Failure
		e.Detail = "could not be stored"
	}
	return true
}

// The phrases of the delivery (https://github.com/dovecot/core, src/lib-lda/mail-deliver.c) and of
// Sieve (https://github.com/dovecot/pigeonhole, src/lib-sieve; 2026-11). From 2.4 on some begin
// with a capital.
var deliveries = [...][]byte{
	deliverySaved:     []byte(": saved mail to "),
	deliveryStored:    []byte(": stored mail into mailbox '"),
	deliveryForwarded: []byte(": forwarded to <"),
	deliveryDiscarded: []byte(": marked message to be discarded"),
	deliveryVacation:  []byte(": sent vacation response to <"),
	deliveryRejected:  []byte(": rejected message from <"),
	deliveryFailed:    []byte(": save failed to "),
	deliveryNotStored: []byte(": failed to store into mailbox '"),
}

const (
	deliverySaved = iota
	deliveryStored
	deliveryForwarded
	deliveryDiscarded
	deliveryVacation
	deliveryRejected
	deliveryFailed
	deliveryNotStored
)

// lastPhrase finds the last ": phrase" with or without a capital behind the colon, -1 where there
// is none.
func lastPhrase(b, phrase []byte) int {
	for end := len(b); ; {
		j := bytes.LastIndex(b[:end], phrase[3:])
		if j < 0 {
			return -1
		}
		if j >= 3 && b[j-3] == ':' && b[j-2] == ' ' && b[j-1]|0x20 == phrase[2] {
			return j - 3
		}
		end = j
	}
}

// relayed reads what the submission proxy logs of a mail that it handed on:
//
//	Successfully relayed message: from=<..>[, to=<..>], size=.., id=.., nrcpt=..[, reply=..]
//
// Source: https://github.com/dovecot/core, src/submission/submission-backend-relay.c (2026-11).
func (p *parser) relayed(h *head) bool {
	rest, ok := bytes.CutPrefix(h.text, []byte("Successfully relayed message: from=<"))
	if !ok {
		return false
	}
	e := p.add(forensics.MailSent, "Submission")
	p.owner(e, h)
	e.Outcome = forensics.Success
	e.Operation = "Successfully relayed message"
	from, rest, _ := bytes.Cut(rest, []byte(">"))
	e.From = p.str(from)
	if to, ok := bytes.CutPrefix(rest, []byte(", to=<")); ok {
		to, _, _ = bytes.Cut(to, []byte(">"))
		e.To = []string{p.str(to)}
	}
	if _, n, ok := bytes.Cut(rest, []byte(", nrcpt=")); ok {
		if n, good := count(value(n)); good {
			e.Detail = plural(n, "recipient")
		}
	}
	return true
}
