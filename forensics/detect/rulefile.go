package detect

import (
	"bufio"
	"bytes"
	"fmt"
	"strconv"
	"strings"

	"keytrail/forensics"
)

// maxRuleFile bounds one rule file, in bytes.
const maxRuleFile = 1 << 20

// Basis says how sure the words of a rule are.
type Basis uint8

// The bases, surest first.
const (
	BasisSample Basis = iota + 1 // seen in a real notice
	BasisList                    // seen second-hand: a list, a test's fixture, an article
	BasisGuess                   // nobody has shown it: likely words only
)

var basisNames = [...]string{"", "sample", "list", "guess"}

// String gives the word that rule files and events use.
func (b Basis) String() string {
	if int(b) < len(basisNames) {
		return basisNames[b]
	}
	return fmt.Sprintf("basis(%d)", uint8(b))
}

func parseBasis(s string) (Basis, bool) {
	for i, n := range basisNames {
		if n == s && s != "" {
			return Basis(i), true
		}
	}
	return 0, false
}

// match says which parts of a mail have to fit.
type match uint8

const (
	matchAuto    match = iota
	matchSubject       // a subject phrase
	matchBody          // a body phrase
	matchBoth
	matchEither
)

var matchNames = map[string]match{"subject": matchSubject, "body": matchBody, "both": matchBoth, "either": matchEither}

// Brand is a sender of notices and the words by which others imitate it.
type Brand struct {
	ID      string // lower-case word, the name of its file
	Name    string // as people write it
	Service string // for service.name
	// Domains are the brand's own; every subdomain counts as well.
	Domains []string
	// MailDomains give mailboxes to everybody: an address directly at one of them
	// is a person, its subdomains may still be the brand's.
	MailDomains []string
	// Partners send in the brand's name by agreement: never a notice by a
	// rule, never an imitation.
	Partners []string
	// Names are what an imitation calls itself.
	Names []string
	// Generic lets the rules of generic.rules apply to the brand's domains.
	Generic bool

	rules []*Rule
	typed map[int]bool // the type numbers that some rule claims
	file  string
}

// Rule recognises one notice.
type Rule struct {
	ID      string // "google/app-password-created"
	Kind    forensics.Kind
	Basis   Basis
	Senders []string // addresses, with * for any run of characters; none: any address of the brand's domains
	Types   []int    // Google's type numbers of notifications
	Detail  string   // a further fact that follows from the notice

	match   match
	subject []phrase
	body    []phrase
	find    []template
	file    string
	line    int64
	brand   *Brand
}

// parsed is what one file holds.
type parsed struct {
	brand *Brand
	given map[string]bool // the brand's keys that the file sets
	words []string        // filler words, in generic.rules only
	cases []ruleCase
}

// parseRules reads one rule file: "key: value" lines for the brand, then for each
// "rule: id", then the cases behind "-- is RULE --" and "-- not RULE --" lines. Lines
// that begin with # are comments outside cases.
func parseRules(file string, b []byte) (*parsed, error) {
	p := &parsed{brand: &Brand{file: file}, given: map[string]bool{}}
	fail := func(line int64, format string, args ...any) error {
		return &forensics.Error{What: fmt.Sprintf(format, args...), File: file, Line: line, Byte: -1, Hint: "docs/notice-rules.md describes rule files"}
	}
	if len(b) > maxRuleFile {
		return nil, fail(0, "rule file larger than %d bytes", maxRuleFile)
	}
	var rule *Rule
	var current *ruleCase
	s := bufio.NewScanner(bytes.NewReader(b))
	s.Buffer(nil, maxRuleFile+1)
	for line := int64(1); s.Scan(); line++ {
		t := s.Text()
		if heading, ok := caseHeading(t); ok {
			c, err := newCase(file, line, heading)
			if err != nil {
				return nil, fail(line, "%v", err)
			}
			p.cases = append(p.cases, c)
			current = &p.cases[len(p.cases)-1]
			continue
		}
		if current != nil {
			current.mail = append(current.mail, t)
			continue
		}
		t = strings.TrimSpace(t)
		if t == "" || t[0] == '#' {
			continue
		}
		key, val, ok := strings.Cut(t, ":")
		key, val = strings.TrimSpace(key), strings.TrimSpace(val)
		if !ok || val == "" {
			return nil, fail(line, "not a \"key: value\" line: %.60q", t)
		}
		var err error
		switch {
		case key == "rule":
			rule = &Rule{ID: val, file: file, line: line, brand: p.brand}
			p.brand.rules = append(p.brand.rules, rule)
		case rule == nil:
			p.given[key] = true
			if key == "words" {
				p.words = append(p.words, list(val)...)
				break
			}
			err = p.brand.set(key, val)
		default:
			err = rule.set(key, val)
		}
		if err != nil {
			return nil, fail(line, "%v", err)
		}
	}
	if err := s.Err(); err != nil {
		return nil, fail(0, "%v", err)
	}
	if p.brand.ID == "" {
		return nil, fail(0, "no \"brand:\" line")
	}
	for _, r := range p.brand.rules {
		r.ID = p.brand.ID + "/" + r.ID
		if err := r.check(); err != nil {
			return nil, fail(r.line, "rule %s: %v", r.ID, err)
		}
	}
	return p, nil
}

func (b *Brand) set(key, val string) error {
	switch key {
	case "brand":
		if !isWord(val) {
			return fmt.Errorf("brand %q is not a lower-case word", val)
		}
		b.ID = val
	case "name":
		b.Name = val
	case "service":
		if !isWord(val) {
			return fmt.Errorf("service %q is not a lower-case word", val)
		}
		b.Service = val
	case "domains":
		b.Domains = append(b.Domains, list(strings.ToLower(val))...)
	case "mail-domains":
		b.MailDomains = append(b.MailDomains, list(strings.ToLower(val))...)
	case "partners":
		b.Partners = append(b.Partners, list(strings.ToLower(val))...)
	case "names":
		b.Names = append(b.Names, list(val)...)
	case "generic":
		if val != "yes" && val != "no" {
			return fmt.Errorf("generic is yes or no, not %q", val)
		}
		b.Generic = val == "yes"
	default:
		return fmt.Errorf("unknown key %q of a brand", key)
	}
	return nil
}

func (r *Rule) set(key, val string) error {
	// "subject.en", "body.de guess": a language, and a basis where it is not the rule's.
	name, ownBasis, _ := strings.Cut(key, " ")
	name, lang, _ := strings.Cut(name, ".")
	basis := Basis(0)
	if ownBasis != "" {
		var ok bool
		if basis, ok = parseBasis(strings.TrimSpace(ownBasis)); !ok {
			return fmt.Errorf("unknown basis %q: sample, list or guess", ownBasis)
		}
	}
	switch name {
	case "kind":
		k, ok := forensics.ParseKind(val)
		if !ok {
			return fmt.Errorf("unknown kind %q", val)
		}
		r.Kind = k
	case "basis":
		b, ok := parseBasis(val)
		if !ok {
			return fmt.Errorf("unknown basis %q: sample, list or guess", val)
		}
		r.Basis = b
	case "senders":
		r.Senders = append(r.Senders, list(strings.ToLower(val))...)
	case "types":
		for _, f := range list(val) {
			n, err := strconv.Atoi(f)
			if err != nil || n <= 0 {
				return fmt.Errorf("type number %q is not a positive number", f)
			}
			r.Types = append(r.Types, n)
		}
	case "match":
		m, ok := matchNames[val]
		if !ok {
			return fmt.Errorf("unknown match %q: subject, body, both or either", val)
		}
		r.match = m
	case "detail":
		r.Detail = val
	case "subject":
		r.subject = append(r.subject, newPhrase(lang, basis, val))
	case "body":
		r.body = append(r.body, newPhrase(lang, basis, val))
	case "find":
		t, err := newTemplate(val)
		if err != nil {
			return err
		}
		r.find = append(r.find, t)
	default:
		return fmt.Errorf("unknown key %q of a rule", key)
	}
	if (name == "subject" || name == "body") && lang == "" {
		return fmt.Errorf("%q names no language: write %s.en or %s.de", key, name, name)
	}
	return nil
}

// check fills in what a rule leaves open and refuses one that can never match.
func (r *Rule) check() error {
	id := r.ID[strings.IndexByte(r.ID, '/')+1:]
	if !isWord(id) {
		return fmt.Errorf("%q is not a lower-case word", id)
	}
	if r.Kind == forensics.Other {
		return fmt.Errorf("no kind")
	}
	if r.Basis == 0 {
		return fmt.Errorf("no basis")
	}
	for _, list := range [][]phrase{r.subject, r.body} {
		for i := range list {
			list[i].basis = max(list[i].basis, r.Basis)
			if err := list[i].check(); err != nil {
				return err
			}
		}
	}
	if r.match == matchAuto {
		switch {
		case len(r.subject) > 0 && len(r.body) > 0:
			r.match = matchBoth
		case len(r.body) > 0:
			r.match = matchBody
		default:
			r.match = matchSubject
		}
	}
	needSubject := r.match == matchSubject || r.match == matchBoth
	needBody := r.match == matchBody || r.match == matchBoth
	if len(r.Types) == 0 && (needSubject && len(r.subject) == 0 || needBody && len(r.body) == 0) {
		return fmt.Errorf("no phrase to match")
	}
	return nil
}

// list splits at commas.
func list(s string) []string {
	var out []string
	for f := range strings.SplitSeq(s, ",") {
		if f = strings.TrimSpace(f); f != "" {
			out = append(out, f)
		}
	}
	return out
}

// isWord reports whether s is made of lower-case letters, digits and hyphens.
func isWord(s string) bool {
	for i := range len(s) {
		if c := s[i]; (c < 'a' || c > 'z') && (c < '0' || c > '9') && c != '-' {
			return false
		}
	}
	return s != ""
}
