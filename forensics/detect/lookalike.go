package detect

import (
	"slices"
	"strings"
	"unicode/utf8"

	"golang.org/x/net/idna"
	"golang.org/x/net/publicsuffix"

	"keytrail/forensics"
)

const (
	// minHomoglyph is the shortest name, in bytes, for which a spelling that merely looks
	// like it counts: "aoi" is a name of its own.
	minHomoglyph = 5
	// minTypo is the shortest name for which one wrong letter in a domain counts.
	minTypo = 8
)

// lookAlikes finds mails that pass themselves off as a brand's. It is careful: the
// brand's name has to make up the display name or the registered domain, next to
// nothing but words such as "support", and the mail has to speak of account security.
// A newsletter about PayPal, a list that discusses Amazon and a Mr Chase do not do that.
type lookAlikes struct {
	names   map[string][]name // by the first token of their skeleton
	joined  []name            // the names without blanks, longest first
	typos   map[string]*Brand // each name of minTypo or more with one letter left out
	words   map[string]bool   // skeletons of what may stand beside a name
	roots   map[string]*Brand
	labels  map[string]bool // the first labels of the brands' own domains
	partner map[string][]*Brand
	subject []phrase // what imitations say in a subject, as skeletons
	body    []phrase
}

// name is one name of a brand.
type name struct {
	tokens []string // skeletons
	plain  []string // the same tokens as a lower-case Latin text has them
	joined string   // tokens in one word
	more   bool     // "Gemini+": a common word, a name only where another word stands beside it
	brand  *Brand
}

func newLookAlikes(brands []*Brand, generic *Brand, words []string) lookAlikes {
	l := lookAlikes{names: map[string][]name{}, typos: map[string]*Brand{}, words: map[string]bool{}, roots: map[string]*Brand{},
		labels: map[string]bool{}, partner: map[string][]*Brand{}}
	for _, w := range words {
		l.words[skeleton(w)] = true
	}
	for _, b := range brands {
		for _, text := range b.Names {
			text, more := strings.CutSuffix(text, "+")
			nm := name{tokens: tokens(skeleton(text)), plain: tokens(strings.ToLower(text)), more: more, brand: b}
			if len(nm.tokens) == 0 || len(nm.tokens) != len(nm.plain) {
				continue
			}
			nm.joined = strings.Join(nm.tokens, "")
			l.names[nm.tokens[0]] = append(l.names[nm.tokens[0]], nm)
			l.joined = append(l.joined, nm)
			if len(nm.joined) >= minTypo {
				for i := range len(nm.joined) {
					l.typos[nm.joined[:i]+nm.joined[i+1:]] = b
				}
				l.typos[nm.joined] = b
			}
		}
		for _, d := range slices.Concat(b.Domains, b.MailDomains) {
			l.roots[d] = b
			label, _, _ := strings.Cut(registered(d), ".")
			l.labels[label] = true
		}
		for _, d := range b.Partners {
			l.partner[d] = append(l.partner[d], b)
		}
	}
	longest := func(a, b name) int { return len(b.joined) - len(a.joined) }
	slices.SortStableFunc(l.joined, longest)
	for _, list := range l.names {
		slices.SortStableFunc(list, longest)
	}
	for _, r := range generic.rules {
		if r.Kind != forensics.Alert {
			continue
		}
		l.subject = append(l.subject, skeletonPhrases(r.subject)...)
		l.body = append(l.body, skeletonPhrases(r.body)...)
	}
	return l
}

func skeletonPhrases(in []phrase) []phrase {
	out := slices.Clone(in)
	for i := range out {
		out[i].parts = slices.Clone(out[i].parts)
		for k := range out[i].parts {
			out[i].parts[k] = skeleton(out[i].parts[k])
		}
	}
	return out
}

// imitated finds the brand that a mail imitates, whose From domain no brand owns.
func (l *lookAlikes) imitated(m *forensics.Mail, domain string) *Brand {
	b := l.inName(m.FromName)
	if b != nil && l.unlisted(domain) {
		// Nobody lists all domains of a brand: paypal.example may be theirs.
		return nil
	}
	byDomain, double := l.inDomain(domain)
	double = double && b == byDomain // the name, and a domain that cannot be told from the brand's
	if b == nil {
		b = byDomain
	}
	if b == nil || l.isPartner(b, domain) || isList(m) {
		return nil
	}
	if double || l.speaksOfSecurity(m.Subject) {
		return b
	}
	if isReply(strings.ToLower(cutRunes(m.Subject, 16))) || m.Text == nil {
		return nil
	}
	if l.says(l.body, newText(m.Text(), maxBody).low) {
		return b
	}
	return nil
}

// speaksOfSecurity reports whether a subject speaks as notices about accounts do.
func (l *lookAlikes) speaksOfSecurity(subject string) bool {
	return l.says(l.subject, newText(subject, maxSubject).low)
}

func (l *lookAlikes) says(phrases []phrase, low string) bool {
	s := skeleton(low)
	return slices.ContainsFunc(phrases, func(p phrase) bool { return p.in(s) })
}

// inName finds the brand that a display name claims to be.
func (l *lookAlikes) inName(display string) *Brand {
	if display == "" {
		return nil
	}
	display = cutRunes(display, 256)
	// Skeletons never join or split words, except where letters fall together, so
	// tokens of both spellings correspond when their numbers do.
	got, plain := tokens(skeleton(display)), tokens(strings.ToLower(display))
	for i, t := range got {
		for _, nm := range l.names[t] {
			end := i + len(nm.tokens)
			if end > len(got) || !slices.Equal(got[i:end], nm.tokens) {
				continue
			}
			if len(plain) == len(got) && !slices.Equal(plain[i:end], nm.plain) {
				if len(nm.joined) < minHomoglyph {
					continue
				}
				return nm.brand // spelled to look like it
			}
			if l.fillers(got[:i]) && l.fillers(got[end:]) && (!nm.more || len(got) > len(nm.tokens)) {
				return nm.brand
			}
		}
	}
	return nil
}

// fillers reports whether every word may stand beside a brand's name.
func (l *lookAlikes) fillers(words []string) bool {
	for _, w := range words {
		if !l.filler(w) {
			return false
		}
	}
	return true
}

func (l *lookAlikes) filler(word string) bool {
	return l.words[word] || len(l.names[word]) > 0 || strings.Trim(word, "loeas26789") == ""
}

// inDomain finds the brand that a domain is made to look like, and whether it is
// spelled so that the eye takes it for the brand's own.
func (l *lookAlikes) inDomain(domain string) (b *Brand, double bool) {
	shown := domain
	if strings.Contains(domain, "xn--") {
		if u, err := idna.Punycode.ToUnicode(domain); err == nil {
			shown = u
		}
	}
	if b := l.rootInside(domain); b != nil {
		return b, false
	}
	label, _, ok := strings.Cut(registered(shown), ".")
	if !ok {
		return nil, false
	}
	looks := skeleton(label)
	compact := strings.ReplaceAll(looks, "-", "")
	for i := range l.joined {
		nm := &l.joined[i]
		if !strings.Contains(compact, nm.joined) {
			continue
		}
		if compact == nm.joined {
			plain := strings.ReplaceAll(label, "-", "")
			if len(nm.joined) >= minHomoglyph && plain != strings.Join(nm.plain, "") {
				return nm.brand, true
			}
			continue // the very name under another ending: whose it is cannot be told
		}
		if len(nm.joined) < minHomoglyph && !strings.Contains(strings.ReplaceAll(label, "-", ""), strings.Join(nm.plain, "")) {
			continue
		}
		if l.besides(looks, nm) {
			return nm.brand, false
		}
	}
	return l.typo(looks), false
}

// rootInside finds a brand's domain that stands whole inside a longer one of
// somebody else: coinbase.com.login.example.
func (l *lookAlikes) rootInside(domain string) *Brand {
	if strings.Count(domain, ".") < 2 {
		return nil
	}
	labels := strings.Split(domain, ".")
	end := len(labels) - strings.Count(registered(domain), ".") - 1
	for i := range end {
		for j := i + 2; j <= min(i+3, len(labels)-1); j++ {
			if b := l.roots[strings.Join(labels[i:j], ".")]; b != nil {
				return b
			}
		}
	}
	return nil
}

// besides reports whether a label is a name and nothing but filler words beside it:
// "coinbase-support", "secure-coinbase", "coinbasesupport".
func (l *lookAlikes) besides(label string, nm *name) bool {
	parts := strings.Split(label, "-")
	for i := range parts {
		for n := 1; n <= len(nm.tokens) && i+n <= len(parts); n++ {
			if strings.Join(parts[i:i+n], "") == nm.joined && l.fillers(parts[:i]) && l.fillers(parts[i+n:]) {
				return len(parts) > n
			}
		}
		if len(nm.joined) < minHomoglyph {
			continue
		}
		shortest := 1
		if len(nm.joined) == minHomoglyph {
			shortest = 5 // "webdesign" is not WEB.DE's
		}
		before, after, found := strings.Cut(parts[i], nm.joined)
		if found && len(before)+len(after) >= shortest && (before == "" || l.words[before]) && (after == "" || l.words[after]) && l.fillers(parts[:i]) && l.fillers(parts[i+1:]) {
			return true
		}
	}
	return false
}

// typo finds a long name with one letter wrong, missing, added or two exchanged.
func (l *lookAlikes) typo(label string) *Brand {
	parts := strings.Split(label, "-")
	for i, p := range parts {
		if len(p) < minTypo-1 || len(p) > 40 || !l.fillers(parts[:i]) || !l.fillers(parts[i+1:]) {
			continue
		}
		if b := l.typos[p]; b != nil && !l.isName(p) {
			return b
		}
		for k := range len(p) {
			if b := l.typos[p[:k]+p[k+1:]]; b != nil && !l.isName(p) {
				return b
			}
		}
	}
	return nil
}

func (l *lookAlikes) isName(s string) bool {
	return slices.ContainsFunc(l.joined, func(nm name) bool { return nm.joined == s })
}

// unlisted reports whether a domain is a brand's name under an ending that no
// list has: it may well be the brand's own.
func (l *lookAlikes) unlisted(domain string) bool {
	if !isASCII(domain) {
		return false
	}
	if l.roots[domain] != nil {
		return false // a mailbox for everybody
	}
	label, _, _ := strings.Cut(registered(domain), ".")
	return l.labels[label]
}

func (l *lookAlikes) isPartner(b *Brand, domain string) bool {
	for d := domain; d != ""; {
		if slices.Contains(l.partner[d], b) {
			return true
		}
		_, d, _ = strings.Cut(d, ".")
	}
	return false
}

// registered gives the domain registered under a public suffix, or the domain itself.
func registered(domain string) string {
	if d, err := publicsuffix.EffectiveTLDPlusOne(domain); err == nil && utf8.ValidString(d) {
		return d
	}
	return domain
}
