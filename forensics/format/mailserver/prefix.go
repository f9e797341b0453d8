package mailserver

import (
	"bytes"

	"keytrail/forensics"
)

// line is a log line taken apart.
type line struct {
	time forensics.Time
	// second is a further stamp of the same line: a container runtime writes its
	// own before the program's.
	second  forensics.Time
	program []byte // "dovecot", "postfix/smtpd": without process number
	msg     []byte // what the program wrote
}

// split takes the prefix off a line. dated is false where no time was found; program is
// empty where none is named.
//
// Prefixes: RFC 3164 and RFC 5424 syslog with or without priority, journalctl's short
// outputs, docker compose ("name-1  | "), docker logs -t, Kubernetes
// (CRI: stamp, stream, tag), Dovecot's own files (stamp and service, no host), Docker's
// and journald's JSON.
func split(b []byte) (l line, dated bool) {
	b = trimBlanks(b)
	if isWrapped(b) {
		return unwrap(b)
	}
	b = compose(b)
	rfc5424 := false
	if len(b) > 2 && b[0] == '<' && isDigit(b[1]) {
		if i := bytes.IndexByte(b[:min(len(b), 6)], '>'); i > 0 {
			b = b[i+1:]
			if len(b) > 2 && b[0] == '1' && b[1] == ' ' {
				rfc5424 = true
				b = b[2:]
			}
		}
	}
	var rest []byte
	l.time, rest, dated = parseStamp(b)
	if !dated {
		return l, false
	}
	if len(rest) > 0 && rest[0] == ':' { // "Mar 11 09:39:39: --- last message repeated"
		rest = trimBlanks(rest[1:])
	}
	if rfc5424 {
		l.structured(rest)
		return l, true
	}
	rest = stream(rest)
	rest = l.again(rest)
	if isExim(rest) {
		l.program, l.msg = eximName, rest
		return l, true
	}
	l.named(rest)
	if l.program != nil && (isDovecotName(l.program) || isEximName(l.program)) {
		l.msg = l.again(l.msg) // docker's syslog driver and Exim carry the program's own stamp along
	}
	return l, true
}

// again takes a second stamp off. The one that states its zone becomes the line's time.
func (l *line) again(b []byte) []byte {
	if len(b) < 15 || !isDigit(b[0]) && monthOf(b) == 0 {
		return b
	}
	t, rest, ok := parseStamp(b)
	if !ok || !l.second.IsZero() {
		return b
	}
	l.second = t
	if l.time.Zone == forensics.ZoneMissing && (t.Zone == forensics.ZoneStated || l.time.YearMissing && !t.YearMissing) {
		l.time, l.second = l.second, l.time
	}
	return rest
}

// compose takes "service-1  | " off the front.
func compose(b []byte) []byte {
	if len(b) < 5 || b[0] == '<' || b[4] == '-' || b[3] == ' ' { // a priority or a time: the ordinary cases
		return b
	}
	head := b[:min(len(b), 80)]
	i := bytes.Index(head, []byte(" | "))
	if i < 1 {
		return b
	}
	name := bytes.TrimRight(head[:i], " ")
	for _, c := range name {
		if !isWord(c) {
			return b
		}
	}
	return trimBlanks(b[i+3:])
}

// stream takes Kubernetes' "stdout F " off the front.
func stream(b []byte) []byte {
	if !bytes.HasPrefix(b, []byte("stdout ")) && !bytes.HasPrefix(b, []byte("stderr ")) {
		return b
	}
	if len(b) > 9 && (b[7] == 'F' || b[7] == 'P') && b[8] == ' ' {
		return trimBlanks(b[9:])
	}
	return b
}

// structured reads what follows the time in RFC 5424: HOSTNAME APP-NAME PROCID MSGID
// STRUCTURED-DATA MSG.
func (l *line) structured(b []byte) {
	_, b = token(b)
	l.program, b = token(b)
	_, b = token(b)
	_, b = token(b)
	if len(b) > 0 && b[0] == '[' {
		b = structuredData(b)
	} else {
		_, b = token(b)
	}
	l.msg = trimBlanks(bytes.TrimPrefix(b, []byte{0xEF, 0xBB, 0xBF}))
}

// structuredData passes over [id name="value"]..., where \] and \" stand in values.
func structuredData(b []byte) []byte {
	quoted := false
	for i := 0; i < len(b); i++ {
		switch c := b[i]; {
		case c == '\\' && quoted:
			i++
		case c == '"':
			quoted = !quoted
		case c == ']' && !quoted && (i+1 == len(b) || b[i+1] != '['):
			return trimBlanks(b[i+1:])
		}
	}
	return nil
}

// named finds the program: "host dovecot[12]: ", "host mail.info dovecot: ", "dovecot: ", or
// Dovecot's own "imap-login: Info: ", which needs no name.
func (l *line) named(b []byte) {
	for tries := 0; tries < 3; tries++ {
		if isOwn(b) {
			l.program, l.msg = dovecotName, b
			return
		}
		t, rest := token(b)
		if n := len(t); n > 1 && t[n-1] == ':' {
			if bytes.HasSuffix(t, []byte("-login:")) && service(t[:n-1]) != "" {
				l.program, l.msg = dovecotName, b // old versions logged under the process's name
				return
			}
			t = t[:n-1]
			if i := bytes.IndexByte(t, '['); i > 0 {
				t = t[:i]
			}
			l.program, l.msg = t, rest
			return
		}
		b = rest
	}
}

var dovecotName = []byte("dovecot")

// isDovecotName accepts "dovecot" and what container names make of it.
func isDovecotName(name []byte) bool { return bytes.Contains(name, dovecotName) }

// token cuts at the first blank.
func token(b []byte) (t, rest []byte) {
	i := bytes.IndexByte(b, ' ')
	if i < 0 {
		return b, nil
	}
	return b[:i], trimBlanks(b[i:])
}

func isWord(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || isDigit(c) || c == '-' || c == '_' || c == '.' || c == '/'
}
