package mailserver

import (
	"bytes"
	"strconv"
	"strings"

	"keytrail/forensics"
	"keytrail/forensics/format"
)

// sessionEnd reads the counts that a mail process logs when its session ends:
//
//	imap: ... in=.. out=.. deleted=.. expunged=.. trashed=.. hdr_count=.. hdr_bytes=.. body_count=.. body_bytes=..
//	pop3: ... top=N/BYTES, retr=N/BYTES, del=N/ALL, size=BYTES
//
// Source: imap_logout_format, pop3_logout_format
// (https://doc.dovecot.org/2.4.0/core/summaries/settings.html, 2026-11). The counts stand for
// the whole session, the time only for its end. An end without counts gives nothing.
//
// A reading gives mail-read, an expunge mail-purged, unless the lines of mail_log above it named
// every message that went in the session; what was only marked or moved
// to the Trash stays a number in the detail, for the messages are not named.
func (p *parser) sessionEnd(h *head) bool {
	var c counts
	switch h.service {
	case "pop3":
		if !c.pop3(h.text) {
			return false
		}
	default:
		if !c.imap(h.text) {
			return false
		}
	}
	read, rest := c.readText(), c.changeText()
	if session := string(h.session); session != "" {
		if c.expunged > 0 && p.told[session] >= c.expunged {
			rest = plural(c.expunged, "message") + " expunged, named above" + more(rest)
			c.expunged = 0
		}
		delete(p.told, session)
	}
	if c.expunged > 0 {
		if read != "" {
			p.end(h, &c, forensics.MailRead, read)
		}
		e := p.end(h, &c, forensics.MailPurged, plural(c.expunged, "message")+" expunged in the session"+more(rest))
		e.Reasons = logged()
		return true
	}
	if read != "" {
		p.end(h, &c, forensics.MailRead, read+more(rest))
		return true
	}
	p.end(h, &c, forensics.Other, rest)
	return true
}

func (p *parser) end(h *head, c *counts, kind forensics.Kind, detail string) *forensics.Event {
	e := p.add(kind, "Session end")
	p.owner(e, h)
	e.Outcome = forensics.Success
	e.Operation = p.str(operation(c.verb))
	e.Detail = detail
	e.Fact = fact(e.Session, "end", h.service, kind.String(), format.Text([]byte(c.identity)))
	return e
}

// counts are the numbers of one session.
type counts struct {
	verb                       []byte
	identity                   string // bytes in and out, which hardly repeat
	headers, bodies            int64
	bytes                      int64
	deleted, expunged, trashed int64
}

// imap reads the pairs from " in=" on.
func (c *counts) imap(text []byte) bool {
	i := bytes.LastIndex(text, []byte("in="))
	if i < 0 || i > 0 && text[i-1] != ' ' || !bytes.Contains(text[i:], []byte(" out=")) {
		return false
	}
	c.verb = text[:i]
	in, out := int64(-1), int64(-1)
	for b := text[i:]; len(b) > 0; {
		var pair []byte
		pair, b = token(b)
		key, value, ok := bytes.Cut(pair, []byte("="))
		n, good := count(bytes.TrimRight(value, ","))
		if !ok || !good {
			continue
		}
		switch string(key) {
		case "in":
			in = n
		case "out":
			out = n
		case "deleted":
			c.deleted = n
		case "expunged":
			c.expunged = n
		case "trashed":
			c.trashed = n
		case "hdr_count":
			c.headers = n
		case "body_count":
			c.bodies = n
		case "hdr_bytes", "body_bytes":
			c.bytes += n
		}
	}
	c.identity = strconv.FormatInt(in, 10) + "/" + strconv.FormatInt(out, 10)
	return in >= 0 && out >= 0
}

// pop3 reads "top=0/0, retr=1/2345, del=0/12, size=34567".
func (c *counts) pop3(text []byte) bool {
	i := bytes.LastIndex(text, []byte("top="))
	if i < 0 {
		return false
	}
	c.verb = text[:i]
	c.identity = string(clip(text[i:], 120))
	seen := false
	for b := text[i:]; len(b) > 0; {
		var pair []byte
		pair, b = token(b)
		key, value, _ := bytes.Cut(bytes.TrimRight(pair, ","), []byte("="))
		first, second, ok := bytes.Cut(value, []byte("/"))
		if !ok {
			continue
		}
		n, good := count(first)
		size, goodSize := count(second)
		if !good || !goodSize {
			continue
		}
		switch string(key) {
		case "top":
			c.headers = n
			c.bytes += size
			seen = true
		case "retr":
			c.bodies = n
			c.bytes += size
		case "del":
			c.expunged = n
		}
	}
	return seen
}

func count(b []byte) (int64, bool) {
	if !allDigits(b) || len(b) > 15 {
		return 0, false
	}
	n, err := strconv.ParseInt(string(b), 10, 64)
	return n, err == nil
}

// readText says what was fetched, empty where nothing was.
func (c *counts) readText() string {
	if c.headers == 0 && c.bodies == 0 {
		return ""
	}
	var parts []string
	if c.headers > 0 {
		parts = append(parts, plural(c.headers, "header"))
	}
	if c.bodies > 0 {
		parts = append(parts, bodies(c.bodies))
	}
	if c.bytes > 0 {
		parts = append(parts, sizeText(c.bytes))
	}
	return strings.Join(parts, ", ")
}

// changeText says what was marked or moved to the Trash.
func (c *counts) changeText() string {
	var parts []string
	if c.deleted > 0 {
		parts = append(parts, strconv.FormatInt(c.deleted, 10)+" marked as deleted")
	}
	if c.trashed > 0 {
		parts = append(parts, strconv.FormatInt(c.trashed, 10)+" moved to the Trash")
	}
	return strings.Join(parts, ", ")
}

func more(s string) string {
	if s == "" {
		return ""
	}
	return "; " + s
}

func plural(n int64, word string) string {
	if n == 1 {
		return "1 " + word
	}
	return strconv.FormatInt(n, 10) + " " + word + "s"
}

func bodies(n int64) string {
	if n == 1 {
		return "1 body"
	}
	return strconv.FormatInt(n, 10) + " bodies"
}

// sizeText writes bytes in decimal units.
func sizeText(n int64) string {
	switch {
	case n < 1000:
		return plural(n, "byte")
	case n < 999_950:
		return strconv.FormatFloat(float64(n)/1e3, 'f', 1, 64) + " kB"
	case n < 999_950_000:
		return strconv.FormatFloat(float64(n)/1e6, 'f', 1, 64) + " MB"
	}
	return strconv.FormatFloat(float64(n)/1e9, 'f', 1, 64) + " GB"
}

// clientID reads "ID sent: name=Thunderbird, version=115.0", which a login or a mail
// process logs when imap_id_log asks for it (RFC 2971). The client chooses the text.
func (p *parser) clientID(h *head, text []byte, f *fields) {
	id := bytes.TrimPrefix(text, []byte("ID sent: "))
	if len(id) == 0 {
		return
	}
	e := p.add(forensics.Other, "Client identification")
	if len(h.user) > 0 {
		p.owner(e, h)
	} else {
		p.fill(e, h, f, nil)
	}
	e.Operation = "ID"
	e.Client = p.client(id)
	e.Detail = p.str(clip(id, 300))
}

// client gives "NAME VERSION" where the ID has a name, else the whole.
func (p *parser) client(id []byte) string {
	name, version := idValue(id, "name="), idValue(id, "version=")
	if len(name) == 0 {
		return p.str(clip(id, 200))
	}
	if len(version) == 0 {
		return p.str(clip(name, 200))
	}
	return p.str(clip(name, 200)) + " " + p.str(clip(version, 80))
}

func idValue(id []byte, key string) []byte {
	i := 0
	if !bytes.HasPrefix(id, []byte(key)) {
		if i = bytes.Index(id, []byte(", "+key)); i < 0 {
			return nil
		}
		i += 2
	}
	v := id[i+len(key):]
	if end := bytes.Index(v, []byte(", ")); end >= 0 {
		v = v[:end]
	}
	return v
}
