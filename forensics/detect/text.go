package detect

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

const (
	// maxSubject and maxBody bound, in bytes, what rules look at.
	maxSubject = 1 << 10
	maxBody    = 64 << 10
	// maxValue bounds a value that a mail's words give to an event, in runes:
	// the name of an app password is text chosen by whoever made it.
	maxValue = 200
	// maxGap bounds the distance, in bytes, that a wildcard or a placeholder spans.
	maxGap = 256
	// maxTries bounds how many places of a text one pattern is tried at.
	maxTries = 16
)

// text is a subject or a body made comparable. Both strings have the same length
// and correspond byte by byte.
type text struct {
	shown string // compatibility-normalised, white space collapsed; a line break stays one \n
	low   string // shown in lower case, each line break a space
}

// newText folds s after cutting it to limit bytes.
func newText(s string, limit int) text {
	if len(s) > limit {
		s = s[:limit]
		for len(s) > 0 && !utf8.RuneStart(s[len(s)-1]) {
			s = s[:len(s)-1]
		}
		if r, n := utf8.DecodeLastRuneInString(s); r == utf8.RuneError && n == 1 {
			s = s[:len(s)-1]
		}
	}
	return fold(strings.TrimSpace(s))
}

// fold makes a text comparable without trimming it: compatibility forms become
// plain ones (NFKC), runs of white space one space or one line break, curly quotes and
// dashes straight; characters without width go.
func fold(s string) text {
	if !isASCII(s) {
		s = norm.NFKC.String(s)
	}
	shown := make([]byte, 0, len(s))
	low := make([]byte, 0, len(s))
	space := -1 // where the last run of white space stands in shown
	for _, r := range s {
		switch r {
		case '\u200b', '\u200c', '\u200d', '\u2060', '\ufeff', '\u00ad':
			continue
		case '\u2018', '\u2019', '\u02bc', '\u00b4', '`':
			r = '\''
		case '\u201c', '\u201d', '\u201e':
			r = '"'
		case '\u2010', '\u2011', '\u2012', '\u2013', '\u2014':
			r = '-'
		}
		if unicode.IsSpace(r) {
			if space != len(shown)-1 || len(shown) == 0 {
				shown, low = append(shown, ' '), append(low, ' ')
				space = len(shown) - 1
			}
			if r == '\n' {
				shown[space] = '\n'
			}
			continue
		}
		shown = utf8.AppendRune(shown, r)
		l := unicode.ToLower(r)
		if utf8.RuneLen(l) != utf8.RuneLen(r) {
			l = r
		}
		low = utf8.AppendRune(low, l)
	}
	return text{shown: string(shown), low: string(low)}
}

func isASCII(s string) bool {
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// phrase is a subject or body pattern of one language.
type phrase struct {
	lang  string
	basis Basis
	exact bool     // "=...": the whole text
	parts []string // folded, lower case; between them a wildcard
	raw   string   // as written in the rule file
}

// newPhrase reads "some words", "=the whole text", "words * more words" or "word*".
func newPhrase(lang string, basis Basis, s string) phrase {
	p := phrase{lang: lang, basis: basis, raw: s}
	if rest, ok := strings.CutPrefix(s, "="); ok {
		p.exact, s = true, rest
	}
	for part := range strings.SplitSeq(strings.TrimSpace(s), "*") {
		p.parts = append(p.parts, fold(part).low)
	}
	return p
}

// check refuses a phrase that would match nearly everything.
func (p *phrase) check() error {
	for i, part := range p.parts {
		if i > 0 && i == len(p.parts)-1 && part == "" {
			continue
		}
		if len(strings.TrimSpace(part)) < 3 && !p.exact || part == "" {
			return fmt.Errorf("phrase %q has a part of fewer than 3 bytes", p.raw)
		}
	}
	return nil
}

// in reports whether the phrase stands in the folded text.
func (p *phrase) in(low string) bool {
	last := len(p.parts) - 1
	if p.exact {
		if last == 0 {
			return low == p.parts[0]
		}
		rest, ok := strings.CutPrefix(low, p.parts[0])
		if !ok {
			return false
		}
		if rest, ok = strings.CutSuffix(rest, p.parts[last]); !ok {
			return false
		}
		for _, part := range p.parts[1:last] {
			_, after, found := strings.Cut(rest, part)
			if !found {
				return false
			}
			rest = after
		}
		return true
	}
	for from, tries := 0, 0; tries < maxTries; tries++ {
		i := strings.Index(low[from:], p.parts[0])
		if i < 0 {
			return false
		}
		start := from + i
		if p.at(low, start) {
			return true
		}
		from = start + 1
	}
	return false
}

// at reports whether the phrase, whose first part stands at start, goes on from
// there and both its ends are ends of words.
func (p *phrase) at(low string, start int) bool {
	end := start + len(p.parts[0])
	for _, part := range p.parts[1:] {
		window := low[end:min(len(low), end+maxGap)]
		i := strings.Index(window, part)
		if i < 0 {
			return false
		}
		end += i + len(part)
	}
	open := p.parts[len(p.parts)-1] == "" // "deactivat*": any ending
	return wordEdge(low, start) && (open || wordEdge(low, end))
}

// wordEdge reports whether no word runs across the place i of s.
func wordEdge(s string, i int) bool {
	if i <= 0 || i >= len(s) {
		return true
	}
	before, _ := utf8.DecodeLastRuneInString(s[:i])
	after, _ := utf8.DecodeRuneInString(s[i:])
	return !wordRune(before) || !wordRune(after)
}

func wordRune(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }

// bounded cuts a value to maxValue runes on one line.
func bounded(s string) string {
	s = strings.TrimSpace(strings.ReplaceAll(s, "\n", " "))
	n := 0
	for i := range s {
		if n == maxValue {
			return s[:i]
		}
		n++
	}
	return s
}
