package acquire

import (
	"bytes"
	"slices"
	"strings"
)

// What may be sent. None of it changes a mailbox: EXAMINE opens for reading only, BODY.PEEK[]
// marks nothing as read, ENABLE QRESYNC changes only how the server words its answers.

// fetchable are the items that may be asked for of a message.
func fetchable(item string) bool {
	return slices.Contains([]string{"UID", "FLAGS", "INTERNALDATE", "RFC822.SIZE", "MODSEQ", "BODY.PEEK[]", "SAVEDATE", "EMAILID", "THREADID",
		"X-GM-MSGID", "X-GM-THRID", "X-GM-LABELS"}, item)
}

// allowed tells whether a command, without its tag, may be sent. The guard asks it about every
// one, whoever wrote it.
func allowed(command string) bool {
	name, rest, _ := strings.Cut(command, " ")
	switch name {
	case "CAPABILITY", "STARTTLS", "LOGOUT":
		return rest == ""
	case "AUTHENTICATE", "LOGIN", "ID", "STATUS":
		return rest != ""
	case "LIST":
		return rest == `"" "*"` || rest == `"" "*" RETURN (SPECIAL-USE)`
	case "EXAMINE":
		return rest != ""
	case "ENABLE":
		return rest == "QRESYNC"
	case "UID":
		set, isFetch := strings.CutPrefix(rest, "FETCH ")
		set, items, _ := strings.Cut(set, " (")
		items, modifiers, closed := strings.Cut(items, ")")
		return isFetch && closed && strings.Trim(set, "0123456789:,*") == "" && allowedItems(items) &&
			(modifiers == "" || strings.HasPrefix(modifiers, " (CHANGEDSINCE ") && strings.HasSuffix(modifiers, " VANISHED)") && strings.Count(modifiers, "(") == 1)
	}
	return false
}

func allowedItems(items string) bool {
	for item := range strings.SplitSeq(items, " ") {
		if !fetchable(item) {
			return false
		}
	}
	return true
}

// Write sends whole commands, each after it was found harmless.
func (g *guard) Write(p []byte) (int, error) {
	g.mu.Lock()
	g.sending = append(g.sending, p...)
	end := bytes.LastIndexByte(g.sending, '\n') + 1
	lines := g.sending[:end:end]
	g.sending = slices.Clone(g.sending[end:])
	var err error
	for line := range bytes.Lines(lines) {
		if err = g.check(strings.TrimRight(string(line), "\r\n")); err != nil {
			break
		}
	}
	g.mu.Unlock()
	if err == nil && len(lines) > 0 {
		_, err = g.Conn.Write(lines)
	}
	if err != nil {
		return 0, g.fail(err)
	}
	return len(p), nil
}

// check looks at one line before it is sent; mu is held.
func (g *guard) check(line string) error {
	if g.login && line != "" && !strings.Contains(line, " ") {
		g.asked = false // base64 of a login
		g.settled.Broadcast()
		return nil
	}
	tag, command, _ := strings.Cut(line, " ")
	name, _, _ := strings.Cut(command, " ")
	if !allowed(command) {
		return broken("%q is no command that keytrail sends", bounded(name, 40)) // never the rest: it may hold a password
	}
	g.login, g.steps = name == "AUTHENTICATE", 0
	g.pending[tag] = name
	return nil
}
