package mailbox

import "bytes"

// What a line is that begins with "From ". The facts are from RFC 4155 appendix A (2005),
// the mbox(5) manual of qmail, and what Gmail Takeout and Mozilla write.
type separatorKind uint8

const (
	// notSeparator is prose or a header.
	notSeparator separatorKind = iota
	// bareSeparator is Mozilla's `From - ` without a date.
	bareSeparator
	// addressSeparator is `From someone@example.com` without a date.
	addressSeparator
	// takeoutSeparator is Gmail Takeout's `From 1844347792267117879@xxx`, with or without a date.
	takeoutSeparator
	// datedSeparator is `From SENDER DAY MON DD HH:MM[:SS] [ZONE] YYYY`.
	datedSeparator
)

// maxSeparator is the longest line that can be a separator: long bounce addresses exist.
const maxSeparator = 1024

var fromSpace = []byte("From ")

// parseSeparator judges one line, given with or without its end, by its own words.
func parseSeparator(line []byte) (kind separatorKind, date []byte) {
	if len(line) > maxSeparator || !bytes.HasPrefix(line, fromSpace) {
		return notSeparator, nil
	}
	rest := bytes.TrimSpace(line[len(fromSpace):])
	first := rest
	if i := bytes.IndexAny(rest, " \t"); i >= 0 {
		first = rest[:i]
	}
	switch {
	case len(rest) == 0 || len(rest) == 1 && rest[0] == '-':
		return bareSeparator, nil
	case len(first) == len(rest):
		if isTakeoutID(first) {
			return takeoutSeparator, nil
		}
		if i := bytes.IndexByte(first, '@'); i > 0 && i < len(first)-1 {
			return addressSeparator, nil
		}
		return notSeparator, nil
	}
	at := separatorDate(rest)
	if at <= 0 || !isSender(bytes.TrimSpace(rest[:at])) {
		return notSeparator, nil
	}
	if c, ok := parseDate(rest[at:]); !ok || !c.hasTime {
		return notSeparator, nil
	}
	if isTakeoutID(first) {
		return takeoutSeparator, rest[at:]
	}
	return datedSeparator, rest[at:]
}

// separatorDate finds the weekday that is followed by a month or a day number.
func separatorDate(rest []byte) int {
	for i := 1; i+3 < len(rest); i++ {
		if rest[i-1] != ' ' && rest[i-1] != '\t' || !isLetter(rest[i]) {
			continue
		}
		word := rest[i:]
		end := bytes.IndexAny(word, " \t")
		if end < 0 {
			return -1
		}
		next := bytes.TrimLeft(word[end:], " \t")
		word = bytes.TrimRight(word[:end], ",")
		if len(word) != 3 || !isWeekday(word) || len(next) < 3 {
			continue
		}
		if isDigit(next[0]) || monthOf(next[:3]) > 0 {
			return i
		}
	}
	return -1
}

// isSender tells an envelope sender from prose: one word, a quoted one, an
// address somewhere, or the "user at host" of public list archives.
func isSender(b []byte) bool {
	if !bytes.ContainsAny(b, " \t") {
		return len(b) > 0
	}
	return b[0] == '"' || bytes.IndexByte(b, '@') >= 0 || bytes.Count(b, []byte(" at ")) == 1 && bytes.Count(b, []byte{' '}) == 2
}

// isTakeoutID knows Takeout's message number in place of a sender.
func isTakeoutID(b []byte) bool {
	id, ok := bytes.CutSuffix(b, []byte("@xxx"))
	if !ok || len(id) == 0 || len(id) > 20 {
		return false
	}
	_, d := number(id)
	for d < len(id) && isDigit(id[d]) {
		d++
	}
	return d == len(id)
}

// around is what stands around a line that may be a separator.
type around struct {
	blankBefore bool
	next        []byte // the line after it, without its end
	atEnd       bool   // nothing follows
	nextCut     bool   // the input ends inside the line after it
}

// separates decides. A date, or Takeout's number, is needed and one more thing: a blank
// line before or a header after. A separator without a date needs a well-known
// header right after it, and a plain address the blank line too, since such a line
// can well be prose ("From Russia with love" and the like never count). A `From ` line
// inside a body that has all of this cannot be told from a separator; programs that
// write such mailboxes give a Content-Length, which then decides.
func separates(line []byte, c around) bool {
	kind, _ := parseSeparator(line)
	switch kind {
	case datedSeparator, takeoutSeparator:
		return c.blankBefore || c.atEnd || isFieldLine(c.next) || c.nextCut && isNamePart(c.next)
	case bareSeparator:
		return knownField(c.next) || c.nextCut && isNamePart(c.next)
	case addressSeparator:
		return c.blankBefore && (knownField(c.next) || c.nextCut && isNamePart(c.next))
	}
	return false
}

// isNamePart reports whether a line can be the beginning of a field's name.
func isNamePart(line []byte) bool {
	for _, c := range line {
		if c <= 32 || c >= 127 {
			return false
		}
	}
	return len(line) <= maxName
}

// isCutSeparator reports whether the last line of the input, which no newline ends, looks like a
// separator that was cut off: a whole message before it keeps its true end then. Prose
// such as "From Russia with" does not.
func isCutSeparator(line []byte) bool {
	if len(line) == 0 || len(line) > maxSeparator {
		return false
	}
	if len(line) <= len(fromSpace) {
		return bytes.HasPrefix(fromSpace, line)
	}
	if !bytes.HasPrefix(line, fromSpace) {
		return false
	}
	words := bytes.Fields(line[len(fromSpace):])
	if len(words) <= 1 {
		return true
	}
	day := bytes.ToLower(words[1])
	for i := 0; i < len(weekdayNames); i += 3 {
		if bytes.HasPrefix([]byte(weekdayNames[i:i+3]), day) {
			return true
		}
	}
	return false
}

// opens decides about the first line of an item, where there is less doubt.
func opens(line []byte, next []byte) bool {
	kind, _ := parseSeparator(line)
	switch kind {
	case datedSeparator, takeoutSeparator:
		return true
	case bareSeparator, addressSeparator:
		return isFieldLine(next)
	}
	return false
}

// isFieldLine reports whether a line has the form of a header field, or of the
// quoted envelope line that some programs put above the headers.
func isFieldLine(line []byte) bool {
	return fieldName(line) > 0 || bytes.HasPrefix(line, []byte(">From "))
}

// knownField reports whether a line is a header field that mails are known to begin with.
func knownField(line []byte) bool {
	n := fieldName(line)
	return n > 0 && fieldWeight(line[:n]) > 0
}
