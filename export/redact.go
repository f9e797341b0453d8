package export

import (
	"strings"

	"keytrail/forensics"
)

// Black stands for what was blacked out.
const Black = "[blacked out]"

// Redactor makes a copy that can be shared: other people's addresses, the subjects of ordinary
// mail and what other people wrote are blacked out. What proves the case stays: notices of
// services, IP addresses, keys, settings, money, and the accounts that the events are about.
//
// A Redactor is safe for concurrent use once it is made.
type Redactor struct {
	accounts map[string]bool // lower case: never blacked out
	notices  map[string]bool // Message-IDs of notices: their mails' deletions keep their subject
}

// NewRedactor keeps the given accounts and the mails with the given Message-IDs readable.
func NewRedactor(accounts []string, notices map[string]bool) *Redactor {
	r := &Redactor{accounts: map[string]bool{}, notices: notices}
	for _, a := range accounts {
		r.accounts[strings.ToLower(a)] = true
	}
	return r
}

// RedactionNotes say what a redacted report lacks, a sentence or two each.
func RedactionNotes() []string {
	return []string{
		"This is a copy to share. " + Black + " stands for: addresses of people other than the accounts that the events are about; subjects, Message-IDs and folders of ordinary mail; what other people wrote; your notes.",
		"Readable are: the accounts that the events are about, notices of services with their senders and subjects, mails that imitate a service, IP addresses, keys, settings such as forwarding addresses, and money. Choose the accounts with a filter.",
		"Hashes, places and event IDs are those of the full report, so every row can be checked by whoever has the evidence. Names of evidence files and of their folders are not blacked out.",
	}
}

// Source gives the events of s redacted.
func (r *Redactor) Source(s Source) Source { return redacted{s, r} }

type redacted struct {
	Source
	r *Redactor
}

// Events gives events with what is private blacked out.
func (s redacted) Events(from, n int) ([]forensics.Event, error) {
	list, err := s.Source.Events(from, n)
	for i := range list {
		s.r.Event(&list[i])
	}
	return list, err
}

// Event blacks out what is private in e. Slices are replaced, never written to.
func (r *Redactor) Event(e *forensics.Event) {
	own := strings.ToLower(e.Account)
	address := func(s string) string {
		if s == "" || strings.EqualFold(s, own) || !strings.Contains(s, "@") {
			return s
		}
		return Black
	}
	e.Actor = address(e.Actor)
	if len(e.To) > 0 {
		to := make([]string, len(e.To))
		for i, a := range e.To {
			to[i] = address(a)
		}
		e.To = to
	}
	if len(e.Notes) > 0 {
		e.Notes = []string{Black}
	}
	if e.Kind == forensics.Note {
		e.Detail = black(e.Detail)
	}
	if len(e.Messages) > 0 {
		messages := make([]forensics.Message, len(e.Messages))
		for i, m := range e.Messages {
			if !r.notices[m.MessageID] {
				m = forensics.Message{MessageID: black(m.MessageID), Subject: black(m.Subject), Folder: m.Folder}
			}
			messages[i] = m
		}
		e.Messages = messages
	}
	if r.isNotice(e) {
		return
	}
	switch e.Kind.Group() {
	case forensics.GroupMail, forensics.GroupDeletion:
		e.Detail = r.scrub(e.Detail, own)
	case forensics.GroupOther:
		e.Detail = r.scrub(e.Detail, own)
		e.Operation = r.scrub(e.Operation, own)
	}
	e.From = address(e.From)
	e.Subject = black(e.Subject)
	e.MessageID = black(e.MessageID)
}

// isNotice reports whether the event is a notice's, or speaks of a notice's mail.
func (r *Redactor) isNotice(e *forensics.Event) bool {
	return e.Rule != "" || e.Sender != forensics.SenderNone || e.Kind == forensics.Alert && e.Sender != forensics.SenderNone ||
		e.MessageID != "" && r.notices[e.MessageID]
}

// Text blacks out the addresses in a text of ours, such as a filter or a line of the custody log.
func (r *Redactor) Text(s string) string { return r.scrub(s, "") }

// scrub blacks out each address in a text that is not one of the accounts.
func (r *Redactor) scrub(s, own string) string {
	if !strings.Contains(s, "@") {
		return s
	}
	var b strings.Builder
	for s != "" {
		i := strings.IndexFunc(s, inAddress)
		if i < 0 {
			b.WriteString(s)
			break
		}
		b.WriteString(s[:i])
		s = s[i:]
		end := strings.IndexFunc(s, func(c rune) bool { return !inAddress(c) })
		if end < 0 {
			end = len(s)
		}
		word := s[:end]
		s = s[end:]
		bare := strings.ToLower(strings.Trim(word, "."))
		if strings.Contains(word, "@") && bare != own && !r.accounts[bare] {
			word = Black
		}
		b.WriteString(word)
	}
	return b.String()
}

// inAddress reports whether a character can stand in an address as people write it.
func inAddress(c rune) bool {
	switch c {
	case '@', '.', '-', '_', '+', '*', '%', '\'', '=', '~', '#', '!', '$', '&', '^':
		return true
	}
	return c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= 0x80
}

func black(s string) string {
	if s == "" {
		return ""
	}
	return Black
}
