package detect

import (
	"slices"
	"strings"
	"unicode/utf8"

	"keytrail/forensics"
)

// Classify looks at a received mail and changes its event where the mail is a
// notice or imitates one; any other mail leaves the event as it is.
//
// Where a rule recognises the mail: Kind, Certainty, Sender, Service, Rule and RuleBasis are
// set, and Key, Client, IP, Amount, Asset, Destination, TxID and Account as far as the mail
// names them. Where the mail is about another account than the event's, Account becomes that
// one, Detail names it and Reasons gains "other-account". An imitation becomes an alert with
// Detail "imitates BRAND", Sender failed and no Service. A mail that only a guessed rule
// recognises and that no receiver vouched for stays what it was, with Sender unknown.
func (n *Notices) Classify(m *forensics.Mail, e *forensics.Event) {
	if e.Kind != forensics.MailReceived {
		return
	}
	at := strings.LastIndexByte(m.From, '@')
	if at < 0 || at == len(m.From)-1 || len(m.From) > 320 {
		return
	}
	domain := strings.TrimSuffix(strings.ToLower(m.From[at+1:]), ".")
	if b := n.brandOf(domain); b != nil {
		n.notice(m, e, b, domain)
		return
	}
	if b := n.looks.imitated(m, domain); b != nil {
		imitates(e, b)
	}
}

// sight is one mail as its rules see it; the parts that cost are made on demand.
type sight struct {
	mail    *forensics.Mail
	subject text
	plain   string // the subject as the generic rules see it: in lower case, without what stands in quotes
	body    text
	hasBody bool
	typ     int // Google's type number, 0 none, -1 not looked for yet
}

func (s *sight) text() text {
	if !s.hasBody {
		s.hasBody = true
		if s.mail.Text != nil {
			s.body = newText(s.mail.Text(), maxBody)
		}
	}
	return s.body
}

// notice judges a mail whose From domain is the brand's.
func (n *Notices) notice(m *forensics.Mail, e *forensics.Event, b *Brand, domain string) {
	s := &sight{mail: m, subject: newText(m.Subject, maxSubject), typ: -1}
	if isReply(s.subject.low) {
		return
	}
	s.plain = unquoted(s.subject.low)
	rule, basis := n.firstRule(s, b, m.From)
	if rule == nil && !n.looks.speaksOfSecurity(m.Subject) {
		return
	}
	r := newReceiver(header(m, "Received"), e.Account)
	sender := n.verdict(m, &r, b, domain)
	switch {
	case sender == forensics.SenderFailed:
		// Lists break signatures: what a list carried is called an imitation only
		// where it says word for word what a notice says.
		if rule != nil && rule.brand != n.generic || !isList(m) {
			imitates(e, b)
		}
		return
	case rule == nil:
		return
	case sender == forensics.SenderUnknown && (basis == BasisGuess || !strict(rule, s, m.From) || contradicted(&r, b, n)):
		e.Sender = forensics.SenderUnknown
		return
	case rule.brand == n.generic && isList(m):
		return
	}
	e.Kind, e.Certainty, e.Sender = rule.Kind, forensics.Reported, sender
	e.Service, e.Rule, e.RuleBasis = b.Service, rule.ID, basis.String()
	e.Detail = rule.Detail
	account, app := rule.apply(e, s.subject, s.text)
	if app != "" {
		e.Detail = join(e.Detail, app)
	}
	numbered := len(b.typed) > 0
	otherAccount(e, account, numbered && s.recovery())
	if numbered {
		if t, ok := s.linkTime(); ok {
			e.Others = append(e.Others, t)
		}
	}
}

// firstRule finds the brand's first rule that recognises the mail, then the
// generic ones, and how sure the words that it matched by are.
func (n *Notices) firstRule(s *sight, b *Brand, from string) (*Rule, Basis) {
	for _, r := range b.rules {
		if !r.sentBy(from) {
			continue
		}
		if basis := r.recognises(s); basis != 0 {
			return r, basis
		}
	}
	if !b.Generic {
		return nil, 0
	}
	for _, r := range n.generic.rules {
		if r.Kind == forensics.Alert {
			continue // what imitations say
		}
		if basis := find(r.subject, s.plain); basis != 0 {
			return r, basis
		}
	}
	return nil, 0
}

// unquoted takes out what a folded text quotes: a shop's subject quotes the title of a
// book, and that may be anything.
func unquoted(low string) string {
	if strings.IndexByte(low, '"') < 0 {
		return low
	}
	var out strings.Builder
	for rest := low; ; {
		before, after, found := strings.Cut(rest, `"`)
		out.WriteString(before)
		if !found {
			return out.String()
		}
		if _, rest, found = strings.Cut(after, `"`); !found {
			out.WriteString(after)
			return out.String()
		}
		out.WriteByte('"')
	}
}

// recognises reports how sure the rule is of the mail, 0 where it does not match.
func (r *Rule) recognises(s *sight) Basis {
	if len(r.brand.typed) > 0 {
		if t := s.number(); t != 0 && r.brand.typed[t] {
			// A number that is known decides alone.
			if slices.Contains(r.Types, t) {
				return r.Basis
			}
			return 0
		}
	}
	subject := find(r.subject, s.subject.low)
	switch r.match {
	case matchSubject:
		return subject
	case matchBoth:
		if subject == 0 {
			return 0
		}
	case matchEither:
		if subject != 0 {
			return subject
		}
	}
	if len(r.body) == 0 {
		return 0
	}
	body := find(r.body, s.text().low)
	if r.match == matchBoth && body != 0 {
		return max(subject, body)
	}
	return body
}

// find gives the best basis of the phrases that stand in the text, 0 for none.
func find(phrases []phrase, low string) Basis {
	best := Basis(0)
	for i := range phrases {
		p := &phrases[i]
		if (best == 0 || p.basis < best) && p.in(low) {
			best = p.basis
		}
	}
	return best
}

// sentBy reports whether an address is one of the rule's senders.
func (r *Rule) sentBy(from string) bool {
	return len(r.Senders) == 0 || slices.ContainsFunc(r.Senders, func(p string) bool { return globMatch(p, from) })
}

// globMatch matches * against any run of characters, without backtracking.
func globMatch(pattern, s string) bool {
	head, rest, star := strings.Cut(pattern, "*")
	if !star {
		return pattern == s
	}
	s, ok := strings.CutPrefix(s, head)
	if !ok {
		return false
	}
	for {
		part, next, more := strings.Cut(rest, "*")
		if !more {
			return strings.HasSuffix(s, part)
		}
		if _, s, ok = strings.Cut(s, part); !ok {
			return false
		}
		rest = next
	}
}

// strict is what a mail has to show that no receiver vouched for: an exact sender
// address of the rule, and a subject of the rule that was really seen.
func strict(r *Rule, s *sight, from string) bool {
	if !slices.Contains(r.Senders, from) {
		return false
	}
	subject := find(r.subject, s.subject.low)
	return subject != 0 && subject != BasisGuess
}

// contradicted reports whether the receiver's Received header names a host of
// somebody else. A house that sends for many speaks for nobody and contradicts nothing.
func contradicted(r *receiver, b *Brand, n *Notices) bool {
	if r.from == "" {
		return false
	}
	if r.from == "outside" {
		return true
	}
	switch r.from {
	case "amazonses.com", "sendgrid.net", "mailgun.net", "mailgun.org", "sparkpostmail.com", "mandrillapp.com", "mtasv.net",
		"exacttarget.com", "salesforce.com", "google", "microsoft", "messagingengine.com", "pphosted.com", "mimecast.com":
		return false
	}
	if n.brandOf(r.from) == b {
		return false
	}
	return !slices.ContainsFunc(b.Domains, func(d string) bool { return orgOf(d) == r.from })
}

// imitates turns the event into an alert.
func imitates(e *forensics.Event, b *Brand) {
	e.Kind, e.Sender = forensics.Alert, forensics.SenderFailed
	e.Rule, e.RuleBasis = genericID+"/"+imitationID, BasisGuess.String()
	e.Detail = "imitates " + strings.ToUpper(b.Name)
	e.Service = ""
}

// otherAccount notes that a notice is about an account that is not the mailbox's:
// anybody can name a stranger's address as his recovery address.
func otherAccount(e *forensics.Event, named string, recovery bool) {
	switch {
	case named == "" && !recovery:
		return
	case named == "":
		e.Detail = join(e.Detail, "about another account")
	case e.Account == "":
		if !strings.ContainsAny(named, "*•") {
			e.Account = named
		}
		return
	case sameAccount(e.Account, named) && !recovery:
		return
	case sameAccount(e.Account, named):
		e.Detail = join(e.Detail, "about another account")
	default:
		e.Detail = join(e.Detail, "about another account: "+named)
		e.Account = named
	}
	if !slices.Contains(e.Reasons, "other-account") {
		e.Reasons = append(e.Reasons, "other-account")
	}
}

func join(a, b string) string {
	if a == "" {
		return b
	}
	return a + "; " + b
}

func header(m *forensics.Mail, name string) []string {
	if m.Header == nil {
		return nil
	}
	return m.Header(name)
}

// isReply reports whether a subject begins as answers and forwarded mails do:
// services do not answer.
func isReply(low string) bool {
	prefix, _, ok := strings.Cut(low[:min(len(low), 8)], ":")
	if !ok {
		return false
	}
	switch strings.TrimRight(prefix, " 0123456789[]") {
	case "re", "aw", "fw", "fwd", "wg", "sv", "tr", "rv", "antw", "res", "enc":
		return true
	}
	return false
}

// isList reports whether a discussion list carried the mail. List-Id alone does not
// say so: services that send bulk mail write it as well.
func isList(m *forensics.Mail) bool {
	return len(header(m, "List-Post")) > 0 || len(header(m, "Mailing-List")) > 0
}

// cutRunes cuts s to limit bytes at a rune's edge.
func cutRunes(s string, limit int) string {
	if len(s) <= limit {
		return s
	}
	for limit > 0 && !utf8.RuneStart(s[limit]) {
		limit--
	}
	return s[:limit]
}
