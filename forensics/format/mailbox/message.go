package mailbox

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"net/netip"
	"strconv"
	"strings"

	"keytrail/forensics"
	"keytrail/forensics/format"
)

// origin is what is known of a message from outside its bytes.
type origin struct {
	account  string         // as the user says, or the copy
	acquired bool           // it was copied from this account's own mailbox over IMAP
	folder   string         // the Maildir folder or the mailbox file's name
	flags    []string       // from a Maildir name
	internal forensics.Time // the server's INTERNALDATE, where the name of a copy says it
	last     forensics.Time // a time that stands in for a missing one
	uid      uint32         // from a Maildir name; 0 where it says none
	unescape bool           // `>From ` lines are escaped
}

// builder makes records of letters. It is reused from one to the next.
type builder struct {
	letter *letter
	origin origin
	rec    format.Record
	events [1]forensics.Event
	mail   forensics.Mail
	// numbered says that the mailbox file is one whose server writes UIDs into it: its first message
	// has the field that begins such a file. Any sender can write X-UID into a mail.
	numbered bool
}

func newBuilder(o origin) *builder {
	b := &builder{origin: o}
	b.mail.Header = func(name string) []string { return b.letter.head.all(name) }
	b.mail.Text = func() string {
		return textOf(b.letter.head, b.body(), b.origin.unescape)
	}
	return b
}

// body is what was kept of the body.
func (b *builder) body() []byte {
	l := b.letter
	rest := l.kept[min(len(l.kept), l.lead+l.head.end):]
	return rest[:min(len(rest), maxBody)]
}

// emit gives one message to the sink.
func (b *builder) emit(l *letter, out format.Sink) error {
	b.letter = l
	ref := forensics.Ref{Offset: l.offset, Length: l.length, Line: l.line}
	if len(l.head.fields) == 0 && len(l.sep) == 0 {
		out.Broken(ref, "no header fields: not a message")
		return nil
	}
	if len(l.head.fields) == 0 && l.size == int64(l.lead) && l.sep[len(l.sep)-1] != '\n' {
		out.Broken(ref, "the mailbox ends inside a separator")
		return nil
	}
	b.warn(ref, out)
	e := &b.events[0]
	*e = forensics.Event{Certainty: forensics.Observed}
	h := l.head
	b.people(e)
	e.MessageID = messageID(h.get(fieldMessageID))
	e.Subject = decodeValue(h.get(fieldSubject))
	e.References = references(h)
	e.UID = b.uid()
	b.times(e)
	b.place(e)
	b.fact(e)
	m := &b.mail
	m.Subject = e.Subject
	m.Auth = authVerdicts(h, m.Auth[:0])
	b.rec = format.Record{Ref: ref, Digest: l.digest, Events: b.events[:], Mail: m}
	return out.Record(&b.rec)
}

// warn tells what could not be read of a message that is otherwise read.
func (b *builder) warn(ref forensics.Ref, out format.Sink) {
	l := b.letter
	switch {
	case !l.head.found && l.size > int64(l.lead+l.head.end):
		out.Warn(ref, "headers are longer than 1 MiB: read up to there")
	case len(l.head.fields) == maxFields:
		out.Warn(ref, "more than 4096 header fields: the others are not read")
	}
	if l.head.count[fieldFrom] > 1 {
		out.Warn(ref, "several From fields: the first is taken, a mail program may show another")
	}
	if b.origin.unescape && l.offset == 0 && len(l.sep) == 0 {
		out.Warn(ref, "the mailbox does not begin with a separator: its first message may be cut off in front")
	}
	if l.inside > 0 {
		out.Warn(ref, "Content-Length covers "+strconv.Itoa(l.inside)+" lines that look like the beginning of a message: taken as its text")
	}
}

// people reads the addresses.
func (b *builder) people(e *forensics.Event) {
	h, m := b.letter.head, &b.mail
	m.From, m.FromName, m.ReplyTo, m.To = "", "", "", nil
	if a := parseAddresses(h.get(fieldFrom), 1); len(a) > 0 {
		m.From, m.FromName = a[0].addr, a[0].name
	} else if v := h.get(fieldFrom); len(v) > 0 {
		m.FromName = decodeValue(v)
	}
	if a := parseAddresses(h.get(fieldReplyTo), 1); len(a) > 0 {
		m.ReplyTo = a[0].addr
	}
	e.From = m.From
	for _, id := range [...]fieldID{fieldTo, fieldCc, fieldDeliveredTo} {
		if h.first[id] == 0 {
			continue
		}
		for i := range h.fields {
			if h.fields[i].id != id {
				continue
			}
			for _, a := range parseAddresses(h.value(&h.fields[i]), maxAddresses) {
				if len(m.To) < maxAddresses {
					m.To = append(m.To, a.addr)
				}
			}
		}
		if id == fieldTo {
			e.To = m.To[:len(m.To):len(m.To)]
		}
	}
}

// times sets the time of the last server, and the others that the message states.
func (b *builder) times(e *forensics.Event) {
	h, l := b.letter.head, b.letter
	var received, date forensics.Time
	if v := h.get(fieldReceived); len(v) > 0 {
		received = receivedTime(v)
	}
	if v := h.get(fieldDate); len(v) > 0 {
		date = timeOf(v, "Date header")
	}
	switch {
	case !b.origin.internal.IsZero():
		e.Time = b.origin.internal
		for _, t := range [...]forensics.Time{received, date} {
			if t.Original != "" {
				e.Others = append(e.Others, t)
			}
		}
		return
	case !received.IsZero() && (!received.Unreliable || date.IsZero() || date.Unreliable):
		e.Time = received
		if h.first[fieldDate] > 0 {
			e.Others = []forensics.Time{date}
		}
		return
	case !date.IsZero():
		e.Time = date
		if received.Original != "" {
			e.Others = []forensics.Time{received}
		}
		return
	}
	if _, d := parseSeparator(l.sep); len(d) > 0 {
		e.Time = timeOf(d, "mbox separator")
	}
	if e.Time.IsZero() {
		e.Time = b.origin.last
	}
	if e.Time.IsZero() {
		e.Time = forensics.Time{Unreliable: true, Original: date.Original, Desc: date.Desc}
		if received.Original != "" && date.Original == "" {
			e.Time.Original, e.Time.Desc = received.Original, received.Desc
		}
	} else if date.Original != "" {
		e.Others = []forensics.Time{date}
	}
}

// receivedTime reads the date behind the last semicolon of a Received field, or, where a
// remark follows that has one, behind an earlier one.
func receivedTime(v []byte) forensics.Time {
	v = v[max(0, len(v)-4096):]
	var first forensics.Time
	end := len(v)
	for try := range 3 {
		i := bytes.LastIndexByte(v[:end], ';')
		if i < 0 {
			break
		}
		t := timeOf(bytes.TrimSpace(v[i+1:]), "Received by the last server")
		if !t.IsZero() {
			return t
		}
		if try == 0 {
			first = t
		}
		end = i
	}
	return first
}

// place sets folder, kind and account.
func (b *builder) place(e *forensics.Event) {
	h := b.letter.head
	e.Folder = b.origin.folder
	labels := ""
	if h.above(fieldLabels) {
		labels = decodeValue(h.get(fieldLabels))
		e.Folder = labels
	}
	e.Reasons = b.flags()
	incoming := h.first[fieldReceived] > 0
	role := roleOf(labels, b.origin.folder)
	switch {
	case role == roleSent,
		!incoming && b.origin.account != "" && strings.EqualFold(b.origin.account, e.From):
		e.Kind = forensics.MailSent
		if v := h.get(fieldOriginatingIP); len(v) > 0 {
			if ip, err := netip.ParseAddr(string(bytes.Trim(v, "[]() \t"))); err == nil {
				e.IP = ip.Unmap().WithZone("")
			}
		}
	case role == roleDraft && !incoming:
		e.Kind, e.Detail = forensics.Other, "draft"
	default:
		e.Kind = forensics.MailReceived
	}
	e.Account = b.account(e)
}

// account finds whose mail it is: the recipient that the last server wrote above its
// Received, else what the user says, else a single recipient. Of a mail that was sent, the sender.
func (b *builder) account(e *forensics.Event) string {
	h := b.letter.head
	if e.Kind != forensics.MailReceived {
		if b.origin.account != "" {
			return strings.ToLower(b.origin.account)
		}
		return e.From
	}
	if h.above(fieldDeliveredTo) && !b.origin.acquired {
		if a := parseAddresses(h.get(fieldDeliveredTo), 2); len(a) == 1 {
			return a[0].addr
		}
	}
	if b.origin.account != "" {
		return strings.ToLower(b.origin.account)
	}
	if len(e.To) == 1 && h.first[fieldCc] == 0 && h.first[fieldListID] == 0 {
		return e.To[0]
	}
	return ""
}

// fact names the message, so that copies of it are one: its Message-ID together with what
// the sender wrote, since two mails can bear one Message-ID. Without Message-ID the size of
// the body joins in, counted without carriage returns and the blank lines at the end, which
// differ from copy to copy.
func (b *builder) fact(e *forensics.Event) {
	h, l := b.letter.head, b.letter
	date, from, subject := h.get(fieldDate), h.get(fieldFrom), h.get(fieldSubject)
	var buf [512]byte
	in := buf[:0]
	for _, v := range [...][]byte{date, from, subject} {
		in = appendSqueezed(in, v)
		in = append(in, 0)
	}
	if e.MessageID == "" {
		if len(date) == 0 || len(from) == 0 && len(subject) == 0 {
			return // too thin to say that two such mails are one
		}
		in = appendSqueezed(in, h.get(fieldTo))
		in = append(in, 0)
		size := l.size - int64(l.lead+h.end)
		if int64(len(l.kept)) == l.size {
			body := bytes.TrimRight(l.kept[min(len(l.kept), l.lead+h.end):], "\r\n")
			size = int64(len(body) - bytes.Count(body, []byte{'\r'}))
		}
		in = strconv.AppendInt(in, size, 10)
	}
	sum := sha256.Sum256(in)
	if e.MessageID == "" {
		e.Fact = "mail-by-headers:" + hex.EncodeToString(sum[:16])
		return
	}
	var id [8 + 32]byte
	f := make([]byte, 0, len("mail:")+len(e.MessageID)+1+16)
	f = append(f, "mail:"...)
	f = append(f, e.MessageID...)
	f = append(f, ' ')
	f = append(f, hex.AppendEncode(id[:0], sum[:8])...)
	e.Fact = string(f)
}

// appendSqueezed appends a value with every run of white space as one blank: folding differs
// from copy to copy.
func appendSqueezed(out, v []byte) []byte {
	blank := false
	for _, c := range v {
		if c == ' ' || c == '\t' || c == '\r' || c == '\n' {
			blank = true
			continue
		}
		if blank {
			out = append(out, ' ')
			blank = false
		}
		out = append(out, c)
	}
	return out
}

// messageID gives the identifier without its angle brackets.
func messageID(v []byte) string {
	v = v[:min(len(v), 2048)]
	if i := bytes.IndexByte(v, '<'); i >= 0 {
		if j := bytes.IndexByte(v[i:], '>'); j > 0 {
			v = v[i+1 : i+j]
		}
	}
	return format.Text(bytes.TrimSpace(unfold(v)))
}
