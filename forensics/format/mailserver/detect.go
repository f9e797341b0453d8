package mailserver

import (
	"bytes"
	"strconv"

	"keytrail/forensics/format"
)

// census counts the lines of a head by the program that wrote them.
type census struct {
	lines, dated                    int
	dovecot, postfix, exim, courier int
}

// tallyLines bounds the lines of a head that are looked at closely.
const tallyLines = 2000

func tally(b []byte) (c census) {
	b = bytes.TrimLeft(format.HeadText(b), "\x00")
	if bytes.IndexByte(b[:min(len(b), 512)], 0) >= 0 {
		return c
	}
	for len(b) > 0 && c.lines < tallyLines {
		var one []byte
		one, b, _ = bytes.Cut(b, []byte("\n"))
		one = bytes.TrimRight(one, "\r ")
		if len(one) == 0 {
			continue
		}
		c.lines++
		l, dated := split(one)
		if !dated {
			continue
		}
		c.dated++
		switch {
		case isPAM(l.msg):
			c.dovecot++
		case isDovecotName(l.program):
			if _, ok := parseHead(l.msg); ok {
				c.dovecot++
			}
		case isEximName(l.program):
			c.exim++
		case isCourierName(l.program):
			if isCourier(l.msg) {
				c.courier++
			}
		case bytes.HasPrefix(l.program, []byte("postfix/")), bytes.Equal(l.program, []byte("postfix")):
			c.postfix++
		}
	}
	return c
}

// guess scores n lines of a program among all.
func (c census) guess(n int, name string, leads bool) format.Guess {
	if n == 0 {
		if c.dated > 0 && c.dated*2 > c.lines {
			return format.Guess{Score: -10, Why: "a log with times, but no line of " + name + " in its head"}
		}
		return format.Guess{}
	}
	score := 40 + 45*n/max(c.lines, 1)
	if leads { // the lines of the other servers count for it, so that it names the mixed log
		score = 40 + 45*(n+c.postfix+c.exim+c.courier)/max(c.lines, 1) + 5*n/max(c.lines, 1)
	}
	return format.Guess{Score: score, Why: strconv.Itoa(n) + " of " + strconv.Itoa(c.lines) + " lines are " + name + "'s"}
}
