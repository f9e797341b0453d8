package mailserver

import (
	"bytes"
	"context"
	"io"
	"strings"
	"unicode/utf8"

	"keytrail/forensics"
	"keytrail/forensics/format"
)

const (
	maxLine  = 1 << 20 // bytes; servers cut at 8 KiB and less
	maxField = 1000    // bytes of a field of an event
	maxKnown = 4096    // strings kept for reuse
	maxTold  = 65_536  // sessions whose expunges are counted
)

// parser turns the lines of one item into records.
type parser struct {
	out    format.Sink
	lines  *format.Lines
	line   line
	reader func([]byte) string // of one line: read, or webmail
	rec    format.Record
	events []forensics.Event
	known  map[string]string
	// told counts the expunges that mail_log named one by one, by session: the summary at the
	// session's end does not repeat them.
	told map[string]int64
}

func newParser(r io.Reader, out format.Sink) *parser {
	p := &parser{out: out, lines: format.NewLines(r, maxLine), known: make(map[string]string), told: make(map[string]int64), events: make([]forensics.Event, 0, 4)}
	p.reader = p.read
	return p
}

// run reads to the end.
func (p *parser) run(ctx context.Context) error {
	for n := 0; p.lines.Next(); n++ {
		if n%1024 == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		if p.lines.TooLong() {
			p.out.Broken(p.lines.Ref(), "line is longer than 1 MiB")
			continue
		}
		b := p.lines.Bytes()
		if len(trimBlanks(b)) == 0 {
			continue
		}
		p.events = p.events[:0]
		why := "line holds zero bytes"
		// A crash leaves blocks of zeros; a line behind one is whole.
		if b = bytes.TrimLeft(b, "\x00"); len(b) > 0 && bytes.IndexByte(b, 0) < 0 {
			why = p.reader(b)
		}
		switch {
		case why != "":
			p.out.Broken(p.lines.Ref(), why)
		case len(p.events) == 0:
			p.out.Skip(p.lines.Ref())
		default:
			p.rec = format.Record{Ref: p.lines.Ref(), Raw: p.lines.Raw(), Events: p.events}
			if err := p.out.Record(&p.rec); err != nil {
				return err
			}
		}
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	return p.lines.Err()
}

// read judges one line. It appends events, or says why a line that ought to give some
// cannot be read.
func (p *parser) read(b []byte) (why string) {
	var dated bool
	if p.line, dated = split(b); !dated {
		if isOurs(b) {
			return "no time that can be read at the start of the line"
		}
		return ""
	}
	switch {
	case len(p.line.program) == 0:
		return ""
	case isPAM(p.line.msg):
		p.pam(p.line.msg)
	case isDovecotName(p.line.program):
		if h, ok := parseHead(p.line.msg); ok {
			why = p.dovecot(&h)
			if h.repeated != nil {
				p.repeat(h.repeated)
			}
			return why
		}
	case isEximName(p.line.program):
		return p.exim(p.line.msg)
	case isCourierName(p.line.program):
		p.courier(p.line.msg)
	case bytes.Contains(p.line.program, []byte("smtpd")) || bytes.HasSuffix(p.line.program, []byte("postfix")):
		return p.postfix(p.line.msg)
	}
	return ""
}

// isOurs reports whether a line without a time speaks like the programs that are read here.
func isOurs(b []byte) bool {
	b = b[:min(len(b), 200)]
	return bytes.Contains(b, []byte("dovecot")) || bytes.Contains(b, []byte("-login: ")) || bytes.Contains(b, []byte("postfix/"))
}

// dovecot hands a line to the reader of its process.
func (p *parser) dovecot(h *head) (why string) {
	switch h.service {
	case "imap-login", "pop3-login", "submission-login", "managesieve-login":
		return p.login(h)
	case "auth":
		p.auth(h)
	case "imap", "pop3", "lmtp", "lda", "submission", "managesieve", "doveadm", "imap-hibernate":
		p.mailProcess(h)
	}
	return ""
}

// repeat notes that the line stands for several equal ones: it is then not one fact.
func (p *parser) repeat(times []byte) {
	for i := range p.events {
		e := &p.events[i]
		e.Fact = ""
		if e.Detail != "" {
			e.Detail += ", "
		}
		e.Detail += "repeated " + p.str(times) + " times"
	}
}

// add begins an event with what every event of this line has.
func (p *parser) add(kind forensics.Kind, desc string) *forensics.Event {
	p.events = append(p.events, forensics.Event{Kind: kind, Time: p.line.time})
	e := &p.events[len(p.events)-1]
	e.Time.Desc = desc
	if !p.line.second.IsZero() {
		second := p.line.second
		second.Desc = "Second time stamp of the line"
		e.Others = []forensics.Time{second}
	}
	return e
}

// who fills in the account and the actor.
func (p *parser) who(e *forensics.Event, user []byte) {
	if len(user) == 0 || len(user) == 1 && user[0] == '?' {
		return
	}
	e.Actor = p.str(user)
	e.Account = strings.ToLower(e.Actor)
}

// str makes a string of a field, bounded in length; the ones that come often are made once.
func (p *parser) str(b []byte) string {
	if len(b) == 0 {
		return ""
	}
	if s, ok := p.known[string(b)]; ok {
		return s
	}
	s := format.Text(clip(b, maxField))
	if len(b) <= 64 {
		if len(p.known) >= maxKnown {
			clear(p.known)
		}
		p.known[string(b)] = s
	}
	return s
}

// clip cuts b to n bytes without cutting a rune.
func clip(b []byte, n int) []byte {
	if len(b) <= n {
		return b
	}
	cut := n
	for cut > n-utf8.UTFMax && !utf8.RuneStart(b[cut]) {
		cut--
	}
	return b[:cut]
}

// fact names a fact that Dovecot identifies by its session, so that the same line in two
// logs is one event. Short ids are not Dovecot's own and may repeat: they name nothing.
func fact(session string, parts ...string) string {
	if len(session) < 12 {
		return ""
	}
	return "dovecot/" + strings.Join(parts, "/") + "/" + session
}
